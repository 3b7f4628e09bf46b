//! Arithmetic, logic, shifts, moves and booleans.

use super::{Case, Group};
use crate::xtensa::asm::*;
use crate::xtensa::program::{D, EXTRA, FLAG, X, Y};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    register_register(&mut cases);
    exact_shifts(&mut cases);
    immediates(&mut cases);
    density(&mut cases);
    booleans(&mut cases);
    cases
}

/// ar[r] from ar[s] and ar[t], by op2 and op1.
fn register_register(cases: &mut Vec<Case>) {
    const OPS: &[(&str, u32, u32)] = &[
        ("and", 1, 0),
        ("or", 2, 0),
        ("xor", 3, 0),
        ("add", 8, 0),
        ("addx2", 9, 0),
        ("addx4", 10, 0),
        ("addx8", 11, 0),
        ("sub", 12, 0),
        ("subx2", 13, 0),
        ("subx4", 14, 0),
        ("subx8", 15, 0),
        ("src", 8, 1),
        ("mul16u", 12, 1),
        ("mul16s", 13, 1),
        ("mull", 8, 2),
        ("quou", 12, 2),
        ("quos", 13, 2),
        ("remu", 14, 2),
        ("rems", 15, 2),
        ("min", 4, 3),
        ("max", 5, 3),
        ("minu", 6, 3),
        ("maxu", 7, 3),
        ("moveqz", 8, 3),
        ("movnez", 9, 3),
        ("movltz", 10, 3),
        ("movgez", 11, 3),
    ];
    for &(name, op2, op1) in OPS {
        cases.push(Case::of(name, [rrr(op2, op1, D, X, Y)]));
    }
    for (name, op2) in [("muluh", 10), ("mulsh", 11)] {
        cases.push(Case::of(name, [rrr(op2, 2, D, X, Y)]).on_lx6_only());
    }
    // Result over an operand.
    cases.push(Case::of("sub over source", [rrr(12, 0, X, X, Y)]));
    cases.push(Case::of("src over source", [rrr(8, 1, Y, X, Y)]));
    cases.push(Case::of("neg", [rrr(6, 0, D, 0, Y)]));
    cases.push(Case::of("abs", [rrr(6, 0, D, 1, Y)]));
    cases.push(Case::of("nsa", [rrr(4, 0, 14, X, D)]));
    cases.push(Case::of("nsau", [rrr(4, 0, 15, X, D)]));
}

/// Shifts by SAR, and the instructions that set SAR.
fn exact_shifts(cases: &mut Vec<Case>) {
    cases.push(Case::of("sll", [rrr(10, 1, D, X, 0)]));
    cases.push(Case::of("srl", [rrr(9, 1, D, 0, Y)]));
    cases.push(Case::of("sra", [rrr(11, 1, D, 0, Y)]));
    for (name, r) in [("ssr", 0), ("ssl", 1), ("ssa8l", 2), ("ssa8b", 3)] {
        cases.push(Case::of(name, [rrr(4, 0, r, X, 0)]));
    }
    // The jump ends QEMU's translated block, in which its SRL takes the 32 that SSL made of 0 for 0.
    cases.push(Case::new("ssl, sll, srl", |asm, _| {
        asm.insn(rrr(4, 0, 1, X, 0));
        asm.insn(rrr(10, 1, D, Y, 0));
        asm.jump(asm.here() + 3);
        asm.insn(rrr(9, 1, EXTRA, 0, Y));
    }));
    for amount in [0, 13, 31] {
        let ssai = rrr(4, 0, 4, amount & 15, amount >> 4);
        cases.push(Case::of(
            format!("ssai {amount}, src"),
            [ssai, rrr(8, 1, D, X, Y)],
        ));
    }
    for amount in [1, 9, 16, 17, 31] {
        cases.push(Case::of(format!("slli {amount}"), [slli(D, X, amount)]));
        let srai = rrr(2 + (amount >> 4), 1, D, amount & 15, Y);
        cases.push(Case::of(format!("srai {amount}"), [srai]));
    }
    for amount in [0, 1, 15] {
        cases.push(Case::of(
            format!("srli {amount}"),
            [rrr(4, 1, D, amount, Y)],
        ));
    }
    for (shift, bits) in [(0, 1), (0, 16), (7, 4), (16, 16), (31, 1), (20, 16)] {
        cases.push(Case::of(
            format!("extui {shift}, {bits}"),
            [extui(D, Y, shift, bits)],
        ));
    }
}

fn immediates(cases: &mut Vec<Case>) {
    for bit in [7, 8, 15, 22] {
        cases.push(Case::of(format!("sext {bit}"), [rrr(2, 3, D, X, bit - 7)]));
        cases.push(Case::of(
            format!("clamps {bit}"),
            [rrr(3, 3, D, X, bit - 7)],
        ));
    }
    for value in [-128, -1, 0, 127] {
        cases.push(Case::of(format!("addi {value}"), [addi(D, X, value)]));
        let addmi = rri8(2, 13, X, D, value.cast_unsigned());
        cases.push(Case::of(format!("addmi {value} * 256"), [addmi]));
    }
    for value in [-2048, -1, 0, 2047] {
        cases.push(Case::of(format!("movi {value}"), [movi(D, value)]));
    }
}

fn density(cases: &mut Vec<Case>) {
    cases.push(Case::of("add.n", [rrrn(10, D, X, Y)]));
    for (name, t) in [("addi.n -1", 0), ("addi.n 1", 1), ("addi.n 15", 15)] {
        cases.push(Case::of(name, [rrrn(11, D, X, t)]));
    }
    cases.push(Case::of("mov.n", [rrrn(13, 0, X, D)]));
    for (value, high, low) in [(-32, 6, 0), (-1, 7, 15), (0, 0, 0), (95, 5, 15)] {
        cases.push(Case::of(
            format!("movi.n {value}"),
            [rrrn(12, low, D, high)],
        ));
    }
    cases.push(Case::of("nop.n", [rrrn(13, 15, 0, 3)]));
}

/// Booleans b0 to b15 start as the record's BR.
fn booleans(cases: &mut Vec<Case>) {
    let ops = ["andb", "andbc", "orb", "orbc", "xorb"];
    for (op2, name) in (0..).zip(ops) {
        cases.push(Case::of(name, [rrr(op2, 2, 1, 2, 3)]).with(Group::Boolean));
        cases.push(
            Case::of(format!("{name} over source"), [rrr(op2, 2, 9, 9, 14)]).with(Group::Boolean),
        );
    }
    for (name, r, s) in [
        ("any4", 8, 4),
        ("all4", 9, 12),
        ("any8", 10, 8),
        ("all8", 11, 0),
    ] {
        cases.push(Case::of(name, [rrr(0, 0, r, s, 3)]).with(Group::Boolean));
    }
    cases.push(Case::of("movf", [rrr(12, 3, D, X, 2)]).with(Group::Boolean));
    cases.push(Case::of("movt", [rrr(13, 3, D, X, 2)]).with(Group::Boolean));
    // BF and BT over an ADDI: target is the instruction behind it.
    for (r, name) in [(0, "bf"), (1, "bt")] {
        let branch = Encoding::Wide(2 << 16 | r << 12 | 5 << 8 | 0x76);
        cases.push(Case::of(name, [branch, addi(FLAG, FLAG, 1)]).with(Group::Boolean));
    }
}
