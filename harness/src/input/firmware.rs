//! Firmware for a donor: from an image folder with its manifest, or from single files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use cloneproof::chip::Chip;
use cloneproof::flash::SECTOR_SIZE;
use cloneproof::flash::app_image::{AppImage, AppImageError};
use cloneproof::flash::build::{self, BuildError, FlashPart};
use cloneproof::flash::partition::{
    PARTITION_TABLE_MAX_LEN, PartitionError, PartitionTable, TYPE_APP,
};
use cloneproof::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::base::error::Error;
use crate::base::files;

/// Name of the part with the partition table.
pub const PARTITION_TABLE: &str = "partition table";
const ELF_MAGIC: &[u8; 4] = b"\x7fELF";
/// First byte of an app image that is none of an ELF.
const IMAGE_MAGIC: u8 = 0xE9;

/// Firmware, ready to be written into a flash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    /// Name of the image, or of the app's file.
    pub name: String,
    /// SHA-256 of the app's file.
    pub sha256: [u8; 32],
    /// The plain parts with their places in flash.
    pub parts: Vec<FlashPart>,
    /// The flash ranges that ESP-IDF encrypts where encryption is on, whole sectors.
    pub encrypted: Vec<Range<u32>>,
    /// The console line that shows the app alive, as a regular expression, where the manifest tells it.
    pub sign_of_life: Option<String>,
    /// Every file that it was read or built from: none of them may ever be an output.
    pub inputs: Vec<PathBuf>,
}

/// Where firmware comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Name for reports.
    pub name: String,
    /// The app: an ELF file or an app image.
    pub app: PathBuf,
    /// SHA-256 that the app's file must have, as hexadecimal digits, and the manifest that says so.
    pub sha256: Option<(String, PathBuf)>,
    /// The second-stage bootloader; ESP-IDF's stock one if there is none.
    pub bootloader: Option<PathBuf>,
    /// The partition table in binary; ESP-IDF's single-app one if there is none.
    pub partition_table: Option<PathBuf>,
    /// The console line that shows the app alive.
    pub sign_of_life: Option<String>,
    /// The manifest and the files that it names.
    pub manifest_files: Vec<PathBuf>,
}

impl Sources {
    /// Every file that is named, directly or by a manifest.
    fn inputs(&self) -> Vec<PathBuf> {
        let named = [
            Some(&self.app),
            self.bootloader.as_ref(),
            self.partition_table.as_ref(),
        ];
        let named = named.into_iter().flatten().cloned();
        named.chain(self.manifest_files.iter().cloned()).collect()
    }
}

/// `manifest.toml` of an image folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Manifest {
    name: String,
    chip: String,
    #[serde(default)]
    kind: Kind,
    file: String,
    sha256: String,
    #[serde(rename = "licence")]
    _licence: String,
    #[serde(rename = "origin")]
    _origin: String,
    #[serde(default, rename = "compiler")]
    _compiler: Option<String>,
    #[serde(default, rename = "flags")]
    _flags: Option<String>,
    #[serde(default, rename = "banner")]
    _banner: Option<String>,
    #[serde(default)]
    sign_of_life: Option<String>,
    #[serde(default)]
    sources: BTreeMap<String, String>,
}

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// An application.
    #[default]
    App,
    /// A second-stage bootloader.
    Bootloader,
}

/// Reads the manifest of an app's image folder.
///
/// # Errors
/// Where the folder has none, it is wrong, or the image is for another chip or no app.
pub fn manifest_sources(chip: Chip, folder: &Path) -> Result<Sources, Error> {
    folder_sources(chip, folder, Kind::App)
}

fn folder_sources(chip: Chip, folder: &Path, kind: Kind) -> Result<Sources, Error> {
    let path = folder.join("manifest.toml");
    let text = files::read_text(&path, files::MAX_SMALL_FILE)?;
    let manifest: Manifest = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        Error::input(
            &path,
            format!("line {line}: {}", error.message()),
            "correct the manifest; those of the images that come with cloneproof show every key",
        )
    })?;
    if manifest.chip != chip.name() {
        return Err(Error::input(
            &path,
            format!(
                "the image is for {}, the scenario for {chip}",
                manifest.chip
            ),
            "use an image that is built for the scenario's chip",
        ));
    }
    if manifest.kind != kind {
        let (wanted, key) = match kind {
            Kind::App => ("no app", "bootloader"),
            Kind::Bootloader => ("no bootloader", "firmware"),
        };
        return Err(Error::input(
            &path,
            format!("the image is {wanted}"),
            format!("name its folder with {key} = \"…\""),
        ));
    }
    let app = folder.join(&manifest.file);
    let sources = manifest.sources.keys().map(|name| folder.join(name));
    Ok(Sources {
        name: manifest.name,
        manifest_files: [path.clone(), app.clone()]
            .into_iter()
            .chain(sources)
            .collect(),
        app,
        sha256: Some((manifest.sha256, path)),
        bootloader: None,
        partition_table: None,
        sign_of_life: manifest.sign_of_life,
    })
}

/// Reads the files and builds the parts for a flash of `flash_size` bytes.
///
/// # Errors
/// Where a file cannot be read, is not what it should be, or does not fit.
pub fn load(chip: Chip, flash_size: u32, sources: Sources) -> Result<Firmware, Error> {
    let size = flash_size as usize;
    let app_file = files::read(&sources.app, files::MAX_FIRMWARE_FILE)?;
    let sha256 = Sha256::digest(&app_file).into();
    check_sum(&sources, &sha256)?;
    let table = table(chip, &sources, size)?;
    let mut parts = parts(chip, &sources, &app_file, &table, size)?;
    let mut inputs = sources.inputs();
    if let Some(path) = &sources.bootloader {
        let (bytes, files) = bootloader(chip, path, size)?;
        parts[0].bytes = bytes;
        inputs.extend(files);
    }
    // The order of the parts: bootloader, partition table, app.
    build::compose(size, &parts).map_err(|error| {
        Error::input(
            &sources.app,
            error,
            "use a larger flash-size, or smaller parts",
        )
    })?;
    Ok(Firmware {
        encrypted: encrypted(chip, &parts, &table),
        name: sources.name,
        sha256,
        parts,
        sign_of_life: sources.sign_of_life,
        inputs,
    })
}

fn check_sum(sources: &Sources, found: &[u8; 32]) -> Result<(), Error> {
    match &sources.sha256 {
        Some((wanted, manifest)) if !wanted.eq_ignore_ascii_case(&hex::encode(found)) => {
            Err(Error::input(
                &sources.app,
                format!(
                    "SHA-256 is {}, but {} says {wanted}",
                    hex::encode(found),
                    manifest.display()
                ),
                "the file was changed or is incomplete: build or check it out again, or correct the manifest",
            ))
        }
        _ => Ok(()),
    }
}

fn table(chip: Chip, sources: &Sources, flash_size: usize) -> Result<PartitionTable, Error> {
    let Some(path) = &sources.partition_table else {
        return Ok(PartitionTable::single_app());
    };
    let wrong = |error: PartitionError| {
        Error::input(
            path,
            error,
            "give a binary partition table, as ESP-IDF builds it (partition-table.bin)",
        )
    };
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    let bytes = &bytes[..bytes.len().min(PARTITION_TABLE_MAX_LEN)];
    let table = PartitionTable::parse(bytes).map_err(wrong)?;
    table
        .check(chip.spec().partition_table_offset, flash_size)
        .map_err(wrong)?;
    Ok(table)
}

/// A bootloader image and the files that its manifest names: from an image folder, an ELF file, or as it is.
fn bootloader(
    chip: Chip,
    path: &Path,
    flash_size: usize,
) -> Result<(Vec<u8>, Vec<PathBuf>), Error> {
    let mut inputs = Vec::new();
    let file = if path.is_dir() {
        let sources = folder_sources(chip, path, Kind::Bootloader)?;
        let bytes = files::read(&sources.app, files::MAX_FIRMWARE_FILE)?;
        check_sum(&sources, &Sha256::digest(&bytes).into())?;
        inputs = sources.manifest_files;
        sources.app
    } else {
        path.to_owned()
    };
    let bytes = files::read(&file, files::MAX_FIRMWARE_FILE)?;
    if !bytes.starts_with(ELF_MAGIC) {
        return Ok((image(chip, &file)?, inputs));
    }
    let image = build::bootloader_image_from_elf(chip, &bytes, flash_size).map_err(|error| {
        Error::input(
            &file,
            error,
            "give the ELF file of a second-stage bootloader, or its image",
        )
    })?;
    Ok((image, inputs))
}

/// A binary image that is right and for this chip.
fn image(chip: Chip, path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = files::read(path, files::MAX_FIRMWARE_FILE)?;
    checked(chip, path, &bytes)?;
    Ok(bytes)
}

fn checked(chip: Chip, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let wrong = |error: AppImageError| {
        Error::input(
            path,
            error,
            "give an image as ESP-IDF or esptool builds it, unencrypted",
        )
    };
    let image = AppImage::parse_verified(bytes).map_err(wrong)?;
    if image.header.chip_id != chip.spec().image_chip_id {
        return Err(Error::input(
            path,
            format!(
                "the image is for chip id {}, not for {chip}",
                image.header.chip_id
            ),
            "give an image that is built for the scenario's chip",
        ));
    }
    Ok(())
}

fn parts(
    chip: Chip,
    sources: &Sources,
    app: &[u8],
    table: &PartitionTable,
    size: usize,
) -> Result<Vec<FlashPart>, Error> {
    let wrong = |error: BuildError| {
        Error::input(
            &sources.app,
            error,
            "give the app's ELF file or app image, and a flash-size and partition table that it fits",
        )
    };
    if app.first() != Some(&IMAGE_MAGIC) {
        return build::parts_from_elf(chip, app, table, size).map_err(wrong);
    }
    checked(chip, &sources.app, app)?;
    let partition = table
        .app()
        .ok_or_else(|| wrong(BuildError::NoAppPartition))?;
    if app.len() > partition.size as usize {
        return Err(wrong(BuildError::TooLarge {
            part: "app".to_owned(),
            len: app.len(),
            offset: partition.offset,
            room: partition.size as usize,
        }));
    }
    let spec = chip.spec();
    let table = table.to_bytes().map_err(|error| wrong(error.into()))?;
    Ok(vec![
        FlashPart::new(
            "bootloader",
            spec.bootloader_offset,
            build::stock_bootloader(chip, size).map_err(wrong)?,
        ),
        FlashPart::new(PARTITION_TABLE, spec.partition_table_offset, table),
        FlashPart::new("app", partition.offset, app.to_vec()),
    ])
}

/// What is encrypted of firmware whose parts changed: see [`encrypted`].
pub fn encrypted_again(chip: Chip, firmware: &Firmware) -> Vec<Range<u32>> {
    let table = firmware
        .parts
        .iter()
        .find(|part| part.name == PARTITION_TABLE)
        .and_then(|part| PartitionTable::parse(&part.bytes).ok())
        .unwrap_or_else(PartitionTable::single_app);
    encrypted(chip, &firmware.parts, &table)
}

/// What ESP-IDF's first boot encrypts in place, in whole sectors: bootloader image, the partition table's sector, the app
/// image (only its own length: `CONFIG_SECURE_FLASH_ENCRYPT_ONLY_IMAGE_LEN_IN_APP_PART`, the default), and every other
/// partition that is flagged or always encrypted (ESP-IDF `components/bootloader_support/src/flash_encryption/
/// flash_encrypt.c`, `encrypt_flash_contents`, `encrypt_partition`, `esp_flash_encrypt_region`). App partitions that hold
/// no valid image stay as they are.
pub fn encrypted(chip: Chip, parts: &[FlashPart], table: &PartitionTable) -> Vec<Range<u32>> {
    let sectors = |offset: u32, len: usize| {
        let len = len.next_multiple_of(SECTOR_SIZE) as u32;
        offset..offset.saturating_add(len)
    };
    let bootloader = chip.spec().bootloader_offset;
    let is_image = |part: &&FlashPart| {
        let apps = table.partitions.iter().filter(|p| p.kind == TYPE_APP);
        let mut places = apps.map(|partition| partition.offset);
        part.offset == bootloader
            || part.name == PARTITION_TABLE
            || places.any(|offset| offset == part.offset)
    };
    let images = parts
        .iter()
        .filter(is_image)
        .map(|part| sectors(part.offset, part.bytes.len()));
    let data = table
        .partitions
        .iter()
        .filter(|partition| partition.kind != TYPE_APP && partition.is_encrypted())
        .map(|partition| sectors(partition.offset, partition.size as usize));
    images.chain(data).collect()
}
