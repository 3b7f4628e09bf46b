//! The built-in chips: [`VirtualChip`] over [`Machine`].

use std::ops::ControlFlow;
use std::sync::Arc;

use super::machine::{Machine, Snapshot};
use super::rom::{Rom, RomError};
use super::soc::Soc;
use super::soc::board::Access;
use super::soc::esp32::Esp32;
use crate::boot::{BootReport, CoreTrace, Place, Stop};
use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash::{FlashImage, FlashSizeError};
use crate::virtual_chip::{PowerOn, RunLimits, VirtualChip, Watch};

/// Name of the back end in reports.
pub const BACKEND: &str = "builtin";

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
    machine: Machine<Esp32>,
    rom_sha256: [u8; 32],
    /// Console bytes that a watch has seen.
    shown: usize,
}

/// A built-in chip at one moment.
#[derive(Debug, Clone)]
pub struct ChipSnapshot {
    machine: Snapshot<Esp32>,
    shown: usize,
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

    /// The chip with a ROM that is already at hand.
    ///
    /// # Errors
    /// If the flash size is impossible.
    pub fn with_rom(rom: Arc<Rom>, power: PowerOn) -> Result<Self, BuildError> {
        FlashImage::check_size_for(power.efuses.chip(), power.flash.size())?;
        let rom_sha256 = rom.sha256();
        let machine = match power.efuses.chip() {
            Chip::Esp32 => Esp32::machine(rom, power),
            chip => return Err(BuildError::Chip { chip }),
        };
        Ok(BuiltinChip {
            machine,
            rom_sha256,
            shown: 0,
        })
    }

    /// Saves the whole state; memory that does not change later is shared.
    pub fn snapshot(&mut self) -> ChipSnapshot {
        ChipSnapshot {
            machine: self.machine.snapshot(),
            shown: self.shown,
        }
    }

    /// Puts a saved state of this chip back.
    pub fn restore(&mut self, snapshot: &ChipSnapshot) {
        self.machine.restore(&snapshot.machine);
        self.shown = snapshot.shown;
    }

    /// Page programs, flash erases and eFuse burns since power-on.
    pub fn changes(&self) -> u64 {
        self.machine.soc().changes()
    }

    /// Starts or stops the recording of device accesses.
    pub fn set_mmio_trace(&mut self, on: bool) {
        self.machine.soc_mut().board_mut().set_trace(on);
    }

    /// The device accesses since the last call.
    pub fn take_mmio_trace(&mut self) -> Vec<Access> {
        self.machine.soc_mut().board_mut().take_trace()
    }

    /// Where a core is.
    pub fn place(&self, core: usize) -> Place {
        self.machine.place(core)
    }

    /// The machine.
    pub fn machine(&self) -> &Machine<Esp32> {
        &self.machine
    }

    /// The machine, for a debugger.
    pub fn machine_mut(&mut self) -> &mut Machine<Esp32> {
        &mut self.machine
    }

    /// Runs one slice of at most `cycles` cycles; for traces.
    pub fn step(&mut self, cycles: u64) -> Option<Stop> {
        self.machine.run_slice(cycles)
    }

    /// Hands the watch what it has not seen of the console; for steps.
    pub fn show(&mut self, watch: &mut dyn Watch) -> ControlFlow<()> {
        let console = self.machine.soc().board().console();
        if console.len() == self.shown {
            return ControlFlow::Continue(());
        }
        let new = &console[self.shown..];
        watch.resets(self.machine.soc().board().resets().len() as u64);
        let flow = watch.console(new);
        self.shown = console.len();
        flow
    }

    fn run_until_stop(&mut self, limits: &RunLimits, watch: &mut dyn Watch) -> Stop {
        let end = self.machine.cycles().saturating_add(limits.cycles);
        loop {
            let left = end.saturating_sub(self.machine.cycles());
            if left == 0 {
                return Stop::CycleLimit;
            }
            let stop = self.machine.run_slice(left);
            if self.show(watch) == ControlFlow::Break(()) {
                return Stop::Watch;
            }
            if self.machine.soc().board().resets().len() > limits.resets as usize {
                return Stop::ResetLimit;
            }
            if let Some(stop) = stop {
                return stop;
            }
        }
    }

    fn report(&self, stop: Stop) -> BootReport {
        let soc = self.machine.soc();
        BootReport {
            backend: BACKEND.to_owned(),
            rom_sha256: Some(self.rom_sha256),
            console: soc.board().console().to_vec(),
            stop,
            resets: soc.board().resets().to_vec(),
            cycles: self.machine.cycles(),
            instructions: self.machine.instructions(),
            gaps: soc.board().gaps(),
            places: self.machine.places(),
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
        self.machine.core_traces()
    }

    fn flash(&self) -> Result<FlashImage, Never> {
        Ok(self.machine.soc().flash().clone())
    }

    fn efuses(&self) -> Result<EfuseBank, Never> {
        Ok(self.machine.soc().efuses().clone())
    }

    fn cut_power_after(&mut self, changes: Option<u64>) -> bool {
        self.machine.soc_mut().board_mut().cut_power_after(changes);
        true
    }
}
