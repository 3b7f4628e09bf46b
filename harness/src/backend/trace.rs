//! A built-in chip that writes what it does to standard error.

use std::io::Write;

use cloneproof::boot::{BootReport, CoreTrace, Place, Stop};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{RunLimits, VirtualChip, Watch};

use super::contract::Trace;

/// Cycles between two prints of register accesses.
const MMIO_SLICE: u64 = 10_000;

/// What a core is about to do.
struct Step {
    place: Place,
    /// The instruction as text.
    code: String,
    /// Instructions before it.
    executed: u64,
}

/// A built-in chip with a trace.
pub struct TracedChip {
    chip: BuiltinChip,
    trace: Trace,
}

impl TracedChip {
    /// Traces `chip`.
    pub fn new(mut chip: BuiltinChip, trace: Trace) -> TracedChip {
        chip.set_mmio_trace(trace == Trace::Mmio);
        TracedChip { chip, trace }
    }

    fn print_accesses(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        for access in self.chip.take_mmio_trace() {
            let (how, arrow) = if access.write {
                ("write", "<-")
            } else {
                ("read ", "->")
            };
            writeln!(
                out,
                "core {} {:08x}  {how} {:08x} {arrow} {:08x}",
                access.core, access.pc, access.address, access.value
            )?;
        }
        Ok(())
    }

    /// Prints what the cores executed since they were at `before`.
    fn print_steps(&self, out: &mut impl Write, before: &[Step]) -> std::io::Result<()> {
        for (core, step) in before.iter().enumerate() {
            if self.chip.instructions_of(core) != step.executed {
                let symbol = step.place.symbol.as_deref().unwrap_or("");
                let line = format!(
                    "core {core} {:08x}  {:<32}{symbol}",
                    step.place.pc, step.code
                );
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    fn steps(&self) -> Vec<Step> {
        let step = |core| {
            let place = self.chip.place(core);
            // Read before it runs: it may change itself.
            let code = self.chip.instruction(core, place.pc);
            Step {
                code: code.unwrap_or_default(),
                executed: self.chip.instructions_of(core),
                place,
            }
        };
        (0..self.chip.core_count()).map(step).collect()
    }
}

impl VirtualChip for TracedChip {
    type Error = std::io::Error;

    fn run(&mut self, limits: &RunLimits, watch: &mut dyn Watch) -> std::io::Result<BootReport> {
        let start = self.chip.cycles();
        let end = start.saturating_add(limits.cycles);
        let slice = match self.trace {
            Trace::Mmio => MMIO_SLICE,
            Trace::Insn => 1,
        };
        loop {
            let left = end.saturating_sub(self.chip.cycles());
            let limits = RunLimits {
                cycles: left.min(slice),
                ..*limits
            };
            let before = (self.trace == Trace::Insn).then(|| self.steps());
            // Never fails: the error type has no value.
            let Ok(report) = self.chip.run(&limits, watch);
            let mut out = std::io::stderr().lock();
            match before {
                Some(before) => self.print_steps(&mut out, &before)?,
                None => self.print_accesses(&mut out)?,
            }
            if report.stop != Stop::CycleLimit || left <= slice {
                return Ok(report);
            }
        }
    }

    fn core_traces(&self) -> Vec<CoreTrace> {
        self.chip.core_traces()
    }

    fn flash(&self) -> std::io::Result<FlashImage> {
        let Ok(flash) = self.chip.flash();
        Ok(flash)
    }

    fn efuses(&self) -> std::io::Result<EfuseBank> {
        let Ok(efuses) = self.chip.efuses();
        Ok(efuses)
    }
}
