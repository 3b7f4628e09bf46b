//! Secure boot v1 of the ESP32: a keyed digest of the bootloader at flash offset 0, an ECDSA signature behind each app.
//!
//! Sources: esptool `espsecure/__init__.py` (`digest_secure_bootloader`, `sign_secure_boot_v1`); ESP-IDF
//! `components/bootloader_support/src/secure_boot_v1`.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use sha2::{Digest, Sha256, Sha512};

use super::{KeyFileError, Scheme, SigningKey, VerifyingKey};
use crate::chip::Chip;
use crate::efuse::{CodingScheme, EfuseBank, extend_192_bit_key};
use crate::flash::app_image::{AppImage, AppImageError};

/// Bytes of the initial value in front of the digest.
pub const IV_LEN: usize = 128;
/// Bytes of the bootloader's digest.
pub const DIGEST_LEN: usize = 64;
/// Bytes of an app's signature: a version, r and s.
pub const APP_SIGNATURE_LEN: usize = 68;
/// Bytes of a public key in binary form: X and Y, big-endian.
pub const PUBLIC_KEY_LEN: usize = 64;

/// ROM feeds the image in blocks of SHA-512.
const BLOCK: usize = 128;
/// Bytes that AES takes at a time.
const AES_BLOCK: usize = 16;
/// Bytes of the SHA-256 behind an image.
const HASH_LEN: usize = 32;
/// What ROM reads behind the image in flash that was erased.
const ERASED: u8 = 0xFF;
/// The bootloader's place behind the digest.
const BOOTLOADER: usize = Chip::Esp32.spec().bootloader_offset as usize;

/// What is wrong with a digest, a signature or its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum V1Error {
    /// The key of the digest has a wrong length.
    #[error("secure boot key has {len} bytes; it is 32, or 24 with coding scheme 3/4")]
    KeyLength {
        /// Bytes of the key.
        len: usize,
    },
    /// The bootloader is no image, or not one for the ESP32.
    #[error(transparent)]
    Image(#[from] AppImageError),
    /// The flash contents end before the bootloader.
    #[error("flash contents of {len:#x} bytes end before the bootloader at {BOOTLOADER:#x}")]
    TooShort {
        /// Bytes as given.
        len: usize,
    },
    /// Nothing is written where the digest stands.
    #[error("no digest at 0x80: IV and digest are erased flash")]
    NoDigest,
    /// The digest is that of other bytes or of another key.
    #[error("digest at 0x80 is not that of the bootloader with this key")]
    Digest,
    /// The key cannot sign apps for secure boot v1.
    #[error("this is a key for {scheme}; secure boot v1 takes ecdsa256")]
    Scheme {
        /// The scheme of the key.
        scheme: Scheme,
    },
    /// A public key in binary form is no point of the curve.
    #[error("these {PUBLIC_KEY_LEN} bytes are no point of NIST P-256")]
    Point,
    /// The app is too short to be signed.
    #[error("app of {len} bytes is shorter than a signature of {APP_SIGNATURE_LEN} bytes")]
    Unsigned {
        /// Bytes of the app.
        len: usize,
    },
    /// The version in front of the signature is not 0: there is no signature.
    #[error("signature at {at:#x} has version {found:#010x} in place of 0: the app is not signed")]
    Version {
        /// Offset of the signature, in bytes.
        at: usize,
        /// The version as found.
        found: u32,
    },
    /// The signature is that of other bytes or of another key.
    #[error("signature at {at:#x} is not one of this app by this key")]
    Signature {
        /// Offset of the signature, in bytes.
        at: usize,
    },
    /// The app's image ends elsewhere than at the signature: the bootloader looks for it right behind the image.
    #[error("signature at {at:#x} does not follow the image, which ends at {image_end:#x}")]
    Misplaced {
        /// Offset of the signature, in bytes.
        at: usize,
        /// Where the image ends, in bytes.
        image_end: usize,
    },
    /// RSA's or ECDSA's arithmetic failed.
    #[error("signature cannot be computed with this key")]
    Arithmetic,
}

/// The AES key of the digest from a key file of 32 bytes, or of 24 for coding scheme 3/4.
///
/// # Errors
/// Where the length is another.
pub fn digest_key(key_file: &[u8]) -> Result<[u8; 32], V1Error> {
    let len = key_file.len();
    if let Ok(short) = <&[u8; 24]>::try_from(key_file) {
        return Ok(extend_192_bit_key(short));
    }
    key_file.try_into().map_err(|_| V1Error::KeyLength { len })
}

/// The AES key of the digest as the ESP32's hardware takes it from block 2, in the byte order of a key file.
pub fn key_of(efuses: &EfuseBank) -> [u8; 32] {
    let payload = efuses.payload(2);
    let mut key = payload;
    if efuses.coding_scheme() != CodingScheme::ThreeQuarter {
        key.reverse();
        return key;
    }
    let mut short = [0; 24];
    short.copy_from_slice(&payload[..24]);
    short.reverse();
    extend_192_bit_key(&short)
}

/// The digest as the hardware computes it, block by block.
///
/// Each 16 bytes are reversed, encrypted with AES-256 and reversed again; the words of the result are swapped and go into
/// SHA-512, the words of whose digest are swapped in turn.
#[derive(Clone)]
pub struct Digester {
    cipher: Aes256,
    hash: Sha512,
}

impl std::fmt::Debug for Digester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digester").finish_non_exhaustive()
    }
}

impl Digester {
    /// Begins a digest under a key.
    pub fn new(key: &[u8; 32]) -> Self {
        Digester {
            cipher: Aes256::new(&(*key).into()),
            hash: Sha512::new(),
        }
    }

    /// Takes the whole blocks of 16 bytes of `data`; what is left over is dropped.
    pub fn update(&mut self, data: &[u8]) {
        let (blocks, _) = data.as_chunks::<AES_BLOCK>();
        for block in blocks {
            let mut block = *block;
            block.reverse();
            let mut state = block.into();
            self.cipher.encrypt_block(&mut state);
            block = state.into();
            block.reverse();
            swap_words(&mut block);
            self.hash.update(block);
        }
    }

    /// The digest of what was taken.
    pub fn finish(self) -> [u8; DIGEST_LEN] {
        let mut digest: [u8; DIGEST_LEN] = self.hash.finalize().into();
        swap_words(&mut digest);
        digest
    }
}

/// The digest that the hardware computes over IV and bootloader; a bootloader that does not fill its last block of 128
/// bytes goes on with 0xFF.
pub fn digest(key: &[u8; 32], iv: &[u8; IV_LEN], bootloader: &[u8]) -> [u8; DIGEST_LEN] {
    let mut data = [iv.as_slice(), bootloader].concat();
    data.resize(data.len().next_multiple_of(BLOCK), ERASED);
    let mut digester = Digester::new(key);
    digester.update(&data);
    digester.finish()
}

fn swap_words(bytes: &mut [u8]) {
    bytes
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .for_each(|word| word.reverse());
}

/// The part of a bootloader that the digest covers: ROM reads whole blocks of 128 bytes until the checksum, and so at most
/// a part of the SHA-256 behind it.
///
/// # Errors
/// Where the bytes are no image.
fn covered(bootloader: &[u8]) -> Result<usize, V1Error> {
    let image = AppImage::parse(bootloader)?;
    Ok((image.checksum_at + 1).next_multiple_of(BLOCK))
}

/// A bootloader with its digest, as it goes to flash offset 0: IV, digest, erased flash, and the bootloader at 0x1000 as
/// far as the digest covers it.
///
/// # Errors
/// Where the bootloader is no image.
pub fn digested_bootloader(
    key: &[u8; 32],
    iv: &[u8; IV_LEN],
    bootloader: &[u8],
) -> Result<Vec<u8>, V1Error> {
    let mut covered = bootloader[..covered(bootloader)?.min(bootloader.len())].to_vec();
    covered.resize(covered.len().next_multiple_of(BLOCK), ERASED);
    let mut flash = iv.to_vec();
    flash.extend_from_slice(&digest(key, iv, &covered));
    flash.resize(BOOTLOADER, ERASED);
    flash.extend_from_slice(&covered);
    Ok(flash)
}

/// Whether the digest at the start of flash contents (in plain text, from offset 0 on) is that of the bootloader at
/// 0x1000, as ROM decides it.
///
/// # Errors
/// Why not.
pub fn verify_bootloader(key: &[u8; 32], flash: &[u8]) -> Result<(), V1Error> {
    let short = V1Error::TooShort { len: flash.len() };
    let bootloader = flash.get(BOOTLOADER..).filter(|bytes| !bytes.is_empty());
    let bootloader = bootloader.ok_or(short)?;
    let (iv, stored) = flash[..IV_LEN + DIGEST_LEN].split_at(IV_LEN);
    if flash[..IV_LEN + DIGEST_LEN]
        .iter()
        .all(|&byte| byte == ERASED)
    {
        return Err(V1Error::NoDigest);
    }
    // The digest's part of the appended hash may be all of it that was written.
    let with_hash = [bootloader, &[ERASED; HASH_LEN]].concat();
    let covered = covered(&with_hash)?.min(bootloader.len());
    let mut fixed = [0; IV_LEN];
    fixed.copy_from_slice(iv);
    match digest(key, &fixed, &bootloader[..covered]) == stored {
        true => Ok(()),
        false => Err(V1Error::Digest),
    }
}

/// An app with its signature: a version of zero, r and s big-endian.
///
/// # Errors
/// Where the key is not for P-256.
pub fn sign_app(app: &[u8], key: &SigningKey) -> Result<Vec<u8>, V1Error> {
    let scheme = key.scheme();
    if scheme != Scheme::Ecdsa256 {
        return Err(V1Error::Scheme { scheme });
    }
    // ECDSA draws no salt: the seed has no part in it.
    let signature = key.sign(&Sha256::digest(app), &[0; 32]);
    let mut signed = app.to_vec();
    signed.extend_from_slice(&0u32.to_le_bytes());
    signed.extend(signature.ok_or(V1Error::Arithmetic)?);
    Ok(signed)
}

/// Whether the last 68 bytes of a file are a signature of what is before them. Where that is an image, it must end there.
///
/// # Errors
/// Why not.
pub fn verify_app(signed: &[u8], key: &VerifyingKey) -> Result<(), V1Error> {
    let scheme = key.scheme();
    if scheme != Scheme::Ecdsa256 {
        return Err(V1Error::Scheme { scheme });
    }
    let unsigned = V1Error::Unsigned { len: signed.len() };
    let (app, signature) = signed
        .split_last_chunk::<APP_SIGNATURE_LEN>()
        .ok_or(unsigned)?;
    let at = app.len();
    let (version, signature) = signature.split_at(4);
    let found = u32::from_le_bytes([version[0], version[1], version[2], version[3]]);
    if found != 0 {
        return Err(V1Error::Version { at, found });
    }
    match AppImage::parse(signed) {
        Ok(image) if image.len != at => {
            let image_end = image.len;
            return Err(V1Error::Misplaced { at, image_end });
        }
        _ => {}
    }
    match key.verify(&Sha256::digest(app), signature) {
        true => Ok(()),
        false => Err(V1Error::Signature { at }),
    }
}

/// The public key for secure boot v1 from a PEM file or from 64 bytes, as `espsecure extract-public-key` writes them.
///
/// # Errors
/// Where the file holds none.
pub fn public_key(file: &[u8]) -> Result<Result<VerifyingKey, V1Error>, KeyFileError> {
    if file.len() == PUBLIC_KEY_LEN {
        return Ok(VerifyingKey::from_point(Scheme::Ecdsa256, file).ok_or(V1Error::Point));
    }
    VerifyingKey::from_pem(file).map(Ok)
}

/// A public key in binary form: X and Y, big-endian.
///
/// # Errors
/// Where the key is not for P-256.
pub fn binary_public_key(key: &VerifyingKey) -> Result<Vec<u8>, V1Error> {
    let scheme = key.scheme();
    let point = key.point().filter(|_| scheme == Scheme::Ecdsa256);
    point.ok_or(V1Error::Scheme { scheme })
}

#[cfg(test)]
mod tests;
