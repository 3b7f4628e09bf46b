//! LPPERI: clocks and resets of the LP domain's blocks, and the random number register.
//!
//! Registers: ESP-IDF `components/soc/esp32c6/register/soc/lpperi_reg.h`, `components/soc/esp32c6/include/soc/wdev_reg.h`.
//! The LP core never starts here. The block has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::rng::Generator;
use crate::emu::periph::{Device, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `LPPERI_RNG_DATA_REG`.
    pub random: u32,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LpPeri {
    layout: &'static Layout,
    regs: RegisterFile,
    generator: Generator,
}

impl LpPeri {
    /// The block after power-on, which gives the same numbers for the same seed.
    pub(crate) fn new(layout: &'static Layout, seed: u64) -> Self {
        LpPeri {
            layout,
            regs: RegisterFile::new("lpperi", BLOCK_BYTES, layout.reset, layout.storage),
            generator: Generator::new(seed),
        }
    }
}

impl Device for LpPeri {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == self.layout.random {
            RegRead::modelled(self.generator.next_word())
        } else {
            self.regs.read_stored(offset)
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset == self.layout.random {
            RegWrite::stored()
        } else {
            self.regs.write_stored(offset, value)
        }
    }

    fn reset(&mut self, _now: Ticks) {}

    fn reset_rtc(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        random: 0x08,
        reset: &[(0x00, 0x7f00_0000)],
        storage: &[(0x00, 0x00)],
    };

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_no_reset_repeats_them() {
        let numbers = |block: &mut LpPeri| [0; 4].map(|_: u32| block.read(8, 0).value);
        let (mut block, mut same) = (LpPeri::new(&LAYOUT, 5), LpPeri::new(&LAYOUT, 5));
        let first = numbers(&mut block);
        assert_eq!(first, numbers(&mut same));
        block.write(0, 1, 0);
        block.reset_rtc(0);
        assert_ne!(first, numbers(&mut block));
        assert_eq!(block.read(0, 0), RegRead::modelled(0x7f00_0000));
    }
}
