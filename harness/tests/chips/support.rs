//! What the tests of whole built-in chips share: flash contents, power-on, runs, and bootloaders of the tests' own.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::BootReport;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{self, FlashPart, parts_from_elf};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};

pub const FLASH_SIZE: usize = 4 << 20;
pub const MAC: [u8; 6] = [0x24, 0x0a, 0xc4, 0x01, 0x02, 0x03];

/// A chip with these contents, powered on.
pub fn power_on(flash: FlashImage, efuses: EfuseBank, strap: Strap) -> BuiltinChip {
    BuiltinChip::new(PowerOn {
        flash,
        efuses,
        strap,
        seed: 7,
        flash_id: None,
    })
    .expect("a chip of the usual size")
}

/// A blank chip with this flash, powered on.
pub fn power(chip: Chip, revision: ChipRevision, flash: FlashImage) -> BuiltinChip {
    let efuses = EfuseBank::factory(chip, revision, MAC);
    power_on(flash, efuses, Strap::FlashBoot)
}

/// A flash with these parts.
pub fn compose(parts: &[FlashPart]) -> FlashImage {
    build::compose(FLASH_SIZE, parts).expect("parts that fit")
}

/// The flash of an app behind the stock bootloader.
pub fn app(chip: Chip, elf: &[u8]) -> FlashImage {
    let parts = parts_from_elf(chip, elf, &PartitionTable::single_app(), FLASH_SIZE);
    compose(&parts.expect("our own image"))
}

/// A bootloader of our own, the table and an app.
pub fn parts_with_bootloader(
    chip: Chip,
    app: &[u8],
    bootloader: &[u8],
    table: &PartitionTable,
) -> Vec<FlashPart> {
    let mut parts = parts_from_elf(chip, app, table, FLASH_SIZE).expect("our own image");
    parts[0].bytes =
        build::bootloader_image_from_elf(chip, bootloader, FLASH_SIZE).expect("our own bootloader");
    parts
}

/// An erased flash.
pub fn erased() -> FlashImage {
    FlashImage::erased(FLASH_SIZE)
}

/// So many cycles and resets.
pub fn limits(cycles: u64, resets: u32) -> RunLimits {
    RunLimits {
        cycles,
        wall: Duration::MAX,
        resets,
    }
}

/// Runs a chip for so many cycles.
pub fn run(chip: &mut BuiltinChip, cycles: u64) -> BootReport {
    chip.run(&limits(cycles, 20), &mut |_: &[u8]| {
        ControlFlow::Continue(())
    })
    .expect("a built-in chip")
}

/// Runs a chip until `text` is on its console, or a limit comes that is far off.
pub fn run_until(chip: &mut BuiltinChip, text: &str) -> BootReport {
    watch_for(chip, &limits(400_000_000, 20), text)
}

/// Runs a chip until `text` is on its console, or one of the limits comes.
pub fn watch_for(chip: &mut BuiltinChip, limits: &RunLimits, text: &str) -> BootReport {
    let mut seen = Vec::new();
    let mut watch = |new: &[u8]| {
        seen.extend_from_slice(new);
        let found = seen
            .windows(text.len())
            .any(|window| window == text.as_bytes());
        match found {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    chip.run(limits, &mut watch).expect("a built-in chip")
}

/// Where a bootloader lies in flash, and where the ROM loads it to and enters it; `chip_id` as esptool writes it
/// (0 ESP32, 5 ESP32-C3, 9 ESP32-S3).
pub struct Loader {
    pub offset: u32,
    pub chip_id: u8,
    pub load_at: u32,
    pub entry: u32,
}

/// A flash with a bootloader of this code and nothing else.
pub fn bootloader_flash(loader: Loader, code: &[u8]) -> FlashImage {
    /// No pin for write protection, as esptool writes it.
    const WP_PIN: u8 = 0xee;
    let mut image = vec![0xe9, 1, 2, 0x20];
    image.extend_from_slice(&loader.entry.to_le_bytes());
    image.extend_from_slice(&[0; 16]);
    image[8] = WP_PIN;
    image[12] = loader.chip_id;
    image.extend_from_slice(&loader.load_at.to_le_bytes());
    let len = code.len().next_multiple_of(4);
    image.extend_from_slice(&(len as u32).to_le_bytes());
    image.extend_from_slice(code);
    image.resize(32 + len, 0);
    let checksum = image[32..].iter().fold(0xef, |sum, byte| sum ^ byte);
    image.resize((image.len() + 1).next_multiple_of(16) - 1, 0);
    image.push(checksum);
    let mut flash = erased();
    flash.write(loader.offset, &image);
    flash
}

/// The report's console shows these texts in this order.
#[track_caller]
pub fn assert_says(report: &BootReport, texts: &[&str]) {
    assert_in_order(&report.console_text(), texts);
}

/// The console shows these texts in this order.
#[track_caller]
pub fn assert_in_order(console: &str, texts: &[&str]) {
    let mut rest = console;
    for text in texts {
        let Some(at) = rest.find(text) else {
            panic!("no \"{text}\" in its place:\n{console}");
        };
        rest = &rest[at + text.len()..];
    }
}
