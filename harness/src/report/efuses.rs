//! What a report says about a chip's eFuses, without showing keys.

use cloneproof::chip::Chip;
use cloneproof::efuse::tables::esp32;
use cloneproof::efuse::{EfuseBank, Field, KeyPurpose, XtsKey};
use cloneproof::hex;
use sha2::{Digest, Sha256};

use super::model::EfuseReport;
use super::outcome::{Cipher, Key};
use crate::base::text::mac;

/// Purposes of the key blocks that hold a flash encryption key.
const XTS: [KeyPurpose; 3] = [
    KeyPurpose::XtsAes128Key,
    KeyPurpose::XtsAes256Key1,
    KeyPurpose::XtsAes256Key2,
];

/// The eFuses that matter for cloning.
pub fn efuse_report(bank: &EfuseBank) -> EfuseReport {
    let blocks = key_blocks(bank);
    let all = |is: &dyn Fn(&Field) -> bool| !blocks.is_empty() && blocks.iter().all(is);
    let (cipher, key) = cipher_and_key(bank);
    let blank = blocks.iter().all(|field| bank.is_blank(field.block));
    let unseen = bank.flash_key_is_unseen();
    EfuseReport {
        revision: bank.revision().to_string(),
        mac: mac(bank.mac()),
        flash_encryption: bank.flash_encryption_enabled(),
        flash_crypt_cnt: bank.get(&bank.table().crypt_cnt),
        flash_crypt_config: bank.flash_crypt_config(),
        cipher,
        coding_scheme: bank.coding_scheme(),
        key: if unseen {
            Key::Unknown
        } else if blank {
            Key::Blank
        } else {
            Key::Named(hex::encode(&Sha256::digest(key)[..4]))
        },
        key_read_protected: all(&|field| bank.is_read_protected(field)),
        key_write_protected: all(&|field| bank.is_write_protected(field)),
    }
}

/// The blocks that hold the flash encryption key.
fn key_blocks(bank: &EfuseBank) -> Vec<Field> {
    if bank.chip() == Chip::Esp32 {
        return vec![esp32::BLOCK1];
    }
    let slots = (0..bank.key_slots()).filter(|slot| {
        let purpose = bank.key_purpose(*slot);
        purpose.is_some_and(|purpose| XTS.contains(&purpose))
    });
    slots
        .filter_map(|slot| bank.key_field(slot).copied())
        .collect()
}

fn cipher_and_key(bank: &EfuseBank) -> (Cipher, Vec<u8>) {
    if bank.chip() == Chip::Esp32 {
        return (Cipher::Aes256, bank.flash_key().to_vec());
    }
    let key = bank.flash_xts_key();
    let cipher = match key {
        XtsKey::Aes128(_) => Cipher::XtsAes128,
        XtsKey::Aes256(_) => Cipher::XtsAes256,
    };
    (cipher, key.as_bytes().to_vec())
}

/// What a run burned. Bits of keys are not shown.
pub fn burned(before: &EfuseBank, after: &EfuseBank) -> Vec<String> {
    before
        .fields()
        .iter()
        .filter(|field| before.get_bytes(field) != after.get_bytes(field))
        .map(|field| match field.bits {
            0..=64 => format!(
                "{}: {:#x} -> {:#x}",
                field.name,
                before.get(field),
                after.get(field)
            ),
            _ => field.name.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloneproof::chip::ChipRevision;
    use cloneproof::efuse::EncryptionMode;

    fn report(chip: Chip, key: &[u8]) -> EfuseReport {
        let mut bank = EfuseBank::factory(chip, ChipRevision::new(0, 3), [2, 0, 0, 0, 0, 1]);
        if !key.is_empty() {
            bank.burn_encryption_mode(EncryptionMode::Release, key)
                .unwrap();
        }
        efuse_report(&bank)
    }

    #[test]
    fn keys_of_every_chip_have_a_name_and_protections() {
        for (chip, len, cipher) in [
            (Chip::Esp32, 32, Cipher::Aes256),
            (Chip::Esp32C3, 32, Cipher::XtsAes128),
            (Chip::Esp32S3, 32, Cipher::XtsAes128),
            (Chip::Esp32S3, 64, Cipher::XtsAes256),
        ] {
            let told = report(chip, &vec![7; len]);
            assert_eq!(told.cipher, cipher);
            assert!(told.flash_encryption && told.flash_crypt_cnt != 0);
            assert!(told.key_read_protected && told.key_write_protected);
            // The name is the key's, not the chip's.
            let name = hex::encode(&Sha256::digest(vec![7; len])[..4]);
            assert_eq!(told.key, Key::Named(name));
        }
    }

    /// A hidden key reads as zeros: nobody can say that there is none.
    #[test]
    fn a_hidden_key_of_zeros_is_unknown() {
        for chip in Chip::BOOTABLE {
            assert_eq!(report(chip, &[0; 32]).key, Key::Unknown);
        }
    }

    #[test]
    fn a_blank_chip_has_no_key() {
        for chip in Chip::BOOTABLE {
            let told = report(chip, &[]);
            assert_eq!((told.key, told.flash_encryption), (Key::Blank, false));
            assert!(!told.key_read_protected && !told.key_write_protected);
        }
    }
}
