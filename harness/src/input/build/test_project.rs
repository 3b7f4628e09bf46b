//! A build directory made of our own image, which tests damage.

use std::fs;
use std::path::{Path, PathBuf};

use cloneproof::chip::Chip;
use cloneproof::flash::build;
use cloneproof::flash::partition::PartitionTable;
use miette::Diagnostic;

use super::{Build, open};

pub const FLASH_SIZE: usize = 4 << 20;

/// A build directory as `idf.py build` leaves it.
pub struct Project {
    pub folder: tempfile::TempDir,
}

impl Project {
    pub fn new() -> Project {
        Project::of(Chip::Esp32)
    }

    pub fn of(chip: Chip) -> Project {
        let project = Project {
            folder: tempfile::tempdir().unwrap(),
        };
        let loader = build::stock_bootloader(chip, FLASH_SIZE).unwrap();
        project.write("bootloader/bootloader.bin", &loader);
        project.write("hello.bin", &app_of(chip));
        project.write("hello.elf", &elf_of(chip));
        project.table(&PartitionTable::single_app());
        let offset = chip.spec().bootloader_offset;
        project.args(&format!("{offset:#x}"), "0x8000", "0x10000", "4MB");
        let of_chip = format!(r#""chip": "{chip}""#);
        project.replace("flasher_args.json", r#""chip": "esp32""#, &of_chip);
        project.config(&format!(
            r#"{{"IDF_TARGET": "{chip}", "PARTITION_TABLE_OFFSET": 32768}}"#
        ));
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn change(&self, name: &str, change: impl Fn(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        change(&mut bytes);
        self.write(name, &bytes);
    }

    pub fn table(&self, table: &PartitionTable) {
        let bytes = table.to_bytes().unwrap();
        self.write("partition_table/partition-table.bin", &bytes);
    }

    pub fn config(&self, json: &str) {
        self.write("config/sdkconfig.json", json.as_bytes());
    }

    pub fn args(&self, loader: &str, table: &str, app: &str, size: &str) {
        let text = format!(
            r#"{{
    "write_flash_args": ["--flash_mode", "dio", "--flash_size", "{size}", "--flash_freq", "40m"],
    "flash_settings": {{"flash_mode": "dio", "flash_size": "{size}", "flash_freq": "40m"}},
    "flash_files": {{
        "{loader}": "bootloader/bootloader.bin",
        "{app}": "hello.bin",
        "{table}": "partition_table/partition-table.bin"
    }},
    "bootloader": {{"offset": "{loader}", "file": "bootloader/bootloader.bin", "encrypted": "false"}},
    "app": {{"offset": "{app}", "file": "hello.bin", "encrypted": "false"}},
    "partition-table": {{"offset": "{table}", "file": "partition_table/partition-table.bin", "encrypted": "false"}},
    "extra_esptool_args": {{"after": "hard_reset", "stub": true, "chip": "esp32"}}
}}"#
        );
        self.write("flasher_args.json", text.as_bytes());
    }

    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{from}");
        self.write(name, text.replace(from, to).as_bytes());
    }

    pub fn open(&self) -> Build {
        open(self.folder.path()).unwrap()
    }

    /// The message of the error that this build gives, and what it says to do.
    pub fn refused(&self) -> String {
        message(self.folder.path())
    }

    /// The whole flash.
    pub fn merged(&self) -> Vec<u8> {
        let parts = &self.open().firmware.parts;
        build::compose(FLASH_SIZE, parts).unwrap().to_vec()
    }
}

pub fn elf() -> Vec<u8> {
    elf_of(Chip::Esp32)
}

pub fn elf_of(chip: Chip) -> Vec<u8> {
    let path = format!("../images/{chip}-hello/{chip}-hello.elf");
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

pub fn app() -> Vec<u8> {
    app_of(Chip::Esp32)
}

pub fn app_of(chip: Chip) -> Vec<u8> {
    build::app_image_from_elf(chip, &elf_of(chip), FLASH_SIZE).unwrap()
}

pub fn message(path: &Path) -> String {
    match open(path) {
        Ok(build) => panic!("was taken: {build:?}"),
        Err(error) => {
            let help = error.help().expect("a remedy").to_string();
            assert!(!help.is_empty());
            format!("{error} / {help}")
        }
    }
}

pub fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no \"{part}\" in: {message}");
    }
}
