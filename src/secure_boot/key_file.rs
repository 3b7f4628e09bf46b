//! Key files: PEM as espsecure and OpenSSL write it, and what can be wrong with one.

use rsa::pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use rsa::pkcs8::der::{Decode, pem};
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

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
        label: String,
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
        name: String,
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
        name: String,
    },
    /// The block's contents make no key.
    #[error("PEM block at byte {at} (\"{label}\") is damaged: {reason}")]
    Malformed {
        /// Offset of the block in bytes.
        at: usize,
        /// What the block calls itself.
        label: String,
        /// Why, in the words of the decoder.
        reason: String,
    },
}

impl KeyFileError {
    /// What the user can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            KeyFileError::NoPem { .. } | KeyFileError::Label { .. } => {
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
            KeyFileError::Malformed { .. } => "fetch the file again from where the key was made",
        }
    }
}

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

/// What a key is, as far as can be told before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rsa,
    P192,
    P256,
    P384,
}

/// The decoded PEM block of a key.
pub(super) struct KeyBlock {
    pub kind: Kind,
    /// Offset of the block in the file.
    pub at: usize,
    label: String,
    pub der: Vec<u8>,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// DER's SEQUENCE, with which every key in binary form begins.
const DER_SEQUENCE: u8 = 0x30;

impl KeyBlock {
    /// The first key of a file. Other blocks are passed over where a key follows: `openssl ecparam -genkey` writes the
    /// curve's parameters before the key.
    pub fn find(file: &[u8]) -> Result<Self, KeyFileError> {
        let text = String::from_utf8_lossy(file);
        let mut refused = None;
        for (at, _) in text.match_indices(BEGIN) {
            match block(&text, at) {
                Ok(key) => return Ok(key),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        let none = match file.first() {
            Some(&DER_SEQUENCE) => KeyFileError::Der,
            _ => KeyFileError::NoPem { len: file.len() },
        };
        Err(refused.unwrap_or(none))
    }

    /// The error that this block is damaged.
    pub fn malformed(&self, reason: impl ToString) -> KeyFileError {
        KeyFileError::Malformed {
            at: self.at,
            label: self.label.clone(),
            reason: reason.to_string(),
        }
    }

    /// What key it is.
    pub fn algorithm(&self) -> Result<Algorithm, KeyFileError> {
        match self.kind {
            Kind::RsaPrivate | Kind::RsaPublic => Ok(Algorithm::Rsa),
            Kind::EcPrivate => {
                let key =
                    EcPrivateKey::from_der(&self.der).map_err(|error| self.malformed(error))?;
                match key.parameters {
                    Some(EcParameters::NamedCurve(oid)) => curve(&oid.to_string()),
                    None => Err(KeyFileError::Curve {
                        name: "a curve that the file does not name".to_owned(),
                    }),
                }
            }
            Kind::Private => {
                let key = PrivateKeyInfoRef::from_der(&self.der)
                    .map_err(|error| self.malformed(error))?;
                algorithm(&key.algorithm)
            }
            Kind::Public => {
                let key = SubjectPublicKeyInfoRef::from_der(&self.der)
                    .map_err(|error| self.malformed(error))?;
                algorithm(&key.algorithm)
            }
        }
    }
}

fn block(text: &str, at: usize) -> Result<KeyBlock, KeyFileError> {
    let begin = &text[at..];
    let label = begin[BEGIN.len()..].lines().next().unwrap_or_default();
    let label = label.trim_end().trim_end_matches('-').to_owned();
    let end = begin.find(END).map_or(begin.len(), |end| {
        let line = &begin[end + END.len()..];
        let dashes = line.find(DASHES).map(|dashes| dashes + DASHES.len());
        end + END.len() + dashes.unwrap_or(line.len())
    });
    let body = &begin[..end];
    // The first is OpenSSL's own form of an encrypted key, the second that of PKCS#8.
    if body.contains("Proc-Type: 4,ENCRYPTED") || label == "ENCRYPTED PRIVATE KEY" {
        return Err(KeyFileError::Encrypted { at });
    }
    let kind = match label.as_str() {
        "RSA PRIVATE KEY" => Kind::RsaPrivate,
        "EC PRIVATE KEY" => Kind::EcPrivate,
        "PRIVATE KEY" => Kind::Private,
        "RSA PUBLIC KEY" => Kind::RsaPublic,
        "PUBLIC KEY" => Kind::Public,
        "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => {
            return Err(KeyFileError::Certificate { at });
        }
        _ => return Err(KeyFileError::Label { at, label }),
    };
    match pem::decode_vec(body.as_bytes()) {
        Ok((_, der)) => Ok(KeyBlock {
            kind,
            at,
            label,
            der,
        }),
        Err(error) => Err(KeyFileError::Malformed {
            at,
            label,
            reason: error.to_string(),
        }),
    }
}

/// RFC 8017, appendix A.1.
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
/// RFC 5480, section 2.1.1.
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

fn algorithm(identifier: &AlgorithmIdentifierRef<'_>) -> Result<Algorithm, KeyFileError> {
    match identifier.oid.to_string().as_str() {
        RSA_ENCRYPTION => Ok(Algorithm::Rsa),
        EC_PUBLIC_KEY => {
            let parameters: Option<AnyRef<'_>> = identifier.parameters;
            let oid = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            curve(&oid.map_or("no named curve".to_owned(), |oid| oid.to_string()))
        }
        other => Err(KeyFileError::Algorithm {
            name: known(other, &ALGORITHMS),
        }),
    }
}

/// RFC 5480, section 2.1.1.1; the last two of RFC 5639 and SEC 2.
const CURVES: [(&str, &str); 6] = [
    ("1.3.132.0.33", "NIST P-224"),
    ("1.3.132.0.35", "NIST P-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.2.156.10197.1.301", "SM2"),
];
/// RFC 8410, section 3; RFC 8017, appendix A.2; RFC 3279, section 2.3.
const ALGORITHMS: [(&str, &str); 6] = [
    ("1.3.101.110", "X25519"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS with parameters"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
];

fn curve(oid: &str) -> Result<Algorithm, KeyFileError> {
    match oid {
        "1.2.840.10045.3.1.1" => Ok(Algorithm::P192),
        "1.2.840.10045.3.1.7" => Ok(Algorithm::P256),
        "1.3.132.0.34" => Ok(Algorithm::P384),
        other => Err(KeyFileError::Curve {
            name: known(other, &CURVES),
        }),
    }
}

fn known(oid: &str, names: &[(&str, &str)]) -> String {
    let name = names.iter().find(|(known, _)| *known == oid);
    name.map_or_else(|| oid.to_owned(), |(_, name)| (*name).to_owned())
}
