//! Tells an app's first own line from what ESP-IDF's start-up code and panic handler print.

use super::log_line::LogLine;

/// Log tags of ESP-IDF's start-up code, which runs before the app's own (IDF `components/esp_system/port/cpu_start.c`,
/// `esp_app_format/esp_app_desc.c`, `efuse/src/esp_efuse_startup.c`, `heap/heap_caps_init.c`, `spi_flash`,
/// `freertos/app_startup.c`, `bootloader_support/src/flash_encrypt.c`, `esp_psram`, `esp_hw_support/sleep_gpio.c`, `esp_coex`).
const START_UP_TAGS: [&str; 17] = [
    "cpu_start",
    "app_start",
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
/// Beginning of further ones (IDF `components/espcoredump/src`).
const START_UP_TAG_START: &str = "esp_core_dump";
/// Tag of the task that calls `app_main` (IDF `components/freertos/app_startup.c`): what it says before is start-up.
const MAIN_TASK: (&str, &str) = ("main_task", "Calling app_main()");
/// How ESP-IDF's panic handler and `abort` begin (IDF `components/esp_system/panic.c`, `port/panic_handler.c`,
/// `components/newlib/abort.c`, `assert.c`; FreeRTOS `vApplicationStackOverflowHook`) and esp-hal's (`esp-backtrace`).
const PANIC: [&str; 9] = [
    "Assert failed in ",
    "Guru Meditation Error",
    "abort() was called",
    "assert failed:",
    "ESP_ERROR_CHECK failed",
    "***ERROR***",
    "Panic: ",
    "panicked at",
    "!! A panic occured",
];

/// What the bootloader says when an app is in memory; checks of security and the hand-over follow (IDF
/// `bootloader_support/src/bootloader_utility.c`, `try_load_partition`).
pub(super) const LOADED: &str = "Loaded app from partition at offset";
/// Log tags of the bootloader that can follow then (IDF `components/bootloader_support/src`, `components/efuse/src`).
const BOOTLOADER_TAGS: [&str; 8] = [
    "boot",
    "esp_image",
    "flash_encrypt",
    "flash_parts",
    "efuse",
    "boot_comm",
    "bootloader_random",
    "bootloader_flash",
];
/// Beginnings of further ones, e.g. `boot.esp32` and `secure_boot_v2`.
const BOOTLOADER_TAG_STARTS: [&str; 2] = ["boot.", "secure_boot"];
/// Most tags that are remembered.
const MAX_TAGS: usize = 32;

/// Whether a line begins a panic's dump, or is the ROM's word on an exception that nobody handles (`Fatal exception (0):
/// IllegalInstruction`, the ROMs of the ESP32 and the S3).
pub(super) fn is_panic(line: &str) -> bool {
    const ROM: &str = "Fatal exception (";
    PANIC
        .iter()
        .chain([&ROM])
        .any(|start| line.starts_with(start))
}

/// Looks for the first line that an app prints by itself.
#[derive(Debug, Clone, Default)]
pub(super) struct AppStart {
    loaded: bool,
    /// Log tags that the bootloader used before it loaded the app: it may use them again.
    tags: Vec<String>,
    panicked: bool,
}

impl AppStart {
    /// Whether this line is the app's own, where the bootloader is known to run last: not every bootloader says that it
    /// hands over, but an ESP-IDF one says that it has loaded an app, and all that it prints then is log with its tags.
    pub fn is_behind_bootloader(&mut self, line: &str) -> bool {
        let log = LogLine::parse(line);
        if log.is_some_and(|log| log.message.starts_with(LOADED)) {
            self.loaded = true;
        }
        if !self.loaded || log.is_some_and(|log| log.message.starts_with(LOADED)) {
            self.remember(log);
            return false;
        }
        let from_bootloader = |tag: &str| {
            BOOTLOADER_TAGS.contains(&tag)
                || BOOTLOADER_TAG_STARTS
                    .iter()
                    .any(|start| tag.starts_with(start))
                || self.tags.iter().any(|known| known == tag)
        };
        !log.is_some_and(|log| from_bootloader(log.tag)) && self.is(line)
    }

    fn remember(&mut self, log: Option<LogLine<'_>>) {
        if let Some(log) = log
            && self.tags.len() < MAX_TAGS
            && !self.tags.iter().any(|known| known == log.tag)
        {
            self.tags.push(log.tag.to_owned());
        }
    }

    /// Whether this line, printed behind the bootloader's hand-over, is the app's own: `main_task: Calling app_main()`,
    /// or anything that is neither ESP-IDF's start-up log, nor an error, nor part of a panic's dump.
    pub fn is(&mut self, line: &str) -> bool {
        if self.panicked || is_panic(line) {
            // Registers and backtrace follow, up to the reset.
            self.panicked = true;
            return false;
        }
        if LogLine::parse(line).is_some_and(|log| log.level == b'E') {
            return false;
        }
        match tag_and_message(line) {
            Some((tag, message)) if tag == MAIN_TASK.0 => message == MAIN_TASK.1,
            Some((tag, _)) if START_UP_TAGS.contains(&tag) => false,
            Some((tag, _)) if tag.starts_with(START_UP_TAG_START) => false,
            // Line noise of a UART whose clock changes is no word of an app.
            _ => line.bytes().filter(u8::is_ascii_alphanumeric).count() >= 2,
        }
    }
}

/// Tag and message of a log line whose beginning may be lost: two cores that print at the same time, or a UART whose
/// clock changes, leave `(36) main_task: Started on CPU0`.
fn tag_and_message(line: &str) -> Option<(&str, &str)> {
    let (head, message) = line.split_once(": ")?;
    Some((head.split_whitespace().next_back()?, message))
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
            "I (220) esp_core_dump_flash: Init core dump to flash",
            "W (222) flash_encrypt: Flash encryption mode is DEVELOPMENT (not secure)",
            "(230) main_task: Started on CPU0",
            "I (240) main_task: Calling app_main()",
            "Hello world!",
        ];
        assert_eq!(first(&lines), Some(lines[6]));
        assert_eq!(first(&lines[..6]), None);
        // ESP-IDF before v5.0 has no main_task.
        assert_eq!(first(&[lines[0], "Hello world!"]), Some("Hello world!"));
        assert_eq!(first(&["Hello world!"]), Some("Hello world!"));
    }

    #[test]
    fn a_bootloader_that_does_not_say_when_it_hands_over() {
        let mut start = AppStart::default();
        let lines = [
            "INFO - not yet",
            "I (10) my-boot: a bootloader of its own",
            "I (15) boot: Loaded app from partition at offset 0x10000",
            "I (16) boot: Checking flash encryption...",
            "I (17) secure_boot_v2: enabled",
            "E (18) boot.esp32: something",
            "I (19) my-boot: Starting the app",
            "INFO - Hello world!",
        ];
        let found = lines.iter().find(|line| start.is_behind_bootloader(line));
        assert_eq!(found, Some(&lines[7]));
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
