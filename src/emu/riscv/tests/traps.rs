//! Exceptions, interrupts, privilege modes and waiting.

use super::super::core::Mode;
use super::super::csr::number::*;
use super::*;

const VECTORS: u32 = BASE + 0x1000;
const MIE: u32 = 1 << 3;
const MPIE: u32 = 1 << 7;
const MPP: u32 = 3 << 11;
const TW: u32 = 1 << 21;
const INTERRUPT: u32 = 1 << 31;

fn prepared(program: &[Encoding]) -> Fixture {
    let mut fixture = Fixture::new(program);
    fixture.set_csr(MTVEC, VECTORS);
    fixture
}

/// The same for user mode, which may do everything.
fn prepared_for_user(program: &[Encoding]) -> Fixture {
    const POWER_OF_TWO_ALL: u32 = 0x1f;
    let mut fixture = prepared(program);
    fixture.set_csr(PMPADDR0, u32::MAX);
    fixture.set_csr(PMPCFG0, POWER_OF_TWO_ALL);
    fixture
}

/// Runs one instruction that traps; its cause and value.
fn trap(fixture: &mut Fixture) -> (u32, u32) {
    let pc = fixture.hart.pc;
    fixture.run(1);
    assert_eq!((fixture.hart.pc, fixture.csr(MEPC)), (VECTORS, pc));
    assert_eq!(fixture.hart.mode, Mode::Machine);
    (fixture.csr(MCAUSE), fixture.csr(MTVAL))
}

#[test]
fn exceptions_tell_cause_and_value() {
    let illegal = 0xffff_ffff;
    assert_eq!(trap(&mut prepared(&[word(illegal)])), (2, illegal));
    assert_eq!(trap(&mut prepared(&[half(0)])), (2, 0));
    assert_eq!(trap(&mut prepared(&[EBREAK])), (3, 0));
    assert_eq!(trap(&mut prepared(&[ECALL])), (11, 0));
    let nowhere = 0x1000;
    let mut load = prepared(&[lw(A0, A1, 4)]).with(&[(A0, 7), (A1, nowhere)]);
    assert_eq!(trap(&mut load), (5, nowhere + 4));
    assert_eq!(load.x(A0), 7, "a load that fails loads nothing");
    let mut store = prepared(&[sw(A0, A1, 0)]).with(&[(A1, nowhere)]);
    assert_eq!(trap(&mut store), (7, nowhere));
    let mut fetch = prepared(&[]);
    fetch.jump(nowhere);
    assert_eq!(trap(&mut fetch), (1, nowhere));
    // The second half of the last instruction of the memory is not there.
    let last = BASE + SIZE - 2;
    let mut fetch = Fixture::at(last, &[half(0x0003)]);
    fetch.set_csr(MTVEC, VECTORS);
    assert_eq!(trap(&mut fetch), (1, last + 2));
}

#[test]
fn missing_and_read_only_csrs_are_illegal() {
    const MIE_REGISTER: u16 = 0x304;
    const CYCLE: u16 = 0xc00;
    for encoding in [
        csrrs(A0, MIE_REGISTER, ZERO),
        csrrs(A0, CYCLE, ZERO),
        csrrw(A0, MHARTID, ZERO),
        csrrs(ZERO, MHARTID, A1),
        csrrw(ZERO, CPU_GPIO_IN, A1),
    ] {
        assert_eq!(trap(&mut prepared(&[encoding])), (2, encoding.word()));
    }
    let mut fixture = prepared(&[csrrs(A0, MVENDORID, ZERO), csrrci(A1, MARCHID, 0)]);
    fixture.run(2);
    assert_eq!((fixture.x(A0), fixture.x(A1)), (0x612, 0x8000_0001));
}

#[test]
fn trap_and_return_keep_mode_and_interrupt_enable() {
    let mut fixture = prepared_for_user(&[MRET]);
    Flat::load(&mut fixture.bus, BASE + 0x100, &bytes(&[ECALL]));
    fixture.set_csr(MSTATUS, MPIE);
    fixture.set_csr(MEPC, BASE + 0x101);
    fixture.run(1);
    assert_eq!(fixture.hart.mode, Mode::User);
    assert_eq!(fixture.hart.pc, BASE + 0x100);
    assert_eq!(fixture.csr(MSTATUS), MIE | MPIE);
    fixture.run(1);
    assert_eq!(fixture.csr(MCAUSE), 8);
    assert_eq!(fixture.hart.mode, Mode::Machine);
    assert_eq!(fixture.csr(MSTATUS), MPIE, "MPP names user mode");
    fixture.set_csr(MSTATUS, 1 << 12);
    assert_eq!(
        fixture.csr(MSTATUS),
        0,
        "the high bit of MPP follows the low"
    );
    fixture.set_csr(MSTATUS, 1 << 11);
    assert_eq!(fixture.csr(MSTATUS), MPP);
}

#[test]
fn user_mode_may_not_touch_machine_registers() {
    for encoding in [csrrs(A0, MSTATUS, ZERO), csrrs(A0, MPCCR, ZERO), MRET] {
        let mut fixture = prepared_for_user(&[encoding]);
        fixture.hart.set_mode(Mode::User);
        assert_eq!(trap(&mut fixture), (2, encoding.word()));
    }
    let mut fixture = prepared_for_user(&[csrrs(A0, UPCCR, ZERO), csrrs(A1, PRV_MODE, ZERO)]);
    fixture.hart.set_mode(Mode::User);
    fixture.hart.set_register(11, 9);
    fixture.run(2);
    assert_eq!(fixture.x(A1), 0);
    assert_eq!(fixture.hart.pc, BASE + 8);
}

#[test]
fn interrupts_go_to_their_vectors() {
    let mut fixture = prepared(&[addi(A0, A0, 1), addi(A0, A0, 1)]);
    fixture.hart.set_interrupt_lines(1 << 5);
    fixture.run(1);
    assert_eq!(fixture.hart.pc, BASE + 4, "interrupts are not enabled");
    fixture.set_csr(MSTATUS, MIE);
    fixture.run(0);
    assert_eq!(fixture.hart.pc, VECTORS + 5 * 4);
    assert_eq!(fixture.csr(MCAUSE), INTERRUPT | 5);
    assert_eq!(fixture.csr(MEPC), BASE + 4);
    assert_eq!(fixture.csr(MSTATUS), MPIE | MPP);
}

#[test]
fn enabling_interrupts_takes_a_pending_one_before_the_next_instruction() {
    let mut fixture = prepared(&[csrrw(ZERO, MSTATUS, A1), addi(A0, A0, 1)]).with(&[(A1, MIE)]);
    fixture.hart.set_interrupt_lines(1 << 31);
    fixture.run(1);
    fixture.run(0);
    assert_eq!((fixture.hart.pc, fixture.x(A0)), (VECTORS + 31 * 4, 0));
    assert_eq!(fixture.csr(MEPC), BASE + 4);
}

#[test]
fn user_mode_is_interrupted_whatever_mie_says() {
    let mut fixture = prepared_for_user(&[NOP]);
    fixture.hart.set_mode(Mode::User);
    fixture.hart.set_interrupt_lines(1 << 1);
    fixture.run(0);
    assert_eq!(fixture.hart.pc, VECTORS + 4);
    assert_eq!(fixture.csr(MSTATUS), 0);
}

#[test]
fn wfi_waits_for_a_line_even_if_interrupts_are_disabled() {
    let mut fixture = prepared(&[WFI, addi(A0, A0, 1)]);
    assert_eq!(fixture.run(10), Exit::Waiting);
    assert!(fixture.hart.waiting() && !fixture.hart.interrupt_pending());
    assert_eq!(fixture.run(10), Exit::Waiting);
    assert_eq!(fixture.cycles, 1);
    fixture.hart.set_interrupt_lines(1 << 3);
    assert!(fixture.hart.interrupt_pending());
    fixture.run(1);
    assert!(!fixture.hart.waiting());
    assert_eq!(fixture.x(A0), 1);
    // A line that is up already: nothing to wait for.
    fixture.jump(BASE);
    fixture.run(2);
    assert_eq!(fixture.x(A0), 2);
}

#[test]
fn wfi_in_user_mode_can_be_forbidden() {
    let mut fixture = prepared_for_user(&[WFI]);
    fixture.set_csr(MSTATUS, TW);
    fixture.hart.set_mode(Mode::User);
    assert_eq!(trap(&mut fixture), (2, WFI.word()));
}

#[test]
fn the_vector_table_is_aligned_and_always_vectored() {
    let mut fixture = Fixture::new(&[]);
    fixture.set_csr(MTVEC, 0x4038_12fc);
    assert_eq!(fixture.csr(MTVEC), 0x4038_1201);
}
