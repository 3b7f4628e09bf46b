//! eFuses: banks of one-time-programmable bits, as the hardware holds them and as software sees them.

mod bank;
pub mod coding;
mod field;
mod files;
mod identity;
mod key_error;
mod keys;
mod readable;
pub mod reed_solomon;
mod security;
mod summary;
pub mod tables;
mod xts_security;

pub use bank::{BurnOutcome, EfuseBank};
pub use coding::CodingScheme;
pub use field::{Field, FieldError};
pub use files::{
    ESPEFUSE_ESP32_LEN, ESPEFUSE_LEN, EfuseFile, EfuseFileError, EfuseFormat, EfuseWarning,
    QEMU_ESP32_LEN, QEMU_LEN,
};
pub use identity::{CustomMacError, mac_crc};
pub use key_error::KeyError;
pub use keys::{KeyProtection, KeyPurpose, UnknownPurpose, XtsKey};
pub use security::{FlashEncryption, extend_192_bit_key};
pub use summary::FieldSummary;
pub use xts_security::{EncryptionMode, XtsEncryption, xts_purposes};
