//! Key files: what key a PEM file holds.

use rsa::pkcs8::der::Decode;
use rsa::pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

use super::key_error::{KeyDamage, KeyFileError};
use super::pem::{self, Kind};

/// What a key is, as far as can be told before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rsa,
    P192,
    P256,
    P384,
}

/// The decoded PEM block of a key.
pub(super) struct KeyBlock(pem::PemKey);

/// DER's SEQUENCE, with which every key in binary form begins.
const DER_SEQUENCE: u8 = 0x30;

impl KeyBlock {
    /// The first key of a file. Other blocks are passed over where a key follows: `openssl ecparam -genkey` writes the
    /// curve's parameters before the key.
    pub fn find(file: &[u8]) -> Result<Self, KeyFileError> {
        let mut refused = None;
        for at in pem::blocks(file) {
            match pem::key_at(file, at) {
                Ok(key) => return Ok(KeyBlock(key)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        let none = match file.first() {
            Some(&DER_SEQUENCE) => KeyFileError::Der,
            _ => KeyFileError::NoPem { len: file.len() },
        };
        Err(refused.unwrap_or(none))
    }

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Offset of the block in the file.
    pub fn at(&self) -> usize {
        self.0.at
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The error that this block's contents are no key. What a decoder says of them is left out: it may quote them.
    pub fn malformed(&self) -> KeyFileError {
        KeyFileError::Malformed {
            at: self.0.at,
            label: self.0.label,
            damage: KeyDamage::Contents,
        }
    }

    /// What key it is.
    pub fn algorithm(&self) -> Result<Algorithm, KeyFileError> {
        let der = self.der();
        match self.0.kind {
            Kind::RsaPrivate | Kind::RsaPublic => Ok(Algorithm::Rsa),
            Kind::EcPrivate => {
                let key = EcPrivateKey::from_der(der).map_err(|_| self.malformed())?;
                match key.parameters {
                    Some(EcParameters::NamedCurve(oid)) => curve(&oid),
                    None => Err(KeyFileError::Curve {
                        name: "a curve that the file does not name",
                    }),
                }
            }
            Kind::Private => {
                let key = PrivateKeyInfoRef::from_der(der).map_err(|_| self.malformed())?;
                algorithm(&key.algorithm)
            }
            Kind::Public => {
                let key = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| self.malformed())?;
                algorithm(&key.algorithm)
            }
        }
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
            oid.as_ref().map_or(
                Err(KeyFileError::Curve {
                    name: "no named curve",
                }),
                curve,
            )
        }
        other => Err(KeyFileError::Algorithm {
            name: known(other, &ALGORITHMS).unwrap_or("an unknown algorithm"),
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

fn curve(oid: &ObjectIdentifier) -> Result<Algorithm, KeyFileError> {
    match oid.to_string().as_str() {
        "1.2.840.10045.3.1.1" => Ok(Algorithm::P192),
        "1.2.840.10045.3.1.7" => Ok(Algorithm::P256),
        "1.3.132.0.34" => Ok(Algorithm::P384),
        other => Err(KeyFileError::Curve {
            name: known(other, &CURVES).unwrap_or("an unknown curve"),
        }),
    }
}

/// The name of an object identifier; the identifier itself may be a piece of a damaged key.
fn known(oid: &str, names: &[(&str, &'static str)]) -> Option<&'static str> {
    let name = names.iter().find(|(known, _)| *known == oid);
    name.map(|(_, name)| *name)
}
