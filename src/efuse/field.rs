//! Named eFuse fields: where they lie and what protects them.

use crate::chip::Chip;

/// One field of a chip's eFuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name as in ESP-IDF's eFuse table, e.g. `"FLASH_CRYPT_CNT"`.
    pub name: &'static str,
    /// Number of the block.
    pub block: usize,
    /// First bit, counted from bit 0 of the block's first payload word.
    pub bit: usize,
    /// Number of bits. A field may end behind the payload where a coding scheme shortens the block.
    pub bits: usize,
    /// Bit of WR_DIS that write-protects the field, if there is one.
    pub wr_dis: Option<u32>,
    /// Bit of RD_DIS that hides the field from software, if there is one.
    pub rd_dis: Option<u32>,
    /// What it is, a few words.
    pub what: &'static str,
}

impl Field {
    /// The field's bits in word `word` of its block.
    pub fn mask(&self, word: usize) -> u32 {
        let start = self.bit.max(word * 32);
        let end = (self.bit + self.bits).min(word * 32 + 32);
        if start >= end {
            return 0;
        }
        (u32::MAX >> (32 - (end - start))) << (start % 32)
    }

    /// The lowest 64 bits of the field, where `word` gives the words of its block.
    pub(super) fn low_bits(&self, word: impl Fn(usize) -> u32) -> u64 {
        let first = self.bit / 32;
        let raw = (0..3).fold(0u128, |sum, step| {
            sum | u128::from(word(first + step)) << (32 * step)
        });
        let value = (raw >> (self.bit % 32)) as u64;
        match self.bits {
            0..64 => value & ((1 << self.bits) - 1),
            _ => value,
        }
    }
}

/// A burn that cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// No field has this name.
    #[error("{chip} has no eFuse field \"{name}\"")]
    Unknown {
        /// The chip.
        chip: Chip,
        /// The name as given.
        name: String,
    },
    /// The value has more bits than the field.
    #[error("value {value:#x} does not fit eFuse field {name} of {bits} bits")]
    TooWide {
        /// Field name.
        name: &'static str,
        /// Bits of the field.
        bits: usize,
        /// The value as given.
        value: u64,
    },
    /// The field lies in a block whose coding allows only burns of the whole block.
    #[error(
        "eFuse field {name} lies in block {block}, which is coded: it can only be burned as a whole"
    )]
    Coded {
        /// Field name.
        name: &'static str,
        /// Number of the block.
        block: usize,
    },
}
