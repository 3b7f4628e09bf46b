//! Instructions of 16 bits, those that are reserved, and mixtures with those of 32.

use super::Case;
use crate::riscv::asm::*;
use crate::riscv::program::{D, EXTRA, FLAG, POINTER, X, Y};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    immediates(&mut cases);
    registers(&mut cases);
    memory(&mut cases);
    jumps(&mut cases);
    reserved(&mut cases);
    cases
}

fn immediates(cases: &mut Vec<Case>) {
    for imm in [1, -1, 31, -32] {
        cases.push(Case::of(format!("c.addi {imm}"), [ci(0, 1, X, imm)]));
        cases.push(Case::of(format!("c.li {imm}"), [ci(2, 1, D, imm)]));
        cases.push(Case::of(format!("c.lui {imm}"), [ci(3, 1, D, imm)]));
        cases.push(Case::of(format!("c.andi {imm}"), [cb_operation(2, X, imm)]));
    }
    for imm in [16, -16, 496, -512, 32, 64, 128, 256] {
        cases.push(Case::of(format!("c.addi16sp {imm}"), [c_addi16sp(imm)]));
    }
    for imm in [4, 8, 16, 64, 512, 1020] {
        // The result is an address: counted from sp.
        let insns = [c_addi4spn(D, imm), r(0x20, 0, D, D, SP)];
        cases.push(Case::of(format!("c.addi4spn {imm}"), insns));
    }
    for amount in [1, 16, 31] {
        cases.push(Case::of(format!("c.slli {amount}"), [ci(0, 2, X, amount)]));
        cases.push(Case::of(
            format!("c.srli {amount}"),
            [cb_operation(0, X, amount)],
        ));
        cases.push(Case::of(
            format!("c.srai {amount}"),
            [cb_operation(1, X, amount)],
        ));
    }
    // Hints: they write x0, or nothing.
    let hints = [
        C_NOP,
        ci(0, 1, ZERO, 5),
        ci(2, 1, ZERO, 5),
        ci(3, 1, ZERO, 5),
        ci(0, 2, ZERO, 5),
        cr(0, ZERO, X),
        cr(1, ZERO, X),
        ci(0, 1, X, 0),
    ];
    cases.push(Case::of("c hints", hints));
}

fn registers(cases: &mut Vec<Case>) {
    for (operation, name) in [(0, "c.sub"), (1, "c.xor"), (2, "c.or"), (3, "c.and")] {
        cases.push(Case::of(name, [ca(operation, X, Y)]));
        cases.push(Case::of(format!("{name} same"), [ca(operation, X, X)]));
    }
    cases.push(Case::of("c.mv", [cr(0, D, Y)]));
    cases.push(Case::of("c.add", [cr(1, X, Y)]));
    cases.push(Case::of("c.add same", [cr(1, X, X)]));
    let mixed = [
        cr(1, X, Y),
        r(0, 0, D, X, Y),
        ci(0, 1, D, -1),
        addi(X, D, 7),
        C_NOP,
    ];
    cases.push(Case::of("mixed lengths", mixed));
}

fn memory(cases: &mut Vec<Case>) {
    for offset in [0, 4, 8, 12] {
        cases.push(Case::of(
            format!("c.lw {offset}"),
            [c_access(2, D, POINTER, offset)],
        ));
        cases.push(Case::of(
            format!("c.sw {offset}"),
            [c_access(6, X, POINTER, offset)],
        ));
        cases.push(Case::of(format!("c.lwsp {offset}"), [c_lwsp(D, offset)]));
        cases.push(Case::of(format!("c.swsp {offset}"), [c_swsp(X, offset)]));
    }
    // The highest offsets, from a pointer so much lower.
    let low = |step: i32| addi(EXTRA, POINTER, -step);
    let back = addi(EXTRA, ZERO, 0);
    cases.push(Case::of(
        "c.lw 124",
        [low(124), c_access(2, D, EXTRA, 124), back],
    ));
    cases.push(Case::of(
        "c.sw 64",
        [low(64), c_access(6, Y, EXTRA, 64), back],
    ));
    cases.push(Case::of("c.lwsp 252", [addi(SP, SP, -252), c_lwsp(D, 252)]));
    cases.push(Case::of("c.swsp 192", [addi(SP, SP, -192), c_swsp(Y, 192)]));
}

fn jumps(cases: &mut Vec<Case>) {
    let count = |n| addi(FLAG, FLAG, n);
    cases.push(Case::of("c.j", [c_jump(5, 6), count(1), count(2)]));
    cases.push(Case::of("c.jal", [c_jump(1, 6), count(1), count(2)]));
    cases.push(Case::of(
        "c.jr",
        [
            addi(D, RA, 12),
            cr(0, D, ZERO),
            count(1),
            C_NOP,
            C_NOP,
            count(2),
            addi(D, ZERO, 0),
        ],
    ));
    cases.push(Case::of(
        "c.jalr",
        [
            addi(D, RA, 10),
            cr(1, D, ZERO),
            count(1),
            count(2),
            addi(D, ZERO, 0),
        ],
    ));
    for (funct3, name) in [(6, "c.beqz"), (7, "c.bnez")] {
        cases.push(Case::of(name, [c_branch(funct3, X, 6), count(1), count(2)]));
        let both = [
            addi(D, ZERO, 1),
            c_branch(funct3, ZERO + 12, 6),
            count(1),
            addi(D, ZERO, 0),
            c_branch(funct3, ZERO + 12, 6),
            count(4),
            count(8),
        ];
        cases.push(Case::of(format!("{name} both ways"), both));
    }
    // Five times round, backwards.
    let around = [
        addi(D, ZERO, 5),
        count(1),
        ci(0, 1, D, -1),
        c_branch(7, D, -6),
    ];
    cases.push(Case::of("c.bnez backwards", around));
}

fn reserved(cases: &mut Vec<Case>) {
    let encodings = [
        ("zeros", 0x0000),
        ("c.addi4spn 0", 0x0004),
        ("c.lui 0", 0x6581),
        ("c.addi16sp 0", 0x6101),
        ("c.lwsp x0", 0x4002),
        ("c.jr x0", 0x8002),
        ("quadrant 0 funct3 4", 0x8000),
        ("c.subw", 0x9d0d),
        ("c.addw", 0x9d2d),
        ("c.reserved", 0x9d4d),
        ("c.flw", 0x6188),
        ("c.fsw", 0xe188),
        ("c.fld", 0x2188),
        ("c.fsd", 0xa188),
    ];
    for (name, bits) in encodings {
        let insns = [Encoding::Half(bits), addi(FLAG, FLAG, 1)];
        cases.push(Case::of(format!("illegal {name}"), insns));
    }
}
