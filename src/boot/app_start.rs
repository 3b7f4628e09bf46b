//! Tells an app's first own line from what ESP-IDF's start-up code and panic handler print.

use super::log_line::LogLine;

/// Log tags of ESP-IDF's start-up code, which runs before the app's own (IDF `components/esp_system/port/cpu_start.c`,
/// `esp_app_format/esp_app_desc.c`, `efuse/src/esp_efuse_startup.c`, `heap/heap_caps_init.c`, `spi_flash`,
/// `bootloader_support/src/flash_encrypt.c`, `esp_psram`, `esp_hw_support/sleep_gpio.c`, `esp_coex`).
const START_UP_TAGS: [&str; 16] = [
    "cpu_start",
    "app_init",
    "efuse_init",
    "efuse",
    "heap_init",
    "spi_flash",
    "flash_encrypt",
    "secure_boot",
    "esp_psram",
    "spiram",
    "sleep",
    "sleep_gpio",
    "coexist",
    "coex",
    "clk",
    "rtc_clk",
];
/// Tag of the task that calls `app_main` (IDF `components/freertos/app_startup.c`): what it says before is start-up.
const MAIN_TASK: (&str, &str) = ("main_task", "Calling app_main()");
/// How ESP-IDF's panic handler and `abort` begin (IDF `components/esp_system/panic.c`, `port/panic_handler.c`,
/// `components/newlib/abort.c`, `assert.c`; FreeRTOS `vApplicationStackOverflowHook`) and esp-hal's (`esp-backtrace`).
const PANIC: [&str; 8] = [
    "Guru Meditation Error",
    "abort() was called",
    "assert failed:",
    "ESP_ERROR_CHECK failed",
    "***ERROR***",
    "Panic: ",
    "panicked at",
    "!! A panic occured",
];

/// Looks for the first line that an app prints by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AppStart {
    panicked: bool,
}

impl AppStart {
    /// Whether this line, printed behind the bootloader's hand-over, is the app's own: `main_task: Calling app_main()`,
    /// or anything that is neither ESP-IDF's start-up log, nor an error, nor part of a panic's dump.
    pub fn is(&mut self, line: &str) -> bool {
        if self.panicked || PANIC.iter().any(|start| line.starts_with(start)) {
            // Registers and backtrace follow, up to the reset.
            self.panicked = true;
            return false;
        }
        match LogLine::parse(line) {
            Some(log) if log.level == b'E' => false,
            Some(log) if log.tag == MAIN_TASK.0 => log.message == MAIN_TASK.1,
            // `sleep_gpio`, `heap_init` and others carry a suffix on some chips.
            Some(log) => !START_UP_TAGS.contains(&log.tag),
            // Line noise of a UART whose clock changes is no word of an app.
            None => line.bytes().filter(u8::is_ascii_alphanumeric).count() >= 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(lines: &[&'static str]) -> Option<&'static str> {
        let mut start = AppStart::default();
        lines.iter().copied().find(|line| start.is(line))
    }

    #[test]
    fn start_up_code_is_not_the_app() {
        let lines = [
            "I (63) cpu_start: Multicore app",
            "I (200) heap_init: At 3FFAE6E0 len 00001920 (6 KiB): DRAM",
            "I (218) spi_flash: flash io: dio",
            "W (222) flash_encrypt: Flash encryption mode is DEVELOPMENT (not secure)",
            "I (230) main_task: Started on CPU0",
            "I (240) main_task: Calling app_main()",
            "Hello world!",
        ];
        assert_eq!(first(&lines), Some(lines[5]));
        assert_eq!(first(&lines[..5]), None);
        // ESP-IDF before v5.0 has no main_task.
        assert_eq!(first(&[lines[0], "Hello world!"]), Some("Hello world!"));
        assert_eq!(first(&["Hello world!"]), Some("Hello world!"));
    }

    #[test]
    fn errors_and_panics_are_no_sign_of_life() {
        let panic = [
            "E (218) spi_flash: Detected size(2048k) smaller than the size in the binary image header(4096k). Probe failed.",
            "assert failed: __esp_system_init_fn_init_flash startup_funcs.c:95 (flash_ret == ESP_OK)",
            "Backtrace: 0x40081766:0x3ffe3b40 0x40085495:0x3ffe3b60",
            "ELF file SHA256: 123",
            "Rebooting...",
        ];
        assert_eq!(first(&panic), None);
        assert_eq!(
            first(&["Guru Meditation Error: Core  0 panic'ed", "PC : 0x400"]),
            None
        );
        assert_eq!(first(&["~", "-"]), None);
    }
}
