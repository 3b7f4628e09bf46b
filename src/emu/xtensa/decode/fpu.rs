//! The single-precision coprocessor's instructions.
//!
//! The ESP32's core has the helpers for division and square root too (`XCHAL_HAVE_FP_DIV`, `_RECIP`, `_SQRT`,
//! `_RSQRT` in ESP-IDF, `components/xtensa/esp32/include/xtensa/config/core-isa.h`).

use super::{Fields, Row, entry};
use crate::emu::xtensa::op::{Insn, Op};

/// Field r of LSCI.
const LSCI_LSI: u32 = 0;
const LSCI_SSI: u32 = 4;
const LSCI_LSIU: u32 = 8;
const LSCI_SSIU: u32 = 12;

/// Loads and stores with an immediate offset in words.
pub(super) fn lsci(f: Fields) -> Insn {
    let op = match f.r() {
        LSCI_LSI => Op::Lsi,
        LSCI_SSI => Op::Ssi,
        LSCI_LSIU => Op::Lsiu,
        LSCI_SSIU => Op::Ssiu,
        _ => Op::Unknown,
    };
    f.wide_imm(op, f.imm8() << 2)
}

/// Field op2 of LSCX.
const LSCX_LSX: u32 = 0;
const LSCX_LSXU: u32 = 1;
const LSCX_SSX: u32 = 4;
const LSCX_SSXU: u32 = 5;

/// Loads and stores with the offset in a register.
pub(super) fn lscx(f: Fields) -> Insn {
    f.wide(match f.op2() {
        LSCX_LSX => Op::Lsx,
        LSCX_LSXU => Op::Lsxu,
        LSCX_SSX => Op::Ssx,
        LSCX_SSXU => Op::Ssxu,
        _ => Op::Unknown,
    })
}

/// Field op2 of FP0.
const FP0: Row = [
    Op::AddS,
    Op::SubS,
    Op::MulS,
    Op::Unknown,
    Op::MaddS,
    Op::MsubS,
    Op::MaddnS,
    Op::DivnS,
    Op::RoundS,
    Op::TruncS,
    Op::FloorS,
    Op::CeilS,
    Op::FloatS,
    Op::UfloatS,
    Op::UtruncS,
    Op::Unknown, // FP1OP, by field t
];

const FP0_FP1OP: u32 = 15;

/// Field t of FP1OP: one source, in s.
const FP1OP: Row = [
    Op::MovS,
    Op::AbsS,
    Op::Unknown,
    Op::ConstS,
    Op::Rfr,
    Op::Wfr,
    Op::NegS,
    Op::Div0S,
    Op::Recip0S,
    Op::Sqrt0S,
    Op::Rsqrt0S,
    Op::Nexp01S,
    Op::MksadjS,
    Op::MkdadjS,
    Op::AddexpS,
    Op::AddexpmS,
];

/// Arithmetic and conversions.
pub(super) fn fp0(f: Fields) -> Insn {
    if f.op2() == FP0_FP1OP {
        let op = entry(&FP1OP, f.t());
        let imm = if op == Op::ConstS { f.s() } else { 0 };
        return f.wide_imm(op, imm);
    }
    let op = entry(&FP0, f.op2());
    match op {
        Op::RoundS
        | Op::TruncS
        | Op::FloorS
        | Op::CeilS
        | Op::UtruncS
        | Op::FloatS
        | Op::UfloatS => f.wide_imm(op, f.t()),
        _ => f.wide(op),
    }
}

/// Field op2 of FP1.
const FP1: Row = [
    Op::Unknown,
    Op::UnS,
    Op::OeqS,
    Op::UeqS,
    Op::OltS,
    Op::UltS,
    Op::OleS,
    Op::UleS,
    Op::MoveqzS,
    Op::MovnezS,
    Op::MovltzS,
    Op::MovgezS,
    Op::MovfS,
    Op::MovtS,
    Op::Unknown,
    Op::Unknown,
];

/// Comparisons and conditional moves.
pub(super) fn fp1(f: Fields) -> Insn {
    f.wide(entry(&FP1, f.op2()))
}
