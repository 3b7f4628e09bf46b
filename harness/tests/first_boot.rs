//! First boot of this project's own encrypting bootloader on the built-in chip, from plaintext flash to the app that runs
//! from encrypted flash.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::{BootReport, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::build::{self, FlashPart};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::flash::{FlashImage, SECTOR_SIZE};
use cloneproof::flash_cipher::FlashCipher;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};

const BOOTLOADER: &[u8] = include_bytes!(
    "../../images/esp32-encrypting-bootloader/esp32-encrypting-bootloader.elf"
);
const APP: &[u8] = include_bytes!("../../images/esp32-hello/esp32-hello.elf");
const FLASH_SIZE: usize = 4 << 20;

const LIMITS: RunLimits = RunLimits {
    cycles: 4_000_000_000,
    wall: Duration::from_secs(600),
    resets: 4,
};

fn parts() -> Vec<FlashPart> {
    let table = PartitionTable::single_app();
    let mut parts = build::parts_from_elf(Chip::Esp32, APP, &table, FLASH_SIZE).unwrap();
    parts[0].bytes =
        build::bootloader_image_from_elf(Chip::Esp32, BOOTLOADER, FLASH_SIZE).unwrap();
    parts
}

fn power(flash: FlashImage, efuses: EfuseBank) -> BuiltinChip {
    BuiltinChip::new(PowerOn {
        flash,
        efuses,
        strap: Strap::FlashBoot,
        seed: 1,
    })
    .unwrap()
}

fn run_until(chip: &mut BuiltinChip, text: &str) -> BootReport {
    let mut seen = String::new();
    let mut watch = |new: &[u8]| {
        seen.push_str(&String::from_utf8_lossy(new));
        if seen.contains(text) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    chip.run(&LIMITS, &mut watch).unwrap()
}

fn text(report: &BootReport) -> String {
    String::from_utf8_lossy(&report.console).into_owned()
}

#[test]
fn first_boot_encrypts_itself() {
    let efuses = EfuseBank::blank(Chip::Esp32);
    let flash = build::compose(FLASH_SIZE, &parts()).unwrap();
    let mut chip = power(flash, efuses);
    let report = run_until(&mut chip, "heartbeat 2");
    eprintln!("{}\n{:?}\n{:?} {}", text(&report), report.stop, report.gaps, report.cycles);
    assert_eq!(report.stop, Stop::Watch);
}
