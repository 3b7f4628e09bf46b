//! Instruction bytes to [`Insn`]: the opcode map of the LX6, and what the ESP32-S3's LX7 adds to it.
//!
//! The map follows the opcode tables of the Xtensa Instruction Set Architecture Reference Manual, section 7.3.1
//! ("Opcode maps"); what of it the ESP32's LX6 has (windows, loops, MAC16, DIV32, booleans, single precision with
//! division and square root helpers; no FLIX) is the core's configuration, `core-isa.h` of the chip in ESP-IDF.

mod density;
mod fpu;
mod immediate;
mod mac16;
pub(super) mod pie;
mod rrr;
#[cfg(test)]
mod tests;

use super::op::{Insn, Op};

/// Major opcodes: field op0, the lowest four bits.
mod op0 {
    pub const QRST: u32 = 0;
    pub const L32R: u32 = 1;
    pub const LSAI: u32 = 2;
    pub const LSCI: u32 = 3;
    pub const MAC16: u32 = 4;
    pub const CALLN: u32 = 5;
    pub const SI: u32 = 6;
    pub const B: u32 = 7;
    pub const L32I_N: u32 = 8;
    pub const S32I_N: u32 = 9;
    pub const ADD_N: u32 = 10;
    pub const ADDI_N: u32 = 11;
    pub const ST2: u32 = 12;
    pub const ST3: u32 = 13;
}

/// Decodes the instruction whose bytes are `word` (little-endian; its length is in the low byte).
///
/// `pc` is the instruction's own address; only `L32R` and `CALLn` targets depend on it, through its two low bits.
/// Bytes that are no instruction give [`Op::Unknown`] with the bytes in `imm` and the length that the LX7's length rule
/// gives them. Instructions of one model only are decoded for both; the core refuses them.
pub fn decode(word: u32, pc: u32) -> Insn {
    let insn = decode_base(word, pc);
    match insn.op {
        Op::Unknown => pie::pie(word).unwrap_or(insn),
        _ => insn,
    }
}

/// The opcode map that LX6 and LX7 share.
fn decode_base(word: u32, pc: u32) -> Insn {
    let f = Fields(word & 0x00ff_ffff);
    match f.op0() {
        op0::QRST => rrr::qrst(f),
        op0::L32R => immediate::l32r(f, pc),
        op0::LSAI => immediate::lsai(f),
        op0::LSCI => fpu::lsci(f),
        op0::MAC16 => mac16::mac16(f),
        op0::CALLN => immediate::calln(f, pc),
        op0::SI => immediate::si(f),
        op0::B => immediate::b(f),
        op0::L32I_N => density::l32i_n(f, Op::L32i),
        op0::S32I_N => density::l32i_n(f, Op::S32i),
        op0::ADD_N => f.narrow(Op::Add),
        op0::ADDI_N => density::addi_n(f),
        op0::ST2 => density::st2(f),
        op0::ST3 => density::st3(f),
        _ => Insn {
            imm: word,
            ..f.unknown()
        },
    }
}

/// First of the two op0 values that mark words of four bytes on the LX7. The LX6 has no such words.
const OP0_FIRST_LONG: u32 = 14;

/// The 24 bits of an instruction, with the ISA manual's names for their fields.
#[derive(Debug, Clone, Copy)]
struct Fields(u32);

impl Fields {
    fn bits(self, low: u32, count: u32) -> u32 {
        (self.0 >> low) & ((1 << count) - 1)
    }

    fn signed_bits(self, low: u32, count: u32) -> u32 {
        sign_extend(self.bits(low, count), count)
    }

    fn op0(self) -> u32 {
        self.bits(0, 4)
    }

    fn t(self) -> u32 {
        self.bits(4, 4)
    }

    /// Lower half of field t in the formats CALL, BRI8, BRI12.
    fn n(self) -> u32 {
        self.bits(4, 2)
    }

    /// Upper half of field t in the formats BRI8, BRI12.
    fn m(self) -> u32 {
        self.bits(6, 2)
    }

    fn s(self) -> u32 {
        self.bits(8, 4)
    }

    fn r(self) -> u32 {
        self.bits(12, 4)
    }

    fn op1(self) -> u32 {
        self.bits(16, 4)
    }

    fn op2(self) -> u32 {
        self.bits(20, 4)
    }

    /// Special register number: fields r and s.
    fn sr(self) -> u32 {
        self.bits(8, 8)
    }

    fn imm8(self) -> u32 {
        self.bits(16, 8)
    }

    fn imm8_signed(self) -> u32 {
        self.signed_bits(16, 8)
    }

    /// Whether the instruction takes two bytes: op0 8 to 13, the density option.
    fn is_narrow(self) -> bool {
        (op0::L32I_N..OP0_FIRST_LONG).contains(&self.op0())
    }

    /// Whether the instruction takes four bytes.
    fn is_long(self) -> bool {
        self.op0() >= OP0_FIRST_LONG
    }

    fn insn(self, op: Op, len: u8, imm: u32) -> Insn {
        Insn {
            op,
            len,
            r: self.r() as u8,
            s: self.s() as u8,
            t: self.t() as u8,
            imm,
        }
    }

    /// A three-byte instruction with the fields r, s, t where they stand; an entry that a table leaves at
    /// [`Op::Unknown`] becomes one.
    fn wide(self, op: Op) -> Insn {
        self.wide_imm(op, 0)
    }

    fn wide_imm(self, op: Op, imm: u32) -> Insn {
        match op {
            Op::Unknown => self.unknown(),
            op => self.insn(op, 3, imm),
        }
    }

    fn narrow(self, op: Op) -> Insn {
        self.insn(op, 2, 0)
    }

    fn unknown(self) -> Insn {
        let (len, bytes) = if self.is_narrow() {
            (2, self.0 & 0xffff)
        } else {
            (if self.is_long() { 4 } else { 3 }, self.0)
        };
        Insn {
            op: Op::Unknown,
            len,
            r: 0,
            s: 0,
            t: 0,
            imm: bytes,
        }
    }
}

/// The low `count` bits of `value` as a signed number.
fn sign_extend(value: u32, count: u32) -> u32 {
    let shift = 32 - count;
    ((value << shift).cast_signed() >> shift).cast_unsigned()
}

/// What branches and calls count from: the instruction's address plus four, whatever its length.
const BRANCH_BASE: u32 = 4;

/// Row or column of the opcode map, by the value of a four-bit field.
type Row = [Op; 16];

/// Looks `index` (a four-bit field) up in `row`.
fn entry(row: &Row, index: u32) -> Op {
    row.get(index as usize).copied().unwrap_or(Op::Unknown)
}
