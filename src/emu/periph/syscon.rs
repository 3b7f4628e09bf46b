//! SYSCON (APB control) of the ESP32-C3 and the ESP32-S3: access regions of the flash, radio clocks, random numbers.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/apb_ctrl_reg.h`; the random numbers
//! of the ESP32-C3 are here (`RNG_DATA_REG` of `components/soc/esp32c3/include/soc/wdev_reg.h`), those of the ESP32-S3 in
//! the radio's block ([`super::rng`]). Access regions of the flash are held and not enforced. The block has no interrupt
//! lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::rng::Generator;
use super::{Device, Effect, Model, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;
const RND_DATA: u32 = 0xb0;

const RESET_ESP32C3: ResetValues = &[
    (0x00, 0x1),
    (0x04, 0x1_0727),
    (0x08, 0x7ff),
    (0x14, 0xfffc_e030),
    (0x28, 0x3),
    (0x2c, 0x3),
    (0x30, 0x3),
    (0x34, 0x3),
    (0x3c, 0x40_0000),
    (0x40, 0x80_0000),
    (0x44, 0xc0_0000),
    (0x48, 0x400),
    (0x4c, 0x400),
    (0x50, 0x400),
    (0x54, 0x400),
    (0x9c, 0x15),
    (0xb4, 0x6480),
    (0x3fc, 0x0200_7210),
];
/// Clocks, radio, access regions, power of memories, date. The backup engine is left out.
const STORAGE_ESP32C3: StorageRanges = &[(0x00, 0xac), (0x3fc, 0x3fc)];

const RESET_ESP32S3: ResetValues = &[
    (0x00, 0x1),
    (0x04, 0x1_0727),
    (0x08, 0x7ff),
    (0x14, 0xfffc_e030),
    (0x28, 0xff),
    (0x2c, 0xff),
    (0x30, 0xff),
    (0x34, 0xff),
    (0x3c, 0x1000_0000),
    (0x40, 0x2000_0000),
    (0x44, 0x3000_0000),
    (0x48, 0x1000),
    (0x4c, 0x1000),
    (0x50, 0x1000),
    (0x54, 0x1000),
    (0x58, 0xff),
    (0x5c, 0xff),
    (0x60, 0xff),
    (0x64, 0xff),
    (0x6c, 0x1000_0000),
    (0x70, 0x2000_0000),
    (0x74, 0x3000_0000),
    (0x78, 0x1000),
    (0x7c, 0x1000),
    (0x80, 0x1000),
    (0x84, 0x1000),
    (0x9c, 0x55),
    (0xa0, 0x20_0000),
    (0xbc, 0x1f_eff0),
    (0xc0, 0x3f_fff0),
    (0x3fc, 0x0210_1150),
];
/// The same, and retention settings.
const STORAGE_ESP32S3: StorageRanges = &[(0x00, 0xc8), (0x3fc, 0x3fc)];

/// The SYSCON block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syscon {
    regs: RegisterFile,
    random: Option<Generator>,
}

impl Syscon {
    /// The block after power-on; `seed` is for the random numbers of the ESP32-C3. The ESP32 has
    /// [`super::apb_ctrl`] instead: it gets the ESP32-C3's.
    pub fn new(model: Model, seed: u64) -> Self {
        let (reset, storage, random) = match model {
            Model::Esp32 | Model::Esp32C3 => {
                (RESET_ESP32C3, STORAGE_ESP32C3, Some(Generator::new(seed)))
            }
            Model::Esp32S3 => (RESET_ESP32S3, STORAGE_ESP32S3, None),
        };
        Syscon {
            regs: RegisterFile::new("syscon", BLOCK_BYTES, reset, storage),
            random,
        }
    }
}

impl Device for Syscon {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match (offset, &mut self.random) {
            (RND_DATA, Some(random)) => RegRead::modelled(random.next_word()),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset == RND_DATA && self.random.is_some() {
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

    #[test]
    fn random_numbers_are_the_esp32c3s() {
        let mut c3 = Syscon::new(Model::Esp32C3, 0);
        assert_eq!(c3.read(RND_DATA, 0), RegRead::modelled(0xe220_a839));
        let next = c3.read(RND_DATA, 0).value;
        c3.reset(0);
        assert_ne!(c3.read(RND_DATA, 0).value, next);
        let mut s3 = Syscon::new(Model::Esp32S3, 0);
        s3.write(RND_DATA, 3, 0);
        assert_eq!(s3.read(RND_DATA, 0), RegRead::modelled(3));
    }

    #[test]
    fn access_regions_cover_the_flash_at_reset() {
        let mut c3 = Syscon::new(Model::Esp32C3, 0);
        assert_eq!(c3.read(0x44, 0), RegRead::modelled(0x00c0_0000));
        let mut s3 = Syscon::new(Model::Esp32S3, 0);
        assert_eq!(s3.read(0x44, 0), RegRead::modelled(0x3000_0000));
        assert!(!c3.read(0xb4, 0).modelled);
    }
}
