//! A RISC-V core as the machine drives it.

use super::code::CodeCache;
use super::core::Hart;
use super::decode::decode;
use crate::boot::Fault;
use crate::emu::bus::{Bus, System};
use crate::emu::cpu::{CodeStore, Cpu, Exit, Stack, StackFrame};
use crate::emu::memory::Frame;

/// The register that the calling convention has the stack pointer in.
const SP: usize = 2;

impl Cpu for Hart {
    type Code = CodeCache;

    fn pc(&self) -> u32 {
        self.pc
    }

    fn sp(&self) -> u32 {
        self.register(SP)
    }

    fn reset(&mut self, cycles: u64) {
        Hart::reset(self, cycles);
    }

    fn run<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        cycles: u64,
        budget: u32,
    ) -> (Exit, u32) {
        Hart::run(self, code, bus, cycles, budget)
    }

    fn instructions(&self) -> u64 {
        Hart::instructions(self)
    }

    fn waiting(&self) -> bool {
        Hart::waiting(self)
    }

    fn interrupt_pending(&self) -> bool {
        Hart::interrupt_pending(self)
    }

    fn set_interrupt_lines(&mut self, lines: u32) {
        Hart::set_interrupt_lines(self, lines);
    }

    fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    fn in_fault(&self) -> bool {
        self.in_fault
    }

    fn interrupts_masked(&self) -> bool {
        Hart::interrupts_masked(self)
    }

    fn backtrace(&self, stack: &impl Stack) -> Vec<StackFrame> {
        Hart::backtrace(self, stack)
    }

    fn disassemble(word: u32, pc: u32) -> (u8, String) {
        Hart::disassemble(word, pc)
    }
}

impl Hart {
    /// Length in bytes and text of the instruction whose bytes are `word` (little-endian) at `pc`.
    pub fn disassemble(word: u32, pc: u32) -> (u8, String) {
        let insn = decode(word);
        (insn.len, insn.disasm(pc).to_string())
    }
}

impl CodeStore for CodeCache {
    fn invalidate(&mut self, frames: &[Frame]) {
        CodeCache::invalidate(self, frames);
    }

    fn set_breakpoint(&mut self, address: u32) -> bool {
        CodeCache::set_breakpoint(self, address)
    }

    fn clear_breakpoint(&mut self, address: u32) -> bool {
        CodeCache::clear_breakpoint(self, address)
    }

    fn clear_breakpoints(&mut self) {
        CodeCache::clear_breakpoints(self);
    }

    fn observe(&mut self, addresses: &[u32]) {
        CodeCache::observe(self, addresses);
    }

    fn pass(&mut self, address: Option<u32>) {
        CodeCache::pass(self, address);
    }
}
