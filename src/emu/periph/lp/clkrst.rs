//! LP_CLKRST: clocks of the LP domain, and the cause of the last reset.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32c6/register/soc/lp_clkrst_reg.h`; clock selection: `components/
//! esp_hal_clock/esp32c6/include/hal/clk_tree_ll.h`; frequencies: `components/soc/esp32c6/include/soc/clk_tree_defs.h`. A
//! digital reset leaves the block alone. It has no interrupt lines.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::reset_cause as cause;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};
use crate::emu::{TICKS_PER_SECOND, Ticks};

const BLOCK_BYTES: u32 = 0x400;
const LP_CLK_CONF: u32 = 0x00;
const RESET_CAUSE: u32 = 0x10;
const SLOW_CLK_SEL: Bits = Bits::new(0, 2);
const CAUSE: Bits = Bits::new(0, 5);
const CORE0_RESET_FLAG: Bits = Bits::bit(5);
const CORE0_RESET_CAUSE_CLR: Bits = Bits::bit(29);
const CORE0_RESET_FLAG_SET: Bits = Bits::bit(30);
const CORE0_RESET_FLAG_CLR: Bits = Bits::bit(31);

/// Ticks of the slow clocks by selection: the 136 kHz oscillator, a 32768 Hz crystal, the 32768 Hz oscillator, and a
/// clock from outside of that frequency.
const SLOW_PERIODS: [Ticks; 4] = [
    TICKS_PER_SECOND / 136_000,
    TICKS_PER_SECOND / 32_768,
    TICKS_PER_SECOND / 32_768,
    TICKS_PER_SECOND / 32_768,
];

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LpClkrst {
    regs: RegisterFile,
    cause: u8,
    flag: bool,
}

impl LpClkrst {
    /// The block after power-on.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        LpClkrst {
            regs: RegisterFile::new("lp_clkrst", BLOCK_BYTES, layout.reset, layout.storage),
            cause: cause::POWERON_RESET,
            flag: true,
        }
    }

    /// Sets the cause ([`cause`]) that software reads after a reset.
    pub(crate) fn set_reset_cause(&mut self, cause: u8) {
        self.cause = cause;
        self.flag = true;
    }

    /// Period of the slow clock, in ticks.
    pub(crate) fn slow_period(&self) -> Ticks {
        SLOW_PERIODS[SLOW_CLK_SEL.get(self.regs.get(LP_CLK_CONF)) as usize]
    }
}

impl Device for LpClkrst {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            RESET_CAUSE => {
                let flag = CORE0_RESET_FLAG.put(u32::from(self.flag));
                RegRead::modelled(CAUSE.put(u32::from(self.cause)) | flag)
            }
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            LP_CLK_CONF => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::ClocksChanged)
            }
            RESET_CAUSE => {
                if CORE0_RESET_CAUSE_CLR.is_set(value) {
                    self.cause = 0;
                }
                if CORE0_RESET_FLAG_SET.is_set(value) {
                    self.flag = true;
                }
                if CORE0_RESET_FLAG_CLR.is_set(value) {
                    self.flag = false;
                }
                RegWrite::stored()
            }
            _ => self.regs.write_stored(offset, value),
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
        reset: &[(LP_CLK_CONF, 4)],
        storage: &[(0x00, 0x0c)],
    };

    #[test]
    fn the_cause_stays_until_software_clears_it() {
        let mut block = LpClkrst::new(&LAYOUT);
        assert_eq!(block.read(RESET_CAUSE, 0), RegRead::modelled(0x21));
        block.set_reset_cause(7);
        block.reset(0);
        assert_eq!(block.read(RESET_CAUSE, 0).value, 0x27);
        block.write(RESET_CAUSE, 1 << 31 | 1 << 29, 0);
        assert_eq!(block.read(RESET_CAUSE, 0).value, 0);
        block.write(RESET_CAUSE, 1 << 30, 0);
        assert_eq!(block.read(RESET_CAUSE, 0).value, 0x20);
    }

    #[test]
    fn the_slow_clock_is_chosen() {
        let mut block = LpClkrst::new(&LAYOUT);
        // Whole ticks of a clock of 136 kHz.
        assert_eq!(TICKS_PER_SECOND / block.slow_period(), 136_015);
        assert_eq!(block.write(0, 1, 0).effect, Effect::ClocksChanged);
        assert_eq!(block.slow_period(), TICKS_PER_SECOND / 32_768);
        block.reset_rtc(0);
        assert_eq!(block.read(0, 0), RegRead::modelled(4));
    }
}
