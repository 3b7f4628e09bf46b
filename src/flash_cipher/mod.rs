//! The ciphers between flash and bus, chosen by the chip and its eFuses.

mod aes_batch;
mod batch;
mod error;
mod esp32;
mod xts;
mod xts_key;

pub use error::{CipherError, key_lengths};
pub use esp32::Esp32Cipher;
pub use xts::XtsCipher;
pub use xts_key::xts_halves_equal;

use crate::chip::{Chip, CipherSpec};
use crate::efuse::{EfuseBank, XtsKey, extend_192_bit_key};

/// Size of the smallest unit that can be encrypted or decrypted, in bytes.
pub const BLOCK_SIZE: usize = 16;

/// A keyed flash cipher.
#[derive(Debug, Clone)]
pub struct FlashCipher {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Esp32(Esp32Cipher),
    Xts(XtsCipher),
}

impl FlashCipher {
    /// The cipher that the hardware uses with these eFuses, whether or not encryption is switched on.
    ///
    /// Keys come from [`EfuseBank::flash_key`] and [`EfuseBank::flash_xts_key`].
    pub fn from_efuses(efuses: &EfuseBank) -> Self {
        let kind = match efuses.chip().spec().flash_cipher {
            CipherSpec::AddressTweaked => {
                let config = efuses.flash_crypt_config();
                Kind::Esp32(Esp32Cipher::new(&efuses.flash_key(), config))
            }
            CipherSpec::Xts { .. } => Kind::Xts(efuses.flash_xts_key().cipher()),
        };
        FlashCipher { kind }
    }

    /// The cipher of any chip from the bytes of a key file; FLASH_CRYPT_CONFIG (0 to 15, without it 15) is for the ESP32
    /// alone.
    ///
    /// # Errors
    /// Those of [`FlashCipher::esp32`] and [`FlashCipher::xts`], and where another chip is given FLASH_CRYPT_CONFIG.
    pub fn for_key_file(
        chip: Chip,
        key_file: &[u8],
        crypt_config: Option<u8>,
    ) -> Result<Self, CipherError> {
        match (chip.spec().flash_cipher, crypt_config) {
            (CipherSpec::AddressTweaked, config) => {
                FlashCipher::esp32(key_file, config.unwrap_or(0xF))
            }
            (CipherSpec::Xts { .. }, Some(_)) => Err(CipherError::NoCryptConfig { chip }),
            (CipherSpec::Xts { .. }, None) => FlashCipher::xts(chip, key_file),
        }
    }

    /// XTS-AES as the chip does it, from the bytes of a key file: 32 for XTS-AES-128, 64 for XTS-AES-256, or 16 from
    /// which the ESP32-C2 derives its key.
    ///
    /// # Errors
    /// Where the key has another length, or one for what the chip lacks, or the chip is the ESP32.
    pub fn xts(chip: Chip, key_file: &[u8]) -> Result<Self, CipherError> {
        let kind = Kind::Xts(XtsKey::from_file(chip, key_file)?.cipher());
        Ok(FlashCipher { kind })
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
            Kind::Xts(cipher) => cipher.decrypt(offset, data),
        }
    }

    /// Encrypts `data`, which will lie at flash offset `offset`; both multiples of 16 bytes.
    ///
    /// An offset that is none is rounded down, and bytes behind the last whole block stay as they are;
    /// [`FlashCipher::try_encrypt`] refuses both. Offsets wrap at 32 bits.
    pub fn encrypt(&self, offset: u32, data: &mut [u8]) {
        match &self.kind {
            Kind::Esp32(cipher) => cipher.encrypt(offset, data),
            Kind::Xts(cipher) => cipher.encrypt(offset, data),
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
