//! Timers of the ESP32.

use crate::emu::periph::timg::{self, Design, LACT, T0, T1};
use crate::emu::{TICKS_PER_SECOND, TICKS_PER_XTAL};

/// The timer groups (ESP-IDF `components/soc/esp32/register/soc/timer_group_reg.h`).
pub(in crate::emu) const TIMG: timg::Layout = timg::Layout {
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
    wdt_use_xtal: None,
};
