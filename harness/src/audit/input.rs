//! What an audit is of: an eFuse file, and the flash that belongs to it, as a file or as a build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{self, BuildError, FlashPart};
use cloneproof::flash::partition::PartitionTable;

use crate::base::error::Error;
use crate::input::build as builds;
use crate::input::firmware::{self, Firmware};
use crate::input::scenario::{Flash, Provision};
use crate::proof::provision;

/// Our own apps, for proofs where no firmware is given, and as the firmware of an attacker.
const APPS: [(Chip, &[u8]); 4] = [
    (
        Chip::Esp32,
        include_bytes!("../../../images/esp32-hello/esp32-hello.elf"),
    ),
    (
        Chip::Esp32C3,
        include_bytes!("../../../images/esp32c3-hello/esp32c3-hello.elf"),
    ),
    (
        Chip::Esp32S3,
        include_bytes!("../../../images/esp32s3-hello/esp32s3-hello.elf"),
    ),
    (
        Chip::Esp32C6,
        include_bytes!("../../../images/esp32c6-hello/esp32c6-hello.elf"),
    ),
];
/// Bytes of the flash that they lie in.
const APP_FLASH: u32 = 2 << 20;

/// What is audited.
#[derive(Debug, Clone)]
pub struct Input {
    /// The eFuse file.
    pub efuse_path: PathBuf,
    /// The eFuses.
    pub efuses: EfuseBank,
    /// What is odd about the eFuse file.
    pub warnings: Vec<String>,
    /// The flash as the chip holds it, and where it comes from.
    pub flash: Option<(PathBuf, FlashImage)>,
    /// Every file that was read: the report is none of them.
    pub files: Vec<PathBuf>,
}

/// The flash of a device with this build, encrypted as the eFuses say, and the files of the build.
///
/// # Errors
/// Where the build is wrong or for another chip.
pub fn flash_of_build(
    efuses: &EfuseBank,
    path: &Path,
) -> Result<(FlashImage, Vec<PathBuf>), Error> {
    let build = builds::open(path)?;
    if build.chip != efuses.chip() {
        return Err(Error::input(
            path,
            format!(
                "the build is for {}, the eFuses are of {}",
                build.chip,
                efuses.chip()
            ),
            "give --chip and --efuse of the chip that the build is for",
        ));
    }
    let flash = Flash {
        size: build.flash_size,
        firmware: build.firmware,
        provision: Provision::PreEncrypted,
    };
    let files = build.inputs.into_iter().chain(build.elf);
    Ok((provision::flash(&flash, efuses), files.collect()))
}

/// Our own app for a chip, if there is one.
pub fn own_app(chip: Chip) -> Option<Result<Flash, BuildError>> {
    let (_, elf) = APPS.iter().find(|(of, _)| *of == chip)?;
    let table = PartitionTable::single_app();
    let parts = build::parts_from_elf(chip, elf, &table, APP_FLASH as usize);
    Some(parts.map(|parts| {
        let encrypted = firmware::encrypted(chip, &parts, &table);
        flash("cloneproof's own app", APP_FLASH, parts, encrypted)
    }))
}

/// A flash that holds these bytes, as they are.
pub fn verbatim(image: &FlashImage) -> Flash {
    let bytes = image.to_vec();
    let size = bytes.len() as u32;
    let part = FlashPart::new("flash", 0, bytes);
    flash("the flash that was given", size, vec![part], Vec::new())
}

fn flash(
    name: &str,
    size: u32,
    parts: Vec<FlashPart>,
    encrypted: Vec<std::ops::Range<u32>>,
) -> Flash {
    Flash {
        size,
        firmware: Arc::new(Firmware {
            name: name.to_owned(),
            sha256: [0; 32],
            parts,
            encrypted,
            sign_of_life: None,
            inputs: Vec::new(),
        }),
        provision: Provision::PreEncrypted,
    }
}
