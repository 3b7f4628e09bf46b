//! SYSCON (APB control) of the ESP32-C3 and the ESP32-S3: access regions of the flash, radio clocks, random numbers.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/apb_ctrl_reg.h`; the random numbers
//! of the ESP32-C3 are here (`RNG_DATA_REG` of `components/soc/esp32c3/include/soc/wdev_reg.h`), those of the ESP32-S3 in
//! the radio's block ([`crate::emu::periph::rng`]). Access regions of the flash are held and not enforced. The block has no interrupt
//! lines.

use crate::emu::Ticks;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::rng::Generator;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    /// The random number register, where it is here.
    pub random: Option<u32>,
}

/// The SYSCON block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syscon {
    layout: &'static Layout,
    regs: RegisterFile,
    random: Generator,
}

impl Syscon {
    /// The block after power-on; `seed` is for the random numbers.
    pub(crate) fn new(layout: &'static Layout, seed: u64) -> Self {
        Syscon {
            layout,
            regs: RegisterFile::new("syscon", BLOCK_BYTES, layout.reset, layout.storage),
            random: Generator::new(seed),
        }
    }
}

impl Device for Syscon {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if self.layout.random == Some(offset) {
            return RegRead::modelled(self.random.next_word());
        }
        self.regs.read_stored(offset)
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if self.layout.random == Some(offset) {
            return RegWrite::modelled(Effect::None);
        }
        self.regs.write_stored(offset, value)
    }

    /// A reset does not repeat the random numbers: the generator goes on.
    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32c3, esp32s3};

    const RND_DATA: u32 = 0xb0;
    const C3: &Layout = &esp32c3::apb_ctrl::APB_CTRL;
    const S3: &Layout = &esp32s3::apb_ctrl::APB_CTRL;

    #[test]
    fn random_numbers_are_the_esp32c3s() {
        let mut c3 = Syscon::new(C3, 0);
        assert_eq!(c3.read(RND_DATA, 0), RegRead::modelled(0xe220_a839));
        let next = c3.read(RND_DATA, 0).value;
        c3.reset(0);
        assert_ne!(c3.read(RND_DATA, 0).value, next);
        let mut s3 = Syscon::new(S3, 0);
        s3.write(RND_DATA, 3, 0);
        assert_eq!(s3.read(RND_DATA, 0), RegRead::modelled(3));
    }

    #[test]
    fn access_regions_cover_the_flash_at_reset() {
        let mut c3 = Syscon::new(C3, 0);
        assert_eq!(c3.read(0x44, 0), RegRead::modelled(0x00c0_0000));
        let mut s3 = Syscon::new(S3, 0);
        assert_eq!(s3.read(0x44, 0), RegRead::modelled(0x3000_0000));
        assert!(!c3.read(0xb4, 0).modelled);
    }
}
