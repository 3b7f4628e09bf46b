//! Group QRST: register-register instructions, shifts, special registers and everything without a long immediate.

use super::{Fields, Row, entry, fpu};
use crate::emu::xtensa::op::{Insn, Op};

/// Field op1 of QRST.
mod op1 {
    pub const RST0: u32 = 0;
    pub const RST1: u32 = 1;
    pub const RST2: u32 = 2;
    pub const RST3: u32 = 3;
    pub const EXTUI: u32 = 4;
    /// `EXTUI` of a bit number from 16 up.
    pub const EXTUI_HIGH: u32 = 5;
    pub const LSCX: u32 = 8;
    pub const LSC4: u32 = 9;
    pub const FP0: u32 = 10;
    pub const FP1: u32 = 11;
}

/// Decodes the group.
pub(super) fn qrst(f: Fields) -> Insn {
    match f.op1() {
        op1::RST0 => rst0(f),
        op1::RST1 => rst1(f),
        op1::RST2 => f.wide(entry(&RST2, f.op2())),
        op1::RST3 => rst3(f),
        op1::EXTUI | op1::EXTUI_HIGH => extui(f),
        op1::LSCX => fpu::lscx(f),
        op1::LSC4 => lsc4(f),
        op1::FP0 => fpu::fp0(f),
        op1::FP1 => fpu::fp1(f),
        _ => f.unknown(),
    }
}

/// Field op2 of RST0.
const RST0: Row = [
    Op::Unknown, // ST0, by field r
    Op::And,
    Op::Or,
    Op::Xor,
    Op::Unknown, // ST1, by field r
    Op::Unknown, // TLB, by field r
    Op::Unknown, // RT0, by field s
    Op::Unknown,
    Op::Add,
    Op::Addx2,
    Op::Addx4,
    Op::Addx8,
    Op::Sub,
    Op::Subx2,
    Op::Subx4,
    Op::Subx8,
];

const RST0_ST0: u32 = 0;
const RST0_ST1: u32 = 4;
const RST0_TLB: u32 = 5;
const RST0_RT0: u32 = 6;

fn rst0(f: Fields) -> Insn {
    match f.op2() {
        RST0_ST0 => st0(f),
        RST0_ST1 => st1(f),
        RST0_TLB => tlb(f),
        RST0_RT0 => f.wide(match f.s() {
            0 => Op::Neg,
            1 => Op::Abs,
            _ => Op::Unknown,
        }),
        op2 => f.wide(entry(&RST0, op2)),
    }
}

/// Field r of ST0.
mod st0 {
    pub const SNM0: u32 = 0;
    pub const MOVSP: u32 = 1;
    pub const SYNC: u32 = 2;
    pub const RFEI: u32 = 3;
    pub const BREAK: u32 = 4;
    pub const SYSCALL: u32 = 5;
    pub const RSIL: u32 = 6;
    pub const WAITI: u32 = 7;
    pub const ANY4: u32 = 8;
    pub const ALL4: u32 = 9;
    pub const ANY8: u32 = 10;
    pub const ALL8: u32 = 11;
}

fn st0(f: Fields) -> Insn {
    match f.r() {
        st0::SNM0 => snm0(f),
        st0::MOVSP => f.wide(Op::Movsp),
        st0::SYNC => sync(f),
        st0::RFEI => rfei(f),
        st0::BREAK => f.wide(Op::Break),
        st0::SYSCALL => f.wide(match (f.s(), f.t()) {
            (0, 0) => Op::Syscall,
            (1, 0) => Op::Simcall,
            _ => Op::Unknown,
        }),
        st0::RSIL => f.wide_imm(Op::Rsil, f.s()),
        st0::WAITI if f.t() == 0 => f.wide_imm(Op::Waiti, f.s()),
        st0::ANY4 => boolean_group(f, Op::Any4, 4),
        st0::ALL4 => boolean_group(f, Op::All4, 4),
        st0::ANY8 => boolean_group(f, Op::Any8, 8),
        st0::ALL8 => boolean_group(f, Op::All8, 8),
        _ => f.unknown(),
    }
}

/// A reduction of `size` booleans, of which field s names the group by any of its members.
fn boolean_group(f: Fields, op: Op, size: u8) -> Insn {
    let insn = f.wide(op);
    Insn {
        s: insn.s / size * size,
        ..insn
    }
}

/// Field m of SNM0.
const SNM0_ILL: u32 = 0;
const SNM0_JR: u32 = 2;
const SNM0_CALLX: u32 = 3;

fn snm0(f: Fields) -> Insn {
    /// Field n of JR.
    const JR: [Op; 4] = [Op::Ret, Op::Retw, Op::Jx, Op::Unknown];
    /// Field n of CALLX.
    const CALLX: [Op; 4] = [Op::Callx0, Op::Callx4, Op::Callx8, Op::Callx12];
    let by_n = |ops: [Op; 4]| ops.get(f.n() as usize).copied().unwrap_or(Op::Unknown);
    match f.m() {
        SNM0_ILL if f.n() == 0 && f.s() == 0 => f.wide(Op::Ill),
        // The manual gives RET and RETW a zero s; the tools, and so presumably the core, do not look.
        SNM0_JR => f.wide(by_n(JR)),
        SNM0_CALLX => f.wide(by_n(CALLX)),
        _ => f.unknown(),
    }
}

/// Field t of SYNC.
const SYNC: Row = [
    Op::Isync,
    Op::Rsync,
    Op::Esync,
    Op::Dsync,
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Excw,
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Memw,
    Op::Extw,
    Op::Unknown,
    Op::Nop,
];

fn sync(f: Fields) -> Insn {
    match f.s() {
        0 => f.wide(entry(&SYNC, f.t())),
        _ => f.unknown(),
    }
}

/// Field t of RFEI.
const RFEI_RFET: u32 = 0;
const RFEI_RFI: u32 = 1;
const RFEI_RFME: u32 = 2;

/// Field s of RFET.
const RFET_RFE: u32 = 0;
const RFET_RFUE: u32 = 1;
const RFET_RFDE: u32 = 2;
const RFET_RFWO: u32 = 4;
const RFET_RFWU: u32 = 5;

fn rfei(f: Fields) -> Insn {
    match f.t() {
        RFEI_RFET => f.wide(match f.s() {
            RFET_RFE => Op::Rfe,
            RFET_RFUE => Op::Rfue,
            RFET_RFDE => Op::Rfde,
            RFET_RFWO => Op::Rfwo,
            RFET_RFWU => Op::Rfwu,
            _ => Op::Unknown,
        }),
        RFEI_RFI => f.wide_imm(Op::Rfi, f.s()),
        RFEI_RFME if f.s() == 0 => f.wide(Op::Rfme),
        _ => f.unknown(),
    }
}

/// Field r of ST1.
mod st1 {
    pub const SSR: u32 = 0;
    pub const SSL: u32 = 1;
    pub const SSA8L: u32 = 2;
    pub const SSA8B: u32 = 3;
    pub const SSAI: u32 = 4;
    pub const RER: u32 = 6;
    pub const WER: u32 = 7;
    pub const ROTW: u32 = 8;
    pub const NSA: u32 = 14;
    pub const NSAU: u32 = 15;
}

fn st1(f: Fields) -> Insn {
    let without_t = f.t() == 0;
    match f.r() {
        st1::SSR if without_t => f.wide(Op::Ssr),
        st1::SSL if without_t => f.wide(Op::Ssl),
        st1::SSA8L if without_t => f.wide(Op::Ssa8l),
        st1::SSA8B if without_t => f.wide(Op::Ssa8b),
        // The amount's fifth bit is the lowest of t.
        st1::SSAI if f.bits(5, 3) == 0 => f.wide_imm(Op::Ssai, f.bits(4, 1) << 4 | f.s()),
        st1::RER => f.wide(Op::Rer),
        st1::WER => f.wide(Op::Wer),
        st1::ROTW if f.s() == 0 => f.wide_imm(Op::Rotw, f.signed_bits(4, 4)),
        st1::NSA => f.wide(Op::Nsa),
        st1::NSAU => f.wide(Op::Nsau),
        _ => f.unknown(),
    }
}

/// Field r of TLB.
const TLB: Row = [
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Ritlb0,
    Op::Iitlb,
    Op::Pitlb,
    Op::Witlb,
    Op::Ritlb1,
    Op::Unknown,
    Op::Unknown,
    Op::Unknown,
    Op::Rdtlb0,
    Op::Idtlb,
    Op::Pdtlb,
    Op::Wdtlb,
    Op::Rdtlb1,
];

fn tlb(f: Fields) -> Insn {
    match entry(&TLB, f.r()) {
        Op::Iitlb | Op::Idtlb if f.t() != 0 => f.unknown(),
        op => f.wide(op),
    }
}

/// Field op2 of RST1. Shifts by a constant have the amount's fifth bit in op2, in bit 0.
const RST1: Row = [
    Op::Slli,
    Op::Slli,
    Op::Srai,
    Op::Srai,
    Op::Srli,
    Op::Unknown,
    Op::Xsr,
    Op::Unknown,
    Op::Src,
    Op::Srl,
    Op::Sll,
    Op::Sra,
    Op::Mul16u,
    Op::Mul16s,
    Op::Unknown,
    Op::Unknown,
];

fn rst1(f: Fields) -> Insn {
    let high = f.bits(20, 1) << 4;
    match entry(&RST1, f.op2()) {
        // The field counts from 32 down. 32 itself (field 0) is no valid amount; the tools read it as 32.
        Op::Slli => f.wide_imm(Op::Slli, 32 - (high | f.t())),
        Op::Srai => f.wide_imm(Op::Srai, high | f.s()),
        Op::Srli => f.wide_imm(Op::Srli, f.s()),
        Op::Xsr => f.wide_imm(Op::Xsr, f.sr()),
        Op::Srl | Op::Sra if f.s() != 0 => f.unknown(),
        Op::Sll if f.t() != 0 => f.unknown(),
        op => f.wide(op),
    }
}

/// Field op2 of RST2.
const RST2: Row = [
    Op::Andb,
    Op::Andbc,
    Op::Orb,
    Op::Orbc,
    Op::Xorb,
    Op::Unknown,
    Op::Saltu,
    Op::Salt,
    Op::Mull,
    Op::Unknown,
    Op::Muluh,
    Op::Mulsh,
    Op::Quou,
    Op::Quos,
    Op::Remu,
    Op::Rems,
];

/// Field op2 of RST3.
const RST3: Row = [
    Op::Rsr,
    Op::Wsr,
    Op::Sext,
    Op::Clamps,
    Op::Min,
    Op::Max,
    Op::Minu,
    Op::Maxu,
    Op::Moveqz,
    Op::Movnez,
    Op::Movltz,
    Op::Movgez,
    Op::Movf,
    Op::Movt,
    Op::Rur,
    Op::Wur,
];

/// `SEXT` and `CLAMPS` name bits 7 to 22 by a four-bit field.
const FIRST_SIGN_BIT: u32 = 7;

fn rst3(f: Fields) -> Insn {
    let op = entry(&RST3, f.op2());
    let imm = match op {
        Op::Rsr | Op::Wsr | Op::Wur => f.sr(),
        // Its result stands in r, so the number takes s and t.
        Op::Rur => f.bits(4, 8),
        Op::Sext | Op::Clamps => f.t() + FIRST_SIGN_BIT,
        _ => 0,
    };
    f.wide_imm(op, imm)
}

/// `EXTUI`: amount in s with its fifth bit in op1, width less one in op2.
fn extui(f: Fields) -> Insn {
    let shift = f.bits(16, 1) << 4 | f.s();
    f.wide_imm(Op::Extui, (f.op2() + 1) << 8 | shift)
}

/// Field op2 of LSC4.
const LSC4_L32E: u32 = 0;
const LSC4_S32E: u32 = 4;

/// Loads and stores of the window exception handlers: negative offsets of up to 16 words, in r.
fn lsc4(f: Fields) -> Insn {
    let op = match f.op2() {
        LSC4_L32E => Op::L32e,
        LSC4_S32E => Op::S32e,
        _ => Op::Unknown,
    };
    f.wide_imm(op, (f.r() << 2).wrapping_sub(64))
}
