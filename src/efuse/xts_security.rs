//! Flash encryption in the eFuses of the chips with XTS-AES: burning whole configurations.
//!
//! Source: ESP-IDF `components/bootloader_support/src/flash_encrypt.c` (`esp_flash_encryption_cfg_verify_release_mode`,
//! `esp_flash_encryption_set_release_mode`) and `src/esp32c3/flash_encryption_secure_features.c`, `src/esp32s3/` the same.
//! SOFT_DIS_JTAG stays clear: ESP-IDF burns it only together with an HMAC key that switches JTAG on again.

use super::bank::{BurnOutcome, EfuseBank};
use super::key_error::KeyError;
use super::keys::KeyProtection;
use super::purpose::KeyPurpose;
use super::security::FlashEncryption;
use crate::chip::{Chip, CipherSpec};

/// Bytes of one half of a key, and of a key block.
const BLOCK_LEN: usize = 32;

/// What ESP-IDF's development mode burns, as far as the chip has the fields.
const SWITCHES: &[&str] = &[
    "DIS_DOWNLOAD_ICACHE",
    "DIS_DOWNLOAD_DCACHE",
    "DIS_PAD_JTAG",
    "DIS_USB_JTAG",
    "DIS_DIRECT_BOOT",
];
/// What release mode burns besides; the second as Kconfig `SECURE_ENABLE_SECURE_ROM_DL_MODE`, its default, does.
const RELEASE_SWITCHES: &[&str] = &["DIS_DOWNLOAD_MANUAL_ENCRYPT", "ENABLE_SECURITY_DOWNLOAD"];
/// Write-protected in both modes: burned by an attacker it would keep the chip from booting.
const PROTECTED: &str = "DIS_ICACHE";

/// A flash encryption configuration of a chip with XTS-AES, to burn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XtsEncryption {
    /// The key file's bytes, as espsecure takes it: 32 for XTS-AES-128, 64 for XTS-AES-256. Empty to burn no key, because
    /// another burn does that.
    pub key_file: Vec<u8>,
    /// Key blocks for the key (0 is KEY0): one for every 32 bytes, or none to take the first free ones.
    pub slots: Vec<usize>,
    /// SPI_BOOT_CRYPT_CNT, three bits; encryption is on while the number of set bits is odd.
    pub crypt_cnt: u8,
    /// Burn the WR_DIS bit of SPI_BOOT_CRYPT_CNT.
    pub protect_crypt_cnt: bool,
    /// What to protect of the key blocks.
    pub key_protection: KeyProtection,
    /// Names of fields of one bit to burn; those that the chip lacks are left out.
    pub switches: Vec<&'static str>,
    /// Burn the WR_DIS bit of DIS_ICACHE and the fields that share it, the switches among them.
    pub protect_switches: bool,
}

impl XtsEncryption {
    /// What a device in the field has: everything switched off and protected, the counter full.
    pub fn release(key_file: &[u8]) -> Self {
        XtsEncryption {
            crypt_cnt: 7,
            protect_crypt_cnt: true,
            switches: [SWITCHES, RELEASE_SWITCHES].concat(),
            ..XtsEncryption::development(key_file)
        }
    }

    /// What ESP-IDF's development mode leaves: the counter can go on, and download mode can encrypt.
    pub fn development(key_file: &[u8]) -> Self {
        XtsEncryption {
            key_file: key_file.to_vec(),
            slots: Vec::new(),
            crypt_cnt: 1,
            protect_crypt_cnt: false,
            key_protection: KeyProtection::usual(KeyPurpose::XtsAes128Key),
            switches: SWITCHES.to_vec(),
            protect_switches: true,
        }
    }
}

/// A configuration of flash encryption by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptionMode {
    /// See [`FlashEncryption::development`] and [`XtsEncryption::development`].
    Development,
    /// See [`FlashEncryption::release`] and [`XtsEncryption::release`].
    Release,
}

/// The purposes of the blocks of a flash encryption key of `len` bytes.
///
/// # Errors
/// Where the chip takes no such key.
pub fn xts_purposes(chip: Chip, len: usize) -> Result<&'static [KeyPurpose], KeyError> {
    let CipherSpec::Xts { aes_256, derived } = chip.spec().flash_cipher else {
        return Err(KeyError::OtherChip {
            chip,
            what: "a flash encryption key for XTS-AES",
        });
    };
    match len {
        BLOCK_LEN => Ok(&[KeyPurpose::XtsAes128Key]),
        16 if derived => Ok(&[KeyPurpose::XtsAes128DerivedKey]),
        64 if aes_256 => Ok(&[KeyPurpose::XtsAes256Key1, KeyPurpose::XtsAes256Key2]),
        got => Err(KeyError::XtsLength {
            chip,
            got,
            aes_256,
            derived,
        }),
    }
}

impl EfuseBank {
    /// Burns what ESP-IDF burns in this mode, whichever cipher the chip has. On an error nothing is burned.
    ///
    /// # Errors
    /// As [`EfuseBank::burn_flash_encryption`] and [`EfuseBank::burn_xts_encryption`].
    pub fn burn_encryption_mode(
        &mut self,
        mode: EncryptionMode,
        key_file: &[u8],
    ) -> Result<(), KeyError> {
        match (self.chip(), mode) {
            (Chip::Esp32, EncryptionMode::Development) => {
                self.burn_flash_encryption(&FlashEncryption::development(key_file))
            }
            (Chip::Esp32, EncryptionMode::Release) => {
                self.burn_flash_encryption(&FlashEncryption::release(key_file))
            }
            (_, EncryptionMode::Development) => {
                self.burn_xts_encryption(&XtsEncryption::development(key_file))
            }
            (_, EncryptionMode::Release) => {
                self.burn_xts_encryption(&XtsEncryption::release(key_file))
            }
        }
    }

    /// Burns a flash encryption key of 32 (XTS-AES-128) or 64 bytes (XTS-AES-256) with its purposes, as
    /// `espefuse burn-key` does for `XTS_AES_128_KEY` and `XTS_AES_256_KEY`: the first half has purpose
    /// `XTS_AES_256_KEY_1`. `slots` names the key blocks; where it is empty, the first free ones are taken. On an error
    /// nothing is burned.
    ///
    /// # Errors
    /// Where the chip takes no such key, has one already, or a block cannot be burned.
    pub fn burn_xts_key(
        &mut self,
        key_file: &[u8],
        slots: &[usize],
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        let purposes = xts_purposes(self.chip(), key_file.len())?;
        // ESP-IDF, flash_encrypt.c: with keys of both kinds the chip does not work.
        let mut used = (0..self.key_slots()).filter_map(|slot| {
            let purpose = self.key_purpose(slot).filter(|purpose| purpose.is_xts())?;
            Some((self.key_field(slot)?.name, purpose))
        });
        if let Some((name, purpose)) = used.next() {
            return Err(KeyError::Duplicate { name, purpose });
        }
        if !slots.is_empty() && slots.len() != purposes.len() {
            let (got, wanted) = (slots.len(), purposes.len());
            return Err(KeyError::SlotCount { got, wanted });
        }
        let mut next = self.clone();
        for (index, (half, &purpose)) in key_file.chunks(BLOCK_LEN).zip(purposes).enumerate() {
            let chip = self.chip();
            let slot = slots.get(index).copied();
            let slot = match chip {
                // Its one key block has no purpose; whether it is free shows when it is burned.
                Chip::Esp32C2 => Some(slot.unwrap_or(0)),
                _ => slot.or_else(|| next.free_key_slot(purpose)),
            };
            let slot = slot.ok_or(KeyError::NoFreeSlot { chip, purpose })?;
            next.burn_key(slot, purpose, half, protection)?;
        }
        *self = next;
        Ok(())
    }

    /// Burns a whole flash encryption configuration of a chip with XTS-AES: the key first, then block 0 in one operation.
    /// On an error nothing is burned.
    ///
    /// # Errors
    /// Where a value does not fit, the key cannot be burned, or a protection that was burned earlier stands against it.
    pub fn burn_xts_encryption(&mut self, config: &XtsEncryption) -> Result<(), KeyError> {
        // Without a key, too, the chip must be one with XTS-AES.
        let has_key = !config.key_file.is_empty();
        let len = if has_key {
            config.key_file.len()
        } else {
            BLOCK_LEN
        };
        xts_purposes(self.chip(), len)?;
        let counter = self.table().crypt_cnt;
        if config.crypt_cnt >> counter.bits != 0 {
            return Err(KeyError::TooWide {
                name: counter.name,
                value: config.crypt_cnt,
            });
        }
        let mut next = self.clone();
        if has_key {
            next.burn_xts_key(&config.key_file, &config.slots, config.key_protection)?;
        }
        let words = self.block0_words(config);
        if next.burn_block(0, &words) == BurnOutcome::Protected {
            let name = next.first_protected(&words);
            return Err(KeyError::Protected { name });
        }
        *self = next;
        Ok(())
    }

    /// The bits to burn into block 0, by word.
    fn block0_words(&self, config: &XtsEncryption) -> Vec<u32> {
        let table = self.table();
        let mut words = vec![0; self.block_words(0)];
        let mut set = |bit: usize| {
            if let Some(word) = words.get_mut(bit / 32) {
                *word |= 1 << (bit % 32);
            }
        };
        let counter = (0..8).filter(|bit| config.crypt_cnt >> bit & 1 == 1);
        counter.for_each(|bit| set(table.crypt_cnt.bit + bit));
        let switches = config.switches.iter();
        let switches = switches.filter_map(|name| self.field(name).ok());
        switches.for_each(|field| set(field.bit));
        let protected = [
            (config.protect_crypt_cnt, table.crypt_cnt.wr_dis),
            (
                config.protect_switches,
                self.field(PROTECTED).ok().and_then(|field| field.wr_dis),
            ),
        ];
        for (wanted, bit) in protected {
            if let (true, Some(bit)) = (wanted, bit) {
                set(table.wr_dis.bit + bit as usize);
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::efuse::XtsKey;

    fn key(len: usize) -> Vec<u8> {
        (1..=len as u8).collect()
    }

    #[test]
    fn release_on_both_chips() {
        for (chip, len) in [
            (Chip::Esp32C3, 32),
            (Chip::Esp32S3, 32),
            (Chip::Esp32S3, 64),
        ] {
            let mut bank = EfuseBank::blank(chip);
            bank.burn_encryption_mode(EncryptionMode::Release, &key(len))
                .unwrap();
            assert!(bank.flash_encryption_enabled());
            assert_eq!(bank.get(&bank.table().crypt_cnt), 7);
            assert!(bank.is_write_protected(&bank.table().crypt_cnt));
            assert_eq!(bank.flash_xts_key().as_bytes(), key(len));
            for slot in 0..len / 32 {
                let (key, purpose) = (bank.key_field(slot), bank.key_purpose_field(slot));
                let (key, purpose) = (key.unwrap(), purpose.unwrap());
                assert!(bank.is_read_protected(key) && bank.is_write_protected(key));
                assert!(bank.is_write_protected(purpose));
            }
            for name in [SWITCHES, RELEASE_SWITCHES].concat() {
                if let Ok(field) = bank.field(name) {
                    assert_eq!(bank.get(field), 1, "{chip}: {name}");
                }
            }
            assert!(bank.is_write_protected(bank.field("DIS_ICACHE").unwrap()));
            assert_eq!(bank.get(bank.field("DIS_ICACHE").unwrap()), 0);
            assert!(!bank.is_write_protected(&bank.table().rd_dis));
            assert_eq!(bank.coding_errors(), []);
        }
    }

    #[test]
    fn development_leaves_the_counter() {
        let mut bank = EfuseBank::blank(Chip::Esp32C3);
        bank.burn_encryption_mode(EncryptionMode::Development, &key(32))
            .unwrap();
        let field = bank.field("DIS_DOWNLOAD_MANUAL_ENCRYPT").unwrap();
        assert_eq!(bank.get(field), 0);
        let counter = bank.table().crypt_cnt;
        assert_eq!(bank.burn(&counter, 2), Ok(BurnOutcome::Burned));
        assert!(!bank.flash_encryption_enabled());
    }

    #[test]
    fn blocks_can_be_chosen() {
        let mut bank = EfuseBank::blank(Chip::Esp32S3);
        let config = XtsEncryption {
            slots: vec![4, 1],
            ..XtsEncryption::release(&key(64))
        };
        bank.burn_xts_encryption(&config).unwrap();
        assert_eq!(bank.key_purpose(4), Some(KeyPurpose::XtsAes256Key1));
        assert_eq!(bank.key_purpose(1), Some(KeyPurpose::XtsAes256Key2));
        let XtsKey::Aes256(whole) = bank.flash_xts_key() else {
            panic!("{:?}", bank.flash_xts_key());
        };
        assert_eq!(whole[..], key(64));
    }

    #[test]
    fn what_cannot_be_burned_is_named() {
        let text = |chip, len, change: fn(&mut XtsEncryption)| {
            let mut bank = EfuseBank::blank(chip);
            bank.write_protect(bank.field("KEY_PURPOSE_3").unwrap());
            let before = bank.clone();
            let mut config = XtsEncryption::release(&key(len));
            change(&mut config);
            let error = bank.burn_xts_encryption(&config).unwrap_err();
            assert_eq!(bank, before);
            error.to_string()
        };
        assert_eq!(
            text(Chip::Esp32C3, 64, |_| {}),
            "flash encryption key of 64 bytes: esp32c3 takes 32 bytes (XTS-AES-128); it has no XTS-AES-256"
        );
        assert_eq!(
            text(Chip::Esp32S3, 24, |_| {}),
            "flash encryption key of 24 bytes: esp32s3 takes 32 bytes (XTS-AES-128) or 64 bytes (XTS-AES-256)"
        );
        assert_eq!(
            text(Chip::Esp32S3, 64, |config| config.slots = vec![1]),
            "1 key blocks named for a key of 2 blocks"
        );
        assert!(text(Chip::Esp32S3, 64, |config| config.slots = vec![1, 1]).contains("in use"));
        assert!(text(Chip::Esp32C3, 32, |config| config.slots = vec![5]).contains("fault"));
        assert_eq!(
            text(Chip::Esp32C3, 32, |config| config.slots = vec![3]),
            "eFuse field KEY_PURPOSE_3 is write-protected"
        );
        assert_eq!(
            text(Chip::Esp32C3, 32, |config| config.crypt_cnt = 8),
            "value 0x8 does not fit eFuse field SPI_BOOT_CRYPT_CNT"
        );
        let mut esp32 = EfuseBank::blank(Chip::Esp32);
        let error = esp32.burn_xts_encryption(&XtsEncryption::release(&key(32)));
        assert!(matches!(error, Err(KeyError::OtherChip { .. })));
    }

    #[test]
    fn one_key_only() {
        let mut bank = EfuseBank::blank(Chip::Esp32S3);
        bank.burn_xts_key(&key(32), &[], KeyProtection::NONE)
            .unwrap();
        let error = bank.burn_xts_key(&key(64), &[], KeyProtection::NONE);
        let purpose = KeyPurpose::XtsAes128Key;
        let name = "BLOCK_KEY0";
        assert_eq!(error, Err(KeyError::Duplicate { name, purpose }));
        let mut full = EfuseBank::blank(Chip::Esp32C3);
        for slot in 0..5 {
            full.burn_key(slot, KeyPurpose::User, &[7; 32], KeyProtection::NONE)
                .unwrap();
        }
        let error = full.burn_xts_key(&key(32), &[], KeyProtection::NONE);
        assert!(matches!(error, Err(KeyError::NoFreeSlot { .. })));
    }
}
