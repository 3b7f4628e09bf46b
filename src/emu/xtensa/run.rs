//! The run loop of an Xtensa core: from page to page, and what happens between instructions.

use super::code::{CodeCache, Slot};
use super::core::{Core, PS_EXCM};
use super::decode::decode;
use crate::emu::bus::{At, Bus, BusFault, System};
pub use crate::emu::cpu::Exit;
use crate::emu::memory::FRAME_SIZE;

/// Why the run inside a page ended.
pub(super) enum PageExit {
    /// The pc left the page.
    Leave,
    /// The slot at the pc is not decoded.
    Decode,
    /// The instruction at the pc lies in two pages, or there may be a breakpoint.
    Straddle,
    /// LEND changed to an address that is not marked.
    MarkLoop,
    /// Interrupts may be unmasked now.
    Control,
    /// See [`Exit`].
    Exit(Exit),
}

impl Core {
    /// Runs at most `budget` cycles from `cycles` (since power-on) on. Returns why it stopped and how many were used.
    pub fn run<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        cycles: u64,
        budget: u32,
    ) -> (Exit, u32) {
        self.slice_end = cycles + u64::from(budget);
        let mut remaining = budget;
        let exit = self.run_pages(code, bus, &mut remaining);
        let used = budget - remaining;
        self.instructions += u64::from(used);
        (exit, used)
    }

    fn run_pages<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        remaining: &mut u32,
    ) -> Exit {
        self.interrupt_between_instructions();
        if self.waiting {
            return Exit::Waiting;
        }
        while *remaining > 0 {
            let at = At {
                core: self.config.index,
                pc: self.pc,
                remaining: *remaining,
            };
            let frame = match bus.fetch(self.pc, at) {
                Ok(frame) => frame,
                Err(fault) => {
                    self.raise(self.fetch_fault(fault, self.pc), Some(self.pc));
                    *remaining -= 1;
                    continue;
                }
            };
            bus.enter_code(frame, at, self.slice_end - u64::from(*remaining));
            let first = code
                .page(frame)
                .and_then(|page| Some((page, page.slot(self.pc as usize & (FRAME_SIZE - 1))?)));
            let exit = match first {
                Some((page, slot)) => self.run_page(bus, page, slot, remaining),
                None => PageExit::Decode,
            };
            match exit {
                PageExit::Leave => {}
                PageExit::Decode => {
                    if bus.memory.note_code(frame) {
                        bus.watch_writes(Some(frame));
                    }
                    code.decode(&bus.memory, frame, self.pc);
                }
                PageExit::Straddle => {
                    if code.stops_at(self.pc) {
                        // Whether a loop wraps here was decided before; it must not be decided again.
                        self.skip_wrap = self.pc == self.lend;
                        return Exit::Breakpoint;
                    }
                    if code.observes(self.pc) {
                        let at = At {
                            pc: self.pc,
                            remaining: *remaining,
                            ..at
                        };
                        bus.note_point(at, self.slice_end - u64::from(*remaining));
                    }
                    if let Some(exit) = self.run_straddling(code, bus, remaining) {
                        return exit;
                    }
                }
                PageExit::MarkLoop => {
                    let at = At { pc: self.pc, ..at };
                    if let Ok(frame) = bus.fetch(self.lend, at)
                        && !code.is_loop_end(frame, self.lend)
                    {
                        code.mark_loop_end(frame, self.lend);
                    }
                }
                PageExit::Control => self.interrupt_between_instructions(),
                PageExit::Exit(exit) => {
                    if bus.memory.has_stale_code() {
                        code.invalidate(&bus.take_stale_code());
                    }
                    return exit;
                }
            }
        }
        Exit::Budget
    }

    /// Executes the instruction at the pc, which may lie in two pages, and what follows it.
    fn run_straddling<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        remaining: &mut u32,
    ) -> Option<Exit> {
        let at = At {
            core: self.config.index,
            pc: self.pc,
            remaining: *remaining,
        };
        let second = (self.pc | (FRAME_SIZE as u32 - 1)).wrapping_add(1);
        let low = bus.fetch(self.pc, at);
        // Only an instruction that reaches into the second page needs it.
        let inside = low.is_ok_and(|low| {
            let bytes = &bus.memory.frame(low)[self.pc as usize & (FRAME_SIZE - 1)..];
            bytes.len() >= usize::from(decode(u32::from(bytes[0]), self.pc).len)
        });
        let high = if inside { low } else { bus.fetch(second, at) };
        let (Ok(low), Ok(high)) = (low, high) else {
            self.raise(self.fetch_fault(BusFault::Nothing, second), Some(second));
            *remaining -= 1;
            return None;
        };
        let byte = |i: u32| {
            let address = self.pc.wrapping_add(i);
            let frame = if address & !0xfff == second {
                high
            } else {
                low
            };
            u32::from(bus.memory.frame(frame)[address as usize & (FRAME_SIZE - 1)])
        };
        let word = byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
        let slot = Slot::new(decode(word, self.pc));
        let page = code.page(low)?;
        match self.run_page(bus, page, slot, remaining) {
            PageExit::Exit(exit) => {
                if bus.memory.has_stale_code() {
                    code.invalidate(&bus.take_stale_code());
                }
                Some(exit)
            }
            PageExit::Control => {
                self.interrupt_between_instructions();
                None
            }
            PageExit::MarkLoop => {
                if let Ok(frame) = bus.fetch(self.lend, at) {
                    code.mark_loop_end(frame, self.lend);
                }
                None
            }
            PageExit::Leave | PageExit::Decode | PageExit::Straddle => None,
        }
    }

    /// Takes a pending interrupt; a loop that is about to wrap does so first, as the wrap belongs to its last
    /// instruction.
    pub(super) fn interrupt_between_instructions(&mut self) {
        if self.takable_interrupt().is_some() {
            let skip = std::mem::take(&mut self.skip_wrap);
            if self.pc == self.lend && self.lcount != 0 && !skip && self.ps & PS_EXCM == 0 {
                self.lcount -= 1;
                self.pc = self.lbeg;
            }
            self.take_interrupt();
        }
    }
}
