//! The ciphers between flash and bus, chosen by the chip and its eFuses.

mod aes_batch;
mod esp32;

pub use esp32::Esp32Cipher;

use crate::chip::Chip;
use crate::efuse::{EfuseBank, extend_192_bit_key};

/// Size of the smallest unit that can be encrypted or decrypted, in bytes.
pub const BLOCK_SIZE: usize = 16;

/// What cannot be made a cipher, or given to one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CipherError {
    /// The key file's length is wrong.
    #[error(
        "flash encryption key of {len} bytes: the key for {chip} must have 32 bytes, or 24 bytes with 3/4 coding"
    )]
    KeyLength {
        /// The chip.
        chip: Chip,
        /// Bytes as given.
        len: usize,
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

/// A keyed flash cipher.
#[derive(Debug, Clone)]
pub struct FlashCipher {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Esp32(Esp32Cipher),
}

impl FlashCipher {
    /// The cipher that the hardware uses with these eFuses, whether or not encryption is switched on.
    pub fn from_efuses(efuses: &EfuseBank) -> Self {
        let kind = match efuses.chip() {
            Chip::Esp32 => {
                let config = efuses.flash_crypt_config();
                Kind::Esp32(Esp32Cipher::new(&efuses.flash_key(), config))
            }
            _ => Kind::Esp32(Esp32Cipher::new(&[0; 32], 0)),
        };
        FlashCipher { kind }
    }

    /// The ESP32's cipher from the bytes of a key file (32, or 24 for 3/4 coding) and FLASH_CRYPT_CONFIG (0 to 15).
    ///
    /// # Errors
    /// Where the key has another length, or the configuration is above 15.
    pub fn esp32(key_file: &[u8], crypt_config: u8) -> Result<Self, CipherError> {
        if crypt_config > 0xF {
            return Err(CipherError::CryptConfig {
                value: crypt_config,
            });
        }
        let key = if let Ok(key) = <&[u8; 32]>::try_from(key_file) {
            *key
        } else if let Ok(key) = <&[u8; 24]>::try_from(key_file) {
            extend_192_bit_key(key)
        } else {
            return Err(CipherError::KeyLength {
                chip: Chip::Esp32,
                len: key_file.len(),
            });
        };
        let kind = Kind::Esp32(Esp32Cipher::new(&key, crypt_config));
        Ok(FlashCipher { kind })
    }

    /// Decrypts `data`, which lies at flash offset `offset`; both multiples of 16 bytes.
    ///
    /// An offset that is none is rounded down, and bytes behind the last whole block stay as they are;
    /// [`FlashCipher::try_decrypt`] refuses both. Offsets wrap at 32 bits.
    pub fn decrypt(&self, offset: u32, data: &mut [u8]) {
        match &self.kind {
            Kind::Esp32(cipher) => cipher.decrypt(offset, data),
        }
    }

    /// Encrypts `data`, which will lie at flash offset `offset`; both multiples of 16 bytes.
    ///
    /// An offset that is none is rounded down, and bytes behind the last whole block stay as they are;
    /// [`FlashCipher::try_encrypt`] refuses both. Offsets wrap at 32 bits.
    pub fn encrypt(&self, offset: u32, data: &mut [u8]) {
        match &self.kind {
            Kind::Esp32(cipher) => cipher.encrypt(offset, data),
        }
    }

    /// Decrypts `data`, which lies at flash offset `offset`.
    ///
    /// # Errors
    /// Where offset or length is no multiple of 16 bytes, or the end is beyond 32 bits; nothing is changed then.
    pub fn try_decrypt(&self, offset: u32, data: &mut [u8]) -> Result<(), CipherError> {
        check(offset, data.len())?;
        self.decrypt(offset, data);
        Ok(())
    }

    /// Encrypts `data`, which will lie at flash offset `offset`.
    ///
    /// # Errors
    /// Where offset or length is no multiple of 16 bytes, or the end is beyond 32 bits; nothing is changed then.
    pub fn try_encrypt(&self, offset: u32, data: &mut [u8]) -> Result<(), CipherError> {
        check(offset, data.len())?;
        self.encrypt(offset, data);
        Ok(())
    }
}

fn check(offset: u32, len: usize) -> Result<(), CipherError> {
    if !(offset as usize).is_multiple_of(BLOCK_SIZE) {
        return Err(CipherError::Offset { offset });
    }
    if !len.is_multiple_of(BLOCK_SIZE) {
        return Err(CipherError::Length { len });
    }
    if len as u64 > (1 << 32) - u64::from(offset) {
        return Err(CipherError::End { offset, len });
    }
    Ok(())
}
