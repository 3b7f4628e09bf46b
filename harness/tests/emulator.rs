//! The built-in ESP32 as a whole: determinism, snapshots, power cuts, and guests that run garbage.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::{BootReport, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{compose, parts_from_elf};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};
use proptest::prelude::*;

const FLASH_SIZE: usize = 4 << 20;
const MAC: [u8; 6] = [0x24, 0x0a, 0xc4, 0x01, 0x02, 0x03];

fn limits(cycles: u64) -> RunLimits {
    RunLimits {
        cycles,
        wall: Duration::MAX,
        resets: 20,
    }
}

fn chip(flash: FlashImage, revision: u8) -> BuiltinChip {
    let efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(revision, 0), MAC);
    BuiltinChip::new(PowerOn {
        flash,
        efuses,
        strap: Strap::FlashBoot,
        seed: 7,
    })
    .expect("a chip of the usual size")
}

fn hello() -> FlashImage {
    let elf = include_bytes!("../../images/esp32-hello/esp32-hello.elf");
    let parts = parts_from_elf(Chip::Esp32, elf, &PartitionTable::single_app(), FLASH_SIZE)
        .expect("our own image");
    compose(FLASH_SIZE, &parts).expect("parts that fit")
}

fn run(chip: &mut BuiltinChip, cycles: u64) -> BootReport {
    chip.run(&limits(cycles), &mut |_: &[u8]| ControlFlow::Continue(()))
        .expect("a built-in chip")
}

fn run_until(chip: &mut BuiltinChip, text: &str) -> BootReport {
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

#[test]
fn rom_bootloader_and_app_speak_in_turn() {
    let report = run_until(&mut chip(hello(), 3), "heartbeat 2");
    assert_eq!(report.stop, Stop::Watch);
    let console = report.console_text();
    let order = [
        "ets Jul 29 2019",
        "2nd stage bootloader",
        "Loaded app from partition",
        "cloneproof-hello: esp32 v3.0",
        "heartbeat 1",
    ];
    let places: Vec<_> = order.iter().map(|text| console.find(text)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?} in:\n{console}"
    );
    assert!(console.contains("24:0a:c4:01:02:03"), "{console}");
}

#[test]
fn the_same_inputs_give_the_same_run() {
    let (first, second) = (
        run(&mut chip(hello(), 3), 30_000_000),
        run(&mut chip(hello(), 3), 30_000_000),
    );
    assert_eq!(first, second);
    assert!(first.console_text().contains("heartbeat"));
}

#[test]
fn a_snapshot_goes_on_as_the_machine_did() {
    let mut straight = chip(hello(), 3);
    let mut forked = chip(hello(), 3);
    run(&mut straight, 3_000_000);
    run(&mut forked, 3_000_000);
    let snapshot = forked.snapshot();
    let expected = run(&mut straight, 20_000_000);
    run(&mut forked, 7_000_000);
    for _ in 0..2 {
        forked.restore(&snapshot);
        let report = run(&mut forked, 20_000_000);
        assert_eq!(report.console_text(), expected.console_text());
        assert!(report == expected, "same console, but another report");
    }
    let mut other = chip(FlashImage::erased(FLASH_SIZE), 3);
    other.restore(&snapshot);
    assert_eq!(run(&mut other, 20_000_000).console, expected.console);
}

#[test]
fn an_erased_flash_is_named_by_each_rom() {
    for (revision, banner, line) in [
        (3, "ets Jul 29 2019", "invalid header: 0xffffffff"),
        (1, "ets Jun  8 2016", "flash read err, 1000"),
    ] {
        let report = run_until(&mut chip(FlashImage::erased(FLASH_SIZE), revision), line);
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert!(report.console_text().contains(banner));
    }
}

#[test]
fn the_watchdog_resets_a_chip_that_finds_nothing() {
    let report = run(&mut chip(FlashImage::erased(FLASH_SIZE), 3), 40_000_000);
    let cause = report.resets.first().map(|reset| (reset.code, reset.cause));
    assert_eq!(cause, Some((16, "RTCWDT_RTC_RESET")));
    assert!(
        report
            .console_text()
            .contains("rst:0x10 (RTCWDT_RTC_RESET)")
    );
}

/// A bootloader image that the ROM loads to `address` and jumps into.
fn bootloader(address: u32, code: &[u8]) -> FlashImage {
    let mut image = vec![0xe9, 1, 2, 0x20];
    image.extend_from_slice(&address.to_le_bytes());
    image.extend_from_slice(&[0; 16]);
    image.extend_from_slice(&address.to_le_bytes());
    let len = code.len().next_multiple_of(4);
    image.extend_from_slice(&(len as u32).to_le_bytes());
    image.extend_from_slice(code);
    image.resize(32 + len, 0);
    let checksum = image[32..].iter().fold(0xef, |sum, byte| sum ^ byte);
    image.resize((image.len() + 1).next_multiple_of(16) - 1, 0);
    image.push(checksum);
    let mut flash = FlashImage::erased(FLASH_SIZE);
    flash.write(0x1000, &image);
    flash
}

#[test]
fn a_bootloader_of_ones_own_runs() {
    // j . : the chip spins where the image says until the watchdog fires.
    let mut chip = chip(bootloader(0x4008_0000, &[0x06, 0xff, 0xff, 0x00]), 3);
    run(&mut chip, 8_000_000);
    assert_eq!(chip.place(0).pc, 0x4008_0000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the guest executes, the host neither panics nor hangs, and its limits hold.
    #[test]
    fn garbage_code_cannot_hurt_the_host(code in proptest::collection::vec(any::<u8>(), 64..4096), revision in 1u8..4) {
        let cycles = 6_000_000;
        let mut chip = chip(bootloader(0x4008_0000, &code), revision);
        let report = run(&mut chip, cycles);
        prop_assert!(report.cycles <= cycles + 100_000);
        prop_assert!(report.gaps.len() <= 3 * 4096);
        prop_assert!(report.console.len() < 4 << 20);
    }

    /// Garbage in flash is refused or spins; it is never an app.
    #[test]
    fn garbage_flash_never_boots(seed in any::<u64>()) {
        let mut state = seed;
        let mut flash = FlashImage::erased(FLASH_SIZE);
        let bytes: Vec<u8> = (0..0x8000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        }).collect();
        flash.write(0x1000, &bytes);
        let report = run(&mut chip(flash, 3), 6_000_000);
        let console = report.console_text();
        // A chip that does nothing at all would not boot either.
        prop_assert!(console.contains("ets Jul 29 2019"), "{}", console);
        prop_assert!(!console.contains("cloneproof-hello"));
    }
}
