//! Instructions of 16 bits to the [`Insn`] that they stand for: RV32C without floating point.
//!
//! Source: The RISC-V Instruction Set Manual, volume I, chapter "C" Standard Extension for Compressed Instructions,
//! section "RVC Instruction Set Listings". Reserved encodings are illegal; hints do what their expansion does.

use super::op::{Insn, Op};

/// Return address, and link register of C.JAL and C.JALR.
const RA: u8 = 1;
/// Stack pointer.
const SP: u8 = 2;

/// Quadrant (bits 1 and 0) and funct3 (bits 15 to 13), as five bits.
mod kind {
    pub const ADDI4SPN: u16 = 0b00_000;
    pub const LW: u16 = 0b00_010;
    pub const SW: u16 = 0b00_110;
    pub const ADDI: u16 = 0b01_000;
    pub const JAL: u16 = 0b01_001;
    pub const LI: u16 = 0b01_010;
    pub const LUI_ADDI16SP: u16 = 0b01_011;
    pub const ARITHMETIC: u16 = 0b01_100;
    pub const J: u16 = 0b01_101;
    pub const BEQZ: u16 = 0b01_110;
    pub const BNEZ: u16 = 0b01_111;
    pub const SLLI: u16 = 0b10_000;
    pub const LWSP: u16 = 0b10_010;
    pub const JUMP_MOVE_ADD: u16 = 0b10_100;
    pub const SWSP: u16 = 0b10_110;
}

/// Decodes a compressed instruction; one whose two lowest bits are set is not one, and illegal.
pub fn decode(half: u16) -> Insn {
    let f = Fields(half);
    match f.bits(0, 2) << 3 | f.bits(13, 3) {
        kind::ADDI4SPN if f.wide_offset() != 0 => {
            f.insn(Op::Addi, f.low_register(2), SP, 0, f.wide_offset())
        }
        kind::LW => f.insn(
            Op::Lw,
            f.low_register(2),
            f.low_register(7),
            0,
            f.word_offset(),
        ),
        kind::SW => f.insn(
            Op::Sw,
            0,
            f.low_register(7),
            f.low_register(2),
            f.word_offset(),
        ),
        kind::ADDI => f.insn(Op::Addi, f.rd(), f.rd(), 0, f.immediate()),
        kind::JAL => f.insn(Op::Jal, RA, 0, 0, f.jump_offset()),
        kind::LI => f.insn(Op::Addi, f.rd(), 0, 0, f.immediate()),
        kind::LUI_ADDI16SP => f.lui_addi16sp(),
        kind::ARITHMETIC => f.arithmetic(),
        kind::J => f.insn(Op::Jal, 0, 0, 0, f.jump_offset()),
        kind::BEQZ => f.insn(Op::Beq, 0, f.low_register(7), 0, f.branch_offset()),
        kind::BNEZ => f.insn(Op::Bne, 0, f.low_register(7), 0, f.branch_offset()),
        // A shift by more than 31 is reserved for other extensions.
        kind::SLLI if f.bits(12, 1) == 0 => f.insn(Op::Slli, f.rd(), f.rd(), 0, f.shift()),
        kind::LWSP if f.rd() != 0 => f.insn(Op::Lw, f.rd(), SP, 0, f.load_stack_offset()),
        kind::JUMP_MOVE_ADD => f.jump_move_add(),
        kind::SWSP => f.insn(Op::Sw, 0, SP, f.rs2(), f.store_stack_offset()),
        _ => f.illegal(),
    }
}

/// The 16 bits of an instruction.
#[derive(Debug, Clone, Copy)]
struct Fields(u16);

impl Fields {
    fn bits(self, low: u32, count: u32) -> u16 {
        (self.0 >> low) & ((1 << count) - 1)
    }

    /// Bits `low..low + count` of the instruction, moved to bit `to`.
    fn part(self, low: u32, count: u32, to: u32) -> u32 {
        u32::from(self.bits(low, count)) << to
    }

    /// Bit 12, the sign of signed immediates, from bit `to` upwards.
    fn sign(self, to: u32) -> u32 {
        u32::from(self.bits(12, 1)).wrapping_neg() << to
    }

    fn rd(self) -> u8 {
        self.bits(7, 5) as u8
    }

    fn rs2(self) -> u8 {
        self.bits(2, 5) as u8
    }

    /// A register of three bits: x8 to x15.
    fn low_register(self, low: u32) -> u8 {
        self.bits(low, 3) as u8 + 8
    }

    fn immediate(self) -> u32 {
        self.sign(5) | self.part(2, 5, 0)
    }

    fn shift(self) -> u32 {
        self.part(2, 5, 0)
    }

    fn word_offset(self) -> u32 {
        self.part(10, 3, 3) | self.part(6, 1, 2) | self.part(5, 1, 6)
    }

    fn wide_offset(self) -> u32 {
        self.part(7, 4, 6) | self.part(11, 2, 4) | self.part(5, 1, 3) | self.part(6, 1, 2)
    }

    fn load_stack_offset(self) -> u32 {
        self.part(12, 1, 5) | self.part(4, 3, 2) | self.part(2, 2, 6)
    }

    fn store_stack_offset(self) -> u32 {
        self.part(9, 4, 2) | self.part(7, 2, 6)
    }

    fn branch_offset(self) -> u32 {
        self.sign(8)
            | self.part(10, 2, 3)
            | self.part(5, 2, 6)
            | self.part(3, 2, 1)
            | self.part(2, 1, 5)
    }

    fn jump_offset(self) -> u32 {
        self.sign(11)
            | self.part(11, 1, 4)
            | self.part(9, 2, 8)
            | self.part(8, 1, 10)
            | self.part(7, 1, 6)
            | self.part(6, 1, 7)
            | self.part(3, 3, 1)
            | self.part(2, 1, 5)
    }

    fn stack_step(self) -> u32 {
        self.sign(9)
            | self.part(6, 1, 4)
            | self.part(5, 1, 6)
            | self.part(3, 2, 7)
            | self.part(2, 1, 5)
    }

    fn insn(self, op: Op, rd: u8, rs1: u8, rs2: u8, imm: u32) -> Insn {
        Insn {
            op,
            len: 2,
            rd,
            rs1,
            rs2,
            imm,
        }
    }

    fn illegal(self) -> Insn {
        self.insn(Op::Illegal, 0, 0, 0, u32::from(self.0))
    }

    fn lui_addi16sp(self) -> Insn {
        match (self.immediate(), self.rd()) {
            (0, _) => self.illegal(),
            (_, SP) => self.insn(Op::Addi, SP, SP, 0, self.stack_step()),
            (imm, rd) => self.insn(Op::Lui, rd, 0, 0, imm << 12),
        }
    }

    fn arithmetic(self) -> Insn {
        let rd = self.low_register(7);
        let shift = |op| match self.bits(12, 1) {
            0 => self.insn(op, rd, rd, 0, self.shift()),
            _ => self.illegal(),
        };
        let register = |op| self.insn(op, rd, rd, self.low_register(2), 0);
        match (self.bits(10, 2), self.bits(12, 1), self.bits(5, 2)) {
            (0, _, _) => shift(Op::Srli),
            (1, _, _) => shift(Op::Srai),
            (2, _, _) => self.insn(Op::Andi, rd, rd, 0, self.immediate()),
            (_, 0, 0) => register(Op::Sub),
            (_, 0, 1) => register(Op::Xor),
            (_, 0, 2) => register(Op::Or),
            (_, 0, _) => register(Op::And),
            _ => self.illegal(),
        }
    }

    fn jump_move_add(self) -> Insn {
        match (self.bits(12, 1), self.rd(), self.rs2()) {
            (0, 0, 0) => self.illegal(),
            (0, rs1, 0) => self.insn(Op::Jalr, 0, rs1, 0, 0),
            (0, rd, rs2) => self.insn(Op::Add, rd, 0, rs2, 0),
            (_, 0, 0) => self.insn(Op::Ebreak, 0, 0, 0, 0),
            (_, rs1, 0) => self.insn(Op::Jalr, RA, rs1, 0, 0),
            (_, rd, rs2) => self.insn(Op::Add, rd, rd, rs2, 0),
        }
    }
}
