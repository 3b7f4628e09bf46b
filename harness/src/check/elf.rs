//! Makes a build of an app's ELF file, as `espflash flash` does: stock bootloader, one large app partition.

use std::path::Path;
use std::sync::Arc;

use cloneproof::chip::Chip;
use cloneproof::flash::build::{self, BuildError};
use cloneproof::flash::partition::{
    Partition, PartitionTable, SUBTYPE_FACTORY, SUBTYPE_NVS, SUBTYPE_PHY, TYPE_APP, TYPE_DATA,
};
use sha2::{Digest, Sha256};

use super::build_dir::FLASHER_ARGS;
use super::config;
use super::{Build, Kind};
use crate::error::Error;
use crate::firmware::{self, Firmware};

/// espflash's default.
const FLASH_SIZE: u32 = 4 << 20;
/// `e_machine` of ELF files (System V ABI registry): offset and two values.
const MACHINE_AT: usize = 18;
const RISCV: u16 = 243;
const XTENSA: u16 = 94;

/// Reads an ELF file.
pub fn open(path: &Path, bytes: &[u8]) -> Result<Build, Error> {
    let chip = Chip::Esp32;
    check_machine(path, bytes)?;
    let table = espflash_table();
    let parts =
        build::parts_from_elf(chip, bytes, &table, FLASH_SIZE as usize).map_err(|error| {
            let remedy = match error {
                BuildError::TooLarge { .. } => {
                    "give the build directory or a merged image: its own table may have more room"
                }
                _ => "give the app's ELF file as the linker wrote it for the ESP32",
            };
            Error::input(path, error, remedy)
        })?;
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

/// Says what an ELF file is for, before anybody looks deeper.
fn check_machine(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let Some(raw) = bytes.get(MACHINE_AT..MACHINE_AT + 2) else {
        return Err(Error::input(
            path,
            format!("ends at {:#x}, inside its ELF header", bytes.len()),
            "the file is half-written: build it again, to the end",
        ));
    };
    match u16::from_le_bytes([raw[0], raw[1]]) {
        XTENSA => Ok(()),
        RISCV => Err(Error::input(
            path,
            "is for RISC-V (e_machine at 0x12 is 243): an app for ESP32-C, -H or -P chips, which are not modelled yet",
            "cloneproof models esp32 so far, an Xtensa chip",
        )),
        other => Err(Error::input(
            path,
            format!(
                "is for another architecture (e_machine at 0x12 is {other}), not for Xtensa (94)"
            ),
            "give the ELF file of an ESP32 app",
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
