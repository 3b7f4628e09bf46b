//! Physical memory protection as programs meet it.

use super::super::core::Mode;
use super::super::csr::number::*;
use super::*;

const VECTORS: u32 = BASE + 0x3000;
const READ: u32 = 1;
const WRITE: u32 = 2;
const EXECUTE: u32 = 4;
const TOP_OF_RANGE: u32 = 1 << 3;
const FOUR_BYTES: u32 = 2 << 3;
const POWER_OF_TWO: u32 = 3 << 3;
const LOCKED: u32 = 1 << 7;

/// User mode, which may execute the first page, and read and write the second but for one word.
fn user(program: &[Encoding]) -> Fixture {
    let mut fixture = Fixture::new(program);
    fixture.set_csr(MTVEC, VECTORS);
    fixture.set_csr(PMPADDR0, (BASE + 0x1100) >> 2);
    fixture.set_csr(PMPADDR0 + 1, BASE >> 2);
    fixture.set_csr(PMPADDR0 + 2, (BASE + 0x1000) >> 2);
    fixture.set_csr(PMPADDR0 + 3, (BASE + 0x1000) >> 2 | 0x1ff);
    let config =
        FOUR_BYTES | READ | (TOP_OF_RANGE | EXECUTE) << 16 | (POWER_OF_TWO | READ | WRITE) << 24;
    fixture.set_csr(PMPCFG0, config);
    fixture.hart.set_mode(Mode::User);
    fixture
}

fn cause(fixture: &mut Fixture, instructions: u32) -> Option<(u32, u32)> {
    fixture.run(instructions);
    (fixture.hart.mode == Mode::Machine).then(|| (fixture.csr(MCAUSE), fixture.csr(MTVAL)))
}

#[test]
fn user_mode_has_what_entries_allow() {
    let address = BASE + 0x1100;
    let access = |encoding, address| cause(&mut user(&[encoding]).with(&[(A1, address)]), 1);
    assert_eq!(access(lw(A0, A1, 0), address), None);
    assert_eq!(access(sw(A0, A1, 0), address), Some((7, address)));
    assert_eq!(access(sw(A0, A1, 4), address), None);
    assert_eq!(access(lw(A0, A1, 2), address), Some((5, address + 2)));
    assert_eq!(access(lw(A0, A1, 0), BASE), Some((5, BASE)));
    assert_eq!(access(jalr(ZERO, A1, 0), BASE + 0x80), None);
    let beyond = BASE + 0x2000;
    assert_eq!(access(lw(A0, A1, 0), beyond), Some((5, beyond)));
    let mut jump = user(&[jalr(ZERO, A1, 0)]).with(&[(A1, address)]);
    assert_eq!(cause(&mut jump, 2), Some((1, address)));
    // Twice the same, now from what is remembered.
    let mut twice = user(&[lw(A0, A1, 4), lw(A0, A1, 8), sw(A0, A1, 12)]).with(&[(A1, address)]);
    assert_eq!(cause(&mut twice, 3), None);
}

#[test]
fn an_instruction_may_not_reach_out_of_its_range() {
    // Executable up to the middle of the page; a wide instruction lies across the end.
    let end = BASE + 0x800;
    let mut fixture = Fixture::at(end - 4, &[half(0x0505), word(addi(A0, A0, 2).word())]);
    fixture.set_csr(MTVEC, VECTORS);
    fixture.set_csr(PMPADDR0, BASE >> 2);
    fixture.set_csr(PMPADDR0 + 1, end >> 2);
    fixture.set_csr(PMPCFG0, (TOP_OF_RANGE | EXECUTE) << 8);
    fixture.hart.set_mode(Mode::User);
    assert_eq!(cause(&mut fixture, 2), Some((1, end)));
    assert_eq!(fixture.csr(MEPC), end - 2);
    assert_eq!(fixture.x(A0), 1);
    // With the rest executable too, both run.
    fixture.set_csr(PMPADDR0 + 2, (BASE + 0x1000) >> 2);
    fixture.set_csr(
        PMPCFG0,
        (TOP_OF_RANGE | EXECUTE) << 8 | (TOP_OF_RANGE | EXECUTE) << 16,
    );
    fixture.hart.set_mode(Mode::User);
    fixture.jump(end - 4);
    let loops = 2;
    assert_eq!(cause(&mut fixture, loops), None);
    assert_eq!((fixture.hart.pc, fixture.x(A0)), (end + 2, 4));
}

#[test]
fn locked_entries_bind_machine_mode_until_reset() {
    let address = BASE + 0x2000;
    let mut fixture = Fixture::new(&[sw(A0, A1, 0), lw(A0, A1, 0)]).with(&[(A1, address)]);
    fixture.set_csr(MTVEC, VECTORS);
    fixture.set_csr(PMPADDR0 + 4, address >> 2);
    fixture.set_csr(PMPCFG0 + 1, FOUR_BYTES | READ);
    fixture.run(1);
    assert_eq!(fixture.hart.pc, BASE + 4, "not locked: machine mode writes");
    fixture.set_csr(PMPCFG0 + 1, FOUR_BYTES | READ | LOCKED);
    fixture.set_csr(PMPCFG0 + 1, 0);
    fixture.set_csr(PMPADDR0 + 4, 0);
    assert_eq!(fixture.csr(PMPCFG0 + 1), FOUR_BYTES | READ | LOCKED);
    assert_eq!(fixture.csr(PMPADDR0 + 4), address >> 2);
    fixture.jump(BASE);
    fixture.run(1);
    assert_eq!((fixture.csr(MCAUSE), fixture.csr(MTVAL)), (7, address));
    fixture.hart.reset(fixture.cycles);
    assert_eq!(fixture.csr(PMPCFG0 + 1), 0);
}

#[test]
fn the_lower_end_of_a_locked_range_is_locked() {
    let mut fixture = Fixture::new(&[]);
    fixture.set_csr(PMPADDR0, 5);
    fixture.set_csr(PMPADDR0 + 1, 9);
    fixture.set_csr(PMPCFG0, (TOP_OF_RANGE | LOCKED) << 8);
    fixture.set_csr(PMPADDR0, 6);
    assert_eq!(fixture.csr(PMPADDR0), 5);
}
