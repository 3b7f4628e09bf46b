//! Instruction bytes to [`Insn`]: RV32I, M, A, Zicsr, Zifencei and the machine-mode instructions; C in `compressed`.
//!
//! Source: The RISC-V Instruction Set Manual, volume I, chapter "RV32/64G Instruction Set Listings", and volume II,
//! section "Instruction Listings" for MRET and WFI.

use super::compressed;
use super::extensions::Extensions;
use super::op::{Insn, Op};

/// Major opcodes: bits 6 to 0.
mod opcode {
    pub const LOAD: u32 = 0x03;
    pub const MISC_MEM: u32 = 0x0f;
    pub const OP_IMM: u32 = 0x13;
    pub const AUIPC: u32 = 0x17;
    pub const STORE: u32 = 0x23;
    pub const AMO: u32 = 0x2f;
    pub const OP: u32 = 0x33;
    pub const LUI: u32 = 0x37;
    pub const BRANCH: u32 = 0x63;
    pub const JALR: u32 = 0x67;
    pub const JAL: u32 = 0x6f;
    pub const SYSTEM: u32 = 0x73;
}

/// Field funct7 of OP and of immediate shifts.
mod funct7 {
    pub const BASE: u32 = 0x00;
    pub const MULTIPLY: u32 = 0x01;
    /// SUB, SRA, SRAI.
    pub const ALTERNATIVE: u32 = 0x20;
}

/// Field funct5 of AMO: bits 31 to 27.
mod funct5 {
    pub const ADD: u32 = 0b00000;
    pub const SWAP: u32 = 0b00001;
    pub const LOAD_RESERVED: u32 = 0b00010;
    pub const STORE_CONDITIONAL: u32 = 0b00011;
    pub const XOR: u32 = 0b00100;
    pub const OR: u32 = 0b01000;
    pub const AND: u32 = 0b01100;
    pub const MIN: u32 = 0b10000;
    pub const MAX: u32 = 0b10100;
    pub const MINU: u32 = 0b11000;
    pub const MAXU: u32 = 0b11100;
}

/// Field funct3 of AMO for words.
const ATOMIC_WORD: u32 = 2;

/// SYSTEM instructions without operands, as a whole.
mod system {
    pub const ECALL: u32 = 0x0000_0073;
    pub const EBREAK: u32 = 0x0010_0073;
    pub const WFI: u32 = 0x1050_0073;
    pub const MRET: u32 = 0x3020_0073;
}

/// Operations by field funct3; [`Op::Illegal`] where there is none.
type Row = [Op; 8];

const BRANCHES: Row = [
    Op::Beq,
    Op::Bne,
    Op::Illegal,
    Op::Illegal,
    Op::Blt,
    Op::Bge,
    Op::Bltu,
    Op::Bgeu,
];
const LOADS: Row = [
    Op::Lb,
    Op::Lh,
    Op::Lw,
    Op::Illegal,
    Op::Lbu,
    Op::Lhu,
    Op::Illegal,
    Op::Illegal,
];
const STORES: Row = [
    Op::Sb,
    Op::Sh,
    Op::Sw,
    Op::Illegal,
    Op::Illegal,
    Op::Illegal,
    Op::Illegal,
    Op::Illegal,
];
const IMMEDIATES: Row = [
    Op::Addi,
    Op::Slli,
    Op::Slti,
    Op::Sltiu,
    Op::Xori,
    Op::Srli,
    Op::Ori,
    Op::Andi,
];
const REGISTERS: Row = [
    Op::Add,
    Op::Sll,
    Op::Slt,
    Op::Sltu,
    Op::Xor,
    Op::Srl,
    Op::Or,
    Op::And,
];
const MULTIPLIES: Row = [
    Op::Mul,
    Op::Mulh,
    Op::Mulhsu,
    Op::Mulhu,
    Op::Div,
    Op::Divu,
    Op::Rem,
    Op::Remu,
];
const CSRS: Row = [
    Op::Illegal,
    Op::Csrrw,
    Op::Csrrs,
    Op::Csrrc,
    Op::Illegal,
    Op::Csrrwi,
    Op::Csrrsi,
    Op::Csrrci,
];

/// Bits 1 and 0 of every instruction of 32 bits.
const WIDE: u32 = 3;

/// True if the instruction whose lowest bits these are takes four bytes.
pub fn is_wide(word: u32) -> bool {
    word & WIDE == WIDE
}

/// Decodes the instruction whose bytes are `word` (little-endian; of a compressed one the low half counts).
///
/// Bits that are no instruction of a core with these extensions give [`Op::Illegal`].
pub fn decode_for(extensions: Extensions, word: u32) -> Insn {
    let insn = decode(word);
    if insn.op.is_atomic() && !extensions.atomic {
        Fields(word).insn(Op::Illegal, 0)
    } else {
        insn
    }
}

/// Decodes as [`decode_for`] does for a core that has every extension of any chip.
pub fn decode(word: u32) -> Insn {
    if !is_wide(word) {
        return compressed::decode(word as u16);
    }
    let f = Fields(word);
    match f.opcode() {
        opcode::LUI => f.insn(Op::Lui, word & 0xffff_f000),
        opcode::AUIPC => f.insn(Op::Auipc, word & 0xffff_f000),
        opcode::JAL => f.insn(Op::Jal, f.jump_offset()),
        opcode::JALR if f.funct3() == 0 => f.insn(Op::Jalr, f.immediate()),
        opcode::BRANCH => f.insn(f.entry(&BRANCHES), f.branch_offset()),
        opcode::LOAD => f.insn(f.entry(&LOADS), f.immediate()),
        opcode::STORE => f.insn(f.entry(&STORES), f.store_offset()),
        opcode::OP_IMM => f.immediate_operation(),
        opcode::OP => f.register_operation(),
        opcode::MISC_MEM if f.funct3() == 0 => f.insn(Op::Fence, word >> 20),
        opcode::MISC_MEM if f.funct3() == 1 => f.insn(Op::FenceI, 0),
        opcode::AMO if f.funct3() == ATOMIC_WORD => f.atomic(),
        opcode::SYSTEM => f.system(),
        _ => f.insn(Op::Illegal, word),
    }
}

/// The 32 bits of an instruction, with the manual's names for their fields.
#[derive(Debug, Clone, Copy)]
struct Fields(u32);

impl Fields {
    fn bits(self, low: u32, count: u32) -> u32 {
        (self.0 >> low) & ((1 << count) - 1)
    }

    fn opcode(self) -> u32 {
        self.bits(0, 7)
    }

    fn funct3(self) -> u32 {
        self.bits(12, 3)
    }

    fn funct7(self) -> u32 {
        self.bits(25, 7)
    }

    /// The sign of every immediate, in all of its bits.
    fn sign(self) -> u32 {
        (self.0.cast_signed() >> 31).cast_unsigned()
    }

    fn immediate(self) -> u32 {
        (self.0.cast_signed() >> 20).cast_unsigned()
    }

    fn store_offset(self) -> u32 {
        self.immediate() & !0x1f | self.bits(7, 5)
    }

    fn branch_offset(self) -> u32 {
        self.sign() << 12 | self.bits(7, 1) << 11 | self.bits(25, 6) << 5 | self.bits(8, 4) << 1
    }

    fn jump_offset(self) -> u32 {
        self.sign() << 20 | self.bits(12, 8) << 12 | self.bits(20, 1) << 11 | self.bits(21, 10) << 1
    }

    fn entry(self, row: &Row) -> Op {
        row.get(self.funct3() as usize)
            .copied()
            .unwrap_or(Op::Illegal)
    }

    fn insn(self, op: Op, imm: u32) -> Insn {
        let imm = if op == Op::Illegal { self.0 } else { imm };
        Insn {
            op,
            len: 4,
            rd: self.bits(7, 5) as u8,
            rs1: self.bits(15, 5) as u8,
            rs2: self.bits(20, 5) as u8,
            imm,
        }
    }

    fn immediate_operation(self) -> Insn {
        let shift = |op| self.insn(op, self.bits(20, 5));
        match (self.entry(&IMMEDIATES), self.funct7()) {
            (op @ (Op::Slli | Op::Srli), funct7::BASE) => shift(op),
            (Op::Srli, funct7::ALTERNATIVE) => shift(Op::Srai),
            (Op::Slli | Op::Srli, _) => self.insn(Op::Illegal, 0),
            (op, _) => self.insn(op, self.immediate()),
        }
    }

    fn register_operation(self) -> Insn {
        let op = match (self.funct7(), self.entry(&REGISTERS)) {
            (funct7::BASE, op) => op,
            (funct7::MULTIPLY, _) => self.entry(&MULTIPLIES),
            (funct7::ALTERNATIVE, Op::Add) => Op::Sub,
            (funct7::ALTERNATIVE, Op::Srl) => Op::Sra,
            _ => Op::Illegal,
        };
        self.insn(op, 0)
    }

    fn atomic(self) -> Insn {
        let op = match (self.bits(27, 5), self.bits(20, 5)) {
            (funct5::LOAD_RESERVED, 0) => Op::LrW,
            (funct5::STORE_CONDITIONAL, _) => Op::ScW,
            (funct5::SWAP, _) => Op::AmoswapW,
            (funct5::ADD, _) => Op::AmoaddW,
            (funct5::XOR, _) => Op::AmoxorW,
            (funct5::AND, _) => Op::AmoandW,
            (funct5::OR, _) => Op::AmoorW,
            (funct5::MIN, _) => Op::AmominW,
            (funct5::MAX, _) => Op::AmomaxW,
            (funct5::MINU, _) => Op::AmominuW,
            (funct5::MAXU, _) => Op::AmomaxuW,
            _ => Op::Illegal,
        };
        self.insn(op, self.bits(25, 2))
    }

    fn system(self) -> Insn {
        let op = match self.0 {
            system::ECALL => Op::Ecall,
            system::EBREAK => Op::Ebreak,
            system::MRET => Op::Mret,
            system::WFI => Op::Wfi,
            _ => self.entry(&CSRS),
        };
        self.insn(op, self.0)
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
