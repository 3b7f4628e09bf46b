//! Exceptions and interrupts: entry into machine mode and the return from it.
//!
//! Source: The RISC-V Instruction Set Manual, volume II, chapter "Machine-Level ISA"; ESP32-C3 technical reference
//! manual, chapter "ESP-RISC-V CPU", sections on exceptions and on the interrupt controller.

use super::core::{Hart, Mode};
use super::csr::status;
use crate::boot::{Fault, MAX_RECORDED_FAULTS};

/// Exceptions, with their numbers in mcause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Cause {
    /// Instructions cannot be fetched there.
    InstructionAccessFault = 1,
    /// The core does not have the instruction, or not in this mode.
    IllegalInstruction = 2,
    /// EBREAK.
    Breakpoint = 3,
    /// An atomic instruction loads a word that is not aligned.
    LoadAddressMisaligned = 4,
    /// Nothing can be loaded there.
    LoadAccessFault = 5,
    /// An atomic instruction stores a word that is not aligned.
    StoreAddressMisaligned = 6,
    /// Nothing can be stored there.
    StoreAccessFault = 7,
    /// ECALL in user mode.
    UserEcall = 8,
    /// ECALL in machine mode.
    MachineEcall = 11,
}

impl Cause {
    /// The name (ESP-IDF `components/esp_system/port/arch/riscv/panic_arch.c`) of an exception that ordinary code does not
    /// take; nothing for system calls.
    fn fault_name(self) -> Option<&'static str> {
        match self {
            Cause::InstructionAccessFault => Some("Instruction access fault"),
            Cause::IllegalInstruction => Some("Illegal instruction"),
            Cause::Breakpoint => Some("Breakpoint"),
            Cause::LoadAddressMisaligned => Some("Load address misaligned"),
            Cause::StoreAddressMisaligned => Some("Store address misaligned"),
            Cause::LoadAccessFault => Some("Load access fault"),
            Cause::StoreAccessFault => Some("Store access fault"),
            Cause::UserEcall | Cause::MachineEcall => None,
        }
    }
}

/// mcause: an interrupt, not an exception.
const INTERRUPT: u32 = 1 << 31;
/// Bytes of an entry of the vector table: one jump.
const VECTOR_BYTES: u32 = 4;

impl Hart {
    /// Takes an exception at the pc: machine mode, at the base of the vector table.
    #[cold]
    pub(super) fn raise(&mut self, cause: Cause, value: u32) {
        self.in_fault |= cause.fault_name().is_some();
        if let Some(name) = cause.fault_name()
            && self.faults.len() < MAX_RECORDED_FAULTS
        {
            self.faults.push(Fault {
                core: self.config.index,
                code: cause as u32,
                cause: name,
                pc: self.pc,
            });
        }
        self.enter(cause as u32, value, self.mtvec);
    }

    fn enter(&mut self, cause: u32, value: u32, handler: u32) {
        self.reservation = None;
        let enabled = self.mstatus & status::MIE != 0;
        self.mstatus &= !(status::MIE | status::MPIE | status::MPP);
        if enabled {
            self.mstatus |= status::MPIE;
        }
        if self.mode == Mode::Machine {
            self.mstatus |= status::MPP;
        }
        self.mepc = self.pc;
        self.mcause = cause;
        self.mtval = value;
        self.set_mode(Mode::Machine);
        self.pc = handler;
    }

    /// MRET.
    pub(super) fn return_from_trap(&mut self) {
        self.in_fault = false;
        self.reservation = None;
        let mode = self.previous_mode();
        let enabled = self.mstatus & status::MPIE != 0;
        self.mstatus &= !(status::MIE | status::MPP);
        self.mstatus |= status::MPIE;
        if enabled {
            self.mstatus |= status::MIE;
        }
        self.set_mode(mode);
        self.pc = self.mepc;
    }

    /// Sets the interrupts that the interrupt controller hands over, bit by number.
    pub(crate) fn set_interrupt_lines(&mut self, lines: u32) {
        self.lines = lines;
    }

    /// True if an interrupt is pending that ends the waiting; whether it is taken then is another matter.
    pub(crate) fn interrupt_pending(&self) -> bool {
        self.enabled_lines() != 0
    }

    /// The pending interrupts that are enabled, whether or not they may be taken now.
    fn enabled_lines(&self) -> u32 {
        match self.config.extensions.interrupt_enables {
            true => self.lines & self.extended.mie,
            false => self.lines,
        }
    }

    /// True if no interrupt can be taken now: machine mode with MIE clear.
    pub(crate) fn interrupts_masked(&self) -> bool {
        self.mode == Mode::Machine && self.mstatus & status::MIE == 0
    }

    /// Ends the waiting if an interrupt is pending, and takes it if it may be taken.
    ///
    /// The controller hands over the interrupt of the highest priority; of several the one with the highest number.
    pub(super) fn interrupt_between_instructions(&mut self) {
        let Some(number) = self.enabled_lines().checked_ilog2() else {
            return;
        };
        self.waiting = false;
        if self.mode == Mode::User || self.mstatus & status::MIE != 0 {
            let handler = self.mtvec.wrapping_add(number * VECTOR_BYTES);
            self.enter(INTERRUPT | number, 0, handler);
        }
    }
}
