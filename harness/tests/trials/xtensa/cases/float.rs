//! The single-precision coprocessor. f1, f2, f3 come from the record.

use super::{Case, Group};
use crate::xtensa::asm::*;
use crate::xtensa::program::{D, EXTRA, POINTER, X};

const F1: u32 = 1;
const F2: u32 = 2;
const F3: u32 = 3;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    arithmetic(&mut cases);
    conversions(&mut cases);
    sequences(&mut cases);
    comparisons(&mut cases);
    moves(&mut cases);
    memory(&mut cases);
    cases
}

fn float_case(name: impl Into<String>, insns: impl IntoIterator<Item = Encoding>) -> Case {
    Case::of(name, insns).with(Group::Float)
}

fn fp0(op2: u32, r: u32, s: u32, t: u32) -> Encoding {
    rrr(op2, 10, r, s, t)
}

fn fp1(op2: u32, r: u32, s: u32, t: u32) -> Encoding {
    rrr(op2, 11, r, s, t)
}

fn arithmetic(cases: &mut Vec<Case>) {
    for (name, op2) in [
        ("add.s", 0),
        ("sub.s", 1),
        ("mul.s", 2),
        ("madd.s", 4),
        ("msub.s", 5),
    ] {
        cases.push(float_case(name, [fp0(op2, F3, F1, F2)]));
    }
    for (name, t) in [("mov.s", 0), ("abs.s", 1), ("neg.s", 6)] {
        cases.push(float_case(name, [fp0(15, F3, F1, t)]));
    }
    cases.push(float_case("rfr", [fp0(15, D, F1, 4)]));
    cases.push(float_case("wfr", [fp0(15, F3, X, 5)]));
}

fn conversions(cases: &mut Vec<Case>) {
    for (name, op2) in [
        ("round.s", 8),
        ("trunc.s", 9),
        ("floor.s", 10),
        ("ceil.s", 11),
        ("utrunc.s", 14),
    ] {
        for scale in [0, 4, 15] {
            cases.push(float_case(
                format!("{name} {scale}"),
                [fp0(op2, D, F1, scale)],
            ));
        }
    }
    for (name, op2) in [("float.s", 12), ("ufloat.s", 13)] {
        for scale in [0, 4, 15] {
            cases.push(float_case(
                format!("{name} {scale}"),
                [fp0(op2, F3, X, scale)],
            ));
        }
    }
}

/// Helpers of division and square root, by field t of FP1OP.
mod helper {
    pub const MOV: u32 = 0;
    pub const CONST: u32 = 3;
    pub const NEG: u32 = 6;
    pub const DIV0: u32 = 7;
    pub const SQRT0: u32 = 9;
    pub const NEXP01: u32 = 11;
    pub const MKSADJ: u32 = 12;
    pub const MKDADJ: u32 = 13;
    pub const ADDEXP: u32 = 14;
    pub const ADDEXPM: u32 = 15;
}

/// Division and square root as whole sequences, in the order in which compilers emit them. QEMU computes the result in
/// one of the instructions, so only the end can be compared.
fn sequences(cases: &mut Vec<Case>) {
    use helper::*;
    let one = |t: u32, r: u32, s: u32| fp0(15, r, s, t);
    let maddn = |r: u32, s: u32, t: u32| fp0(6, r, s, t);
    let divn = |r: u32, s: u32, t: u32| fp0(7, r, s, t);
    // The result goes to f3; what is left of the operands is not compared. Not-a-number becomes 0: its sign depends on
    // how often the steps negate it.
    let settle = [
        one(MOV, 3, 0),
        one(CONST, 1, 0),
        one(CONST, 2, 0),
        fp1(1, 0, 3, 3),
        fp1(13, 3, 1, 0),
    ];
    let division = [
        one(DIV0, 3, 2),
        one(NEXP01, 4, 2),
        one(CONST, 5, 1),
        maddn(5, 4, 3),
        one(MOV, 6, 3),
        one(MOV, 7, 2),
        one(NEXP01, 2, 1),
        maddn(6, 5, 6),
        one(CONST, 5, 1),
        one(CONST, 0, 0),
        one(NEG, 8, 2),
        maddn(5, 4, 6),
        maddn(0, 8, 3),
        one(MKDADJ, 7, 1),
        maddn(6, 5, 6),
        maddn(8, 4, 0),
        one(CONST, 3, 1),
        maddn(3, 4, 6),
        maddn(0, 8, 6),
        one(NEG, 2, 2),
        maddn(6, 3, 6),
        maddn(2, 4, 0),
        one(ADDEXPM, 0, 7),
        one(ADDEXP, 6, 7),
        divn(0, 2, 6),
    ];
    cases.push(float_case("division", division.into_iter().chain(settle)));
    let root = [
        one(SQRT0, 2, 1),
        one(CONST, 3, 0),
        maddn(3, 2, 2),
        one(NEXP01, 4, 1),
        one(CONST, 0, 3),
        one(ADDEXP, 4, 0),
        maddn(0, 3, 4),
        one(NEXP01, 3, 1),
        one(NEG, 5, 3),
        maddn(2, 0, 2),
        one(CONST, 0, 0),
        one(CONST, 6, 0),
        one(CONST, 7, 0),
        maddn(0, 5, 2),
        maddn(6, 2, 4),
        one(CONST, 4, 3),
        maddn(7, 4, 2),
        maddn(3, 0, 0),
        maddn(4, 6, 2),
        one(NEG, 2, 7),
        maddn(0, 3, 2),
        maddn(7, 4, 7),
        one(MKSADJ, 2, 1),
        one(NEXP01, 1, 1),
        maddn(1, 0, 0),
        one(NEG, 3, 7),
        one(ADDEXPM, 0, 2),
        one(ADDEXP, 3, 2),
        divn(0, 1, 3),
    ];
    cases.push(float_case("square root", root.into_iter().chain(settle)));
    for constant in 0..4 {
        cases.push(float_case(
            format!("const.s {constant}"),
            [one(CONST, F3, constant)],
        ));
    }
}

fn comparisons(cases: &mut Vec<Case>) {
    let names = ["un.s", "oeq.s", "ueq.s", "olt.s", "ult.s", "ole.s", "ule.s"];
    for (op2, name) in (1..).zip(names) {
        cases.push(float_case(name, [fp1(op2, 5, F1, F2)]));
    }
}

fn moves(cases: &mut Vec<Case>) {
    let names = ["moveqz.s", "movnez.s", "movltz.s", "movgez.s"];
    for (op2, name) in (8..).zip(names) {
        cases.push(float_case(name, [fp1(op2, F3, F1, X)]));
    }
    // On b2.
    cases.push(float_case("movf.s", [fp1(12, F3, F1, 2)]));
    cases.push(float_case("movt.s", [fp1(13, F3, F1, 2)]));
}

/// The updating forms step their pointer after the access: the LX6 has `LSIP`, not `LSIU`.
fn memory(cases: &mut Vec<Case>) {
    let settle = rrr(12, 0, EXTRA, EXTRA, POINTER);
    let pointer = addi(EXTRA, POINTER, 4);
    for (name, r) in [("lsi", 0), ("ssi", 4), ("lsip", 8), ("ssip", 12)] {
        let insn = rri8(3, r, EXTRA, F3, 1);
        cases.push(float_case(name, [pointer, insn, settle]));
    }
    for (name, op2) in [("lsx", 0), ("lsxp", 1), ("ssx", 4), ("ssxp", 5)] {
        let index = movi(D, 8);
        let insn = rrr(op2, 8, F3, EXTRA, D);
        cases.push(float_case(name, [pointer, index, insn, settle]));
    }
}
