//! Decoded Xtensa instructions: the operations and their operands.

/// A decoded instruction.
///
/// `r`, `s`, `t` are the instruction's fields of those names, as register numbers 0-15 (address, boolean or floating
/// point as the operation says). For instructions whose operands stand elsewhere, the decoder normalises: see [`Op`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Insn {
    /// The operation.
    pub op: Op,
    /// Length in bytes, 2 to 4.
    pub len: u8,
    /// Field r.
    pub r: u8,
    /// Field s.
    pub s: u8,
    /// Field t.
    pub t: u8,
    /// Immediate, sign-extended and scaled. For branches, jumps, calls, loops and `L32R`: target minus the
    /// instruction's own address.
    pub imm: u32,
}

/// Operations, by the instruction names of the Xtensa ISA reference manual. Narrow (density) forms are decoded to the wide operation of the same effect; `len` tells them apart.
///
/// Conventions: results go to `ar[r]` for register-register operations, to `ar[t]` for immediate forms and loads, as in
/// the ISA's own field use. Exceptions to that are named at the variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Op {
    // Emulator-internal states of a slot in the decoded-code cache; never produced by `decode`.
    /// Slot not decoded yet.
    Undecoded,
    /// Instruction that straddles two pages.
    Straddle,
    /// An instruction at whose end a zero-overhead loop may wrap; the real one stands aside.
    LoopEnd,
    /// Bytes that are no known instruction; `imm` holds them.
    Unknown,

    // Register-register arithmetic: ar[r] = ar[s] op ar[t].
    And,
    Or,
    Xor,
    Add,
    Addx2,
    Addx4,
    Addx8,
    Sub,
    Subx2,
    Subx4,
    Subx8,
    /// ar\[r\] = -ar\[t\].
    Neg,
    /// ar\[r\] = |ar\[t\]|.
    Abs,
    Mul16u,
    Mul16s,
    Mull,
    Muluh,
    Mulsh,
    Quou,
    Quos,
    Remu,
    Rems,
    Min,
    Max,
    Minu,
    Maxu,
    /// ar\[r\] = ar\[s\] < ar\[t\], signed; LX7 only.
    Salt,
    /// ar\[r\] = ar\[s\] < ar\[t\], unsigned; LX7 only.
    Saltu,
    /// ar\[r\] = sign-extend ar\[s\] from bit `imm` (7-22).
    Sext,
    /// ar\[r\] = clamp ar\[s\] to `imm`+1 bits signed (7-22).
    Clamps,
    /// ar\[t\] = normalisation shift amount of ar\[s\].
    Nsa,
    Nsau,
    /// if ar\[t\] cond: ar\[r\] = ar\[s\].
    Moveqz,
    Movnez,
    Movltz,
    Movgez,
    /// if b\[t\] clear / set: ar\[r\] = ar\[s\].
    Movf,
    Movt,
    /// MOV.N: ar\[t\] = ar\[s\].
    Mov,

    // Shifts.
    /// ar\[r\] = ar\[s\] << (32 - SAR).
    Sll,
    /// ar\[r\] = ar\[t\] >> SAR.
    Srl,
    Sra,
    /// ar\[r\] = (ar\[s\]:ar\[t\]) >> SAR.
    Src,
    /// ar\[r\] = ar\[s\] << imm (1-31).
    Slli,
    /// ar\[r\] = ar\[t\] >> imm.
    Srli,
    Srai,
    /// ar\[r\] = (ar\[t\] >> (imm & 31)) & mask; mask is in the upper bits: `imm >> 8` is the number of mask bits (1-16).
    Extui,
    /// SAR from ar\[s\].
    Ssr,
    Ssl,
    Ssa8l,
    Ssa8b,
    /// SAR = imm.
    Ssai,

    // Immediates.
    /// ar\[t\] = ar\[s\] + imm. ADDI.N is normalised to these fields too.
    Addi,
    Addmi,
    /// ar\[t\] = imm. MOVI.N is normalised to these fields too.
    Movi,

    // Loads and stores: address ar[s] + imm, data ar[t].
    L8ui,
    L16ui,
    L16si,
    L32i,
    S8i,
    S16i,
    S32i,
    L32ai,
    S32ri,
    S32c1i,
    L32e,
    S32e,
    /// ar\[t\] = word at ((pc & !3) + ...): `imm` is target minus own address.
    L32r,

    // Branches, on ar[s] (and ar[t]).
    Beqz,
    Bnez,
    Bltz,
    Bgez,
    /// Compare ar\[s\] with a constant: the constant (B4CONST, B4CONSTU) is stored as index in `r`.
    Beqi,
    Bnei,
    Blti,
    Bgei,
    Bltui,
    Bgeui,
    Beq,
    Bne,
    Blt,
    Bge,
    Bltu,
    Bgeu,
    Bany,
    Bnone,
    Ball,
    Bnall,
    /// Bit number ar\[t\] & 31.
    Bbc,
    Bbs,
    /// Bit number in `t` (0-31).
    Bbci,
    Bbsi,
    /// On b\[s\].
    Bf,
    Bt,

    // Jumps and calls.
    J,
    Jx,
    Call0,
    Call4,
    Call8,
    Call12,
    Callx0,
    Callx4,
    Callx8,
    Callx12,
    Ret,
    Retw,
    /// Frame size in bytes in `imm`.
    Entry,
    /// ar\[t\] = ar\[s\] with the window check.
    Movsp,
    /// `imm` sign-extended.
    Rotw,
    Loop,
    Loopnez,
    Loopgtz,

    // Special and user registers: number in `imm`; RSR/WSR/XSR/WUR use ar[t], RUR ar[r].
    Rsr,
    Wsr,
    Xsr,
    Rur,
    Wur,
    /// ar\[t\] = PS, PS.INTLEVEL = imm.
    Rsil,
    Rfe,
    Rfue,
    Rfde,
    Rfwo,
    Rfwu,
    /// Level in `imm`.
    Rfi,
    Rfme,
    Waiti,
    Syscall,
    Simcall,
    Break,
    BreakN,
    Ill,
    Isync,
    Rsync,
    Esync,
    Dsync,
    Memw,
    Extw,
    Excw,
    Nop,

    // Caches and TLBs: no effect on the ESP32 beyond the address check.
    Dpfr,
    Dpfw,
    Dpfro,
    Dpfwo,
    Dhwb,
    Dhwbi,
    Dhi,
    Dii,
    Dpfl,
    Dhu,
    Diu,
    Diwb,
    Diwbi,
    Ipf,
    Ipfl,
    Ihu,
    Iiu,
    Ihi,
    Iii,
    Ritlb0,
    Ritlb1,
    Pitlb,
    Witlb,
    Iitlb,
    Rdtlb0,
    Rdtlb1,
    Pdtlb,
    Wdtlb,
    Idtlb,
    Rer,
    Wer,

    // Booleans: b[r] = b[s] op b[t]; Any/All: b[t] from b[s..].
    Andb,
    Andbc,
    Orb,
    Orbc,
    Xorb,
    Any4,
    All4,
    Any8,
    All8,

    /// All MAC16 instructions; `imm` holds the instruction's 24 bits.
    Mac16,

    // Floating point: registers f[r], f[s], f[t]; memory forms: f[t] at ar[s]+imm, or f[r] at ar[s]+ar[t]. The updating
    // forms (U) access ar[s] and add the offset to it afterwards, as the LX6's LSIP does.
    Lsi,
    Lsiu,
    Ssi,
    Ssiu,
    Lsx,
    Lsxu,
    Ssx,
    Ssxu,
    AddS,
    SubS,
    MulS,
    MaddS,
    MsubS,
    MaddnS,
    DivnS,
    /// ar\[r\] from f\[s\], scale 2^imm.
    RoundS,
    TruncS,
    FloorS,
    CeilS,
    UtruncS,
    /// f\[r\] from ar\[s\], scale 2^-imm.
    FloatS,
    UfloatS,
    MovS,
    AbsS,
    NegS,
    /// ar\[r\] = bits of f\[s\].
    Rfr,
    /// f\[r\] = bits in ar\[s\].
    Wfr,
    /// f\[r\] = constant number imm.
    ConstS,
    Sqrt0S,
    Div0S,
    Recip0S,
    Rsqrt0S,
    Nexp01S,
    MksadjS,
    MkdadjS,
    AddexpS,
    AddexpmS,
    /// b\[r\] from f\[s\], f\[t\].
    UnS,
    OeqS,
    UeqS,
    OltS,
    UltS,
    OleS,
    UleS,
    /// f\[r\] = f\[s\] if ar\[t\] cond / b\[t\].
    MoveqzS,
    MovnezS,
    MovltzS,
    MovgezS,
    MovfS,
    MovtS,

    // The ESP32-S3's additions.
    /// GPIO_OUT = (GPIO_OUT & !ar\[s\]) | (ar\[t\] & ar\[s\]).
    EeWrMaskGpioOut,
    /// GPIO_OUT |= imm.
    EeSetBitGpioOut,
    /// GPIO_OUT &= !imm.
    EeClrBitGpioOut,
    /// ar\[t\] = the dedicated GPIO inputs.
    EeGetGpioIn,
    /// Any vector instruction; `imm` holds its bytes.
    Pie,
}
