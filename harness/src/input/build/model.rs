//! A build, read and checked, whatever form it was given in.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::flash::app_image::AppImage;
use cloneproof::flash::partition::{PartitionTable, TYPE_APP};

use super::config::Security;
use crate::base::error::Error;
use crate::input::firmware::Firmware;
use crate::input::symbols::{SharedSymbols, Symbols};

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
