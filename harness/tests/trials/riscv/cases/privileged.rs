//! CSRs, exceptions, user mode and memory protection.

use super::Case;
use crate::riscv::asm::number::*;
use crate::riscv::asm::*;
use crate::riscv::program::{D, EXTRA, FLAG, POINTER, X, Y};

/// pmpcfg of an entry for all addresses that allows everything: a power of two.
const ALL_ALLOWED: u32 = 0x1f;
const READ: u32 = 1;
const WRITE: u32 = 2;
const TOP_OF_RANGE: u32 = 1 << 3;
const FOUR_BYTES: u32 = 2 << 3;
const POWER_OF_TWO: u32 = 3 << 3;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    registers(&mut cases);
    exceptions(&mut cases);
    user_mode(&mut cases);
    protection(&mut cases);
    cases
}

fn registers(cases: &mut Vec<Case>) {
    let operations = [
        ("csrrw", 1, X),
        ("csrrs", 2, X),
        ("csrrc", 3, X),
        ("csrrwi", 5, 21),
        ("csrrsi", 6, 21),
        ("csrrci", 7, 21),
    ];
    for (name, funct3, source) in operations {
        cases.push(Case::of(name, [csr(funct3, D, MSCRATCH, source)]));
        cases.push(Case::of(
            format!("{name} x0"),
            [csr(funct3, ZERO, MSCRATCH, source)],
        ));
        cases.push(Case::of(
            format!("{name} nothing"),
            [csr(funct3, D, MSCRATCH, 0)],
        ));
    }
    cases.push(Case::of("csrrw over its source", [csr(1, X, MSCRATCH, X)]));
    // Of even addresses only: QEMU 7.2 keeps bit 0, which the manual has as always zero.
    let even = [immediate(7, X, X, -2), csrw(MEPC, X), csrr(D, MEPC)];
    cases.push(Case::of("mepc", even));
    cases.push(Case::of(
        "mtval holds all",
        [csrw(MTVAL, X), csrr(D, MTVAL)],
    ));
    cases.push(Case::of(
        "pmpaddr7",
        [
            csrw(PMPADDR0 + 7, X),
            csrr(D, PMPADDR0 + 7),
            csrw(PMPADDR0 + 7, ZERO),
        ],
    ));
}

fn exceptions(cases: &mut Vec<Case>) {
    let count = addi(FLAG, FLAG, 1);
    cases.push(Case::of("ecall", [ECALL, count]));
    cases.push(Case::of("ebreak", [EBREAK, count]));
    cases.push(Case::of("c.ebreak", [Encoding::Half(0x9002), count]));
    let unknown = [
        ("ones", 0xffff_ffff),
        ("custom-0", 0x0000_000b),
        ("ld", 0x0000_3003),
        ("sd", 0x0000_3023),
        ("amoadd", 0x0000_202f),
        ("flw", 0x0000_2007),
        ("fadd", 0x0000_0053),
        ("branch funct3 2", 0x0000_2063),
        ("jalr funct3 1", 0x0000_1067),
        ("add funct7 2", 0x0400_0033),
        ("slli amount 32", 0x0200_1013),
        ("system funct3 4", 0x0000_4073),
        ("sret", 0x1020_0073),
        ("missing csr", 0x5ff0_2573),
    ];
    for (name, bits) in unknown {
        let insns = [Encoding::Word(bits), count];
        cases.push(Case::of(format!("illegal {name}"), insns));
    }
    cases.push(Case::of(
        "write of a read-only csr",
        [csrw(MHARTID, X), count],
    ));
    cases.push(Case::of(
        "read of a read-only csr",
        [csrr(D, MHARTID), count],
    ));
    // Interrupts stay disabled in the handler, and mret restores what was.
    let status = [
        csr(6, ZERO, MSTATUS, 8),
        ECALL,
        csrr(D, MSTATUS),
        immediate(7, D, D, 0x88),
    ];
    cases.push(Case::of("mstatus around a trap", status));
    let fetch = move |asm: &mut Asm| {
        // Goes on where ra points to.
        asm.insns([lui(EXTRA, 0x0_f000), jalr(RA, EXTRA, 0), count]);
    };
    cases.push(Case::new("fetch from nowhere", fetch));
}

/// Opens all memory to user mode by entry 15, enters it, and leaves it by ECALL.
fn in_user_mode(asm: &mut Asm, insns: &[Encoding]) {
    asm.load(D, ALL_ALLOWED << 24);
    asm.insns([
        csrw(PMPCFG0 + 3, D),
        addi(D, ZERO, -1),
        csrw(PMPADDR0 + 15, D),
        auipc(D, 0),
        addi(D, D, 24),
        csrw(MEPC, D),
        addi(D, ZERO, 0),
        csrw(MSTATUS, ZERO),
        MRET,
    ]);
    asm.insns(insns.iter().copied());
    asm.insns([ECALL, csrw(PMPCFG0 + 3, ZERO), csrw(PMPADDR0 + 15, ZERO)]);
}

fn user_case(name: impl Into<String>, insns: Vec<Encoding>) -> Case {
    Case::new(name, move |asm| in_user_mode(asm, &insns))
}

fn user_mode(cases: &mut Vec<Case>) {
    let count = addi(FLAG, FLAG, 1);
    cases.push(user_case("user mode", vec![r(0, 0, D, X, Y), count]));
    cases.push(user_case("user csr", vec![csrr(D, MSCRATCH), count]));
    cases.push(user_case("user csr write", vec![csrw(MSCRATCH, X), count]));
    cases.push(user_case("user mret", vec![MRET, count]));
    cases.push(user_case("user illegal", vec![Encoding::Half(0), count]));
    cases.push(user_case("user twice", vec![ECALL, count]));
    cases.push(user_case(
        "user memory",
        vec![sw(X, POINTER, 4), lw(D, POINTER, 4)],
    ));
    cases.push(user_case(
        "user nowhere",
        vec![lui(EXTRA, 0x0_f000), lw(D, EXTRA, 0), sw(D, EXTRA, 0)],
    ));
}

/// Entries 0 and 1 over the second word of the scratch memory, then accesses around it in user mode.
fn protection(cases: &mut Vec<Case>) {
    let accesses = [
        lw(D, POINTER, 0),
        lw(D, POINTER, 4),
        sw(X, POINTER, 4),
        lw(EXTRA, POINTER, 8),
        sw(X, POINTER, 12),
        load(0, EXTRA, POINTER, 7),
        store(0, X, POINTER, 6),
    ];
    let unaligned = [lw(D, POINTER, 2), sw(X, POINTER, 5)];
    let matchings = [
        ("off", 0),
        ("four bytes", FOUR_BYTES),
        ("eight bytes", POWER_OF_TWO),
        ("range", TOP_OF_RANGE << 8),
    ];
    for (name, matching) in matchings {
        for (rights, bits) in [("none", 0), ("read", READ), ("both", READ | WRITE)] {
            let shift = if matching > 0xff { 8 } else { 0 };
            let config = matching | bits << shift;
            for (kind, insns) in [("", accesses.to_vec()), (" unaligned", unaligned.to_vec())] {
                cases.push(Case::new(
                    format!("pmp {name} {rights}{kind}"),
                    move |asm| {
                        protect(asm, config);
                        in_user_mode(asm, &insns);
                        asm.insns([
                            csrw(PMPCFG0, ZERO),
                            csrw(PMPADDR0, ZERO),
                            csrw(PMPADDR0 + 1, ZERO),
                        ]);
                    },
                ));
            }
        }
    }
}

fn protect(asm: &mut Asm, config: u32) {
    asm.insns([
        addi(D, POINTER, 4),
        immediate(5, D, D, 2),
        csrw(PMPADDR0, D),
        addi(D, D, 1),
        csrw(PMPADDR0 + 1, D),
    ]);
    asm.load(D, config);
    asm.insn(csrw(PMPCFG0, D));
}
