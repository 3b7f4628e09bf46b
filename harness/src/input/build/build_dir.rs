//! Reads a build directory of ESP-IDF: `flasher_args.json`, the configuration, and the binaries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloneproof::chip::Chip;
use cloneproof::flash::app_image::AppImage;
use cloneproof::flash::partition::PARTITION_TABLE_MAX_LEN;
use serde::Deserialize;

use super::config::{self, SdkConfig, SecureBoot, parse_number};
use super::layout::{Piece, Pieces, not_bootable};
use super::model::{Build, Kind};
use crate::base::error::Error;
use crate::base::files;

/// What `idf.py build` writes for esptool.
pub const FLASHER_ARGS: &str = "flasher_args.json";
/// Where ESP-IDF puts the bootloader in a build directory.
const BOOTLOADER: &str = "bootloader/bootloader.bin";
const BUILD_AGAIN: &str = "the build is half-written: run `idf.py build` again, to its end";

/// The keys of `flasher_args.json` that matter here (ESP-IDF `components/esptool_py/flasher_args.json.in`).
#[derive(Debug, Deserialize)]
struct FlasherArgs {
    #[serde(default)]
    flash_settings: FlashSettings,
    flash_files: BTreeMap<String, String>,
    #[serde(default)]
    bootloader: Option<Entry>,
    #[serde(default, rename = "partition-table", alias = "partition_table")]
    partition_table: Option<Entry>,
    #[serde(default)]
    extra_esptool_args: ExtraArgs,
}

#[derive(Debug, Default, Deserialize)]
struct FlashSettings {
    #[serde(default)]
    flash_size: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    offset: String,
}

#[derive(Debug, Default, Deserialize)]
struct ExtraArgs {
    #[serde(default)]
    chip: Option<String>,
}

/// Reads a build directory.
pub fn open(folder: &Path) -> Result<Build, Error> {
    let plan = folder.join(FLASHER_ARGS);
    if !plan.is_file() {
        return Err(no_plan(folder));
    }
    let args = parse(&plan)?;
    let config = SdkConfig::find(folder)?;
    let chip = chip(&plan, &args, config.as_ref())?;
    let mut notes = Vec::new();
    let mut pieces = read_pieces(folder, &plan, &args)?;
    let table_offset = table_offset(chip, &plan, &args, config.as_ref())?;
    let mut take = |offset: u32| {
        let at = pieces.iter().position(|piece| piece.offset == offset)?;
        Some(pieces.remove(at))
    };
    let bootloader = match take(bootloader_offset(chip, &plan, &args)?) {
        Some(piece) => piece,
        None => unflashed_bootloader(chip, folder, &plan, config.as_ref(), &mut notes)?,
    };
    let mut table = take(table_offset).ok_or_else(|| {
        Error::input(
            &plan,
            format!("flash_files has no partition table for {table_offset:#x}"),
            BUILD_AGAIN,
        )
    })?;
    table.bytes.truncate(PARTITION_TABLE_MAX_LEN);
    let security = match &config {
        Some(config) => {
            if config::contradicts(config, &bootloader.bytes) {
                notes.push(format!(
                    "{} says that the bootloader encrypts the flash, but {} has none of the texts of one that does: \
                     are they of the same build?",
                    config.path().display(),
                    bootloader.path.display()
                ));
            }
            config.security()
        }
        None => config::security_of_bootloader(&bootloader.bytes),
    };
    let flash_size = flash_size(&plan, &args, &bootloader.bytes)?;
    let elf = elf_of(&pieces);
    let mut inputs = vec![plan.clone(), bootloader.path.clone(), table.path.clone()];
    inputs.extend(pieces.iter().map(|piece| piece.path.clone()));
    inputs.extend(config.iter().map(|config| config.path().to_owned()));
    let (firmware, table) = Pieces {
        chip,
        flash_size,
        bootloader,
        table,
        others: pieces,
        plan,
    }
    .assemble()?;
    Ok(Build {
        path: folder.to_owned(),
        kind: Kind::BuildDirectory,
        chip,
        flash_size,
        firmware: Arc::new(firmware),
        table,
        security,
        elf,
        inputs,
        notes,
    })
}

fn no_plan(folder: &Path) -> Error {
    let remedy = match folder.join("build").join(FLASHER_ARGS).is_file() {
        true => format!("name the build directory: {}", folder.join("build").display()),
        false => "name the build directory of an ESP-IDF project, after `idf.py build` has run to its end".to_owned(),
    };
    Error::input(folder, format!("holds no {FLASHER_ARGS}"), remedy)
}

fn parse(plan: &Path) -> Result<FlasherArgs, Error> {
    let text = files::read_text(plan, files::MAX_SMALL_FILE)?;
    serde_json::from_str(&text).map_err(|error| Error::input(plan, error, BUILD_AGAIN))
}

fn chip(plan: &Path, args: &FlasherArgs, config: Option<&SdkConfig>) -> Result<Chip, Error> {
    let named = args.extra_esptool_args.chip.as_deref();
    let target = config.and_then(|config| config.get("IDF_TARGET"));
    if let (Some(named), Some(target), Some(config)) = (named, target, config)
        && named != target
    {
        return Err(Error::input(
            plan,
            format!(
                "is for {named}, but {} says {target}",
                config.path().display()
            ),
            "the files are of different builds: `idf.py fullclean` and build again",
        ));
    }
    // Before ESP-IDF v4.1 there was only one chip, and nobody named it.
    let name = named.or(target).unwrap_or(Chip::Esp32.name());
    let chip = name.parse().ok().filter(|chip: &Chip| chip.is_bootable());
    chip.ok_or_else(|| not_bootable(plan, name))
}

fn read_pieces(folder: &Path, plan: &Path, args: &FlasherArgs) -> Result<Vec<Piece>, Error> {
    let mut pieces = Vec::new();
    for (key, file) in &args.flash_files {
        let offset = parse_number(key).ok_or_else(|| {
            Error::input(
                plan,
                format!("flash_files: \"{key}\" is no flash offset"),
                BUILD_AGAIN,
            )
        })?;
        let path = folder.join(file);
        if !path.is_file() {
            return Err(Error::input(
                plan,
                format!(
                    "flash_files: \"{key}\" names {}, which does not exist",
                    path.display()
                ),
                BUILD_AGAIN,
            ));
        }
        let bytes = files::read(&path, files::MAX_FIRMWARE_FILE)?;
        if bytes.is_empty() {
            return Err(Error::input(&path, "is empty", BUILD_AGAIN));
        }
        pieces.push(Piece {
            name: name_of(file),
            path,
            offset,
            bytes,
        });
    }
    Ok(pieces)
}

fn name_of(file: &str) -> String {
    file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned()
}

fn entry_offset(plan: &Path, name: &str, entry: &Entry) -> Result<u32, Error> {
    parse_number(&entry.offset).ok_or_else(|| {
        Error::input(
            plan,
            format!("{name}: \"{}\" is no flash offset", entry.offset),
            BUILD_AGAIN,
        )
    })
}

/// Where the bootloader must be; the ROM knows no other place.
fn bootloader_offset(chip: Chip, plan: &Path, args: &FlasherArgs) -> Result<u32, Error> {
    let wanted = chip.spec().bootloader_offset;
    let Some(entry) = &args.bootloader else {
        return Ok(wanted);
    };
    match entry_offset(plan, "bootloader", entry)? {
        offset if offset == wanted => Ok(wanted),
        offset => Err(Error::input(
            plan,
            format!("bootloader: is for {offset:#x}, where the ROM of the {chip} does not look"),
            format!("the bootloader of the {chip} belongs at {wanted:#x}: build again"),
        )),
    }
}

/// Where bootloader and app look for the table: what they were configured for.
fn table_offset(
    chip: Chip,
    plan: &Path,
    args: &FlasherArgs,
    config: Option<&SdkConfig>,
) -> Result<u32, Error> {
    let configured = config.and_then(|config| config.number("PARTITION_TABLE_OFFSET"));
    let named = match &args.partition_table {
        Some(entry) => Some(entry_offset(plan, "partition-table", entry)?),
        None => None,
    };
    match (named, configured, config) {
        (Some(named), Some(configured), Some(config)) if named != configured => Err(Error::input(
            plan,
            format!(
                "partition-table: is for {named:#x}, but {} says {configured:#x}",
                config.path().display()
            ),
            "the files are of different builds: build again, to the end",
        )),
        _ => Ok(named
            .or(configured)
            .unwrap_or(chip.spec().partition_table_offset)),
    }
}

/// With secure boot ESP-IDF builds the bootloader, but leaves flashing it to the user (`components/bootloader/
/// project_include.cmake`): then `flash_files` does not name it.
fn unflashed_bootloader(
    chip: Chip,
    folder: &Path,
    plan: &Path,
    config: Option<&SdkConfig>,
    notes: &mut Vec<String>,
) -> Result<Piece, Error> {
    let path = folder.join(BOOTLOADER);
    let secure = config.is_some_and(|config| config.security().secure_boot != SecureBoot::Off);
    let offset = chip.spec().bootloader_offset;
    if secure && path.is_file() {
        notes.push(format!(
            "{FLASHER_ARGS} does not name the bootloader, as usual with secure boot: {} was taken",
            path.display()
        ));
        return Ok(Piece {
            name: name_of(BOOTLOADER),
            bytes: files::read(&path, files::MAX_FIRMWARE_FILE)?,
            path,
            offset,
        });
    }
    Err(Error::input(
        plan,
        format!("flash_files has no bootloader for {offset:#x}"),
        "build the whole project with `idf.py build`, not the app alone: the chip boots through the bootloader",
    ))
}

/// The size that the build is for: as esptool is told, else as the bootloader's header says.
fn flash_size(plan: &Path, args: &FlasherArgs, bootloader: &[u8]) -> Result<u32, Error> {
    let text = args.flash_settings.flash_size.as_deref();
    let megabytes = |text: &str| {
        let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let number: u32 = digits.parse().ok()?;
        match unit {
            "MB" => number.checked_mul(1 << 20),
            "KB" => number.checked_mul(1 << 10),
            _ => None,
        }
    };
    match text {
        None | Some("detect" | "keep") => Ok(AppImage::parse(bootloader)
            .ok()
            .and_then(|image| u32::try_from(image.header.flash_size()).ok())
            .unwrap_or(4 << 20)),
        Some(text) => megabytes(text).ok_or_else(|| {
            Error::input(
                plan,
                format!("flash_settings: flash_size \"{text}\" is no flash size"),
                BUILD_AGAIN,
            )
        }),
    }
}

/// The ELF file beside the app's image.
fn elf_of(pieces: &[Piece]) -> Option<PathBuf> {
    let candidates = pieces.iter().map(|piece| piece.path.with_extension("elf"));
    candidates.into_iter().find(|path| path.is_file())
}
