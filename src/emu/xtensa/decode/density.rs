//! The two-byte instructions (code density option), normalised to the fields of their three-byte equivalents.

use super::{BRANCH_BASE, Fields, sign_extend};
use crate::emu::xtensa::op::{Insn, Op};

/// Field r of ST3.
const R_MOV_N: u32 = 0;
const R_S3: u32 = 15;

/// Field t of S3.
const T_RET_N: u32 = 0;
const T_RETW_N: u32 = 1;
const T_BREAK_N: u32 = 2;
const T_NOP_N: u32 = 3;
const T_ILL_N: u32 = 6;

/// `MOVI.N` reaches from -32 to 95: seven bits whose values from here on are negative.
const MOVI_N_FIRST_NEGATIVE: u32 = 96;

/// `L32I.N` and `S32I.N`: field r counts words.
pub(super) fn l32i_n(f: Fields, op: Op) -> Insn {
    Insn {
        r: 0,
        ..f.insn(op, 2, f.r() * 4)
    }
}

/// `ADDI.N`: the result register stands in r, and the useless addend 0 means -1.
pub(super) fn addi_n(f: Fields) -> Insn {
    let addend = match f.t() {
        0 => u32::MAX,
        t => t,
    };
    Insn {
        t: f.r() as u8,
        r: 0,
        ..f.insn(Op::Addi, 2, addend)
    }
}

/// `MOVI.N`, `BEQZ.N`, `BNEZ.N`.
pub(super) fn st2(f: Fields) -> Insn {
    if f.bits(7, 1) == 0 {
        let value = f.bits(4, 3) << 4 | f.r();
        let value = if value >= MOVI_N_FIRST_NEGATIVE {
            sign_extend(value, 7)
        } else {
            value
        };
        return Insn {
            r: 0,
            s: 0,
            t: f.s() as u8,
            ..f.insn(Op::Movi, 2, value)
        };
    }
    let op = if f.bits(6, 1) == 0 {
        Op::Beqz
    } else {
        Op::Bnez
    };
    // Forward only: the distance has no sign.
    let distance = f.bits(4, 2) << 4 | f.r();
    Insn {
        r: 0,
        t: 0,
        ..f.insn(op, 2, BRANCH_BASE + distance)
    }
}

/// `MOV.N` and the instructions without operands.
pub(super) fn st3(f: Fields) -> Insn {
    match f.r() {
        R_MOV_N => f.narrow(Op::Mov),
        R_S3 => s3(f),
        _ => f.unknown(),
    }
}

fn s3(f: Fields) -> Insn {
    match (f.t(), f.s()) {
        (T_BREAK_N, _) => f.narrow(Op::BreakN),
        (T_RET_N, _) => f.narrow(Op::Ret),
        (T_RETW_N, _) => f.narrow(Op::Retw),
        (T_NOP_N, 0) => f.narrow(Op::Nop),
        (T_ILL_N, 0) => f.narrow(Op::Ill),
        _ => f.unknown(),
    }
}
