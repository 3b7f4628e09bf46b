//! Arithmetic, logic, shifts, multiplication and division, and random runs of them.

use super::Case;
use crate::riscv::asm::*;
use crate::riscv::program::{D, EXTRA, FLAG, X, Y};
use crate::vectors::Random;

/// Register-register operations: name, funct7, funct3.
const REGISTERS: [(&str, u32, u32); 18] = [
    ("add", 0, 0),
    ("sub", 0x20, 0),
    ("sll", 0, 1),
    ("slt", 0, 2),
    ("sltu", 0, 3),
    ("xor", 0, 4),
    ("srl", 0, 5),
    ("sra", 0x20, 5),
    ("or", 0, 6),
    ("and", 0, 7),
    ("mul", 1, 0),
    ("mulh", 1, 1),
    ("mulhsu", 1, 2),
    ("mulhu", 1, 3),
    ("div", 1, 4),
    ("divu", 1, 5),
    ("rem", 1, 6),
    ("remu", 1, 7),
];
/// Register-immediate operations: name, funct3.
const IMMEDIATES: [(&str, u32); 6] = [
    ("addi", 0),
    ("slti", 2),
    ("sltiu", 3),
    ("xori", 4),
    ("ori", 6),
    ("andi", 7),
];
/// Immediate shifts: name, funct3, the bits above the amount.
const SHIFTS: [(&str, u32, i32); 3] = [("slli", 1, 0), ("srli", 5, 0), ("srai", 5, 0x400)];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, funct7, funct3) in REGISTERS {
        let op = |rd, rs1, rs2| r(funct7, funct3, rd, rs1, rs2);
        cases.push(Case::of(name, [op(D, X, Y)]));
        cases.push(Case::of(format!("{name} swapped"), [op(D, Y, X)]));
        cases.push(Case::of(format!("{name} over x"), [op(X, X, Y)]));
        cases.push(Case::of(format!("{name} over y"), [op(Y, X, Y)]));
        cases.push(Case::of(format!("{name} same"), [op(D, X, X)]));
        cases.push(Case::of(
            format!("{name} x0"),
            [op(D, ZERO, Y), op(ZERO, X, Y)],
        ));
    }
    for (name, funct3) in IMMEDIATES {
        for imm in [0, 1, -1, 2047, -2048, 0x555] {
            let insns = [
                immediate(funct3, D, X, imm),
                immediate(funct3, ZERO, X, imm),
            ];
            cases.push(Case::of(format!("{name} {imm}"), insns));
        }
    }
    for (name, funct3, high) in SHIFTS {
        for amount in [0, 1, 15, 31] {
            let insns = [immediate(funct3, D, X, high | amount)];
            cases.push(Case::of(format!("{name} {amount}"), insns));
        }
    }
    for imm in [0, 1, 0x7_ffff, 0x8_0000, 0xf_ffff] {
        cases.push(Case::of(format!("lui {imm:#x}"), [lui(D, imm)]));
        cases.push(Case::of(
            format!("auipc {imm:#x}"),
            [auipc(D, imm), r(0x20, 0, D, D, RA)],
        ));
    }
    for seed in 0..40 {
        cases.push(Case::of(format!("random {seed}"), random_run(seed)));
    }
    cases
}

/// Forty operations on random registers.
fn random_run(seed: u64) -> Vec<Encoding> {
    let mut random = Random(seed);
    let registers = [X, Y, D, FLAG, EXTRA, ZERO];
    (0..40)
        .map(|_| {
            let mut pick = |count: usize| random.next() as usize % count;
            let (rd, rs1, rs2) = (registers[pick(6)], registers[pick(6)], registers[pick(6)]);
            match pick(8) {
                0 => {
                    let (_, funct3) = IMMEDIATES[pick(6)];
                    immediate(funct3, rd, rs1, pick(4096) as i32 - 2048)
                }
                1 => {
                    let (_, funct3, high) = SHIFTS[pick(3)];
                    immediate(funct3, rd, rs1, high | pick(32) as i32)
                }
                2 => lui(rd, pick(1 << 20) as u32),
                _ => {
                    let (_, funct7, funct3) = REGISTERS[pick(18)];
                    r(funct7, funct3, rd, rs1, rs2)
                }
            }
        })
        .collect()
}
