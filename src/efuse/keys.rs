//! Key blocks and their purposes: what the chips from the ESP32-S2 on use in place of fixed key blocks.

use super::bank::{BurnOutcome, EfuseBank};
use super::coding::CODED_LEN;
use super::field::Field;
use super::key_error::KeyError;
use super::purpose::KeyPurpose;
use super::tables::KeySlot;
use crate::chip::Chip;

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
