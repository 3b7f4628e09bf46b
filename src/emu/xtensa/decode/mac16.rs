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

/// Decodes any MAC16 instruction.
pub(super) fn mac16(f: Fields) -> Insn {
    let group = f.op1() & !3;
    let known = match f.op2() {
        // Multiply-accumulate with a parallel load exists for MULA alone.
        MACID | MACCD | MACIA | MACCA => group == MULA,
        // Only two address registers can be multiplied unsigned.
        MACDD | MACAD | MACDA => group != UMUL,
        MACAA => true,
        MACI | MACC => f.op1() == 0,
        _ => false,
    };
    if known {
        f.wide_imm(Op::Mac16, f.0)
    } else {
        f.unknown()
    }
}
