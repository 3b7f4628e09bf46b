//! Instruction bytes to [`Insn`].

use super::op::{Insn, Op};

/// Decodes the instruction whose bytes are `word` (little-endian, at least the low 24 bits valid).
pub fn decode(_word: u32, _pc: u32) -> Insn {
    Insn {
        op: Op::Unknown,
        len: 3,
        r: 0,
        s: 0,
        t: 0,
        imm: 0,
    }
}
