//! Bytes as hexadecimal digits and back.

use std::fmt::Write;

/// Two lower-case digits for each byte.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// The bytes of two digits each, upper or lower case; `None` where there is anything else.
pub fn decode(digits: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| {
        // `u8::from_str_radix` would take a sign, too.
        let digit = |byte: u8| char::from(byte).to_digit(16);
        match pair {
            &[high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        }
    };
    digits.as_ref().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let digits = encode(&bytes);
        assert!(digits.starts_with("000102") && digits.ends_with("fdfeff"));
        assert_eq!(decode(&digits).as_ref(), Some(&bytes));
        assert_eq!(decode(digits.to_uppercase()), Some(bytes));
        assert_eq!((encode(b""), decode("")), (String::new(), Some(Vec::new())));
    }

    #[test]
    fn nothing_else_is_read() {
        for wrong in ["0", "000", "0g", "+1", "-1", "0x", " 1", "1 ", "ä"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
