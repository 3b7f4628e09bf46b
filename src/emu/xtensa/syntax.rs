//! Name and operands of every operation, as the assembler writes them: what the disassembler shows, and what the window
//! check looks at.

use Operand::{
    Address, Boolean, Constant, Float, Immediate, MaskBits, ShiftAmount, Target, UnsignedConstant,
    Value,
};

use super::op::{Insn, Op};

/// An instruction's register field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    R,
    S,
    T,
}

impl Field {
    /// The field's value in an instruction.
    pub fn of(self, insn: Insn) -> u8 {
        match self {
            Field::R => insn.r,
            Field::S => insn.s,
            Field::T => insn.t,
        }
    }
}

/// One operand in an instruction's text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operand {
    /// Address register.
    Address(Field),
    /// Floating-point register.
    Float(Field),
    /// Boolean register.
    Boolean(Field),
    /// A field that is a number, not a register.
    Value(Field),
    /// `imm` as a number.
    Immediate,
    /// Lower part of `EXTUI`'s `imm`.
    ShiftAmount,
    /// Upper part of `EXTUI`'s `imm`.
    MaskBits,
    /// The B4CONST of index r.
    Constant,
    /// The B4CONSTU of index r.
    UnsignedConstant,
    /// `imm` as a distance from the instruction.
    Target,
}

type Operands = &'static [Operand];

const AR: Operand = Address(Field::R);
const AS: Operand = Address(Field::S);
const AT: Operand = Address(Field::T);
const FR: Operand = Float(Field::R);
const FS: Operand = Float(Field::S);
const FT: Operand = Float(Field::T);
const BR: Operand = Boolean(Field::R);
const BS: Operand = Boolean(Field::S);
const BT: Operand = Boolean(Field::T);

// Named by the operands in order: R, S, T are address registers, F and B before them mark the other register files,
// I is the immediate.
const NONE: Operands = &[];
const S: Operands = &[AS];
const I: Operands = &[Immediate];
const TARGET: Operands = &[Target];
const RS: Operands = &[AR, AS];
const RT: Operands = &[AR, AT];
const TS: Operands = &[AT, AS];
const SI: Operands = &[AS, Immediate];
const TI: Operands = &[AT, Immediate];
const RST: Operands = &[AR, AS, AT];
const RSI: Operands = &[AR, AS, Immediate];
const RTI: Operands = &[AR, AT, Immediate];
const TSI: Operands = &[AT, AS, Immediate];
const EXTUI: Operands = &[AR, AT, ShiftAmount, MaskBits];
const BREAK: Operands = &[Value(Field::S), Value(Field::T)];
const BREAK_N: Operands = &[Value(Field::S)];
const T_TARGET: Operands = &[AT, Target];
const S_TARGET: Operands = &[AS, Target];
const ST_TARGET: Operands = &[AS, AT, Target];
const S_CONST_TARGET: Operands = &[AS, Constant, Target];
const S_UCONST_TARGET: Operands = &[AS, UnsignedConstant, Target];
const S_BIT_TARGET: Operands = &[AS, Value(Field::T), Target];
const BS_TARGET: Operands = &[BS, Target];
const RS_BT: Operands = &[AR, AS, BT];
const B_TS: Operands = &[BT, BS];
const B_RST: Operands = &[BR, BS, BT];
const F_RS: Operands = &[FR, FS];
const F_RST: Operands = &[FR, FS, FT];
const F_RS_T: Operands = &[FR, FS, AT];
const F_RS_BT: Operands = &[FR, FS, BT];
const BR_FS_FT: Operands = &[BR, FS, FT];
const FT_S_I: Operands = &[FT, AS, Immediate];
const FR_S_T: Operands = &[FR, AS, AT];
const FR_S_I: Operands = &[FR, AS, Immediate];
const R_FS_I: Operands = &[AR, FS, Immediate];
const FR_S: Operands = &[FR, AS];
const R_FS: Operands = &[AR, FS];
const R: Operands = &[AR];
const T: Operands = &[AT];
const FR_I: Operands = &[FR, Immediate];

/// Mnemonic without the density suffix, and operands.
///
/// The operands of special and user registers are the address register alone: their number is part of the name.
/// [`Op::Mac16`], [`Op::Pie`], [`Op::Unknown`] and the emulator's own have the name of nothing.
pub(super) fn syntax(op: Op) -> (&'static str, Operands) {
    core(op)
        .or_else(|| control(op))
        .or_else(|| system(op))
        .or_else(|| memory_system(op))
        .or_else(|| boolean(op))
        .or_else(|| float(op))
        .unwrap_or(("?", NONE))
}

/// Syntax of the register-register, shift, immediate, load and store operations.
fn core(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::And => ("and", RST),
        Op::Or => ("or", RST),
        Op::Xor => ("xor", RST),
        Op::Add => ("add", RST),
        Op::Addx2 => ("addx2", RST),
        Op::Addx4 => ("addx4", RST),
        Op::Addx8 => ("addx8", RST),
        Op::Sub => ("sub", RST),
        Op::Subx2 => ("subx2", RST),
        Op::Subx4 => ("subx4", RST),
        Op::Subx8 => ("subx8", RST),
        Op::Neg => ("neg", RT),
        Op::Abs => ("abs", RT),
        Op::Mul16u => ("mul16u", RST),
        Op::Mul16s => ("mul16s", RST),
        Op::Mull => ("mull", RST),
        Op::Muluh => ("muluh", RST),
        Op::Mulsh => ("mulsh", RST),
        Op::Quou => ("quou", RST),
        Op::Quos => ("quos", RST),
        Op::Remu => ("remu", RST),
        Op::Rems => ("rems", RST),
        Op::Min => ("min", RST),
        Op::Max => ("max", RST),
        Op::Minu => ("minu", RST),
        Op::Maxu => ("maxu", RST),
        Op::Salt => ("salt", RST),
        Op::Saltu => ("saltu", RST),
        Op::Sext => ("sext", RSI),
        Op::Clamps => ("clamps", RSI),
        Op::Nsa => ("nsa", TS),
        Op::Nsau => ("nsau", TS),
        Op::Moveqz => ("moveqz", RST),
        Op::Movnez => ("movnez", RST),
        Op::Movltz => ("movltz", RST),
        Op::Movgez => ("movgez", RST),
        Op::Movf => ("movf", RS_BT),
        Op::Movt => ("movt", RS_BT),
        Op::Mov => ("mov", TS),
        Op::Sll => ("sll", RS),
        Op::Srl => ("srl", RT),
        Op::Sra => ("sra", RT),
        Op::Src => ("src", RST),
        Op::Slli => ("slli", RSI),
        Op::Srli => ("srli", RTI),
        Op::Srai => ("srai", RTI),
        Op::Extui => ("extui", EXTUI),
        Op::Ssr => ("ssr", S),
        Op::Ssl => ("ssl", S),
        Op::Ssa8l => ("ssa8l", S),
        Op::Ssa8b => ("ssa8b", S),
        Op::Ssai => ("ssai", I),
        Op::Addi => ("addi", TSI),
        Op::Addmi => ("addmi", TSI),
        Op::Movi => ("movi", TI),
        Op::L8ui => ("l8ui", TSI),
        Op::L16ui => ("l16ui", TSI),
        Op::L16si => ("l16si", TSI),
        Op::L32i => ("l32i", TSI),
        Op::S8i => ("s8i", TSI),
        Op::S16i => ("s16i", TSI),
        Op::S32i => ("s32i", TSI),
        Op::L32ai => ("l32ai", TSI),
        Op::S32ri => ("s32ri", TSI),
        Op::S32c1i => ("s32c1i", TSI),
        Op::L32e => ("l32e", TSI),
        Op::S32e => ("s32e", TSI),
        Op::L32r => ("l32r", T_TARGET),
        _ => return None,
    })
}

/// Syntax of the branches, jumps and calls.
fn control(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::Beqz => ("beqz", S_TARGET),
        Op::Bnez => ("bnez", S_TARGET),
        Op::Bltz => ("bltz", S_TARGET),
        Op::Bgez => ("bgez", S_TARGET),
        Op::Beqi => ("beqi", S_CONST_TARGET),
        Op::Bnei => ("bnei", S_CONST_TARGET),
        Op::Blti => ("blti", S_CONST_TARGET),
        Op::Bgei => ("bgei", S_CONST_TARGET),
        Op::Bltui => ("bltui", S_UCONST_TARGET),
        Op::Bgeui => ("bgeui", S_UCONST_TARGET),
        Op::Beq => ("beq", ST_TARGET),
        Op::Bne => ("bne", ST_TARGET),
        Op::Blt => ("blt", ST_TARGET),
        Op::Bge => ("bge", ST_TARGET),
        Op::Bltu => ("bltu", ST_TARGET),
        Op::Bgeu => ("bgeu", ST_TARGET),
        Op::Bany => ("bany", ST_TARGET),
        Op::Bnone => ("bnone", ST_TARGET),
        Op::Ball => ("ball", ST_TARGET),
        Op::Bnall => ("bnall", ST_TARGET),
        Op::Bbc => ("bbc", ST_TARGET),
        Op::Bbs => ("bbs", ST_TARGET),
        Op::Bbci => ("bbci", S_BIT_TARGET),
        Op::Bbsi => ("bbsi", S_BIT_TARGET),
        Op::Bf => ("bf", BS_TARGET),
        Op::Bt => ("bt", BS_TARGET),
        Op::J => ("j", TARGET),
        Op::Jx => ("jx", S),
        Op::Call0 => ("call0", TARGET),
        Op::Call4 => ("call4", TARGET),
        Op::Call8 => ("call8", TARGET),
        Op::Call12 => ("call12", TARGET),
        Op::Callx0 => ("callx0", S),
        Op::Callx4 => ("callx4", S),
        Op::Callx8 => ("callx8", S),
        Op::Callx12 => ("callx12", S),
        Op::Ret => ("ret", NONE),
        Op::Retw => ("retw", NONE),
        Op::Entry => ("entry", SI),
        Op::Movsp => ("movsp", TS),
        Op::Rotw => ("rotw", I),
        Op::Loop => ("loop", S_TARGET),
        Op::Loopnez => ("loopnez", S_TARGET),
        Op::Loopgtz => ("loopgtz", S_TARGET),
        _ => return None,
    })
}

/// Syntax of the system operations.
fn system(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::EeWrMaskGpioOut => ("ee.wr_mask_gpio_out", TS),
        Op::EeSetBitGpioOut => ("ee.set_bit_gpio_out", I),
        Op::EeClrBitGpioOut => ("ee.clr_bit_gpio_out", I),
        Op::EeGetGpioIn => ("ee.get_gpio_in", T),
        Op::Rsr => ("rsr", T),
        Op::Wsr => ("wsr", T),
        Op::Xsr => ("xsr", T),
        Op::Rur => ("rur", R),
        Op::Wur => ("wur", T),
        Op::Rsil => ("rsil", TI),
        Op::Rfe => ("rfe", NONE),
        Op::Rfue => ("rfue", NONE),
        Op::Rfde => ("rfde", NONE),
        Op::Rfwo => ("rfwo", NONE),
        Op::Rfwu => ("rfwu", NONE),
        Op::Rfi => ("rfi", I),
        Op::Rfme => ("rfme", NONE),
        Op::Waiti => ("waiti", I),
        Op::Syscall => ("syscall", NONE),
        Op::Simcall => ("simcall", NONE),
        Op::Break => ("break", BREAK),
        Op::BreakN => ("break.n", BREAK_N),
        Op::Ill => ("ill", NONE),
        Op::Isync => ("isync", NONE),
        Op::Rsync => ("rsync", NONE),
        Op::Esync => ("esync", NONE),
        Op::Dsync => ("dsync", NONE),
        Op::Memw => ("memw", NONE),
        Op::Extw => ("extw", NONE),
        Op::Excw => ("excw", NONE),
        Op::Nop => ("nop", NONE),
        _ => return None,
    })
}

/// Syntax of the cache, TLB and external register operations.
fn memory_system(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::Dpfr => ("dpfr", SI),
        Op::Dpfw => ("dpfw", SI),
        Op::Dpfro => ("dpfro", SI),
        Op::Dpfwo => ("dpfwo", SI),
        Op::Dhwb => ("dhwb", SI),
        Op::Dhwbi => ("dhwbi", SI),
        Op::Dhi => ("dhi", SI),
        Op::Dii => ("dii", SI),
        Op::Dpfl => ("dpfl", SI),
        Op::Dhu => ("dhu", SI),
        Op::Diu => ("diu", SI),
        Op::Diwb => ("diwb", SI),
        Op::Diwbi => ("diwbi", SI),
        Op::Ipf => ("ipf", SI),
        Op::Ipfl => ("ipfl", SI),
        Op::Ihu => ("ihu", SI),
        Op::Iiu => ("iiu", SI),
        Op::Ihi => ("ihi", SI),
        Op::Iii => ("iii", SI),
        Op::Ritlb0 => ("ritlb0", TS),
        Op::Ritlb1 => ("ritlb1", TS),
        Op::Pitlb => ("pitlb", TS),
        Op::Witlb => ("witlb", TS),
        Op::Iitlb => ("iitlb", S),
        Op::Rdtlb0 => ("rdtlb0", TS),
        Op::Rdtlb1 => ("rdtlb1", TS),
        Op::Pdtlb => ("pdtlb", TS),
        Op::Wdtlb => ("wdtlb", TS),
        Op::Idtlb => ("idtlb", S),
        Op::Rer => ("rer", TS),
        Op::Wer => ("wer", TS),
        _ => return None,
    })
}

/// Syntax of the boolean operations.
fn boolean(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::Andb => ("andb", B_RST),
        Op::Andbc => ("andbc", B_RST),
        Op::Orb => ("orb", B_RST),
        Op::Orbc => ("orbc", B_RST),
        Op::Xorb => ("xorb", B_RST),
        Op::Any4 => ("any4", B_TS),
        Op::All4 => ("all4", B_TS),
        Op::Any8 => ("any8", B_TS),
        Op::All8 => ("all8", B_TS),
        _ => return None,
    })
}

/// Syntax of the floating-point operations.
///
/// The ESP32's core has the updating loads and stores in their post-increment form, hence their names (opcode tables of
/// the core in Espressif's QEMU, `target/xtensa/core-esp32`).
fn float(op: Op) -> Option<(&'static str, Operands)> {
    Some(match op {
        Op::Lsi => ("lsi", FT_S_I),
        Op::Lsiu => ("lsip", FT_S_I),
        Op::Ssi => ("ssi", FT_S_I),
        Op::Ssiu => ("ssip", FT_S_I),
        Op::Lsx => ("lsx", FR_S_T),
        Op::Lsxu => ("lsxp", FR_S_T),
        Op::Ssx => ("ssx", FR_S_T),
        Op::Ssxu => ("ssxp", FR_S_T),
        Op::AddS => ("add.s", F_RST),
        Op::SubS => ("sub.s", F_RST),
        Op::MulS => ("mul.s", F_RST),
        Op::MaddS => ("madd.s", F_RST),
        Op::MsubS => ("msub.s", F_RST),
        Op::MaddnS => ("maddn.s", F_RST),
        Op::DivnS => ("divn.s", F_RST),
        Op::RoundS => ("round.s", R_FS_I),
        Op::TruncS => ("trunc.s", R_FS_I),
        Op::FloorS => ("floor.s", R_FS_I),
        Op::CeilS => ("ceil.s", R_FS_I),
        Op::UtruncS => ("utrunc.s", R_FS_I),
        Op::FloatS => ("float.s", FR_S_I),
        Op::UfloatS => ("ufloat.s", FR_S_I),
        Op::MovS => ("mov.s", F_RS),
        Op::AbsS => ("abs.s", F_RS),
        Op::NegS => ("neg.s", F_RS),
        Op::Rfr => ("rfr", R_FS),
        Op::Wfr => ("wfr", FR_S),
        Op::ConstS => ("const.s", FR_I),
        Op::Sqrt0S => ("sqrt0.s", F_RS),
        Op::Div0S => ("div0.s", F_RS),
        Op::Recip0S => ("recip0.s", F_RS),
        Op::Rsqrt0S => ("rsqrt0.s", F_RS),
        Op::Nexp01S => ("nexp01.s", F_RS),
        Op::MksadjS => ("mksadj.s", F_RS),
        Op::MkdadjS => ("mkdadj.s", F_RS),
        Op::AddexpS => ("addexp.s", F_RS),
        Op::AddexpmS => ("addexpm.s", F_RS),
        Op::UnS => ("un.s", BR_FS_FT),
        Op::OeqS => ("oeq.s", BR_FS_FT),
        Op::UeqS => ("ueq.s", BR_FS_FT),
        Op::OltS => ("olt.s", BR_FS_FT),
        Op::UltS => ("ult.s", BR_FS_FT),
        Op::OleS => ("ole.s", BR_FS_FT),
        Op::UleS => ("ule.s", BR_FS_FT),
        Op::MoveqzS => ("moveqz.s", F_RS_T),
        Op::MovnezS => ("movnez.s", F_RS_T),
        Op::MovltzS => ("movltz.s", F_RS_T),
        Op::MovgezS => ("movgez.s", F_RS_T),
        Op::MovfS => ("movf.s", F_RS_BT),
        Op::MovtS => ("movt.s", F_RS_BT),
        _ => return None,
    })
}
