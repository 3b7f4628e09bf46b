//! Decoded instructions as text, in the syntax of GNU objdump, for traces and failure reports.

mod mac16;
mod registers;
#[cfg(test)]
mod tests;

use std::fmt;

use super::decode::pie;
use super::op::{Insn, Op};
use super::syntax::{self, Operand};

/// Constants of `BEQI`, `BNEI`, `BLTI`, `BGEI` by field r (ISA reference manual, table of B4CONST).
const B4CONST: [i32; 16] = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256];
/// Constants of `BLTUI`, `BGEUI` by field r (ISA reference manual, table of B4CONSTU).
const B4CONSTU: [i32; 16] = [
    0x8000, 0x1_0000, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256,
];

/// An instruction and its address, displayed as objdump would, `addi.n a4, a4, 4`; targets are absolute addresses.
///
/// Where objdump has a choice, this writes: one space after the mnemonic, `0x` before targets, no symbols.
#[derive(Debug, Clone, Copy)]
pub struct Disasm {
    insn: Insn,
    pc: u32,
}

impl Insn {
    /// The instruction as text, for the address `pc` at which it stands.
    pub fn disasm(self, pc: u32) -> Disasm {
        Disasm { insn: self, pc }
    }
}

impl fmt::Display for Disasm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { insn, pc } = *self;
        match insn.op {
            Op::Unknown => write_bytes(f, insn),
            Op::Pie => f.write_str(pie::name(insn.imm).unwrap_or("?")),
            Op::Mac16 => mac16::write(f, insn.imm),
            Op::Rsr | Op::Wsr | Op::Xsr => registers::write_special(f, insn),
            Op::Rur | Op::Wur => registers::write_user(f, insn),
            op => {
                let (name, operands) = syntax::syntax(op);
                f.write_str(name)?;
                // BREAK.N is an operation of its own and has the suffix in its name.
                if insn.len == 2 && op != Op::BreakN {
                    f.write_str(".n")?;
                }
                write_operands(f, insn, pc, operands)
            }
        }
    }
}

fn write_bytes(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let bytes = insn.imm.to_le_bytes();
    for (index, byte) in bytes.iter().take(usize::from(insn.len)).enumerate() {
        let before = if index == 0 { ".byte" } else { "," };
        write!(f, "{before} {byte:#04x}")?;
    }
    Ok(())
}

fn write_operands(
    f: &mut fmt::Formatter<'_>,
    insn: Insn,
    pc: u32,
    operands: &[Operand],
) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        f.write_str(if index == 0 { " " } else { ", " })?;
        match *operand {
            Operand::Address(field) => write!(f, "a{}", field.of(insn)),
            Operand::Float(field) => write!(f, "f{}", field.of(insn)),
            Operand::Boolean(field) => write!(f, "b{}", field.of(insn)),
            Operand::Value(field) => write!(f, "{}", field.of(insn)),
            Operand::Immediate => write_number(f, insn.imm.cast_signed()),
            Operand::ShiftAmount => write!(f, "{}", insn.imm & 0x1f),
            Operand::MaskBits => write!(f, "{}", insn.imm >> 8),
            Operand::Constant => write_constant(f, &B4CONST, insn.r),
            Operand::UnsignedConstant => write_constant(f, &B4CONSTU, insn.r),
            Operand::Target => write!(f, "{:#x}", pc.wrapping_add(insn.imm)),
        }?;
    }
    Ok(())
}

fn write_constant(f: &mut fmt::Formatter<'_>, constants: &[i32; 16], index: u8) -> fmt::Result {
    // Field r has four bits, so the index is always inside.
    let constant = constants.get(usize::from(index)).copied();
    write_number(f, constant.unwrap_or_default())
}

/// objdump's rule: decimal up to a magnitude of 255, hexadecimal of the two's complement beyond.
fn write_number(f: &mut fmt::Formatter<'_>, value: i32) -> fmt::Result {
    if value.unsigned_abs() < 256 {
        write!(f, "{value}")
    } else {
        write!(f, "{value:#x}")
    }
}
