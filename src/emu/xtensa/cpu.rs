//! An Xtensa core as the machine drives it.

use super::code::CodeCache;
use super::core::Core;
use super::decode::decode;
use crate::boot::Fault;
use crate::emu::bus::{Bus, System};
use crate::emu::cpu::{CodeStore, Cpu, Exit, Stack, StackFrame};
use crate::emu::memory::Frame;

/// The register that the calling convention has the stack pointer in.
const SP: usize = 1;

impl Cpu for Core {
    type Code = CodeCache;

    fn pc(&self) -> u32 {
        self.pc
    }

    fn sp(&self) -> u32 {
        self.register(SP)
    }

    fn reset(&mut self, cycles: u64) {
        Core::reset(self, cycles);
    }

    fn run<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        cycles: u64,
        budget: u32,
    ) -> (Exit, u32) {
        Core::run(self, code, bus, cycles, budget)
    }

    fn instructions(&self) -> u64 {
        Core::instructions(self)
    }

    fn waiting(&self) -> bool {
        Core::waiting(self)
    }

    fn interrupt_pending(&self) -> bool {
        Core::interrupt_pending(self)
    }

    fn set_interrupt_lines(&mut self, lines: u32) {
        Core::set_interrupt_lines(self, lines);
    }

    fn cycles_to_timer(&self, now: u64) -> u64 {
        Core::cycles_to_timer(self, now)
    }

    fn wakes_by_timer(&self) -> bool {
        Core::wakes_by_timer(self)
    }

    fn fire_timers(&mut self, from: u64, to: u64) {
        Core::fire_timers(self, from, to);
    }

    fn loop_end(&self) -> Option<u32> {
        Some(Core::loop_end(self))
    }

    fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    fn in_fault(&self) -> bool {
        self.in_fault
    }

    fn interrupts_masked(&self) -> bool {
        Core::interrupts_masked(self)
    }

    fn backtrace(&self, stack: &impl Stack) -> Vec<StackFrame> {
        Core::backtrace(self, stack)
    }

    fn disassemble(word: u32, pc: u32) -> (u8, String) {
        let insn = decode(word, pc);
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

    fn mark_loop_end(&mut self, frame: Frame, address: u32) {
        CodeCache::mark_loop_end(self, frame, address);
    }
}
