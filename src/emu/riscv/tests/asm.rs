//! Encodings for the tests: one function an instruction, by format of the RISC-V Instruction Set Manual.

/// An instruction of two or four bytes.
#[derive(Debug, Clone, Copy)]
pub enum Encoding {
    Half(u16),
    Word(u32),
}

impl Encoding {
    pub fn word(self) -> u32 {
        match self {
            Encoding::Half(half) => u32::from(half),
            Encoding::Word(word) => word,
        }
    }
}

pub fn bytes(program: &[Encoding]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for &encoding in program {
        match encoding {
            Encoding::Half(half) => bytes.extend(half.to_le_bytes()),
            Encoding::Word(word) => bytes.extend(word.to_le_bytes()),
        }
    }
    bytes
}

pub const ZERO: u32 = 0;
pub const RA: u32 = 1;
pub const A0: u32 = 10;
pub const A1: u32 = 11;
pub const A2: u32 = 12;
pub const A3: u32 = 13;
pub const A4: u32 = 14;
pub const A5: u32 = 15;

pub const ECALL: Encoding = Encoding::Word(0x73);
pub const EBREAK: Encoding = Encoding::Word(0x0010_0073);
pub const WFI: Encoding = Encoding::Word(0x1050_0073);
pub const MRET: Encoding = Encoding::Word(0x3020_0073);
pub const FENCE_I: Encoding = Encoding::Word(0x100f);
pub const NOP: Encoding = Encoding::Word(0x13);

pub fn half(bits: u16) -> Encoding {
    Encoding::Half(bits)
}

pub fn word(bits: u32) -> Encoding {
    Encoding::Word(bits)
}

fn r(funct7: u32, funct3: u32, rd: u32, rs1: u32, rs2: u32) -> Encoding {
    Encoding::Word(funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33)
}

fn i(opcode: u32, funct3: u32, rd: u32, rs1: u32, imm: i32) -> Encoding {
    let imm = imm.cast_unsigned() << 20;
    Encoding::Word(imm | rs1 << 15 | funct3 << 12 | rd << 7 | opcode)
}

fn s(funct3: u32, rs2: u32, rs1: u32, imm: i32) -> Encoding {
    let imm = imm.cast_unsigned();
    let imm = (imm >> 5 & 0x7f) << 25 | (imm & 0x1f) << 7;
    Encoding::Word(imm | rs2 << 20 | rs1 << 15 | funct3 << 12 | 0x23)
}

macro_rules! registers {
    ($($name:ident $funct7:literal $funct3:literal;)*) => {
        $(pub fn $name(rd: u32, rs1: u32, rs2: u32) -> Encoding {
            r($funct7, $funct3, rd, rs1, rs2)
        })*
    };
}

registers! {
    add 0 0;
    sll 0 1;
    srl 0 5;
    sra 0x20 5;
    mul 1 0;
    mulh 1 1;
    mulhsu 1 2;
    mulhu 1 3;
    div 1 4;
    divu 1 5;
    rem 1 6;
    remu 1 7;
}

macro_rules! immediates {
    ($($name:ident $opcode:literal $funct3:literal;)*) => {
        $(pub fn $name(rd: u32, rs1: u32, imm: i32) -> Encoding {
            i($opcode, $funct3, rd, rs1, imm)
        })*
    };
}

immediates! {
    lb 0x03 0;
    lh 0x03 1;
    lw 0x03 2;
    lbu 0x03 4;
    lhu 0x03 5;
    addi 0x13 0;
    jalr 0x67 0;
}

pub fn sw(rs2: u32, rs1: u32, imm: i32) -> Encoding {
    s(2, rs2, rs1, imm)
}

pub fn lui(rd: u32, imm: u32) -> Encoding {
    Encoding::Word(imm << 12 | rd << 7 | 0x37)
}

pub fn jal(rd: u32, offset: i32) -> Encoding {
    let offset = offset.cast_unsigned();
    let imm = (offset >> 20 & 1) << 31
        | (offset >> 1 & 0x3ff) << 21
        | (offset >> 11 & 1) << 20
        | (offset >> 12 & 0xff) << 12;
    Encoding::Word(imm | rd << 7 | 0x6f)
}

fn csr(funct3: u32, rd: u32, number: u16, source: u32) -> Encoding {
    Encoding::Word(u32::from(number) << 20 | source << 15 | funct3 << 12 | rd << 7 | 0x73)
}

pub fn csrrw(rd: u32, number: u16, rs1: u32) -> Encoding {
    csr(1, rd, number, rs1)
}

pub fn csrrs(rd: u32, number: u16, rs1: u32) -> Encoding {
    csr(2, rd, number, rs1)
}

pub fn csrrci(rd: u32, number: u16, bits: u32) -> Encoding {
    csr(7, rd, number, bits)
}

fn amo(funct5: u32, rd: u32, rs2: u32, rs1: u32) -> Encoding {
    Encoding::Word(funct5 << 27 | rs2 << 20 | rs1 << 15 | 2 << 12 | rd << 7 | 0x2f)
}

pub fn lr(rd: u32, rs1: u32) -> Encoding {
    amo(2, rd, 0, rs1)
}

macro_rules! atomics {
    ($($name:ident $funct5:literal;)*) => {
        $(pub fn $name(rd: u32, rs2: u32, rs1: u32) -> Encoding {
            amo($funct5, rd, rs2, rs1)
        })*
    };
}

atomics! {
    sc 3;
    amoadd 0;
    amoswap 1;
    amoxor 4;
    amoor 8;
    amoand 12;
    amomin 16;
    amomax 20;
    amominu 24;
    amomaxu 28;
}
