//! Loads and stores of the single-precision coprocessor's registers. f1, f2, f3 come from the record.

use super::{Case, Group};
use crate::asm::*;
use crate::program::{D, EXTRA, POINTER};

const F3: u32 = 3;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    memory(&mut cases);
    cases
}

fn float_case(name: impl Into<String>, insns: impl IntoIterator<Item = Encoding>) -> Case {
    Case::of(name, insns).with(Group::Float)
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
