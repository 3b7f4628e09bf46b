//! The MAC16 option: every operation with every pair of operand halves.

use super::{Case, Group};
use crate::xtensa::asm::*;
use crate::xtensa::program::{EXTRA, POINTER, X, Y};

/// Field op2 of each pair of operand kinds, with the fields r, s, t of its operands.
const KINDS: [(&str, u32, u32, u32, u32); 4] = [
    ("aa", 7, 0, X, Y),
    // Second operand m3: bit 2 of t.
    ("ad", 3, 0, X, 4),
    // First operand m1: bit 2 of r.
    ("da", 6, 4, 0, Y),
    ("dd", 2, 4, 0, 0),
];

const HALVES: [&str; 4] = ["ll", "hl", "lh", "hh"];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (operation, name) in (0..).zip(["umul", "mul", "mula", "muls"]) {
        for (kind, op2, r, s, t) in KINDS {
            // Only two address registers multiply unsigned.
            if operation == 0 && op2 != 7 {
                continue;
            }
            for (half, half_name) in (0..).zip(HALVES) {
                let insn = mac(op2, operation << 2 | half, r, s, t);
                cases.push(mac_case(format!("{name}.{kind}.{half_name}"), vec![insn]));
            }
        }
    }
    loads(&mut cases);
    // The accumulator keeps 40 bits.
    let many = vec![mac(7, 4 | 3, 0, X, X); 1]
        .into_iter()
        .chain(std::iter::repeat_n(mac(7, 8 | 3, 0, X, X), 9));
    cases.push(mac_case("mul.aa.hh, nine times mula.aa.hh", many.collect()));
    let written = vec![wsr(sr::ACCLO, X), wsr(sr::ACCHI, Y), wsr(sr::M0 + 2, X)];
    cases.push(mac_case("wsr.acclo, wsr.acchi, wsr.m2", written));
    cases
}

fn mac_case(name: impl Into<String>, insns: Vec<Encoding>) -> Case {
    Case::of(name, insns).with(Group::Mac16)
}

/// Loads into m0 to m3 that step their pointer first, alone and with a multiplication by the old value.
fn loads(cases: &mut Vec<Case>) {
    for (name, increment) in [("ldinc", true), ("lddec", false)] {
        let pointer = addi(EXTRA, POINTER, 8);
        let settle = rrr(12, 0, EXTRA, EXTRA, POINTER);
        let alone = mac(if increment { 8 } else { 9 }, 0, 2, EXTRA, 0);
        cases.push(mac_case(name, vec![pointer, alone, settle]));
        for (half, half_name) in (0..).zip(HALVES) {
            // Target m1 is the first operand as well; the second is y or m2.
            let r = 4 | 1;
            let with_register = mac(if increment { 4 } else { 5 }, 8 | half, r, EXTRA, Y);
            let with_mr = mac(if increment { 0 } else { 1 }, 8 | half, r, EXTRA, 0);
            for (kind, insn) in [("da", with_register), ("dd", with_mr)] {
                cases.push(mac_case(
                    format!("mula.{kind}.{half_name}.{name}"),
                    vec![pointer, insn, settle],
                ));
            }
        }
    }
}
