//! Blocks of the low-power domain of the ESP32-C6. Registers, storage and reset values: ESP-IDF `components/soc/esp32c6/
//! register/soc/<block>_reg.h`.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::lp::{aon, clkrst, peri, pmu, timer, wdt};
use crate::emu::periph::reset_cause::Names;
use crate::emu::periph::rtc_cntl::WatchdogLayout;

/// Power management (`pmu_reg.h`).
pub(in crate::emu) const PMU: pmu::Layout = pmu::Layout {
    reset: &[
        (0x04, 0xffff_ffff),
        (0x08, 0xffff_ffff),
        (0x28, 0xc667_7180),
        (0x30, 0x8000_0000),
        (0x38, 0xffff_ffff),
        (0x3c, 0xffff_ffff),
        (0x5c, 0xc667_0000),
        (0x64, 0x8000_0000),
        (0x6c, 0xffff_ffff),
        (0x70, 0xffff_ffff),
        (0x90, 0xc667_0000),
        (0x98, 0x8000_0000),
        (0x9c, 0xc660_0000),
        (0xac, 0x4000_0000),
        (0xb4, 0xc660_0000),
        (0xbc, 0x8000_0000),
        (0xc4, 0x4000_0000),
        (0xec, 0x7fbf_dfe0),
        (0xf0, 0x7fff_fe00),
        (0xf4, 0x1c),
        (0xf8, 0x1c),
        (0xfc, 0x1c),
        (0x104, 0x1c),
        (0x108, 0x1c),
        (0x10c, 0xff00_0000),
        (0x118, 0x63fc_0000),
        (0x11c, 0x0100_0100),
        (0x134, 0x0100_0080),
        (0x138, 0x80),
        (0x13c, 0x1_0000),
        (0x148, 0x32),
        (0x14c, 0xa0a),
        (0x150, 0x8000_0000),
        (0x154, 0x0800_0000),
        (0x158, 0x8000_0000),
        (0x17c, 0x1ff0_0000),
        (0x18c, 0x0810_0800),
        (0x190, 0x0080_2000),
        (0x194, 0x3),
        (0x198, 0xffff_ffff),
        (0x19c, 0xffff_ffff),
        (0x3fc, 0x0220_6250),
    ],
    // Power of the domains in each state, waits, wake-up settings, clocks, radio power, backup, interrupt enables, date.
    storage: &[
        (0x00, 0xc8),
        (0xec, 0x11c),
        (0x124, 0x13c),
        (0x148, 0x14c),
        (0x154, 0x158),
        (0x164, 0x164),
        (0x174, 0x174),
        (0x188, 0x188),
        (0x3fc, 0x3fc),
    ],
    triggers: &[(0xcc, 0xe8), (0x168, 0x168), (0x178, 0x178)],
    // Wake-up status, power-on status, raw interrupts and their status, states of power and clocks.
    states: &[
        (0x140, 0x144),
        (0x150, 0x150),
        (0x15c, 0x160),
        (0x16c, 0x170),
        (0x18c, 0x1a0),
    ],
};

/// Clocks and reset cause (`lp_clkrst_reg.h`).
pub(in crate::emu) const CLKRST: clkrst::Layout = clkrst::Layout {
    reset: &[
        (0x00, 0x4),
        (0x04, 0x7ff),
        (0x14, 0x0440_0000),
        (0x18, 0x2b00_0000),
        (0x1c, 0x2b00_0000),
        (0x20, 0xf000_0000),
        (0x2c, 0x66c0_0000),
        (0x3fc, 0x0220_6090),
    ],
    storage: &[(0x00, 0x0c), (0x14, 0x2c), (0x3fc, 0x3fc)],
};

/// Always-on registers (`lp_aon_reg.h`). Storage: stored values, pads, wake-up, USB, bus, SDIO, ADC, date.
pub(in crate::emu) const AON: aon::Layout = aon::Layout {
    reset: &[
        (0x38, 0x4000_0000),
        (0x48, 0xb020_0000),
        (0x4c, 0x0280_0000),
        (0x3fc, 0x0220_5280),
    ],
    storage: &[
        (0x00, 0x30),
        (0x3c, 0x3c),
        (0x44, 0x44),
        (0x4c, 0x4c),
        (0x54, 0x54),
        (0x3fc, 0x3fc),
    ],
};

/// The watchdogs (`lp_wdt_reg.h`). The first time-out counts in units of 2 slow clocks, as on the ESP32-C3 (inferred).
pub(in crate::emu) const WDT: wdt::Layout = wdt::Layout {
    watchdog: WatchdogLayout {
        config0: 0x1_3214,
        timeouts: [0x3_0d40, 0x1_3880, 0xfff, 0xfff],
        flashboot_mod_en: Bits::bit(12),
        cpu_reset_en: [Bits::bit(11), Bits::bit(10)],
        first_shift: Some(1),
    },
    reset: &[(0x1c, 0x12c0_0000), (0x3fc, 0x0211_2080)],
    storage: &[(0x3fc, 0x3fc)],
};

/// The timer (`lp_timer_reg.h`).
pub(in crate::emu) const TIMER: timer::Layout = timer::Layout {
    reset: &[(0x3fc, 0x0211_1150)],
    storage: &[(0x3fc, 0x3fc)],
};

/// Clocks of the LP blocks, random numbers (`lpperi_reg.h`; `components/soc/esp32c6/include/soc/wdev_reg.h`).
pub(in crate::emu) const PERI: peri::Layout = peri::Layout {
    random: 0x08,
    reset: &[
        (0x00, 0x7f00_0000),
        (0x0c, 0x8000_0000),
        (0x10, 0xbfff_c000),
        (0x1c, 0x8000_0000),
        (0x3fc, 0x0220_6130),
    ],
    storage: &[(0x00, 0x00), (0x0c, 0x0c), (0x3fc, 0x3fc)],
};

/// Reset causes with the names that the mask ROM's banner prints (its `reset_reasons`).
pub(super) const RESET_CAUSES: Names = &[
    (1, "POWERON"),
    (3, "LP_SW_HPSYS"),
    (5, "SLEEP_WAKEUP"),
    (6, "SDIO_HPSYS"),
    (7, "TG0_WDT_HPSYS"),
    (8, "TG1_WDT_HPSYS"),
    (9, "LP_WDT_HPSYS"),
    (11, "TG0_WDT_CPU"),
    (12, "SW_CPU"),
    (13, "LP_WDT_CPU"),
    (15, "LP_BOD_SYS"),
    (16, "LP_WDT_SYS"),
    (17, "TG1_WDT_CPU"),
    (18, "LP_SWDT_SYS"),
    (20, "EFUSE_HPSYS"),
    (21, "USB_UART_HPSYS"),
    (22, "USB_JTAG_HPSYS"),
    (24, "JTAG_CPU"),
];
