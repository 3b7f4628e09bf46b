//! Makes a build of an app's ELF file, as `espflash flash` does: stock bootloader, one large app partition.

use std::path::Path;
use std::sync::Arc;

use cloneproof::chip::{Chip, Isa, names};
use cloneproof::flash::build::{self, BuildError, FlashPart};
use cloneproof::flash::partition::{
    Partition, PartitionTable, SUBTYPE_FACTORY, SUBTYPE_NVS, SUBTYPE_PHY, TYPE_APP, TYPE_DATA,
};
use sha2::{Digest, Sha256};

use super::build_dir::FLASHER_ARGS;
use super::config;
use super::model::{Build, Kind};
use crate::base::error::Error;
use crate::input::firmware::{self, Firmware};

/// espflash's default.
const FLASH_SIZE: u32 = 4 << 20;
/// `e_machine` of ELF files (System V ABI registry): offset and two values.
const MACHINE_AT: usize = 18;
const RISCV: u16 = 243;
const XTENSA: u16 = 94;

/// Reads an ELF file.
pub fn open(path: &Path, bytes: &[u8]) -> Result<Build, Error> {
    let table = espflash_table();
    let (chip, parts) = parts(path, bytes, &table)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut notes = vec![
        "an ELF file names no bootloader and no table: ESP-IDF's stock bootloader and one app partition were taken, as \
         espflash does"
            .to_owned(),
    ];
    if let Some(folder) = path.parent()
        && folder.join(FLASHER_ARGS).is_file()
    {
        notes.push(format!(
            "the file lies in an ESP-IDF build directory: `cloneproof check {}` takes the build's own bootloader",
            folder.display()
        ));
    }
    Ok(Build {
        path: path.to_owned(),
        kind: Kind::Elf,
        chip,
        flash_size: FLASH_SIZE,
        security: config::Security {
            how: "ESP-IDF's stock bootloader does not encrypt".to_owned(),
            ..config::security_of_bootloader(&parts[0].bytes)
        },
        firmware: Arc::new(Firmware {
            name: name.into_owned(),
            sha256: Sha256::digest(bytes).into(),
            encrypted: firmware::encrypted(chip, &parts, &table),
            parts,
            sign_of_life: None,
            inputs: vec![path.to_owned()],
        }),
        table,
        elf: Some(path.to_owned()),
        inputs: vec![path.to_owned()],
        notes,
    })
}

/// The chip in whose memory the app lies, and the parts.
fn parts(
    path: &Path,
    bytes: &[u8],
    table: &PartitionTable,
) -> Result<(Chip, Vec<FlashPart>), Error> {
    let isa = isa(path, bytes)?;
    let mut errors = Vec::new();
    for chip in Chip::BOOTABLE {
        if chip.spec().isa != isa {
            continue;
        }
        match build::parts_from_elf(chip, bytes, table, FLASH_SIZE as usize) {
            Ok(parts) => return Ok((chip, parts)),
            Err(error @ BuildError::TooLarge { .. }) => {
                let remedy =
                    "give the build directory or a merged image: its own table may have more room";
                return Err(Error::input(path, error, remedy));
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    errors.dedup();
    let known = names(&Chip::BOOTABLE);
    Err(Error::input(
        path,
        errors.join("; "),
        format!("give the app's ELF file as the linker wrote it for one of {known}"),
    ))
}

/// Says what an ELF file is for, before anybody looks deeper.
fn isa(path: &Path, bytes: &[u8]) -> Result<Isa, Error> {
    let Some(raw) = bytes.get(MACHINE_AT..MACHINE_AT + 2) else {
        return Err(Error::input(
            path,
            format!("ends at {:#x}, inside its ELF header", bytes.len()),
            "the file is half-written: build it again, to the end",
        ));
    };
    match u16::from_le_bytes([raw[0], raw[1]]) {
        XTENSA => Ok(Isa::Xtensa),
        RISCV => Ok(Isa::RiscV),
        other => Err(Error::input(
            path,
            format!(
                "is for another architecture (e_machine at 0x12 is {other}), not for Xtensa (94) or RISC-V (243)"
            ),
            format!(
                "give the ELF file of an app for one of {}",
                names(&Chip::BOOTABLE)
            ),
        )),
    }
}

/// The table that espflash writes where the user names none: the app gets all of the flash behind it.
fn espflash_table() -> PartitionTable {
    PartitionTable::new(vec![
        Partition::new("nvs", TYPE_DATA, SUBTYPE_NVS, 0x9000, 0x6000),
        Partition::new("phy_init", TYPE_DATA, SUBTYPE_PHY, 0xF000, 0x1000),
        Partition::new(
            "factory",
            TYPE_APP,
            SUBTYPE_FACTORY,
            0x1_0000,
            FLASH_SIZE - 0x1_0000,
        ),
    ])
}
