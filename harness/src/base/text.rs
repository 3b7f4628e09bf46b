//! Small values as people write and read them: chip revisions, MAC addresses, bytes, guest text.

use std::fmt;

use cloneproof::chip::ChipRevision;
use cloneproof::hex;
use serde::Serializer;

/// Serialises a value as its text.
pub fn as_text<T: fmt::Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// The same for a value that need not be there.
pub fn as_text_if<T: fmt::Display, S: Serializer>(
    value: &Option<T>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// Longest guest line in a report, in characters.
const LINE_WIDTH: usize = 200;

/// A MAC address in the order in which it is written.
pub type Mac = [u8; 6];

/// Reads `v3.0` or `3.0`.
///
/// # Errors
/// What is wrong.
pub fn parse_revision(text: &str) -> Result<ChipRevision, String> {
    let number = |part: &str| part.parse::<u8>().ok();
    text.strip_prefix('v')
        .unwrap_or(text)
        .split_once('.')
        .and_then(|(major, minor)| Some(ChipRevision::new(number(major)?, number(minor)?)))
        .ok_or_else(|| "is no chip revision".to_owned())
}

/// Reads `24:0a:c4:12:34:56`.
///
/// # Errors
/// What is wrong.
pub fn parse_mac(text: &str) -> Result<Mac, String> {
    let wrong = || "is no MAC address".to_owned();
    let mut mac = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut mac {
        let part = parts.next().and_then(hex::decode);
        let Some(&[part]) = part.as_deref() else {
            return Err(wrong());
        };
        *byte = part;
    }
    if parts.next().is_some() {
        return Err(wrong());
    }
    if mac[0] & 1 != 0 {
        return Err("is a multicast address, which no chip has".to_owned());
    }
    Ok(mac)
}

/// Reads `NAME=VALUE`, the value decimal or hexadecimal with `0x`.
///
/// # Errors
/// What is wrong.
pub fn parse_assignment(text: &str) -> Result<(String, Vec<u8>), String> {
    let wrong = || "is not like NAME=1 or NAME=0x1f".to_owned();
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let bytes = match value.strip_prefix("0x") {
        Some("") => return Err(wrong()),
        Some(digits) => {
            let lead = if digits.len().is_multiple_of(2) {
                ""
            } else {
                "0"
            };
            let mut bytes = hex::decode(format!("{lead}{digits}")).ok_or_else(wrong)?;
            bytes.reverse();
            bytes
        }
        None => {
            let number: u64 = value.parse().map_err(|_| wrong())?;
            number.to_le_bytes().to_vec()
        }
    };
    Ok((name.to_owned(), bytes))
}

/// Guest text without control characters, which could play tricks on a terminal, and of bounded length.
pub fn printable(line: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let plain = anstream::adapter::strip_str(line).to_string();
    plain.chars().take(LINE_WIDTH).map(visible).collect()
}

/// `24:0a:c4:12:34:56`.
pub fn mac(mac: Mac) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

/// Guest text without control characters.
pub fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_people_write_them() {
        assert_eq!(parse_revision("v3.1"), Ok(ChipRevision::new(3, 1)));
        assert_eq!(parse_revision("0.3"), Ok(ChipRevision::new(0, 3)));
        assert_eq!(
            parse_mac("24:0A:c4:00:00:ff"),
            Ok([0x24, 0x0a, 0xc4, 0, 0, 0xff])
        );
        assert_eq!(parse_assignment("a=0x1F"), Ok(("a".to_owned(), vec![31])));
        assert_eq!(
            parse_assignment("A=7"),
            Ok(("A".to_owned(), 7u64.to_le_bytes().to_vec()))
        );
        let long = ("a".to_owned(), vec![0x23, 1]);
        assert_eq!(parse_assignment("a=0x123"), Ok(long));
        for wrong in [
            "",
            "=",
            "A",
            "A=",
            "A=0x",
            "A=-1",
            "A=0x+1",
            "A=99999999999999999999",
        ] {
            assert!(parse_assignment(wrong).is_err(), "{wrong}");
        }
        assert!(parse_revision("three").is_err() && parse_revision("v1.256").is_err());
        assert!(parse_mac("24:0a:c4:00:00").is_err() && parse_mac("25:0a:c4:0:0:0").is_err());
    }
}
