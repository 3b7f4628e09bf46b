//! What can be wrong with a key file.
//!
//! No error carries a byte of the file: labels, algorithms and curves come from fixed lists.

use std::fmt;

/// A key file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no PEM block in the file.
    #[error("no PEM block in this file of {len} bytes")]
    NoPem {
        /// Bytes of the file.
        len: usize,
    },
    /// The file is ASN.1 in binary form.
    #[error("this is a binary DER file, not PEM")]
    Der,
    /// The file holds a certificate and no key.
    #[error("PEM block at byte {at} is a certificate, not a key")]
    Certificate {
        /// Offset of the block in bytes.
        at: usize,
    },
    /// The key is encrypted with a password.
    #[error("PEM block at byte {at} is encrypted")]
    Encrypted {
        /// Offset of the block in bytes.
        at: usize,
    },
    /// The PEM block is none of a key that is known.
    #[error("PEM block at byte {at} is a \"{label}\", no key that secure boot can use")]
    Label {
        /// Offset of the block in bytes.
        at: usize,
        /// What the block calls itself.
        label: &'static str,
    },
    /// The PEM block calls itself something that nobody knows.
    #[error("PEM block at byte {at} has an unknown label")]
    UnknownLabel {
        /// Offset of the block in bytes.
        at: usize,
    },
    /// A private key is needed and this is a public one.
    #[error("PEM block at byte {at} is a public key; a private key is needed to sign")]
    Public {
        /// Offset of the block in bytes.
        at: usize,
    },
    /// The key is of a kind that secure boot does not use.
    #[error("this is a key for {name}; secure boot uses RSA and ECDSA")]
    Algorithm {
        /// The algorithm.
        name: &'static str,
    },
    /// The RSA key has another size than the chips take.
    #[error("RSA key of {bits} bits; the chips take 3072 bits only")]
    RsaSize {
        /// Bits of the modulus.
        bits: u32,
    },
    /// The public exponent does not fit the 32 bits of a signature block.
    #[error("the RSA key's public exponent has {bits} bits, a signature block has room for 32")]
    RsaExponent {
        /// Bits of the exponent.
        bits: u32,
    },
    /// The curve is none of those that the chips take.
    #[error("EC key on {name}; the chips take NIST P-192, P-256 and P-384")]
    Curve {
        /// The curve.
        name: &'static str,
    },
    /// The block's contents make no key.
    #[error("PEM block at byte {at} (\"{label}\") is damaged: {damage}")]
    Malformed {
        /// Offset of the block in bytes.
        at: usize,
        /// What the block calls itself.
        label: &'static str,
        /// What is wrong with it.
        damage: KeyDamage,
    },
}

/// How a PEM block is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyDamage {
    /// There is no END line.
    NoEnd,
    /// The END line has another label.
    OtherEnd,
    /// Line breaks are written as a backslash and a letter.
    Escaped,
    /// The text is no base64.
    Base64,
    /// The bytes are no key of the kind that the label says.
    Contents,
}

impl fmt::Display for KeyDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyDamage::NoEnd => "its END line is missing",
            KeyDamage::OtherEnd => "its END line does not fit its BEGIN line",
            KeyDamage::Escaped => "its line breaks are written as \\n",
            KeyDamage::Base64 => "its text is no base64",
            KeyDamage::Contents => "its contents are no such key",
        })
    }
}

impl KeyFileError {
    /// What the user can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            KeyFileError::NoPem { .. }
            | KeyFileError::Label { .. }
            | KeyFileError::UnknownLabel { .. } => {
                "name a PEM file with a key, as `cloneproof key generate`, espsecure and openssl write it"
            }
            KeyFileError::Der => "convert it: openssl pkey -inform DER -in KEY.der -out KEY.pem",
            KeyFileError::Certificate { .. } => {
                "name the key itself; a certificate's public key: openssl x509 -in CERT.pem -pubkey -noout"
            }
            KeyFileError::Encrypted { .. } => {
                "take the password off first: openssl pkey -in KEY.pem -out PLAIN.pem"
            }
            KeyFileError::Public { .. } => "name the private key that belongs to it",
            KeyFileError::Algorithm { .. }
            | KeyFileError::RsaSize { .. }
            | KeyFileError::RsaExponent { .. }
            | KeyFileError::Curve { .. } => {
                "make one with `cloneproof key generate --scheme rsa3072|ecdsa192|ecdsa256|ecdsa384 KEY.pem`"
            }
            KeyFileError::Malformed {
                damage: KeyDamage::Escaped,
                ..
            } => "put line breaks in their place",
            KeyFileError::Malformed { .. } => "fetch the file again from where the key was made",
        }
    }
}
