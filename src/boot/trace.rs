//! Where the cores of a chip are, and how they got there.

use std::fmt;

/// One core when a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreTrace {
    /// Core number: 0 is the PRO CPU.
    pub core: u8,
    /// False where its clock is off, or it is held in reset or stalled.
    pub runs: bool,
    /// True where it waits for an interrupt.
    pub waits: bool,
    /// The functions that it is in, innermost first; never empty.
    pub frames: Vec<TraceFrame>,
}

impl CoreTrace {
    /// What the core does: `runs`, `waits for an interrupt` or `is held`.
    pub fn activity(&self) -> &'static str {
        match (self.runs, self.waits) {
            (false, _) => "is held",
            (true, true) => "waits for an interrupt",
            (true, false) => "runs",
        }
    }
}

/// One function of a backtrace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceFrame {
    /// The current instruction, or the call instruction in an outer function.
    pub pc: u32,
    /// The stack pointer.
    pub sp: u32,
    /// ROM symbol and offset, if one covers the address; where the firmware's ELF is known, function, file and line.
    pub symbol: Option<String>,
}

impl fmt::Display for TraceFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.pc)?;
        match &self.symbol {
            Some(symbol) => write!(f, " in {symbol}"),
            None => Ok(()),
        }
    }
}
