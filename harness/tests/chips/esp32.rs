//! The built-in ESP32 as a whole: determinism, snapshots, power cuts, and guests that run garbage.

use cloneproof::boot::Stop;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use proptest::prelude::*;

use crate::support::{Loader, app, assert_says, bootloader_flash, erased, power, run, run_until};

fn chip(flash: FlashImage, revision: u8) -> BuiltinChip {
    power(Chip::Esp32, ChipRevision::new(revision, 0), flash)
}

fn hello() -> FlashImage {
    let elf = include_bytes!("../../../images/esp32-hello/esp32-hello.elf");
    app(Chip::Esp32, elf)
}

fn bootloader(address: u32, code: &[u8]) -> FlashImage {
    bootloader_flash(
        Loader {
            offset: 0x1000,
            chip_id: 0,
            load_at: address,
            entry: address,
        },
        code,
    )
}

#[test]
fn rom_bootloader_and_app_speak_in_turn() {
    let report = run_until(&mut chip(hello(), 3), "heartbeat 2");
    assert_eq!(report.stop, Stop::Watch);
    assert_says(
        &report,
        &[
            "ets Jul 29 2019",
            "2nd stage bootloader",
            "Loaded app from partition",
            "cloneproof-hello: esp32 v3.0 mac 24:0a:c4:01:02:03",
            "heartbeat 1",
        ],
    );
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
    let mut other = chip(erased(), 3);
    other.restore(&snapshot);
    assert_eq!(run(&mut other, 20_000_000).console, expected.console);
}

#[test]
fn an_erased_flash_is_named_by_each_rom() {
    for (revision, banner, line) in [
        (3, "ets Jul 29 2019", "invalid header: 0xffffffff"),
        (1, "ets Jun  8 2016", "flash read err, 1000"),
    ] {
        let report = run_until(&mut chip(erased(), revision), line);
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert!(report.console_text().contains(banner));
    }
}

#[test]
fn the_watchdog_resets_a_chip_that_finds_nothing() {
    let report = run(&mut chip(erased(), 3), 40_000_000);
    let cause = report.resets.first().map(|reset| (reset.code, reset.cause));
    assert_eq!(cause, Some((16, "RTCWDT_RTC_RESET")));
    assert!(
        report
            .console_text()
            .contains("rst:0x10 (RTCWDT_RTC_RESET)")
    );
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
        let mut flash = erased();
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
