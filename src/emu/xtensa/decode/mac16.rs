//! The MAC16 option's instructions: which of the group's encodings exist. Executing them takes the raw bits.

use super::Fields;
use crate::emu::xtensa::op::{Insn, Op};

/// Field op2 of MAC16: where the operands come from, and whether a load goes along.
const MACID: u32 = 0;
const MACCD: u32 = 1;
const MACDD: u32 = 2;
const MACAD: u32 = 3;
const MACIA: u32 = 4;
const MACCA: u32 = 5;
const MACDA: u32 = 6;
const MACAA: u32 = 7;
const MACI: u32 = 8;
const MACC: u32 = 9;

/// Operations, in the upper half of field op1 (MUL and MULS are the other two); the lower half chooses the operands'
/// halves.
const UMUL: u32 = 0;
const MULA: u32 = 8;

// Fields that an operand leaves unused are zero. An operand in MR takes one bit, the third of r or of t.
const R: u32 = 0xf << 12;
const R_BUT_MR: u32 = 0b1011 << 12;
/// A load's target MR takes the lower half of r too.
const R_BUT_MR_AND_TARGET: u32 = 0b1000 << 12;
const R_BUT_TARGET: u32 = 0b1100 << 12;
const S: u32 = 0xf << 8;
const T: u32 = 0xf << 4;
const T_BUT_MR: u32 = 0b1011 << 4;

/// Decodes any MAC16 instruction.
pub(super) fn mac16(f: Fields) -> Insn {
    let group = f.op1() & !3;
    let (known, zero) = match f.op2() {
        // Multiply-accumulate with a parallel load exists for MULA alone.
        MACID | MACCD => (group == MULA, R_BUT_MR_AND_TARGET | T_BUT_MR),
        MACIA | MACCA => (group == MULA, R_BUT_MR_AND_TARGET),
        // Only two address registers can be multiplied unsigned.
        MACDD => (group != UMUL, R_BUT_MR | S | T_BUT_MR),
        MACAD => (group != UMUL, R | T_BUT_MR),
        MACDA => (group != UMUL, R_BUT_MR | S),
        MACAA => (true, R),
        MACI | MACC => (f.op1() == 0, R_BUT_TARGET | T),
        _ => (false, 0),
    };
    if known && f.0 & zero == 0 {
        f.wide_imm(Op::Mac16, f.0)
    } else {
        f.unknown()
    }
}
