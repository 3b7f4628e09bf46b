//! `cloneproof sign`, `verify`, `digest-bootloader` and `key`: secure boot on files, as espsecure does it.

mod keys;
mod verify;

use std::path::Path;

use cloneproof::flash::app_image::AppImageError;
use cloneproof::secure_boot::v1::{self, V1Error};
use cloneproof::secure_boot::v2::{self, Existing, SignError};
use cloneproof::secure_boot::{KeyFileError, SigningKey};

pub use keys::key;
pub use verify::{signatures, verify};

use super::print;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};
use crate::cli::{DigestBootloaderArgs, OutArgs, SignArgs, Version};

/// The salt of RSA-PSS follows from this and the image: the same command writes the same bytes.
const SALT_SEED: [u8; 32] = *b"cloneproof: salt of RSA-PSS, v1\0";

/// Signs an image.
///
/// # Errors
/// Where a file cannot be read or written, or cannot be signed so.
pub fn sign(args: &SignArgs) -> Result<Exit, Error> {
    let mut inputs = vec![args.image.as_path()];
    inputs.extend(args.key.iter().map(|path| path.as_path()));
    check_out(&args.out, &inputs)?;
    let image = files::read(&args.image, files::MAX_FLASH_FILE)?;
    let keys = args.key.iter().map(|path| signing_key(path));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let signed = match args.version {
        Version::V1 => sign_v1(args, &image, &keys)?,
        Version::V2 => sign_v2(args, &image, &keys)?,
    };
    files::write(&args.out.out, Readers::Everyone, &signed)?;
    let count = match args.version {
        Version::V1 => 1,
        Version::V2 => v2::signed_blocks(&signed).len(),
    };
    print(&format!(
        "{}: {count} signature(s), {} bytes\n",
        args.out.out.display(),
        signed.len()
    ))?;
    Ok(Exit::Success)
}

fn sign_v1(args: &SignArgs, image: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, Error> {
    let [key] = keys else {
        return Err(Error::usage(
            format!(
                "{} keys for secure boot v1, which has one signature",
                keys.len()
            ),
            "name one --key, or sign with --version 2",
        ));
    };
    if args.append_signatures || args.replace_signatures {
        return Err(Error::usage(
            "--append-signatures and --replace-signatures are for secure boot v2",
            "leave them out, or sign with --version 2",
        ));
    }
    if let Some(chip) = args
        .chip
        .filter(|&chip| chip != cloneproof::chip::Chip::Esp32)
    {
        return Err(Error::usage(
            format!("{chip} has no secure boot v1: it is the first ESP32's"),
            "sign with --version 2",
        ));
    }
    v1::sign_app(image, key).map_err(|error| {
        let file = match error {
            V1Error::Scheme { .. } => &args.key[0],
            _ => &args.image,
        };
        v1_error(file, &error)
    })
}

fn sign_v2(args: &SignArgs, image: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, Error> {
    let existing = match (args.append_signatures, args.replace_signatures) {
        (true, _) => Existing::Keep,
        (_, true) => Existing::Replace,
        _ => Existing::Refuse,
    };
    let fail = |error| sign_error(&args.image, &error);
    if let Some(chip) = args.chip {
        v2::check_for_chip(chip, image, keys).map_err(fail)?;
    }
    let signed = v2::sign(image, keys, existing, &SALT_SEED).map_err(fail)?;
    if let Some(chip) = args.chip {
        v2::check_block_count(chip, &signed).map_err(fail)?;
    }
    Ok(signed)
}

fn sign_error(image: &Path, error: &SignError) -> Error {
    let remedy = match error {
        SignError::Empty | SignError::Image(_) => image_remedy(error),
        SignError::TooMany { .. } => "leave keys out, or take old ones off: --replace-signatures",
        SignError::Signed { .. } => {
            "keep its signatures with --append-signatures, or take them off with --replace-signatures"
        }
        SignError::Unsigned { .. } => "leave --append-signatures out",
        SignError::OtherImage { .. } => {
            "the image was changed after it was signed: sign anew with --replace-signatures"
        }
        SignError::Trailing { .. } => {
            "cut the file to its image, or sign what the build wrote before anything was added"
        }
        SignError::Scheme { .. } => {
            "sign with a key of a scheme that the chip verifies: `cloneproof key generate`"
        }
        SignError::Blocks { .. } => "sign with fewer keys",
        SignError::Chip { .. } => "name another --chip",
        _ => "name another --key",
    };
    Error::input(image, error, remedy)
}

fn image_remedy(error: &SignError) -> &'static str {
    match error {
        SignError::Image(AppImageError::Chip { .. }) => "name the --chip that the image is for",
        _ => "name an image as the build writes it (.bin)",
    }
}

fn v1_error(path: &Path, error: &V1Error) -> Error {
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

/// Writes a bootloader with its digest of secure boot v1.
///
/// # Errors
/// Where a file cannot be read or written, or is no such.
pub fn digest_bootloader(args: &DigestBootloaderArgs) -> Result<Exit, Error> {
    let mut inputs = vec![args.image.as_path(), args.key.as_path()];
    inputs.extend(args.iv.as_deref());
    check_out(&args.out, &inputs)?;
    let key = digest_key(&args.key)?;
    let iv = match &args.iv {
        Some(path) => {
            let bytes = files::read(path, files::MAX_SMALL_FILE)?;
            <[u8; v1::IV_LEN]>::try_from(bytes.as_slice()).map_err(|_| {
                let problem = format!("has {} bytes; an initial value has 128", bytes.len());
                Error::input(path, problem, "leave --iv out: one is drawn")
            })?
        }
        None => random()?,
    };
    let image = files::read(&args.image, files::MAX_FLASH_FILE)?;
    let flash = v1::digested_bootloader(&key, &iv, &image)
        .map_err(|error| v1_error(&args.image, &error))?;
    files::write(&args.out.out, Readers::Everyone, &flash)?;
    print(&format!(
        "{}: digest and bootloader, {} bytes for flash offset 0\n",
        args.out.out.display(),
        flash.len()
    ))?;
    Ok(Exit::Success)
}

fn digest_key(path: &Path) -> Result<[u8; 32], Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    v1::digest_key(&bytes).map_err(|error| v1_error(path, &error))
}

/// Random bytes of the operating system.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::Random(error.to_string())),
    }
}

fn signing_key(path: &Path) -> Result<SigningKey, Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    SigningKey::from_pem(&bytes).map_err(|error| key_error(path, &error))
}

fn key_error(path: &Path, error: &KeyFileError) -> Error {
    Error::input(path, error, error.remedy())
}

/// Refuses an output that is one of the inputs, or that exists unless it may be replaced.
fn check_out(out: &OutArgs, inputs: &[&Path]) -> Result<(), Error> {
    files::check_output(&out.out, out.replace.rule(), inputs)
}
