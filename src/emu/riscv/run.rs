//! The run loop of a RISC-V core: from page to page, and what happens between instructions.

use super::code::{CodeCache, Slot};
use super::core::Hart;
use super::decode::{decode_for, is_wide};
use super::pmp::access;
use super::trap::Cause;
use crate::emu::bus::{At, Bus, System};
use crate::emu::cpu::Exit;
use crate::emu::memory::FRAME_SIZE;

/// Why the run inside a page ended.
pub(super) enum PageExit {
    /// The pc left the page.
    Leave,
    /// The slot at the pc is not decoded.
    Decode,
    /// The instruction at the pc lies in two pages, or there may be a breakpoint.
    Straddle,
    /// Interrupts may be enabled now, or memory protected.
    Control,
    /// See [`Exit`].
    Exit(Exit),
}

/// Offset of an address in its page.
fn offset(address: u32) -> usize {
    address as usize & (FRAME_SIZE - 1)
}

impl Hart {
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
            match self.enter_page(code, bus, remaining) {
                PageExit::Leave | PageExit::Decode => {}
                PageExit::Straddle => {
                    if code.stops_at(self.pc) {
                        return Exit::Breakpoint;
                    }
                    if code.observes(self.pc) {
                        let cycle = self.slice_end - u64::from(*remaining);
                        bus.note_point(self.at(*remaining), cycle);
                    }
                    if let Some(exit) = self.run_straddling(code, bus, remaining) {
                        return exit;
                    }
                }
                PageExit::Control => self.interrupt_between_instructions(),
                PageExit::Exit(exit) => {
                    forget_stale_code(code, bus);
                    return exit;
                }
            }
        }
        Exit::Budget
    }

    fn at(&self, remaining: u32) -> At {
        At {
            core: self.config.index,
            pc: self.pc,
            remaining,
        }
    }

    /// Runs from the pc on in its page, or decodes what is not decoded there.
    #[inline(always)]
    fn enter_page<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        remaining: &mut u32,
    ) -> PageExit {
        let page = self.pc & !(FRAME_SIZE as u32 - 1);
        let mut part = 0..FRAME_SIZE;
        if !self.pmp.allows(self.pc, 2, access::EXECUTE)
            && !self.pmp.permits(page, FRAME_SIZE as u32, access::EXECUTE)
        {
            match self.pmp.executable(self.pc) {
                Some(executable) => part = executable,
                None => return self.fetch_fault(self.pc, remaining),
            }
        }
        let Ok(frame) = bus.fetch(self.pc, self.at(*remaining)) else {
            return self.fetch_fault(self.pc, remaining);
        };
        bus.enter_code(
            frame,
            self.at(*remaining),
            self.slice_end - u64::from(*remaining),
        );
        if part.end < FRAME_SIZE {
            // The last half word may begin an instruction that ends beyond: that one is looked at more closely.
            part.end -= 2;
            if offset(self.pc) >= part.end {
                return PageExit::Straddle;
            }
        }
        let slots = code
            .slots(frame)
            .and_then(|slots| slots.get(part.start / 2..part.end / 2));
        let first = slots.and_then(|slots| {
            let index = (offset(self.pc) - part.start) / 2;
            Some((slots, slots.get(index)?))
        });
        match first {
            Some((slots, slot)) => {
                let base = page + part.start as u32;
                match self.run_page(bus, slots, base, slot, remaining) {
                    PageExit::Decode => self.decode_at_pc(code, bus, *remaining),
                    exit => exit,
                }
            }
            None => self.decode_at_pc(code, bus, *remaining),
        }
    }

    #[cold]
    fn decode_at_pc<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        remaining: u32,
    ) -> PageExit {
        // The pc lies in the page that was entered, which can be fetched from.
        if let Ok(frame) = bus.fetch(self.pc, self.at(remaining)) {
            if bus.memory.note_code(frame) {
                bus.watch_writes(Some(frame));
            }
            code.decode(&bus.memory, frame, self.pc, self.config.extensions);
        }
        PageExit::Decode
    }

    /// The bytes of the instruction at the pc cannot be fetched from `address` on.
    #[cold]
    fn fetch_fault(&mut self, address: u32, remaining: &mut u32) -> PageExit {
        self.raise(Cause::InstructionAccessFault, address);
        *remaining -= 1;
        PageExit::Leave
    }

    /// Fetches half a word of instructions, wherever it lies.
    fn fetch_half<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        address: u32,
        remaining: u32,
    ) -> Option<u32> {
        if !self.pmp.permits(address, 2, access::EXECUTE) {
            return None;
        }
        let frame = bus.fetch(address, self.at(remaining)).ok()?;
        let bytes = bus.memory.frame(frame).get(offset(address)..)?;
        Some(u32::from(u16::from_le_bytes([
            *bytes.first()?,
            *bytes.get(1)?,
        ])))
    }

    /// Executes the instruction at the pc, which may lie in two pages.
    fn run_straddling<S: System>(
        &mut self,
        code: &mut CodeCache,
        bus: &mut Bus<S>,
        remaining: &mut u32,
    ) -> Option<Exit> {
        let Some(mut word) = self.fetch_half(bus, self.pc, *remaining) else {
            self.fetch_fault(self.pc, remaining);
            return None;
        };
        if is_wide(word) {
            let second = self.pc.wrapping_add(2);
            let Some(high) = self.fetch_half(bus, second, *remaining) else {
                self.fetch_fault(second, remaining);
                return None;
            };
            word |= high << 16;
        }
        let slot = Slot::new(decode_for(self.config.extensions, word));
        match self.run_page(bus, &[], self.pc, &slot, remaining) {
            PageExit::Exit(exit) => {
                forget_stale_code(code, bus);
                Some(exit)
            }
            PageExit::Control => {
                self.interrupt_between_instructions();
                None
            }
            PageExit::Leave | PageExit::Decode | PageExit::Straddle => None,
        }
    }
}

fn forget_stale_code<S: System>(code: &mut CodeCache, bus: &mut Bus<S>) {
    if bus.memory.has_stale_code() {
        code.invalidate(&bus.take_stale_code());
    }
}
