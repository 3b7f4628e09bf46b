//! What the benches share: an encrypted and a plain donor, and a boot to the app's banner.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::{BootReport, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EncryptionMode};
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{compose, parts_from_elf};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::flash_cipher::FlashCipher;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};

const FLASH_SIZE: usize = 4 << 20;
/// Line that the app prints first.
const BANNER: &[u8] = b"cloneproof-hello: esp32";

/// A chip with our app in flash, encrypted under a release configuration or plain; the newest revision that QEMU plays.
pub fn donor(chip: Chip, encrypted: bool) -> PowerOn {
    let (elf, revision): (&[u8], _) = match chip {
        Chip::Esp32C3 => (
            include_bytes!("../../../images/esp32c3-hello/esp32c3-hello.elf"),
            ChipRevision::new(0, 3),
        ),
        Chip::Esp32S3 => (
            include_bytes!("../../../images/esp32s3-hello/esp32s3-hello.elf"),
            ChipRevision::new(0, 2),
        ),
        Chip::Esp32C6 => (
            include_bytes!("../../../images/esp32c6-hello/esp32c6-hello.elf"),
            ChipRevision::new(0, 1),
        ),
        _ => (
            include_bytes!("../../../images/esp32-hello/esp32-hello.elf"),
            ChipRevision::new(3, 0),
        ),
    };
    let parts = parts_from_elf(chip, elf, &PartitionTable::single_app(), FLASH_SIZE)
        .expect("our own image");
    let mut flash = compose(FLASH_SIZE, &parts).expect("parts that fit");
    let mut efuses = EfuseBank::factory(chip, revision, [0x24, 0x0a, 0xc4, 0, 0, 1]);
    if encrypted {
        efuses
            .burn_encryption_mode(EncryptionMode::Release, &[0x5a; 32])
            .expect("a key of the right length");
        let cipher = FlashCipher::from_efuses(&efuses);
        for part in &parts {
            let mut bytes = part.bytes.clone();
            bytes.resize(bytes.len().next_multiple_of(4096), 0xff);
            cipher.encrypt(part.offset, &mut bytes);
            flash.write(part.offset, &bytes);
        }
    }
    PowerOn {
        flash,
        efuses,
        strap: Strap::FlashBoot,
        seed: 1,
        flash_id: None,
    }
}

/// An erased flash of the usual size.
#[expect(dead_code, reason = "not every bench needs it")]
pub fn erased() -> FlashImage {
    FlashImage::erased(FLASH_SIZE)
}

/// Runs a chip until the app's banner stands on its console.
///
/// # Panics
/// If it does not come.
pub fn boot_to_banner<C: VirtualChip + ?Sized>(chip: &mut C) {
    let report = run_to_banner(chip, Duration::from_secs(300));
    assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
}

/// Runs a chip until the app's banner stands on its console, or the time is up.
pub fn run_to_banner<C: VirtualChip + ?Sized>(chip: &mut C, wall: Duration) -> BootReport {
    let mut seen = Vec::new();
    let mut watch = |new: &[u8]| {
        seen.extend_from_slice(new);
        let found = seen.windows(BANNER.len()).any(|window| window == BANNER);
        if found {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let limits = RunLimits {
        cycles: 1_000_000_000,
        wall,
        resets: 4,
    };
    chip.run(&limits, &mut watch).expect("the back end works")
}
