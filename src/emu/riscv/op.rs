//! Decoded RISC-V instructions: the operations and their operands.

/// A decoded instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Insn {
    /// The operation.
    pub op: Op,
    /// Length in bytes, 2 or 4.
    pub len: u8,
    /// Destination register, 0-31.
    pub rd: u8,
    /// First source register, 0-31; of [`Op::Csrrwi`], [`Op::Csrrsi`], [`Op::Csrrci`] the immediate.
    pub rs1: u8,
    /// Second source register, 0-31.
    pub rs2: u8,
    /// Immediate, sign-extended: of branches and jumps the target minus the instruction's own address, of LUI and AUIPC
    /// the value that is loaded or added, of CSR instructions and of [`Op::Illegal`] the instruction's bits, of those of
    /// the A extension release in bit 0 and acquire in bit 1.
    pub imm: u32,
}

impl Insn {
    /// Number of the control and status register of a CSR instruction.
    pub fn csr(&self) -> u16 {
        (self.imm >> 20) as u16
    }
}

/// Operations, by the instruction names of the RISC-V Instruction Set Manual. Compressed forms are decoded to the operation that they stand for; `len` tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Op {
    // Emulator-internal states of a slot in the decoded-code cache; never produced by `decode`.
    /// Slot not decoded yet.
    Undecoded,
    /// Instruction that lies in two pages, or that may have a breakpoint.
    Straddle,
    /// An operation on registers alone whose result goes to x0.
    Nothing,

    /// Bits that are no instruction of the core; `imm` holds them.
    Illegal,

    Lui,
    Auipc,
    Jal,
    Jalr,
    Beq,
    Bne,
    Blt,
    Bge,
    Bltu,
    Bgeu,
    Lb,
    Lh,
    Lw,
    Lbu,
    Lhu,
    Sb,
    Sh,
    Sw,
    Addi,
    Slti,
    Sltiu,
    Xori,
    Ori,
    Andi,
    Slli,
    Srli,
    Srai,
    Add,
    Sub,
    Sll,
    Slt,
    Sltu,
    Xor,
    Srl,
    Sra,
    Or,
    And,
    Mul,
    Mulh,
    Mulhsu,
    Mulhu,
    Div,
    Divu,
    Rem,
    Remu,
    Fence,
    FenceI,
    Ecall,
    Ebreak,
    Mret,
    Wfi,
    Csrrw,
    Csrrs,
    Csrrc,
    Csrrwi,
    Csrrsi,
    Csrrci,

    LrW,
    ScW,
    AmoswapW,
    AmoaddW,
    AmoxorW,
    AmoandW,
    AmoorW,
    AmominW,
    AmomaxW,
    AmominuW,
    AmomaxuW,
}

impl Op {
    /// True if the instruction is one of the A extension.
    pub(super) fn is_atomic(self) -> bool {
        (Op::LrW as u8..=Op::AmomaxuW as u8).contains(&(self as u8))
    }

    /// True if all that the instruction does is to write a register, from registers and its immediate.
    pub(super) fn only_writes_register(self) -> bool {
        matches!(self, Op::Lui | Op::Auipc)
            || (Op::Addi as u8..=Op::Remu as u8).contains(&(self as u8))
    }
}
