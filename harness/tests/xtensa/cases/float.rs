//! The single-precision coprocessor. f1, f2, f3 come from the record.

use super::{Case, Group};
use crate::asm::*;
use crate::program::{D, EXTRA, POINTER, X};

const F1: u32 = 1;
const F2: u32 = 2;
const F3: u32 = 3;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    arithmetic(&mut cases);
    conversions(&mut cases);
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
