//! PEM as users have it: any width of lines, any white space between and in them, line breaks lost.
//!
//! What is read: all that espsecure reads (Observed on cryptography 48.0.0, `load_pem_private_key`: one line, blanks or CR
//! in place of line breaks, indentation, text around the block) and all that OpenSSL reads (Observed on 3.0.19, `openssl
//! pkey`: 76 columns or no columns, CRLF, trailing blanks, a byte order mark, other blocks before the key). Only labels of
//! a fixed list are ever told to anybody: in a damaged file, everything else may be the key.

use rsa::pkcs8::der::pem;

use super::key_error::{KeyDamage, KeyFileError};

/// What a PEM block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// PKCS#1.
    RsaPrivate,
    /// SEC 1.
    EcPrivate,
    /// PKCS#8.
    Private,
    /// PKCS#1.
    RsaPublic,
    /// SubjectPublicKeyInfo.
    Public,
}

/// What a block holds, by its label.
#[derive(Debug, Clone, Copy)]
enum Content {
    Key(Kind),
    Encrypted,
    Certificate,
    Other,
}

/// The labels that are known, none of which is the beginning of another followed by dashes. The last ones are those of
/// OpenSSL 3.0 `include/openssl/pem.h`, of OpenSSH and of GnuPG.
const LABELS: [(&str, Content); 22] = [
    ("RSA PRIVATE KEY", Content::Key(Kind::RsaPrivate)),
    ("EC PRIVATE KEY", Content::Key(Kind::EcPrivate)),
    ("PRIVATE KEY", Content::Key(Kind::Private)),
    ("RSA PUBLIC KEY", Content::Key(Kind::RsaPublic)),
    ("PUBLIC KEY", Content::Key(Kind::Public)),
    ("ENCRYPTED PRIVATE KEY", Content::Encrypted),
    ("CERTIFICATE", Content::Certificate),
    ("TRUSTED CERTIFICATE", Content::Certificate),
    ("X509 CERTIFICATE", Content::Certificate),
    ("CERTIFICATE REQUEST", Content::Other),
    ("NEW CERTIFICATE REQUEST", Content::Other),
    ("X509 CRL", Content::Other),
    ("EC PARAMETERS", Content::Other),
    ("DSA PARAMETERS", Content::Other),
    ("DH PARAMETERS", Content::Other),
    ("DSA PRIVATE KEY", Content::Other),
    ("ANY PRIVATE KEY", Content::Other),
    ("OPENSSH PRIVATE KEY", Content::Other),
    ("PGP PRIVATE KEY BLOCK", Content::Other),
    ("PGP PUBLIC KEY BLOCK", Content::Other),
    ("PKCS7", Content::Other),
    ("CMS", Content::Other),
];

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// Columns of a line of strict PEM (RFC 7468, section 3).
const COLUMNS: usize = 64;
/// Header of a block in OpenSSL's own form of encryption (RFC 1421, section 4.6.1.1).
const PROC_TYPE: &[u8] = b"Proc-Type:";

/// A block that holds a key.
pub(super) struct PemKey {
    pub kind: Kind,
    /// Offset of the block in bytes.
    pub at: usize,
    pub label: &'static str,
    pub der: Vec<u8>,
}

/// The offsets of all blocks.
pub(super) fn blocks(file: &[u8]) -> impl Iterator<Item = usize> {
    let windows = file.windows(BEGIN.len()).enumerate();
    windows.filter_map(|(at, window)| (window == BEGIN).then_some(at))
}

/// The key of the block at offset `at`.
pub(super) fn key_at(file: &[u8], at: usize) -> Result<PemKey, KeyFileError> {
    let block = &file[at + BEGIN.len()..];
    let block = &block[..find(block, BEGIN).unwrap_or(block.len())];
    let known = LABELS.iter().find_map(|(label, content)| {
        let rest = block.strip_prefix(label.as_bytes())?;
        Some((*label, *content, rest.strip_prefix(DASHES)?))
    });
    let Some((label, content, rest)) = known else {
        return Err(KeyFileError::UnknownLabel { at });
    };
    let kind = match content {
        Content::Key(_) if find(rest, PROC_TYPE).is_some() => {
            return Err(KeyFileError::Encrypted { at });
        }
        Content::Key(kind) => kind,
        Content::Encrypted => return Err(KeyFileError::Encrypted { at }),
        Content::Certificate => return Err(KeyFileError::Certificate { at }),
        Content::Other => return Err(KeyFileError::Label { at, label }),
    };
    match decode(label, rest) {
        Ok(der) => Ok(PemKey {
            kind,
            at,
            label,
            der,
        }),
        Err(damage) => Err(KeyFileError::Malformed { at, label, damage }),
    }
}

/// The contents of a block from what follows its first line.
fn decode(label: &str, rest: &[u8]) -> Result<Vec<u8>, KeyDamage> {
    let end = find(rest, END).ok_or(KeyDamage::NoEnd)?;
    let tail = rest[end + END.len()..].strip_prefix(label.as_bytes());
    if !tail.is_some_and(|tail| tail.starts_with(DASHES)) {
        return Err(KeyDamage::OtherEnd);
    }
    let text = without_headers(&rest[..end]);
    if text.contains(&b'\\') {
        return Err(KeyDamage::Escaped);
    }
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    let mut strict = [BEGIN, label.as_bytes(), DASHES, b"\n"].concat();
    for line in text.chunks(COLUMNS) {
        strict.extend_from_slice(line);
        strict.push(b'\n');
    }
    strict.extend([END, label.as_bytes(), DASHES, b"\n"].concat());
    let decoded = pem::decode_vec(&strict).map_err(|_| KeyDamage::Base64)?;
    Ok(decoded.1)
}

/// What follows the empty line behind a block's headers, which have a colon; base64 has none.
fn without_headers(text: &[u8]) -> &[u8] {
    if !text.contains(&b':') {
        return text;
    }
    let mut lines = text.split_inclusive(|&c| c == b'\n').skip(1);
    let mut at = text
        .split_inclusive(|&c| c == b'\n')
        .next()
        .map_or(0, <[u8]>::len);
    for line in lines.by_ref() {
        at += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    &text[at..]
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}
