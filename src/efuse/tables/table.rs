//! What a chip's table holds, and how its fields are written down.

use crate::chip::ChipRevision;
use crate::efuse::field::Field;
use crate::efuse::purpose::KeyPurpose;

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
    /// Blocks that the factory burns as a whole: they do not go over with another chip's settings.
    pub factory_blocks: &'static [usize],
    /// Fields of other blocks that are the chip's own.
    pub identity: &'static [Field],
    /// Key blocks with a purpose, KEY0 first.
    pub key_slots: &'static [KeySlot],
    /// The purposes that the chip knows, with their codes.
    pub purposes: &'static [(u8, KeyPurpose)],
    /// The table that holds from a chip revision on, where the chip's eFuses were laid out anew. The fields of the
    /// revision have their places in common.
    pub later: Option<(ChipRevision, &'static ChipTable)>,
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
    /// With twelve Reed-Solomon check bytes each (see [`crate::efuse::reed_solomon`]).
    ReedSolomon,
}

/// A key block that has a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySlot {
    /// The key.
    pub key: Field,
    /// What it is for.
    pub purpose: Field,
    /// The purpose's high bits, where they lie apart.
    pub purpose_high: Option<Field>,
    /// Whether it can be a key of flash encryption: a fault of the hardware excludes the last one of some chips (ESP-IDF
    /// `SOC_EFUSE_BLOCK9_KEY_PURPOSE_QUIRK`).
    pub xts: bool,
}

impl KeySlot {
    /// A key block with the field of its purpose (and of the purpose's high bits), and whether it takes a flash key.
    pub const fn new(key: Field, purpose: Field, purpose_high: Option<Field>, xts: bool) -> Self {
        KeySlot {
            key,
            purpose,
            purpose_high,
            xts,
        }
    }
}

/// Where the chip revision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionFields {
    /// In three bits of the ESP32, one of which is no eFuse.
    Esp32,
    /// In numbers of their own (ESP-IDF `components/hal/esp32c3/efuse_hal.c`).
    Wafer(&'static WaferFields),
}

/// The fields of a chip revision in numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaferFields {
    /// Major revision, or its low bits.
    pub major: Field,
    /// High bits of the major revision, where they lie apart.
    pub major_high: Option<Field>,
    /// Minor revision, or its low bits.
    pub minor_low: Field,
    /// High bits of the minor revision, where they lie apart.
    pub minor_high: Option<Field>,
    /// Major and minor version of the calibration data, where v1.1 of them on a chip whose `minor_low` is zero means that
    /// the revision is v0.0 and the revision's other bits hold something else (ESP-IDF
    /// `components/hal/esp32s3/efuse_hal.c`, `is_eco0`).
    pub first_if_1_1: Option<(Field, Field)>,
}

impl WaferFields {
    /// The revision that the fields say together; `get` gives the value of one.
    pub(crate) fn join(&self, get: impl Fn(&Field) -> u64) -> ChipRevision {
        let whole = |low: &Field, high: &Option<Field>| {
            let high = high.as_ref().map_or(0, &get);
            (high << low.bits | get(low)) as u8
        };
        ChipRevision {
            major: whole(&self.major, &self.major_high),
            minor: whole(&self.minor_low, &self.minor_high),
        }
    }

    /// The fields with the value that each has in a revision; higher numbers count as the highest.
    pub(crate) fn split(&self, revision: ChipRevision) -> impl Iterator<Item = (Field, u64)> {
        let whole = |number: u8, low: Field, high: Option<Field>| {
            let bits = low.bits + high.map_or(0, |high| high.bits);
            let number = u64::from(number).min((1 << bits) - 1);
            let high = high.map(|high| (high, number >> low.bits));
            std::iter::once((low, number)).chain(high)
        };
        whole(revision.major, self.major, self.major_high).chain(whole(
            revision.minor,
            self.minor_low,
            self.minor_high,
        ))
    }
}

macro_rules! fields {
    ($($name:ident = ($block:literal, $bit:literal, $bits:literal, $wr:expr, $rd:expr, $what:literal);)*) => {
        $(
            #[doc = $what]
            pub const $name: crate::efuse::field::Field = crate::efuse::field::Field {
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
        pub static FIELDS: &[crate::efuse::field::Field] = &[$($name),*];
    };
}
pub(super) use fields;
