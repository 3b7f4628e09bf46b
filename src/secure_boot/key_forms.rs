//! A key file in every form that users have it in, whole or damaged; for the tests of library and command line.
//!
//! Which are read was Observed on cryptography 48.0.0 (espsecure's reader, `load_pem_private_key`) and OpenSSL 3.0.19
//! (`openssl pkey`), by the commands that the rows name: a form is read where either reads it.

use super::hex;

/// One form.
pub struct Form {
    pub name: &'static str,
    pub file: Vec<u8>,
    /// Whether the key is read.
    pub read: bool,
}

/// All forms of a key that stands in the one block of this PEM file.
pub fn forms(pem: &str) -> Vec<Form> {
    let pem = &pem[pem.find("-----BEGIN").expect("a block")..];
    let lines: Vec<&str> = pem.lines().collect();
    let (first, last) = (lines[0], lines[lines.len() - 1]);
    let text = lines[1..lines.len() - 1].concat();
    let wrapped = |columns| {
        let body = text.as_bytes().chunks(columns);
        let body = body.map(|line| String::from_utf8_lossy(line).into_owned());
        let body: Vec<String> = body.collect();
        format!("{first}\n{}\n{last}\n", body.join("\n"))
    };
    let read = [
        ("as it is", pem.to_owned()),
        ("one line", format!("{first}{text}{last}")),
        ("blanks for line breaks", lines.join(" ")),
        ("CR", lines.join("\r")),
        ("CRLF", lines.join("\r\n")),
        ("76 columns", wrapped(76)),
        ("10 columns", wrapped(10)),
        ("unwrapped", wrapped(text.len())),
        ("indented", lines.join("\n    ")),
        ("all indented", format!("\t{}", lines.join("\n\t"))),
        ("trailing blanks", lines.join("  \n")),
        ("byte order mark", format!("\u{feff}{pem}")),
        ("behind text", format!("key = {pem}")),
        ("headers", pem.replacen('\n', "\nComment: of mine\n\n", 1)),
    ];
    let damaged = [
        ("line breaks as backslash n", lines.join("\\n")),
        ("cut in the middle", pem[..pem.len() / 2].to_owned()),
        ("no END", format!("{first}\n{text}\n")),
        ("END cut", pem.trim_end().trim_end_matches('-').to_owned()),
        (
            "other END",
            format!("{first}\n{text}\n-----END CERTIFICATE-----\n"),
        ),
        ("no BEGIN", format!("{text}\n{last}\n")),
        (
            "BEGIN cut",
            format!("{}\n{text}\n{last}\n", first.trim_end_matches('-')),
        ),
        (
            "BEGIN and key run together",
            format!("-----BEGIN {text}\n{last}\n"),
        ),
        (
            "label lost",
            format!("-----BEGIN -----\n{text}\n-----END -----\n"),
        ),
        (
            "label is the key",
            format!("-----BEGIN {text}-----\n-----END {text}-----\n"),
        ),
        ("lower case", pem.to_lowercase()),
        (
            "first line lost",
            format!("{first}\n{}\n{last}\n", text.get(64..).unwrap_or_default()),
        ),
        ("a character lost", pem.replacen(&text[40..41], "", 1)),
        (
            "a character turned",
            format!("{first}\n{}#{}\n{last}\n", &text[..50], &text[51..]),
        ),
        (
            "encrypted",
            pem.replacen(
                '\n',
                "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
                1,
            ),
        ),
        (
            "label of an encrypted key",
            relabelled(pem, "ENCRYPTED PRIVATE KEY"),
        ),
        (
            "label of another key",
            relabelled(pem, "OPENSSH PRIVATE KEY"),
        ),
        ("label of a certificate", relabelled(pem, "CERTIFICATE")),
        ("unknown label", relabelled(pem, "SECRET")),
    ];
    let utf16 = |order: fn(u16) -> [u8; 2]| pem.encode_utf16().flat_map(order).collect();
    let binary: [(&str, Vec<u8>); 4] = [
        ("DER", der(&text)),
        ("DER, cut", der(&text)[7..].to_vec()),
        ("UTF-16", utf16(u16::to_le_bytes)),
        ("UTF-16, big-endian", utf16(u16::to_be_bytes)),
    ];
    let text = |read| {
        move |(name, text): (&'static str, String)| Form {
            name,
            file: text.into_bytes(),
            read,
        }
    };
    let binary = binary.map(|(name, file)| Form {
        name,
        file,
        read: false,
    });
    let read = read.into_iter().map(text(true));
    let damaged = damaged.into_iter().map(text(false));
    read.chain(damaged).chain(binary).collect()
}

fn relabelled(pem: &str, label: &str) -> String {
    let old = &pem["-----BEGIN ".len()..];
    let old = &old[..old.find('-').expect("dashes")];
    pem.replace(old, label)
}

/// The base64 of a PEM file with one block.
pub fn base64(pem: &str) -> String {
    let lines = pem.lines();
    lines
        .filter(|line| !line.contains(':') && !line.contains('-'))
        .collect()
}

/// The bytes that base64 stands for.
pub fn der(base64: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = base64.bytes().filter(|c| *c != b'=').map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|unit| {
        let bits = (0..4).fold(0, |sum, i| sum << 6 | u32::from(*unit.get(i).unwrap_or(&0)));
        let bytes = bits.to_be_bytes();
        bytes[1..unit.len()].to_vec()
    });
    bytes.collect()
}

/// A piece of the key in what was said about it, if there is one: eight bytes raw, in hexadecimal, or eight characters of
/// its base64.
pub fn leak(pem: &str, said: &[u8]) -> Option<String> {
    let text = base64(pem);
    let lower = String::from_utf8_lossy(said).to_lowercase();
    // Lines that were wrapped or boxed are joined.
    let joined: String = lower.chars().filter(|c| c.is_ascii_graphic()).collect();
    let base64 = text.to_lowercase();
    let piece = base64
        .as_bytes()
        .windows(8)
        .find(|piece| contains(joined.as_bytes(), piece));
    if let Some(piece) = piece {
        return Some(format!("base64 {}", String::from_utf8_lossy(piece)));
    }
    let key = der(&text);
    key.windows(8).find_map(|bytes| {
        let hex = hex::encode(bytes);
        (contains(said, bytes) || joined.contains(&hex)).then(|| format!("bytes {hex}"))
    })
}

fn contains(text: &[u8], piece: &[u8]) -> bool {
    text.windows(piece.len()).any(|window| window == piece)
}
