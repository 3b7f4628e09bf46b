//! Flash encryption in the eFuses: the key as the cipher gets it, the switches, and burning whole configurations.

use super::bank::{BurnOutcome, EfuseBank};
use super::coding::{CODED_LEN, CodingScheme, PAYLOAD_LEN_3_4};
use super::field::Field;
use super::key_error::KeyError;
use super::purpose::KeyPurpose;
use super::tables::{esp32, esp32c2};
use crate::chip::Chip;

/// A flash encryption configuration to burn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashEncryption {
    /// The key file's bytes, as espsecure takes it: 32, or 24 with the 3/4 coding scheme.
    pub key_file: Vec<u8>,
    /// FLASH_CRYPT_CONFIG, four bits.
    pub crypt_config: u8,
    /// FLASH_CRYPT_CNT, seven bits; encryption is on while the number of set bits is odd.
    pub crypt_cnt: u8,
    /// Burn the WR_DIS bit of FLASH_CRYPT_CNT.
    pub protect_crypt_cnt: bool,
    /// Burn the WR_DIS bit of FLASH_CRYPT_CONFIG and CODING_SCHEME.
    pub protect_crypt_config: bool,
    /// Hide the key from software.
    pub read_protect_key: bool,
    /// Write-protect the key.
    pub write_protect_key: bool,
    /// Burn DISABLE_DL_ENCRYPT.
    pub disable_dl_encrypt: bool,
    /// Burn DISABLE_DL_DECRYPT.
    pub disable_dl_decrypt: bool,
    /// Burn DISABLE_DL_CACHE.
    pub disable_dl_cache: bool,
    /// Burn JTAG_DISABLE.
    pub disable_jtag: bool,
    /// Burn CONSOLE_DEBUG_DISABLE.
    pub disable_console: bool,
}

impl FlashEncryption {
    /// What a device in the field has: everything switched off and protected, the counter odd.
    ///
    /// Source: ESP-IDF `components/bootloader_support/src/flash_encrypt.c`
    /// (`esp_flash_encryption_cfg_verify_release_mode`) and `src/esp32/flash_encryption_secure_features.c`.
    pub fn release(key_file: &[u8]) -> Self {
        FlashEncryption {
            key_file: key_file.to_vec(),
            crypt_config: 0xF,
            crypt_cnt: 1,
            protect_crypt_cnt: true,
            protect_crypt_config: false,
            read_protect_key: true,
            write_protect_key: true,
            disable_dl_encrypt: true,
            disable_dl_decrypt: true,
            disable_dl_cache: true,
            disable_jtag: true,
            disable_console: true,
        }
    }

    /// What ESP-IDF's development mode leaves: the counter can go on, and download mode can encrypt.
    pub fn development(key_file: &[u8]) -> Self {
        FlashEncryption {
            protect_crypt_cnt: false,
            disable_dl_encrypt: false,
            ..FlashEncryption::release(key_file)
        }
    }

    /// The bits to burn into block 0, by word.
    fn block0_words(&self) -> [u32; 7] {
        let mut words = [0; 7];
        let mut set = |wanted: bool, bit: usize| {
            words[bit / 32] |= u32::from(wanted) << (bit % 32);
        };
        let wr_dis = |field: Field| esp32::WR_DIS.bit + field.wr_dis.unwrap_or(0) as usize;
        let rd_dis = |field: Field| esp32::RD_DIS.bit + field.rd_dis.unwrap_or(0) as usize;
        set(self.protect_crypt_cnt, wr_dis(esp32::FLASH_CRYPT_CNT));
        set(self.protect_crypt_config, wr_dis(esp32::FLASH_CRYPT_CONFIG));
        set(self.write_protect_key, wr_dis(esp32::BLOCK1));
        set(self.read_protect_key, rd_dis(esp32::BLOCK1));
        set(self.disable_dl_encrypt, esp32::DISABLE_DL_ENCRYPT.bit);
        set(self.disable_dl_decrypt, esp32::DISABLE_DL_DECRYPT.bit);
        set(self.disable_dl_cache, esp32::DISABLE_DL_CACHE.bit);
        set(self.disable_jtag, esp32::JTAG_DISABLE.bit);
        set(self.disable_console, esp32::CONSOLE_DEBUG_DISABLE.bit);
        for bit in 0..8 {
            let (cnt, config) = (self.crypt_cnt >> bit & 1, self.crypt_config >> bit & 1);
            set(cnt == 1, esp32::FLASH_CRYPT_CNT.bit + bit);
            set(config == 1, esp32::FLASH_CRYPT_CONFIG.bit + bit);
        }
        words
    }
}

impl EfuseBank {
    /// Whether flash encryption is on: FLASH_CRYPT_CNT (ESP32) or SPI_BOOT_CRYPT_CNT has an odd number of set bits.
    pub fn flash_encryption_enabled(&self) -> bool {
        self.get(&self.table().crypt_cnt).count_ones() % 2 == 1
    }

    /// FLASH_CRYPT_CONFIG as the ESP32's cipher uses it (read protection ignored): four bits. Zero on other chips.
    pub fn flash_crypt_config(&self) -> u8 {
        match self.chip() {
            Chip::Esp32 => self.get(&esp32::FLASH_CRYPT_CONFIG) as u8,
            _ => 0,
        }
    }

    /// The AES key of the ESP32's flash cipher as the hardware takes it from block 1, in the byte order of a key file;
    /// coding and the extension of a 192-bit key applied. Of no use for other chips: see [`EfuseBank::flash_xts_key`].
    ///
    /// Inferred for the repeat scheme, which Espressif's tools refuse: the 128 payload bits, the rest zero.
    pub fn flash_key(&self) -> [u8; 32] {
        let payload = self.payload(1);
        if self.coding_scheme() == CodingScheme::ThreeQuarter {
            let mut key = [0; PAYLOAD_LEN_3_4];
            key.copy_from_slice(&payload[..PAYLOAD_LEN_3_4]);
            key.reverse();
            return extend_192_bit_key(&key);
        }
        let mut key = payload;
        key.reverse();
        key
    }

    /// The fields of the blocks that hold the flash encryption key: block 1 of the ESP32, elsewhere the key blocks with an
    /// XTS purpose, none where there is no key.
    pub fn flash_key_fields(&self) -> Vec<&'static Field> {
        if self.chip() == Chip::Esp32 {
            return vec![&esp32::BLOCK1];
        }
        if self.chip() == Chip::Esp32C2 {
            let upper = self.get(&esp32c2::XTS_KEY_LENGTH_256) == 1;
            let upper = upper.then_some(&esp32c2::BLOCK_KEY0_HI_128);
            let lower = std::iter::once(&esp32c2::BLOCK_KEY0_LOW_128);
            return lower.chain(upper).collect();
        }
        (0..self.key_slots())
            .filter(|&slot| self.key_purpose(slot).is_some_and(KeyPurpose::is_xts))
            .filter_map(|slot| self.key_field(slot))
            .collect()
    }

    /// Whether a field is hidden from software and all zero here. What the chip holds is unknown then: whoever read its
    /// eFuses got zeros in place of a key, and only who burned zeros knows that they are the key.
    pub fn is_unseen(&self, field: &Field) -> bool {
        self.is_read_protected(field) && self.get_bytes(field).iter().all(|&byte| byte == 0)
    }

    /// Whether the flash encryption key, or a part of it, is unknown: see [`EfuseBank::is_unseen`].
    pub fn flash_key_is_unseen(&self) -> bool {
        let fields = self.flash_key_fields();
        fields.into_iter().any(|field| self.is_unseen(field))
    }

    /// The key that the flash encryption hardware gets, in the byte order of a key file: 32 bytes, or 64 for XTS-AES-256.
    pub fn flash_key_bytes(&self) -> Vec<u8> {
        match self.chip() {
            Chip::Esp32 => self.flash_key().to_vec(),
            _ => self.flash_xts_key().as_bytes().to_vec(),
        }
    }

    /// Burns a flash encryption key into block 1 as `espefuse burn-key flash_encryption` does: bytes reversed, coding
    /// applied. `key_file` holds 32 bytes, or 24 with the 3/4 coding scheme. Protects nothing.
    ///
    /// # Errors
    /// Where the length does not fit, or block 1 is in use or write-protected.
    pub fn burn_flash_key(&mut self, key_file: &[u8]) -> Result<(), KeyError> {
        if self.chip() != Chip::Esp32 {
            return Err(KeyError::OtherChip {
                chip: self.chip(),
                what: "the ESP32's flash encryption key of block 1",
            });
        }
        let payload = self.key_payload(key_file)?;
        if self.stored(1).iter().any(|&byte| byte != 0) {
            return Err(KeyError::InUse);
        }
        match self.burn_payload(1, &payload) {
            Some(BurnOutcome::Burned) => Ok(()),
            Some(BurnOutcome::Protected) => Err(KeyError::Protected {
                name: esp32::BLOCK1.name,
            }),
            None => Err(KeyError::InUse),
        }
    }

    fn key_payload(&self, key_file: &[u8]) -> Result<[u8; CODED_LEN], KeyError> {
        let scheme = self.coding_scheme();
        if scheme == CodingScheme::Repeat {
            return Err(KeyError::Scheme { scheme });
        }
        let (got, wanted) = (key_file.len(), scheme.payload_len());
        if got != wanted {
            return Err(KeyError::Length {
                got,
                wanted,
                scheme,
            });
        }
        let mut payload = [0; CODED_LEN];
        for (to, byte) in payload.iter_mut().zip(key_file.iter().rev()) {
            *to = *byte;
        }
        Ok(payload)
    }

    /// Burns a whole flash encryption configuration: the key first, then block 0 in one operation. On an error nothing
    /// is burned.
    ///
    /// # Errors
    /// Where a value does not fit, block 1 is in use, or a protection that was burned earlier stands against it.
    pub fn burn_flash_encryption(&mut self, config: &FlashEncryption) -> Result<(), KeyError> {
        let limits = [
            (&esp32::FLASH_CRYPT_CNT, config.crypt_cnt),
            (&esp32::FLASH_CRYPT_CONFIG, config.crypt_config),
        ];
        for (field, value) in limits {
            if value >> field.bits != 0 {
                return Err(KeyError::TooWide {
                    name: field.name,
                    value,
                });
            }
        }
        let mut next = self.clone();
        next.burn_flash_key(&config.key_file)?;
        let words = config.block0_words();
        if next.burn_block(0, &words) == BurnOutcome::Protected {
            let name = self.first_protected(&words);
            return Err(KeyError::Protected { name });
        }
        *self = next;
        Ok(())
    }

    /// The name of the first write-protected field of block 0 that `words` would change.
    pub(super) fn first_protected(&self, words: &[u32]) -> &'static str {
        let changes = |field: &&Field| {
            field.block == 0
                && self.is_write_protected(field)
                && words
                    .iter()
                    .enumerate()
                    .any(|(word, bits)| bits & field.mask(word) & !self.hardware_word(0, word) != 0)
        };
        self.fields()
            .iter()
            .find(changes)
            .map_or("BLOCK0", |field| field.name)
    }
}

/// The 32-byte AES key that a 24-byte key file stands for (esptool `espsecure`, `_load_hardware_key`): its middle eight
/// bytes follow once more.
pub fn extend_192_bit_key(key: &[u8; 24]) -> [u8; 32] {
    let mut extended = [0; 32];
    extended[..24].copy_from_slice(key);
    extended[24..].copy_from_slice(&key[8..16]);
    extended
}

#[cfg(test)]
mod tests;
