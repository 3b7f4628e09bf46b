//! Watches a chip that keeps a record of what it executes: the record decides, the console illustrates.

use std::ops::ControlFlow;
use std::time::Instant;

use cloneproof::boot::{
    Activity, AppRun, BootRecord, BootReport, ExecutionRecord, Furthest, Loaded, Outputs, Scanner,
    Stop,
};
use cloneproof::virtual_chip::{RunLimits, VirtualChip, Watch};

use super::console::{newest, repeated};
use super::seen::{AppEnd, Ended, Observation, Settled};
use crate::backend::Budget;
use crate::base::error::BackendError;
use crate::input::scenario::SignOfLife;

/// Cycles between two looks at what the cores do.
const SLICE_CYCLES: u64 = 40_000_000;
/// Boots on end that came no further, each ended by the same reset: the chip has settled.
const SAME_BOOTS: usize = 3;
/// Boots in which the app ran and was reset, without the sign of life: it has ended.
const APP_RESTARTS: u64 = 5;
/// A loop that keeps within so many pages of code, mask ROM included, does one thing only.
const TIGHT_PAGES: u32 = 8;
/// Emulated time that an app must have been in such a loop, with nothing coming out of the chip, to have ended there, in
/// microseconds.
const QUIET_US: u64 = 1_000_000;

struct RecordWatch {
    scanner: Scanner,
    news: u64,
    stage: Option<Furthest>,
    app_boots: u64,
}

impl Watch for RecordWatch {
    fn console(&mut self, new: &[u8]) -> ControlFlow<()> {
        self.scanner.feed(new);
        let news = match self.stage {
            // An app may say as much as it likes: only its sign of life and its own refusal matter.
            Some(Furthest::App) => self.scanner.current().map_or(0, |boot| {
                2 * boot.refusals.len() as u64 + u64::from(boot.sign_of_life.is_some())
            }),
            _ if !repeated(&self.scanner).is_empty() => return ControlFlow::Break(()),
            _ => self.scanner.news(),
        };
        match std::mem::replace(&mut self.news, news) == news {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }

    fn executed(&mut self, record: &ExecutionRecord) -> ControlFlow<()> {
        self.scanner.follow(record);
        let stage = record.current().map(BootRecord::furthest);
        let same = stage == self.stage && record.app_boots == self.app_boots;
        self.stage = stage;
        self.app_boots = record.app_boots;
        match same {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}

/// What is remembered from slice to slice.
#[derive(Default)]
struct Progress {
    /// Cycle of the last change of flash or eFuses, or of the console's last news.
    news_at: u64,
    news: u64,
    changes: u64,
    /// Emulated time since which the cores keep within one loop and nothing comes out.
    quiet_since: u64,
    outputs: Outputs,
    version: u64,
    /// When the app showed its sign of life.
    alive_at: Option<u64>,
}

impl Progress {
    fn update(&mut self, record: &ExecutionRecord, activity: &Activity, cycles: u64, news: u64) {
        if news != self.news || activity.outputs.changes != self.changes {
            self.news_at = cycles;
        }
        let busy = activity.pages > TIGHT_PAGES
            || activity.outputs != self.outputs
            || record.version != self.version;
        if busy {
            self.quiet_since = activity.at_us;
        }
        self.news = news;
        self.changes = activity.outputs.changes;
        self.outputs = activity.outputs;
        self.version = record.version;
    }
}

/// Runs `chip` until its record decides, or the budget is used up.
///
/// # Errors
/// Those of the back end.
pub fn observe(
    chip: &mut dyn VirtualChip<Error = BackendError>,
    budget: &Budget,
    sign: &SignOfLife,
) -> Result<Observation, BackendError> {
    let mut watch = RecordWatch {
        scanner: sign.scanner().by_record(),
        news: 0,
        stage: None,
        app_boots: 0,
    };
    if let SignOfLife::Symbol(name, address) = sign {
        chip.watch_symbols(&[(name.clone(), *address)]);
    }
    let start = Instant::now();
    let mut progress = Progress::default();
    let mut cycles = 0;
    let (report, ended, outputs) = loop {
        chip.begin_window();
        let left = budget.cycles.saturating_sub(cycles);
        let limits = RunLimits {
            cycles: left
                .min(SLICE_CYCLES)
                .min(progress.tail_left(budget, cycles)),
            wall: (start + budget.wall).saturating_duration_since(Instant::now()),
            resets: budget.resets,
        };
        let report = chip.run(&limits, &mut watch)?;
        cycles = report.cycles;
        watch.scanner.look_at_unfinished_line();
        let (Some(record), Some(activity)) = (chip.record(), chip.activity()) else {
            break (report, Ended::Other(Stop::TimeLimit), None);
        };
        progress.update(record, &activity, cycles, watch.scanner.news());
        let seen = Look {
            record,
            activity: &activity,
            scanner: &watch.scanner,
            progress: &progress,
            budget,
            sign,
            cycles,
            report: &report,
        };
        if progress.alive_at.is_none() && seen.is_alive() {
            progress.alive_at = Some(cycles);
            continue;
        }
        let out_of_time = start.elapsed() >= budget.wall;
        if let Some(ended) = seen.decide(out_of_time) {
            let app = record.newest_app();
            let outputs = app.map(|(_, app)| activity.outputs.since(&app.before));
            break (report, ended, outputs);
        }
    };
    watch.scanner.finish();
    Ok(Observation {
        report,
        boots: watch.scanner.boots().to_vec(),
        ended,
        outputs,
    })
}

impl Progress {
    /// Cycles until the app has gone on for a moment after its sign of life.
    fn tail_left(&self, budget: &Budget, cycles: u64) -> u64 {
        self.alive_at.map_or(u64::MAX, |at| {
            (at + budget.tail_cycles).saturating_sub(cycles).max(1)
        })
    }
}

/// Everything that is known after a slice.
struct Look<'a> {
    record: &'a ExecutionRecord,
    activity: &'a Activity,
    scanner: &'a Scanner,
    progress: &'a Progress,
    budget: &'a Budget,
    sign: &'a SignOfLife,
    cycles: u64,
    report: &'a BootReport,
}

impl Look<'_> {
    fn app(&self) -> Option<&AppRun> {
        self.record.current()?.app.as_ref()
    }

    /// Whether the app that runs has shown the sign of life that was named.
    fn is_alive(&self) -> bool {
        let Some(app) = self.app() else {
            return false;
        };
        match self.sign {
            SignOfLife::Text(_) | SignOfLife::Regex(_) => {
                let boot = self.scanner.current();
                boot.is_some_and(|boot| boot.sign_of_life.is_some())
            }
            SignOfLife::Entered => true,
            SignOfLife::Symbol(name, _) => {
                let mut reached = app.reached.iter();
                reached.any(|reached| reached.symbol == *name)
            }
            SignOfLife::Uart(number) => {
                let since = self.activity.outputs.since(&app.before);
                since
                    .uart
                    .get(usize::from(*number))
                    .is_some_and(|&bytes| bytes > 0)
            }
            SignOfLife::Gpio { pin, level } => self.drove(app, *pin, *level),
            SignOfLife::AppStart => false,
        }
    }

    /// Whether a pin was driven to a level since the app was entered.
    fn drove(&self, app: &AppRun, pin: u8, level: bool) -> bool {
        let since = self.activity.outputs.since(&app.before);
        let pins = match level {
            true => since.gpio_high,
            false => since.gpio_low,
        };
        pins.checked_shr(u32::from(pin)).unwrap_or(0) & 1 != 0
    }

    /// What the run has come to, if it has.
    fn decide(&self, out_of_time: bool) -> Option<Ended> {
        if let Some(at) = self.progress.alive_at {
            let gone_on = self.cycles >= at + self.budget.tail_cycles;
            let over = !matches!(self.report.stop, Stop::Watch | Stop::CycleLimit);
            return (gone_on || over || out_of_time).then_some(Ended::SignOfLife);
        }
        let decided = match self.app() {
            Some(app) => self.of_app(app),
            None => self.of_chain(),
        };
        decided.or_else(|| self.of_stop(out_of_time))
    }

    /// What the app that runs has come to.
    fn of_app(&self, app: &AppRun) -> Option<Ended> {
        let now = self.activity.at_us;
        let since = self.progress.quiet_since.max(app.first.at_us);
        let quiet = now.saturating_sub(since) >= QUIET_US;
        let dead = matches!(self.report.stop, Stop::Dead { .. });
        if self.activity.in_fault && app.faults.count > 0 && (quiet || dead) {
            return Some(Ended::AppEnded(AppEnd::Panic));
        }
        let boot = self.scanner.current();
        if let Some(found) = boot.and_then(|boot| boot.refusals.first())
            && (quiet || dead)
        {
            return Some(Ended::AppEnded(AppEnd::Refused(found.signature)));
        }
        if self.sign.is_default() {
            let lived = now.saturating_sub(app.first.at_us) >= self.budget.stays_us;
            if (lived || dead) && !self.activity.in_fault {
                return Some(Ended::Lives);
            }
            return None;
        }
        if dead {
            return Some(Ended::AppEnded(AppEnd::Halted));
        }
        let waited = now.saturating_sub(app.first.at_us);
        let late = self.budget.within_us.is_some_and(|within| waited >= within);
        late.then(|| self.unfinished())
    }

    /// What an app has come to whose sign of life did not come in time.
    fn unfinished(&self) -> Ended {
        match self.activity.in_fault {
            true => Ended::AppEnded(AppEnd::Panic),
            false => Ended::Starts,
        }
    }

    /// What a chip has come to on which no app runs in this boot.
    fn of_chain(&self) -> Option<Ended> {
        if self.record.app_boots >= APP_RESTARTS {
            return Some(Ended::AppEnded(self.app_end()));
        }
        let settled = self.settled()?;
        Some(match self.record.app_boots {
            0 => settled,
            // An app ran, and does not come back.
            _ => Ended::AppEnded(self.app_end()),
        })
    }

    /// How the newest app that was reset ended.
    fn app_end(&self) -> AppEnd {
        let newest = self.record.newest_app();
        match newest.and_then(|(boot, _)| boot.end.as_ref()) {
            Some(end) if end.in_fault => AppEnd::Panic,
            _ => AppEnd::Restarts,
        }
    }

    /// Whether the boot chain has settled in front of the app.
    fn settled(&self) -> Option<Ended> {
        let boot = self.record.current()?;
        if matches!(self.report.stop, Stop::Dead { .. }) {
            return Some(match newest(self.scanner).is_empty() {
                true => Ended::Settled(Settled::Dead),
                false => Ended::RefusalThenSilence,
            });
        }
        let repeated = repeated(self.scanner);
        if !repeated.is_empty() {
            return Some(Ended::RefusalRepeated(repeated));
        }
        if self.came_no_further() {
            return Some(Ended::Settled(Settled::Resets));
        }
        let quiet_since = boot.newest_page.max(self.progress.news_at);
        let settle = match boot.furthest() {
            Furthest::Rom => self.budget.settle_cycles,
            Furthest::Loaded | Furthest::App => self.budget.late_settle_cycles,
        };
        if self.cycles.saturating_sub(quiet_since) < settle {
            return None;
        }
        let refused = self.scanner.current();
        Some(
            match refused.is_some_and(|boot| !boot.refusals.is_empty()) {
                true => Ended::RefusalThenSilence,
                false => Ended::Settled(Settled::Loop),
            },
        )
    }

    /// Whether the newest boots that are over came to the same, and changed nothing.
    fn came_no_further(&self) -> bool {
        let over: Vec<&BootRecord> = self
            .record
            .boots
            .iter()
            .rev()
            .skip(1)
            .take(SAME_BOOTS)
            .collect();
        let Some(first) = over.first() else {
            return false;
        };
        let same = |boot: &&BootRecord| {
            let ends = boot.end.as_ref().zip(first.end.as_ref());
            boot.furthest() == first.furthest()
                && is_same_code(boot, first)
                && ends.is_some_and(|(one, other)| {
                    one.reset.code == other.reset.code
                        && one.outputs.changes == other.outputs.changes
                })
        };
        over.len() == SAME_BOOTS && over.iter().all(same)
    }

    /// The run is over, one way or the other.
    fn of_stop(&self, out_of_time: bool) -> Option<Ended> {
        match &self.report.stop {
            Stop::Watch | Stop::CycleLimit if out_of_time => Some(Ended::Other(Stop::TimeLimit)),
            Stop::Watch => None,
            Stop::CycleLimit if self.cycles < self.budget.cycles => None,
            Stop::CycleLimit if self.app().is_some() => Some(self.unfinished()),
            Stop::ResetLimit if self.record.app_boots > 0 => Some(Ended::AppEnded(self.app_end())),
            stop => Some(Ended::Other(stop.clone())),
        }
    }
}

/// Whether the ROM handed over to the same code in both boots.
fn is_same_code(one: &BootRecord, other: &BootRecord) -> bool {
    match (&one.loaded, &other.loaded) {
        (None, None) => true,
        (Some((_, Loaded::Image(one))), Some((_, Loaded::Image(other)))) => {
            one.memory_sha256 == other.memory_sha256
        }
        (Some((_, one)), Some((_, other))) => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        _ => false,
    }
}
