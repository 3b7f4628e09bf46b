//! State of an Xtensa core, and its reset.

use super::exception::Cause;
use super::{interrupt, region};
use crate::boot::Fault;

/// Number of physical address registers.
pub const PHYSICAL_REGISTERS: usize = 64;

/// Number of user registers that the ESP32-S3's LX7 adds.
pub(super) const PIE_REGISTERS: usize = 19;

/// PS.INTLEVEL.
pub const PS_INTLEVEL: u32 = 0xf;
/// PS.EXCM: exception mode.
pub const PS_EXCM: u32 = 1 << 4;
/// PS.UM: user vector mode.
pub const PS_UM: u32 = 1 << 5;
/// PS.OWB: old window base.
pub const PS_OWB: u32 = 0xf << 8;
/// Shift of PS.OWB.
pub const PS_OWB_SHIFT: u32 = 8;
/// PS.CALLINC: window increment of the last call.
pub const PS_CALLINC: u32 = 3 << 16;
/// Shift of PS.CALLINC.
pub const PS_CALLINC_SHIFT: u32 = 16;
/// PS.WOE: window overflow detection.
pub const PS_WOE: u32 = 1 << 18;
/// The bits of PS that exist.
pub const PS_MASK: u32 = PS_INTLEVEL | PS_EXCM | PS_UM | 0xc0 | PS_OWB | PS_CALLINC | PS_WOE;

/// The processor that a core is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreModel {
    /// LX6, of the ESP32.
    Lx6,
    /// LX7, as the ESP32-S3 has it; its vector instructions are decoded, not executed.
    Lx7,
}

/// What differs between the cores of one chip and between chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreConfig {
    /// The processor.
    pub model: CoreModel,
    /// Number of the core on its chip.
    pub index: u8,
    /// PRID: processor identification, as the chip's software tells its cores apart.
    pub prid: u32,
    /// CONFIGID0 and CONFIGID1 (`core-isa.h`, XCHAL_HW_CONFIGID0/1).
    pub config_id: [u32; 2],
    /// Reset vector.
    pub reset_vector: u32,
    /// VECBASE after reset.
    pub vecbase: u32,
}

/// A core.
#[derive(Debug, Clone)]
pub struct Core {
    /// Its fixed properties.
    pub(crate) config: CoreConfig,
    /// Program counter.
    pub pc: u32,
    /// The registers of the current window, a0 to a15.
    pub(super) a: [u32; 16],
    /// Physical registers in groups of four; the current window's are stale here.
    pub(super) physical: [[u32; 4]; PHYSICAL_REGISTERS / 4],
    pub(super) window_base: u32,
    pub(super) window_start: u32,
    /// Highest group of the window (0-3) that may be touched without a window overflow.
    pub(super) window_limit: u8,
    pub(super) ps: u32,
    pub(super) sar: u32,
    pub(super) lbeg: u32,
    pub(super) lend: u32,
    pub(super) lcount: u32,
    /// A taken branch went to LEND: the loop does not wrap there.
    pub(super) skip_wrap: bool,
    pub(super) br: u32,
    pub(super) scompare1: u32,
    pub(super) acc: u64,
    pub(super) mr: [u32; 4],
    /// EPC1 to EPC7 at 1 to 7; DEPC at 0.
    pub(super) epc: [u32; 8],
    /// EPS2 to EPS7 at 2 to 7.
    pub(super) eps: [u32; 8],
    /// EXCSAVE1 to EXCSAVE7 at 1 to 7.
    pub(super) excsave: [u32; 8],
    pub(super) exccause: u32,
    pub(super) excvaddr: u32,
    pub(super) debugcause: u32,
    pub(super) cpenable: u32,
    pub(super) vecbase: u32,
    pub(super) interrupts: interrupt::Interrupts,
    pub(super) ccompare: [u32; 3],
    /// CCOUNT minus the number of cycles since power-on.
    pub(super) ccount_offset: u32,
    /// Cycles since power-on at the end of the current slice.
    pub(super) slice_end: u64,
    pub(super) misc: [u32; 4],
    pub(super) debug: DebugRegisters,
    pub(super) regions: region::Regions,
    pub(super) threadptr: u32,
    pub(super) f64_accel: [u32; 3],
    /// The LX7's user registers 0 to 18: accumulators and settings of the vector unit, dedicated GPIO outputs.
    pub(super) pie: [u32; PIE_REGISTERS],
    pub(super) f: [u32; 16],
    pub(super) fcr: u32,
    pub(super) fsr: u32,
    /// WAITI: stopped until an interrupt.
    pub(super) waiting: bool,
    /// Instructions executed since power-on.
    pub(super) instructions: u64,
    /// Exceptions that nobody has asked for yet: see [`Cause::is_fault`].
    pub(super) faults: Vec<Fault>,
    /// The newest of them has not been returned from.
    pub(super) in_fault: bool,
}

/// Debug registers: stored, not acted on.
#[derive(Debug, Clone, Default)]
pub(super) struct DebugRegisters {
    pub ibreakenable: u32,
    pub ibreaka: [u32; 2],
    pub dbreaka: [u32; 2],
    pub dbreakc: [u32; 2],
    pub icount: u32,
    pub icountlevel: u32,
    pub ddr: u32,
    pub memctl: u32,
    pub atomctl: u32,
    pub eraccess: u32,
}

impl Core {
    /// A core that has just left reset. Registers that the ISA leaves undefined are zero.
    pub fn new(config: CoreConfig) -> Self {
        Core {
            config,
            pc: config.reset_vector,
            a: [0; 16],
            physical: [[0; 4]; PHYSICAL_REGISTERS / 4],
            window_base: 0,
            window_start: 1,
            window_limit: 3,
            ps: 0x1f,
            sar: 0,
            lbeg: 0,
            lend: 0,
            lcount: 0,
            skip_wrap: false,
            br: 0,
            scompare1: 0,
            acc: 0,
            mr: [0; 4],
            epc: [0; 8],
            eps: [0; 8],
            excsave: [0; 8],
            exccause: 0,
            excvaddr: 0,
            debugcause: 0,
            cpenable: 0,
            vecbase: config.vecbase,
            interrupts: interrupt::Interrupts::default(),
            ccompare: [0; 3],
            ccount_offset: 0,
            slice_end: 0,
            misc: [0; 4],
            debug: DebugRegisters {
                atomctl: 0x28,
                ..DebugRegisters::default()
            },
            regions: region::Regions::default(),
            threadptr: 0,
            f64_accel: [0; 3],
            pie: [0; PIE_REGISTERS],
            f: [0; 16],
            fcr: 0,
            fsr: 0,
            waiting: false,
            instructions: 0,
            faults: Vec::new(),
            in_fault: false,
        }
    }

    /// Back to the state after reset at `cycles` since power-on; time and the instruction count go on.
    ///
    /// CCOUNT starts at zero. Inferred: the ISA leaves it undefined; ESP-IDF's log shows small times after a restart.
    pub(crate) fn reset(&mut self, cycles: u64) {
        let (slice_end, instructions) = (self.slice_end, self.instructions);
        *self = Core::new(self.config);
        self.ccount_offset = (cycles as u32).wrapping_neg();
        self.slice_end = slice_end;
        self.instructions = instructions;
    }

    /// Address register `index` (0-15) of the current window.
    pub fn register(&self, index: usize) -> u32 {
        self.a[index & 15]
    }

    /// Sets address register `index` (0-15) of the current window.
    pub fn set_register(&mut self, index: usize, value: u32) {
        self.a[index & 15] = value;
    }

    /// Floating-point register `index` (0-15), as bits.
    pub fn float_register(&self, index: usize) -> u32 {
        self.f[index & 15]
    }

    /// Sets floating-point register `index` (0-15), as bits.
    pub fn set_float_register(&mut self, index: usize, value: u32) {
        self.f[index & 15] = value;
    }

    /// All physical address registers.
    pub fn physical_registers(&self) -> [u32; PHYSICAL_REGISTERS] {
        let mut core = self.clone();
        core.store_window();
        let mut all = [0; PHYSICAL_REGISTERS];
        for (group, registers) in all.chunks_exact_mut(4).zip(core.physical) {
            group.copy_from_slice(&registers);
        }
        all
    }

    /// Instructions executed since power-on.
    pub(crate) fn instructions(&self) -> u64 {
        self.instructions
    }

    /// True while the core waits in WAITI.
    pub(crate) fn waiting(&self) -> bool {
        self.waiting
    }

    /// CCOUNT after `cycles` cycles since power-on.
    pub(super) fn ccount_at(&self, cycles: u64) -> u32 {
        (cycles as u32).wrapping_add(self.ccount_offset)
    }

    pub(super) fn coprocessor_disabled(&self) -> Option<Cause> {
        (self.cpenable & 1 == 0).then_some(Cause::Coprocessor0Disabled)
    }

    /// The exception of a vector instruction, if the vector unit is switched off.
    pub(super) fn vectors_disabled(&self) -> Option<Cause> {
        (self.cpenable & 1 << 3 == 0).then_some(Cause::Coprocessor3Disabled)
    }
}
