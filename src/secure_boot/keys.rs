//! Keys of secure boot: read from PEM, made, used.

use std::fmt;
use std::str::FromStr;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use p256::elliptic_curve::Generate;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey, EncodeRsaPrivateKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey, LineEnding};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pss, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384};

use super::curves::{p192_curve, p256_curve, p384_curve};
use super::key_error::KeyFileError;
use super::key_file::{Algorithm, KeyBlock};
use super::pem::Kind;

/// Bits of the RSA keys that the chips take.
const RSA_BITS: u32 = 3072;
/// Bytes of salt in an RSA-PSS signature.
const SALT_LEN: usize = 32;

/// A way to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// RSA-PSS with 3072 bits over SHA-256.
    Rsa3072,
    /// ECDSA on NIST P-192 over SHA-256.
    Ecdsa192,
    /// ECDSA on NIST P-256 over SHA-256.
    Ecdsa256,
    /// ECDSA on NIST P-384 over SHA-384.
    Ecdsa384,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 4] = [
        Scheme::Rsa3072,
        Scheme::Ecdsa192,
        Scheme::Ecdsa256,
        Scheme::Ecdsa384,
    ];

    /// The name that espsecure gives it, e.g. `rsa3072`.
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::Rsa3072 => "rsa3072",
            Scheme::Ecdsa192 => "ecdsa192",
            Scheme::Ecdsa256 => "ecdsa256",
            Scheme::Ecdsa384 => "ecdsa384",
        }
    }

    /// The digest of an image that is signed: SHA-384 for P-384, else SHA-256.
    pub fn image_digest(self, image: &[u8]) -> Vec<u8> {
        match self {
            Scheme::Ecdsa384 => Sha384::digest(image).to_vec(),
            _ => Sha256::digest(image).to_vec(),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scheme \"{name}\"; known are {}", Scheme::ALL.map(Scheme::name).join(", "))]
pub struct UnknownScheme {
    /// The name as given.
    pub name: String,
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        let mut all = Scheme::ALL.into_iter();
        let found = all.find(|scheme| scheme.name() == name);
        found.ok_or_else(|| UnknownScheme {
            name: name.to_owned(),
        })
    }
}

/// A private key.
#[derive(Clone)]
pub struct SigningKey(Private);

#[derive(Clone)]
enum Private {
    Rsa(Box<RsaPrivateKey>),
    P192(p192_curve::Secret),
    P256(p256_curve::Secret),
    P384(p384_curve::Secret),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, private)", self.scheme())
    }
}

impl SigningKey {
    /// Reads the private key of a PEM file: PKCS#1, SEC 1 or PKCS#8, not encrypted.
    ///
    /// # Errors
    /// Where the file holds none, or one that no chip takes.
    pub fn from_pem(file: &[u8]) -> Result<Self, KeyFileError> {
        let block = KeyBlock::find(file)?;
        if matches!(block.kind(), Kind::Public | Kind::RsaPublic) {
            return Err(KeyFileError::Public { at: block.at() });
        }
        Self::from_block(&block)
    }

    fn from_block(block: &KeyBlock) -> Result<Self, KeyFileError> {
        let sec1 = block.kind() == Kind::EcPrivate;
        let der = block.der();
        macro_rules! ec {
            ($curve:ident) => {
                match sec1 {
                    true => $curve::Secret::from_sec1_der(der).map_err(|_| block.malformed())?,
                    false => $curve::Secret::from_pkcs8_der(der).map_err(|_| block.malformed())?,
                }
            };
        }
        Ok(SigningKey(match block.algorithm()? {
            Algorithm::P192 => Private::P192(ec!(p192_curve)),
            Algorithm::P256 => Private::P256(ec!(p256_curve)),
            Algorithm::P384 => Private::P384(ec!(p384_curve)),
            Algorithm::Rsa => {
                let key = match block.kind() {
                    Kind::RsaPrivate => {
                        RsaPrivateKey::from_pkcs1_der(der).map_err(|_| block.malformed())?
                    }
                    _ => RsaPrivateKey::from_pkcs8_der(der).map_err(|_| block.malformed())?,
                };
                check_rsa(key.as_public_key())?;
                Private::Rsa(Box::new(key))
            }
        }))
    }

    /// Makes the key that follows from `seed`, which must be drawn at random and kept secret. `None` where RSA's generation
    /// refuses the size, which it does not.
    pub fn generate(scheme: Scheme, seed: &[u8; 32]) -> Option<Self> {
        let mut rng = ChaCha20Rng::from_seed(*seed);
        Some(SigningKey(match scheme {
            Scheme::Rsa3072 => Private::Rsa(Box::new(
                RsaPrivateKey::new(&mut rng, RSA_BITS as usize).ok()?,
            )),
            Scheme::Ecdsa192 => Private::P192(p192_curve::Secret::generate_from_rng(&mut rng)),
            Scheme::Ecdsa256 => Private::P256(p256_curve::Secret::generate_from_rng(&mut rng)),
            Scheme::Ecdsa384 => Private::P384(p384_curve::Secret::generate_from_rng(&mut rng)),
        }))
    }

    /// The scheme that the key signs with.
    pub fn scheme(&self) -> Scheme {
        match self.0 {
            Private::Rsa(_) => Scheme::Rsa3072,
            Private::P192(_) => Scheme::Ecdsa192,
            Private::P256(_) => Scheme::Ecdsa256,
            Private::P384(_) => Scheme::Ecdsa384,
        }
    }

    /// The public key.
    pub fn verifying_key(&self) -> VerifyingKey {
        match &self.0 {
            Private::Rsa(key) => VerifyingKey(Public::Rsa(Box::new(key.to_public_key()))),
            Private::P192(key) => VerifyingKey(Public::P192(key.public_key())),
            Private::P256(key) => VerifyingKey(Public::P256(key.public_key())),
            Private::P384(key) => VerifyingKey(Public::P384(key.public_key())),
        }
    }

    /// The key as a PEM file in the form that espsecure writes: PKCS#1 or SEC 1. `None` where it cannot be encoded.
    pub fn to_pem(&self) -> Option<String> {
        let pem = match &self.0 {
            Private::Rsa(key) => key.to_pkcs1_pem(LineEnding::LF).ok()?,
            Private::P192(key) => key.to_sec1_pem(LineEnding::LF).ok()?,
            Private::P256(key) => key.to_sec1_pem(LineEnding::LF).ok()?,
            Private::P384(key) => key.to_sec1_pem(LineEnding::LF).ok()?,
        };
        Some(pem.to_string())
    }

    /// Signs a digest: RSA-PSS big-endian, or r and s big-endian. The same inputs give the same signature: ECDSA draws
    /// nothing (RFC 6979), and the salt of RSA-PSS follows from `seed` and the digest. `None` where RSA's arithmetic
    /// fails, which a key that was read or made here does not bring about.
    pub fn sign(&self, digest: &[u8], seed: &[u8; 32]) -> Option<Vec<u8>> {
        match &self.0 {
            Private::Rsa(key) => {
                let drawn = Sha256::new().chain_update(seed).chain_update(digest);
                let mut rng = ChaCha20Rng::from_seed(drawn.finalize().into());
                let scheme = Pss::<Sha256>::new_with_salt(SALT_LEN);
                key.sign_with_rng(&mut rng, scheme, digest).ok()
            }
            Private::P192(key) => Some(p192_curve::sign(key, digest)),
            Private::P256(key) => Some(p256_curve::sign(key, digest)),
            Private::P384(key) => Some(p384_curve::sign(key, digest)),
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey(Public);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    Rsa(Box<RsaPublicKey>),
    P192(p192_curve::Public),
    P256(p256_curve::Public),
    P384(p384_curve::Public),
}

impl VerifyingKey {
    /// Reads the public key of a PEM file, or that of the private key in it.
    ///
    /// # Errors
    /// Where the file holds no key, or one that no chip takes.
    pub fn from_pem(file: &[u8]) -> Result<Self, KeyFileError> {
        let block = KeyBlock::find(file)?;
        let der = block.der();
        macro_rules! spki {
            ($key:ty) => {
                <$key>::from_public_key_der(der).map_err(|_| block.malformed())?
            };
        }
        if !matches!(block.kind(), Kind::Public | Kind::RsaPublic) {
            return SigningKey::from_block(&block).map(|key| key.verifying_key());
        }
        Ok(VerifyingKey(match block.algorithm()? {
            Algorithm::P192 => Public::P192(spki!(p192_curve::Public)),
            Algorithm::P256 => Public::P256(spki!(p256_curve::Public)),
            Algorithm::P384 => Public::P384(spki!(p384_curve::Public)),
            Algorithm::Rsa => {
                let key = match block.kind() {
                    Kind::RsaPublic => {
                        RsaPublicKey::from_pkcs1_der(der).map_err(|_| block.malformed())?
                    }
                    _ => spki!(RsaPublicKey),
                };
                check_rsa(&key)?;
                Public::Rsa(Box::new(key))
            }
        }))
    }

    /// The RSA key with this modulus and exponent (big-endian), if there is such a one.
    pub(super) fn from_rsa(modulus: &[u8], exponent: u32) -> Option<Self> {
        let modulus = BoxedUint::from_be_slice(modulus, RSA_BITS).ok()?;
        let key = RsaPublicKey::new(modulus, BoxedUint::from(exponent)).ok()?;
        check_rsa(&key).ok()?;
        Some(VerifyingKey(Public::Rsa(Box::new(key))))
    }

    /// The EC key with these coordinates (X, then Y, big-endian), if they are a point of the scheme's curve.
    pub fn from_point(scheme: Scheme, point: &[u8]) -> Option<Self> {
        let key = match scheme {
            Scheme::Rsa3072 => None,
            Scheme::Ecdsa192 => p192_curve::from_point(point).map(Public::P192),
            Scheme::Ecdsa256 => p256_curve::from_point(point).map(Public::P256),
            Scheme::Ecdsa384 => p384_curve::from_point(point).map(Public::P384),
        };
        key.map(VerifyingKey)
    }

    /// The coordinates X and Y, big-endian; `None` for RSA.
    pub fn point(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Public::Rsa(_) => None,
            Public::P192(key) => Some(p192_curve::point(key)),
            Public::P256(key) => Some(p256_curve::point(key)),
            Public::P384(key) => Some(p384_curve::point(key)),
        }
    }

    /// Modulus (big-endian, 384 bytes) and exponent; `None` for ECDSA.
    pub(super) fn rsa(&self) -> Option<(Vec<u8>, u32)> {
        let Public::Rsa(key) = &self.0 else {
            return None;
        };
        let exponent = key.e_bytes();
        let exponent = (exponent.iter()).fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
        let bytes = key.n_bytes();
        let mut modulus = vec![0; (RSA_BITS as usize / 8).saturating_sub(bytes.len())];
        modulus.extend_from_slice(&bytes);
        Some((modulus, exponent))
    }

    /// The scheme that the key verifies.
    pub fn scheme(&self) -> Scheme {
        match &self.0 {
            Public::Rsa(_) => Scheme::Rsa3072,
            Public::P192(_) => Scheme::Ecdsa192,
            Public::P256(_) => Scheme::Ecdsa256,
            Public::P384(_) => Scheme::Ecdsa384,
        }
    }

    /// Whether `signature`, in the form of [`SigningKey::sign`], is one of this digest.
    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Public::Rsa(key) => {
                let scheme = Pss::<Sha256>::new_with_salt(SALT_LEN);
                key.verify(scheme, digest, signature).is_ok()
            }
            Public::P192(key) => p192_curve::verify(key, digest, signature),
            Public::P256(key) => p256_curve::verify(key, digest, signature),
            Public::P384(key) => p384_curve::verify(key, digest, signature),
        }
    }

    /// The key as a PEM file (SubjectPublicKeyInfo). `None` where it cannot be encoded.
    pub fn to_pem(&self) -> Option<String> {
        match &self.0 {
            Public::Rsa(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Public::P192(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Public::P256(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Public::P384(key) => key.to_public_key_pem(LineEnding::LF).ok(),
        }
    }
}

fn check_rsa(key: &RsaPublicKey) -> Result<(), KeyFileError> {
    let bits = key.n().bits();
    if bits != RSA_BITS {
        return Err(KeyFileError::RsaSize { bits });
    }
    match key.e().bits() {
        bits @ 33.. => Err(KeyFileError::RsaExponent { bits }),
        _ => Ok(()),
    }
}
