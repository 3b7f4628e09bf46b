//! Exceptions: causes, vectors, entry.

use super::core::{Core, PS_EXCM, PS_INTLEVEL, PS_OWB, PS_OWB_SHIFT};
use super::interrupt::DEBUG_LEVEL;
use crate::boot::{Fault, MAX_RECORDED_FAULTS};

/// EXCCAUSE (Xtensa ISA reference manual, "Exception Causes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Cause {
    /// Illegal instruction.
    IllegalInstruction = 0,
    /// SYSCALL.
    Syscall = 1,
    /// 8- or 16-bit access on the instruction bus, or misaligned.
    LoadStoreError = 3,
    /// An interrupt of level 1.
    Level1Interrupt = 4,
    /// MOVSP while the caller's registers are not in the file.
    Alloca = 5,
    /// Division by zero.
    IntegerDivideByZero = 6,
    /// Fetch from where nothing answers.
    InstructionPifAddressError = 14,
    /// Load from where nothing answers.
    LoadStorePifAddressError = 15,
    /// Fetch from where no code can be.
    InstructionFetchProhibited = 20,
    /// Load from where nothing is.
    LoadProhibited = 28,
    /// Store to where nothing is, or to read-only memory.
    StoreProhibited = 29,
    /// Floating-point instruction while CPENABLE bit 0 is clear.
    Coprocessor0Disabled = 32,
    /// Vector instruction while CPENABLE bit 3 is clear.
    Coprocessor3Disabled = 35,
}

impl Cause {
    /// Whether ordinary code does not take it: no system call, interrupt, register window or coprocessor that is switched
    /// on when it is first used.
    pub(super) fn is_fault(self) -> bool {
        !matches!(
            self,
            Cause::Syscall
                | Cause::Level1Interrupt
                | Cause::Alloca
                | Cause::Coprocessor0Disabled
                | Cause::Coprocessor3Disabled
        )
    }

    /// The name of the cause (Xtensa ISA reference manual, "Exception Causes").
    fn name(self) -> &'static str {
        match self {
            Cause::IllegalInstruction => "IllegalInstruction",
            Cause::Syscall => "Syscall",
            Cause::LoadStoreError => "LoadStoreError",
            Cause::Level1Interrupt => "Level1Interrupt",
            Cause::Alloca => "Alloca",
            Cause::IntegerDivideByZero => "IntegerDivideByZero",
            Cause::InstructionPifAddressError => "InstrPIFAddrError",
            Cause::LoadStorePifAddressError => "LoadStorePIFAddrError",
            Cause::InstructionFetchProhibited => "InstrFetchProhibited",
            Cause::LoadProhibited => "LoadProhibited",
            Cause::StoreProhibited => "StoreProhibited",
            Cause::Coprocessor0Disabled => "Coprocessor0Disabled",
            Cause::Coprocessor3Disabled => "Coprocessor3Disabled",
        }
    }
}

/// Why a debug exception was raised (DEBUGCAUSE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum DebugCause {
    Break = 1 << 3,
    BreakN = 1 << 4,
}

/// Where execution goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vector {
    /// Window overflow of 1, 2 or 3 groups.
    Overflow(u32),
    /// Window underflow of 1, 2 or 3 groups.
    Underflow(u32),
    User,
    Kernel,
    Double,
    /// Interrupt of level 2 to 7; 6 is the debug level.
    Level(u32),
}

impl Core {
    pub(super) fn vector(&self, vector: Vector) -> u32 {
        // Offsets: core-isa.h, XCHAL_*_VECOFS.
        let offset = match vector {
            Vector::Overflow(groups) => (groups - 1) * 0x80,
            Vector::Underflow(groups) => (groups - 1) * 0x80 + 0x40,
            Vector::Level(level) => 0x180 + (level - 2) * 0x40,
            Vector::Kernel => 0x300,
            Vector::User => 0x340,
            Vector::Double => 0x3c0,
        };
        self.vecbase.wrapping_add(offset)
    }

    /// Enters an exception at the current pc.
    #[cold]
    pub(super) fn raise(&mut self, cause: Cause, address: Option<u32>) {
        let vector = if self.ps & PS_EXCM != 0 {
            self.epc[0] = self.pc;
            Vector::Double
        } else {
            self.epc[1] = self.pc;
            if self.user_mode() {
                Vector::User
            } else {
                Vector::Kernel
            }
        };
        self.in_fault |= cause.is_fault();
        if cause.is_fault() && self.faults.len() < MAX_RECORDED_FAULTS {
            self.faults.push(Fault {
                core: self.config.index,
                code: cause as u32,
                cause: cause.name(),
                pc: self.pc,
            });
        }
        self.exccause = cause as u32;
        if let Some(address) = address {
            self.excvaddr = address;
        }
        self.ps |= PS_EXCM;
        self.update_window_limit();
        self.pc = self.vector(vector);
    }

    /// Enters a window overflow or underflow exception at the current pc; `base` becomes WINDOWBASE.
    #[cold]
    pub(super) fn raise_window(&mut self, vector: Vector, base: u32) {
        self.epc[1] = self.pc;
        self.ps = self.ps & !PS_OWB | self.window_base << PS_OWB_SHIFT | PS_EXCM;
        self.set_window_base(base);
        self.pc = self.vector(vector);
    }

    /// BREAK without a debugger: the debug exception, or nothing where it is masked.
    #[cold]
    pub(super) fn raise_debug(&mut self, cause: DebugCause, next: u32) {
        if self.ps & PS_INTLEVEL >= DEBUG_LEVEL {
            self.pc = next;
            return;
        }
        self.debugcause = cause as u32;
        self.epc[6] = self.pc;
        self.eps[6] = self.ps;
        self.ps = self.ps & !PS_INTLEVEL | DEBUG_LEVEL | PS_EXCM;
        self.update_window_limit();
        self.pc = self.vector(Vector::Level(DEBUG_LEVEL));
    }
}
