//! APB control (SYSCON): clock dividers, SAR ADC settings, and the date register that tells the chip revision.
//!
//! Registers and reset values: ESP-IDF `components/soc/esp32/register/soc/apb_ctrl_reg.h`. Bit 31 of the date is set from
//! revision 3 on: `components/hal/esp32/efuse_hal.c`. The block has no interrupt lines.

use crate::chip::ChipRevision;
use crate::emu::Ticks;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const SYSCLK_CONF: u32 = 0x00;
const APLL_TICK_CONF: u32 = 0x3c;
const DATE: u32 = 0x7c;

const RESET: ResetValues = &[
    (SYSCLK_CONF, 0x2000),
    (0x04, 0x27),
    (0x08, 0x4f),
    (0x0c, 0xb),
    (0x10, 0x007f_8240),
    (0x14, 0x1fe),
    (0x18, 0x0208_ff08),
    (0x1c, 0x0f0f_0f0f),
    (0x20, 0x0f0f_0f0f),
    (0x24, 0x0f0f_0f0f),
    (0x28, 0x0f0f_0f0f),
    (0x2c, 0x0f0f_0f0f),
    (0x30, 0x0f0f_0f0f),
    (0x34, 0x0f0f_0f0f),
    (0x38, 0x0f0f_0f0f),
    (APLL_TICK_CONF, 0x63),
];
const STORAGE: StorageRanges = &[(SYSCLK_CONF, APLL_TICK_CONF)];
const DATE_VALUE: u32 = 0x1604_2000;
const DATE_REVISION_3: u32 = 1 << 31;
/// Divider of the crystal clock less one.
const PRE_DIV_MASK: u32 = 0x3ff;

/// The APB control block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApbCtrl {
    regs: RegisterFile,
    date: u32,
}

impl ApbCtrl {
    /// The block of a chip of this revision, after reset.
    pub fn new(revision: ChipRevision) -> Self {
        let bit = if revision.major >= 3 {
            DATE_REVISION_3
        } else {
            0
        };
        ApbCtrl {
            regs: RegisterFile::new("apb_ctrl", BLOCK_BYTES, RESET, STORAGE),
            date: DATE_VALUE | bit,
        }
    }

    /// Divider of the crystal clock for the CPU and the APB bus while the crystal is the source.
    pub fn crystal_divider(&self) -> u32 {
        (self.regs.get(SYSCLK_CONF) & PRE_DIV_MASK) + 1
    }
}

impl Device for ApbCtrl {
    fn name(&self) -> &'static str {
        "apb_ctrl"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            DATE => RegRead::modelled(self.date),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            SYSCLK_CONF => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::ClocksChanged)
            }
            DATE => RegWrite::stored(),
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_tells_revision_3() {
        let mut rev0 = ApbCtrl::new(ChipRevision::new(0, 0));
        let mut rev3 = ApbCtrl::new(ChipRevision::new(3, 0));
        assert_eq!(rev0.read(DATE, 0), RegRead::modelled(0x1604_2000));
        assert_eq!(rev3.read(DATE, 0), RegRead::modelled(0x9604_2000));
        rev3.write(DATE, 0, 0);
        assert_eq!(rev3.read(DATE, 0).value, 0x9604_2000);
    }

    #[test]
    fn clock_settings_read_back() {
        let mut apb = ApbCtrl::new(ChipRevision::new(1, 0));
        assert_eq!(apb.crystal_divider(), 1);
        assert_eq!(apb.write(SYSCLK_CONF, 3, 0).effect, Effect::ClocksChanged);
        assert_eq!(apb.crystal_divider(), 4);
        assert_eq!(apb.read(4, 0), RegRead::modelled(0x27));
        apb.reset(0);
        assert_eq!(apb.crystal_divider(), 1);
    }
}
