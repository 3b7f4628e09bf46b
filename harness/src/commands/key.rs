//! `cloneproof key`: keys made, their digests and public parts.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use cloneproof::chip::Chip;
use cloneproof::hex;
use cloneproof::secure_boot::{Scheme, SigningKey, v1, v2};

use super::options::{OutArgs, ReplaceArgs};
use super::output::print;
use super::secure_boot::{Version, random, signing_key, v1_error, verifying_key};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers, Replace};

/// The commands of `key`; every doc comment here is help text.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a signing key
    #[command(visible_alias = "generate-signing-key")]
    Generate {
        /// Scheme of the key: rsa3072, ecdsa192, ecdsa256 (the only one of secure boot v1) or ecdsa384
        #[arg(long, short)]
        scheme: Scheme,
        #[command(flatten)]
        replace: ReplaceArgs,
        /// File to write, in PEM form, readable by its owner only
        #[arg(value_name = "KEY.pem")]
        file: PathBuf,
    },
    /// Show the digest of a public key that secure boot v2 keeps in the eFuses
    #[command(visible_alias = "digest-sbv2-public-key")]
    Digest {
        /// Public or private key in PEM form
        #[arg(value_name = "KEY.pem")]
        key: PathBuf,
        /// The chip: the ESP32-C2 keeps 16 bytes of the digest, the others 32
        #[arg(long, default_value = "esp32")]
        chip: Chip,
        /// Write the digest's bytes to this file instead, for `efuse burn-key`
        #[arg(long, short, alias = "output", value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        replace: ReplaceArgs,
    },
    /// Extract the public key of a private one
    #[command(visible_alias = "extract-public-key", disable_version_flag = true)]
    Public {
        /// Version of secure boot: 64 bytes for 1, PEM for 2
        #[arg(long, short, value_enum, default_value = "2")]
        version: Version,
        /// Private key in PEM form
        #[arg(value_name = "KEY.pem")]
        key: PathBuf,
        #[command(flatten)]
        out: OutArgs,
    },
}

/// Makes a key or tells of one.
///
/// # Errors
/// Where a file cannot be read or written, or holds no key.
pub fn key(command: &KeyCommand) -> Result<Exit, Error> {
    match command {
        KeyCommand::Generate {
            scheme,
            replace,
            file,
        } => generate(*scheme, replace.rule(), file)?,
        KeyCommand::Digest {
            key,
            chip,
            out,
            replace,
        } => digest(key, *chip, out.as_deref(), replace.rule())?,
        KeyCommand::Public { version, key, out } => public(*version, key, out)?,
    }
    Ok(Exit::Success)
}

fn generate(scheme: Scheme, replace: Replace, file: &Path) -> Result<(), Error> {
    files::check_output(file, replace, &[])?;
    let key = SigningKey::generate(scheme, &random()?);
    let pem = key.and_then(|key| key.to_pem());
    let pem = pem.ok_or_else(|| Error::Random("no key came of it".to_owned()))?;
    files::write(file, Readers::Owner, pem.as_bytes())?;
    print(&format!("{}: private key, {scheme}\n", file.display()))
}

fn digest(path: &Path, chip: Chip, out: Option<&Path>, replace: Replace) -> Result<(), Error> {
    let key = verifying_key(path)?;
    let digest = v2::key_digest(&key);
    let kept = v2::supported(chip).map_or(digest.len(), |spec| spec.digest_len);
    let digest = &digest[..kept];
    let Some(out) = out else {
        return print(&format!("{}\n", hex::encode(digest)));
    };
    files::check_output(out, replace, &[path])?;
    files::write(out, Readers::Everyone, digest)?;
    print(&format!(
        "{}: digest of a public key, {}, {kept} bytes\n",
        out.display(),
        key.scheme()
    ))
}

fn public(version: Version, path: &Path, out: &OutArgs) -> Result<(), Error> {
    out.check(&[path])?;
    let key = signing_key(path)?.verifying_key();
    let bytes = match version {
        Version::V1 => v1::binary_public_key(&key).map_err(|error| v1_error(path, &error))?,
        Version::V2 => {
            let pem = key.to_pem().map(String::into_bytes);
            pem.ok_or_else(|| {
                Error::input(
                    path,
                    "has no public key that can be written",
                    "make another",
                )
            })?
        }
    };
    files::write(&out.out, Readers::Everyone, &bytes)?;
    print(&format!(
        "{}: public key, {}\n",
        out.out.display(),
        key.scheme()
    ))
}
