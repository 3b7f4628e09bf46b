//! Taking console lines apart: control characters, colours, ESP-IDF's log prefix, the ROM's banner.

/// Colour sequences that ESP-IDF puts around a log line begin with this and end with `m` (IDF
/// `components/log/include/esp_log_color.h`).
const ESCAPE: char = '\u{1b}';

/// `line` without colour sequences and without control and replacement characters, which a UART whose clock is being
/// changed puts in front of a line; trailing blanks are dropped too (the ROM's `"%s %u \n"`).
pub(super) fn clean(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == ESCAPE {
            // "[" digits and ";" up to the letter that ends the sequence.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if c == '\t' || !(c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// An ESP-IDF log line taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLine<'a> {
    pub level: u8,
    pub tag: &'a str,
    pub message: &'a str,
}

impl<'a> LogLine<'a> {
    /// Parses `E (123) tag: message`; the bracket with the time may be missing.
    pub fn parse(line: &'a str) -> Option<LogLine<'a>> {
        let level = *line.as_bytes().first()?;
        if !b"EWIDV".contains(&level) {
            return None;
        }
        let mut rest = line.get(1..)?.strip_prefix(' ')?;
        if let Some(after) = rest.strip_prefix('(') {
            let (time, after) = after.split_once(") ")?;
            if !time
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b':' || b == b'.')
            {
                return None;
            }
            rest = after;
        }
        let (tag, message) = rest.split_once(": ")?;
        let plain = !tag.is_empty() && !tag.contains(char::is_whitespace);
        plain.then_some(LogLine {
            level,
            tag,
            message,
        })
    }
}

/// What the ROMs of the later chips begin with: `ESP-ROM:esp32c3-api1-20210207`.
const LATER_BANNER: &str = "ESP-ROM:";

/// Splits off the ROM's banner that a line ends in: what stands before it, and the banner.
pub(super) fn split_banner(line: &str) -> (&str, Option<&str>) {
    let begins = [line.rfind("ets "), line.rfind(LATER_BANNER)];
    match begins.into_iter().flatten().max() {
        Some(at) if is_rom_banner(&line[at..]) => (line[..at].trim_end(), Some(&line[at..])),
        _ => (line, None),
    }
}

/// Whether the ROM's date stands between this banner and the line with the reset cause: `Build:Feb  7 2021`.
pub(super) fn goes_on(banner: &str, line: &str) -> bool {
    banner.starts_with(LATER_BANNER) && line.starts_with("Build:")
}

/// Whether this is the first line of a ROM: `ets Jul 29 2019 12:21:46` on the ESP32, `ESP-ROM:esp32c3-api1-20210207`.
fn is_rom_banner(line: &str) -> bool {
    if let Some(version) = line.strip_prefix(LATER_BANNER) {
        return version.starts_with("esp32") && !version.contains(char::is_whitespace);
    }
    let Some(rest) = line.strip_prefix("ets ") else {
        return false;
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [month, day, year, time] = words[..] else {
        return false;
    };
    month.len() == 3
        && day.parse::<u8>().is_ok()
        && year.parse::<u16>().is_ok()
        && time.split(':').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_drops_colours_noise_and_trailing_blanks() {
        assert_eq!(
            clean("\u{1b}[0;31mE (31) boot: x\u{1b}[0m"),
            "E (31) boot: x"
        );
        assert_eq!(
            clean("\u{0}\u{fffd}ets Jun  8 2016 00:22:57"),
            "ets Jun  8 2016 00:22:57"
        );
        assert_eq!(clean("ets_main.c 371 "), "ets_main.c 371");
    }

    #[test]
    fn log_lines_with_and_without_time() {
        let line = LogLine::parse("E (58) esp_image: Checksum failed.").unwrap();
        assert_eq!(
            (line.level, line.tag, line.message),
            (b'E', "esp_image", "Checksum failed.")
        );
        assert_eq!(LogLine::parse("W boot: y").unwrap().tag, "boot");
        for no in [
            "",
            "E",
            "E (x) t: m",
            "X (1) t: m",
            "E (1) two words: m",
            "E (1) : m",
        ] {
            assert_eq!(LogLine::parse(no), None, "{no}");
        }
    }

    #[test]
    fn both_rom_banners_are_known() {
        assert!(is_rom_banner("ets Jul 29 2019 12:21:46"));
        assert!(is_rom_banner("ets Jun  8 2016 00:22:57"));
        assert!(!is_rom_banner("ets_main.c 371"));
        assert!(!is_rom_banner("ets of the app"));
        let banner = "ets Jul 29 2019 12:21:46";
        assert_eq!(split_banner(banner), ("", Some(banner)));
        assert_eq!(
            split_banner("tick 12ets Jul 29 2019 12:21:46"),
            ("tick 12", Some(banner))
        );
        assert_eq!(split_banner("ets_main.c 371"), ("ets_main.c 371", None));
        let later = "ESP-ROM:esp32c3-api1-20210207";
        assert_eq!(
            split_banner("invalid header: 0x55ESP-ROM:esp32c3-api1-20210207"),
            ("invalid header: 0x55", Some(later))
        );
        assert_eq!(split_banner("ESP-ROM: "), ("ESP-ROM: ", None));
        assert!(goes_on(later, "Build:Feb  7 2021"));
        assert!(!goes_on(banner, "Build:Feb  7 2021"));
    }
}
