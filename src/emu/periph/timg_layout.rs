//! What differs in the timer groups of the chips: where registers lie, and what they hold.
//!
//! Places of the timers: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/timer_group_reg.h`.

use super::bits::Bits;
use super::register_file::{ResetValues, StorageRanges};
use super::timg_counter::Design;
use crate::emu::Ticks;

/// One timer's registers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TimerPlace {
    pub config: u32,
    /// First of the registers after the configuration.
    pub low: u32,
    pub config_reset: u32,
    /// The timer's bit of the interrupt registers.
    pub int: u32,
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub timers: &'static [TimerPlace],
    pub design: Design,
    pub int_first: u32,
    pub int_wdt: u32,
    pub int_mask: u32,
    /// Ticks of the second clock that can be calibrated, the fast oscillator by 256.
    pub fast_d256_period: Ticks,
    /// Ticks of the APB clock after reset.
    pub apb_period: Ticks,
    /// Setting that makes the watchdog count crystal clocks, where there is one.
    pub wdt_use_xtal: Option<Bits>,
}

pub(crate) const T0: TimerPlace = TimerPlace {
    config: 0x00,
    low: 0x04,
    config_reset: TIMER_CONFIG_RESET,
    int: 1 << 0,
};
pub(crate) const T1: TimerPlace = TimerPlace {
    config: 0x24,
    low: 0x28,
    config_reset: TIMER_CONFIG_RESET,
    int: 1 << 1,
};
/// The `LACT` timer has one more register after the first, `TIMG_LACTRTC_REG`.
pub(crate) const LACT: TimerPlace = TimerPlace {
    config: 0x70,
    low: 0x78,
    config_reset: 0x6000_2300,
    int: 1 << 3,
};

pub(crate) const TIMER_CONFIG_RESET: u32 = 0x6000_2000;
