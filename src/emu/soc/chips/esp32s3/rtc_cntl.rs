//! RTC control with its watchdog of the ESP32-S3.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::rtc_cntl::{self, Register, WatchdogLayout};

/// RTC_CNTL (ESP-IDF `components/soc/esp32s3/register/soc/rtc_cntl_reg.h`).
pub(in crate::emu) const RTC_CNTL: rtc_cntl::Layout = rtc_cntl::Layout {
    reset: &[
        (0x00, 0x1c00_a000),
        (0x1c, 0x2814_0403),
        (0x20, 0x0108_0000),
        (0x24, 0x1416_0a08),
        (0x28, 0x1020_0a08),
        (0x2c, 0x8000),
        (0x30, 0x1020_0a08),
        (0x34, 0x0044_0000),
        (0x3c, 0x6_0000),
        (0x60, 0x6_6c80),
        (0x74, 0x1158_321c),
        (0x78, 0x40_0000),
        (0x7c, 0x0ab0_be0a),
        (0x80, 0x1_0800),
        (0x84, 0xa000_0000),
        (0x88, 0x925),
        (0x90, 0x54_5010),
        (0x94, 0xaa80_5080),
        (0xb4, 0x04b0_0000),
        (0xb8, 0x8f1d_312a),
        (0xe8, 0x43ff_0010),
        (0xf8, 0x0ff0_0000),
        (0x100, 0x10_0200),
        (0x104, 0x8a_0810),
        (0x108, 0x1000_0100),
        (0x10c, 0x8_40cc),
        (0x110, 0xf000_0102),
        (0x114, 0x7800_0000),
        (0x118, 0x5000_0000),
        (0x11c, 0x96aa_8800),
        (0x124, 0x7f_ffff),
        (0x134, 0xc800),
        (0x140, 0x2834_0000),
        (0x148, 0x7),
        (0x1fc, 0x0210_1271),
    ],
    storage: &[
        // TIMER1 to ANA_CONF.
        (0x1c, 0x34),
        // WAKEUP_STATE.
        (0x3c, 0x3c),
        // STORE0 to SDIO_ACT_CONF.
        (0x50, 0x70),
        // SDIO_CONF, BIAS_CONF.
        (0x7c, 0x80),
        // PWC to DIG_ISO.
        (0x88, 0x94),
        // STORE4 to STORE7.
        (0xc0, 0xcc),
        // PAD_HOLD to EXT_WAKEUP1.
        (0xd8, 0xe0),
        // XTAL32K_CLK_FACTOR, XTAL32K_CONF.
        (0xf4, 0xf8),
        // ULP coprocessors and touch, idle; USB_CONF.
        (0xfc, 0x124),
        // OPTION1: the ROM reads the forced download there.
        (0x12c, 0x12c),
        // ULP_CP_TIMER_1.
        (0x134, 0x134),
        // RETENTION_CTRL to COCPU_DISABLE.
        (0x140, 0x154),
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
        (0x74, Register::ClkConf),
        (0x78, Register::SlowClkConf),
        (0x84, Register::Regulator),
        (0xb4, Register::SwdConf),
        (0xb8, Register::SwdWprotect),
        (0xbc, Register::SwCpuStall),
        (0xd0, Register::LowPowerState),
        (0xe4, Register::ExtWakeup1Status),
        (0xe8, Register::BrownOut),
        (0x138, Register::IntEnaSet),
        (0x13c, Register::IntEnaClear),
    ],
    watchdog_first: 0x98,
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
