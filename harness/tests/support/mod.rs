//! What the tests of whole built-in chips share: power-on, runs, and bootloaders of the tests' own.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::BootReport;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{compose, parts_from_elf};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};

pub const FLASH_SIZE: usize = 4 << 20;
const MAC: [u8; 6] = [0x24, 0x0a, 0xc4, 0x01, 0x02, 0x03];

/// A blank chip with this flash, powered on.
pub fn power(chip: Chip, revision: ChipRevision, flash: FlashImage) -> BuiltinChip {
    BuiltinChip::new(PowerOn {
        flash,
        efuses: EfuseBank::factory(chip, revision, MAC),
        strap: Strap::FlashBoot,
        seed: 7,
    })
    .expect("a chip of the usual size")
}

/// The flash of an app behind the stock bootloader.
pub fn app(chip: Chip, elf: &[u8]) -> FlashImage {
    let parts = parts_from_elf(chip, elf, &PartitionTable::single_app(), FLASH_SIZE)
        .expect("our own image");
    compose(FLASH_SIZE, &parts).expect("parts that fit")
}

/// An erased flash.
pub fn erased() -> FlashImage {
    FlashImage::erased(FLASH_SIZE)
}

fn limits(cycles: u64) -> RunLimits {
    RunLimits {
        cycles,
        wall: Duration::MAX,
        resets: 20,
    }
}

/// Runs a chip for so many cycles.
pub fn run(chip: &mut BuiltinChip, cycles: u64) -> BootReport {
    chip.run(&limits(cycles), &mut |_: &[u8]| ControlFlow::Continue(()))
        .expect("a built-in chip")
}

/// Runs a chip until `text` is on its console, or a limit comes.
pub fn run_until(chip: &mut BuiltinChip, text: &str) -> BootReport {
    let mut seen = Vec::new();
    let mut watch = |new: &[u8]| {
        seen.extend_from_slice(new);
        let found = seen
            .windows(text.len())
            .any(|window| window == text.as_bytes());
        if found {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    chip.run(&limits(400_000_000), &mut watch)
        .expect("a built-in chip")
}

/// A flash with a bootloader image at `offset` that the ROM loads to `address` and jumps into; `chip_id` as esptool
/// writes it (0 ESP32, 5 ESP32-C3, 9 ESP32-S3).
pub fn bootloader(offset: u32, chip_id: u8, address: u32, code: &[u8]) -> FlashImage {
    let mut image = vec![0xe9, 1, 2, 0x20];
    image.extend_from_slice(&address.to_le_bytes());
    image.extend_from_slice(&[0; 16]);
    image[12] = chip_id;
    image.extend_from_slice(&address.to_le_bytes());
    let len = code.len().next_multiple_of(4);
    image.extend_from_slice(&(len as u32).to_le_bytes());
    image.extend_from_slice(code);
    image.resize(32 + len, 0);
    let checksum = image[32..].iter().fold(0xef, |sum, byte| sum ^ byte);
    image.resize((image.len() + 1).next_multiple_of(16) - 1, 0);
    image.push(checksum);
    let mut flash = erased();
    flash.write(offset, &image);
    flash
}

/// In this order.
#[track_caller]
pub fn assert_says(report: &BootReport, lines: &[&str]) {
    let console = report.console_text();
    let mut rest = &console[..];
    for line in lines {
        let Some(at) = rest.find(line) else {
            panic!("no \"{line}\" in its place:\n{console}");
        };
        rest = &rest[at + line.len()..];
    }
}
