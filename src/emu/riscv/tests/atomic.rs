//! The extensions of later cores. A: what each operation leaves, when a store conditional stores, which exceptions there
//! are; and the registers that come with the others.

use super::*;
use crate::emu::riscv::csr::number;

const WORD: u32 = BASE + 0x1000;

/// A core about to execute `program` with the word's address in a2, `operand` in a1, and `old` in memory.
fn about_to(program: &[Encoding], old: u32, operand: u32) -> Fixture {
    let mut fixture = Fixture::esp32c6(program).with(&[(A1, operand), (A2, WORD)]);
    Flat::load(&mut fixture.bus, WORD, &old.to_le_bytes());
    fixture
}

#[test]
fn operations_return_the_old_word_and_store_the_new_one() {
    type Operation = fn(u32, u32, u32) -> Encoding;
    let cases: [(Operation, u32, u32, u32); 14] = [
        (amoswap, 5, 9, 9),
        (amoadd, ONES, 2, 1),
        (amoxor, 0b1100, 0b1010, 0b0110),
        (amoand, 0b1100, 0b1010, 0b1000),
        (amoor, 0b1100, 0b1010, 0b1110),
        (amomin, MIN, 1, MIN),
        (amomin, 1, MIN, MIN),
        (amomax, MIN, 1, 1),
        (amomax, 1, MIN, 1),
        (amominu, MIN, 1, 1),
        (amominu, 1, MIN, 1),
        (amomaxu, MIN, 1, MIN),
        (amomaxu, 1, MIN, MIN),
        (amomax, 7, 7, 7),
    ];
    for (operation, old, operand, new) in cases {
        let program = [operation(A0, A1, A2)];
        let mut fixture = about_to(&program, old, operand);
        assert_eq!(fixture.run(1), Exit::Budget);
        let found = (fixture.x(A0), fixture.word(WORD));
        assert_eq!(found, (old, new), "{:#x}", program[0].word());
    }
}

#[test]
fn an_operation_may_write_its_own_operands() {
    let mut fixture = about_to(&[amoadd(A1, A1, A2)], 40, 2);
    fixture.run(1);
    assert_eq!((fixture.x(A1), fixture.word(WORD)), (40, 42));
    let mut fixture = about_to(&[amoswap(A2, A1, A2)], 40, 2);
    fixture.run(1);
    assert_eq!((fixture.x(A2), fixture.word(WORD)), (40, 2));
    let mut fixture = about_to(&[amoadd(ZERO, A1, A2)], 40, 2);
    fixture.run(1);
    assert_eq!((fixture.x(ZERO), fixture.word(WORD)), (0, 42));
}

#[test]
fn a_store_conditional_needs_the_reservation_of_its_word_and_ends_it() {
    let mut fixture = about_to(&[lr(A0, A2), sc(A3, A1, A2), sc(A4, A0, A2)], 5, 9);
    fixture.run(3);
    assert_eq!((fixture.x(A0), fixture.x(A3), fixture.x(A4)), (5, 0, 1));
    assert_eq!(fixture.word(WORD), 9);
    // Without one, and with one of another word, which is gone then.
    let other = [
        sc(A0, A1, A2),
        lr(A5, A2),
        addi(A2, A2, 4),
        sc(A3, A1, A2),
        addi(A2, A2, -4),
        sc(A4, A1, A2),
    ];
    let mut fixture = about_to(&other, 5, 9);
    fixture.run(6);
    assert_eq!((fixture.x(A0), fixture.x(A3), fixture.x(A4)), (1, 1, 1));
    assert_eq!((fixture.word(WORD), fixture.word(WORD + 4)), (5, 0));
}

#[test]
fn a_trap_and_the_return_from_it_end_a_reservation() {
    const HANDLER: u32 = BASE + 0x100;
    let mut fixture = about_to(&[lr(A0, A2), ECALL, sc(A3, A1, A2)], 5, 9);
    fixture.set_csr(number::MTVEC, HANDLER);
    // The handler makes a reservation of its own, which its return ends.
    let handler = [
        csrrs(A4, number::MEPC, ZERO),
        addi(A4, A4, 4),
        csrrw(ZERO, number::MEPC, A4),
        lr(A5, A2),
        MRET,
    ];
    Flat::load(&mut fixture.bus, HANDLER, &bytes(&handler));
    fixture.run(8);
    assert_eq!((fixture.x(A5), fixture.x(A3)), (5, 1));
    assert_eq!(fixture.word(WORD), 5);
    let mut fixture = about_to(&[lr(A0, A2)], 5, 9);
    fixture.run(1);
    fixture.hart.reset(fixture.cycles);
    Flat::load(&mut fixture.bus, BASE, &bytes(&[NOP]));
    assert_eq!(fixture.hart.reservation, None);
}

#[test]
fn words_that_are_not_aligned_and_memory_that_is_not_there_raise_exceptions() {
    let faults = [
        (lr(A0, A2), WORD + 2, 4),
        (sc(A0, A1, A2), WORD + 1, 6),
        (amoadd(A0, A1, A2), WORD + 3, 6),
        (lr(A0, A2), 0x1000, 5),
        (amoadd(A0, A1, A2), 0x1000, 7),
    ];
    for (instruction, address, cause) in faults {
        let mut fixture = Fixture::esp32c6(&[instruction]).with(&[(A0, 77), (A2, address)]);
        fixture.run(1);
        let (found, value) = (fixture.csr(number::MCAUSE), fixture.csr(number::MTVAL));
        assert_eq!(
            (found, value),
            (cause, address),
            "{:#x}",
            instruction.word()
        );
        assert_eq!(fixture.x(A0), 77, "{:#x}", instruction.word());
        assert_eq!(fixture.csr(number::MEPC), BASE);
    }
}

#[test]
fn what_may_only_be_read_cannot_be_operated_on() {
    let mut fixture = about_to(&[amoadd(A0, A1, A2), lr(A3, A2)], 5, 9);
    // A locked entry of four bytes that may be read.
    fixture.set_csr(number::PMPADDR0, WORD >> 2);
    fixture.set_csr(number::PMPCFG0, 0x91);
    fixture.set_csr(number::MTVEC, BASE + 0x100);
    fixture.run(1);
    assert_eq!((fixture.csr(number::MCAUSE), fixture.word(WORD)), (7, 5));
    fixture.jump(BASE + 4);
    fixture.run(1);
    assert_eq!(fixture.x(A3), 5);
}

#[test]
fn a_core_without_the_extension_takes_them_for_illegal() {
    let mut fixture = about_to(&[amoadd(A0, A1, A2)], 5, 9);
    fixture.hart.config.extensions = Extensions::default();
    fixture.run(1);
    assert_eq!((fixture.csr(number::MCAUSE), fixture.word(WORD)), (2, 5));
}

#[test]
fn interrupts_are_enabled_one_by_one_where_the_core_has_mie() {
    let mut fixture = Fixture::esp32c6(&[NOP, NOP]);
    fixture.set_csr(number::MTVEC, BASE + 0x100);
    fixture.set_csr(number::MSTATUS, 1 << 3);
    fixture.hart.set_interrupt_lines(1 << 5);
    fixture.run(1);
    assert_eq!(
        (fixture.hart.pc, fixture.csr(number::MIP)),
        (BASE + 4, 1 << 5)
    );
    fixture.set_csr(number::MIE, 1 << 5);
    fixture.run(0);
    assert_eq!(fixture.hart.pc, BASE + 0x100 + 4 * 5);
    assert_eq!(fixture.csr(number::MCAUSE), 1 << 31 | 5);
}

#[test]
fn the_registers_of_the_extensions_are_there_only_with_them() {
    let mut fixture = Fixture::esp32c6(&[]);
    assert_eq!(fixture.csr(number::MISA), 0x4010_1105);
    for number in [number::MIE, number::UIE, number::PMACFG15, number::PMAADDR0] {
        fixture.set_csr(number, 0x1234);
        assert_eq!(fixture.csr(number), 0x1234, "{number:#x}");
        let plain = Fixture::new(&[]);
        assert_eq!(plain.hart.read_csr(number, 0), None, "{number:#x}");
    }
    assert_eq!(fixture.csr(number::PMACFG15 - 1), 0);
}
