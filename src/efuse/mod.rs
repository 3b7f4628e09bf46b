//! eFuses: banks of one-time-programmable bits, as the hardware holds them and as software sees them.

mod bank;
mod burn;
mod burn_error;
mod by_field;
pub mod coding;
mod esp32_keys;
mod field;
mod files;
mod flash_keys;
mod identity;
mod key_error;
mod keys;
mod purpose;
mod readable;
pub mod reed_solomon;
mod security;
mod summary;
pub mod tables;
mod warnings;
mod xts_security;

pub use bank::{BurnOutcome, EfuseBank};
pub use burn::BurnPlan;
pub use burn_error::BurnError;
pub use coding::CodingScheme;
pub use field::{Field, FieldError};
pub use files::{
    ESPEFUSE_ESP32_LEN, ESPEFUSE_LEN, EfuseFile, EfuseFileError, EfuseFormat, QEMU_ESP32_LEN,
    QEMU_LEN,
};
pub use flash_keys::XtsKey;
pub use identity::{CustomMacError, mac_crc};
pub use key_error::KeyError;
pub use keys::KeyProtection;
pub use purpose::{KeyPurpose, UnknownPurpose};
pub use security::{FlashEncryption, extend_192_bit_key};
pub use summary::FieldSummary;
pub use warnings::EfuseWarning;
pub use xts_security::{EncryptionMode, XtsEncryption, xts_purposes};
