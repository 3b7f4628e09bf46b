//! `cloneproof sign`: images signed for secure boot, as espsecure does it.

use std::path::{Path, PathBuf};

use clap::Args;
use cloneproof::chip::Chip;
use cloneproof::flash::app_image::AppImageError;
use cloneproof::secure_boot::SigningKey;
use cloneproof::secure_boot::v1::{self, V1Error};
use cloneproof::secure_boot::v2::{self, Existing, SignError};

use super::options::OutArgs;
use super::output::print;
use super::secure_boot::{Version, signing_key, v1_error};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};

/// The arguments of `sign`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct SignArgs {
    /// Version of secure boot
    #[arg(long, short, value_enum)]
    pub version: Version,
    /// Private key in PEM form; for version 2 up to three times
    #[arg(
        long,
        short,
        alias = "keyfile",
        value_name = "KEY.pem",
        required = true
    )]
    pub key: Vec<PathBuf>,
    /// Keep the signatures that the image carries already (version 2)
    #[arg(long, short, conflicts_with = "replace_signatures")]
    pub append_signatures: bool,
    /// Take off the signatures that the image carries already (version 2)
    #[arg(long)]
    pub replace_signatures: bool,
    /// Refuse what this chip would refuse: an image for another chip, a scheme that it does not verify
    #[arg(long)]
    pub chip: Option<Chip>,
    #[command(flatten)]
    pub out: OutArgs,
    /// Image to sign; padded to whole sectors of 4096 bytes (version 2)
    pub image: PathBuf,
}

/// The salt of RSA-PSS follows from this and the image: the same command writes the same bytes.
const SALT_SEED: [u8; 32] = *b"cloneproof: salt of RSA-PSS, v1\0";

/// Signs an image.
///
/// # Errors
/// Where a file cannot be read or written, or cannot be signed so.
pub fn sign(args: &SignArgs) -> Result<Exit, Error> {
    let mut inputs = vec![args.image.as_path()];
    inputs.extend(args.key.iter().map(|path| path.as_path()));
    args.out.check(&inputs)?;
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
    if let Some(chip) = args.chip.filter(|&chip| chip != Chip::Esp32) {
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
