//! `cloneproof digest-bootloader`: a bootloader with its digest of secure boot v1.

use std::path::PathBuf;

use clap::Args;
use cloneproof::secure_boot::v1;

use super::options::OutArgs;
use super::output::print;
use super::secure_boot::{digest_key, random, v1_error};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};

/// The arguments of `digest-bootloader`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct DigestBootloaderArgs {
    /// Secure boot key, 32 bytes, or 24 with coding scheme 3/4
    #[arg(long, short, alias = "keyfile", value_name = "KEY.bin")]
    pub key: PathBuf,
    /// File with the initial value, 128 bytes, for tests [default: drawn at random]
    #[arg(long, value_name = "FILE")]
    pub iv: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
    /// Bootloader image of the ESP32
    pub image: PathBuf,
}

/// Writes a bootloader with its digest of secure boot v1.
///
/// # Errors
/// Where a file cannot be read or written, or is no such.
pub fn digest_bootloader(args: &DigestBootloaderArgs) -> Result<Exit, Error> {
    let mut inputs = vec![args.image.as_path(), args.key.as_path()];
    inputs.extend(args.iv.as_deref());
    args.out.check(&inputs)?;
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
