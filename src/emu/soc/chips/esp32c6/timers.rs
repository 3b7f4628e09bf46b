//! Timers of the ESP32-C6.

use crate::emu::periph::later::systimer;
use crate::emu::periph::timg::{self, Design, T0};
use crate::emu::{TICKS_PER_SECOND, TICKS_PER_XTAL};

/// The timer groups (ESP-IDF `components/soc/esp32c6/register/soc/timer_group_reg.h`). Their clocks are chosen in PCR: the
/// crystal after reset.
pub(in crate::emu) const TIMG: timg::Layout = timg::Layout {
    reset: &[(0xf8, 0x0220_6072), (0xfc, 0x7000_0000)],
    storage: &[(0xf8, 0xfc)],
    timers: &[T0],
    design: Design::Later,
    int_first: 0x70,
    int_wdt: 1 << 1,
    int_mask: 0x3,
    // 17.5 MHz / 32 (ESP-IDF `clk_tree_ll.h`, CLK_LL_RC_FAST_CALIB_TICK_DIV_BITS).
    fast_d256_period: TICKS_PER_SECOND * 32 / 17_500_000,
    apb_period: TICKS_PER_XTAL,
    wdt_use_xtal: None,
};

/// The system timer (ESP-IDF `components/soc/esp32c6/register/soc/systimer_reg.h`).
pub(in crate::emu) const SYSTIMER: systimer::Layout = systimer::Layout {
    reset: &[(0x00, 0x4600_0000), (0xfc, 0x0220_1073)],
    real_targets: true,
};
