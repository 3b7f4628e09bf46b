//! `cloneproof check`: a user's own build in, everything that is needed to ask whether a copy of it runs out.
//!
//! [`open`] reads a build in one of three forms into one [`Build`]; [`suite`] makes the standard scenarios of it;
//! [`verdict`] puts what they gave into one sentence.

mod build_dir;
mod config;
mod elf;
mod layout;
mod merged;
pub mod suite;
pub mod verdict;

#[cfg(test)]
mod test_project;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::flash::app_image::AppImage;
use cloneproof::flash::partition::{PartitionTable, TYPE_APP};

pub use config::{Encrypts, SecureBoot, Security};

use crate::base::error::Error;
use crate::base::files;
use crate::firmware::Firmware;
use crate::symbols::{SharedSymbols, Symbols};

/// First bytes of an ELF file.
const ELF_MAGIC: &[u8; 4] = b"\x7fELF";

/// In which form a build was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A build directory of ESP-IDF.
    BuildDirectory,
    /// The contents of a flash from offset 0 on, with bootloader and partition table.
    MergedImage,
    /// An app as an ELF file, started by a stock bootloader.
    Elf,
}

impl Kind {
    /// The form in running text.
    pub const fn title(self) -> &'static str {
        match self {
            Kind::BuildDirectory => "ESP-IDF build directory",
            Kind::MergedImage => "merged flash image",
            Kind::Elf => "ELF file with ESP-IDF's stock bootloader",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// A build, read and checked.
#[derive(Debug, Clone)]
pub struct Build {
    /// What the user named.
    pub path: PathBuf,
    /// Its form.
    pub kind: Kind,
    /// The chip that it is for.
    pub chip: Chip,
    /// Size of the flash that it is for, in bytes.
    pub flash_size: u32,
    /// The parts with their places.
    pub firmware: Arc<Firmware>,
    /// The partition table among the parts.
    pub table: PartitionTable,
    /// What its configuration says about security.
    pub security: Security,
    /// The app's ELF file, where there is one.
    pub elf: Option<PathBuf>,
    /// Every file that was read.
    pub inputs: Vec<PathBuf>,
    /// What the user should know besides.
    pub notes: Vec<String>,
}

impl Build {
    /// The same build on a device with a flash of `size` bytes.
    ///
    /// # Errors
    /// Where the build is for a larger one.
    pub fn on_flash(mut self, size: u32) -> Result<Build, Error> {
        if size < self.flash_size {
            return Err(Error::usage(
                format!(
                    "--flash-size is {size} bytes, but the build is for {}",
                    self.flash_size
                ),
                "give at least the flash size of the build, or configure the build for less",
            ));
        }
        self.flash_size = size;
        Ok(self)
    }

    /// Names for addresses in the app. Of a build directory the ELF file is a help, not a part: without it, or with a
    /// damaged one, addresses stay numbers.
    pub fn symbols(&self) -> Option<SharedSymbols> {
        let path = self.elf.clone()?;
        match Symbols::load(&[path]) {
            Ok(symbols) => Some(SharedSymbols::new(symbols)),
            Err(error) => {
                tracing::warn!("no names for addresses: {error}");
                None
            }
        }
    }

    /// Whether bootloader and apps accept this revision of the chip.
    pub fn allows(&self, revision: ChipRevision) -> bool {
        let bootloader = self.chip.spec().bootloader_offset;
        let is_app = |offset: u32| {
            let mut all = self.table.partitions.iter();
            all.any(|partition| partition.kind == TYPE_APP && partition.offset == offset)
        };
        let mut parts = self.firmware.parts.iter();
        parts
            .by_ref()
            .filter(|part| part.offset == bootloader || is_app(part.offset))
            .filter_map(|part| AppImage::parse(&part.bytes).ok())
            .all(|image| image.check_chip(self.chip, revision).is_ok())
    }
}

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
