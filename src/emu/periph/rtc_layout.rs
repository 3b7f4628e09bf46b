//! What differs in the RTC control blocks of the chips: where registers lie, and what they hold.

use super::bits::Bits;
use super::register_file::{ResetValues, StorageRanges};
use super::rtc_watchdog::WatchdogLayout;

/// A register that the block acts on, whatever its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
    Options0,
    SlpTimer0,
    SlpTimer1,
    TimeUpdate,
    Time0,
    Time1,
    State0,
    ResetState,
    IntEna,
    IntRaw,
    IntSt,
    IntClr,
    IntEnaSet,
    IntEnaClear,
    ClkConf,
    SlowClkConf,
    /// `RTC_CNTL_REG`: the regulator, with the slow oscillator's capacitance.
    Regulator,
    SwdConf,
    SwdWprotect,
    SwCpuStall,
    LowPowerState,
    ExtWakeup1Status,
    BrownOut,
    MemConf,
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub registers: &'static [(u32, Register)],
    /// `RTC_CNTL_WDTCONFIG0_REG`; the watchdog's registers follow one another.
    pub watchdog_first: u32,
    pub watchdog: WatchdogLayout,
    pub int_main_timer: u32,
    /// Interrupt that tells that the time was latched, where there is one.
    pub int_time_valid: u32,
    /// Bit of the time-update register that tells the same.
    pub time_valid: u32,
    /// The CPU's clock selection, on the chip that has it here.
    pub soc_clk_sel: Option<Bits>,
    /// Selection of the slow clock, on the chips where it is modelled.
    pub slow_clk_sel: Option<Bits>,
    /// Settings in the reset state register that only read back.
    pub reset_state_settings: u32,
}

impl Layout {
    /// The register at an offset, if it is one that the block acts on.
    pub fn register(&self, offset: u32) -> Option<Register> {
        self.registers
            .iter()
            .find(|entry| entry.0 == offset)
            .map(|entry| entry.1)
    }

    /// Offset of a register; past the block's end where the chip has none.
    pub fn offset(&self, register: Register) -> u32 {
        self.registers
            .iter()
            .find(|entry| entry.1 == register)
            .map_or(u32::MAX, |entry| entry.0)
    }
}
