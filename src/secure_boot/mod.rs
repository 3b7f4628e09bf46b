//! Secure boot: what ROM and bootloader check before they run an image.
//!
//! - [`v1`] (ESP32): a keyed digest of the bootloader that hardware computes, and an ECDSA signature behind each app.
//! - [`v2`] (ESP32 v3.0 and every later chip): a sector of up to three RSA or ECDSA signatures behind bootloader and app,
//!   made by keys whose digests stand in the eFuses; [`v2::verify()`] says what the ROM decides and why.
//!
//! Keys come from PEM files as espsecure and OpenSSL read them ([`SigningKey`], [`VerifyingKey`]).

mod curves;
mod key_error;
mod key_file;
#[cfg(test)]
mod key_file_tests;
#[cfg(test)]
mod key_forms;
mod keys;
mod pem;
#[cfg(test)]
mod testing;
pub mod v1;
pub mod v2;

#[cfg(test)]
use crate::hex;

pub use key_error::{KeyDamage, KeyFileError};
pub use keys::{Scheme, SigningKey, UnknownScheme, VerifyingKey};

/// Bytes of a flash sector: the unit to which images are padded and that holds the signatures.
pub const SECTOR: usize = 4096;
