//! Field tables, one file a chip: everything about its eFuses that is data.

pub mod esp32;
pub mod esp32c2;
pub mod esp32c3;
pub mod esp32c5;
pub mod esp32c6;
pub mod esp32c61;
pub mod esp32h2;
pub mod esp32h21;
pub mod esp32h4;
pub mod esp32p4;
pub mod esp32p4_v3;
pub mod esp32s2;
pub mod esp32s3;
pub mod esp32s31;
mod layout;
mod table;

use crate::chip::Chip;

pub use table::{BlockCoding, BlockSpec, ChipTable, KeySlot, RevisionFields, WaferFields};

/// The table of a chip of the first revision; see [`ChipTable::later`].
pub fn of(chip: Chip) -> &'static ChipTable {
    match chip {
        Chip::Esp32 => &esp32::TABLE,
        Chip::Esp32S2 => &esp32s2::TABLE,
        Chip::Esp32S3 => &esp32s3::TABLE,
        Chip::Esp32C2 => &esp32c2::TABLE,
        Chip::Esp32C3 => &esp32c3::TABLE,
        Chip::Esp32C5 => &esp32c5::TABLE,
        Chip::Esp32C6 => &esp32c6::TABLE,
        Chip::Esp32C61 => &esp32c61::TABLE,
        Chip::Esp32H2 => &esp32h2::TABLE,
        Chip::Esp32H21 => &esp32h21::TABLE,
        Chip::Esp32H4 => &esp32h4::TABLE,
        Chip::Esp32P4 => &esp32p4::TABLE,
        Chip::Esp32S31 => &esp32s31::TABLE,
    }
}
