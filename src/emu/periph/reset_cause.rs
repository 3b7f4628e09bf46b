//! Reset cause codes, as `RTC_CNTL_RESET_STATE_REG` holds them and the ROM's banner prints them.
//!
//! Codes: ESP-IDF `components/esp_rom/esp32/include/esp32/rom/rtc.h` and `components/soc/{esp32c3,esp32s3}/include/soc/
//! reset_reasons.h`. Names: strings of the mask ROMs; those of the ESP32-C3 and the ESP32-S3 are the same.

/// Power was switched on.
pub const POWERON_RESET: u8 = 1;
/// Software reset of the digital core.
pub const SW_RESET: u8 = 3;
/// End of deep sleep.
pub const DEEPSLEEP_RESET: u8 = 5;
/// Watchdog of timer group 0, digital core.
pub const TG0WDT_SYS_RESET: u8 = 7;
/// Watchdog of timer group 1, digital core.
pub const TG1WDT_SYS_RESET: u8 = 8;
/// RTC watchdog, digital core.
pub const RTCWDT_SYS_RESET: u8 = 9;
/// Watchdog of a timer group, one CPU; of group 0 only on the chips after the ESP32.
pub const TGWDT_CPU_RESET: u8 = 11;
/// Software reset of one CPU.
pub const SW_CPU_RESET: u8 = 12;
/// RTC watchdog, one CPU.
pub const RTCWDT_CPU_RESET: u8 = 13;
/// APP CPU, reset by the PRO CPU; on the ESP32 only.
pub const EXT_CPU_RESET: u8 = 14;
/// The supply voltage was not stable.
pub const RTCWDT_BROWN_OUT_RESET: u8 = 15;
/// RTC watchdog, digital core and RTC.
pub const RTCWDT_RTC_RESET: u8 = 16;
/// Watchdog of timer group 1, one CPU; not on the ESP32.
pub const TG1WDT_CPU_RESET: u8 = 17;
/// Super watchdog, digital core and RTC; not on the ESP32.
pub const SUPER_WDT_RESET: u8 = 18;

/// Codes with the names that a ROM's banner prints.
pub(crate) type Names = &'static [(u8, &'static str)];

/// The cause's name as the banner prints it.
pub(crate) fn name(names: Names, code: u8) -> &'static str {
    let found = names.iter().find(|&&(known, _)| known == code);
    found.map_or("NO_MEAN", |&(_, name)| name)
}

/// The names of the ESP32.
pub(crate) const ESP32: Names = &[
    (POWERON_RESET, "POWERON_RESET"),
    (SW_RESET, "SW_RESET"),
    (4, "OWDT_RESET"),
    (DEEPSLEEP_RESET, "DEEPSLEEP_RESET"),
    (6, "SDIO_RESET"),
    (TG0WDT_SYS_RESET, "TG0WDT_SYS_RESET"),
    (TG1WDT_SYS_RESET, "TG1WDT_SYS_RESET"),
    (RTCWDT_SYS_RESET, "RTCWDT_SYS_RESET"),
    (10, "INTRUSION_RESET"),
    (TGWDT_CPU_RESET, "TGWDT_CPU_RESET"),
    (SW_CPU_RESET, "SW_CPU_RESET"),
    (RTCWDT_CPU_RESET, "RTCWDT_CPU_RESET"),
    (EXT_CPU_RESET, "EXT_CPU_RESET"),
    (RTCWDT_BROWN_OUT_RESET, "RTCWDT_BROWN_OUT_RESET"),
    (RTCWDT_RTC_RESET, "RTCWDT_RTC_RESET"),
];

/// The names of the later chips.
pub(crate) const LATER: Names = &[
    (POWERON_RESET, "POWERON"),
    (SW_RESET, "RTC_SW_SYS_RST"),
    (DEEPSLEEP_RESET, "DSLEEP"),
    (TG0WDT_SYS_RESET, "TG0WDT_SYS_RST"),
    (TG1WDT_SYS_RESET, "TG1WDT_SYS_RST"),
    (RTCWDT_SYS_RESET, "RTCWDT_SYS_RST"),
    (10, "INTRUSION_RST"),
    (TGWDT_CPU_RESET, "TG0WDT_CPU_RST"),
    (SW_CPU_RESET, "RTC_SW_CPU_RST"),
    (RTCWDT_CPU_RESET, "RTCWDT_CPU_RST"),
    (RTCWDT_BROWN_OUT_RESET, "BROWNOUT_RST"),
    (RTCWDT_RTC_RESET, "RTCWDT_RTC_RST"),
    (TG1WDT_CPU_RESET, "TG1WDT_CPU_RST"),
    (SUPER_WDT_RESET, "SUPER_WDT_RST"),
    (19, "GLITCH_RTC_RST"),
    (20, "EFUSE_RST"),
    (21, "USB_UART_CHIP_RESET"),
    (22, "USB_JTAG_CHIP_RESET"),
    (23, "POWER_GLITCH_RESET"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_roms() {
        assert_eq!(name(ESP32, 16), "RTCWDT_RTC_RESET");
        assert_eq!(name(LATER, 16), "RTCWDT_RTC_RST");
        assert_eq!(name(LATER, 1), "POWERON");
        assert_eq!(name(LATER, 14), "NO_MEAN");
    }
}
