//! Burns as a careful tool makes them: everything is checked first, refused with a reason, and burned block by block.
//!
//! The chip itself refuses little: a burn into a protected field is ignored, a second burn into a coded block breaks its
//! check bytes, and a bit that is set stays set. The checks here are those of esptool (`espefuse/efuse/base_fields.py`,
//! `check_new_value` and `check_wr_data`; `base_operations.py`, `read_protect_efuse`), so that both refuse alike.

use super::bank::EfuseBank;
use super::burn_error::BurnError;
use super::coding::{CODED_LEN, CodingScheme, UNIT_PAYLOAD};
use super::field::Field;
use super::purpose::KeyPurpose;
use super::tables::{esp32, esp32c2, esp32s3};
use crate::chip::{Chip, ChipRevision};

/// What to burn in one go.
#[derive(Debug, Clone, Default)]
pub struct BurnPlan {
    /// Fields with the bits to burn, little-endian; a value may be shorter than its field.
    pub fields: Vec<(&'static Field, Vec<u8>)>,
    /// Fields to hide from software, with those that share the protection.
    pub read_protect: Vec<&'static Field>,
    /// Fields to write-protect, with those that share the protection.
    pub write_protect: Vec<&'static Field>,
    /// Leave out the checks that only guard against mistakes: what ROM needs readable, what a fault of ROM forbids.
    pub force: bool,
}

/// Bits to burn, by block, as the payload has them.
type Bits = Vec<Vec<u8>>;

impl EfuseBank {
    /// Burns a plan: all blocks from the last to block 0, each in one operation. On an error nothing is burned.
    ///
    /// Bits that are burned already are left out, so that a plan can be burned twice.
    ///
    /// # Errors
    /// Where the chip, or a careful tool, refuses; see [`BurnError`].
    pub fn burn_plan(&mut self, plan: &BurnPlan) -> Result<(), BurnError> {
        let mut bits: Bits = (0..self.block_count())
            .map(|block| vec![0; self.block_words(block) * 4])
            .collect();
        for (index, (field, value)) in plan.fields.iter().enumerate() {
            let earlier = &plan.fields[..index];
            if earlier.iter().any(|(other, _)| other.name == field.name) {
                return Err(BurnError::Twice { name: field.name });
            }
            self.plan_field(&mut bits, field, value, plan.force)?;
        }
        if !plan.force {
            self.refuse_usb_fault(plan)?;
        }
        if !plan.force {
            self.keep_half_readable(plan)?;
        }
        for field in &plan.read_protect {
            self.plan_read_protection(&mut bits, field, plan.force)?;
        }
        for field in &plan.write_protect {
            self.plan_write_protection(&mut bits, field)?;
        }
        let mut next = self.clone();
        for (block, payload) in bits.iter().enumerate().rev() {
            next.burn_checked(block, payload)?;
        }
        *self = next;
        Ok(())
    }

    /// Checks a value and adds its bits.
    fn plan_field(
        &self,
        bits: &mut Bits,
        field: &Field,
        value: &[u8],
        force: bool,
    ) -> Result<(), BurnError> {
        let name = field.name;
        let set = |bytes: &[u8], bit: usize| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            byte >> (bit % 8) & 1 == 1
        };
        let wanted: Vec<usize> = (0..value.len() * 8)
            .filter(|&bit| set(value, bit))
            .collect();
        if wanted.last().is_some_and(|&bit| bit >= field.bits) {
            let bits = field.bits;
            return Err(BurnError::TooWide { name, bits });
        }
        if wanted.is_empty() {
            return Err(BurnError::Nothing { name });
        }
        let now = self.get_software_bytes(field);
        if wanted.iter().all(|&bit| set(&now, bit)) && !self.clears(field, &now, value) {
            return Ok(());
        }
        if self.clears(field, &now, value) {
            return Err(BurnError::Clears { name, now });
        }
        if self.is_read_protected(field) {
            return Err(BurnError::Hidden { name });
        }
        if self.is_write_protected(field) {
            return Err(BurnError::Protected { name });
        }
        if !force {
            self.check_purpose(field, value)?;
        }
        let Some(block) = bits.get_mut(field.block) else {
            return Err(BurnError::Protected { name });
        };
        for bit in wanted {
            let place = field.bit + bit;
            if let Some(byte) = block.get_mut(place / 8) {
                *byte |= 1 << (place % 8);
            }
        }
        Ok(())
    }

    /// Whether a value lacks bits that are set. The two fields of protection bits only ever take more.
    fn clears(&self, field: &Field, now: &[u8], value: &[u8]) -> bool {
        let protection = [self.table().wr_dis.name, self.table().rd_dis.name];
        let lacks = |(index, byte): (usize, &u8)| byte & !value.get(index).unwrap_or(&0) != 0;
        !protection.contains(&field.name) && now.iter().enumerate().any(lacks)
    }

    /// Refuses a purpose that the chip, or that key block, does not have.
    fn check_purpose(&self, field: &Field, value: &[u8]) -> Result<(), BurnError> {
        let mut slots = self.table().key_slots.iter();
        let Some(slot) = slots.find(|slot| slot.purpose == *field && slot.purpose_high.is_none())
        else {
            return Ok(());
        };
        let code = value.first().copied().unwrap_or(0);
        let mut known = self.table().purposes.iter();
        let Some((_, purpose)) = known.find(|(known, _)| *known == code) else {
            let name = field.name;
            return Err(BurnError::Purpose { name, code });
        };
        if !self.slot_takes(slot, *purpose) {
            return Err(BurnError::PurposeOfSlot {
                name: slot.key.name,
                purpose: *purpose,
            });
        }
        Ok(())
    }

    /// Refuses to switch off both uses of USB on the ESP32-S3: its ROM fails then (esptool
    /// `espefuse/efuse/esp32s3/fields.py`, `is_efuses_incompatible_for_burn`).
    fn refuse_usb_fault(&self, plan: &BurnPlan) -> Result<(), BurnError> {
        let both = [esp32s3::DIS_USB_JTAG, esp32s3::DIS_USB_SERIAL_JTAG];
        let planned = |field: &Field| {
            let mut fields = plan.fields.iter();
            fields.any(|(planned, _)| **planned == *field) && self.get_software(field) == 0
        };
        let has = |field: &Field| planned(field) || self.get_software(field) != 0;
        let fault =
            self.chip() == Chip::Esp32S3 && both.iter().any(planned) && both.iter().all(has);
        if fault {
            let [first, second] = both.map(|field| field.name);
            return Err(BurnError::Together { first, second });
        }
        Ok(())
    }

    fn plan_write_protection(&self, bits: &mut Bits, field: &Field) -> Result<(), BurnError> {
        let (name, what) = (field.name, "write");
        let Some(bit) = field.wr_dis else {
            return Err(BurnError::Unprotectable { name, what });
        };
        if self.is_write_protected(field) {
            return Ok(());
        }
        set_protection(self, bits, &self.table().wr_dis, bit)
    }

    fn plan_read_protection(
        &self,
        bits: &mut Bits,
        field: &Field,
        force: bool,
    ) -> Result<(), BurnError> {
        let (name, what) = (field.name, "read");
        let Some(bit) = field.rd_dis else {
            return Err(BurnError::Unprotectable { name, what });
        };
        if self.is_read_protected(field) {
            return Ok(());
        }
        if !force && let Some(why) = self.must_be_readable(field) {
            return Err(BurnError::MustBeReadable { name, why });
        }
        set_protection(self, bits, &self.table().rd_dis, bit)
    }

    /// Why hiding a field from software would break the chip, or is of no use.
    fn must_be_readable(&self, field: &Field) -> Option<&'static str> {
        const DIGEST: &str = "secure boot reads the digest there";
        match self.chip() {
            Chip::Esp32 => {
                let digest = *field == esp32::BLOCK2
                    && self.get(&esp32::ABS_DONE_0) == 0
                    && self.get(&esp32::ABS_DONE_1) != 0
                    && self.revision() >= ChipRevision::new(3, 0);
                digest.then_some(DIGEST)
            }
            Chip::Esp32C2 => {
                let secure_boot = self.get(&esp32c2::SECURE_BOOT_EN) != 0;
                let upper = *field == esp32c2::BLOCK_KEY0_HI_128;
                (upper && secure_boot).then_some(DIGEST)
            }
            _ => {
                let mut slots = self.table().key_slots.iter();
                let slot = slots.position(|slot| slot.key == *field)?;
                let purpose = self.key_purpose(slot).unwrap_or(KeyPurpose::User);
                (!purpose.is_secret())
                    .then_some("its purpose is one whose key software or ROM reads")
            }
        }
    }

    /// Refuses to hide the whole key block of an ESP32-C2 whose flash key is only its lower half.
    fn keep_half_readable(&self, plan: &BurnPlan) -> Result<(), BurnError> {
        let halves = [esp32c2::BLOCK_KEY0_LOW_128, esp32c2::BLOCK_KEY0_HI_128];
        let planned = |half: &Field| plan.read_protect.iter().any(|field| **field == *half);
        let whole = self.chip() == Chip::Esp32C2 && halves.iter().all(planned);
        if whole && self.get(&esp32c2::XTS_KEY_LENGTH_256) == 0 {
            let why = "without XTS_KEY_LENGTH_256 the flash key is the lower half alone";
            let name = esp32c2::BLOCK_KEY0_HI_128.name;
            return Err(BurnError::MustBeReadable { name, why });
        }
        Ok(())
    }

    /// Burns the payload bits of a block, if that can be done without harm.
    pub(super) fn burn_checked(&mut self, block: usize, bits: &[u8]) -> Result<(), BurnError> {
        if bits.iter().all(|&byte| byte == 0) {
            return Ok(());
        }
        let name = self.block_name(block);
        if block != 0 {
            let spec = self.table().blocks.get(block);
            let bit = spec.and_then(|spec| spec.wr_dis);
            if bit.is_some_and(|bit| self.wr_dis() >> bit & 1 == 1) {
                return Err(BurnError::Protected { name });
            }
            if self.hides_some(block) {
                return Err(BurnError::Hidden { name });
            }
        }
        if block == 0 {
            self.burn_words(0, bits);
            return Ok(());
        }
        let now = self.payload(block);
        if bits.iter().zip(&now).all(|(new, old)| new & !old == 0) {
            return Ok(());
        }
        let mut payload = [0; CODED_LEN];
        for (place, byte) in payload.iter_mut().zip(bits) {
            *place = *byte;
        }
        let scheme = self.coding_scheme();
        let new = match scheme {
            CodingScheme::None => payload,
            CodingScheme::ThreeQuarter => three_quarter(&payload, &now)
                .ok_or(BurnError::Coded { name, scheme })
                .map(|bits| scheme.encode(&bits))?,
            CodingScheme::ReedSolomon if self.is_blank(block) => payload,
            CodingScheme::ReedSolomon => return Err(BurnError::Coded { name, scheme }),
            CodingScheme::Repeat => return Err(BurnError::Scheme { scheme }),
        };
        self.burn_words(block, &new);
        Ok(())
    }

    fn burn_words(&mut self, block: usize, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<4>();
        let words = words.iter().map(|word| u32::from_le_bytes(*word));
        let words: Vec<u32> = words.take(self.block_words(block)).collect();
        self.burn_block(block, &words);
    }

    /// The name of a block: that of the one field that fills it, or its number.
    pub fn block_name(&self, block: usize) -> &'static str {
        const NUMBERS: [&str; 11] = [
            "BLOCK0", "BLOCK1", "BLOCK2", "BLOCK3", "BLOCK4", "BLOCK5", "BLOCK6", "BLOCK7",
            "BLOCK8", "BLOCK9", "BLOCK10",
        ];
        let bits = self.block_words(block) * 32;
        let mut fields = self.fields().iter();
        let whole = fields.find(|field| field.block == block && field.bits == bits);
        whole.map_or_else(
            || NUMBERS.get(block).copied().unwrap_or("no block"),
            |field| field.name,
        )
    }

    /// The fields that a name on a command line stands for: a field, a block as `BLOCK3`, or the ESP32-C2's whole key
    /// block. Letter case does not matter.
    ///
    /// # Errors
    /// Where the chip has neither.
    pub fn fields_named(&self, name: &str) -> Result<Vec<&'static Field>, BurnError> {
        if let Ok(field) = self.field(name) {
            return Ok(vec![field]);
        }
        let upper = name.to_ascii_uppercase();
        let number = upper.strip_prefix("BLOCK").and_then(|n| n.parse().ok());
        let whole_key = upper == "BLOCK_KEY0" && self.chip() == Chip::Esp32C2;
        let block = if whole_key {
            Some(esp32c2::BLOCK_KEY0_LOW_128.block)
        } else {
            number.filter(|&block| block != 0 && block < self.block_count())
        };
        let fields = self.fields().iter();
        let found: Vec<_> = fields.filter(|field| Some(field.block) == block).collect();
        match found.is_empty() {
            false => Ok(found),
            true => Err(BurnError::Unknown {
                chip: self.chip(),
                name: name.to_owned(),
            }),
        }
    }
}

fn set_protection(
    bank: &EfuseBank,
    bits: &mut Bits,
    field: &Field,
    bit: u32,
) -> Result<(), BurnError> {
    let name = field.name;
    if bank.is_write_protected(field) {
        return Err(BurnError::Protected { name });
    }
    let place = field.bit + bit as usize;
    match bits
        .get_mut(field.block)
        .and_then(|block| block.get_mut(place / 8))
    {
        Some(byte) => *byte |= 1 << (place % 8),
        None => return Err(BurnError::Protected { name }),
    }
    Ok(())
}

/// The units of 3/4 coding that are to be burned anew; `None` where one holds something else already.
fn three_quarter(bits: &[u8; CODED_LEN], now: &[u8; CODED_LEN]) -> Option<[u8; CODED_LEN]> {
    let mut new = [0; CODED_LEN];
    let units = bits.chunks(UNIT_PAYLOAD).zip(now.chunks(UNIT_PAYLOAD));
    for (place, (wanted, stored)) in new.chunks_mut(UNIT_PAYLOAD).zip(units) {
        let empty = |unit: &[u8]| unit.iter().all(|&byte| byte == 0);
        if empty(stored) {
            place.copy_from_slice(wanted);
        } else if !empty(wanted) && wanted != stored {
            return None;
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests;
