//! The console of a QEMU chip: everything it printed, up to a bound, and the resets that it tells.

use cloneproof::boot::ResetRecord;

/// Bytes of console that a run may produce: 12 minutes of a real UART at 115200 baud.
pub const CONSOLE_LIMIT: usize = 8 << 20;

/// How the ROM starts the line that tells the cause of a reset.
const RESET_LINE: &[u8] = b"rst:0x";
/// Bytes of a line that are looked at.
const LINE_START: usize = RESET_LINE.len() + 2;

/// Names of the ESP32's reset causes, by code.
///
/// Source: ESP-IDF `components/esp_rom/esp32/include/esp32/rom/rtc.h`, `RESET_REASON`.
const RESET_CAUSES: [&str; 17] = [
    "unknown",
    "POWERON_RESET",
    "unknown",
    "SW_RESET",
    "OWDT_RESET",
    "DEEPSLEEP_RESET",
    "SDIO_RESET",
    "TG0WDT_SYS_RESET",
    "TG1WDT_SYS_RESET",
    "RTCWDT_SYS_RESET",
    "INTRUSION_RESET",
    "TGWDT_CPU_RESET",
    "SW_CPU_RESET",
    "RTCWDT_CPU_RESET",
    "EXT_CPU_RESET",
    "RTCWDT_BROWN_OUT_RESET",
    "RTCWDT_RTC_RESET",
];

/// Console output since power-on.
#[derive(Debug, Default)]
pub struct ConsoleLog {
    bytes: Vec<u8>,
    resets: Vec<ResetRecord>,
    /// The start of the line that is being printed.
    line: Vec<u8>,
    starts: u32,
}

impl ConsoleLog {
    /// Takes new output; returns the part that fits under the bound.
    pub fn push(&mut self, new: &[u8]) -> usize {
        let room = CONSOLE_LIMIT - self.bytes.len();
        let taken = &new[..new.len().min(room)];
        self.bytes.extend_from_slice(taken);
        for &byte in taken {
            self.scan(byte);
        }
        taken.len()
    }

    /// Everything printed since power-on.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The resets after power-on. Their time is not known: QEMU does not tell its own.
    pub fn resets(&self) -> &[ResetRecord] {
        &self.resets
    }

    /// Whether the bound is reached.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= CONSOLE_LIMIT
    }

    fn scan(&mut self, byte: u8) {
        match byte {
            b'\r' | b'\n' => self.end_line(),
            _ if self.line.len() < LINE_START => self.line.push(byte),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let code = self.line.strip_prefix(RESET_LINE).and_then(reset_code);
        self.line.clear();
        let Some(code) = code else { return };
        // The first tells the power-on itself.
        if self.starts > 0 {
            self.resets.push(ResetRecord {
                cause: RESET_CAUSES.get(usize::from(code)).unwrap_or(&"unknown"),
                code,
                at_us: 0,
            });
        }
        self.starts += 1;
    }
}

/// One or two hexadecimal digits at the start.
fn reset_code(digits: &[u8]) -> Option<u8> {
    let count = digits.iter().take(2).take_while(|d| d.is_ascii_hexdigit());
    let text = std::str::from_utf8(digits.get(..count.count())?).ok()?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(chunks: &[&str]) -> ConsoleLog {
        let mut log = ConsoleLog::default();
        for chunk in chunks {
            assert_eq!(log.push(chunk.as_bytes()), chunk.len());
        }
        log
    }

    #[test]
    fn the_first_start_is_no_reset() {
        let log = log(&["ets Jul 29 2019\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x12\r\n"]);
        assert!(log.resets().is_empty());
    }

    #[test]
    fn later_starts_are_resets_wherever_the_output_is_cut() {
        let text =
            "rst:0x1 (A)\r\nx rst:0x9\r\nrst:0x10 (RTCWDT_RTC_RESET)\r\nrst:0xc (SW)\nrst:0xff\n";
        for cut in 0..text.len() {
            let log = log(&[&text[..cut], &text[cut..]]);
            let seen: Vec<_> = log.resets().iter().map(|r| (r.code, r.cause)).collect();
            let wanted = [
                (16, "RTCWDT_RTC_RESET"),
                (12, "SW_CPU_RESET"),
                (255, "unknown"),
            ];
            assert_eq!(seen, wanted, "cut at {cut}");
        }
    }

    #[test]
    fn output_beyond_the_bound_is_dropped() {
        let mut log = ConsoleLog::default();
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..8 {
            assert!(!log.is_full());
            assert_eq!(log.push(&chunk), chunk.len());
        }
        assert!(log.is_full());
        assert_eq!(log.push(b"more"), 0);
        assert_eq!(log.bytes().len(), CONSOLE_LIMIT);
    }
}
