//! The ESP32-S3's additions to the instruction set: dedicated GPIO and vectors (PIE).
//!
//! ESP32-S3 TRM, chapter "Processor Instruction Extensions". They lie where the other opcode maps leave holes, and in
//! words of four bytes (op0 14 and 15). The ESP32's LX6 has none of them.

mod table;

use super::Fields;
use crate::emu::xtensa::op::{Insn, Op};

/// Bits and values of the dedicated GPIO instructions.
const GPIO: u32 = 0xff_f00f;
const WR_MASK_GPIO_OUT: u32 = 0x72_4004;
const SET_BIT_GPIO_OUT: u32 = 0x75_4004;
const CLR_BIT_GPIO_OUT: u32 = 0x76_4004;
const GPIO_IN: u32 = 0xff_ff0f;
const GET_GPIO_IN: u32 = 0x65_0804;
/// The only word of four bytes that is no vector instruction.
const NOP_32: u32 = 0xe601_000e;

/// Decodes an instruction of the ESP32-S3 that the base map does not know.
pub(super) fn pie(word: u32) -> Option<Insn> {
    let f = Fields(word & 0x00ff_ffff);
    if f.is_long() {
        if word == NOP_32 {
            return Some(f.insn(Op::Nop, 4, 0));
        }
        return name(word).map(|_| f.insn(Op::Pie, 4, word));
    }
    let mask = f.bits(4, 8);
    match f.0 & GPIO {
        WR_MASK_GPIO_OUT => return Some(f.wide(Op::EeWrMaskGpioOut)),
        SET_BIT_GPIO_OUT => return Some(f.wide_imm(Op::EeSetBitGpioOut, mask)),
        CLR_BIT_GPIO_OUT => return Some(f.wide_imm(Op::EeClrBitGpioOut, mask)),
        _ if f.0 & GPIO_IN == GET_GPIO_IN => return Some(f.wide(Op::EeGetGpioIn)),
        _ => {}
    }
    name(f.0).map(|_| f.wide_imm(Op::Pie, f.0))
}

/// The name of the vector instruction with these bytes, little-endian.
pub(in crate::emu::xtensa) fn name(word: u32) -> Option<&'static str> {
    let rows = if Fields(word).is_long() {
        table::FOUR_BYTES
    } else {
        table::THREE_BYTES
    };
    rows.iter()
        .find(|&&(bits, value, _)| word & bits == value)
        .map(|&(_, _, name)| name)
}

/// Every encoding of the tables: the bits that count, their values, the name.
#[cfg(test)]
pub(in crate::emu::xtensa) fn rows() -> impl Iterator<Item = table::Row> {
    table::THREE_BYTES.iter().chain(table::FOUR_BYTES).copied()
}
