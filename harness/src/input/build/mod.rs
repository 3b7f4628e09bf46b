//! A user's own build: [`open`] reads it in one of three forms into one [`Build`]; [`suite`] makes the standard scenarios
//! of it.

mod build_dir;
mod config;
mod elf;
mod layout;
mod merged;
mod model;
pub mod suite;

#[cfg(test)]
mod test_project;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use config::{Encrypts, SecureBoot, Security};
pub use model::{Build, Kind};

use crate::base::error::Error;
use crate::base::files;

/// First bytes of an ELF file.
const ELF_MAGIC: &[u8; 4] = b"\x7fELF";

/// Reads a build: a directory, an ELF file, or the contents of a flash.
///
/// # Errors
/// Where it is none, half-written, contradicts itself, or is for a chip that is not modelled.
pub fn open(path: &Path) -> Result<Build, Error> {
    if path.is_dir() {
        return build_dir::open(path);
    }
    let bytes = files::read(path, files::MAX_FLASH_FILE)?;
    if bytes.is_empty() {
        return Err(Error::input(
            path,
            "is empty",
            "build it again, to the end, and name the build directory",
        ));
    }
    if bytes.starts_with(ELF_MAGIC) {
        elf::open(path, &bytes)
    } else if path
        .file_name()
        .is_some_and(|name| name == build_dir::FLASHER_ARGS)
    {
        Err(Error::input(
            path,
            "is a part of a build directory",
            "name the directory that it lies in",
        ))
    } else {
        merged::open(path, &bytes)
    }
}
