//! What a machine needs of a processor core, whatever its instruction set.

use std::fmt::Debug;

use super::bus::{Bus, System};
use super::memory::Frame;
use crate::boot::Fault;

/// Most frames of a backtrace: a damaged stack ends the walk in bounded time.
pub const MAX_FRAMES: usize = 64;

/// Why a run of a core came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The cycles are used up.
    Budget,
    /// Devices, timers or memory changed in a way that the machine must look at.
    Attention,
    /// The core waits for an interrupt.
    Waiting,
    /// The instruction at the pc is unknown; its bytes as a little-endian word.
    Unknown(u32),
    /// There is a breakpoint at the pc.
    Breakpoint,
}

/// One frame of a backtrace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackFrame {
    /// The current instruction, or the call instruction in an outer frame.
    pub pc: u32,
    /// Its stack pointer.
    pub sp: u32,
}

/// Guest memory as a walk over the stack needs it.
pub trait Stack {
    /// The word at an aligned address, if memory is there.
    fn word(&self, address: u32) -> Option<u32>;

    /// The bytes of the instruction at an address as a little-endian word, if code can be there.
    fn code(&self, address: u32) -> Option<u32>;
}

/// A core.
pub trait Cpu: Debug + Clone {
    /// The cache of decoded instructions, shared by the cores of a machine.
    type Code: CodeStore;

    /// Address of the next instruction.
    fn pc(&self) -> u32;

    /// The stack pointer.
    fn sp(&self) -> u32;

    /// Back to the state after reset at `cycles` since power-on; time and the instruction count go on.
    fn reset(&mut self, cycles: u64);

    /// Runs at most `budget` cycles from `cycles` (since power-on) on. Returns why it stopped and how many were used.
    fn run<S: System>(
        &mut self,
        code: &mut Self::Code,
        bus: &mut Bus<S>,
        cycles: u64,
        budget: u32,
    ) -> (Exit, u32);

    /// Instructions executed since power-on.
    fn instructions(&self) -> u64;

    /// True while the core waits for an interrupt.
    fn waiting(&self) -> bool;

    /// True if an interrupt is pending that ends the waiting.
    fn interrupt_pending(&self) -> bool;

    /// Sets the levels of the external interrupt lines, bit by interrupt number.
    fn set_interrupt_lines(&mut self, lines: u32);

    /// Cycles until the next match of a timer inside of the core, at least 1; `u64::MAX` where there is none.
    fn cycles_to_timer(&self, _now: u64) -> u64 {
        u64::MAX
    }

    /// True if a timer inside of the core can end the waiting.
    fn wakes_by_timer(&self) -> bool {
        false
    }

    /// Latches the timers that match at a cycle count in `from + 1..=to` (cycles since power-on).
    fn fire_timers(&mut self, _from: u64, _to: u64) {}

    /// The exceptions since the last call that ordinary code does not take.
    fn take_faults(&mut self) -> Vec<Fault>;

    /// True while the handler of the newest of these exceptions has not returned.
    fn in_fault(&self) -> bool;

    /// True if no interrupt can be taken now.
    fn interrupts_masked(&self) -> bool;

    /// Where a zero-overhead loop ends, on cores that have such loops.
    fn loop_end(&self) -> Option<u32> {
        None
    }

    /// The frames of the running code, innermost first, at most [`MAX_FRAMES`].
    fn backtrace(&self, stack: &impl Stack) -> Vec<StackFrame>;

    /// Length in bytes and text of the instruction whose bytes are `word` (little-endian) at `pc`.
    fn disassemble(word: u32, pc: u32) -> (u8, String);
}

/// The decoded code of a machine.
pub trait CodeStore: Debug + Default {
    /// Forgets the code of these frames: their bytes changed.
    fn invalidate(&mut self, frames: &[Frame]);

    /// Stops execution before the instruction at `address` from now on. False if there are too many already.
    fn set_breakpoint(&mut self, address: u32) -> bool;

    /// Takes a breakpoint away; false if there was none.
    fn clear_breakpoint(&mut self, address: u32) -> bool;

    /// Takes every breakpoint away.
    fn clear_breakpoints(&mut self);

    /// Lets the next instruction run if it is the one at `address`, breakpoint or not.
    fn pass(&mut self, address: Option<u32>);

    /// Tells the bus of these addresses before they are executed from now on, and of no others.
    fn observe(&mut self, addresses: &[u32]);

    /// Makes sure that execution looks at the loop registers when it comes to `address` in `frame`.
    fn mark_loop_end(&mut self, _frame: Frame, _address: u32) {}
}
