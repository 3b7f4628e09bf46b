//! The built-in ESP32-S3 as a whole: boot, console, resets, snapshots, its second core.

mod second_core;

use cloneproof::boot::Stop;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{Strap, VirtualChip};

use crate::asm::{Asm, addi, l32i, movi, rrr, s32i};
use crate::support::{
    Loader, MAC, app, assert_says, bootloader_flash, erased, power_on, run, run_until,
};

/// Where the test programs lie: internal RAM on the instruction bus, and the same on the data bus.
const CODE: u32 = 0x4037_8000;
const CODE_AS_DATA: u32 = 0x3fc8_8000;
const UART0_FIFO: u32 = 0x6000_0000;
const USB_SERIAL_JTAG_EP1: u32 = 0x6003_8000;

fn chip(flash: FlashImage, strap: Strap) -> BuiltinChip {
    let efuses = EfuseBank::factory(Chip::Esp32S3, ChipRevision::new(0, 1), MAC);
    power_on(flash, efuses, strap)
}

fn hello() -> BuiltinChip {
    let elf = include_bytes!("../../../images/esp32s3-hello/esp32s3-hello.elf");
    chip(app(Chip::Esp32S3, elf), Strap::FlashBoot)
}

fn blank(strap: Strap) -> BuiltinChip {
    chip(erased(), strap)
}

/// A chip whose ROM loads `code` to [`CODE`] in the place of a bootloader and jumps to `entry`.
fn with_bootloader(code: &[u8], entry: u32) -> BuiltinChip {
    let loader = Loader {
        offset: 0,
        chip_id: 9,
        load_at: CODE,
        entry,
    };
    chip(bootloader_flash(loader, code), Strap::FlashBoot)
}

#[test]
fn rom_bootloader_and_app_speak_in_turn_and_touch_nothing_unmodelled() {
    let report = run_until(&mut hello(), "heartbeat 2");
    assert_eq!(report.stop, Stop::Watch);
    let order = [
        "ESP-ROM:esp32s3-20210327",
        "rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)",
        "2nd stage bootloader",
        "Loaded app from partition",
        "cloneproof-hello: esp32s3 v0.1 mac 24:0a:c4:01:02:03",
        "flash encryption: off",
        "rodata ok",
        "heartbeat 1",
    ];
    assert_says(&report, &order);
    assert!(report.gaps.is_empty(), "{:#?}", report.gaps);
    assert!(report.resets.is_empty(), "{:?}", report.resets);
}

#[test]
fn the_same_inputs_give_the_same_run() {
    let (first, second) = (run(&mut hello(), 30_000_000), run(&mut hello(), 30_000_000));
    assert_eq!(first, second);
    assert!(first.console_text().contains("heartbeat"));
}

#[test]
fn a_snapshot_goes_on_as_the_machine_did() {
    let (mut straight, mut forked) = (hello(), hello());
    run(&mut straight, 3_000_000);
    run(&mut forked, 3_000_000);
    let snapshot = forked.snapshot();
    let expected = run(&mut straight, 20_000_000);
    run(&mut forked, 7_000_000);
    for _ in 0..2 {
        assert!(forked.restore(&snapshot));
        assert!(run(&mut forked, 20_000_000) == expected);
    }
    let mut other = blank(Strap::FlashBoot);
    assert!(other.restore(&snapshot));
    assert_eq!(run(&mut other, 20_000_000).console, expected.console);
}

#[test]
fn an_erased_flash_is_named_and_the_watchdog_tries_again() {
    let report = run_until(&mut blank(Strap::FlashBoot), "TG0WDT_SYS_RST");
    assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
    let order = [
        "boot:0x8 (SPI_FAST_FLASH_BOOT)",
        "invalid header: 0xffffffff",
        "rst:0x7 (TG0WDT_SYS_RST",
    ];
    assert_says(&report, &order);
    let reset = report.resets.first().map(|reset| (reset.code, reset.cause));
    assert_eq!(reset, Some((7, "TG0WDT_SYS_RST")));
}

#[test]
fn the_download_strap_waits_for_a_host() {
    let report = run(&mut blank(Strap::UartDownload), 8_000_000);
    let order = ["boot:0x0 (DOWNLOAD(USB/UART0))", "waiting for download"];
    assert_says(&report, &order);
    assert!(!report.console_text().contains("invalid header"));
}

/// Writes the bytes of `text` to the register whose address a2 holds.
fn send(asm: &mut Asm, text: &str) {
    for byte in text.bytes() {
        asm.insn(movi(3, i32::from(byte)));
        asm.insn(s32i(3, 2, 0));
    }
}

#[test]
fn usb_shows_what_the_uart_has_not_shown() {
    let mut asm = Asm::new(CODE);
    asm.word(UART0_FIFO);
    asm.word(USB_SERIAL_JTAG_EP1);
    let entry = asm.here();
    asm.l32r(2, CODE);
    send(&mut asm, "on both\r\n");
    asm.l32r(2, CODE + 4);
    send(&mut asm, "on both\r\nusb only\nusb only\n");
    asm.l32r(2, CODE);
    send(&mut asm, "the end\n");
    let here = asm.here();
    asm.jump(here);
    let report = run_until(&mut with_bootloader(&asm.into_bytes(), entry), "the end\n");
    let console = report.console_text();
    assert!(
        console.ends_with("on both\nusb only\nusb only\nthe end\n"),
        "{console}"
    );
    assert_eq!(console.matches("on both").count(), 1, "{console}");
}

/// External RAM is a gap with a name: running code from there ends the run.
#[test]
fn code_in_external_ram_is_a_named_gap() {
    /// `EXTMEM_MMU_TABLE`, entry of the last page; `SOC_MMU_ACCESS_SPIRAM` (ESP-IDF `soc/esp32s3/include/soc/ext_mem_defs.h`).
    const LAST_ENTRY: u32 = 0x600c_5000 + 511 * 4;
    const SPIRAM: u32 = 1 << 15;
    const LAST_PAGE: u32 = 0x43ff_0000;
    /// `Cache_Enable_ICache` (`components/esp_rom/esp32s3/ld/esp32s3.rom.ld`).
    const ENABLE_ICACHE: u32 = 0x4000_1878;
    /// `EXTMEM_ICACHE_CTRL1`: zero opens the buses of both cores.
    const ICACHE_CTRL1: u32 = 0x600c_4064;
    let mut asm = Asm::new(CODE);
    for literal in [LAST_ENTRY, SPIRAM, LAST_PAGE, ENABLE_ICACHE, ICACHE_CTRL1] {
        asm.word(literal);
    }
    let entry = asm.here();
    asm.l32r(8, CODE + 12);
    asm.insn(movi(10, 0));
    // CALLX8 a8
    asm.insn(rrr(0, 0, 0, 8, 0xe));
    asm.l32r(2, CODE + 16);
    asm.insn(movi(3, 0));
    asm.insn(s32i(3, 2, 0));
    asm.l32r(2, CODE);
    asm.l32r(3, CODE + 4);
    asm.insn(s32i(3, 2, 0));
    asm.l32r(2, CODE + 8);
    // JX a2
    asm.insn(rrr(0, 0, 0, 2, 0xa));
    let report = run(&mut with_bootloader(&asm.into_bytes(), entry), 20_000_000);
    let Stop::Gap(gap) = &report.stop else {
        panic!("{} instead of a gap", report.stop);
    };
    assert!(gap.to_string().contains("external RAM"), "{gap}");
}

/// Counts up the word at a2 for ever.
fn count_for_ever(asm: &mut Asm) {
    let again = asm.here();
    asm.insn(l32i(3, 2, 0));
    asm.insn(addi(3, 3, 1));
    asm.insn(s32i(3, 2, 0));
    asm.jump(again);
}
