//! Which address registers an instruction touches, for the window overflow check: those that its text names, and the
//! frame that it calls into.

use super::op::{Insn, Op};
use super::syntax::{Operand, syntax};

/// The highest group of four address registers (0-3) that the instruction reads or writes in the current window.
///
/// Every instruction with an address register as operand is checked (Xtensa ISA reference manual, section "Windowed
/// Register Option", "Window Overflow Check"; Espressif's QEMU takes them from the operands too, `target/xtensa/translate.c`,
/// `disas_xtensa_insn`). `ENTRY` names a register of the caller below the four that are always there, else it is illegal
/// before it is checked; what it checks is the frame that the call before it asked for.
pub(super) fn highest_group(insn: &Insn) -> u8 {
    let called = match insn.op {
        Op::Entry => return 0,
        Op::Mac16 => super::mac16::highest_register(insn.imm),
        Op::Call4 | Op::Callx4 => 4,
        Op::Call8 | Op::Callx8 => 8,
        Op::Call12 | Op::Callx12 => 12,
        _ => 0,
    };
    let (_, operands) = syntax(insn.op);
    let registers = operands.iter().map(|operand| match operand {
        Operand::Address(field) => field.of(*insn),
        _ => 0,
    });
    registers.fold(called, u8::max) >> 2 & 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::xtensa::decode::decode;

    /// The highest register `a0` to `a15` that a disassembler's text names.
    fn named(text: &str) -> u8 {
        let words = text.split([' ', ',', '\t']);
        let numbers = words.filter_map(|word| word.strip_prefix('a')?.parse().ok());
        numbers.max().unwrap_or(0)
    }

    /// Against the text of another disassembler, instruction by instruction.
    #[test]
    fn registers_are_those_that_qemu_names() {
        let listing = include_str!("testdata/qemu_lx6.txt");
        let lines = listing.lines().filter(|line| !line.starts_with('#'));
        let mut high = 0;
        for line in lines {
            let (address, rest) = line.split_once(": ").expect("address");
            let (bytes, text) = rest.split_once(' ').expect("bytes");
            let word = u32::from_str_radix(bytes, 16).expect("hexadecimal");
            let word = word.swap_bytes() >> (32 - 4 * bytes.len());
            let pc = u32::from_str_radix(address, 16).expect("hexadecimal");
            let called = match text.split_whitespace().next() {
                Some("call4" | "callx4") => 4,
                Some("call8" | "callx8") => 8,
                Some("call12" | "callx12") => 12,
                _ => 0,
            };
            let wanted = match text.starts_with("entry") {
                true => 0,
                false => named(text).max(called) / 4,
            };
            assert_eq!(highest_group(&decode(word, pc)), wanted, "{line}");
            high += u32::from(wanted > 0);
        }
        assert!(high > 300, "{high} instructions reach beyond a3");
    }

    /// What QEMU's disassembler does not know: the cache instructions' address comes from a register all the same.
    #[test]
    fn cache_instructions_are_checked() {
        let words = [
            0xff_7f02, 0x01_7f42, 0x10_7f82, 0xf5_7f82, 0x02_7fc2, 0x33_7fd2, 0x00_7ff2,
        ];
        for word in words {
            let insn = decode(word, 0);
            let text = insn.disasm(0).to_string();
            assert!(text.contains("a15"), "{text}");
            assert_eq!(highest_group(&insn), 3, "{text}");
        }
    }

    /// Our own text names the same registers, whatever the bytes are.
    #[test]
    fn registers_are_those_of_the_text() {
        let mut seen = std::collections::HashSet::new();
        for step in 0..1 << 20 {
            // All major opcodes, all fields in turn.
            let insn = decode(u32::wrapping_mul(step, 0x9e37_79b1) >> 8, 0);
            if matches!(insn.op, Op::Entry | Op::Pie | Op::Unknown) {
                continue;
            }
            let text = insn.disasm(0).to_string();
            let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
            let called = match insn.op {
                Op::Call4 | Op::Callx4 | Op::Call8 | Op::Callx8 | Op::Call12 | Op::Callx12 => {
                    let digits = digits.split(' ').next().unwrap_or_default();
                    digits.parse().unwrap_or(0)
                }
                _ => 0,
            };
            assert_eq!(highest_group(&insn), named(&text).max(called) / 4, "{text}");
            seen.insert(insn.op);
        }
        assert!(seen.len() > 200, "{} operations", seen.len());
    }
}
