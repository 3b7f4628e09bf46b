//! The built-in ESP32-C3 as a whole: its mask ROMs, determinism, snapshots, resets, and guests that run garbage.

use cloneproof::boot::Stop;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use proptest::prelude::*;

use crate::support::{Loader, app, assert_says, bootloader_flash, erased, power, run, run_until};

const HELLO: &[u8] = include_bytes!("../../../images/esp32c3-hello/esp32c3-hello.elf");
const V0_3: ChipRevision = ChipRevision::new(0, 3);
/// ROM of chips before v0.3.
const ROM_REV_0: &str = "ESP-ROM:esp32c3-20200918";
/// ROM of v0.3 and v0.4.
const ROM_REV_3: &str = "ESP-ROM:esp32c3-api1-20210207";
/// ROM of v1.1.
const ROM_REV_101: &str = "ESP-ROM:esp32c3-eco7-20230720";
/// Where the tests' own bootloaders run.
const CODE: u32 = 0x403c_e000;

fn chip(flash: FlashImage) -> BuiltinChip {
    chip_of(V0_3, flash)
}

fn chip_of(revision: ChipRevision, flash: FlashImage) -> BuiltinChip {
    power(Chip::Esp32C3, revision, flash)
}

fn hello() -> FlashImage {
    app(Chip::Esp32C3, HELLO)
}

/// A bootloader of these instructions.
fn bootloader(code: &[u32]) -> FlashImage {
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    bootloader_flash(
        Loader {
            offset: 0,
            chip_id: 5,
            load_at: CODE,
            entry: CODE,
        },
        &bytes,
    )
}

#[test]
fn rom_bootloader_and_app_speak_in_turn_on_every_rom() {
    for (revision, banner) in [
        (V0_3, ROM_REV_3),
        (ChipRevision::new(0, 4), ROM_REV_3),
        (ChipRevision::new(1, 1), ROM_REV_101),
    ] {
        let report = run_until(&mut chip_of(revision, hello()), "heartbeat 2");
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        let name = format!("v{}.{}", revision.major, revision.minor);
        assert_says(
            &report,
            &[
                banner,
                "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)",
                "2nd stage bootloader",
                &format!("chip revision: {name}"),
                "Loaded app from partition",
                &format!("cloneproof-hello: esp32c3 {name} mac 24:0a:c4:01:02:03"),
                "flash encryption: off",
                "rodata ok",
                "heartbeat 1",
            ],
        );
        assert_eq!(report.gaps, [], "{name}");
        assert_eq!(report.resets, []);
    }
}

#[test]
fn the_stock_bootloader_refuses_older_chips() {
    for minor in 0..3 {
        let line = format!("chip revision check failed. Required >= v0.3, found v0.{minor}.");
        let report = run_until(&mut chip_of(ChipRevision::new(0, minor), hello()), &line);
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert_says(&report, &[ROM_REV_0, "2nd stage bootloader", &line]);
    }
}

#[test]
fn the_same_inputs_give_the_same_run() {
    let (first, second) = (
        run(&mut chip(hello()), 12_000_000),
        run(&mut chip(hello()), 12_000_000),
    );
    assert_eq!(first, second);
    assert!(first.console_text().contains("heartbeat"));
}

#[test]
fn a_snapshot_goes_on_as_the_machine_did() {
    let mut straight = chip(hello());
    let mut forked = chip(hello());
    run(&mut straight, 1_500_000);
    run(&mut forked, 1_500_000);
    let snapshot = forked.snapshot();
    let expected = run(&mut straight, 9_000_000);
    run(&mut forked, 4_000_000);
    for _ in 0..2 {
        assert!(forked.restore(&snapshot));
        let report = run(&mut forked, 9_000_000);
        assert_eq!(report.console_text(), expected.console_text());
        assert!(report == expected, "same console, but another report");
    }
    let mut other = chip(erased());
    assert!(other.restore(&snapshot));
    assert_eq!(run(&mut other, 9_000_000).console, expected.console);
    assert!(expected.console_text().contains("heartbeat"));
}

#[test]
fn an_erased_flash_is_named_by_each_rom() {
    for (revision, banner) in [
        (ChipRevision::new(0, 2), ROM_REV_0),
        (V0_3, ROM_REV_3),
        (ChipRevision::new(1, 1), ROM_REV_101),
    ] {
        let report = run_until(
            &mut chip_of(revision, erased()),
            "invalid header: 0xffffffff",
        );
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert_says(&report, &[banner, "invalid header"]);
    }
}

/// Both resets, and `Saved PC:` behind the first one, were observed on boards with erased flash: esp-idf issue 12110,
/// forum.esp32.com topic 30886.
#[test]
fn the_watchdogs_reset_a_chip_that_finds_nothing() {
    let report = run(&mut chip(erased()), 60_000_000);
    let causes: Vec<_> = report
        .resets
        .iter()
        .map(|reset| (reset.code, reset.cause))
        .collect();
    let timer_group = (7, "TG0WDT_SYS_RST");
    assert_eq!(causes, [timer_group, timer_group, (16, "RTCWDT_RTC_RST")]);
    assert_says(
        &report,
        &[
            "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\nSaved PC:0x400",
            "rst:0x10 (RTCWDT_RTC_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\ninvalid header: 0xffffffff",
        ],
    );
    assert_eq!(report.gaps, []);
}

#[test]
fn a_bootloader_of_ones_own_runs() {
    const STAY: u32 = 0x0000_006f;
    let mut chip = chip(bootloader(&[STAY]));
    run(&mut chip, 1_000_000);
    assert_eq!(chip.place(0).pc, CODE);
}

#[test]
fn a_core_that_waits_stops_at_the_limit_too() {
    const WFI: u32 = 0x1050_0073;
    const BACK: u32 = 0xffdf_f06f;
    let mut chip = chip(bootloader(&[WFI, BACK]));
    let first = run(&mut chip, 1_000_000);
    assert_eq!((first.stop, first.cycles), (Stop::CycleLimit, 1_000_000));
    let place = chip.place(0).pc;
    assert!((CODE..CODE + 8).contains(&place), "{place:#x}");
    let second = run(&mut chip, 7);
    assert_eq!(second.cycles, 1_000_007);
}

/// As ESP-IDF's apps restart: through a reset of the CPU alone, with permissions locked.
#[test]
fn a_cpu_reset_ends_the_locks_of_permissions_and_saves_the_pc() {
    // Built by riscv64-unknown-elf-as -march=rv32i.
    let code = [
        0x600c_12b7, // lui t0, 0x600c1
        0x0a82_a303, // lw t1, 0xa8(t0)     SENSITIVE_CORE_X_IRAM0_PMS_CONSTRAIN_0_REG
        0x0003_1e63, // bnez t1, stay
        0x0010_0313, // li t1, 1
        0x0a62_a423, // sw t1, 0xa8(t0)
        0x6000_82b7, // lui t0, 0x60008     RTC_CNTL_OPTIONS0_REG
        0x0002_a383, // lw t2, 0(t0)
        0x0203_e393, // ori t2, t2, 0x20    RTC_CNTL_SW_PROCPU_RST
        0x0072_a023, // sw t2, 0(t0)
        0x0000_006f, // stay: j stay
    ];
    let report = run(&mut chip(bootloader(&code)), 6_000_000);
    assert!(report.resets.len() > 1, "{}", report.console_text());
    assert!(report.resets.iter().all(|reset| reset.code == 12));
    let stay = CODE + 4 * (code.len() as u32 - 1);
    let saved =
        format!("rst:0xc (RTC_SW_CPU_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\nSaved PC:{stay:#010x}");
    assert_says(&report, &[&saved, &saved]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the guest executes, the host neither panics nor hangs, and its limits hold.
    #[test]
    fn garbage_code_cannot_hurt_the_host(code in proptest::collection::vec(any::<u32>(), 16..1024)) {
        let cycles = 3_000_000;
        let report = run(&mut chip(bootloader(&code)), cycles);
        prop_assert!(report.cycles <= cycles + 100_000);
        prop_assert!(report.gaps.len() <= 3 * 4096);
        prop_assert!(report.console.len() < 4 << 20);
    }
}
