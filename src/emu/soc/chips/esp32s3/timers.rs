//! Timers of the ESP32-S3.

use crate::emu::periph::later::systimer;
use crate::emu::periph::timg::{self, Design, T0, T1};
use crate::emu::{TICKS_PER_SECOND, TICKS_PER_XTAL};

/// The timer groups (ESP-IDF `components/soc/esp32s3/register/soc/timer_group_reg.h`).
pub(in crate::emu) const TIMG: timg::Layout = timg::Layout {
    reset: &[(0xf8, 0x0200_3071)],
    storage: &[(0xf8, 0xfc)],
    timers: &[T0, T1],
    int_wdt: 1 << 2,
    int_mask: 0x7,
    design: Design::Later,
    int_first: 0x70,
    // 17.5 MHz / 256.
    fast_d256_period: TICKS_PER_SECOND * 256 / 17_500_000,
    // The crystal by 2.
    apb_period: 2 * TICKS_PER_XTAL,
    wdt_use_xtal: None,
};

/// The system timer (ESP-IDF `components/soc/esp32s3/register/soc/systimer_reg.h`).
pub(in crate::emu) const SYSTIMER: systimer::Layout = systimer::Layout {
    reset: &[(0x00, 0x4600_0000), (0xfc, 0x0201_2251)],
    real_targets: true,
};
