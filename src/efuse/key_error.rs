//! Why a key or a flash encryption configuration cannot be burned.

use super::coding::CodingScheme;
use super::purpose::KeyPurpose;
use crate::chip::Chip;

/// A key, or a configuration with keys, that cannot be burned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key file's length does not fit the coding scheme.
    #[error(
        "flash encryption key of {got} bytes does not fit coding scheme {scheme}: it must have {wanted} bytes"
    )]
    Length {
        /// Bytes as given.
        got: usize,
        /// Bytes that the scheme wants.
        wanted: usize,
        /// The chip's coding scheme.
        scheme: CodingScheme,
    },
    /// The chip has a coding scheme without flash encryption.
    #[error("coding scheme {scheme} has no known flash encryption key format")]
    Scheme {
        /// The chip's coding scheme.
        scheme: CodingScheme,
    },
    /// Block 1 holds something already.
    #[error("block 1 is not blank: a flash encryption key cannot be burned over another")]
    InUse,
    /// A value has more bits than its field.
    #[error("value {value:#x} does not fit eFuse field {name}")]
    TooWide {
        /// Field name.
        name: &'static str,
        /// The value as given.
        value: u8,
    },
    /// Protections that were burned earlier stand against it.
    #[error("eFuse field {name} is write-protected")]
    Protected {
        /// Field name.
        name: &'static str,
    },
    /// The configuration is one of other chips.
    #[error("{what} cannot be burned into {chip}")]
    OtherChip {
        /// The chip.
        chip: Chip,
        /// What was asked for.
        what: &'static str,
    },
    /// The chip has no such key block.
    #[error("{chip} has no key block {slot}: it has {slots} key blocks with a purpose, from 0")]
    NoSlot {
        /// The chip.
        chip: Chip,
        /// Number of the key block as given.
        slot: usize,
        /// Number of key blocks.
        slots: usize,
    },
    /// The chip lacks the purpose.
    #[error("{chip} has no key purpose {purpose}")]
    Purpose {
        /// The chip.
        chip: Chip,
        /// The purpose as given.
        purpose: KeyPurpose,
    },
    /// The purpose belongs into another block of the ESP32.
    #[error(
        "block {block} of the ESP32 cannot have the purpose {purpose}: FLASH_ENCRYPTION is block 1, SECURE_BOOT_V1 and SECURE_BOOT_V2 block 2, USER any of 1 to 3"
    )]
    Esp32Block {
        /// The block as given.
        block: usize,
        /// The purpose as given.
        purpose: KeyPurpose,
    },
    /// This key block cannot have the purpose.
    #[error(
        "{name} of {chip} cannot have the purpose {purpose}: a fault of the hardware excludes flash encryption keys there"
    )]
    PurposeOfSlot {
        /// The chip.
        chip: Chip,
        /// Field name of the key block.
        name: &'static str,
        /// The purpose as given.
        purpose: KeyPurpose,
    },
    /// Another key block has the purpose already.
    #[error("{name} has the purpose {purpose} already: the hardware takes one key of it")]
    Duplicate {
        /// Field name of the other key block.
        name: &'static str,
        /// The purpose.
        purpose: KeyPurpose,
    },
    /// The key block holds a key or has another purpose.
    #[error("{name} is in use: its purpose is {purpose}")]
    SlotInUse {
        /// Field name of the key block.
        name: &'static str,
        /// The purpose that it has.
        purpose: KeyPurpose,
    },
    /// Not one key block for every 32 bytes.
    #[error("{got} key blocks named for a key of {wanted} blocks")]
    SlotCount {
        /// Key blocks as given.
        got: usize,
        /// Key blocks that the key needs.
        wanted: usize,
    },
    /// No key block is left.
    #[error("{chip} has no free key block for a key of purpose {purpose}")]
    NoFreeSlot {
        /// The chip.
        chip: Chip,
        /// The purpose of the key.
        purpose: KeyPurpose,
    },
    /// The key file's length does not fit the purpose.
    #[error("key of {got} bytes: {purpose} of {chip} takes {wanted} bytes")]
    PurposeLength {
        /// The chip.
        chip: Chip,
        /// The purpose.
        purpose: KeyPurpose,
        /// Bytes as given.
        got: usize,
        /// Bytes that the key must have.
        wanted: usize,
    },
    /// The key file's length is none that the chip's flash encryption takes.
    #[error(
        "flash encryption key of {got} bytes: {chip} takes {}32 bytes (XTS-AES-128){}",
        if *.derived { "16 (to derive a key from) or " } else { "" },
        if *.aes_256 { " or 64 bytes (XTS-AES-256)" } else { "; it has no XTS-AES-256" }
    )]
    XtsLength {
        /// The chip.
        chip: Chip,
        /// Bytes as given.
        got: usize,
        /// Whether the chip has XTS-AES-256.
        aes_256: bool,
        /// Whether the chip derives a key from 128 bits.
        derived: bool,
    },
    /// The key block itself cannot be burned.
    #[error(transparent)]
    Burn(#[from] super::burn_error::BurnError),
}
