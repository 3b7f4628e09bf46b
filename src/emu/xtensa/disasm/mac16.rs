//! Text of the MAC16 instructions, which the decoder keeps whole.

use std::fmt;

/// Field op2: operand sources.
const LOADS_INC_MR_MR: u32 = 0;
const LOADS_DEC_MR_MR: u32 = 1;
const MR_MR: u32 = 2;
const AR_MR: u32 = 3;
const LOADS_INC_MR_AR: u32 = 4;
const LOADS_DEC_MR_AR: u32 = 5;
const MR_AR: u32 = 6;
const LDINC: u32 = 8;
const LDDEC: u32 = 9;

/// Writes the instruction with the 24 bits `word`.
pub(super) fn write(f: &mut fmt::Formatter<'_>, word: u32) -> fmt::Result {
    let bits = |low: u32, count: u32| (word >> low) & ((1 << count) - 1);
    let (t, s) = (bits(4, 4), bits(8, 4));
    // The first operand may be any MR, as m0 or m1 by one bit, the second m2 or m3; a load goes to any of the four.
    let (x, y, w) = (bits(14, 1), bits(6, 1) + 2, bits(12, 2));
    let op2 = bits(20, 4);
    match op2 {
        LDINC => return write!(f, "ldinc m{w}, a{s}"),
        LDDEC => return write!(f, "lddec m{w}, a{s}"),
        _ => write_name(f, op2, bits(16, 4))?,
    }
    match op2 {
        LOADS_INC_MR_MR => write!(f, ".ldinc m{w}, a{s}, m{x}, m{y}"),
        LOADS_DEC_MR_MR => write!(f, ".lddec m{w}, a{s}, m{x}, m{y}"),
        LOADS_INC_MR_AR => write!(f, ".ldinc m{w}, a{s}, m{x}, a{t}"),
        LOADS_DEC_MR_AR => write!(f, ".lddec m{w}, a{s}, m{x}, a{t}"),
        MR_MR => write!(f, " m{x}, m{y}"),
        AR_MR => write!(f, " a{s}, m{y}"),
        MR_AR => write!(f, " m{x}, a{t}"),
        _ => write!(f, " a{s}, a{t}"),
    }
}

/// Operation, operand kinds and operand halves: `mula.da.hl`.
fn write_name(f: &mut fmt::Formatter<'_>, op2: u32, op1: u32) -> fmt::Result {
    let operation = match op1 >> 2 {
        0 => "umul",
        1 => "mul",
        2 => "mula",
        _ => "muls",
    };
    let kinds = match op2 {
        LOADS_INC_MR_MR | LOADS_DEC_MR_MR | MR_MR => "dd",
        LOADS_INC_MR_AR | LOADS_DEC_MR_AR | MR_AR => "da",
        AR_MR => "ad",
        _ => "aa",
    };
    let halves = match op1 & 3 {
        0 => "ll",
        1 => "hl",
        2 => "lh",
        _ => "hh",
    };
    write!(f, "{operation}.{kinds}.{halves}")
}
