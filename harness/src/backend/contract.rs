//! What a back end is: something that builds virtual chips, and what the others may know of it.

use std::time::Duration;

use cloneproof::boot::{BootReport, CoreTrace};
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, RunLimits, VirtualChip, Watch};

use crate::base::error::BackendError;

/// A virtual chip of any back end.
pub type AnyChip = Box<dyn VirtualChip<Error = BackendError>>;

/// What is printed while a chip runs, besides its console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Trace {
    /// Every access to a peripheral register.
    Mmio,
    /// Every instruction.
    Insn,
}

/// How long a chip may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Emulated CPU cycles until the run is given up (back ends that count them).
    pub cycles: u64,
    /// Wall-clock time until the run is given up.
    pub wall: Duration,
    /// Resets after power-on until the run is given up.
    pub resets: u32,
    /// After a refusal by the ROM: cycles without news until silence means that the chip stays refused.
    pub settle_cycles: u64,
    /// The same after a refusal by bootloader or app, which may still try something else.
    pub late_settle_cycles: u64,
    /// After a refusal: wall-clock time that is waited for news.
    pub settle_wall: Duration,
    /// After the sign of life: cycles that the app may go on.
    pub tail_cycles: u64,
    /// After the sign of life: wall-clock time that the app may go on.
    pub tail_wall: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            cycles: 2_000_000_000,
            wall: Duration::from_secs(120),
            resets: 16,
            // 3 s of the ROM, which runs at the crystal's 40 MHz: its watchdog comes after 0.4 s.
            settle_cycles: 120_000_000,
            // 15 s of a bootloader, which runs at 80 MHz: its watchdog comes after 9 s (IDF
            // `components/bootloader/Kconfig.projbuild`, `BOOTLOADER_WDT_TIME_MS`). 5 s of an app at 240 MHz.
            late_settle_cycles: 1_200_000_000,
            settle_wall: Duration::from_secs(120),
            tail_cycles: 4_000_000,
            tail_wall: Duration::from_millis(300),
        }
    }
}

/// Something that builds virtual chips.
pub trait Backend: Send + Sync {
    /// Short stable name, e.g. `builtin`.
    fn name(&self) -> &'static str;

    /// What it is and in which version, for the report.
    fn identity(&self) -> String;

    /// Builds a chip that is about to be powered on.
    ///
    /// # Errors
    /// Where the back end cannot build it.
    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError>;

    /// Builds a chip that writes a trace to standard error.
    ///
    /// # Errors
    /// Where the back end cannot build it or has no such trace.
    fn build_traced(&self, _power_on: PowerOn, _trace: Trace) -> Result<AnyChip, BackendError> {
        Err(BackendError::Unsupported {
            backend: self.name(),
            what: "trace",
        })
    }

    /// Why the back end cannot stand for a chip with these eFuses at all, as the rest of a sentence on it; nothing
    /// where it can.
    fn cannot_play(&self, _efuses: &EfuseBank) -> Option<String> {
        None
    }

    /// How long a chip of this back end may run where the user says nothing.
    fn budget(&self) -> Budget {
        Budget::default()
    }
}

/// A chip whose errors are told as those of its back end.
pub struct Adapter<C> {
    backend: &'static str,
    chip: C,
}

impl<C: VirtualChip> Adapter<C> {
    /// Wraps a chip of the back end with this name.
    pub fn new(backend: &'static str, chip: C) -> Adapter<C> {
        Adapter { backend, chip }
    }

    fn failed(&self) -> impl Fn(C::Error) -> BackendError + use<C> {
        let backend = self.backend;
        move |source| BackendError::Run {
            backend,
            source: Box::new(source),
        }
    }
}

impl<C: VirtualChip> VirtualChip for Adapter<C> {
    type Error = BackendError;

    fn run(
        &mut self,
        limits: &RunLimits,
        watch: &mut dyn Watch,
    ) -> Result<BootReport, BackendError> {
        let failed = self.failed();
        self.chip.run(limits, watch).map_err(failed)
    }

    fn core_traces(&self) -> Vec<CoreTrace> {
        self.chip.core_traces()
    }

    fn flash(&self) -> Result<FlashImage, BackendError> {
        self.chip.flash().map_err(self.failed())
    }

    fn efuses(&self) -> Result<EfuseBank, BackendError> {
        self.chip.efuses().map_err(self.failed())
    }

    fn cut_power_after(&mut self, changes: Option<u64>) -> bool {
        self.chip.cut_power_after(changes)
    }
}

/// What `cloneproof doctor` says of a back end that need not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What was found, what was refused and why.
    pub facts: Vec<Fact>,
    /// What to do, if not all of it can be used.
    pub remedy: Option<&'static str>,
}

/// One line of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Whether it tells of something that can be used.
    pub good: bool,
    /// The line.
    pub text: String,
}
