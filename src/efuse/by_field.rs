//! Reading, burning and protecting by field.

use super::bank::{BurnOutcome, EfuseBank};
use super::coding::CodingScheme;
use super::field::{Field, FieldError};

impl EfuseBank {
    /// The chip's fields, by block and place.
    pub fn fields(&self) -> &'static [Field] {
        self.table().fields
    }

    /// The field with this name (letter case does not matter).
    ///
    /// # Errors
    /// [`FieldError::Unknown`] where the chip has none.
    pub fn field(&self, name: &str) -> Result<&'static Field, FieldError> {
        self.fields()
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| FieldError::Unknown {
                chip: self.chip(),
                name: name.to_owned(),
            })
    }

    /// The lowest 64 bits of a field as the hardware holds it: read protection ignored, coding taken off.
    pub fn get(&self, field: &Field) -> u64 {
        field.low_bits(|word| self.payload_word(field.block, word))
    }

    /// The lowest 64 bits of a field as software reads it.
    pub fn get_software(&self, field: &Field) -> u64 {
        field.low_bits(|word| self.software_word(field.block, word))
    }

    /// All bits of a field as the hardware holds it, little-endian; the last byte may be partly used.
    pub fn get_bytes(&self, field: &Field) -> Vec<u8> {
        field_bytes(field, |word| self.payload_word(field.block, word))
    }

    /// All bits of a field as software reads it, little-endian; the last byte may be partly used.
    pub fn get_software_bytes(&self, field: &Field) -> Vec<u8> {
        field_bytes(field, |word| self.software_word(field.block, word))
    }

    /// Whether burning the field has no effect any more.
    pub fn is_write_protected(&self, field: &Field) -> bool {
        field
            .wr_dis
            .is_some_and(|bit| self.wr_dis() >> bit & 1 == 1)
    }

    /// Whether the field is hidden from software.
    pub fn is_read_protected(&self, field: &Field) -> bool {
        field
            .rd_dis
            .is_some_and(|bit| self.rd_dis() >> bit & 1 == 1)
    }

    /// Burns the set bits of `value` into a field, in one programming operation.
    ///
    /// # Errors
    /// Where the value does not fit, or the block is coded (with Reed-Solomon check bytes: and not blank).
    pub fn burn(&mut self, field: &Field, value: u64) -> Result<BurnOutcome, FieldError> {
        if field.bits < 64 && value >> field.bits != 0 {
            return Err(FieldError::TooWide {
                name: field.name,
                bits: field.bits,
                value,
            });
        }
        let code_can_follow =
            self.coding_scheme() == CodingScheme::ReedSolomon && self.is_blank(field.block);
        if self.is_coded(field.block) && !code_can_follow {
            return Err(FieldError::Coded {
                name: field.name,
                block: field.block,
            });
        }
        let shifted = u128::from(value) << (field.bit % 32);
        let mut words = vec![0; self.block_words(field.block)];
        for (step, word) in words.iter_mut().skip(field.bit / 32).take(4).enumerate() {
            *word = (shifted >> (32 * step)) as u32;
        }
        Ok(self.burn_block(field.block, &words))
    }

    /// Sets the WR_DIS bit that write-protects a field, where it has one.
    pub fn write_protect(&mut self, field: &Field) -> BurnOutcome {
        match field.wr_dis {
            Some(bit) => self.burn_bit(&self.table().wr_dis, bit),
            None => BurnOutcome::Burned,
        }
    }

    /// Sets the RD_DIS bit that hides a field from software, where it has one.
    pub fn read_protect(&mut self, field: &Field) -> BurnOutcome {
        match field.rd_dis {
            Some(bit) => self.burn_bit(&self.table().rd_dis, bit),
            None => BurnOutcome::Burned,
        }
    }

    /// Burns one bit of a field of block 0.
    fn burn_bit(&mut self, field: &Field, bit: u32) -> BurnOutcome {
        let place = field.bit + bit as usize;
        self.burn_word(0, place / 32, 1 << (place % 32))
    }
}

fn field_bytes(field: &Field, word: impl Fn(usize) -> u32) -> Vec<u8> {
    let first = field.bit / 32;
    let last = (field.bit + field.bits).div_ceil(32);
    let words: Vec<u32> = (first..last).map(word).collect();
    let mut bytes = vec![0; field.bits.div_ceil(8)];
    for bit in 0..field.bits {
        let place = field.bit - first * 32 + bit;
        let set = words[place / 32] >> (place % 32) & 1;
        bytes[bit / 8] |= (set as u8) << (bit % 8);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::Chip;
    use crate::efuse::tables::{self, ChipTable, esp32};
    use esp32::{CODING_SCHEME, CUSTOM_MAC, FLASH_CRYPT_CNT, MAC, WR_DIS};

    fn all_tables() -> impl Iterator<Item = (Chip, &'static ChipTable)> {
        Chip::ALL.into_iter().flat_map(|chip| {
            let first = tables::of(chip);
            let later = first.later.map(|(_, later)| later);
            std::iter::once(first).chain(later).map(move |t| (chip, t))
        })
    }

    #[test]
    fn fields_do_not_overlap_and_lie_in_their_block() {
        for (chip, table) in all_tables() {
            for (index, a) in table.fields.iter().enumerate() {
                let words = table.blocks[a.block].words;
                assert!(a.bit + a.bits <= words * 32, "{chip}: {}", a.name);
                for b in &table.fields[index + 1..] {
                    assert!(a.name != b.name, "{chip}: {}", a.name);
                    let common = (0..words).any(|word| a.mask(word) & b.mask(word) != 0);
                    let common = a.block == b.block && common;
                    assert!(!common, "{chip}: {} and {}", a.name, b.name);
                }
            }
        }
    }

    /// Fields outside block 0 are protected with their block, and with nothing else.
    #[test]
    fn fields_share_the_protection_of_their_block() {
        for (chip, table) in all_tables() {
            for field in table.fields.iter().filter(|field| field.block != 0) {
                let block = table.blocks[field.block];
                let (name, found) = (field.name, (field.wr_dis, field.rd_dis));
                // The ESP32-C2 hides the halves of its key block one by one.
                let halves = chip == Chip::Esp32C2 && name.starts_with("BLOCK_KEY0");
                let rd_dis = if halves { field.rd_dis } else { block.rd_dis };
                assert_eq!(found, (block.wr_dis, rd_dis), "{chip}: {name}");
            }
        }
    }

    #[test]
    fn masks() {
        assert_eq!(WR_DIS.mask(0), 0xFFFF);
        assert_eq!(FLASH_CRYPT_CNT.mask(0), 0x07F0_0000);
        assert_eq!((MAC.mask(0), MAC.mask(1), MAC.mask(2)), (0, !0, 0xFFFF));
    }

    #[test]
    fn burn_and_get() {
        let mut bank = EfuseBank::blank(Chip::Esp32);
        assert_eq!(
            bank.burn(&CUSTOM_MAC, 0x6655_4433_2211),
            Ok(BurnOutcome::Burned)
        );
        assert_eq!(bank.get(&CUSTOM_MAC), 0x6655_4433_2211);
        assert_eq!(bank.hardware_word(3, 0), 0x3322_1100);
        assert_eq!(
            bank.get_bytes(&CUSTOM_MAC),
            [0x11, 0x22, 0x33, 0x44, 0x55, 0x66]
        );
        let error = bank.burn(&FLASH_CRYPT_CNT, 0x80).unwrap_err();
        assert_eq!(
            error.to_string(),
            "value 0x80 does not fit eFuse field FLASH_CRYPT_CNT of 7 bits"
        );
        bank.burn(&CODING_SCHEME, 1).unwrap();
        let error = bank.burn(&CUSTOM_MAC, 1).unwrap_err();
        assert!(matches!(error, FieldError::Coded { block: 3, .. }));
    }

    #[test]
    fn names() {
        let bank = EfuseBank::blank(Chip::Esp32);
        assert_eq!(bank.field("flash_crypt_cnt"), Ok(&FLASH_CRYPT_CNT));
        assert!(matches!(
            bank.field("KEY_PURPOSE_0"),
            Err(FieldError::Unknown { .. })
        ));
    }
}
