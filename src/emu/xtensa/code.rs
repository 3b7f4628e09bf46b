//! Decoded code, cached by physical frame: one slot for each byte offset an instruction can start at.

use super::decode::decode;
use super::op::{Insn, Op};
use super::operands::highest_group;
use crate::emu::breakpoints::{Breakpoints, Set};
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};

/// A decoded instruction in the cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub op: Op,
    pub len: u8,
    pub r: u8,
    pub s: u8,
    pub t: u8,
    /// Highest group of four address registers that the instruction touches (0-3).
    pub group: u8,
    /// The instruction's immediate; in a [`Op::LoopEnd`] slot the index of the real instruction.
    pub imm: u32,
}

impl Slot {
    const EMPTY: Slot = Slot {
        op: Op::Undecoded,
        len: 0,
        r: 0,
        s: 0,
        t: 0,
        group: 0,
        imm: 0,
    };

    pub fn new(insn: Insn) -> Slot {
        let Insn {
            op,
            len,
            r,
            s,
            t,
            imm,
        } = insn;
        Slot {
            op,
            len,
            r,
            s,
            t,
            group: highest_group(&insn),
            imm,
        }
    }
}

/// The decoded instructions of one frame.
#[derive(Debug, Clone)]
pub(super) struct CodePage {
    slots: Box<[Slot; FRAME_SIZE]>,
    /// The real instructions at ends of zero-overhead loops.
    aside: Vec<Slot>,
}

impl CodePage {
    fn new() -> Self {
        CodePage {
            slots: Box::new([Slot::EMPTY; FRAME_SIZE]),
            aside: Vec::new(),
        }
    }

    /// The slot at byte `offset`, or `None` outside of the page.
    #[inline(always)]
    pub fn slot(&self, offset: usize) -> Option<Slot> {
        self.slots.get(offset).copied()
    }

    /// The real instruction behind a loop end.
    pub fn aside(&self, index: u32) -> Slot {
        self.aside
            .get(index as usize)
            .copied()
            .unwrap_or(Slot::EMPTY)
    }

    fn store(&mut self, offset: usize, slot: Slot) {
        match self.slots[offset] {
            Slot {
                op: Op::LoopEnd,
                imm,
                ..
            } => self.aside[imm as usize] = slot,
            _ => self.slots[offset] = slot,
        }
    }

    fn mark_loop_end(&mut self, offset: usize) {
        if self.slots[offset].op != Op::LoopEnd {
            self.aside.push(self.slots[offset]);
            self.slots[offset] = Slot {
                op: Op::LoopEnd,
                imm: self.aside.len() as u32 - 1,
                ..Slot::EMPTY
            };
        }
    }

    /// Forgets the instructions, keeps the loop ends.
    fn clear(&mut self) {
        self.aside.fill(Slot::EMPTY);
        for slot in self.slots.iter_mut().filter(|slot| slot.op != Op::LoopEnd) {
            *slot = Slot::EMPTY;
        }
    }
}

/// The decoded code of a machine, shared by its cores.
#[derive(Debug, Clone, Default)]
pub struct CodeCache {
    pages: Vec<Option<Box<CodePage>>>,
    breakpoints: Breakpoints,
}

impl CodeCache {
    #[inline(always)]
    pub(super) fn page(&self, frame: Frame) -> Option<&CodePage> {
        self.pages.get(frame as usize)?.as_deref()
    }

    fn page_mut(&mut self, frame: Frame) -> &mut CodePage {
        let index = frame as usize;
        if index >= self.pages.len() {
            self.pages.resize_with(index + 1, || None);
        }
        self.pages[index].get_or_insert_with(|| Box::new(CodePage::new()))
    }

    /// Decodes the instruction at `pc`, which lies in `frame`.
    pub(super) fn decode(&mut self, memory: &Memory, frame: Frame, pc: u32) {
        let offset = pc as usize & (FRAME_SIZE - 1);
        let bytes = memory.frame(frame);
        let word = (0..4).rev().fold(0, |word, i| {
            word << 8 | u32::from(*bytes.get(offset + i).unwrap_or(&0))
        });
        let insn = decode(word, pc);
        let slot = if offset + insn.len as usize > FRAME_SIZE
            || self.breakpoints.any_at_offset(offset)
            || self.breakpoints.observes(pc)
        {
            Slot {
                op: Op::Straddle,
                ..Slot::EMPTY
            }
        } else {
            Slot::new(insn)
        };
        self.page_mut(frame).store(offset, slot);
    }

    /// Makes sure that execution stops to look at the loop registers when it comes to `address` in `frame`.
    pub(in crate::emu) fn mark_loop_end(&mut self, frame: Frame, address: u32) {
        self.page_mut(frame)
            .mark_loop_end(address as usize & (FRAME_SIZE - 1));
    }

    pub(super) fn is_loop_end(&self, frame: Frame, address: u32) -> bool {
        self.page(frame)
            .and_then(|page| page.slot(address as usize & (FRAME_SIZE - 1)))
            .is_some_and(|slot| slot.op == Op::LoopEnd)
    }

    /// Stops execution before the instruction at `address` from now on. False if there are too many already.
    pub(in crate::emu) fn set_breakpoint(&mut self, address: u32) -> bool {
        let set = self.breakpoints.set(address);
        if set == Set::New {
            self.forget_offset(address);
        }
        set != Set::Full
    }

    /// Takes every breakpoint away.
    pub(in crate::emu) fn clear_breakpoints(&mut self) {
        for address in self.breakpoints.take() {
            self.forget_offset(address);
        }
    }

    /// Takes a breakpoint away; false if there was none.
    pub(in crate::emu) fn clear_breakpoint(&mut self, address: u32) -> bool {
        self.forget_offset(address);
        self.breakpoints.clear(address)
    }

    /// Lets the next instruction run if it is the one at `address`, breakpoint or not.
    pub(in crate::emu) fn pass(&mut self, address: Option<u32>) {
        self.breakpoints.pass(address);
    }

    /// True if execution has to stop before the instruction at `address`.
    pub(super) fn stops_at(&mut self, address: u32) -> bool {
        self.breakpoints.stops_at(address)
    }

    /// Tells of these addresses from now on, and of no others.
    pub(in crate::emu) fn observe(&mut self, addresses: &[u32]) {
        for address in self.breakpoints.observe(addresses) {
            self.forget_offset(address);
        }
    }

    /// True if execution has to tell of the instruction at `address`.
    pub(super) fn observes(&self, address: u32) -> bool {
        self.breakpoints.observes(address)
    }

    fn forget_offset(&mut self, address: u32) {
        for page in self.pages.iter_mut().flatten() {
            page.store(address as usize & (FRAME_SIZE - 1), Slot::EMPTY);
        }
    }

    /// Forgets the code of these frames: their bytes changed.
    pub(crate) fn invalidate(&mut self, frames: &[Frame]) {
        for &frame in frames {
            if let Some(Some(page)) = self.pages.get_mut(frame as usize) {
                page.clear();
            }
        }
    }
}
