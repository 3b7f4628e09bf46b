//! The built-in ESP32-C6 as a whole: its mask ROM, determinism, snapshots, resets, and guests that run garbage.

use cloneproof::boot::Stop;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use proptest::prelude::*;

use crate::support::{Loader, app, assert_says, bootloader_flash, erased, power, run, run_until};

const HELLO: &[u8] = include_bytes!("../../../images/esp32c6-hello/esp32c6-hello.elf");
const V0_1: ChipRevision = ChipRevision::new(0, 1);
const BANNER: &str = "ESP-ROM:esp32c6-20220919";
/// Where the tests' own bootloaders run.
const CODE: u32 = 0x4086_0000;

fn chip(flash: FlashImage) -> BuiltinChip {
    chip_of(V0_1, flash)
}

fn chip_of(revision: ChipRevision, flash: FlashImage) -> BuiltinChip {
    power(Chip::Esp32C6, revision, flash)
}

fn hello() -> FlashImage {
    app(Chip::Esp32C6, HELLO)
}

/// A bootloader of these instructions.
fn bootloader(code: &[u32]) -> FlashImage {
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    bootloader_flash(
        Loader {
            offset: 0,
            chip_id: 13,
            load_at: CODE,
            entry: CODE,
        },
        &bytes,
    )
}

#[test]
fn rom_bootloader_and_app_speak_in_turn_on_every_revision() {
    for minor in 0..3 {
        let report = run_until(
            &mut chip_of(ChipRevision::new(0, minor), hello()),
            "heartbeat 2",
        );
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        let name = format!("v0.{minor}");
        assert_says(
            &report,
            &[
                BANNER,
                "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)",
                "2nd stage bootloader",
                &format!("chip revision: {name}"),
                "Loaded app from partition",
                &format!("cloneproof-hello: esp32c6 {name} mac 24:0a:c4:01:02:03"),
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
    let mut of_another_kind = power(Chip::Esp32C3, ChipRevision::new(0, 3), erased());
    assert!(!of_another_kind.restore(&snapshot));
}

#[test]
fn an_erased_flash_is_named_by_the_rom() {
    let report = run_until(&mut chip(erased()), "invalid header: 0xffffffff");
    assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
    assert_says(&report, &[BANNER, "invalid header"]);
}

/// As on the ESP32-C3: first the boot protection of timer group 0, then that of the LP domain.
#[test]
fn the_watchdogs_reset_a_chip_that_finds_nothing() {
    let report = run(&mut chip(erased()), 120_000_000);
    let causes: Vec<_> = report
        .resets
        .iter()
        .map(|reset| (reset.code, reset.cause))
        .collect();
    assert!(causes.contains(&(7, "TG0_WDT_HPSYS")), "{causes:?}");
    assert!(causes.contains(&(16, "LP_WDT_SYS")), "{causes:?}");
    assert_says(
        &report,
        &[
            "rst:0x7 (TG0_WDT_HPSYS),boot:0xc (SPI_FAST_FLASH_BOOT)\nSaved PC:0x400",
            "rst:0x10 (LP_WDT_SYS),boot:0xc (SPI_FAST_FLASH_BOOT)\ninvalid header: 0xffffffff",
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
fn a_cpu_reset_saves_the_pc() {
    // Built by riscv64-unknown-elf-as -march=rv32i.
    let code = [
        0x600c_22b7, // lui t0, 0x600c2
        0x0030_0313, // li t1, 3
        0x0462_a223, // sw t1, 0x44(t0)     ASSIST_DEBUG_CORE_0_RCD_EN_REG
        0x600b_12b7, // lui t0, 0x600b1
        0x1000_0337, // lui t1, 0x10000     LP_AON_CPU_CORE0_SW_RESET
        0x0262_ac23, // sw t1, 0x38(t0)     LP_AON_CPUCORE0_CFG_REG
        0x0000_006f, // stay: j stay
    ];
    let report = run(&mut chip(bootloader(&code)), 6_000_000);
    assert!(report.resets.len() > 1, "{}", report.console_text());
    assert!(report.resets.iter().all(|reset| reset.code == 12));
    let stay = CODE + 4 * (code.len() as u32 - 1);
    let saved = format!("rst:0xc (SW_CPU),boot:0xc (SPI_FAST_FLASH_BOOT)\nSaved PC:{stay:#010x}");
    assert_says(&report, &[&saved, &saved]);
}

#[test]
fn atomic_instructions_work_on_memory() {
    // Built by riscv64-unknown-elf-as -march=rv32ima.
    let code = [
        0x4086_1537, // lui a0, 0x40861
        0x0290_0593, // li a1, 41
        0x00b5_2023, // sw a1, 0(a0)
        0x0010_0593, // li a1, 1
        0x00b5_262f, // amoadd.w a2, a1, (a0)
        0x1005_26af, // lr.w a3, (a0)
        0x18c5_272f, // sc.w a4, a2, (a0)
        0x00e5_2223, // sw a4, 4(a0)
        0x00d5_2423, // sw a3, 8(a0)
        0x0000_006f, // stay: j stay
    ];
    let mut chip = chip(bootloader(&code));
    run(&mut chip, 1_000_000);
    let mut words = [0; 12];
    assert_eq!(chip.peek(0, 0x4086_1000, &mut words), 12);
    // sc.w stored what amoadd.w had returned, and said zero; lr.w had loaded the sum.
    assert_eq!(words, [41, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0]);
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
