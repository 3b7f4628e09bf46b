//! RTC control with its watchdog of the ESP32-C3.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::rtc_cntl::{self, Register, WatchdogLayout};

/// RTC_CNTL (ESP-IDF `components/soc/esp32c3/register/soc/rtc_cntl_reg.h`).
pub(in crate::emu) const RTC_CNTL: rtc_cntl::Layout = rtc_cntl::Layout {
    reset: &[
        (0x00, 0x1c00_a000),
        (0x1c, 0x2814_0403),
        (0x20, 0x0100_0000),
        (0x24, 0x0a08_0a08),
        (0x28, 0x1020_0a08),
        (0x2c, 0x8000),
        (0x30, 0x0a08_0000),
        (0x34, 0x00c4_0000),
        (0x3c, 0x6_0000),
        (0x60, 0x6_6c80),
        (0x70, 0x1158_3218),
        (0x74, 0x40_0000),
        (0x78, 0x0ab0_be0a),
        (0x7c, 0x1_0800),
        (0x80, 0xa000_0000),
        (0x88, 0x55_5010),
        (0x8c, 0xaa80_5080),
        (0xac, 0x04b0_0000),
        (0xb0, 0x8f1d_312a),
        (0xd8, 0x43ff_0010),
        (0xe8, 0x0ff0_0000),
        (0xfc, 0xc800),
        (0x108, 0xa0d0_0000),
        (0x10c, 0x7),
        (0x1fc, 0x0200_7270),
    ],
    storage: &[
        // TIMER1 to ANA_CONF.
        (0x1c, 0x34),
        // WAKEUP_STATE.
        (0x3c, 0x3c),
        // STORE0 to CPU_PERIOD_CONF.
        (0x50, 0x6c),
        // SDIO_CONF, BIAS_CONF.
        (0x78, 0x7c),
        // PWC to DIG_ISO.
        (0x84, 0x8c),
        // STORE4 to STORE7.
        (0xb8, 0xc4),
        // PAD_HOLD, DIG_PAD_HOLD.
        (0xd0, 0xd4),
        // XTAL32K_CLK_FACTOR to USB_CONF.
        (0xe4, 0xec),
        // OPTION1: the ROM reads the forced download there.
        (0xf4, 0xf4),
        // ULP_CP_TIMER_1.
        (0xfc, 0xfc),
        // RETENTION_CTRL to PG_CTRL.
        (0x108, 0x124),
        // DATE.
        (0x1fc, 0x1fc),
    ],
    registers: &[
        (0x00, Register::Options0),
        (0x04, Register::SlpTimer0),
        (0x08, Register::SlpTimer1),
        (0x0c, Register::TimeUpdate),
        (0x10, Register::Time0),
        (0x14, Register::Time1),
        (0x18, Register::State0),
        (0x38, Register::ResetState),
        (0x40, Register::IntEna),
        (0x44, Register::IntRaw),
        (0x48, Register::IntSt),
        (0x4c, Register::IntClr),
        (0x70, Register::ClkConf),
        (0x74, Register::SlowClkConf),
        (0x80, Register::Regulator),
        (0xac, Register::SwdConf),
        (0xb0, Register::SwdWprotect),
        (0xb4, Register::SwCpuStall),
        (0xc8, Register::LowPowerState),
        (0xd8, Register::BrownOut),
        (0x100, Register::IntEnaSet),
        (0x104, Register::IntEnaClear),
    ],
    watchdog_first: 0x90,
    watchdog: WATCHDOG,
    int_main_timer: 1 << 10,
    int_time_valid: 0,
    time_valid: 0,
    soc_clk_sel: None,
    slow_clk_sel: Some(Bits::new(30, 2)),
    // Masks of resets, halting after reset.
    reset_state_settings: 0x030c_0000,
};

/// The RTC watchdog, whose registers stand among those of RTC_CNTL; time-outs in periods of the slow clock.
const WATCHDOG: WatchdogLayout = WatchdogLayout {
    config0: 0x1_3214,
    timeouts: [0x3_0d40, 0x1_3880, 0xfff, 0xfff],
    flashboot_mod_en: Bits::bit(12),
    cpu_reset_en: [Bits::bit(11), Bits::bit(10)],
    first_shift: Some(1),
};
