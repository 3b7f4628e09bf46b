//! RTC control with its watchdog of the ESP32.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::rtc_cntl::{self, Register, WatchdogLayout};

/// RTC_CNTL (ESP-IDF `components/soc/esp32/register/soc/rtc_cntl_reg.h`).
pub(in crate::emu) const RTC_CNTL: rtc_cntl::Layout = rtc_cntl::Layout {
    reset: &[
        (0x00, 0x1c49_2000),
        (0x18, 0x0030_0000),
        (0x1c, 0x2814_0403),
        (0x20, 0x0108_0000),
        (0x24, 0x1416_0a08),
        (0x28, 0x1020_0a08),
        (0x2c, 0x1214_8001),
        (0x30, 0x0080_0000),
        (0x38, 0x6000),
        (0x70, 0x2210),
        (0x74, 0x02a0_0000),
        (0x7c, 0xa900_2400),
        (0x80, 0x0001_2925),
        (0x84, 0x0015_5550),
        (0x88, 0xaaaa_5000),
        (0xd4, 0x13ff_0000),
        (0x13c, 0x0160_4280),
    ],
    // Power, analogue and sleep settings without a modelled effect, and the registers for software's own use.
    storage: &[
        // TIMER1 to ANA_CONF.
        (0x1c, 0x30),
        // WAKEUP_STATE.
        (0x38, 0x38),
        // STORE0 to SDIO_ACT_CONF.
        (0x4c, 0x6c),
        // SDIO_CONF, BIAS_CONF.
        (0x74, 0x78),
        // PWC to DIG_ISO.
        (0x80, 0x88),
        // TEST_MUX.
        (0xa8, 0xa8),
        // STORE4 to EXT_WAKEUP1.
        (0xb0, 0xcc),
        // DATE.
        (0x13c, 0x13c),
    ],
    registers: &[
        (0x00, Register::Options0),
        (0x04, Register::SlpTimer0),
        (0x08, Register::SlpTimer1),
        (0x0c, Register::TimeUpdate),
        (0x10, Register::Time0),
        (0x14, Register::Time1),
        (0x18, Register::State0),
        (0x34, Register::ResetState),
        (0x3c, Register::IntEna),
        (0x40, Register::IntRaw),
        (0x44, Register::IntSt),
        (0x48, Register::IntClr),
        (0x70, Register::ClkConf),
        (0x7c, Register::Regulator),
        (0xac, Register::SwCpuStall),
        (0xd0, Register::ExtWakeup1Status),
        (0xd4, Register::BrownOut),
        (0x100, Register::MemConf),
    ],
    watchdog_first: 0x8c,
    watchdog: WATCHDOG,
    int_main_timer: 1 << 8,
    int_time_valid: 1 << 4,
    time_valid: 1 << 30,
    soc_clk_sel: Some(Bits::new(27, 2)),
    slow_clk_sel: None,
    reset_state_settings: 0,
};

/// The RTC watchdog, whose registers stand among those of RTC_CNTL; time-outs in periods of the slow clock.
const WATCHDOG: WatchdogLayout = WatchdogLayout {
    config0: 0x4c80,
    timeouts: [0x1_f400, 0x1_3880, 0xfff, 0xfff],
    flashboot_mod_en: Bits::bit(10),
    cpu_reset_en: [Bits::bit(9), Bits::bit(8)],
    first_shift: None,
};
