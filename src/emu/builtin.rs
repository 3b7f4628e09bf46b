//! The built-in chips: [`VirtualChip`] over `Machine`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::bus::Bus;
use super::cpu::Cpu;
use super::machine::{Machine, Snapshot};
use super::rom::{Rom, RomError};
use super::soc::Soc;
use super::soc::board::Board;
use super::soc::chips::{esp32, esp32c3, esp32c6, esp32s3};
use super::soc::esp32::Esp32;
use super::xtensa::Core;
use crate::boot::{Activity, BootReport, CoreTrace, ExecutionRecord, Place, Stop};
use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash::{FlashImage, FlashSizeError};
use crate::virtual_chip::{PowerOn, RunLimits, VirtualChip, Watch};

pub use super::soc::board::Access;

/// Name of the back end in reports.
const BACKEND: &str = "builtin";

/// Why a built-in chip could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No such chip is emulated.
    #[error("{chip} is not emulated: that are {}", crate::chip::names(&Chip::BOOTABLE))]
    Chip {
        /// The chip.
        chip: Chip,
    },
    /// No mask ROM.
    #[error(transparent)]
    Rom(#[from] RomError),
    /// The chip cannot address a flash of this size.
    #[error(transparent)]
    FlashSize(#[from] FlashSizeError),
}

/// The built-in chips never fail once they are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Never {}

/// A chip of the built-in emulator.
///
/// It boots the mask ROM that belongs to the eFuses' chip revision. The same inputs give the same console, byte for
/// byte.
#[derive(Debug)]
pub struct BuiltinChip {
    machine: AnyMachine,
    rom_sha256: [u8; 32],
    /// Console bytes that a watch has seen.
    shown: usize,
    /// Version of the record that a watch has seen.
    told: u64,
}

/// The machine of one of the chips.
#[derive(Debug)]
enum AnyMachine {
    Esp32(Box<Machine<Esp32>>),
    Esp32C3(Box<Machine<esp32c3::Esp32C3>>),
    Esp32C6(Box<Machine<esp32c6::Esp32C6>>),
    Esp32S3(Box<Machine<esp32s3::Esp32S3>>),
}

/// The machine of these cores on this bus.
fn machine<S: Soc + Clone>((bus, cores): (Bus<S>, Vec<S::Core>)) -> Box<Machine<S>> {
    Box::new(Machine::new(bus, cores))
}

/// Does the same with whichever machine it is.
macro_rules! each {
    ($any:expr, $machine:ident => $do:expr) => {
        match $any {
            AnyMachine::Esp32($machine) => $do,
            AnyMachine::Esp32C3($machine) => $do,
            AnyMachine::Esp32C6($machine) => $do,
            AnyMachine::Esp32S3($machine) => $do,
        }
    };
}

/// A built-in chip at one moment.
#[derive(Debug, Clone)]
pub struct ChipSnapshot {
    machine: AnySnapshot,
    shown: usize,
}

#[derive(Debug, Clone)]
enum AnySnapshot {
    Esp32(Box<Snapshot<Esp32>>),
    Esp32C3(Box<Snapshot<esp32c3::Esp32C3>>),
    Esp32C6(Box<Snapshot<esp32c6::Esp32C6>>),
    Esp32S3(Box<Snapshot<esp32s3::Esp32S3>>),
}

impl BuiltinChip {
    /// The chip, powered on and not run yet.
    ///
    /// # Errors
    /// If there is no ROM for the chip, or its flash size is impossible.
    pub fn new(power: PowerOn) -> Result<Self, BuildError> {
        let rom = Rom::of(power.efuses.chip(), power.efuses.revision())?;
        Self::with_rom(Arc::new(rom), power)
    }

    /// The chip with its ROM.
    fn with_rom(rom: Arc<Rom>, power: PowerOn) -> Result<Self, BuildError> {
        FlashImage::check_size_for(power.efuses.chip(), power.flash.size())?;
        let rom_sha256 = rom.sha256();
        let machine = match power.efuses.chip() {
            Chip::Esp32 => AnyMachine::Esp32(machine(esp32::power_on(rom, power))),
            Chip::Esp32C3 => AnyMachine::Esp32C3(machine(esp32c3::power_on(rom, power))),
            Chip::Esp32C6 => AnyMachine::Esp32C6(machine(esp32c6::power_on(rom, power))),
            Chip::Esp32S3 => AnyMachine::Esp32S3(machine(esp32s3::power_on(rom, power))),
            chip => return Err(BuildError::Chip { chip }),
        };
        Ok(BuiltinChip {
            machine,
            rom_sha256,
            shown: 0,
            told: 0,
        })
    }

    /// Saves the whole state; memory that does not change later is shared.
    pub fn snapshot(&mut self) -> ChipSnapshot {
        let machine = match &mut self.machine {
            AnyMachine::Esp32(machine) => AnySnapshot::Esp32(Box::new(machine.snapshot())),
            AnyMachine::Esp32C3(machine) => AnySnapshot::Esp32C3(Box::new(machine.snapshot())),
            AnyMachine::Esp32C6(machine) => AnySnapshot::Esp32C6(Box::new(machine.snapshot())),
            AnyMachine::Esp32S3(machine) => AnySnapshot::Esp32S3(Box::new(machine.snapshot())),
        };
        ChipSnapshot {
            machine,
            shown: self.shown,
        }
    }

    /// Puts a saved state of this chip back. False, and nothing is changed, if it is one of another kind of chip.
    pub fn restore(&mut self, snapshot: &ChipSnapshot) -> bool {
        match (&mut self.machine, &snapshot.machine) {
            (AnyMachine::Esp32(machine), AnySnapshot::Esp32(saved)) => machine.restore(saved),
            (AnyMachine::Esp32C3(machine), AnySnapshot::Esp32C3(saved)) => machine.restore(saved),
            (AnyMachine::Esp32C6(machine), AnySnapshot::Esp32C6(saved)) => machine.restore(saved),
            (AnyMachine::Esp32S3(machine), AnySnapshot::Esp32S3(saved)) => machine.restore(saved),
            _ => return false,
        }
        self.shown = snapshot.shown;
        self.told = 0;
        true
    }

    /// Page programs, flash erases and eFuse burns since power-on.
    pub fn changes(&self) -> u64 {
        each!(&self.machine, machine => machine.soc().changes())
    }

    /// The chip.
    pub fn chip(&self) -> Chip {
        match &self.machine {
            AnyMachine::Esp32(_) => Chip::Esp32,
            AnyMachine::Esp32C3(_) => Chip::Esp32C3,
            AnyMachine::Esp32C6(_) => Chip::Esp32C6,
            AnyMachine::Esp32S3(_) => Chip::Esp32S3,
        }
    }

    fn board(&self) -> &Board {
        each!(&self.machine, machine => machine.soc().board())
    }

    fn board_mut(&mut self) -> &mut Board {
        each!(&mut self.machine, machine => machine.soc_mut().board_mut())
    }

    /// Starts or stops the recording of device accesses.
    pub fn set_mmio_trace(&mut self, on: bool) {
        self.board_mut().set_trace(on);
    }

    /// The device accesses since the last call.
    pub fn take_mmio_trace(&mut self) -> Vec<Access> {
        self.board_mut().take_trace()
    }

    /// Where a core is.
    pub fn place(&self, core: usize) -> Place {
        each!(&self.machine, machine => machine.place(core))
    }

    /// Number of cores.
    pub fn core_count(&self) -> usize {
        each!(&self.machine, machine => machine.core_count())
    }

    /// CPU cycles since power-on.
    pub fn cycles(&self) -> u64 {
        each!(&self.machine, machine => machine.cycles())
    }

    /// Cycles that a core's counter has seen since power-on.
    pub fn core_cycles(&self, core: usize) -> u64 {
        each!(&self.machine, machine => machine.core_cycles(core))
    }

    /// Instructions that a core has executed since power-on.
    pub fn instructions_of(&self, core: usize) -> u64 {
        each!(&self.machine, machine => Cpu::instructions(machine.core(core)))
    }

    /// The instruction at an address as text, if code can be there.
    pub fn instruction(&self, core: usize, address: u32) -> Option<String> {
        each!(&self.machine, machine => machine.instruction(core, address))
    }

    /// Reads memory as a core sees it, without any effect on the guest. Returns how many bytes could be read.
    pub fn peek(&self, core: usize, address: u32, into: &mut [u8]) -> usize {
        each!(&self.machine, machine => machine.peek(core, address, into))
    }

    /// Writes RAM as a core sees it. Returns how many bytes could be written.
    pub fn poke(&mut self, core: usize, address: u32, data: &[u8]) -> usize {
        each!(&mut self.machine, machine => machine.poke(core, address, data))
    }

    /// Stops every run before the instruction at `address`. False if there are too many breakpoints already.
    pub fn set_breakpoint(&mut self, address: u32) -> bool {
        each!(&mut self.machine, machine => machine.set_breakpoint(address))
    }

    /// Takes a breakpoint away; false if there was none.
    pub fn clear_breakpoint(&mut self, address: u32) -> bool {
        each!(&mut self.machine, machine => machine.clear_breakpoint(address))
    }

    /// Takes every breakpoint away.
    pub fn clear_breakpoints(&mut self) {
        each!(&mut self.machine, machine => machine.clear_breakpoints());
    }

    /// Executes one instruction of a core, breakpoint or not; with `others` the other cores run on meanwhile.
    pub fn step_core(&mut self, core: usize, others: bool) -> Option<Stop> {
        each!(&mut self.machine, machine => machine.step_core(core, others))
    }

    /// Runs one slice of one core, at most `limit` cycles, while the others stand still; nothing if it is held.
    pub fn run_alone(&mut self, core: usize, limit: u64) -> Option<Stop> {
        each!(&mut self.machine, machine => machine.run_alone(core, limit))
    }

    /// A core of a chip with Xtensa cores.
    pub fn xtensa_core(&self, core: usize) -> Option<&Core> {
        match &self.machine {
            AnyMachine::Esp32(machine) => Some(machine.core(core)),
            AnyMachine::Esp32S3(machine) => Some(machine.core(core)),
            AnyMachine::Esp32C3(_) => None,
            AnyMachine::Esp32C6(_) => None,
        }
    }

    /// Changes the registers of an Xtensa core; `edit` gets the core's cycle count too. False on other chips.
    pub fn edit_xtensa_core(&mut self, core: usize, edit: impl FnOnce(&mut Core, u64)) -> bool {
        match &mut self.machine {
            AnyMachine::Esp32(machine) => machine.edit_core(core, edit),
            AnyMachine::Esp32S3(machine) => machine.edit_core(core, edit),
            AnyMachine::Esp32C3(_) => return false,
            AnyMachine::Esp32C6(_) => return false,
        }
        true
    }

    /// Runs one slice of at most `cycles` cycles.
    fn step(&mut self, cycles: u64) -> Option<Stop> {
        each!(&mut self.machine, machine => machine.run_slice(cycles))
    }

    /// Hands the watch what it has not seen of the console; for steps.
    pub fn show(&mut self, watch: &mut dyn Watch) -> ControlFlow<()> {
        let board = self.board();
        let record = each!(&self.machine, machine => machine.record());
        let console = board.console();
        let (len, version) = (console.len(), record.version);
        let mut flow = ControlFlow::Continue(());
        if version != self.told {
            flow = watch.executed(record);
        }
        if len != self.shown {
            watch.resets(board.resets().len() as u64);
            if watch.console(&console[self.shown..]).is_break() {
                flow = ControlFlow::Break(());
            }
        }
        (self.shown, self.told) = (len, version);
        flow
    }

    fn run_until_stop(&mut self, limits: &RunLimits, watch: &mut dyn Watch) -> Stop {
        let end = self.cycles().saturating_add(limits.cycles);
        loop {
            let left = end.saturating_sub(self.cycles());
            if left == 0 {
                return Stop::CycleLimit;
            }
            let stop = self.step(left);
            if self.show(watch) == ControlFlow::Break(()) {
                return Stop::Watch;
            }
            if self.board().resets().len() > limits.resets as usize {
                return Stop::ResetLimit;
            }
            if let Some(stop) = stop {
                return stop;
            }
        }
    }

    fn report(&self, stop: Stop) -> BootReport {
        let board = self.board();
        BootReport {
            backend: BACKEND.to_owned(),
            rom_sha256: Some(self.rom_sha256),
            console: board.console().to_vec(),
            stop,
            resets: board.resets().to_vec(),
            cycles: self.cycles(),
            instructions: each!(&self.machine, machine => machine.instructions()),
            gaps: board.gaps(),
            places: each!(&self.machine, machine => machine.places()),
            record: Some(each!(&self.machine, machine => machine.record().clone())),
        }
    }
}

impl VirtualChip for BuiltinChip {
    type Error = Never;

    fn run(&mut self, limits: &RunLimits, watch: &mut dyn Watch) -> Result<BootReport, Never> {
        let stop = self.run_until_stop(limits, watch);
        Ok(self.report(stop))
    }

    fn core_traces(&self) -> Vec<CoreTrace> {
        each!(&self.machine, machine => machine.core_traces())
    }

    fn record(&self) -> Option<&ExecutionRecord> {
        Some(each!(&self.machine, machine => machine.record()))
    }

    fn activity(&self) -> Option<Activity> {
        Some(each!(&self.machine, machine => machine.activity()))
    }

    fn begin_window(&mut self) {
        each!(&mut self.machine, machine => machine.begin_window());
    }

    fn watch_symbols(&mut self, symbols: &[(String, u32)]) -> bool {
        each!(&mut self.machine, machine => machine.watch_symbols(symbols));
        true
    }

    fn flash(&self) -> Result<FlashImage, Never> {
        Ok(each!(&self.machine, machine => machine.soc().flash().clone()))
    }

    fn efuses(&self) -> Result<EfuseBank, Never> {
        Ok(each!(&self.machine, machine => machine.soc().efuses().clone()))
    }

    fn cut_power_after(&mut self, changes: Option<u64>) -> bool {
        self.board_mut().cut_power_after(changes);
        true
    }
}
