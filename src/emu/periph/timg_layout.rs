//! Where the timer groups of each chip have their registers, and their reset values.
//!
//! Source: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/timer_group_reg.h`.

use super::Model;
use super::register_file::{ResetValues, StorageRanges};
use super::timg_counter::Design;
use crate::emu::{TICKS_PER_SECOND, TICKS_PER_XTAL, Ticks};

/// One timer's registers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TimerPlace {
    pub config: u32,
    /// First of the registers after the configuration.
    pub low: u32,
    pub config_reset: u32,
    /// The timer's bit of the interrupt registers.
    pub int: u32,
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
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
}

impl Layout {
    pub fn of(model: Model) -> &'static Layout {
        match model {
            Model::Esp32 => &ESP32,
            Model::Esp32C3 => &ESP32C3,
            Model::Esp32S3 => &ESP32S3,
        }
    }
}

pub(super) const T0: TimerPlace = TimerPlace {
    config: 0x00,
    low: 0x04,
    config_reset: TIMER_CONFIG_RESET,
    int: 1 << 0,
};
pub(super) const T1: TimerPlace = TimerPlace {
    config: 0x24,
    low: 0x28,
    config_reset: TIMER_CONFIG_RESET,
    int: 1 << 1,
};
/// The `LACT` timer has one more register after the first, `TIMG_LACTRTC_REG`.
pub(super) const LACT: TimerPlace = TimerPlace {
    config: 0x70,
    low: 0x78,
    config_reset: 0x6000_2300,
    int: 1 << 3,
};

pub(super) const ESP32: Layout = Layout {
    reset: &[(0xf8, 0x0160_4290)],
    // LACTRTC; the date and the register clock.
    storage: &[(0x74, 0x74), (0xf8, 0xfc)],
    timers: &[T0, T1, LACT],
    design: Design::Esp32,
    int_first: 0x98,
    int_wdt: 1 << 2,
    int_mask: 0xf,
    // 8 MHz / 256.
    fast_d256_period: TICKS_PER_SECOND / 31_250,
    apb_period: TICKS_PER_XTAL,
};
pub(super) const ESP32C3: Layout = Layout {
    reset: &[(0xf8, 0x0200_6191), (0xfc, 0x6000_0000)],
    storage: &[(0xf8, 0xfc)],
    timers: &[T0],
    design: Design::Later,
    int_first: 0x70,
    int_wdt: 1 << 1,
    int_mask: 0x3,
    // 17.5 MHz / 256.
    fast_d256_period: TICKS_PER_SECOND * 256 / 17_500_000,
    // The crystal by 2.
    apb_period: 2 * TICKS_PER_XTAL,
};
pub(super) const ESP32S3: Layout = Layout {
    reset: &[(0xf8, 0x0200_3071)],
    storage: &[(0xf8, 0xfc)],
    timers: &[T0, T1],
    int_wdt: 1 << 2,
    int_mask: 0x7,
    ..ESP32C3
};

pub(super) const TIMER_CONFIG_RESET: u32 = 0x6000_2000;
