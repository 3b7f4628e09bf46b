//! Field tables, one file a chip.

pub mod esp32;
