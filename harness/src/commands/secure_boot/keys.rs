//! `cloneproof key`: keys made, their digests and public parts.

use std::path::Path;

use cloneproof::chip::Chip;
use cloneproof::secure_boot::{Scheme, SigningKey, VerifyingKey, v1, v2};

use super::{check_out, key_error, random, signing_key, v1_error};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers, Replace};
use crate::cli::{KeyCommand, OutArgs, Version};
use crate::commands::print;

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
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        return print(&format!("{digits}\n"));
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
    check_out(out, &[path])?;
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

pub(super) fn verifying_key(path: &Path) -> Result<VerifyingKey, Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    VerifyingKey::from_pem(&bytes).map_err(|error| key_error(path, &error))
}
