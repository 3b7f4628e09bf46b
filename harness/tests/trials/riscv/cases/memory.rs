//! Loads and stores: widths, signs, offsets, unaligned ones, and those that fail.

use super::Case;
use crate::riscv::asm::*;
use crate::riscv::program::{D, EXTRA, POINTER, X};

const LOADS: [(&str, u32); 5] = [("lb", 0), ("lh", 1), ("lw", 2), ("lbu", 4), ("lhu", 5)];
const STORES: [(&str, u32); 3] = [("sb", 0), ("sh", 1), ("sw", 2)];
/// Where QEMU's `virt` machine has nothing, as the upper 20 bits.
const NOWHERE: u32 = 0x0_f000;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, funct3) in LOADS {
        for offset in [0, 1, 2, 3, 7] {
            let insns = [load(funct3, D, POINTER, offset)];
            cases.push(Case::of(format!("{name} {offset}"), insns));
        }
        let negative = [
            addi(EXTRA, POINTER, 2047),
            load(funct3, D, EXTRA, -2043),
            addi(EXTRA, ZERO, 0),
        ];
        cases.push(Case::of(format!("{name} negative"), negative));
        let over = [
            addi(D, POINTER, 0),
            load(funct3, D, D, 4),
            load(funct3, ZERO, POINTER, 0),
        ];
        cases.push(Case::of(format!("{name} over its pointer"), over));
        let fails = [lui(EXTRA, NOWHERE), load(funct3, D, EXTRA, 8)];
        cases.push(Case::of(format!("{name} nowhere"), fails));
    }
    for (name, funct3) in STORES {
        for offset in [0, 1, 2, 3, 7] {
            let insns = [store(funct3, X, POINTER, offset)];
            cases.push(Case::of(format!("{name} {offset}"), insns));
        }
        let negative = [
            addi(EXTRA, POINTER, 2047),
            store(funct3, X, EXTRA, -2043),
            addi(EXTRA, ZERO, 0),
        ];
        cases.push(Case::of(format!("{name} negative"), negative));
        let fails = [lui(EXTRA, NOWHERE), store(funct3, X, EXTRA, 8)];
        cases.push(Case::of(format!("{name} nowhere"), fails));
    }
    let back_and_forth = [
        sw(X, POINTER, 0),
        load(4, D, POINTER, 3),
        store(0, D, POINTER, 0),
        store(1, X, POINTER, 6),
        lw(D, POINTER, 4),
        FENCE,
    ];
    cases.push(Case::of("back and forth", back_and_forth));
    cases
}
