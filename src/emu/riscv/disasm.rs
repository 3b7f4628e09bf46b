//! Decoded instructions as text, in the syntax of GNU objdump, for traces and failure reports.

use std::fmt;

use super::csr;
use super::op::{Insn, Op};

/// Names of the registers in the calling convention (RISC-V ABIs specification, "Integer Register Convention").
const NAMES: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
    "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
    "t5", "t6",
];
const ZERO: u8 = 0;
const RA: u8 = 1;
const ALL_ONES: u32 = u32::MAX;

/// Name of register `index` (modulo 32) in the calling convention.
pub fn register_name(index: u8) -> &'static str {
    NAMES[usize::from(index) % NAMES.len()]
}

/// An instruction and its address, displayed as objdump would, `addi sp, sp, -16`; targets are absolute addresses.
///
/// Compressed instructions read as those that they stand for. Where objdump has a choice, this writes: the usual short
/// forms (`li`, `mv`, `ret`, `beqz`, `csrr`), one space after the mnemonic, `0x` before targets, no symbols.
#[derive(Debug, Clone, Copy)]
pub struct Disasm {
    insn: Insn,
    pc: u32,
}

impl Insn {
    /// The instruction as text, for the address `pc` at which it stands.
    pub fn disasm(self, pc: u32) -> Disasm {
        Disasm { insn: self, pc }
    }
}

/// The instruction's own name.
fn mnemonic(op: Op) -> &'static str {
    match op {
        Op::Undecoded | Op::Straddle | Op::Nothing | Op::Illegal => "unimp",
        Op::Lui => "lui",
        Op::Auipc => "auipc",
        Op::Jal => "jal",
        Op::Jalr => "jalr",
        Op::Beq => "beq",
        Op::Bne => "bne",
        Op::Blt => "blt",
        Op::Bge => "bge",
        Op::Bltu => "bltu",
        Op::Bgeu => "bgeu",
        Op::Lb => "lb",
        Op::Lh => "lh",
        Op::Lw => "lw",
        Op::Lbu => "lbu",
        Op::Lhu => "lhu",
        Op::Sb => "sb",
        Op::Sh => "sh",
        Op::Sw => "sw",
        Op::Addi => "addi",
        Op::Slti => "slti",
        Op::Sltiu => "sltiu",
        Op::Xori => "xori",
        Op::Ori => "ori",
        Op::Andi => "andi",
        Op::Slli => "slli",
        Op::Srli => "srli",
        Op::Srai => "srai",
        Op::Add => "add",
        Op::Sub => "sub",
        Op::Sll => "sll",
        Op::Slt => "slt",
        Op::Sltu => "sltu",
        Op::Xor => "xor",
        Op::Srl => "srl",
        Op::Sra => "sra",
        Op::Or => "or",
        Op::And => "and",
        Op::Mul => "mul",
        Op::Mulh => "mulh",
        Op::Mulhsu => "mulhsu",
        Op::Mulhu => "mulhu",
        Op::Div => "div",
        Op::Divu => "divu",
        Op::Rem => "rem",
        Op::Remu => "remu",
        Op::Fence => "fence",
        Op::FenceI => "fence.i",
        Op::Ecall => "ecall",
        Op::Ebreak => "ebreak",
        Op::Mret => "mret",
        Op::Wfi => "wfi",
        Op::Csrrw => "csrrw",
        Op::Csrrs => "csrrs",
        Op::Csrrc => "csrrc",
        Op::Csrrwi => "csrrwi",
        Op::Csrrsi => "csrrsi",
        Op::Csrrci => "csrrci",
        Op::LrW => "lr.w",
        Op::ScW => "sc.w",
        Op::AmoswapW => "amoswap.w",
        Op::AmoaddW => "amoadd.w",
        Op::AmoxorW => "amoxor.w",
        Op::AmoandW => "amoand.w",
        Op::AmoorW => "amoor.w",
        Op::AmominW => "amomin.w",
        Op::AmomaxW => "amomax.w",
        Op::AmominuW => "amominu.w",
        Op::AmomaxuW => "amomaxu.w",
    }
}

impl fmt::Display for Disasm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { insn, pc } = *self;
        match insn.op {
            Op::Undecoded | Op::Straddle | Op::Nothing | Op::Illegal => write_illegal(f, insn),
            Op::Ecall | Op::Ebreak | Op::Mret | Op::Wfi | Op::FenceI => {
                f.write_str(mnemonic(insn.op))
            }
            Op::Fence => write_fence(f, insn),
            Op::Lui | Op::Auipc => {
                write!(
                    f,
                    "{} {}, {:#x}",
                    mnemonic(insn.op),
                    rd(insn),
                    insn.imm >> 12
                )
            }
            Op::Jal | Op::Jalr => write_jump(f, insn, pc),
            Op::Beq | Op::Bne | Op::Blt | Op::Bge | Op::Bltu | Op::Bgeu => {
                write_branch(f, insn, pc)
            }
            Op::Lb | Op::Lh | Op::Lw | Op::Lbu | Op::Lhu => {
                write_access(f, insn, register_name(insn.rd))
            }
            Op::Sb | Op::Sh | Op::Sw => write_access(f, insn, register_name(insn.rs2)),
            Op::Csrrw | Op::Csrrs | Op::Csrrc | Op::Csrrwi | Op::Csrrsi | Op::Csrrci => {
                write_csr(f, insn)
            }
            op if op.is_atomic() => write_atomic(f, insn),
            Op::Addi
            | Op::Slti
            | Op::Sltiu
            | Op::Xori
            | Op::Ori
            | Op::Andi
            | Op::Slli
            | Op::Srli
            | Op::Srai => write_immediate(f, insn),
            _ => write_registers(f, insn),
        }
    }
}

fn rd(insn: Insn) -> &'static str {
    register_name(insn.rd)
}

fn rs1(insn: Insn) -> &'static str {
    register_name(insn.rs1)
}

fn rs2(insn: Insn) -> &'static str {
    register_name(insn.rs2)
}

fn signed(insn: Insn) -> i32 {
    insn.imm.cast_signed()
}

fn write_illegal(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    match (insn.len, insn.imm) {
        (_, 0) => f.write_str("unimp"),
        (2, bits) => write!(f, ".2byte {bits:#x}"),
        (_, bits) => write!(f, ".4byte {bits:#x}"),
    }
}

/// Which accesses a fence orders: device input and output, memory reads and writes.
fn write_fence(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let set = |bits: u32| -> String {
        let names = [(8, 'i'), (4, 'o'), (2, 'r'), (1, 'w')];
        let chosen: String = names
            .iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|&(_, name)| name)
            .collect();
        if chosen.is_empty() {
            "unknown".to_owned()
        } else {
            chosen
        }
    };
    match insn.imm & 0xff {
        0xff => f.write_str("fence"),
        sets => write!(f, "fence {}, {}", set(sets >> 4), set(sets & 0xf)),
    }
}

fn write_jump(f: &mut fmt::Formatter<'_>, insn: Insn, pc: u32) -> fmt::Result {
    let target = pc.wrapping_add(insn.imm);
    let (rd, rs1, offset) = (rd(insn), rs1(insn), signed(insn));
    match (insn.op, insn.rd, insn.rs1, offset) {
        (Op::Jal, ZERO, _, _) => write!(f, "j {target:#x}"),
        (Op::Jal, RA, _, _) => write!(f, "jal {target:#x}"),
        (Op::Jal, ..) => write!(f, "jal {rd}, {target:#x}"),
        (_, ZERO, RA, 0) => f.write_str("ret"),
        (_, ZERO, _, 0) => write!(f, "jr {rs1}"),
        (_, ZERO, _, _) => write!(f, "jr {offset}({rs1})"),
        (_, RA, _, 0) => write!(f, "jalr {rs1}"),
        (_, RA, _, _) => write!(f, "jalr {offset}({rs1})"),
        _ => write!(f, "jalr {rd}, {offset}({rs1})"),
    }
}

fn write_branch(f: &mut fmt::Formatter<'_>, insn: Insn, pc: u32) -> fmt::Result {
    let target = pc.wrapping_add(insn.imm);
    let (rs1, rs2) = (rs1(insn), rs2(insn));
    match (insn.op, insn.rs1, insn.rs2) {
        (Op::Beq, _, ZERO) => write!(f, "beqz {rs1}, {target:#x}"),
        (Op::Bne, _, ZERO) => write!(f, "bnez {rs1}, {target:#x}"),
        (Op::Blt, _, ZERO) => write!(f, "bltz {rs1}, {target:#x}"),
        (Op::Bge, _, ZERO) => write!(f, "bgez {rs1}, {target:#x}"),
        (Op::Blt, ZERO, _) => write!(f, "bgtz {rs2}, {target:#x}"),
        (Op::Bge, ZERO, _) => write!(f, "blez {rs2}, {target:#x}"),
        (op, ..) => write!(f, "{} {rs1}, {rs2}, {target:#x}", mnemonic(op)),
    }
}

fn write_access(f: &mut fmt::Formatter<'_>, insn: Insn, register: &str) -> fmt::Result {
    let name = mnemonic(insn.op);
    write!(f, "{name} {register}, {}({})", signed(insn), rs1(insn))
}

/// The order that an atomic instruction keeps follows its name.
fn write_atomic(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let order = match insn.imm & 3 {
        0 => "",
        1 => ".rl",
        2 => ".aq",
        _ => ".aqrl",
    };
    let (name, rd, rs1) = (mnemonic(insn.op), rd(insn), rs1(insn));
    match insn.op {
        Op::LrW => write!(f, "{name}{order} {rd}, ({rs1})"),
        _ => write!(f, "{name}{order} {rd}, {}, ({rs1})", rs2(insn)),
    }
}

fn write_csr(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let name = csr::name(insn.csr());
    let (rd, source) = (rd(insn), rs1(insn));
    match (insn.op, insn.rd, insn.rs1) {
        (Op::Csrrs, _, ZERO) => write!(f, "csrr {rd}, {name}"),
        (Op::Csrrw, ZERO, _) => write!(f, "csrw {name}, {source}"),
        (Op::Csrrs, ZERO, _) => write!(f, "csrs {name}, {source}"),
        (Op::Csrrc, ZERO, _) => write!(f, "csrc {name}, {source}"),
        (Op::Csrrwi, ZERO, value) => write!(f, "csrwi {name}, {value}"),
        (Op::Csrrsi, ZERO, value) => write!(f, "csrsi {name}, {value}"),
        (Op::Csrrci, ZERO, value) => write!(f, "csrci {name}, {value}"),
        (op @ (Op::Csrrwi | Op::Csrrsi | Op::Csrrci), _, value) => {
            write!(f, "{} {rd}, {name}, {value}", mnemonic(op))
        }
        (op, ..) => write!(f, "{} {rd}, {name}, {source}", mnemonic(op)),
    }
}

fn write_immediate(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let (rd, rs1, value) = (rd(insn), rs1(insn), signed(insn));
    match (insn.op, insn.rd, insn.rs1, insn.imm) {
        (Op::Addi, ZERO, ZERO, 0) => f.write_str("nop"),
        (Op::Addi, _, ZERO, _) => write!(f, "li {rd}, {value}"),
        (Op::Addi, _, _, 0) => write!(f, "mv {rd}, {rs1}"),
        (Op::Xori, _, _, ALL_ONES) => write!(f, "not {rd}, {rs1}"),
        (Op::Sltiu, _, _, 1) => write!(f, "seqz {rd}, {rs1}"),
        (op @ (Op::Slli | Op::Srli | Op::Srai), ..) => {
            write!(f, "{} {rd}, {rs1}, {:#x}", mnemonic(op), insn.imm)
        }
        (op, ..) => write!(f, "{} {rd}, {rs1}, {value}", mnemonic(op)),
    }
}

fn write_registers(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let (rd, rs1, rs2) = (rd(insn), rs1(insn), rs2(insn));
    match (insn.op, insn.rs1, insn.rs2) {
        // C.MV.
        (Op::Add, ZERO, _) if insn.len == 2 => write!(f, "mv {rd}, {rs2}"),
        (Op::Sub, ZERO, _) => write!(f, "neg {rd}, {rs2}"),
        (Op::Sltu, ZERO, _) => write!(f, "snez {rd}, {rs2}"),
        (Op::Slt, _, ZERO) => write!(f, "sltz {rd}, {rs1}"),
        (Op::Slt, ZERO, _) => write!(f, "sgtz {rd}, {rs2}"),
        (op, ..) => write!(f, "{} {rd}, {rs1}, {rs2}", mnemonic(op)),
    }
}

#[cfg(test)]
#[path = "disasm_tests.rs"]
mod tests;
