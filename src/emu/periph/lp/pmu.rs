//! PMU: power of the chip's domains in its states. The chip stays in the active one here.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32c6/register/soc/pmu_reg.h`. A request to sleep is dropped,
//! and reported as not modelled. Interrupts of the block never come. A digital reset leaves it alone.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const SLP_WAKEUP_CNTL0: u32 = 0x120;
const SLEEP_REQ: Bits = Bits::bit(31);

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    /// Registers whose bits do something at once and read as zero: what they do to clocks, pads and isolation has no
    /// effect here.
    pub triggers: StorageRanges,
    /// Registers that tell a state, which does not change here.
    pub states: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pmu {
    layout: &'static Layout,
    regs: RegisterFile,
}

fn within(ranges: StorageRanges, offset: u32) -> bool {
    ranges
        .iter()
        .any(|&(first, last)| (first..=last).contains(&offset))
}

impl Pmu {
    /// The block after power-on.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Pmu {
            layout,
            regs: RegisterFile::new("pmu", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }
}

impl Device for Pmu {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == SLP_WAKEUP_CNTL0 || within(self.layout.triggers, offset) {
            RegRead::modelled(0)
        } else if within(self.layout.states, offset) {
            RegRead::modelled(self.regs.get(offset))
        } else {
            self.regs.read_stored(offset)
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset == SLP_WAKEUP_CNTL0 {
            return RegWrite {
                effect: Effect::None,
                modelled: !SLEEP_REQ.is_set(value),
            };
        }
        if within(self.layout.triggers, offset) || within(self.layout.states, offset) {
            return RegWrite::stored();
        }
        self.regs.write_stored(offset, value)
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
        reset: &[(0x18c, 0x0810_0800)],
        storage: &[(0x00, 0xc8)],
        triggers: &[(0xcc, 0xe8)],
        states: &[(0x18c, 0x1a0)],
    };

    #[test]
    fn settings_stay_triggers_read_zero_and_states_do_not_change() {
        let mut pmu = Pmu::new(&LAYOUT);
        pmu.write(0x0c, 5, 0);
        pmu.reset(0);
        assert_eq!(pmu.read(0x0c, 0), RegRead::modelled(5));
        assert!(pmu.write(0xcc, !0, 0).modelled);
        assert_eq!(pmu.read(0xcc, 0), RegRead::modelled(0));
        pmu.write(0x18c, 0, 0);
        assert_eq!(pmu.read(0x18c, 0), RegRead::modelled(0x0810_0800));
        pmu.reset_rtc(0);
        assert_eq!(pmu.read(0x0c, 0), RegRead::modelled(0));
    }

    #[test]
    fn sleep_is_not_modelled() {
        let mut pmu = Pmu::new(&LAYOUT);
        assert!(!pmu.write(SLP_WAKEUP_CNTL0, 1 << 31, 0).modelled);
        assert_eq!(pmu.read(SLP_WAKEUP_CNTL0, 0), RegRead::modelled(0));
    }
}
