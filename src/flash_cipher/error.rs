//! What cannot be made a flash cipher, or given to one.

use super::BLOCK_SIZE;
use crate::chip::{Chip, CipherSpec};

/// What cannot be made a cipher, or given to one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CipherError {
    /// The key file's length is wrong.
    #[error("flash encryption key of {len} bytes: {}", wanted(*chip))]
    KeyLength {
        /// The chip.
        chip: Chip,
        /// Bytes as given.
        len: usize,
    },
    /// A 64-byte key is one of XTS-AES-256, which the chip lacks.
    #[error("flash encryption key of 64 bytes: {chip} has no XTS-AES-256; {}", wanted(*chip))]
    NoAes256 {
        /// The chip.
        chip: Chip,
    },
    /// A 16-byte key is one to be derived from, which the chip does not do.
    #[error("flash encryption key of 16 bytes: {chip} derives no key from 128 bits; {}", wanted(*chip))]
    NoDerivedKey {
        /// The chip.
        chip: Chip,
    },
    /// The chip has another cipher than XTS-AES.
    #[error("{chip} encrypts its flash without XTS-AES")]
    NoXts {
        /// The chip.
        chip: Chip,
    },
    /// FLASH_CRYPT_CONFIG was given for a chip that has no such eFuse field.
    #[error("{chip} has no FLASH_CRYPT_CONFIG: only esp32 has")]
    NoCryptConfig {
        /// The chip.
        chip: Chip,
    },
    /// FLASH_CRYPT_CONFIG has four bits.
    #[error("FLASH_CRYPT_CONFIG of {value:#x} is above 0xf")]
    CryptConfig {
        /// The value as given.
        value: u8,
    },
    /// The flash offset is no multiple of the cipher's block.
    #[error("flash offset {offset:#x} is not a multiple of {BLOCK_SIZE} bytes")]
    Offset {
        /// The offset as given, in bytes.
        offset: u32,
    },
    /// The length is no multiple of the cipher's block.
    #[error("length of {len} bytes is not a multiple of {BLOCK_SIZE} bytes")]
    Length {
        /// The length as given, in bytes.
        len: usize,
    },
    /// The data goes on behind the last 32-bit address.
    #[error("{len} bytes at flash offset {offset:#x} end behind the address space")]
    End {
        /// The offset as given, in bytes.
        offset: u32,
        /// The length as given, in bytes.
        len: usize,
    },
}

/// The lengths of key files that fit the chip, as a sentence.
fn wanted(chip: Chip) -> String {
    format!("the key for {chip} must have {}", key_lengths(chip))
}

/// The lengths of key files that fit the chip, for messages.
pub fn key_lengths(chip: Chip) -> &'static str {
    match chip.spec().flash_cipher {
        CipherSpec::AddressTweaked => "32 bytes, or 24 bytes with 3/4 coding",
        CipherSpec::Xts { aes_256: true, .. } => {
            "64 bytes for XTS-AES-256, or 32 bytes for XTS-AES-128"
        }
        CipherSpec::Xts { derived: true, .. } => "32 bytes, or 16 bytes to derive them from",
        CipherSpec::Xts { .. } => "32 bytes",
    }
}
