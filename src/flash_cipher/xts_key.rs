//! The key of XTS-AES from a key file.

use super::error::CipherError;
use super::xts::XtsCipher;
use crate::chip::{Chip, CipherSpec};
use crate::efuse::XtsKey;

impl XtsKey {
    /// The key of a key file.
    ///
    /// The ESP32-C2 derives a 256-bit key from 128 bits; the length is what its eFuse XTS_KEY_LENGTH_256 tells the hardware.
    pub(super) fn from_file(chip: Chip, key_file: &[u8]) -> Result<Self, CipherError> {
        let CipherSpec::Xts { aes_256, derived } = chip.spec().flash_cipher else {
            return Err(CipherError::NoXts { chip });
        };
        if let Ok(key) = <[u8; 32]>::try_from(key_file) {
            return Ok(XtsKey::Aes128(key));
        }
        if let Ok(key) = <[u8; 64]>::try_from(key_file) {
            let refused = CipherError::NoAes256 { chip };
            return aes_256.then_some(XtsKey::Aes256(key)).ok_or(refused);
        }
        if let Ok(key) = <&[u8; 16]>::try_from(key_file) {
            let refused = CipherError::NoDerivedKey { chip };
            return derived.then(|| XtsKey::derived(key)).ok_or(refused);
        }
        Err(CipherError::KeyLength {
            chip,
            len: key_file.len(),
        })
    }

    /// The cipher with this key.
    pub(super) fn cipher(&self) -> XtsCipher {
        match self {
            XtsKey::Aes128(key) => XtsCipher::aes_128(key),
            XtsKey::Aes256(key) => XtsCipher::aes_256(key),
        }
    }
}

/// Whether data and tweak are encrypted under the same key, in a key file for XTS-AES.
///
/// The chips accept it. IEEE Std 1619-2007 does not speak of it, but it weakens XTS (Rogaway, "Efficient instantiations
/// of tweakable blockciphers", 2004), FIPS 140 forbids it, and espsecure refuses to encrypt so, though not to decrypt.
pub fn xts_halves_equal(key_file: &[u8]) -> bool {
    let (data, tweak) = key_file.split_at(key_file.len() / 2);
    matches!(key_file.len(), 32 | 64) && data == tweak
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(first: u8) -> [u8; 32] {
        std::array::from_fn(|i| first + i as u8)
    }

    #[test]
    fn key_files_by_chip() {
        for chip in Chip::ALL.into_iter().filter(|chip| *chip != Chip::Esp32) {
            assert_eq!(
                XtsKey::from_file(chip, &file(1)),
                Ok(XtsKey::Aes128(file(1)))
            );
            let aes_256 = XtsKey::from_file(chip, &[1; 64]);
            let derived = XtsKey::from_file(chip, &[1; 16]);
            let wide = [
                Chip::Esp32S2,
                Chip::Esp32S3,
                Chip::Esp32C5,
                Chip::Esp32H4,
                Chip::Esp32P4,
                Chip::Esp32S31,
            ];
            if wide.contains(&chip) {
                assert_eq!(aes_256, Ok(XtsKey::Aes256([1; 64])));
            } else {
                assert_eq!(aes_256, Err(CipherError::NoAes256 { chip }));
            }
            if chip == Chip::Esp32C2 {
                assert_eq!(derived, Ok(XtsKey::derived(&[1; 16])));
            } else {
                assert_eq!(derived, Err(CipherError::NoDerivedKey { chip }));
            }
            for len in [0, 15, 24, 31, 33, 63, 65, 128] {
                let refused = XtsKey::from_file(chip, &vec![1; len]);
                assert_eq!(refused, Err(CipherError::KeyLength { chip, len }));
            }
        }
        let chip = Chip::Esp32;
        let refused = XtsKey::from_file(chip, &file(1));
        assert_eq!(refused, Err(CipherError::NoXts { chip }));
    }

    #[test]
    fn equal_halves() {
        for len in [32, 64] {
            assert!(xts_halves_equal(&vec![7; len]));
        }
        assert!(!xts_halves_equal(&[7; 16]));
        assert!(!xts_halves_equal(&[]));
        assert!(!xts_halves_equal(&file(0)));
    }
}
