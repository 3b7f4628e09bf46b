//! One signature block of 1216 bytes: what lies where, made and read.
//!
//! Layout: ESP-IDF `components/esp_rom/esp32c5/include/esp32c5/rom/secure_boot.h` (`ets_secure_boot_sig_block`).

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use crate::secure_boot::{Scheme, SigningKey, VerifyingKey};

/// Bytes of a block.
pub const BLOCK_LEN: usize = 1216;
/// Most blocks in a sector.
pub const MAX_BLOCKS: usize = 3;

/// First byte of a block.
pub(super) const MAGIC: u8 = 0xE7;
pub(super) const VERSION_RSA: u8 = 2;
pub(super) const VERSION_ECDSA: u8 = 3;
/// Bytes that the CRC covers; the CRC follows.
const CRC_AT: usize = 1196;
const DIGEST_AT: usize = 4;

// RSA: numbers little-endian.
const RSA_LEN: usize = 384;
const RSA_KEY_AT: usize = 36;
const RSA_KEY_LEN: usize = 2 * RSA_LEN + 8;
const RSA_SIGNATURE_AT: usize = RSA_KEY_AT + RSA_KEY_LEN;

/// Where ECDSA's parts lie: the key (curve, then the point's place), the signature, and their digest.
struct EcLayout {
    sha_version: u8,
    digest_len: usize,
    /// Bytes of the fields for point and signature.
    field: usize,
}

const EC_256: EcLayout = EcLayout {
    sha_version: 0,
    digest_len: 32,
    field: 64,
};
const EC_384: EcLayout = EcLayout {
    sha_version: 1,
    digest_len: 48,
    field: 96,
};

impl EcLayout {
    const fn key_at(&self) -> usize {
        DIGEST_AT + self.digest_len
    }

    const fn point_at(&self) -> usize {
        self.key_at() + 1
    }

    const fn signature_at(&self) -> usize {
        self.point_at() + self.field
    }
}

const CURVE_P192: u8 = 1;
const CURVE_P256: u8 = 2;
const CURVE_P384: u8 = 3;

/// Why a block is none that a chip looks into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockProblem {
    /// The first byte is not 0xE7: there is no block.
    Magic {
        /// The byte found.
        found: u8,
    },
    /// The second byte names no scheme that the chip knows.
    Version {
        /// The byte found.
        found: u8,
    },
    /// The curve is none that the chip knows.
    Curve {
        /// The number found.
        found: u8,
    },
    /// The CRC is wrong.
    Crc {
        /// As stored.
        stored: u32,
        /// As it should be.
        computed: u32,
    },
}

/// A signature block as it lies in flash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureBlock {
    bytes: [u8; BLOCK_LEN],
}

impl SignatureBlock {
    /// Takes bytes over as they are.
    pub fn from_bytes(bytes: [u8; BLOCK_LEN]) -> Self {
        SignatureBlock { bytes }
    }

    /// Signs an image that is padded already; see [`SigningKey::sign`] for the seed and for `None`.
    pub fn new(key: &SigningKey, image: &[u8], seed: &[u8; 32]) -> Option<Self> {
        let scheme = key.scheme();
        let digest = scheme.image_digest(image);
        let signature = key.sign(&digest, seed)?;
        let mut bytes = [0; BLOCK_LEN];
        bytes[0] = MAGIC;
        bytes[DIGEST_AT..][..digest.len()].copy_from_slice(&digest);
        let public = key_bytes(&key.verifying_key());
        if scheme == Scheme::Rsa3072 {
            bytes[1] = VERSION_RSA;
            bytes[RSA_KEY_AT..][..public.len()].copy_from_slice(&public);
            reversed(&mut bytes[RSA_SIGNATURE_AT..], &signature);
        } else {
            let layout = layout(scheme);
            bytes[1] = VERSION_ECDSA;
            bytes[2] = layout.sha_version;
            bytes[layout.key_at()..][..public.len()].copy_from_slice(&public);
            pair(&mut bytes[layout.signature_at()..], &signature);
        }
        let mut block = SignatureBlock { bytes };
        block.seal();
        Some(block)
    }

    /// The bytes as they lie in flash.
    pub fn as_bytes(&self) -> &[u8; BLOCK_LEN] {
        &self.bytes
    }

    /// Puts the right CRC into a block whose bytes were changed.
    pub fn seal(&mut self) {
        let crc = crc32fast::hash(&self.bytes[..CRC_AT]);
        self.bytes[CRC_AT..][..4].copy_from_slice(&crc.to_le_bytes());
    }

    /// First byte: 0xE7 where there is a block.
    pub fn magic(&self) -> u8 {
        self.bytes[0]
    }

    /// Second byte: 2 for RSA, 3 for ECDSA.
    pub fn version(&self) -> u8 {
        self.bytes[1]
    }

    /// Whether magic, version, curve and CRC are those of a block of any chip; the scheme then.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<Scheme, BlockProblem> {
        let scheme = self.scheme()?;
        self.check_crc().map(|()| scheme)
    }

    /// The scheme that magic, version and curve name; the CRC does not matter.
    ///
    /// # Errors
    /// Where there is none.
    pub fn scheme(&self) -> Result<Scheme, BlockProblem> {
        if self.magic() != MAGIC {
            let found = self.magic();
            return Err(BlockProblem::Magic { found });
        }
        match (self.version(), self.bytes[2]) {
            (VERSION_RSA, _) => Ok(Scheme::Rsa3072),
            (VERSION_ECDSA, 1) => match self.bytes[EC_384.key_at()] {
                CURVE_P384 => Ok(Scheme::Ecdsa384),
                found => Err(BlockProblem::Curve { found }),
            },
            (VERSION_ECDSA, _) => match self.bytes[EC_256.key_at()] {
                CURVE_P192 => Ok(Scheme::Ecdsa192),
                CURVE_P256 => Ok(Scheme::Ecdsa256),
                found => Err(BlockProblem::Curve { found }),
            },
            (found, _) => Err(BlockProblem::Version { found }),
        }
    }

    /// Whether the CRC is right.
    ///
    /// # Errors
    /// Where it is not.
    pub fn check_crc(&self) -> Result<(), BlockProblem> {
        let mut stored = [0; 4];
        stored.copy_from_slice(&self.bytes[CRC_AT..][..4]);
        let stored = u32::from_le_bytes(stored);
        let computed = crc32fast::hash(&self.bytes[..CRC_AT]);
        match stored == computed {
            true => Ok(()),
            false => Err(BlockProblem::Crc { stored, computed }),
        }
    }

    /// The digest of the image that the block names.
    pub fn image_digest(&self, scheme: Scheme) -> &[u8] {
        let len = match scheme {
            Scheme::Ecdsa384 => EC_384.digest_len,
            _ => EC_256.digest_len,
        };
        &self.bytes[DIGEST_AT..][..len]
    }

    /// SHA-256 of the public key as it lies in the block: what the eFuses hold of it.
    pub fn key_digest(&self, scheme: Scheme) -> [u8; 32] {
        let key = match scheme {
            Scheme::Rsa3072 => &self.bytes[RSA_KEY_AT..][..RSA_KEY_LEN],
            _ => {
                let layout = layout(scheme);
                &self.bytes[layout.key_at()..layout.signature_at()]
            }
        };
        Sha256::digest(key).into()
    }

    /// The public key in the block. `None` where the numbers are no key, or RSA's helper numbers (r-inverse, m') do not
    /// belong to the modulus: the accelerator computes with them.
    pub fn verifying_key(&self, scheme: Scheme) -> Option<VerifyingKey> {
        if scheme == Scheme::Rsa3072 {
            let raw = &self.bytes[RSA_KEY_AT..][..RSA_KEY_LEN];
            let (modulus, rest) = raw.split_at(RSA_LEN);
            let exponent = u32::from_le_bytes(*rest.first_chunk()?);
            let modulus: Vec<u8> = modulus.iter().rev().copied().collect();
            let key = VerifyingKey::from_rsa(&modulus, exponent)?;
            return (key_bytes(&key) == raw).then_some(key);
        }
        let layout = layout(scheme);
        let point = unpair(&self.bytes[layout.point_at()..], coordinate(scheme));
        VerifyingKey::from_point(scheme, &point)
    }

    /// The signature, in the form of [`SigningKey::sign`].
    pub fn signature(&self, scheme: Scheme) -> Vec<u8> {
        if scheme == Scheme::Rsa3072 {
            let raw = &self.bytes[RSA_SIGNATURE_AT..][..RSA_LEN];
            return raw.iter().rev().copied().collect();
        }
        let signature = &self.bytes[layout(scheme).signature_at()..];
        unpair(signature, coordinate(scheme))
    }
}

/// What the eFuses hold of a public key: SHA-256 of it as a block holds it, 32 bytes, of which the ESP32-C2 keeps the first
/// 16.
pub fn key_digest(key: &VerifyingKey) -> [u8; 32] {
    Sha256::digest(key_bytes(key)).into()
}

/// The public key as a block holds it.
fn key_bytes(key: &VerifyingKey) -> Vec<u8> {
    if let Some((modulus, exponent)) = key.rsa() {
        return rsa_key_bytes(&modulus, exponent);
    }
    let scheme = key.scheme();
    let layout = layout(scheme);
    let mut bytes = vec![0; 1 + layout.field];
    bytes[0] = match scheme {
        Scheme::Ecdsa192 => CURVE_P192,
        Scheme::Ecdsa384 => CURVE_P384,
        _ => CURVE_P256,
    };
    pair(&mut bytes[1..], &key.point().unwrap_or_default());
    bytes
}

/// Modulus, exponent, r-inverse (R² modulo n, R = 2^3072) and m' (-1/n modulo 2^32).
fn rsa_key_bytes(modulus: &[u8], exponent: u32) -> Vec<u8> {
    let n = BigUint::from_bytes_be(modulus);
    let r_inverse = (BigUint::from(1u8) << (2 * 8 * RSA_LEN)) % &n;
    let mut bytes = vec![0; RSA_KEY_LEN];
    let (places, tail) = bytes.split_at_mut(2 * RSA_LEN + 4);
    reversed(places, modulus);
    places[RSA_LEN..][..4].copy_from_slice(&exponent.to_le_bytes());
    let r_inverse = r_inverse.to_bytes_le();
    places[RSA_LEN + 4..][..r_inverse.len()].copy_from_slice(&r_inverse);
    tail.copy_from_slice(&minus_inverse(&n).to_le_bytes());
    bytes
}

/// -1/n modulo 2^32 by Newton's iteration, which doubles the right bits each time; n is odd.
fn minus_inverse(n: &BigUint) -> u32 {
    let low = n.iter_u32_digits().next().unwrap_or(1);
    let mut inverse = low;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2u32.wrapping_sub(low.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg()
}

fn layout(scheme: Scheme) -> &'static EcLayout {
    match scheme {
        Scheme::Ecdsa384 => &EC_384,
        _ => &EC_256,
    }
}

/// Bytes of a coordinate of the scheme's curve.
fn coordinate(scheme: Scheme) -> usize {
    match scheme {
        Scheme::Ecdsa192 => 24,
        Scheme::Ecdsa384 => 48,
        _ => 32,
    }
}

/// Writes a big-endian number little-endian.
fn reversed(place: &mut [u8], number: &[u8]) {
    for (to, byte) in place.iter_mut().zip(number.iter().rev()) {
        *to = *byte;
    }
}

/// Writes two big-endian numbers little-endian, one behind the other.
fn pair(place: &mut [u8], numbers: &[u8]) {
    let (first, second) = numbers.split_at(numbers.len() / 2);
    reversed(place, first);
    reversed(&mut place[first.len()..], second);
}

/// Reads two little-endian numbers as big-endian ones.
fn unpair(place: &[u8], len: usize) -> Vec<u8> {
    let first = place[..len].iter().rev();
    first
        .chain(place[len..2 * len].iter().rev())
        .copied()
        .collect()
}
