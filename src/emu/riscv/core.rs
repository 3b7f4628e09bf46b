//! State of a RISC-V core, and its reset.

use super::counter::Counter;
use super::csr::{self, Triggers};
use super::extensions::{self, Extensions};
use super::pmp::Pmp;
use crate::boot::Fault;

/// Number of integer registers.
pub const REGISTERS: usize = 32;

/// Return address.
pub(super) const RA: usize = 1;
/// Stack pointer.
pub(super) const SP: usize = 2;
/// Frame pointer, where a function keeps one.
pub(super) const FP: usize = 8;

/// What differs between the cores of one chip and between chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HartConfig {
    /// Number of the core on its chip.
    pub index: u8,
    /// `mhartid`.
    pub hart_id: u32,
    /// Address of the first instruction after reset.
    pub reset_vector: u32,
    /// What it has beyond the ESP32-C3's core.
    pub extensions: Extensions,
}

/// Privilege modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// User mode.
    User,
    /// Machine mode.
    Machine,
}

/// A core, in the RISC-V manuals' word a hart.
#[derive(Debug, Clone)]
pub struct Hart {
    /// Its fixed properties.
    pub(crate) config: HartConfig,
    /// Program counter.
    pub pc: u32,
    /// x0 to x31; x0 is always zero.
    pub(super) x: [u32; REGISTERS],
    pub(super) mode: Mode,
    pub(super) mstatus: u32,
    /// Base of the vector table, without the mode bits.
    pub(super) mtvec: u32,
    pub(super) mscratch: u32,
    pub(super) mepc: u32,
    pub(super) mcause: u32,
    pub(super) mtval: u32,
    pub(super) pmp: Pmp,
    /// Performance counter of machine mode, 0x7E0 to 0x7E2.
    pub(super) machine_counter: Counter,
    /// Performance counter of user mode, 0x800 to 0x802.
    pub(super) user_counter: Counter,
    pub(super) triggers: Triggers,
    pub(super) gpio_oen: u32,
    pub(super) gpio_in: u32,
    pub(super) gpio_out: u32,
    /// Interrupts that the interrupt controller hands over.
    pub(super) lines: u32,
    /// Registers of the extensions.
    pub(super) extended: extensions::Registers,
    /// The word that a load reserved, until something ends the reservation.
    pub(super) reservation: Option<u32>,
    /// WFI: stopped until an interrupt.
    pub(super) waiting: bool,
    /// Cycles since power-on at the end of the current slice.
    pub(super) slice_end: u64,
    /// Instructions executed since power-on.
    pub(super) instructions: u64,
    /// Exceptions that nobody has asked for yet; system calls are none of them.
    pub(super) faults: Vec<Fault>,
    /// The newest of them has not been returned from.
    pub(super) in_fault: bool,
}

impl Hart {
    /// A core that has just left reset. Registers that the manuals leave undefined are zero.
    pub fn new(config: HartConfig) -> Self {
        Hart {
            config,
            pc: config.reset_vector,
            x: [0; REGISTERS],
            mode: Mode::Machine,
            mstatus: 0,
            mtvec: 0,
            mscratch: 0,
            mepc: 0,
            mcause: 0,
            mtval: 0,
            pmp: Pmp::default(),
            machine_counter: Counter::new(0),
            user_counter: Counter::new(0),
            triggers: Triggers::default(),
            gpio_oen: 0,
            gpio_in: 0,
            gpio_out: 0,
            lines: 0,
            extended: extensions::Registers::default(),
            reservation: None,
            waiting: false,
            slice_end: 0,
            instructions: 0,
            faults: Vec::new(),
            in_fault: false,
        }
    }

    /// Back to the state after reset at `cycles` since power-on; time, the instruction count and the levels of the
    /// interrupt lines go on. The performance counters start at zero.
    pub(crate) fn reset(&mut self, cycles: u64) {
        let fresh = Hart::new(self.config);
        *self = Hart {
            slice_end: self.slice_end,
            instructions: self.instructions,
            lines: self.lines,
            machine_counter: Counter::new(cycles),
            user_counter: Counter::new(cycles),
            ..fresh
        };
    }

    /// Register `x0` to `x31` (the index counts modulo 32).
    pub(crate) fn register(&self, index: usize) -> u32 {
        self.x[index % REGISTERS]
    }

    /// Sets register `x1` to `x31` (the index counts modulo 32); `x0` stays zero.
    pub fn set_register(&mut self, index: usize, value: u32) {
        if !index.is_multiple_of(REGISTERS) {
            self.x[index % REGISTERS] = value;
        }
    }

    /// Instructions executed since power-on.
    pub(crate) fn instructions(&self) -> u64 {
        self.instructions
    }

    /// True while the core waits in WFI.
    pub(crate) fn waiting(&self) -> bool {
        self.waiting
    }

    /// Enters a privilege mode.
    pub(super) fn set_mode(&mut self, mode: Mode) {
        if mode != self.mode {
            self.mode = mode;
            self.pmp.set_machine(mode == Mode::Machine);
        }
    }

    /// mstatus.MPP as a mode.
    pub(super) fn previous_mode(&self) -> Mode {
        if self.mstatus & csr::status::MPP == 0 {
            Mode::User
        } else {
            Mode::Machine
        }
    }
}
