//! Who called whom: the stack of a RISC-V core, as far as it can be guessed.
//!
//! The calling convention leaves no chain of frames behind unless code is compiled with frame pointers, so this is a
//! heuristic: an address counts as a return address if a call instruction stands before it. The innermost caller comes
//! from `ra`; then the chain of frame pointers is followed while it holds (RISC-V ABIs specification, "Frame Pointer
//! Convention": the return address lies 4 bytes below the frame, the caller's frame pointer 8 bytes below), and otherwise
//! the stack is searched word by word. The search can name functions that have returned already, and leave callers out.

use super::core::{FP, Hart, RA, SP};
use super::decode::{decode, is_wide};
use super::op::{Insn, Op};
use crate::emu::cpu::{MAX_FRAMES, Stack, StackFrame};

/// How much of the stack is searched, in words.
const SEARCHED_WORDS: u32 = 1024;
/// Largest frame that a frame pointer is believed to have, in bytes.
const MAX_FRAME_BYTES: u32 = 16 * 1024;
/// Alignment of the stack pointer at calls, in bytes.
const STACK_ALIGNMENT: u32 = 16;

impl Hart {
    /// The frames of the running code, innermost first, at most [`MAX_FRAMES`]; all but the first are guesses, see the
    /// module's documentation.
    pub(crate) fn backtrace(&self, stack: &impl Stack) -> Vec<StackFrame> {
        let mut frames = vec![StackFrame {
            pc: self.pc,
            sp: self.x[SP],
        }];
        // After a call returned, ra still points behind it, into the running function: that is no caller.
        let own = call_before(self.x[RA], stack).filter(|&call| !self.saved_return(call, stack));
        if let Some(pc) = own {
            frames.push(StackFrame { pc, sp: self.x[SP] });
        }
        let mut sp = self.follow_frame_pointers(stack, &mut frames);
        sp &= !3;
        for _ in 0..SEARCHED_WORDS {
            if frames.len() >= MAX_FRAMES {
                break;
            }
            let Some(word) = stack.word(sp) else {
                break;
            };
            sp = sp.wrapping_add(4);
            if let Some(pc) = call_before(word, stack)
                && frames.last().is_none_or(|last| last.pc != pc)
            {
                frames.push(StackFrame { pc, sp });
            }
        }
        frames
    }

    /// True if the frame that `s0` points to holds the return address behind `call` already.
    fn saved_return(&self, call: u32, stack: &impl Stack) -> bool {
        frame_at(self.x[FP], self.x[SP], stack).is_some_and(|(caller, _)| caller == call)
    }

    /// Adds the callers that the chain of frame pointers names. Returns the address to search from.
    fn follow_frame_pointers(&self, stack: &impl Stack, frames: &mut Vec<StackFrame>) -> u32 {
        let (mut sp, mut fp) = (self.x[SP], self.x[FP]);
        while frames.len() < MAX_FRAMES
            && let Some((pc, caller_fp)) = frame_at(fp, sp, stack)
        {
            frames.push(StackFrame { pc, sp: fp });
            (sp, fp) = (fp, caller_fp);
        }
        sp
    }
}

/// The call and the caller's frame pointer that the frame below `fp` holds, if it looks like one above `sp`.
fn frame_at(fp: u32, sp: u32, stack: &impl Stack) -> Option<(u32, u32)> {
    let size = fp.checked_sub(sp)?;
    if size == 0 || size > MAX_FRAME_BYTES || !fp.is_multiple_of(STACK_ALIGNMENT) {
        return None;
    }
    let call = call_before(stack.word(fp.wrapping_sub(4))?, stack)?;
    Some((call, stack.word(fp.wrapping_sub(8))?))
}

/// The call instruction before a return address, if one stands there.
fn call_before(address: u32, stack: &impl Stack) -> Option<u32> {
    if address & 1 != 0 {
        return None;
    }
    let links = |insn: Insn| matches!(insn.op, Op::Jal | Op::Jalr) && usize::from(insn.rd) == RA;
    let wide = address.wrapping_sub(4);
    let narrow = address.wrapping_sub(2);
    if let Some(word) = stack.code(wide)
        && is_wide(word)
        && links(decode(word))
    {
        return Some(wide);
    }
    let word = stack.code(narrow)?;
    (!is_wide(word) && links(decode(word))).then_some(narrow)
}

#[cfg(test)]
#[path = "backtrace_tests.rs"]
mod tests;
