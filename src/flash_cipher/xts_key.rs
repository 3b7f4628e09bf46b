//! The key of XTS-AES: from a key file, and from the key blocks of the eFuses.

use sha2::{Digest, Sha256};

use super::error::CipherError;
use super::xts::XtsCipher;
use crate::chip::{Chip, CipherSpec};
use crate::efuse::{EfuseBank, KeyPurpose};

/// A key of XTS-AES in the byte order of a key file: the data's half first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum XtsKey {
    /// XTS-AES-128.
    Bits256([u8; 32]),
    /// XTS-AES-256.
    Bits512([u8; 64]),
}

impl XtsKey {
    /// The key of a key file.
    ///
    /// The ESP32-C2 derives a 256-bit key from 128 bits by SHA-256 of the key file (esptool `espsecure/__init__.py`,
    /// `_load_hardware_key`; the length is what its eFuse XTS_KEY_LENGTH_256 tells the hardware).
    pub(super) fn from_file(chip: Chip, key_file: &[u8]) -> Result<Self, CipherError> {
        let CipherSpec::Xts { aes_256, derived } = chip.spec().flash_cipher else {
            return Err(CipherError::NoXts { chip });
        };
        if let Ok(key) = <[u8; 32]>::try_from(key_file) {
            return Ok(XtsKey::Bits256(key));
        }
        if let Ok(key) = <[u8; 64]>::try_from(key_file) {
            let refused = CipherError::NoAes256 { chip };
            return aes_256.then_some(XtsKey::Bits512(key)).ok_or(refused);
        }
        if key_file.len() == 16 {
            let refused = CipherError::NoDerivedKey { chip };
            let key = Sha256::digest(key_file).into();
            return derived.then_some(XtsKey::Bits256(key)).ok_or(refused);
        }
        Err(CipherError::KeyLength {
            chip,
            len: key_file.len(),
        })
    }

    /// The key that the hardware puts together from the eFuses' key blocks.
    pub(super) fn from_efuses(efuses: &EfuseBank) -> Self {
        let aes_256 = matches!(
            efuses.chip().spec().flash_cipher,
            CipherSpec::Xts { aes_256: true, .. }
        );
        XtsKey::from_blocks(aes_256, |purpose| {
            let slot = efuses.key_slot_of(purpose)?;
            Some(efuses.key_block(slot))
        })
    }

    /// The key from the blocks by purpose, each in register order, which is that of a key file reversed.
    ///
    /// A block of either half makes it a key of 512 bits, whatever else there is; the half without a block is zero. A key
    /// of 256 bits without a block is zero, too. Inferred: from Espressif's QEMU, `hw/misc/esp32s3_xts_aes.c` and
    /// `esp32c3_xts_aes.c` (9.2.2), not tried on chips. Of several blocks with the same purpose
    /// the first counts; there the two files differ (the first of 256 bits, the last of a half of 512 bits).
    fn from_blocks(aes_256: bool, block: impl Fn(KeyPurpose) -> Option<[u8; 32]>) -> Self {
        let part = |purpose| {
            let mut block = block(purpose)?;
            block.reverse();
            Some(block)
        };
        if aes_256 {
            let first = part(KeyPurpose::XtsAes256Key1);
            let second = part(KeyPurpose::XtsAes256Key2);
            if first.is_some() || second.is_some() {
                let mut key = [0; 64];
                key[..32].copy_from_slice(&first.unwrap_or_default());
                key[32..].copy_from_slice(&second.unwrap_or_default());
                return XtsKey::Bits512(key);
            }
        }
        XtsKey::Bits256(part(KeyPurpose::XtsAes128Key).unwrap_or_default())
    }

    /// The cipher with this key.
    pub(super) fn cipher(&self) -> XtsCipher {
        match self {
            XtsKey::Bits256(key) => XtsCipher::aes_128(key),
            XtsKey::Bits512(key) => XtsCipher::aes_256(key),
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

    /// Key blocks as the eFuses hold them.
    fn blocks(held: &[(KeyPurpose, u8)]) -> impl Fn(KeyPurpose) -> Option<[u8; 32]> {
        let held = held.to_vec();
        move |purpose| {
            let (_, first) = held.iter().find(|(of, _)| *of == purpose)?;
            let mut block: [u8; 32] = std::array::from_fn(|i| first + i as u8);
            block.reverse();
            Some(block)
        }
    }

    fn file(first: u8) -> [u8; 32] {
        std::array::from_fn(|i| first + i as u8)
    }

    fn halves(first: [u8; 32], second: [u8; 32]) -> XtsKey {
        let mut key = [0; 64];
        key[..32].copy_from_slice(&first);
        key[32..].copy_from_slice(&second);
        XtsKey::Bits512(key)
    }

    #[test]
    fn every_combination_of_key_blocks() {
        use KeyPurpose::{XtsAes128Key as Whole, XtsAes256Key1 as First, XtsAes256Key2 as Second};
        let zero = [0; 32];
        let cases = [
            (vec![], XtsKey::Bits256(zero)),
            (vec![(Whole, 3)], XtsKey::Bits256(file(3))),
            (vec![(First, 5)], halves(file(5), zero)),
            (vec![(Second, 7)], halves(zero, file(7))),
            (vec![(Whole, 3), (Second, 7)], halves(zero, file(7))),
            (vec![(Second, 7), (First, 5)], halves(file(5), file(7))),
            (vec![(KeyPurpose::User, 9)], XtsKey::Bits256(zero)),
        ];
        for (held, wanted) in cases {
            assert_eq!(XtsKey::from_blocks(true, blocks(&held)), wanted, "{held:?}");
        }
        let held = [(First, 5), (Second, 7)];
        let without_512 = XtsKey::from_blocks(false, blocks(&held));
        assert_eq!(without_512, XtsKey::Bits256(zero));
    }

    #[test]
    fn key_files_by_chip() {
        for chip in Chip::ALL.into_iter().filter(|chip| *chip != Chip::Esp32) {
            assert_eq!(
                XtsKey::from_file(chip, &file(1)),
                Ok(XtsKey::Bits256(file(1)))
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
                assert_eq!(aes_256, Ok(XtsKey::Bits512([1; 64])));
            } else {
                assert_eq!(aes_256, Err(CipherError::NoAes256 { chip }));
            }
            if chip == Chip::Esp32C2 {
                assert_eq!(derived, Ok(XtsKey::Bits256(Sha256::digest([1; 16]).into())));
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
