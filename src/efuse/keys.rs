//! Key blocks and their purposes: what the chips from the ESP32-S2 on use in place of fixed key blocks.

use std::fmt;
use std::str::FromStr;

use super::bank::{BurnOutcome, EfuseBank};
use super::coding::CODED_LEN;
use super::field::Field;
use super::key_error::KeyError;
use super::tables::KeySlot;
use crate::chip::Chip;

/// What the hardware may use a key block for (ESP-IDF `components/efuse/esp32s3/include/esp_efuse_chip.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Software only.
    User,
    /// Flash key of the first ESP32, in its block 1.
    FlashEncryption,
    /// Secure boot v1 of the first ESP32: the key in its block 2.
    SecureBootV1,
    /// Secure boot v2 of the first ESP32: the digest of the public key in its block 2.
    SecureBootV2,
    /// ECDSA accelerator, curve P-256 (older ones: any curve; reserved on chips without one).
    Ecdsa,
    /// ECDSA accelerator, curve P-192.
    EcdsaP192,
    /// ECDSA accelerator, curve P-384, lower half.
    EcdsaP384Low,
    /// ECDSA accelerator, curve P-384, upper half.
    EcdsaP384High,
    /// First half of the flash key of XTS-AES-256.
    XtsAes256Key1,
    /// Second half of the flash key of XTS-AES-256.
    XtsAes256Key2,
    /// Flash key of XTS-AES-128.
    XtsAes128Key,
    /// 128 bits from which the ESP32-C2 derives its flash key.
    XtsAes128DerivedKey,
    /// First half of the PSRAM key of XTS-AES-256.
    XtsAes256PsramKey1,
    /// Second half of the PSRAM key of XTS-AES-256.
    XtsAes256PsramKey2,
    /// PSRAM key of XTS-AES-128.
    XtsAes128PsramKey,
    /// Initial key of the Key Manager.
    KmInitKey,
    /// Digest of the key of the debug controller SDC.
    SdcKeyDigest,
    /// Digest of the one public key of secure boot v2 on the ESP32-C2, 128 bits.
    SecureBootDigest,
    /// HMAC in downstream mode, for JTAG and digital signature.
    HmacDownAll,
    /// HMAC in downstream mode, to switch JTAG on again.
    HmacDownJtag,
    /// HMAC in downstream mode, for the digital signature peripheral.
    HmacDownDigitalSignature,
    /// HMAC in upstream mode, for software.
    HmacUp,
    /// Digest of the first public key of secure boot v2.
    SecureBootDigest0,
    /// Digest of the second public key of secure boot v2.
    SecureBootDigest1,
    /// Digest of the third public key of secure boot v2.
    SecureBootDigest2,
    /// A code without a meaning on this chip.
    Other(u8),
}

/// The purposes by the names that espefuse gives them (esptool `espefuse/efuse/<chip>/fields.py`).
const NAMES: [(KeyPurpose, &str); 25] = [
    (KeyPurpose::User, "USER"),
    (KeyPurpose::FlashEncryption, "FLASH_ENCRYPTION"),
    (KeyPurpose::SecureBootV1, "SECURE_BOOT_V1"),
    (KeyPurpose::SecureBootV2, "SECURE_BOOT_V2"),
    (KeyPurpose::Ecdsa, "ECDSA_KEY"),
    (KeyPurpose::EcdsaP192, "ECDSA_KEY_P192"),
    (KeyPurpose::EcdsaP384Low, "ECDSA_KEY_P384_L"),
    (KeyPurpose::EcdsaP384High, "ECDSA_KEY_P384_H"),
    (KeyPurpose::XtsAes256Key1, "XTS_AES_256_KEY_1"),
    (KeyPurpose::XtsAes256Key2, "XTS_AES_256_KEY_2"),
    (KeyPurpose::XtsAes128Key, "XTS_AES_128_KEY"),
    (
        KeyPurpose::XtsAes128DerivedKey,
        "XTS_AES_128_KEY_DERIVED_FROM_128_EFUSE_BITS",
    ),
    (KeyPurpose::XtsAes256PsramKey1, "XTS_AES_256_PSRAM_KEY_1"),
    (KeyPurpose::XtsAes256PsramKey2, "XTS_AES_256_PSRAM_KEY_2"),
    (KeyPurpose::XtsAes128PsramKey, "XTS_AES_128_PSRAM_KEY"),
    (KeyPurpose::HmacDownAll, "HMAC_DOWN_ALL"),
    (KeyPurpose::HmacDownJtag, "HMAC_DOWN_JTAG"),
    (
        KeyPurpose::HmacDownDigitalSignature,
        "HMAC_DOWN_DIGITAL_SIGNATURE",
    ),
    (KeyPurpose::HmacUp, "HMAC_UP"),
    (KeyPurpose::SecureBootDigest0, "SECURE_BOOT_DIGEST0"),
    (KeyPurpose::SecureBootDigest1, "SECURE_BOOT_DIGEST1"),
    (KeyPurpose::SecureBootDigest2, "SECURE_BOOT_DIGEST2"),
    (KeyPurpose::SecureBootDigest, "SECURE_BOOT_DIGEST"),
    (KeyPurpose::KmInitKey, "KM_INIT_KEY"),
    (KeyPurpose::SdcKeyDigest, "SDC_KEY_DIGEST"),
];
/// What the names of codes begin with that a chip leaves to its users.
const CUSTOM: &str = "CUSTOM_";
/// Another name of [`KeyPurpose::Ecdsa`].
const ECDSA_P256: &str = "ECDSA_KEY_P256";

impl KeyPurpose {
    /// Whether a key of this purpose belongs to flash encryption.
    pub fn is_xts(self) -> bool {
        matches!(
            self,
            KeyPurpose::XtsAes256Key1
                | KeyPurpose::XtsAes256Key2
                | KeyPurpose::XtsAes128Key
                | KeyPurpose::XtsAes128DerivedKey
        )
    }

    /// Whether a key file is burned with its bytes reversed: the first ESP32's units, and the XTS and ECDSA units of the
    /// others, take the key that way.
    pub fn is_reversed(self) -> bool {
        matches!(self, KeyPurpose::FlashEncryption | KeyPurpose::SecureBootV1)
            || self.is_xts()
            || self.is_ecdsa()
            || matches!(
                self,
                KeyPurpose::XtsAes256PsramKey1
                    | KeyPurpose::XtsAes256PsramKey2
                    | KeyPurpose::XtsAes128PsramKey
            )
    }

    /// Whether a key of this purpose is a private key of the ECDSA accelerator.
    pub fn is_ecdsa(self) -> bool {
        matches!(
            self,
            KeyPurpose::Ecdsa
                | KeyPurpose::EcdsaP192
                | KeyPurpose::EcdsaP384Low
                | KeyPurpose::EcdsaP384High
        )
    }

    /// Whether `espefuse burn-key` hides a key of this purpose from software. Digests of public keys must stay readable:
    /// ROM reads them.
    pub fn is_secret(self) -> bool {
        self.is_reversed()
            || matches!(
                self,
                KeyPurpose::HmacDownAll
                    | KeyPurpose::HmacDownJtag
                    | KeyPurpose::HmacDownDigitalSignature
                    | KeyPurpose::HmacUp
                    | KeyPurpose::KmInitKey
                    | KeyPurpose::SdcKeyDigest
            )
    }

    /// Whether the hardware, or ROM, looks for the one key block with this purpose.
    pub(super) fn is_unique(self) -> bool {
        self.is_xts()
            || matches!(
                self,
                KeyPurpose::SecureBootDigest0
                    | KeyPurpose::SecureBootDigest1
                    | KeyPurpose::SecureBootDigest2
            )
    }
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(purpose, _)| purpose == self) {
            Some((_, name)) => f.pad(name),
            None => match self {
                KeyPurpose::Other(code) => f.pad(&format!("{CUSTOM}{code}")),
                _ => f.pad("RESERVED"),
            },
        }
    }
}

/// A name that is no key purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown key purpose \"{name}\"; known are {}", NAMES.map(|(_, name)| name).join(", "))]
pub struct UnknownPurpose {
    /// The name as given.
    pub name: String,
}

impl FromStr for KeyPurpose {
    type Err = UnknownPurpose;

    /// Reads a name as espefuse writes it, upper or lower case, `-` for `_`; `CUSTOM_n` is [`KeyPurpose::Other`].
    fn from_str(name: &str) -> Result<Self, UnknownPurpose> {
        let wanted = name.replace('-', "_").to_ascii_uppercase();
        if wanted == ECDSA_P256 {
            return Ok(KeyPurpose::Ecdsa);
        }
        let code = wanted.strip_prefix(CUSTOM).and_then(|n| n.parse().ok());
        if let Some(code) = code {
            return Ok(KeyPurpose::Other(code));
        }
        NAMES
            .iter()
            .find(|(_, name)| *name == wanted)
            .map(|(purpose, _)| *purpose)
            .ok_or_else(|| UnknownPurpose {
                name: name.to_owned(),
            })
    }
}

/// What to protect when a key is burned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyProtection {
    /// Hide the key from software.
    pub read: bool,
    /// Write-protect the key.
    pub write: bool,
    /// Write-protect the purpose.
    pub purpose: bool,
}

impl KeyProtection {
    /// Nothing.
    pub const NONE: KeyProtection = KeyProtection {
        read: false,
        write: false,
        purpose: false,
    };

    /// What `espefuse burn-key` protects unless told otherwise.
    pub fn usual(purpose: KeyPurpose) -> Self {
        KeyProtection {
            read: purpose.is_secret(),
            write: true,
            purpose: true,
        }
    }
}

impl KeySlot {
    /// The purpose's fields with what each holds of a code.
    fn purpose_parts(&self, code: u8) -> impl Iterator<Item = (Field, u64)> {
        let (low, code) = (self.purpose, u64::from(code));
        let high = self.purpose_high.map(|high| (high, code >> low.bits));
        std::iter::once((low, code & ((1 << low.bits) - 1))).chain(high)
    }
}

impl EfuseBank {
    fn slot(&self, slot: usize) -> Option<&'static KeySlot> {
        self.table().key_slots.get(slot)
    }

    /// Number of key blocks with a purpose; 0 on the ESP32 and the ESP32-C2.
    pub fn key_slots(&self) -> usize {
        self.table().key_slots.len()
    }

    /// The field of key block `slot` (0 is KEY0).
    pub fn key_field(&self, slot: usize) -> Option<&'static Field> {
        self.slot(slot).map(|slot| &slot.key)
    }

    /// The field of the purpose of key block `slot` (0 is KEY0).
    pub fn key_purpose_field(&self, slot: usize) -> Option<&'static Field> {
        self.slot(slot).map(|slot| &slot.purpose)
    }

    /// What key block `slot` (0 is KEY0) is for. A blank one is [`KeyPurpose::User`]; `None` where there is no such block.
    pub fn key_purpose(&self, slot: usize) -> Option<KeyPurpose> {
        let code = self.purpose_bits(self.slot(slot)?);
        let mut known = self.table().purposes.iter();
        let known = known.find(|(known, _)| *known == code);
        Some(known.map_or(KeyPurpose::Other(code), |(_, purpose)| *purpose))
    }

    /// Whether no fault of the hardware excludes the purpose from a key block: on some chips keys of the XTS units from
    /// the last one, on the ESP32-H2 those of the ECDSA unit too (ESP-IDF `components/soc/<chip>/include/soc/soc_caps.h`,
    /// `SOC_EFUSE_BLOCK9_KEY_PURPOSE_QUIRK`).
    pub(super) fn slot_takes(&self, slot: &KeySlot, purpose: KeyPurpose) -> bool {
        let ecdsa = purpose.is_ecdsa() && self.chip() == Chip::Esp32H2;
        let xts = purpose.is_reversed() && !purpose.is_ecdsa();
        slot.xts || !(xts || ecdsa)
    }

    /// The code of the purpose that is burned, high bits included.
    fn purpose_bits(&self, slot: &KeySlot) -> u8 {
        let high = slot.purpose_high.map_or(0, |high| self.get(&high));
        (high << slot.purpose.bits | self.get(&slot.purpose)) as u8
    }

    /// The code of a purpose in the eFuses of this chip, if it has the purpose.
    pub fn purpose_code(&self, purpose: KeyPurpose) -> Option<u8> {
        let mut known = self.table().purposes.iter();
        let found = known.find(|(_, known)| *known == purpose);
        found.map(|(code, _)| *code)
    }

    /// The 32 bytes of key block `slot` as the hardware gets them, in register order: read protection ignored, errors
    /// corrected. Zeros where there is no such block.
    pub fn key_block(&self, slot: usize) -> [u8; 32] {
        let slot = self.slot(slot);
        slot.map_or([0; 32], |slot| self.payload(slot.key.block))
    }

    /// The first key block with this purpose.
    pub fn key_slot_of(&self, purpose: KeyPurpose) -> Option<usize> {
        (0..self.key_slots()).find(|&slot| self.key_purpose(slot) == Some(purpose))
    }

    /// The first key block that is blank, unprotected and without a purpose, and may hold a key of `purpose`.
    pub fn free_key_slot(&self, purpose: KeyPurpose) -> Option<usize> {
        let mut slots = self.table().key_slots.iter();
        slots.position(|slot| {
            self.is_blank(slot.key.block)
                && self.purpose_bits(slot) == 0
                && !self.is_write_protected(&slot.key)
                && !self.is_write_protected(&slot.purpose)
                && !self.is_read_protected(&slot.key)
                && self.slot_takes(slot, purpose)
        })
    }

    /// Burns a key of 32 bytes into key block `slot` (0 is KEY0; on the ESP32 the number of the block), its purpose and
    /// the protections, as `espefuse burn-key` does; the same key can be burned twice. The file's bytes are reversed where [`KeyPurpose::is_reversed`] says so. On an error
    /// nothing is burned.
    ///
    /// # Errors
    /// Where the chip lacks the block or the purpose, the block is in use, another has the same purpose, the length is
    /// wrong, or a protection that was burned earlier stands against it.
    pub fn burn_key(
        &mut self,
        slot: usize,
        purpose: KeyPurpose,
        key_file: &[u8],
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        match self.chip() {
            Chip::Esp32 => return self.burn_esp32_key(slot, purpose, key_file, protection),
            Chip::Esp32C2 => return self.burn_shared_key(slot, purpose, key_file, protection),
            _ => {}
        }
        let (place, code) = self.check_key(slot, purpose)?;
        let chip = self.chip();
        let Ok(mut key) = <[u8; CODED_LEN]>::try_from(key_file) else {
            return Err(KeyError::PurposeLength {
                chip,
                purpose,
                got: key_file.len(),
                wanted: CODED_LEN,
            });
        };
        if purpose.is_reversed() {
            key.reverse();
        }
        let in_use = KeyError::SlotInUse {
            name: place.key.name,
            purpose: self.key_purpose(slot).unwrap_or(KeyPurpose::User),
        };
        let blank = self.is_blank(place.key.block);
        let same = self.payload(place.key.block) == key;
        if self.is_read_protected(&place.key) || !(blank || same) {
            return Err(in_use);
        }
        let mut next = self.clone();
        match next.burn_payload(place.key.block, &key) {
            Some(outcome) => check_burn(outcome, &place.key)?,
            None => return Err(in_use),
        }
        for (field, value) in place.purpose_parts(code) {
            let outcome = next.burn(&field, value);
            check_burn(outcome.unwrap_or(BurnOutcome::Protected), &field)?;
        }
        next.protect_key(place, protection)?;
        *self = next;
        Ok(())
    }

    /// The key block and the code of the purpose, if a key can be burned there.
    fn check_key(
        &self,
        slot: usize,
        purpose: KeyPurpose,
    ) -> Result<(&'static KeySlot, u8), KeyError> {
        let (chip, slots) = (self.chip(), self.key_slots());
        let place = self.slot(slot);
        let place = place.ok_or(KeyError::NoSlot { chip, slot, slots })?;
        let code = self.purpose_code(purpose);
        let code = code.ok_or(KeyError::Purpose { chip, purpose })?;
        let name = place.key.name;
        if !self.slot_takes(place, purpose) {
            return Err(KeyError::PurposeOfSlot {
                chip,
                name,
                purpose,
            });
        }
        let other = self.key_slot_of(purpose).filter(|&other| other != slot);
        if let Some(other) = other.and_then(|other| self.key_field(other))
            && purpose.is_unique()
        {
            return Err(KeyError::Duplicate {
                name: other.name,
                purpose,
            });
        }
        let now = self.purpose_bits(place);
        if now & !code != 0 {
            let purpose = self.key_purpose(slot).unwrap_or(KeyPurpose::User);
            return Err(KeyError::SlotInUse { name, purpose });
        }
        Ok((place, code))
    }

    fn protect_key(&mut self, place: &KeySlot, protection: KeyProtection) -> Result<(), KeyError> {
        let table = self.table();
        if protection.read {
            check_burn(self.read_protect(&place.key), &table.rd_dis)?;
        }
        if protection.write {
            check_burn(self.write_protect(&place.key), &table.wr_dis)?;
        }
        if protection.purpose {
            check_burn(self.write_protect(&place.purpose), &table.wr_dis)?;
        }
        Ok(())
    }
}

pub(super) fn check_burn(outcome: BurnOutcome, field: &Field) -> Result<(), KeyError> {
    match outcome {
        BurnOutcome::Burned => Ok(()),
        BurnOutcome::Protected => Err(KeyError::Protected { name: field.name }),
    }
}

#[cfg(test)]
mod tests;
