//! A small assembler for test programs: encodings by instruction format of the RISC-V Instruction Set Manual.
//!
//! Written from the manual's format figures and independent of the decoder under test.

/// Register numbers, to tell them from immediates at the call.
pub type Reg = u32;

pub const ZERO: Reg = 0;
pub const RA: Reg = 1;
pub const SP: Reg = 2;

/// An instruction of two or four bytes.
#[derive(Debug, Clone, Copy)]
pub enum Encoding {
    Half(u32),
    Word(u32),
}

/// Machine code under construction at a known address.
pub struct Asm {
    pub origin: u32,
    bytes: Vec<u8>,
}

impl Asm {
    pub fn new(origin: u32) -> Self {
        Asm {
            origin,
            bytes: Vec::new(),
        }
    }

    pub fn here(&self) -> u32 {
        self.origin + u32::try_from(self.bytes.len()).expect("program below 4 GiB")
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Zeros up to the address `origin` + `offset`.
    pub fn pad_to(&mut self, offset: usize) {
        assert!(self.bytes.len() <= offset, "code overlaps what follows");
        self.bytes.resize(offset, 0);
    }

    pub fn data(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn insn(&mut self, encoding: Encoding) {
        match encoding {
            Encoding::Half(half) => {
                let half = u16::try_from(half).expect("16 bits");
                self.bytes.extend(half.to_le_bytes());
            }
            Encoding::Word(word) => self.bytes.extend(word.to_le_bytes()),
        }
    }

    pub fn insns(&mut self, encodings: impl IntoIterator<Item = Encoding>) {
        encodings
            .into_iter()
            .for_each(|encoding| self.insn(encoding));
    }

    /// Loads a constant: LUI and ADDI.
    pub fn load(&mut self, rd: Reg, value: u32) {
        let low = (value & 0xfff).cast_signed() << 20 >> 20;
        self.insn(lui(rd, value.wrapping_sub(low.cast_unsigned()) >> 12));
        self.insn(addi(rd, rd, low));
    }

    /// A jump to an absolute address.
    pub fn jump(&mut self, target: u32) {
        let offset = target.wrapping_sub(self.here()).cast_signed();
        self.insn(jal(ZERO, offset));
    }
}

fn bits(value: i32, low: u32, count: u32) -> u32 {
    (value.cast_unsigned() >> low) & ((1 << count) - 1)
}

pub fn r(funct7: u32, funct3: u32, rd: Reg, rs1: Reg, rs2: Reg) -> Encoding {
    Encoding::Word(funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33)
}

fn i(opcode: u32, funct3: u32, rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    Encoding::Word(bits(imm, 0, 12) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode)
}

/// An operation on a register and an immediate.
pub fn immediate(funct3: u32, rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    i(0x13, funct3, rd, rs1, imm)
}

pub fn addi(rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    immediate(0, rd, rs1, imm)
}

pub fn load(funct3: u32, rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    i(0x03, funct3, rd, rs1, imm)
}

pub fn lw(rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    load(2, rd, rs1, imm)
}

pub fn store(funct3: u32, rs2: Reg, rs1: Reg, imm: i32) -> Encoding {
    let (high, low) = (bits(imm, 5, 7), bits(imm, 0, 5));
    Encoding::Word(high << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | low << 7 | 0x23)
}

pub fn sw(rs2: Reg, rs1: Reg, imm: i32) -> Encoding {
    store(2, rs2, rs1, imm)
}

pub fn branch(funct3: u32, rs1: Reg, rs2: Reg, offset: i32) -> Encoding {
    let high = bits(offset, 12, 1) << 6 | bits(offset, 5, 6);
    let low = bits(offset, 1, 4) << 1 | bits(offset, 11, 1);
    Encoding::Word(high << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | low << 7 | 0x63)
}

pub fn lui(rd: Reg, imm: u32) -> Encoding {
    Encoding::Word(imm << 12 | rd << 7 | 0x37)
}

pub fn auipc(rd: Reg, imm: u32) -> Encoding {
    Encoding::Word(imm << 12 | rd << 7 | 0x17)
}

pub fn jal(rd: Reg, offset: i32) -> Encoding {
    let imm = bits(offset, 20, 1) << 31
        | bits(offset, 1, 10) << 21
        | bits(offset, 11, 1) << 20
        | bits(offset, 12, 8) << 12;
    Encoding::Word(imm | rd << 7 | 0x6f)
}

pub fn jalr(rd: Reg, rs1: Reg, imm: i32) -> Encoding {
    i(0x67, 0, rd, rs1, imm)
}

/// A CSR instruction; `source` is a register or an immediate of five bits.
pub fn csr(funct3: u32, rd: Reg, number: u32, source: u32) -> Encoding {
    Encoding::Word(number << 20 | source << 15 | funct3 << 12 | rd << 7 | 0x73)
}

pub fn csrr(rd: Reg, number: u32) -> Encoding {
    csr(2, rd, number, ZERO)
}

pub fn csrw(number: u32, rs1: Reg) -> Encoding {
    csr(1, ZERO, number, rs1)
}

pub fn csrs(number: u32, rs1: Reg) -> Encoding {
    csr(2, ZERO, number, rs1)
}

pub const ECALL: Encoding = Encoding::Word(0x73);
pub const EBREAK: Encoding = Encoding::Word(0x0010_0073);
pub const MRET: Encoding = Encoding::Word(0x3020_0073);
pub const FENCE: Encoding = Encoding::Word(0x0ff0_000f);
pub const FENCE_I: Encoding = Encoding::Word(0x100f);
pub const NOP: Encoding = Encoding::Word(0x13);
pub const C_NOP: Encoding = Encoding::Half(1);

/// Numbers of control and status registers (RISC-V Instruction Set Manual, volume II, "CSR Listing").
pub mod number {
    pub const MSTATUS: u32 = 0x300;
    pub const MTVEC: u32 = 0x305;
    pub const MSCRATCH: u32 = 0x340;
    pub const MEPC: u32 = 0x341;
    pub const MCAUSE: u32 = 0x342;
    pub const MTVAL: u32 = 0x343;
    pub const PMPCFG0: u32 = 0x3a0;
    pub const PMPADDR0: u32 = 0x3b0;
    pub const MHARTID: u32 = 0xf14;
}

/// Compressed format CI: funct3, quadrant, register, immediate bits 5 and 4 to 0 in their plain order.
pub fn ci(funct3: u32, quadrant: u32, rd: Reg, imm: i32) -> Encoding {
    let imm = bits(imm, 5, 1) << 12 | bits(imm, 0, 5) << 2;
    Encoding::Half(funct3 << 13 | imm | rd << 7 | quadrant)
}

/// C.ADDI16SP.
pub fn c_addi16sp(imm: i32) -> Encoding {
    let low = bits(imm, 4, 1) << 4 | bits(imm, 6, 1) << 3 | bits(imm, 7, 2) << 1 | bits(imm, 5, 1);
    Encoding::Half(3 << 13 | bits(imm, 9, 1) << 12 | SP << 7 | low << 2 | 1)
}

/// C.ADDI4SPN to a register of x8 to x15.
pub fn c_addi4spn(rd: Reg, imm: i32) -> Encoding {
    let imm = bits(imm, 4, 2) << 6 | bits(imm, 6, 4) << 2 | bits(imm, 2, 1) << 1 | bits(imm, 3, 1);
    Encoding::Half(imm << 5 | (rd - 8) << 2)
}

/// C.LWSP.
pub fn c_lwsp(rd: Reg, imm: i32) -> Encoding {
    let low = bits(imm, 2, 3) << 2 | bits(imm, 6, 2);
    Encoding::Half(2 << 13 | bits(imm, 5, 1) << 12 | rd << 7 | low << 2 | 2)
}

/// C.SWSP.
pub fn c_swsp(rs2: Reg, imm: i32) -> Encoding {
    let imm = bits(imm, 2, 4) << 2 | bits(imm, 6, 2);
    Encoding::Half(6 << 13 | imm << 7 | rs2 << 2 | 2)
}

/// C.LW (funct3 2) and C.SW (funct3 6) with registers of x8 to x15.
pub fn c_access(funct3: u32, register: Reg, base: Reg, imm: i32) -> Encoding {
    let (high, low) = (bits(imm, 3, 3), bits(imm, 2, 1) << 1 | bits(imm, 6, 1));
    Encoding::Half(funct3 << 13 | high << 10 | (base - 8) << 7 | low << 5 | (register - 8) << 2)
}

/// Format CR: C.JR, C.MV (bit 0), C.JALR, C.ADD (bit 1).
pub fn cr(bit: u32, rd: Reg, rs2: Reg) -> Encoding {
    Encoding::Half(4 << 13 | bit << 12 | rd << 7 | rs2 << 2 | 2)
}

/// Format CA on registers of x8 to x15: 0 to 3 are SUB, XOR, OR, AND.
pub fn ca(operation: u32, rd: Reg, rs2: Reg) -> Encoding {
    Encoding::Half(4 << 13 | 3 << 10 | (rd - 8) << 7 | operation << 5 | (rs2 - 8) << 2 | 1)
}

/// C.SRLI, C.SRAI, C.ANDI (0 to 2) on a register of x8 to x15.
pub fn cb_operation(operation: u32, rd: Reg, imm: i32) -> Encoding {
    let imm = bits(imm, 5, 1) << 12 | bits(imm, 0, 5) << 2;
    Encoding::Half(4 << 13 | imm | operation << 10 | (rd - 8) << 7 | 1)
}

/// C.BEQZ (funct3 6) and C.BNEZ (funct3 7).
pub fn c_branch(funct3: u32, rs1: Reg, offset: i32) -> Encoding {
    let high = bits(offset, 8, 1) << 2 | bits(offset, 3, 2);
    let low = bits(offset, 6, 2) << 3 | bits(offset, 1, 2) << 1 | bits(offset, 5, 1);
    Encoding::Half(funct3 << 13 | high << 10 | (rs1 - 8) << 7 | low << 2 | 1)
}

/// C.JAL (funct3 1) and C.J (funct3 5).
pub fn c_jump(funct3: u32, offset: i32) -> Encoding {
    let imm = bits(offset, 11, 1) << 10
        | bits(offset, 4, 1) << 9
        | bits(offset, 8, 2) << 7
        | bits(offset, 10, 1) << 6
        | bits(offset, 6, 1) << 5
        | bits(offset, 7, 1) << 4
        | bits(offset, 1, 3) << 1
        | bits(offset, 5, 1);
    Encoding::Half(funct3 << 13 | imm << 2 | 1)
}
