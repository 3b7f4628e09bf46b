//! A small assembler for test programs: encodings by instruction format of the Xtensa ISA reference manual.
//!
//! Written from the manual's format figures and independent of the decoder under test.

/// Address register numbers, to tell them from immediates at the call.
pub type Reg = u32;

/// Machine code under construction at a known address.
pub struct Asm {
    origin: u32,
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

    pub fn align(&mut self, alignment: usize) {
        let len = self.bytes.len().next_multiple_of(alignment);
        self.bytes.resize(len, 0);
    }

    pub fn word(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// A three-byte instruction.
    pub fn wide(&mut self, word: u32) {
        assert_eq!(word >> 24, 0);
        self.bytes.extend(&word.to_le_bytes()[..3]);
    }

    /// A two-byte instruction.
    pub fn narrow(&mut self, word: u32) {
        assert_eq!(word >> 16, 0);
        self.bytes.extend(&word.to_le_bytes()[..2]);
    }

    pub fn insn(&mut self, insn: Encoding) {
        match insn {
            Encoding::Wide(word) => self.wide(word),
            Encoding::Narrow(word) => self.narrow(word),
        }
    }

    /// L32R from a literal that was already placed.
    pub fn l32r(&mut self, t: Reg, literal: u32) {
        let base = (self.here() + 3) & !3;
        let offset = (literal.wrapping_sub(base) >> 2) & 0xffff;
        assert!(literal < base && literal.is_multiple_of(4));
        self.wide(offset << 8 | t << 4 | 1);
    }

    pub fn jump(&mut self, target: u32) {
        let offset = target.wrapping_sub(self.here() + 4) & 0x3_ffff;
        self.wide(offset << 6 | 6);
    }

    /// CALL0, CALL4, CALL8, CALL12 by `groups` 0-3.
    pub fn call(&mut self, groups: u32, target: u32) {
        assert!(target.is_multiple_of(4), "call targets are aligned");
        let offset = (target.wrapping_sub((self.here() & !3) + 4) >> 2) & 0x3_ffff;
        self.wide(offset << 6 | groups << 4 | 5);
    }

    /// Branch of format BRI12 (`BNEZ` is m = 1) to a placed target.
    pub fn bnez(&mut self, s: Reg, target: u32) {
        let offset = target.wrapping_sub(self.here() + 4) & 0xfff;
        self.wide(offset << 12 | s << 8 | 0x56);
    }
}

/// One encoded instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Wide(u32),
    Narrow(u32),
}

/// Format RRR.
pub fn rrr(op2: u32, op1: u32, r: u32, s: u32, t: u32) -> Encoding {
    Encoding::Wide(op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4)
}

/// Format RRR with op0 4: MAC16.
pub fn mac(op2: u32, op1: u32, r: u32, s: u32, t: u32) -> Encoding {
    Encoding::Wide(op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4 | 4)
}

/// Format RRI8.
pub fn rri8(op0: u32, r: u32, s: u32, t: u32, imm8: u32) -> Encoding {
    Encoding::Wide((imm8 & 0xff) << 16 | r << 12 | s << 8 | t << 4 | op0)
}

/// Format RRRN.
pub fn rrrn(op0: u32, r: u32, s: u32, t: u32) -> Encoding {
    Encoding::Narrow(r << 12 | s << 8 | t << 4 | op0)
}

pub fn movi(t: Reg, value: i32) -> Encoding {
    let value = value.cast_unsigned();
    rri8(2, 10, value >> 8 & 0xf, t, value)
}

pub fn mov(r: Reg, s: Reg) -> Encoding {
    rrr(2, 0, r, s, s)
}

pub fn addi(t: Reg, s: Reg, value: i32) -> Encoding {
    rri8(2, 12, s, t, value.cast_unsigned())
}

pub fn l32i(t: Reg, s: Reg, offset: u32) -> Encoding {
    rri8(2, 2, s, t, offset / 4)
}

pub fn s32i(t: Reg, s: Reg, offset: u32) -> Encoding {
    rri8(2, 6, s, t, offset / 4)
}

pub fn lsi(t: u32, s: Reg, offset: u32) -> Encoding {
    rri8(3, 0, s, t, offset / 4)
}

pub fn ssi(t: u32, s: Reg, offset: u32) -> Encoding {
    rri8(3, 4, s, t, offset / 4)
}

/// L32E (`store` false), S32E: `offset` -64 to -4.
pub fn window_access(store: bool, t: Reg, s: Reg, offset: i32) -> Encoding {
    let r = u32::try_from((offset + 64) / 4).expect("offset from -64 to -4");
    rrr(if store { 4 } else { 0 }, 9, r, s, t)
}

pub fn rsr(number: u32, t: Reg) -> Encoding {
    rrr(0, 3, number >> 4, number & 15, t)
}

pub fn wsr(number: u32, t: Reg) -> Encoding {
    rrr(1, 3, number >> 4, number & 15, t)
}

pub fn xsr(number: u32, t: Reg) -> Encoding {
    rrr(6, 1, number >> 4, number & 15, t)
}

pub fn rur(number: u32, r: Reg) -> Encoding {
    rrr(14, 3, r, number >> 4, number & 15)
}

pub fn wur(number: u32, t: Reg) -> Encoding {
    rrr(15, 3, number >> 4, number & 15, t)
}

/// EXTUI: bits `shift` to `shift + bits - 1`.
pub fn extui(r: Reg, t: Reg, shift: u32, bits: u32) -> Encoding {
    rrr(bits - 1, 4 + (shift >> 4), r, shift & 15, t)
}

pub fn slli(r: Reg, s: Reg, amount: u32) -> Encoding {
    let field = 32 - amount;
    rrr(field >> 4, 1, r, s, field & 15)
}

pub fn entry(s: Reg, size: u32) -> Encoding {
    Encoding::Wide((size / 8) << 12 | s << 8 | 0x36)
}

pub const RSYNC: Encoding = Encoding::Wide(0x00_2010);
pub const ISYNC: Encoding = Encoding::Wide(0x00_2000);
pub const RETW: Encoding = Encoding::Wide(0x00_0090);
pub const RETW_N: Encoding = Encoding::Narrow(0xf01d);
pub const RET_N: Encoding = Encoding::Narrow(0xf00d);
pub const NOP_N: Encoding = Encoding::Narrow(0xf03d);
pub const NOP: Encoding = Encoding::Wide(0x00_20f0);
pub const RFE: Encoding = Encoding::Wide(0x00_3000);
pub const RFWO: Encoding = Encoding::Wide(0x00_3400);
pub const RFWU: Encoding = Encoding::Wide(0x00_3500);
pub const SIMCALL: Encoding = Encoding::Wide(0x00_5100);

/// Special register numbers.
pub mod sr {
    pub const LBEG: u32 = 0;
    pub const LEND: u32 = 1;
    pub const LCOUNT: u32 = 2;
    pub const SAR: u32 = 3;
    pub const BR: u32 = 4;
    pub const SCOMPARE1: u32 = 12;
    pub const ACCLO: u32 = 16;
    pub const ACCHI: u32 = 17;
    pub const M0: u32 = 32;
    pub const WINDOWBASE: u32 = 72;
    pub const WINDOWSTART: u32 = 73;
    pub const ATOMCTL: u32 = 99;
    pub const EPC1: u32 = 177;
    pub const EXCSAVE1: u32 = 209;
    pub const CPENABLE: u32 = 224;
    pub const PS: u32 = 230;
    pub const VECBASE: u32 = 231;
    pub const EXCCAUSE: u32 = 232;
}

/// User register numbers.
pub mod ur {
    pub const THREADPTR: u32 = 231;
    pub const FCR: u32 = 232;
    pub const FSR: u32 = 233;
}
