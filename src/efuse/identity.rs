//! What tells one chip from another: revision, factory MAC address, custom MAC address.

use super::bank::{BurnOutcome, EfuseBank};
use super::coding::CODED_LEN;
use super::tables::{RevisionFields, esp32};
use crate::chip::{Chip, ChipRevision};

/// MAC_VERSION of a block 3 that holds a custom MAC address (esptool `espefuse/efuse_defs/esp32.yaml`).
const MAC_VERSION_CUSTOM: u8 = 1;
/// Byte of block 3's payload that holds MAC_VERSION.
const MAC_VERSION_BYTE: usize = esp32::MAC_VERSION.bit / 8;
/// Highest WAFER_VERSION_MINOR of the ESP32, a field of two bits.
const MAX_MINOR: u8 = 3;

/// A custom MAC address that cannot be burned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CustomMacError {
    /// Block 3 holds something already, and its coding allows one burn only.
    #[error("block 3 is coded and not blank: a custom MAC address cannot be added")]
    CodedBlockInUse,
    /// The chip's table has no field for it.
    #[error("no eFuse field for a custom MAC address is known for {chip}")]
    NoField {
        /// The chip.
        chip: Chip,
    },
}

impl EfuseBank {
    /// A bank as it leaves the factory: MAC (ESP32: with CRC) and chip revision burned, nothing else.
    ///
    /// The ESP32 has revisions v0, v1, v2 and v3 with minor versions 0 to 3, most others major versions 0 to 3 with minor
    /// versions 0 to 15; higher numbers than the fields hold count as the highest.
    pub fn factory(chip: Chip, revision: ChipRevision, mac: [u8; 6]) -> Self {
        let mut bank = EfuseBank::blank(chip);
        let [m0, m1, m2, m3, m4, m5] = mac;
        let number = u64::from_be_bytes([0, 0, m0, m1, m2, m3, m4, m5]);
        bank.set_field(&bank.table().mac, number);
        match bank.table().revision {
            RevisionFields::Esp32 => bank.set_esp32_identity(revision, mac),
            RevisionFields::Wafer(fields) => {
                for (field, value) in fields.split(revision) {
                    bank.set_field(&field, value);
                }
            }
        }
        bank
    }

    fn set_esp32_identity(&mut self, revision: ChipRevision, mac: [u8; 6]) {
        self.set_field(&esp32::MAC_CRC, mac_crc(mac).into());
        self.set_field(&esp32::CHIP_VER_REV1, (revision.major >= 1).into());
        self.set_field(&esp32::CHIP_VER_REV2, (revision.major >= 2).into());
        let minor = revision.minor.min(MAX_MINOR);
        self.set_field(&esp32::WAFER_VERSION_MINOR, minor.into());
        self.set_apb_ctrl_date_bit31(revision.major >= 3);
    }

    /// The chip revision that the eFuses tell (ESP32: with the APB_CTRL_DATE bit that belongs to it).
    ///
    /// Combinations that mean nothing count as revision 0, as in ESP-IDF `components/hal/<chip>/efuse_hal.c`.
    pub fn revision(&self) -> ChipRevision {
        match self.table().revision {
            RevisionFields::Esp32 => self.esp32_revision(),
            RevisionFields::Wafer(fields) => {
                let calibration = fields.first_if_1_1.as_ref();
                let calibration = calibration.map(|(a, b)| (self.get(a), self.get(b)));
                if self.get(&fields.minor_low) == 0 && calibration == Some((1, 1)) {
                    return ChipRevision::new(0, 0);
                }
                fields.join(|field| self.get(field))
            }
        }
    }

    fn esp32_revision(&self) -> ChipRevision {
        let bits = (
            self.get(&esp32::CHIP_VER_REV1) != 0,
            self.get(&esp32::CHIP_VER_REV2) != 0,
            self.apb_ctrl_date_bit31(),
        );
        let major = match bits {
            (true, false, false) => 1,
            (true, true, false) => 2,
            (true, true, true) => 3,
            _ => 0,
        };
        ChipRevision::new(major, self.get(&esp32::WAFER_VERSION_MINOR) as u8)
    }

    /// The factory MAC address, in the order in which it is written down.
    pub fn mac(&self) -> [u8; 6] {
        let [.., m0, m1, m2, m3, m4, m5] = self.get(&self.table().mac).to_be_bytes();
        [m0, m1, m2, m3, m4, m5]
    }

    /// Whether the factory MAC address is blank: zero, and so is its CRC.
    pub fn mac_is_blank(&self) -> bool {
        let crc = self.chip() == Chip::Esp32 && self.get(&esp32::MAC_CRC) != 0;
        self.mac() == [0; 6] && !crc
    }

    /// Whether the CRC of the factory MAC address fits. A blank one does; only the ESP32 has a CRC.
    pub fn mac_crc_is_valid(&self) -> bool {
        self.chip() != Chip::Esp32 || self.get(&esp32::MAC_CRC) == u64::from(mac_crc(self.mac()))
    }

    /// The custom MAC address of block 3, if there is one: MAC_VERSION announces it on the ESP32, elsewhere any bit set
    /// (ESP-IDF `components/esp_hw_support/mac_addr.c`, `esp_efuse_mac_get_custom`).
    pub fn custom_mac(&self) -> Option<[u8; 6]> {
        let field = self.field("CUSTOM_MAC").ok()?;
        let version = u64::from(MAC_VERSION_CUSTOM);
        let announced = match self.chip() {
            Chip::Esp32 => self.get(&esp32::MAC_VERSION) == version,
            _ => self.get(field) != 0,
        };
        let [m0, m1, m2, m3, m4, m5, ..] = self.get(field).to_le_bytes();
        announced.then_some([m0, m1, m2, m3, m4, m5])
    }

    /// Whether the CRC of the custom MAC address fits; only the ESP32 has one.
    pub fn custom_mac_crc_is_valid(&self) -> bool {
        self.custom_mac().is_some_and(|mac| {
            self.chip() != Chip::Esp32
                || self.get(&esp32::CUSTOM_MAC_CRC) == u64::from(mac_crc(mac))
        })
    }

    /// Burns a custom MAC address (ESP32: with CRC and version) into block 3, as `espefuse burn-custom-mac` does.
    ///
    /// # Errors
    /// Where block 3 is coded and not blank, or the chip is known to have no such field.
    pub fn burn_custom_mac(&mut self, mac: [u8; 6]) -> Result<BurnOutcome, CustomMacError> {
        let mut payload = [0; CODED_LEN];
        if self.chip() == Chip::Esp32 {
            payload[0] = mac_crc(mac);
            payload[MAC_VERSION_BYTE] = MAC_VERSION_CUSTOM;
        }
        let Ok(field) = self.field("CUSTOM_MAC") else {
            return Err(CustomMacError::NoField { chip: self.chip() });
        };
        let start = field.bit / 8;
        payload[start..start + mac.len()].copy_from_slice(&mac);
        self.burn_payload(3, &payload)
            .ok_or(CustomMacError::CodedBlockInUse)
    }

    /// These eFuses with the unique number that the factory burns into every chip, if they have none yet and the chip has a
    /// field for it (OPTIONAL_UNIQUE_ID, 16 bytes in the order of the eFuse words).
    pub fn with_unique_number(&self, number: [u8; 16]) -> EfuseBank {
        let mut bank = self.clone();
        let Ok(field) = self.field("OPTIONAL_UNIQUE_ID") else {
            return bank;
        };
        let first = field.bit / 32;
        let (words, _) = number.as_chunks::<4>();
        if words
            .iter()
            .enumerate()
            .any(|(step, _)| self.hardware_word(field.block, first + step) != 0)
        {
            return bank;
        }
        for (step, word) in words.iter().enumerate() {
            bank.set_raw(field.block, first + step, u32::from_le_bytes(*word));
        }
        bank
    }

    /// These eFuses with everything that `other` has besides its own identity (MAC address, chip revision): keys,
    /// switches, protections, custom data. What is already burned here stays.
    pub fn with_settings_of(&self, other: &EfuseBank) -> EfuseBank {
        let mut bank = self.clone();
        for block in 0..self.block_count() {
            if self.table().factory_blocks.contains(&block) {
                continue;
            }
            let own = self.table().identity.iter();
            let own: Vec<_> = own.filter(|field| field.block == block).collect();
            if own.is_empty() && self.is_blank(block) {
                bank.copy_block(block, other);
                continue;
            }
            for word in 0..self.block_words(block) {
                let own = own.iter().fold(0, |mask, field| mask | field.mask(word));
                bank.set_raw(block, word, other.hardware_word(block, word) & !own);
            }
        }
        bank
    }

    /// Encodes a payload and burns it; `None` where the block is coded and not blank.
    pub(super) fn burn_payload(
        &mut self,
        block: usize,
        payload: &[u8; CODED_LEN],
    ) -> Option<BurnOutcome> {
        let coded = self.coding_scheme().encode(payload);
        let stored = self.stored(block);
        if self.is_coded(block) && stored.iter().any(|&byte| byte != 0) && stored != coded {
            return None;
        }
        let (words, _) = coded.as_chunks::<4>();
        let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        Some(self.burn_block(block, &words))
    }
}

/// The CRC-8 of a MAC address: polynomial x^8 + x^5 + x^4 + 1, bits reflected, initial value 0 (`esp_crc8` of the mask
/// ROM; esptool `espefuse/efuse/esp32/fields.py`).
pub fn mac_crc(mac: [u8; 6]) -> u8 {
    const REFLECTED_POLYNOMIAL: u8 = 0x8C;
    mac.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            (crc >> 1)
                ^ if crc & 1 == 1 {
                    REFLECTED_POLYNOMIAL
                } else {
                    0
                }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 0x01, 0x02, 0x03];

    #[test]
    fn factory_revisions() {
        for (major, minor) in [(0, 0), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1)] {
            let revision = ChipRevision::new(major, minor);
            let bank = EfuseBank::factory(Chip::Esp32, revision, MAC);
            assert_eq!(bank.revision(), revision);
            assert_eq!((bank.mac(), bank.mac_crc_is_valid()), (MAC, true));
            assert_eq!(bank.custom_mac(), None);
            assert_eq!(bank.wr_dis(), 0);
        }
        let odd = EfuseBank::factory(Chip::Esp32, ChipRevision::new(9, 9), MAC);
        assert_eq!(odd.revision(), ChipRevision::new(3, 3));
    }

    #[test]
    fn factory_revisions_of_later_chips() {
        for chip in [Chip::Esp32C3, Chip::Esp32S3] {
            for (major, minor) in [(0, 0), (0, 3), (0, 8), (1, 1), (3, 15)] {
                let revision = ChipRevision::new(major, minor);
                let bank = EfuseBank::factory(chip, revision, MAC);
                assert_eq!((bank.revision(), bank.mac()), (revision, MAC));
                assert!(bank.mac_crc_is_valid() && !bank.mac_is_blank());
                assert_eq!((bank.custom_mac(), bank.coding_errors()), (None, vec![]));
                assert_eq!(bank.hardware_word(1, 0), 0xC401_0203);
                assert!(bank.is_blank(0));
            }
            let odd = EfuseBank::factory(chip, ChipRevision::new(9, 99), MAC);
            assert_eq!(odd.revision(), ChipRevision::new(3, 15));
        }
    }

    /// ESP-IDF `components/hal/esp32s3/efuse_hal.c`: calibration data v1.1 lie where later chips keep their revision.
    #[test]
    fn first_esp32s3_is_told_by_its_calibration_data() {
        let mut bank = EfuseBank::factory(Chip::Esp32S3, ChipRevision::new(3, 8), MAC);
        assert_eq!(bank.revision(), ChipRevision::new(3, 8));
        for name in ["BLK_VERSION_MAJOR", "BLK_VERSION_MINOR"] {
            bank.set_field(bank.field(name).unwrap(), 1);
        }
        assert_eq!(bank.revision(), ChipRevision::new(0, 0));
        bank.set_field(bank.field("WAFER_VERSION_MINOR_LO").unwrap(), 1);
        assert_eq!(bank.revision(), ChipRevision::new(3, 9));
    }

    #[test]
    fn settings_of_later_chips_go_over() {
        let mut donor = EfuseBank::factory(Chip::Esp32S3, ChipRevision::new(0, 2), MAC);
        let mode = crate::efuse::EncryptionMode::Release;
        donor.burn_encryption_mode(mode, &[7; 64]).unwrap();
        donor.burn_custom_mac([1; 6]).unwrap();
        let mac = [0x24, 0x0A, 0xC4, 9, 9, 9];
        let other = EfuseBank::factory(Chip::Esp32S3, ChipRevision::new(0, 1), mac);
        let both = other.with_settings_of(&donor);
        assert_eq!(
            (both.mac(), both.revision()),
            (mac, ChipRevision::new(0, 1))
        );
        assert_eq!(both.flash_xts_key(), donor.flash_xts_key());
        assert_eq!(both.custom_mac(), Some([1; 6]));
        assert_eq!(both.wr_dis(), donor.wr_dis());
        assert_eq!(both.rd_dis(), 3);
        assert!(both.flash_encryption_enabled() && both.coding_errors().is_empty());
    }

    #[test]
    fn place_of_the_mac() {
        let bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC);
        assert_eq!(bank.hardware_word(0, 1), 0xC401_0203);
        assert_eq!(bank.hardware_word(0, 2) & 0xFFFF, 0x240A);
    }

    #[test]
    fn settings_go_over_and_identity_stays() {
        let mut donor = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 1), MAC);
        let config = crate::efuse::FlashEncryption::release(&[7; 32]);
        donor.burn_flash_encryption(&config).unwrap();
        let mac = [0x24, 0x0A, 0xC4, 9, 9, 9];
        let other = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), mac);
        let both = other.with_settings_of(&donor);
        assert_eq!((both.mac(), both.mac_crc_is_valid()), (mac, true));
        assert_eq!(both.revision(), ChipRevision::new(1, 0));
        assert_eq!(both.flash_key(), donor.flash_key());
        assert!(both.flash_encryption_enabled());
        assert_eq!(
            (both.wr_dis(), both.rd_dis()),
            (donor.wr_dis(), donor.rd_dis())
        );
    }

    #[test]
    fn coded_block_three_takes_one_burn() {
        let mut bank = EfuseBank::blank(Chip::Esp32);
        bank.burn(&esp32::CODING_SCHEME, 1).unwrap();
        assert_eq!(bank.burn_custom_mac(MAC), Ok(BurnOutcome::Burned));
        assert_eq!(bank.custom_mac(), Some(MAC));
        assert!(bank.custom_mac_crc_is_valid());
        assert!(bank.coding_errors().is_empty());
        assert_eq!(
            bank.burn_custom_mac([0; 6]),
            Err(CustomMacError::CodedBlockInUse)
        );
        assert_eq!(bank.custom_mac(), Some(MAC));
    }

    proptest! {
        #[test]
        fn macs_round_trip(mac: [u8; 6], custom: [u8; 6], coded: bool) {
            let mut bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), mac);
            bank.burn(&esp32::CODING_SCHEME, coded.into()).unwrap();
            prop_assert_eq!(bank.mac(), mac);
            prop_assert_eq!(bank.burn_custom_mac(custom), Ok(BurnOutcome::Burned));
            prop_assert_eq!(bank.custom_mac(), Some(custom));
            prop_assert!(bank.mac_crc_is_valid() && bank.custom_mac_crc_is_valid());
        }
    }
}
