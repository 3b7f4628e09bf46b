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

/// How the banners of the mask ROMs begin: the ESP32's, and that of the later chips.
const BANNERS: [&str; 2] = ["ets ", "ESP-ROM:"];

/// Splits off the banner of a mask ROM that a line ends in: what stands before it, and the banner.
pub(super) fn split_banner(line: &str) -> (&str, Option<&str>) {
    let mut places = BANNERS.iter().filter_map(|start| line.rfind(start));
    match places.find(|at| is_rom_banner(&line[*at..])) {
        Some(at) => (line[..at].trim_end(), Some(&line[at..])),
        None => (line, None),
    }
}

/// Whether this is what the ROM of the later chips prints between banner and reset line: `Build:Feb  7 2021`.
pub(super) fn is_build_line(line: &str) -> bool {
    line.strip_prefix("Build:").is_some_and(|date| {
        let words: Vec<&str> = date.split_whitespace().collect();
        matches!(words[..], [month, day, year]
            if month.len() == 3 && day.parse::<u8>().is_ok() && year.parse::<u16>().is_ok())
    })
}

/// Whether this is what the ROM of the later chips prints behind the reset line after most resets:
/// `Saved PC:0x40047ed2`.
pub(super) fn is_saved_pc(line: &str) -> bool {
    line.strip_prefix("Saved PC:0x")
        .is_some_and(|pc| !pc.is_empty() && pc.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether this is the first line of a mask ROM: `ets Jul 29 2019 12:21:46`, `ESP-ROM:esp32c3-api1-20210207`.
fn is_rom_banner(line: &str) -> bool {
    if let Some(name) = line.strip_prefix("ESP-ROM:") {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        return name.starts_with("esp32") && name.bytes().all(plain);
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
        for banner in ["ESP-ROM:esp32c3-api1-20210207", "ESP-ROM:esp32s3-20210327"] {
            assert_eq!(split_banner(banner), ("", Some(banner)));
            let line = format!("heartbeat{banner}");
            assert_eq!(split_banner(&line), ("heartbeat", Some(banner)));
        }
        assert_eq!(split_banner("ESP-ROM: is old").1, None);
    }

    #[test]
    fn lines_around_the_reset_line_are_known() {
        assert!(is_build_line("Build:Feb  7 2021") && is_build_line("Build:Mar 27 2021"));
        assert!(!is_build_line("Build: debug") && !is_build_line("Build:1 2 3 4"));
        assert!(is_saved_pc("Saved PC:0x40047ed2"));
        assert!(!is_saved_pc("Saved PC:0x") && !is_saved_pc("Saved PC:0x40 in app"));
    }
}
