//! Who called whom: the stack of a core, walked by the rules of the windowed ABI.
//!
//! Source: Xtensa ISA reference manual, "Windowed Procedure-Call Protocol" and "Stack Frame Layout": a0 holds the return
//! address, with the window increment of the call in its two top bits; a function's a0 and a1 lie in the register file
//! until its window overflows, and then in the base save area, 16 bytes below the stack pointer of the function that it
//! called.

use super::core::{Core, PHYSICAL_REGISTERS, PS_CALLINC, PS_CALLINC_SHIFT, PS_EXCM, PS_INTLEVEL};
use super::core::{PS_OWB, PS_OWB_SHIFT, PS_WOE};
use super::decode::decode;
use super::op::Op;
use crate::emu::cpu::{MAX_FRAMES, Stack, StackFrame};

/// Length of every call instruction, in bytes: return addresses lie behind it.
const CALL_LENGTH: u32 = 3;
/// Groups of four in the register file.
const GROUPS: u32 = PHYSICAL_REGISTERS as u32 / 4;
/// The return address in a0, without the increment.
const RETURN_MASK: u32 = 0x3fff_ffff;

/// What is known of one function's registers.
#[derive(Debug, Clone, Copy)]
struct Walk {
    pc: u32,
    a0: u32,
    sp: u32,
    /// Group of its window, while that is still in the register file.
    window: Option<u32>,
}

impl Core {
    /// The frames of the running code, innermost first, at most [`MAX_FRAMES`].
    ///
    /// In exception mode the interrupted instruction follows the handler's. Code that does not use windows (call0) has
    /// no frames that could be walked: only its return address is told.
    pub(crate) fn backtrace(&self, stack: &impl Stack) -> Vec<StackFrame> {
        let mut frames = vec![StackFrame {
            pc: self.pc,
            sp: self.a[1],
        }];
        let mut walk = Walk {
            pc: self.pc,
            a0: self.a[0],
            sp: self.a[1],
            window: Some(self.window_base),
        };
        if self.ps & PS_EXCM != 0 {
            let level = (self.ps & PS_INTLEVEL).max(1) as usize;
            let interrupted = self.epc.get(level).copied().unwrap_or(0);
            // Out of reset the core is in exception mode too, and nothing was interrupted.
            if interrupted == 0 || stack.code(interrupted).is_none() {
                return frames;
            }
            if self.vecbase_covers(self.pc, 0x180) {
                // Window overflow and underflow handlers run with another window: OWB is the interrupted one.
                walk.window = Some((self.ps & PS_OWB) >> PS_OWB_SHIFT);
                (walk.a0, walk.sp) = self.window_registers(walk.window.unwrap_or(0));
            }
            walk.pc = interrupted;
            frames.push(StackFrame {
                pc: walk.pc,
                sp: walk.sp,
            });
        }
        if self.ps & PS_WOE == 0 {
            let caller = self.a[0].wrapping_sub(CALL_LENGTH);
            if stack.code(caller).is_some() {
                frames.push(StackFrame {
                    pc: caller,
                    sp: walk.sp,
                });
            }
            return frames;
        }
        if let Some(caller) = self.before_entry(&walk, stack) {
            frames.push(StackFrame {
                pc: caller.pc,
                sp: caller.sp,
            });
            walk = caller;
        }
        while frames.len() < MAX_FRAMES {
            let Some(caller) = self.caller(&walk, stack) else {
                break;
            };
            frames.push(StackFrame {
                pc: caller.pc,
                sp: caller.sp,
            });
            walk = caller;
        }
        frames
    }

    fn vecbase_covers(&self, pc: u32, len: u32) -> bool {
        pc.wrapping_sub(self.vecbase) < len
    }

    /// a0 and a1 of the window that begins at a group.
    fn window_registers(&self, group: u32) -> (u32, u32) {
        let all = self.physical_registers();
        let first = (group % GROUPS * 4) as usize;
        (all[first], all[first + 1])
    }

    /// At an ENTRY the window has not turned yet: the return address is where the call put it.
    fn before_entry(&self, walk: &Walk, stack: &impl Stack) -> Option<Walk> {
        let word = stack.code(walk.pc)?;
        let increment = (self.ps & PS_CALLINC) >> PS_CALLINC_SHIFT;
        if decode(word, walk.pc).op != Op::Entry || increment == 0 {
            return None;
        }
        let window = walk.window?;
        let (a0, _) = self.window_registers(window + increment);
        Some(Walk {
            pc: return_address(a0, walk.pc, stack)?,
            ..*walk
        })
    }

    /// The caller of a function that has its frame.
    fn caller(&self, walk: &Walk, stack: &impl Stack) -> Option<Walk> {
        let increment = walk.a0 >> 30;
        if increment == 0 {
            return None;
        }
        let pc = return_address(walk.a0, walk.pc, stack)?;
        let window = walk
            .window
            .map(|window| window.wrapping_sub(increment) % GROUPS)
            .filter(|&window| self.window_start >> window & 1 != 0 && window != self.window_base);
        let (a0, sp) = match window {
            Some(window) => self.window_registers(window),
            None => (
                stack.word(walk.sp.wrapping_sub(16))?,
                stack.word(walk.sp.wrapping_sub(12))?,
            ),
        };
        // Stacks grow down and are aligned to 16 bytes: anything else is no frame.
        (sp & 15 == 0 && sp >= walk.sp).then_some(Walk { pc, a0, sp, window })
    }
}

/// The call instruction that a return address belongs to, in the 1 GB region of the function that returns.
fn return_address(a0: u32, pc: u32, stack: &impl Stack) -> Option<u32> {
    let target = (a0 & RETURN_MASK | pc & !RETURN_MASK).wrapping_sub(CALL_LENGTH);
    stack.code(target).map(|_| target)
}

#[cfg(test)]
#[path = "backtrace_tests.rs"]
mod tests;
