//! Watches a chip that has only a console until that has told what there is to tell.

use std::ops::ControlFlow;
use std::time::Instant;

use cloneproof::boot::{BootReport, Scanner, Signature, Stage, Stop};
use cloneproof::virtual_chip::{RunLimits, VirtualChip, Watch};

use super::seen::{Ended, Observation};
use crate::backend::Budget;
use crate::base::error::BackendError;

/// Cycles between two looks at the wall clock.
const SLICE_CYCLES: u64 = 200_000_000;
/// A refusal that the ROM printed this often has shown that it stays: it repeats itself within one boot.
const ROM_REPETITIONS: u64 = 3;
/// A refusal in which so many boots on end ended has shown that it stays. Within one boot, a bootloader may print the
/// same line for every partition that it tries.
const BOOTS: u64 = 3;
/// The same for a run that is over.
const BOOTS_AT_THE_END: u64 = 2;

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
    repeated: Vec<Signature>,
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

    fn resets(&mut self, resets: u64) {
        self.scanner.resets(resets);
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
        if next == Phase::Refused && self.repeated.is_empty() {
            self.repeated = repeated(&self.scanner);
        }
        let changed = next != self.phase;
        self.phase = next;
        changed || (next == Phase::Refused && !self.repeated.is_empty())
    }

    /// Whether the boot that runs ended with the ROM's word that it gives up, and nothing behind it.
    fn rom_gave_up(&self) -> bool {
        let boot = self.scanner.current();
        boot.is_some_and(|boot| {
            let last = self.scanner.line_count();
            boot.stage == Stage::Rom
                && boot
                    .refusal(Signature::RomGaveUp)
                    .is_some_and(|found| found.line_number == last)
        })
    }

    /// How long the chip may be silent now before it is taken to stay refused, in cycles.
    fn settle_cycles(&self, budget: &Budget) -> u64 {
        match self.scanner.current().map(|boot| boot.stage) {
            Some(Stage::Rom) => budget.settle_cycles,
            _ => budget.late_settle_cycles,
        }
    }
}

/// The refusals of the two newest boots, each once.
pub(super) fn newest(scanner: &Scanner) -> Vec<Signature> {
    let boots = scanner.boots().iter().rev().take(2).rev();
    let mut found: Vec<Signature> = boots
        .flat_map(|boot| &boot.refusals)
        .map(|found| found.signature)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The refusals that have repeated often enough while the chip runs; what accompanied them as often is among them.
pub(super) fn repeated(scanner: &Scanner) -> Vec<Signature> {
    let shown = |signature: Signature| {
        let mut boots = scanner.current().into_iter();
        boots.any(|boot| boot.refusal(signature).is_some())
    };
    let by_rom = |signature: Signature| {
        signature.stage() == Stage::Rom
            && shown(signature)
            && scanner.total(signature) >= ROM_REPETITIONS
    };
    let mut found = newest(scanner);
    let enough =
        |signature: &Signature| by_rom(*signature) || scanner.ended_in(*signature) >= BOOTS;
    match found.iter().any(enough) {
        true => {
            found.retain(|found| by_rom(*found) || scanner.ended_in(*found) >= BOOTS_AT_THE_END)
        }
        false => found.clear(),
    }
    found
}

/// The refusals that have repeated often enough once the run is over, and that the newest boot did not go past.
fn repeated_at_the_end(scanner: &Scanner, by_reset: bool) -> Vec<Signature> {
    let Some(newest_boot) = scanner.current() else {
        return Vec::new();
    };
    let mut found = newest(scanner);
    found.retain(|signature| {
        let shown = newest_boot.refusal(*signature).is_some();
        let ended = scanner.ended_in(*signature) + u64::from(by_reset && shown);
        ended >= BOOTS_AT_THE_END && (shown || newest_boot.lines == 0)
    });
    found
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
        repeated: Vec::new(),
    };
    let start = Instant::now();
    let mut deadline = Deadline {
        cycles: budget.cycles,
        wall: start + budget.wall,
    };
    // However often a chip changes its mind.
    let last = Deadline {
        cycles: (budget.cycles.saturating_mul(2)).saturating_add(budget.late_settle_cycles),
        wall: start + budget.wall * 2 + budget.settle_wall,
    };
    let mut phase = Phase::Waiting;
    let mut news = 0;
    let mut quiet_since = 0;
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
        let changed = watch.phase != phase;
        let is_news = watch.phase == Phase::Refused && watch.scanner.news() != news;
        if changed || is_news {
            phase = watch.phase;
            news = watch.scanner.news();
            quiet_since = cycles;
            deadline = next_deadline(&watch, cycles, budget).min(&last);
            if report.stop == Stop::Watch && watch.repeated.is_empty() {
                continue;
            }
        }
        if phase == Phase::Refused && !watch.repeated.is_empty() {
            break (report, Ended::RefusalRepeated(watch.repeated.clone()));
        }
        let out_of_time = Instant::now() >= deadline.wall;
        match &report.stop {
            Stop::Watch if !out_of_time => continue,
            Stop::CycleLimit if progress && cycles < deadline.cycles && !out_of_time => continue,
            // Back ends that are processes end a slice so; there was news in it.
            Stop::TimeLimit if is_news && !out_of_time => continue,
            _ => {}
        }
        let silent = cycles - quiet_since >= watch.settle_cycles(budget);
        let ended = how(
            &watch,
            &report.stop,
            silent,
            out_of_time,
            cycles >= deadline.cycles,
        );
        break (report, ended);
    };
    watch.scanner.finish();
    Ok(Observation {
        report,
        boots: watch.scanner.boots().to_vec(),
        ended,
        outputs: None,
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

impl Deadline {
    fn min(self, other: &Deadline) -> Deadline {
        Deadline {
            cycles: self.cycles.min(other.cycles),
            wall: self.wall.min(other.wall),
        }
    }
}

fn next_deadline(watch: &ConsoleWatch, cycles: u64, budget: &Budget) -> Deadline {
    let (more_cycles, more_wall) = match watch.phase {
        Phase::Waiting => (budget.cycles, budget.wall),
        Phase::Refused => (watch.settle_cycles(budget), budget.settle_wall),
        Phase::Alive => (budget.tail_cycles, budget.tail_wall),
    };
    Deadline {
        cycles: cycles.saturating_add(more_cycles),
        wall: Instant::now() + more_wall,
    }
}

/// A limit of time says nothing about a refusal: a slow host would decide.
fn how(
    watch: &ConsoleWatch,
    stop: &Stop,
    silent: bool,
    out_of_time: bool,
    out_of_cycles: bool,
) -> Ended {
    if watch.phase == Phase::Refused
        && matches!(stop, Stop::TimeLimit | Stop::ResetLimit | Stop::CycleLimit)
    {
        let repeated = repeated_at_the_end(&watch.scanner, *stop == Stop::ResetLimit);
        if !repeated.is_empty() {
            return Ended::RefusalRepeated(repeated);
        }
    }
    match (watch.phase, stop) {
        (Phase::Alive, _) => Ended::SignOfLife,
        (Phase::Refused, Stop::Dead { .. }) => Ended::RefusalThenSilence,
        // The ROM's own last words: it spins for ever behind them, where no watchdog resets the chip.
        (Phase::Refused, Stop::TimeLimit) if watch.rom_gave_up() => Ended::RefusalThenSilence,
        (Phase::Refused, Stop::CycleLimit) if silent && out_of_cycles => Ended::RefusalThenSilence,
        (_, Stop::CycleLimit | Stop::Watch) if out_of_time && !out_of_cycles => {
            Ended::Other(Stop::TimeLimit)
        }
        (_, stop) => Ended::Other(stop.clone()),
    }
}
