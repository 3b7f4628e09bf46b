//! What the commands of secure boot share: versions, keys from files, and what to do about errors.

use std::path::Path;

use clap::ValueEnum;
use cloneproof::secure_boot::v1::{self, V1Error};
use cloneproof::secure_boot::v2::{BlockProblem, VerifyError};
use cloneproof::secure_boot::{KeyFileError, SigningKey, VerifyingKey};

use crate::base::error::Error;
use crate::base::files;

/// Version of secure boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// ESP32: ECDSA signature behind each app, keyed digest of the bootloader
    #[value(name = "1")]
    V1,
    /// ESP32 v3.0 and every later chip: sector of signatures behind bootloader and app
    #[value(name = "2")]
    V2,
}

/// An error of version 1, about this file.
pub fn v1_error(path: &Path, error: &V1Error) -> Error {
    let remedy = match error {
        V1Error::KeyLength { .. } => "name the key file that was burned into block 2",
        V1Error::Scheme { .. } => {
            "make one with `cloneproof key generate --scheme ecdsa256 KEY.pem`"
        }
        V1Error::Image(_) => "name a bootloader or app image of the ESP32",
        V1Error::TooShort { .. } => {
            "name flash contents from offset 0 on, as `digest-bootloader` writes them"
        }
        V1Error::Point => "name the key that `cloneproof key public --version 1` wrote",
        _ => "sign it with `cloneproof sign --version 1`",
    };
    Error::input(path, error, remedy)
}

/// An error about the signatures of this file.
pub fn verify_error(path: &Path, error: &VerifyError) -> Error {
    let remedy = match error {
        VerifyError::NotPadded { .. } | VerifyError::Unsigned { .. } => {
            "sign it with `cloneproof sign --version 2`, which pads it"
        }
        VerifyError::Truncated { .. } => "fetch the whole file: the last sector has 4096 bytes",
        VerifyError::Misplaced { .. } => {
            "sign the image as the build wrote it; the signatures follow it at the next multiple of 4096"
        }
        VerifyError::Trust(_) => "name another --chip, or verify with --key",
        _ => "name a signed image of this chip",
    };
    Error::input(path, error, remedy)
}

/// What is wrong with a signature block, and the name of that.
pub fn problem_row(problem: &BlockProblem) -> (String, &'static str) {
    match problem {
        BlockProblem::Magic { found: 0xFF } => ("none".to_owned(), "magic"),
        BlockProblem::Magic { found } => (
            format!("none: begins with {found:#04x}, not with 0xe7"),
            "magic",
        ),
        BlockProblem::Version { found } => (format!("has an unknown version {found}"), "version"),
        BlockProblem::Curve { found } => (format!("is on an unknown curve {found}"), "curve"),
        BlockProblem::Crc { stored, computed } => (
            format!("is damaged: its CRC is {stored:#010x}, its bytes give {computed:#010x}"),
            "crc",
        ),
        _ => ("is none that is known".to_owned(), "unknown"),
    }
}

/// The key of a bootloader's digest.
pub fn digest_key(path: &Path) -> Result<[u8; 32], Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    v1::digest_key(&bytes).map_err(|error| v1_error(path, &error))
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::Random(error.to_string())),
    }
}

/// A private key.
pub fn signing_key(path: &Path) -> Result<SigningKey, Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    SigningKey::from_pem(&bytes).map_err(|error| key_error(path, &error))
}

/// The public part of a key.
pub fn verifying_key(path: &Path) -> Result<VerifyingKey, Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    VerifyingKey::from_pem(&bytes).map_err(|error| key_error(path, &error))
}

/// An error of a key file.
pub fn key_error(path: &Path, error: &KeyFileError) -> Error {
    Error::input(path, error, error.remedy())
}
