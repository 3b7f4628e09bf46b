//! What is odd about eFuses: states that no working chip has, and files that have lost a key.

use std::fmt;

use super::bank::EfuseBank;
use super::coding::CodingScheme;
use super::identity::mac_crc;
use super::purpose::KeyPurpose;
use super::tables::{esp32, esp32c2};
use crate::chip::{Chip, ChipRevision};

/// Something in a file that a real chip would not have, or that makes it useless as a donor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EfuseWarning {
    /// The CRC of the factory MAC address is wrong; boot messages and `esp_efuse_mac_get_default` complain. A blank
    /// address (zeros) is fine.
    MacCrc {
        /// The stored CRC.
        stored: u8,
        /// What it should be.
        computed: u8,
    },
    /// The CRC of the custom MAC address is wrong.
    CustomMacCrc,
    /// Check bytes of the coding scheme are wrong.
    Coding {
        /// Number of the block.
        block: usize,
        /// Number of the unit in the block.
        unit: usize,
    },
    /// The block is read-protected and all zero, as software reads it: the file lacks what the chip has. espefuse zeroes
    /// such blocks in its files too.
    LostKey {
        /// Number of the block.
        block: usize,
    },
    /// A key block has a purpose that the chip does not know.
    UnknownPurpose {
        /// Field name of the key block.
        name: &'static str,
        /// The code.
        code: u8,
    },
    /// Two key blocks have a purpose of which the hardware takes one key.
    SamePurpose {
        /// Field names of the key blocks.
        names: [&'static str; 2],
        /// The purpose.
        purpose: KeyPurpose,
    },
    /// There are flash keys for XTS-AES-128 and XTS-AES-256, or half of the latter.
    MixedFlashKeys,
    /// Flash encryption is on without a key.
    EncryptionWithoutKey,
    /// Secure boot is on without a key or digest: the chip boots nothing any more.
    SecureBootWithoutKey {
        /// Name of the field that switches it on.
        name: &'static str,
    },
    /// A digest of secure boot is hidden from ROM.
    HiddenDigest {
        /// Field name of the block.
        name: &'static str,
    },
    /// The coding scheme is one that Espressif's tools refuse.
    Scheme {
        /// The scheme.
        scheme: CodingScheme,
    },
    /// MAC address and chip revision are all zero on a chip other than the ESP32: the file is a blank one, or another
    /// chip's.
    BlankIdentity {
        /// The chip.
        chip: Chip,
    },
}

impl fmt::Display for EfuseWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EfuseWarning::MacCrc { stored, computed } => write!(
                f,
                "CRC of the factory MAC address is {stored:#04x}, it should be {computed:#04x}"
            ),
            EfuseWarning::CustomMacCrc => f.write_str("CRC of the custom MAC address is wrong"),
            EfuseWarning::Coding { block, unit } => {
                write!(f, "check bytes of block {block}, unit {unit} are wrong")
            }
            EfuseWarning::LostKey { block } => write!(
                f,
                "block {block} is read-protected and all zero, as software sees it: the file cannot stand for a chip with a key there"
            ),
            EfuseWarning::UnknownPurpose { name, code } => {
                write!(f, "{name} has a purpose that the chip does not know: {code}")
            }
            EfuseWarning::SamePurpose { names: [first, second], purpose } => write!(
                f,
                "{first} and {second} both have the purpose {purpose}: the hardware takes one key of it"
            ),
            EfuseWarning::MixedFlashKeys => f.write_str(
                "flash keys for XTS-AES-128 and XTS-AES-256 are mixed, or one half is missing: the chip does not work",
            ),
            EfuseWarning::EncryptionWithoutKey => {
                f.write_str("flash encryption is on, but there is no key: it is all zeros")
            }
            EfuseWarning::SecureBootWithoutKey { name } => write!(
                f,
                "{name} is set, but there is no key or digest: such a chip boots nothing"
            ),
            EfuseWarning::HiddenDigest { name } => write!(
                f,
                "{name} holds a digest of secure boot and is read-protected: such a chip boots nothing"
            ),
            EfuseWarning::Scheme { scheme } => {
                write!(
                    f,
                    "coding scheme {scheme} is not supported by Espressif's tools"
                )
            }
            EfuseWarning::BlankIdentity { chip } => write!(
                f,
                "MAC address and chip revision are blank, as on no real {chip}: software may refuse revision v0.0"
            ),
        }
    }
}

/// What is odd about the eFuses of a file.
pub(super) fn warnings(bank: &EfuseBank) -> Vec<EfuseWarning> {
    let mut warnings = Vec::new();
    if !bank.mac_crc_is_valid() {
        warnings.push(EfuseWarning::MacCrc {
            stored: bank.get(&esp32::MAC_CRC) as u8,
            computed: mac_crc(bank.mac()),
        });
    }
    if bank.custom_mac().is_some() && !bank.custom_mac_crc_is_valid() {
        warnings.push(EfuseWarning::CustomMacCrc);
    }
    let scheme = bank.coding_scheme();
    if scheme == CodingScheme::Repeat {
        warnings.push(EfuseWarning::Scheme { scheme });
    }
    let coding = bank.coding_errors().into_iter();
    warnings.extend(coding.map(|(block, unit)| EfuseWarning::Coding { block, unit }));
    for (block, spec) in bank.table().blocks.iter().enumerate() {
        let hidden = spec.rd_dis.is_some_and(|bit| bank.rd_dis() >> bit & 1 == 1);
        if hidden && bank.is_blank(block) {
            warnings.push(EfuseWarning::LostKey { block });
        }
    }
    let lost = |warning: &EfuseWarning| matches!(warning, EfuseWarning::LostKey { .. });
    // Of the C2's one key block each half is hidden by itself.
    if let (true, Some(field)) = (bank.flash_key_is_unseen(), bank.flash_key_fields().first())
        && !warnings.iter().any(lost)
    {
        warnings.push(EfuseWarning::LostKey { block: field.block });
    }
    let blank = bank.mac_is_blank() && bank.revision() == ChipRevision::new(0, 0);
    if blank && bank.chip() != Chip::Esp32 {
        warnings.push(EfuseWarning::BlankIdentity { chip: bank.chip() });
    }
    key_warnings(bank, &mut warnings);
    flash_warnings(bank, &mut warnings);
    boot_warnings(bank, &mut warnings);
    warnings
}

/// Purposes without a meaning, and purposes given twice.
fn key_warnings(bank: &EfuseBank, warnings: &mut Vec<EfuseWarning>) {
    let purposes: Vec<_> = (0..bank.key_slots())
        .filter_map(|slot| Some((bank.key_field(slot)?.name, bank.key_purpose(slot)?)))
        .collect();
    for (index, &(name, purpose)) in purposes.iter().enumerate() {
        if let KeyPurpose::Other(code) = purpose
            && bank.purpose_code(purpose).is_none()
        {
            warnings.push(EfuseWarning::UnknownPurpose { name, code });
        }
        let mut before = purposes.iter().take(index);
        if purpose.is_unique()
            && let Some(&(first, _)) = before.find(|(_, other)| *other == purpose)
        {
            let names = [first, name];
            warnings.push(EfuseWarning::SamePurpose { names, purpose });
        }
    }
}

fn flash_warnings(bank: &EfuseBank, warnings: &mut Vec<EfuseWarning>) {
    let has = |purpose| bank.key_slot_of(purpose).is_some();
    let halves = [KeyPurpose::XtsAes256Key1, KeyPurpose::XtsAes256Key2].map(has);
    let whole = has(KeyPurpose::XtsAes128Key);
    if halves[0] != halves[1] || (halves[0] && whole) {
        warnings.push(EfuseWarning::MixedFlashKeys);
    }
    let blank = match bank.chip() {
        Chip::Esp32 => bank.is_blank(1),
        Chip::Esp32C2 => bank.is_blank(esp32c2::BLOCK_KEY0_LOW_128.block),
        _ => !whole && !halves[0] && !halves[1],
    };
    if bank.flash_encryption_enabled() && blank && !bank.flash_key_is_unseen() {
        warnings.push(EfuseWarning::EncryptionWithoutKey);
    }
}

/// Secure boot that cannot succeed. A block that is hidden and zero is another warning.
fn boot_warnings(bank: &EfuseBank, warnings: &mut Vec<EfuseWarning>) {
    let on = |name| bank.field(name).is_ok_and(|field| bank.get(field) != 0);
    let switches = ["ABS_DONE_0", "ABS_DONE_1", "SECURE_BOOT_EN"];
    let Some(name) = switches.into_iter().find(|name| on(name)) else {
        return;
    };
    let digests = [
        KeyPurpose::SecureBootDigest0,
        KeyPurpose::SecureBootDigest1,
        KeyPurpose::SecureBootDigest2,
    ];
    let mut slots = digests
        .into_iter()
        .filter_map(|purpose| bank.key_slot_of(purpose));
    let field = match bank.chip() {
        Chip::Esp32 => Some(&esp32::BLOCK2),
        Chip::Esp32C2 => Some(&esp32c2::BLOCK_KEY0_HI_128),
        _ => slots.next().and_then(|slot| bank.key_field(slot)),
    };
    let Some(field) = field else {
        warnings.push(EfuseWarning::SecureBootWithoutKey { name });
        return;
    };
    let hidden = bank.is_read_protected(field);
    if bank.get_bytes(field).iter().all(|&byte| byte == 0) && !hidden {
        warnings.push(EfuseWarning::SecureBootWithoutKey { name });
    }
    // Secure boot v1 of the ESP32 keeps its key from software; only the hardware reads it.
    if hidden && name != "ABS_DONE_0" {
        let name = field.name;
        warnings.push(EfuseWarning::HiddenDigest { name });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::efuse::{BurnPlan, EncryptionMode, KeyProtection};

    fn bank(chip: Chip) -> EfuseBank {
        EfuseBank::factory(chip, ChipRevision::new(1, 0), [0x24, 0x0A, 0xC4, 1, 2, 3])
    }

    fn set(bank: &mut EfuseBank, name: &str, value: u8) {
        let plan = BurnPlan {
            fields: vec![(bank.field(name).unwrap(), vec![value])],
            force: true,
            ..BurnPlan::default()
        };
        bank.burn_plan(&plan).unwrap();
    }

    fn texts(bank: &EfuseBank) -> Vec<String> {
        let found = warnings(bank);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn factory_chips_have_none() {
        for chip in Chip::ALL {
            assert_eq!(texts(&bank(chip)), Vec::<String>::new(), "{chip}");
        }
    }

    #[test]
    fn impossible_keys() {
        let mut c3 = bank(Chip::Esp32C3);
        set(&mut c3, "KEY_PURPOSE_0", 4);
        set(&mut c3, "KEY_PURPOSE_1", 4);
        set(&mut c3, "KEY_PURPOSE_2", 14);
        assert_eq!(
            texts(&c3),
            [
                "BLOCK_KEY0 and BLOCK_KEY1 both have the purpose XTS_AES_128_KEY: the hardware takes one key of it",
                "BLOCK_KEY2 has a purpose that the chip does not know: 14"
            ]
        );
        let mut s3 = bank(Chip::Esp32S3);
        set(&mut s3, "KEY_PURPOSE_0", 2);
        assert!(texts(&s3)[0].contains("one half is missing"));
    }

    #[test]
    fn switches_without_keys() {
        for (chip, counter) in [
            (Chip::Esp32, "FLASH_CRYPT_CNT"),
            (Chip::Esp32C2, "SPI_BOOT_CRYPT_CNT"),
            (Chip::Esp32H4, "SPI_BOOT_CRYPT_CNT"),
        ] {
            let mut bank = bank(chip);
            set(&mut bank, counter, 1);
            assert!(texts(&bank)[0].contains("there is no key"), "{chip}");
        }
        for (chip, switch) in [
            (Chip::Esp32, "ABS_DONE_0"),
            (Chip::Esp32, "ABS_DONE_1"),
            (Chip::Esp32C2, "SECURE_BOOT_EN"),
            (Chip::Esp32P4, "SECURE_BOOT_EN"),
        ] {
            let mut bank = bank(chip);
            set(&mut bank, switch, 1);
            let wanted = format!("{switch} is set, but there is no key or digest");
            assert!(texts(&bank)[0].starts_with(&wanted), "{chip}");
        }
    }

    /// A dump of a well-made chip has zeros in place of its key, and is no chip without one.
    #[test]
    fn hidden_keys_are_missing_from_the_file_not_from_the_chip() {
        for chip in [Chip::Esp32, Chip::Esp32C2, Chip::Esp32C3, Chip::Esp32S3] {
            let mut bank = bank(chip);
            bank.burn_encryption_mode(EncryptionMode::Release, &[7; 32])
                .unwrap();
            assert!(!bank.flash_key_is_unseen(), "{chip}");
            assert_eq!(texts(&bank), Vec::<String>::new(), "{chip}");
            let dump = bank.readable_part();
            assert!(dump.flash_key_is_unseen(), "{chip}");
            let found = texts(&dump);
            assert_eq!(found.len(), 1, "{chip}: {found:?}");
            assert!(found[0].contains("is read-protected and all zero"));
        }
    }

    #[test]
    fn hidden_digest() {
        let mut bank = bank(Chip::Esp32C6);
        let hidden = KeyProtection {
            read: true,
            ..KeyProtection::NONE
        };
        bank.burn_key(0, KeyPurpose::SecureBootDigest0, &[7; 32], hidden)
            .unwrap();
        set(&mut bank, "SECURE_BOOT_EN", 1);
        let wanted = "BLOCK_KEY0 holds a digest of secure boot and is read-protected: such a chip boots nothing";
        assert_eq!(texts(&bank), [wanted]);
    }
}
