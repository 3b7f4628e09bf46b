//! Where the RTC control block of each chip has its registers, and what differs in them.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/rtc_cntl_reg.h`.

use super::Model;
use super::bits::Bits;
use super::register_file::{ResetValues, StorageRanges};
use super::rtc_watchdog::WatchdogLayout;

/// A register that the block acts on, whatever its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
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
pub(super) struct Layout {
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
    /// The layout of a chip.
    pub fn of(model: Model) -> &'static Layout {
        match model {
            Model::Esp32 => &ESP32,
            Model::Esp32C3 => &ESP32C3,
            Model::Esp32S3 => &ESP32S3,
        }
    }

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

const ESP32: Layout = Layout {
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
    watchdog: WatchdogLayout::ESP32,
    int_main_timer: 1 << 8,
    int_time_valid: 1 << 4,
    time_valid: 1 << 30,
    soc_clk_sel: Some(Bits::new(27, 2)),
    slow_clk_sel: None,
    reset_state_settings: 0,
};

const ESP32C3: Layout = Layout {
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
    watchdog: WatchdogLayout::LATER,
    int_main_timer: 1 << 10,
    int_time_valid: 0,
    time_valid: 0,
    soc_clk_sel: None,
    slow_clk_sel: Some(Bits::new(30, 2)),
    // Masks of resets, halting after reset.
    reset_state_settings: 0x030c_0000,
};

const ESP32S3: Layout = Layout {
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
    ..ESP32C3
};
