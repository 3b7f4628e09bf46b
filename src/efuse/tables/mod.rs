//! Field tables, one file a chip: everything about its eFuses that is data.

pub mod esp32;
pub mod esp32c3;
pub mod esp32s3;
mod layout;

use super::field::Field;
use super::keys::KeyPurpose;
use crate::chip::Chip;

/// What the eFuses of one chip are.
#[derive(Debug)]
pub struct ChipTable {
    /// All fields, by block and place.
    pub fields: &'static [Field],
    /// The blocks.
    pub blocks: &'static [BlockSpec],
    /// How blocks other than block 0 are stored.
    pub coding: BlockCoding,
    /// The write protection bits.
    pub wr_dis: Field,
    /// The read protection bits.
    pub rd_dis: Field,
    /// The field that switches flash encryption on while an odd number of its bits is set.
    pub crypt_cnt: Field,
    /// The factory MAC address, last byte in the lowest bits.
    pub mac: Field,
    /// Where the chip revision stands.
    pub revision: RevisionFields,
    /// Fields that are the chip's own: they do not go over with another chip's settings.
    pub identity: &'static [Field],
    /// Key blocks with a purpose, KEY0 first.
    pub key_slots: &'static [KeySlot],
    /// The purposes that the chip knows, with their codes.
    pub purposes: &'static [(u8, KeyPurpose)],
}

/// One block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSpec {
    /// Number of 32-bit words that the read registers show.
    pub words: usize,
    /// Bit of WR_DIS that protects the whole block; block 0 is protected field by field.
    pub wr_dis: Option<u32>,
    /// Bit of RD_DIS that hides the whole block from software.
    pub rd_dis: Option<u32>,
}

impl BlockSpec {
    /// A block of so many 32-bit words with these bits of WR_DIS and RD_DIS.
    pub const fn new(words: usize, wr_dis: Option<u32>, rd_dis: Option<u32>) -> Self {
        BlockSpec {
            words,
            wr_dis,
            rd_dis,
        }
    }
}

/// How blocks other than block 0 are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockCoding {
    /// As this field says (the ESP32's CODING_SCHEME).
    Selected(Field),
    /// With twelve Reed-Solomon check bytes each (see [`super::reed_solomon`]).
    ReedSolomon,
}

/// A key block that has a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySlot {
    /// The key.
    pub key: Field,
    /// What it is for.
    pub purpose: Field,
    /// Whether it can be a key of flash encryption: a fault of the hardware excludes the last one of some chips (ESP-IDF
    /// `SOC_EFUSE_BLOCK9_KEY_PURPOSE_QUIRK`).
    pub xts: bool,
}

/// Where the chip revision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionFields {
    /// Not in a table yet.
    Unknown,
    /// In three bits of the ESP32, one of which is no eFuse.
    Esp32,
    /// In numbers of their own (ESP-IDF `components/hal/esp32c3/efuse_hal.c`).
    Wafer(&'static WaferFields),
}

/// The fields of a chip revision in numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaferFields {
    /// Major revision.
    pub major: Field,
    /// Low bits of the minor revision.
    pub minor_low: Field,
    /// High bits of the minor revision.
    pub minor_high: Field,
    /// Major and minor version of the calibration data, where v1.1 of them on a chip whose `minor_low` is zero means that
    /// the revision is v0.0 and the revision's other bits hold something else (ESP-IDF
    /// `components/hal/esp32s3/efuse_hal.c`, `is_eco0`).
    pub first_if_1_1: Option<(Field, Field)>,
}

/// The table of a chip.
pub fn of(chip: Chip) -> &'static ChipTable {
    match chip {
        Chip::Esp32 => &esp32::TABLE,
        Chip::Esp32C3 => &esp32c3::TABLE,
        Chip::Esp32S3 => &esp32s3::TABLE,
        Chip::Esp32C2 => &layout::SMALL,
        _ => &layout::LARGE,
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = ($block:literal, $bit:literal, $bits:literal, $wr:expr, $rd:expr, $what:literal);)*) => {
        $(
            $(#[$doc])*
            pub const $name: crate::efuse::Field = crate::efuse::Field {
                name: stringify!($name),
                block: $block,
                bit: $bit,
                bits: $bits,
                wr_dis: $wr,
                rd_dis: $rd,
                what: $what,
            };
        )*

        /// All fields, by block and place.
        pub static FIELDS: &[crate::efuse::Field] = &[$($name),*];
    };
}
use fields;
