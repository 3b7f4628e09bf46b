//! Tests of the core: single instructions at their edges, traps, protection, code that changes, breakpoints.

mod asm;
mod atomic;
mod code;
mod protection;
mod traps;

use super::{CodeCache, Exit, Extensions, Hart, HartConfig};
use crate::emu::bus::Bus;
use crate::emu::soc::flat::Flat;
use asm::*;

const BASE: u32 = 0x4038_0000;
const SIZE: u32 = 0x4000;

struct Fixture {
    hart: Hart,
    code: CodeCache,
    bus: Bus<Flat>,
    cycles: u64,
}

impl Fixture {
    /// A core that is about to execute `program` at `start`.
    fn at(start: u32, program: &[Encoding]) -> Fixture {
        let mut bus = Flat::bus(BASE, SIZE);
        Flat::load(&mut bus, start, &bytes(program));
        let hart = Hart::new(HartConfig {
            index: 0,
            hart_id: 0,
            reset_vector: start,
            extensions: Extensions::default(),
        });
        Fixture {
            hart,
            code: CodeCache::default(),
            bus,
            cycles: 0,
        }
    }

    fn new(program: &[Encoding]) -> Fixture {
        Fixture::at(BASE, program)
    }

    /// A core of the ESP32-C6.
    fn esp32c6(program: &[Encoding]) -> Fixture {
        let mut fixture = Fixture::new(program);
        fixture.hart.config.extensions = Extensions::ESP32C6;
        fixture
    }

    fn with(mut self, registers: &[(u32, u32)]) -> Fixture {
        for &(index, value) in registers {
            self.hart.set_register(index as usize, value);
        }
        self
    }

    fn run(&mut self, budget: u32) -> Exit {
        let (exit, used) = self
            .hart
            .run(&mut self.code, &mut self.bus, self.cycles, budget);
        self.cycles += u64::from(used);
        exit
    }

    fn x(&self, index: u32) -> u32 {
        self.hart.register(index as usize)
    }

    fn csr(&self, number: u16) -> u32 {
        self.hart.read_csr(number, self.cycles).expect("a register")
    }

    /// Goes on at another instruction.
    fn jump(&mut self, pc: u32) {
        (self.hart.pc, self.hart.waiting) = (pc, false);
    }

    fn set_csr(&mut self, number: u16, value: u32) {
        assert!(self.hart.set_csr(number, value, self.cycles));
    }

    fn word(&self, address: u32) -> u32 {
        let offset = (address - BASE) as usize;
        let bytes = &self.bus.memory.bytes()[offset..offset + 4];
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }
}

/// The result of a register-register instruction.
fn of(instruction: fn(u32, u32, u32) -> Encoding, x: u32, y: u32) -> u32 {
    let mut fixture = Fixture::new(&[instruction(A0, A1, A2)]).with(&[(A1, x), (A2, y)]);
    fixture.run(1);
    fixture.x(A0)
}

const MIN: u32 = 1 << 31;
const ONES: u32 = u32::MAX;

#[test]
fn division_by_zero_and_overflow_have_results() {
    assert_eq!(of(div, 7, 0), ONES);
    assert_eq!(of(divu, 7, 0), ONES);
    assert_eq!(of(rem, 7u32.wrapping_neg(), 0), 7u32.wrapping_neg());
    assert_eq!(of(remu, 7, 0), 7);
    assert_eq!(of(div, MIN, ONES), MIN);
    assert_eq!(of(rem, MIN, ONES), 0);
    assert_eq!(of(div, 7u32.wrapping_neg(), 2), 3u32.wrapping_neg());
    assert_eq!(of(rem, 7u32.wrapping_neg(), 2), ONES);
}

#[test]
fn high_halves_of_products() {
    assert_eq!(of(mulh, MIN, MIN), 0x4000_0000);
    assert_eq!(of(mulhu, ONES, ONES), 0xffff_fffe);
    assert_eq!(of(mulhsu, ONES, ONES), ONES);
    assert_eq!(of(mulhsu, MIN, ONES), MIN);
    assert_eq!(of(mulh, ONES, 1), ONES);
    assert_eq!(of(mul, ONES, ONES), 1);
}

#[test]
fn shifts_take_five_bits_of_the_amount() {
    assert_eq!(of(sll, 1, 33), 2);
    assert_eq!(of(srl, MIN, 63), 1);
    assert_eq!(of(sra, MIN, 31), ONES);
    assert_eq!(of(sra, MIN, 32), MIN);
}

#[test]
fn x0_stays_zero() {
    let mut fixture = Fixture::new(&[
        addi(ZERO, ZERO, 5),
        lui(ZERO, 7),
        lw(ZERO, A1, 0),
        jal(ZERO, 4),
        csrrw(ZERO, super::csr::number::MSCRATCH, A1),
        add(A0, ZERO, ZERO),
    ])
    .with(&[(A0, 9), (A1, BASE)]);
    fixture.run(6);
    assert_eq!((fixture.x(ZERO), fixture.x(A0)), (0, 0));
    assert_eq!(fixture.hart.pc, BASE + 24);
}

#[test]
fn jalr_drops_the_low_bit_and_reads_its_source_before_it_links() {
    let mut fixture = Fixture::new(&[jalr(A1, A1, 1)]).with(&[(A1, BASE + 0x100)]);
    fixture.run(1);
    assert_eq!(fixture.hart.pc, BASE + 0x100);
    assert_eq!(fixture.x(A1), BASE + 4);
}

#[test]
fn compressed_instructions_link_behind_themselves() {
    // c.jalr a1; c.jal +6.
    let mut fixture = Fixture::new(&[half(0x9582)]).with(&[(A1, BASE + 0x20)]);
    fixture.run(1);
    assert_eq!((fixture.hart.pc, fixture.x(RA)), (BASE + 0x20, BASE + 2));
    let mut fixture = Fixture::new(&[half(0x2019)]);
    fixture.run(1);
    assert_eq!((fixture.hart.pc, fixture.x(RA)), (BASE + 6, BASE + 2));
}

#[test]
fn loads_extend_and_unaligned_ones_are_split() {
    let program = [
        lb(A0, A4, 0),
        lbu(A1, A4, 0),
        lh(A2, A4, 1),
        lhu(A3, A4, 1),
        sw(A2, A4, 9),
        lw(A5, A4, 9),
    ];
    let mut fixture = Fixture::new(&program).with(&[(A4, BASE + 0x1000)]);
    Flat::load(&mut fixture.bus, BASE + 0x1000, &[0x80, 0x34, 0xf2]);
    fixture.run(6);
    assert_eq!((fixture.x(A0), fixture.x(A1)), (0xffff_ff80, 0x80));
    assert_eq!((fixture.x(A2), fixture.x(A3)), (0xffff_f234, 0xf234));
    assert_eq!(fixture.x(A5), 0xffff_f234);
}

#[test]
fn a_slice_ends_at_its_budget() {
    let mut fixture = Fixture::new(&[addi(A0, A0, 1), jal(ZERO, -4)]);
    assert_eq!(fixture.run(1000), Exit::Budget);
    assert_eq!((fixture.x(A0), fixture.cycles), (500, 1000));
    assert_eq!(fixture.hart.instructions(), 1000);
}

#[test]
fn counters_count_cycles_since_reset() {
    use super::csr::number::{MPCCR, MPCER, UPCCR};
    let mut fixture = Fixture::new(&[
        addi(A0, ZERO, 1),
        csrrs(A1, MPCCR, ZERO),
        csrrs(A2, UPCCR, ZERO),
    ]);
    fixture.run(3);
    assert_eq!((fixture.x(A1), fixture.x(A2)), (1, 2));
    fixture.hart.reset(fixture.cycles + 100);
    fixture.cycles += 100;
    fixture.run(3);
    assert_eq!((fixture.x(A1), fixture.x(A2)), (1, 2));
    // Counting loads alone is something the chip can do and this model cannot.
    let program = [addi(A0, ZERO, 1 << 5), csrrw(ZERO, MPCER, A0)];
    let mut fixture = Fixture::new(&program);
    let word = csrrw(ZERO, MPCER, A0).word();
    assert_eq!(fixture.run(5), Exit::Unknown(word));
    assert_eq!(fixture.hart.pc, BASE + 4);
}

#[test]
fn registers_and_csrs_can_be_inspected() {
    use super::csr;
    let mut fixture = Fixture::new(&[]);
    for number in csr::numbers() {
        assert!(fixture.hart.read_csr(number, 0).is_some(), "{number:#x}");
        assert!(!csr::name(number).starts_with("0x"));
    }
    assert_eq!(fixture.csr(csr::number::MISA), 0x4010_1104);
    assert_eq!(fixture.hart.read_csr(0x304, 0), None, "the core has no mie");
    assert!(!fixture.hart.set_csr(csr::number::MHARTID, 1, 0));
    fixture.hart.set_register(0, 5);
    assert_eq!(fixture.hart.register(0), 0);
}
