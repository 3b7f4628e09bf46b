//! What the USB serial port shows beyond UART0: ROM and bootloaders print everything on both.

/// Longest line of the USB serial port that is waited for.
const LINE_BYTES: usize = 1024;
/// How far back in what UART0 sent a line counts as shown.
const RECENT_BYTES: usize = 4096;

/// Finds the lines of the USB serial port that UART0 has not shown.
///
/// Each line of the UART stands for one of the USB port, so that what a program prints on USB alone is shown as often as
/// it prints it.
#[derive(Debug, Clone, Default)]
pub(super) struct UsbEcho {
    /// What came out of the USB serial port since its last line end.
    line: Vec<u8>,
    /// What came out of UART0 lately and not yet out of the USB serial port.
    recent: Vec<u8>,
}

impl UsbEcho {
    /// A byte came out of UART0.
    pub fn uart(&mut self, byte: u8) {
        self.recent.push(byte);
        if self.recent.len() >= 2 * RECENT_BYTES {
            self.recent.drain(..RECENT_BYTES);
        }
    }

    /// A byte came out of the USB serial port. Returns the line that it ends, if it is to be shown.
    pub fn usb(&mut self, byte: u8) -> Option<Vec<u8>> {
        self.line.push(byte);
        if byte != b'\n' && self.line.len() < LINE_BYTES {
            return None;
        }
        let line = std::mem::take(&mut self.line);
        if self.take(line.trim_ascii_end()) {
            None
        } else {
            Some(line)
        }
    }

    /// Whether the UART has shown `text`, or a line end if that is empty; it and all before it is used up then.
    fn take(&mut self, text: &[u8]) -> bool {
        let wanted = if text.is_empty() { b"\n" } else { text };
        let mut windows = self.recent.windows(wanted.len());
        let Some(start) = windows.position(|shown| shown == wanted) else {
            return false;
        };
        let end = start + wanted.len();
        let ending = match self.recent.get(end..) {
            _ if text.is_empty() => 0,
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\n', ..]) => 1,
            _ => 0,
        };
        self.recent.drain(..end + ending);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uart(echo: &mut UsbEcho, text: &str) {
        text.bytes().for_each(|byte| echo.uart(byte));
    }

    fn shown(echo: &mut UsbEcho, usb: &str) -> String {
        let lines = usb.bytes().filter_map(|byte| echo.usb(byte));
        String::from_utf8(lines.flatten().collect()).expect("text")
    }

    #[test]
    fn what_the_uart_showed_is_not_shown_again() {
        let mut echo = UsbEcho::default();
        uart(&mut echo, "banner\r\n\r\nrst:0x1\r\n");
        assert_eq!(shown(&mut echo, "banner\r\n\r\nrst:0x1\r\n"), "");
        // The UART is behind now: all this is new.
        assert_eq!(shown(&mut echo, "\nrst:0x1\n"), "\nrst:0x1\n");
    }

    #[test]
    fn a_line_printed_again_and_again_on_usb_is_shown_as_often() {
        let mut echo = UsbEcho::default();
        uart(&mut echo, "tick\n");
        assert_eq!(shown(&mut echo, "tick\ntick\ntick\n"), "tick\ntick\n");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut echo = UsbEcho::default();
        (0..100_000).for_each(|_| echo.uart(b'x'));
        assert!(echo.recent.len() < 2 * RECENT_BYTES);
        let line = "y".repeat(LINE_BYTES);
        assert_eq!(shown(&mut echo, &line), line);
    }
}
