//! The report of one run of a virtual chip.

use std::fmt;

use super::place::{Place, ResetRecord};
use super::record::ExecutionRecord;

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The watch asked for it.
    Watch,
    /// The cycle limit was reached.
    CycleLimit,
    /// The wall-clock limit was reached (process back ends).
    TimeLimit,
    /// More resets than allowed: a reset loop.
    ResetLimit,
    /// Every running core waits and nothing can ever wake it.
    Dead {
        /// Where the first core waits.
        place: Place,
    },
    /// The emulator met something that it does not model and could not go on honestly.
    Gap(Gap),
    /// A breakpoint was reached; the instruction there has not run.
    Breakpoint {
        /// Where.
        place: Place,
    },
    /// Power was cut, as asked, behind a change of flash or eFuses.
    PowerCut {
        /// How many changes there had been: page programs, erases, eFuse burns.
        changes: u64,
        /// The last of them.
        last: String,
    },
    /// The process of the back end ended by itself.
    Exited {
        /// What the process said last, and its status.
        status: String,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Watch => f.write_str("the awaited console output appeared"),
            Stop::CycleLimit => f.write_str("the cycle limit was reached"),
            Stop::TimeLimit => f.write_str("the time limit was reached"),
            Stop::ResetLimit => f.write_str("the reset limit was reached"),
            Stop::Dead { place } => write!(f, "nothing can wake the chip any more ({place})"),
            Stop::Gap(gap) => write!(f, "gap of the emulator: {gap}"),
            Stop::Breakpoint { place } => write!(f, "a breakpoint was reached ({place})"),
            Stop::PowerCut { changes, last } => {
                write!(
                    f,
                    "power was cut after change {changes} of flash or eFuses: {last}"
                )
            }
            Stop::Exited { status } => write!(f, "the emulator process ended: {status}"),
        }
    }
}

/// What kind of thing is not modelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapKind {
    /// A register that nothing models was read; it gave the last value written, or zero.
    ReadRegister {
        /// Bus address.
        address: u32,
    },
    /// A register that nothing models was written.
    WriteRegister {
        /// Bus address.
        address: u32,
        /// The first value written.
        value: u32,
    },
    /// An instruction that the core does not implement.
    Instruction {
        /// The instruction's bytes as a little-endian word.
        word: u32,
    },
    /// Hardware behaviour that is known and not modelled.
    Behaviour {
        /// What it is.
        what: String,
    },
}

/// Something that the emulator does not model, recorded once per address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What was touched.
    pub kind: GapKind,
    /// By which code.
    pub place: Place,
    /// Device name and register where known, e.g. `"rtc_cntl+0x90"`; an instruction's name, or `"cpu"`.
    pub device: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            GapKind::ReadRegister { address } => {
                write!(f, "read of unmodelled {} ({address:#010x})", self.device)
            }
            GapKind::WriteRegister { address, value } => {
                write!(
                    f,
                    "write of {value:#010x} to unmodelled {} ({address:#010x})",
                    self.device
                )
            }
            GapKind::Instruction { word } if self.device == "cpu" => {
                write!(f, "unknown instruction {word:#08x}")
            }
            GapKind::Instruction { word } => {
                write!(f, "unmodelled instruction {} ({word:#08x})", self.device)
            }
            GapKind::Behaviour { what } => f.write_str(what),
        }?;
        write!(f, ", {}", self.place)
    }
}

/// What happened since power-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootReport {
    /// Name of the back end, e.g. `"builtin"`.
    pub backend: String,
    /// SHA-256 of the mask ROM that ran, where the back end knows it.
    pub rom_sha256: Option<[u8; 32]>,
    /// All console output, raw bytes.
    pub console: Vec<u8>,
    /// Why the run ended.
    pub stop: Stop,
    /// Resets since power-on, in order.
    pub resets: Vec<ResetRecord>,
    /// Emulated CPU cycles since power-on; zero where the back end does not count.
    pub cycles: u64,
    /// Guest instructions executed; zero where the back end does not count.
    pub instructions: u64,
    /// What was touched and is not modelled.
    pub gaps: Vec<Gap>,
    /// Where each running core was when the run ended, core 0 first; empty where the back end does not know.
    pub places: Vec<Place>,
    /// What was executed; nothing where the back end has only a console.
    pub record: Option<ExecutionRecord>,
}

impl BootReport {
    /// The console as text, invalid UTF-8 replaced, carriage returns dropped.
    pub fn console_text(&self) -> String {
        String::from_utf8_lossy(&self.console).replace('\r', "")
    }
}
