//! Decoded code, cached by physical frame: one slot for each half word an instruction can start at.

use super::decode::{decode_for, is_wide};
use super::extensions::Extensions;
use super::op::{Insn, Op};
use crate::emu::breakpoints::{Breakpoints, Set};
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};

/// Slots of a page.
const SLOTS: usize = FRAME_SIZE / 2;
/// Where the length stands in [`Slot::rd_len`].
const LENGTH_SHIFT: u32 = 5;

/// A decoded instruction in the cache: eight bytes, so that it is one access.
#[derive(Debug, Clone, Copy)]
#[repr(align(8))]
pub(super) struct Slot {
    pub op: Op,
    /// Destination register, and the length in bytes from bit 5 on.
    rd_len: u8,
    pub rs1: u8,
    pub rs2: u8,
    /// The instruction's immediate.
    pub imm: u32,
}

impl Slot {
    const EMPTY: Slot = Slot {
        op: Op::Undecoded,
        rd_len: 0,
        rs1: 0,
        rs2: 0,
        imm: 0,
    };

    pub fn new(insn: Insn) -> Slot {
        let op = if insn.rd == 0 && insn.op.only_writes_register() {
            Op::Nothing
        } else {
            insn.op
        };
        Slot {
            op,
            rd_len: insn.rd | insn.len << LENGTH_SHIFT,
            rs1: insn.rs1,
            rs2: insn.rs2,
            imm: insn.imm,
        }
    }

    #[inline(always)]
    pub fn rd(self) -> usize {
        usize::from(self.rd_len) & ((1 << LENGTH_SHIFT) - 1)
    }

    /// Length in bytes.
    #[inline(always)]
    pub fn len(self) -> u32 {
        u32::from(self.rd_len >> LENGTH_SHIFT)
    }
}

/// The decoded instructions of one frame, by half word.
type CodePage = [Slot; SLOTS];

/// The decoded code of a machine, shared by its cores.
#[derive(Debug, Clone, Default)]
pub struct CodeCache {
    pages: Vec<Option<Box<CodePage>>>,
    breakpoints: Breakpoints,
}

impl CodeCache {
    /// The slots of a frame, if any of it is decoded.
    #[inline(always)]
    pub(super) fn slots(&self, frame: Frame) -> Option<&[Slot]> {
        Some(&self.pages.get(frame as usize)?.as_deref()?[..])
    }

    fn page_mut(&mut self, frame: Frame) -> &mut CodePage {
        let index = frame as usize;
        if index >= self.pages.len() {
            self.pages.resize_with(index + 1, || None);
        }
        self.pages[index].get_or_insert_with(|| Box::new([Slot::EMPTY; SLOTS]))
    }

    /// Decodes the instruction at `pc`, which lies in `frame`.
    pub(super) fn decode(
        &mut self,
        memory: &Memory,
        frame: Frame,
        pc: u32,
        extensions: Extensions,
    ) {
        let offset = pc as usize & (FRAME_SIZE - 1);
        let bytes = memory.frame(frame);
        let word = (0..4).rev().fold(0, |word, i| {
            word << 8 | u32::from(*bytes.get(offset + i).unwrap_or(&0))
        });
        let straddles = is_wide(word) && offset + 4 > FRAME_SIZE;
        let slot =
            if straddles || self.breakpoints.any_at_offset(offset) || self.breakpoints.observes(pc)
            {
                Slot {
                    op: Op::Straddle,
                    ..Slot::EMPTY
                }
            } else {
                Slot::new(decode_for(extensions, word))
            };
        self.page_mut(frame)[offset / 2] = slot;
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
            page[(address as usize & (FRAME_SIZE - 1)) / 2] = Slot::EMPTY;
        }
    }

    /// Forgets the code of these frames: their bytes changed.
    pub(crate) fn invalidate(&mut self, frames: &[Frame]) {
        for &frame in frames {
            if let Some(Some(page)) = self.pages.get_mut(frame as usize) {
                page.fill(Slot::EMPTY);
            }
        }
    }
}
