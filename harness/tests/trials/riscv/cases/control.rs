//! Branches, jumps, loops, and instructions across the end of a page.

use super::Case;
use crate::riscv::asm::*;
use crate::riscv::program::{D, FLAG, POINTER, X, Y};

const BRANCHES: [(&str, u32); 6] = [
    ("beq", 0),
    ("bne", 1),
    ("blt", 4),
    ("bge", 5),
    ("bltu", 6),
    ("bgeu", 7),
];
const PAGE: u32 = 0x1000;

fn count(n: i32) -> Encoding {
    addi(FLAG, FLAG, n)
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, funct3) in BRANCHES {
        for (operands, rs1, rs2) in [
            ("x y", X, Y),
            ("y x", Y, X),
            ("x x", X, X),
            ("x 0", X, ZERO),
        ] {
            let insns = [branch(funct3, rs1, rs2, 8), count(1), count(2)];
            cases.push(Case::of(format!("{name} {operands}"), insns));
        }
        cases.push(backwards(name, funct3));
    }
    jumps(&mut cases);
    for (name, first) in [("wide", NOP), ("narrow", C_NOP)] {
        cases.push(Case::new(
            format!("across pages after {name}"),
            move |asm| {
                across_pages(asm, first);
            },
        ));
    }
    cases.push(Case::new("branch from across pages", |asm| {
        to_page_end(asm, 2);
        asm.insns([branch(4, X, Y, 8), count(1), count(2)]);
    }));
    cases.push(Case::new("changed code", changed_code));
    cases
}

/// A branch over a distance, backwards: the body jumps to it, and it may come back.
fn backwards(name: &str, funct3: u32) -> Case {
    let insns = [
        jal(ZERO, 12),
        count(1),
        jal(ZERO, 12),
        branch(funct3, X, Y, -8),
        count(2),
        count(4),
    ];
    Case::of(format!("{name} backwards"), insns)
}

fn jumps(cases: &mut Vec<Case>) {
    cases.push(Case::of("jal", [jal(RA, 8), count(1), count(2)]));
    cases.push(Case::of("j", [jal(ZERO, 8), count(1), count(2)]));
    let far = [
        jal(ZERO, 12),
        count(1),
        jal(ZERO, 12),
        jal(D, -8),
        count(2),
        r(0x20, 0, D, D, RA),
    ];
    cases.push(Case::of("jal backwards", far));
    for offset in [0, 1, 2] {
        // An odd target, and one between words.
        let insns = [
            addi(D, RA, 12),
            jalr(RA, D, offset),
            count(1),
            C_NOP,
            count(2),
            addi(D, ZERO, 0),
        ];
        cases.push(Case::of(format!("jalr {offset}"), insns));
    }
    let over_source = [
        addi(D, RA, 12),
        jalr(D, D, 0),
        count(1),
        r(0x20, 0, D, D, RA),
    ];
    cases.push(Case::of("jalr over its source", over_source));
    let negative = [
        addi(D, RA, 1000),
        jalr(ZERO, D, -988),
        count(1),
        addi(D, ZERO, 0),
    ];
    cases.push(Case::of("jalr negative", negative));
}

/// Jumps to `before` bytes before the end of a page.
fn to_page_end(asm: &mut Asm, before: u32) {
    let page_end = (asm.here() + 4 + before).next_multiple_of(PAGE);
    asm.jump(page_end - before);
    while asm.here() < page_end - before {
        asm.insn(C_NOP);
    }
}

fn across_pages(asm: &mut Asm, first: Encoding) {
    let before = match first {
        Encoding::Half(_) => 4,
        Encoding::Word(_) => 6,
    };
    to_page_end(asm, before);
    // Three times, the later ones from what was decoded.
    asm.insns([first, addi(X, X, 0x123), count(1)]);
    asm.insns([addi(D, ZERO, 3)]);
    let back = before as i32 + 2 + 4 + 4;
    asm.insns([branch(1, FLAG, D, -back)]);
}

/// Stores an instruction over another, and runs it after FENCE.I.
fn changed_code(asm: &mut Asm) {
    let Encoding::Word(new) = addi(D, X, 0x77) else {
        unreachable!("an instruction of 32 bits");
    };
    asm.load(D, new);
    let here = asm.here();
    // auipc, addi, sw, fence.i, and the one that changes.
    asm.insns([
        auipc(Y, 0),
        addi(Y, Y, 16),
        sw(D, Y, 0),
        FENCE_I,
        addi(D, X, 1),
        sw(D, POINTER, 0),
    ]);
    assert_eq!(asm.here() - here, 24);
    // Put the first back, for the next set of operands.
    let Encoding::Word(old) = addi(D, X, 1) else {
        unreachable!("an instruction of 32 bits");
    };
    asm.load(X, old);
    asm.insns([sw(X, Y, 0), FENCE_I, addi(Y, ZERO, 0)]);
}
