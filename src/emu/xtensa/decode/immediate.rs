//! Instructions with an immediate in their upper bits: loads, stores, calls, jumps, branches, loops.

use super::{BRANCH_BASE, Fields, Row, entry};
use crate::emu::xtensa::op::{Insn, Op};

/// Field r of LSAI.
const LSAI: Row = [
    Op::L8ui,
    Op::L16ui,
    Op::L32i,
    Op::Unknown,
    Op::S8i,
    Op::S16i,
    Op::S32i,
    Op::Unknown, // CACHE, by field t
    Op::Unknown,
    Op::L16si,
    Op::Movi,
    Op::L32ai,
    Op::Addi,
    Op::Addmi,
    Op::S32c1i,
    Op::S32ri,
];

/// Field r of LSAI that leads to the cache instructions.
const LSAI_CACHE: u32 = 7;

/// Field t of CACHE.
const CACHE: Row = [
    Op::Dpfr,
    Op::Dpfw,
    Op::Dpfro,
    Op::Dpfwo,
    Op::Dhwb,
    Op::Dhwbi,
    Op::Dhi,
    Op::Dii,
    Op::Unknown, // DCE, by field op1
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Ipf,
    Op::Unknown, // ICE, by field op1
    Op::Ihi,
    Op::Iii,
];

/// Field t of CACHE that leads to instructions which lock, unlock or write back by index.
const CACHE_DCE: u32 = 8;
const CACHE_ICE: u32 = 13;

/// Field op1 of DCE.
fn dce(op1: u32) -> Op {
    const DCE: [Op; 6] = [Op::Dpfl, Op::Unknown, Op::Dhu, Op::Diu, Op::Diwb, Op::Diwbi];
    DCE.get(op1 as usize).copied().unwrap_or(Op::Unknown)
}

/// Field op1 of ICE.
fn ice(op1: u32) -> Op {
    const ICE: [Op; 4] = [Op::Ipfl, Op::Unknown, Op::Ihu, Op::Iiu];
    ICE.get(op1 as usize).copied().unwrap_or(Op::Unknown)
}

/// Loads and stores of address registers, `MOVI`, `ADDI`, `ADDMI`.
pub(super) fn lsai(f: Fields) -> Insn {
    if f.r() == LSAI_CACHE {
        return cache(f);
    }
    let op = entry(&LSAI, f.r());
    let imm = match op {
        Op::L8ui | Op::S8i => f.imm8(),
        Op::L16ui | Op::L16si | Op::S16i => f.imm8() << 1,
        Op::Movi => super::sign_extend(f.s() << 8 | f.imm8(), 12),
        Op::Addi => f.imm8_signed(),
        Op::Addmi => f.imm8_signed() << 8,
        _ => f.imm8() << 2,
    };
    f.wide_imm(op, imm)
}

fn cache(f: Fields) -> Insn {
    // The locking forms give up the low half of the offset for their number; theirs counts 16-byte units.
    match f.t() {
        CACHE_DCE => f.wide_imm(dce(f.op1()), f.op2() << 4),
        CACHE_ICE => f.wide_imm(ice(f.op1()), f.op2() << 4),
        t => f.wide_imm(entry(&CACHE, t), f.imm8() << 2),
    }
}

/// `L32R`: a word at most 256 KiB before the next word boundary.
pub(super) fn l32r(f: Fields, pc: u32) -> Insn {
    let word_offset = (f.bits(8, 16) | 0xffff_0000) << 2;
    let base = (pc & 3).wrapping_add(3) & !3;
    f.wide_imm(
        Op::L32r,
        base.wrapping_add(word_offset).wrapping_sub(pc & 3),
    )
}

/// `CALL0`, `CALL4`, `CALL8`, `CALL12`: targets are words, counted from the word of the call.
pub(super) fn calln(f: Fields, pc: u32) -> Insn {
    const CALLN: [Op; 4] = [Op::Call0, Op::Call4, Op::Call8, Op::Call12];
    let op = CALLN.get(f.n() as usize).copied().unwrap_or(Op::Unknown);
    let distance = (f.signed_bits(6, 18) << 2).wrapping_add(BRANCH_BASE);
    f.wide_imm(op, distance.wrapping_sub(pc & 3))
}

/// Field n of SI.
const SI_J: u32 = 0;
const SI_BZ: u32 = 1;
const SI_BI0: u32 = 2;

/// Field m of the group behind `SI_BI0` + 1, BI1.
const BI1_ENTRY: u32 = 0;
const BI1_B1: u32 = 1;
const BI1_BLTUI: u32 = 2;

/// Jumps, comparisons with zero and with constants, `ENTRY`, loops.
pub(super) fn si(f: Fields) -> Insn {
    const BZ: [Op; 4] = [Op::Beqz, Op::Bnez, Op::Bltz, Op::Bgez];
    const BI0: [Op; 4] = [Op::Beqi, Op::Bnei, Op::Blti, Op::Bgei];
    let by_m = |ops: [Op; 4]| ops.get(f.m() as usize).copied().unwrap_or(Op::Unknown);
    match f.n() {
        SI_J => f.wide_imm(Op::J, relative(f.signed_bits(6, 18))),
        SI_BZ => f.wide_imm(by_m(BZ), relative(f.signed_bits(12, 12))),
        SI_BI0 => f.wide_imm(by_m(BI0), relative(f.imm8_signed())),
        _ => bi1(f),
    }
}

fn bi1(f: Fields) -> Insn {
    match f.m() {
        // The frame size counts units of 8 bytes.
        BI1_ENTRY => f.wide_imm(Op::Entry, f.bits(12, 12) << 3),
        BI1_B1 => b1(f),
        BI1_BLTUI => f.wide_imm(Op::Bltui, relative(f.imm8_signed())),
        _ => f.wide_imm(Op::Bgeui, relative(f.imm8_signed())),
    }
}

/// Field r of B1.
const B1_BF: u32 = 0;
const B1_BT: u32 = 1;
const B1_LOOP: u32 = 8;
const B1_LOOPNEZ: u32 = 9;
const B1_LOOPGTZ: u32 = 10;

fn b1(f: Fields) -> Insn {
    // A loop's end lies ahead of it: its distance has no sign.
    match f.r() {
        B1_BF => f.wide_imm(Op::Bf, relative(f.imm8_signed())),
        B1_BT => f.wide_imm(Op::Bt, relative(f.imm8_signed())),
        B1_LOOP => f.wide_imm(Op::Loop, relative(f.imm8())),
        B1_LOOPNEZ => f.wide_imm(Op::Loopnez, relative(f.imm8())),
        B1_LOOPGTZ => f.wide_imm(Op::Loopgtz, relative(f.imm8())),
        _ => f.unknown(),
    }
}

/// Field r of B.
const B: Row = [
    Op::Bnone,
    Op::Beq,
    Op::Blt,
    Op::Bltu,
    Op::Ball,
    Op::Bbc,
    Op::Bbci,
    Op::Bbci,
    Op::Bany,
    Op::Bne,
    Op::Bge,
    Op::Bgeu,
    Op::Bnall,
    Op::Bbs,
    Op::Bbsi,
    Op::Bbsi,
];

/// Branches on two registers or on one bit.
pub(super) fn b(f: Fields) -> Insn {
    let op = entry(&B, f.r());
    let insn = f.wide_imm(op, relative(f.imm8_signed()));
    match op {
        // The bit number's upper bit is the lowest of r.
        Op::Bbci | Op::Bbsi => Insn {
            t: (f.bits(12, 1) << 4 | f.t()) as u8,
            ..insn
        },
        _ => insn,
    }
}

fn relative(distance: u32) -> u32 {
    distance.wrapping_add(BRANCH_BASE)
}
