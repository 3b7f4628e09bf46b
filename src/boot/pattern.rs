//! Matching of whole console lines against small patterns: literals, numbers, rest of the line.

/// Whether `line` as a whole is what `pattern` describes: `#` stands for one or more decimal digits, `?` for one or more
/// hexadecimal digits, `*` (only at the end) for any text, everything else for itself.
pub(super) fn matches(pattern: &str, line: &str) -> bool {
    let mut rest = line.as_bytes();
    for symbol in pattern.bytes() {
        let taken = match symbol {
            b'*' => return true,
            b'#' => digits(rest, |byte| byte.is_ascii_digit()),
            b'?' => digits(rest, |byte| byte.is_ascii_hexdigit()),
            literal => usize::from(rest.first() == Some(&literal)),
        };
        if taken == 0 {
            return false;
        }
        rest = &rest[taken..];
    }
    rest.is_empty()
}

fn digits(bytes: &[u8], is_digit: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_digit(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn numbers_need_at_least_one_digit() {
        assert!(matches("err, #", "err, 1000"));
        assert!(!matches("err, #", "err, "));
        assert!(!matches("err, #", "err, x"));
        assert!(matches("0x?!=0x?", "0xAf!=0x0"));
        assert!(!matches("0x?!=0x?", "0xAf!=0x"));
    }

    #[test]
    fn lines_are_anchored_at_both_ends() {
        assert!(!matches("abc", "abcd"));
        assert!(!matches("abc", "xabc"));
        assert!(matches("abc*", "abcd"));
        assert!(matches("abc*", "abc"));
        assert!(!matches("abc", "ab"));
    }
}
