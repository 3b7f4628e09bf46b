//! The second core as ESP-IDF handles it: start, interrupt from the other core, stall, run stall, reset.
//!
//! Order of the accesses: ESP-IDF `components/esp_system/port/cpu_start.c` (start_other_core, call_start_cpu1) and
//! `components/hal/esp32s3/include/hal/cpu_utility_ll.h`.

use cloneproof::emu::builtin::BuiltinChip;

use super::{CODE, CODE_AS_DATA, UART0_FIFO, count_for_ever, with_bootloader};
use crate::asm::{Asm, ISYNC, RFE, RSYNC, Reg, addi, l32i, movi, rrr, s32i, sr, wsr};
use crate::support::{run, run_until};

// Registers: ESP-IDF `components/soc/esp32s3/register/soc/{system,rtc_cntl,interrupt_core1}_reg.h`.
const SYSTEM: u32 = 0x600c_0000;
const CORE_1_CONTROL_0: u32 = 0;
const CPU_INTR_FROM_CPU_1: u32 = 0x34;
const RESETTING: i32 = 1 << 2;
const CLKGATE_EN: i32 = 1 << 1;
const RUNSTALL: i32 = 1 << 0;
const RTC_CNTL: u32 = 0x6000_8000;
const OPTIONS0: u32 = 0;
const SW_CPU_STALL: u32 = 0xbc;
/// `RTC_CNTL_SW_STALL_APPCPU_C0` 2, `RTC_CNTL_SW_STALL_APPCPU_C1` 0x21: together 0x86, "stall".
const STALL_C0: i32 = 2;
const STALL_C1: u32 = 0x21 << 20;
/// The second core's register of `ETS_FROM_CPU_INTR1_SOURCE` (80).
const CORE_1_FROM_CPU_1_MAP: u32 = 0x600c_2800 + 80 * 4;
/// An external level interrupt of level 1.
const INTERRUPT: u32 = 9;
/// `ets_set_appcpu_boot_addr` (`components/esp_rom/esp32s3/ld/esp32s3.rom.ld`).
const SET_APPCPU_BOOT_ADDR: u32 = 0x4000_0720;

/// Words that the cores share; in another page than the code, whose decoded form would be dropped with every store.
const COUNTER: u32 = CODE_AS_DATA + 0x8000;
const FLAG: u32 = COUNTER + 4;
/// The second core's vectors; the one of user exceptions; its program.
const VECTORS: u32 = CODE + 0x400;
const USER_VECTOR: u32 = VECTORS + 0x340;
const CORE_1: u32 = CODE + 0x800;

/// Address of a literal, by its place in the list.
fn literal(index: u32) -> u32 {
    CODE + 4 * index
}

const LITERALS: [u32; 11] = [
    SYSTEM,
    RTC_CNTL,
    CORE_1_FROM_CPU_1_MAP,
    UART0_FIFO,
    COUNTER,
    FLAG,
    SET_APPCPU_BOOT_ADDR,
    CORE_1,
    VECTORS,
    STALL_C1,
    20_000,
];
const L_SYSTEM: u32 = 0;
const L_RTC_CNTL: u32 = 1;
const L_MAP: u32 = 2;
const L_UART: u32 = 3;
const L_COUNTER: u32 = 4;
const L_FLAG: u32 = 5;
const L_SET_BOOT_ADDR: u32 = 6;
const L_CORE_1: u32 = 7;
const L_VECTORS: u32 = 8;
const L_STALL_C1: u32 = 9;
const L_DELAY: u32 = 10;

/// The register at `base` (a literal) + `offset` = `value`; uses a2 and a3.
fn write(asm: &mut Asm, base: u32, offset: u32, value: i32) {
    asm.l32r(2, literal(base));
    asm.insn(movi(3, value));
    asm.insn(s32i(3, 2, offset));
}

/// Waits until the flag has a value; uses a2 to a4.
fn wait_for(asm: &mut Asm, value: i32) {
    asm.l32r(2, literal(L_FLAG));
    let again = asm.here();
    asm.insn(l32i(3, 2, 0));
    asm.insn(addi(4, 3, -value));
    asm.bnez(4, again);
}

fn print(asm: &mut Asm, character: u8) {
    write(asm, L_UART, 0, i32::from(character));
}

/// Prints `moving` if the counter changes in some time and `standing` if not; uses a2 to a5.
fn print_counter(asm: &mut Asm) {
    asm.l32r(2, literal(L_COUNTER));
    asm.insn(l32i(5, 2, 0));
    asm.l32r(4, literal(L_DELAY));
    let again = asm.here();
    asm.insn(addi(4, 4, -1));
    asm.bnez(4, again);
    asm.insn(l32i(3, 2, 0));
    // 's' for standing, 'm' for moving: MOVNEZ a5, a4, a3.
    asm.insn(rrr(12, 0, 3, 3, 5));
    asm.insn(movi(5, i32::from(b's')));
    asm.insn(movi(4, i32::from(b'm')));
    asm.insn(rrr(9, 3, 5, 4, 3));
    asm.l32r(2, literal(L_UART));
    asm.insn(s32i(5, 2, 0));
}

/// What runs on the first core, in the order of the letters that it prints.
fn core_0(asm: &mut Asm) {
    // Not before it is started.
    print_counter(asm);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN | RESETTING);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN);
    // The ROM holds the core until it knows where to go.
    print_counter(asm);
    asm.l32r(10, literal(L_CORE_1));
    asm.l32r(8, literal(L_SET_BOOT_ADDR));
    // CALLX8 a8
    asm.insn(rrr(0, 0, 0, 8, 0xe));
    wait_for(asm, 1);
    print_counter(asm);
    // An interrupt that the second core answers.
    write(asm, L_MAP, 0, INTERRUPT as i32);
    write(asm, L_SYSTEM, CPU_INTR_FROM_CPU_1, 1);
    wait_for(asm, 2);
    print_counter(asm);
    stall(asm);
    // Held by the run stall, then by reset.
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN | RUNSTALL);
    print_counter(asm);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN);
    print_counter(asm);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN | RESETTING);
    print_counter(asm);
    // Out of reset it starts in the ROM, which still knows where to go.
    write(asm, L_FLAG, 0, 0);
    write(asm, L_SYSTEM, CORE_1_CONTROL_0, CLKGATE_EN);
    wait_for(asm, 1);
    print_counter(asm);
    print(asm, b'\n');
    let here = asm.here();
    asm.jump(here);
}

/// Stalls the second core by RTC_CNTL and lets it go on, as esp_cpu_stall and esp_cpu_unstall do.
fn stall(asm: &mut Asm) {
    asm.l32r(6, literal(L_RTC_CNTL));
    asm.insn(l32i(7, 6, OPTIONS0));
    asm.insn(movi(3, STALL_C0));
    // OR a3, a7, a3
    asm.insn(rrr(2, 0, 3, 7, 3));
    asm.insn(s32i(3, 6, OPTIONS0));
    asm.l32r(3, literal(L_STALL_C1));
    asm.insn(s32i(3, 6, SW_CPU_STALL));
    print_counter(asm);
    asm.insn(movi(3, 0));
    asm.insn(s32i(3, 6, SW_CPU_STALL));
    asm.insn(s32i(7, 6, OPTIONS0));
    print_counter(asm);
}

/// The handler: takes the request away, says so, and goes back. The program leaves it a8 and up.
fn handler(asm: &mut Asm) {
    asm.l32r(8, literal(L_SYSTEM));
    asm.insn(movi(9, 0));
    asm.insn(s32i(9, 8, CPU_INTR_FROM_CPU_1));
    asm.l32r(8, literal(L_UART));
    asm.insn(movi(9, i32::from(b'i')));
    asm.insn(s32i(9, 8, 0));
    asm.l32r(8, literal(L_FLAG));
    asm.insn(movi(9, 2));
    asm.insn(s32i(9, 8, 0));
    asm.insn(RFE);
}

/// What runs on the second core.
fn core_1(asm: &mut Asm) {
    const USER_MODE: i32 = 1 << 5;
    let set = |asm: &mut Asm, register: u32, value: Reg| asm.insn(wsr(register, value));
    asm.l32r(2, literal(L_VECTORS));
    set(asm, sr::VECBASE, 2);
    asm.insn(movi(2, 1 << INTERRUPT));
    set(asm, INTENABLE, 2);
    asm.insn(movi(2, USER_MODE));
    set(asm, sr::PS, 2);
    asm.insn(RSYNC);
    asm.insn(ISYNC);
    write(asm, L_FLAG, 0, 1);
    asm.l32r(2, literal(L_COUNTER));
    count_for_ever(asm);
}

const INTENABLE: u32 = 228;

fn two_cores() -> BuiltinChip {
    let mut asm = Asm::new(CODE);
    LITERALS.iter().for_each(|&value| asm.word(value));
    let entry = asm.here();
    core_0(&mut asm);
    asm.pad_to((USER_VECTOR - CODE) as usize);
    handler(&mut asm);
    asm.pad_to((CORE_1 - CODE) as usize);
    core_1(&mut asm);
    with_bootloader(&asm.into_bytes(), entry)
}

/// Standing, held by the ROM, counting, interrupted, counting, stalled, counting, held twice, counting from anew.
const LETTERS: &str = "ssmimsmsmsm\n";

#[test]
fn the_second_core_starts_takes_an_interrupt_and_stops() {
    let report = run_until(&mut two_cores(), LETTERS);
    let console = report.console_text();
    assert!(console.ends_with(LETTERS), "{console}");
    assert!(report.gaps.is_empty(), "{:#?}", report.gaps);
    assert_eq!(report.places.len(), 2);
}

#[test]
fn a_snapshot_of_two_running_cores_goes_on_identically() {
    let mut chip = two_cores();
    run(&mut chip, 1_000_000);
    let snapshot = chip.snapshot();
    let expected = run(&mut chip, 3_000_000);
    assert!(chip.restore(&snapshot));
    assert!(run(&mut chip, 3_000_000) == expected);
    assert_eq!(run(&mut two_cores(), 4_000_000).console, expected.console);
}
