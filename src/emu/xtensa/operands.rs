//! Which address registers an instruction touches, for the window overflow check.

use super::op::{Insn, Op};

/// The highest group of four address registers (0-3) that the instruction reads or writes in the current window.
pub(super) fn highest_group(insn: &Insn) -> u8 {
    let (r, s, t) = (insn.r, insn.s, insn.t);
    let highest = match insn.op {
        Op::And
        | Op::Or
        | Op::Xor
        | Op::Add
        | Op::Addx2
        | Op::Addx4
        | Op::Addx8
        | Op::Sub
        | Op::Subx2
        | Op::Subx4
        | Op::Subx8
        | Op::Mul16u
        | Op::Mul16s
        | Op::Mull
        | Op::Muluh
        | Op::Mulsh
        | Op::Quou
        | Op::Quos
        | Op::Remu
        | Op::Rems
        | Op::Min
        | Op::Max
        | Op::Minu
        | Op::Maxu
        | Op::Salt
        | Op::Saltu
        | Op::Moveqz
        | Op::Movnez
        | Op::Movltz
        | Op::Movgez
        | Op::Src => r.max(s).max(t),
        Op::Neg | Op::Abs | Op::Srl | Op::Sra | Op::Srli | Op::Srai | Op::Extui => r.max(t),
        Op::Sext | Op::Clamps | Op::Sll | Op::Slli | Op::Movf | Op::Movt => r.max(s),
        Op::Nsa
        | Op::Nsau
        | Op::Mov
        | Op::Addi
        | Op::Addmi
        | Op::Movsp
        | Op::L8ui
        | Op::L16ui
        | Op::L16si
        | Op::L32i
        | Op::S8i
        | Op::S16i
        | Op::S32i
        | Op::L32ai
        | Op::S32ri
        | Op::S32c1i
        | Op::L32e
        | Op::S32e
        | Op::Beq
        | Op::Bne
        | Op::Blt
        | Op::Bge
        | Op::Bltu
        | Op::Bgeu
        | Op::Bany
        | Op::Bnone
        | Op::Ball
        | Op::Bnall
        | Op::Bbc
        | Op::Bbs
        | Op::EeWrMaskGpioOut
        | Op::Ritlb0
        | Op::Ritlb1
        | Op::Pitlb
        | Op::Witlb
        | Op::Rdtlb0
        | Op::Rdtlb1
        | Op::Pdtlb
        | Op::Wdtlb
        | Op::Rer
        | Op::Wer
        | Op::Lsx
        | Op::Lsxu
        | Op::Ssx
        | Op::Ssxu => s.max(t),
        Op::Ssr
        | Op::Ssl
        | Op::Ssa8l
        | Op::Ssa8b
        | Op::Beqz
        | Op::Bnez
        | Op::Bltz
        | Op::Bgez
        | Op::Beqi
        | Op::Bnei
        | Op::Blti
        | Op::Bgei
        | Op::Bltui
        | Op::Bgeui
        | Op::Bbci
        | Op::Bbsi
        | Op::Jx
        | Op::Callx0
        | Op::Loop
        | Op::Loopnez
        | Op::Loopgtz
        | Op::Lsi
        | Op::Lsiu
        | Op::Ssi
        | Op::Ssiu
        | Op::Wfr
        | Op::FloatS
        | Op::UfloatS
        | Op::Iitlb
        | Op::Idtlb => s,
        Op::Movi
        | Op::L32r
        | Op::Rsr
        | Op::Wsr
        | Op::Xsr
        | Op::Wur
        | Op::EeGetGpioIn
        | Op::Rsil
        | Op::MoveqzS
        | Op::MovnezS
        | Op::MovltzS
        | Op::MovgezS => t,
        Op::Rur | Op::Rfr | Op::RoundS | Op::TruncS | Op::FloorS | Op::CeilS | Op::UtruncS => r,
        Op::Call4 => 4,
        Op::Call8 => 8,
        Op::Call12 => 12,
        Op::Callx4 => s.max(4),
        Op::Callx8 => s.max(8),
        Op::Callx12 => s.max(12),
        Op::Mac16 => super::mac16::highest_register(insn.imm),
        _ => 0,
    };
    highest >> 2 & 3
}
