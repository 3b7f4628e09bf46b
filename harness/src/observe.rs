//! Runs a chip until its console has told what there is to tell, and says how that ended.

use std::ops::ControlFlow;
use std::time::Instant;

use cloneproof::boot::{Boot, BootReport, Scanner, Signature, Stop};
use cloneproof::virtual_chip::{RunLimits, VirtualChip, Watch};

use crate::backend::{BackendError, Budget};

/// Cycles between two looks at the wall clock.
const SLICE_CYCLES: u64 = 200_000_000;
/// A refusal that appeared this often has shown that it stays.
pub const REPETITIONS: u64 = 3;

/// How an observation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The app showed its sign of life, and went on for a moment.
    SignOfLife,
    /// The same refusal appeared again and again.
    RefusalRepeated(Signature),
    /// A refusal appeared, and then nothing new for the time that a chip is given to change its mind.
    RefusalThenSilence,
    /// Something else ended the run.
    Other(Stop),
}

/// What was seen of one chip.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The back end's report.
    pub report: BootReport,
    /// The boots since power-on, as the console tells them.
    pub boots: Vec<Boot>,
    /// How it ended.
    pub ended: Ended,
}

impl Observation {
    /// The first boot in which the app showed its sign of life.
    pub fn alive(&self) -> Option<&Boot> {
        self.boots.iter().find(|boot| boot.sign_of_life.is_some())
    }

    /// The newest boot that said more than the ROM's banner: the one that tells how the chip is left.
    pub fn decisive(&self) -> Option<&Boot> {
        self.boots.iter().rev().find(|boot| boot.lines > 0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing decisive yet.
    Waiting,
    /// A refusal was seen: it may repeat, stay, or turn out to be none.
    Refused,
    /// The app lives.
    Alive,
}

struct ConsoleWatch {
    scanner: Scanner,
    phase: Phase,
    repeated: Option<Signature>,
}

impl Watch for ConsoleWatch {
    fn console(&mut self, new: &[u8]) -> ControlFlow<()> {
        self.scanner.feed(new);
        if self.update() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl ConsoleWatch {
    /// Whether the phase changed, or a refusal has repeated often enough.
    fn update(&mut self) -> bool {
        if self.phase == Phase::Alive {
            return false;
        }
        let alive = self
            .scanner
            .current()
            .is_some_and(|boot| boot.sign_of_life.is_some());
        let next = if alive {
            Phase::Alive
        } else if self.scanner.refusals().next().is_some() {
            Phase::Refused
        } else {
            Phase::Waiting
        };
        if next == Phase::Refused && self.repeated.is_none() {
            self.repeated = self
                .scanner
                .current()
                .into_iter()
                .flat_map(|boot| &boot.refusals)
                .map(|found| found.signature)
                .find(|signature| self.scanner.total(*signature) >= REPETITIONS);
        }
        let changed = next != self.phase;
        self.phase = next;
        changed || (next == Phase::Refused && self.repeated.is_some())
    }
}

/// Where the present phase ends.
struct Deadline {
    cycles: u64,
    wall: Instant,
}

/// Runs `chip` until the app lives (says `scanner`, which has seen nothing yet), a refusal has shown that it stays, or the budget is used up.
///
/// # Errors
/// Those of the back end.
pub fn observe(
    chip: &mut dyn VirtualChip<Error = BackendError>,
    budget: &Budget,
    scanner: Scanner,
) -> Result<Observation, BackendError> {
    let mut watch = ConsoleWatch {
        scanner,
        phase: Phase::Waiting,
        repeated: None,
    };
    let mut deadline = Deadline {
        cycles: budget.cycles,
        wall: Instant::now() + budget.wall,
    };
    let mut phase = Phase::Waiting;
    let mut cycles = 0;
    let (report, ended) = loop {
        let limits = RunLimits {
            cycles: deadline.cycles.saturating_sub(cycles).min(SLICE_CYCLES),
            wall: deadline.wall.saturating_duration_since(Instant::now()),
            resets: budget.resets,
        };
        let report = chip.run(&limits, &mut watch)?;
        let progress = report.cycles > cycles;
        cycles = report.cycles;
        if phase != Phase::Alive && report.stop != Stop::Watch {
            // The last line may lack its end.
            flush_if_over(&report, &mut watch);
        }
        if watch.phase != phase {
            phase = watch.phase;
            deadline = next_deadline(phase, cycles, budget);
            if report.stop == Stop::Watch && watch.repeated.is_none() {
                continue;
            }
        }
        if let Some(signature) = watch.repeated.filter(|_| phase == Phase::Refused) {
            break (report, Ended::RefusalRepeated(signature));
        }
        let out_of_time = Instant::now() >= deadline.wall;
        match &report.stop {
            Stop::Watch if !out_of_time => continue,
            Stop::CycleLimit if progress && cycles < deadline.cycles && !out_of_time => continue,
            _ => {}
        }
        let ended = how(phase, &report.stop, out_of_time, cycles >= deadline.cycles);
        break (report, ended);
    };
    watch.scanner.finish();
    Ok(Observation {
        report,
        boots: watch.scanner.boots().to_vec(),
        ended,
    })
}

/// Once the chip can print nothing more, what it printed of a last line counts.
fn flush_if_over(report: &BootReport, watch: &mut ConsoleWatch) {
    let over = matches!(
        report.stop,
        Stop::Dead { .. } | Stop::Exited { .. } | Stop::Gap(_)
    );
    if over {
        watch.scanner.finish();
        watch.update();
    }
}

fn next_deadline(phase: Phase, cycles: u64, budget: &Budget) -> Deadline {
    let (more_cycles, more_wall) = match phase {
        Phase::Waiting => (budget.cycles, budget.wall),
        Phase::Refused => (budget.settle_cycles, budget.settle_wall),
        Phase::Alive => (budget.tail_cycles, budget.tail_wall),
    };
    Deadline {
        cycles: cycles.saturating_add(more_cycles),
        wall: Instant::now() + more_wall,
    }
}

fn how(phase: Phase, stop: &Stop, out_of_time: bool, out_of_cycles: bool) -> Ended {
    match (phase, stop) {
        (Phase::Alive, _) => Ended::SignOfLife,
        (Phase::Refused, Stop::Dead { .. } | Stop::TimeLimit | Stop::ResetLimit) => {
            Ended::RefusalThenSilence
        }
        (Phase::Refused, Stop::CycleLimit) if out_of_cycles => Ended::RefusalThenSilence,
        (_, Stop::CycleLimit | Stop::Watch) if out_of_time && !out_of_cycles => {
            Ended::Other(Stop::TimeLimit)
        }
        (_, stop) => Ended::Other(stop.clone()),
    }
}
