//! Runs scenarios, several at a time, and hands the results back in the order in which they were given.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{FLASH_ID_LEN, Individual};

use crate::backend::{Backend, Budget};
use crate::input::scenario::{Attack, FlashId, History, Provision, Scenario, Target};
use crate::input::symbols::Symbols;
use crate::proof::judge::{self, Control, Verdict};
use crate::proof::observe::{Ended, Observation};
use crate::proof::provision;
use crate::proof::replay::{self, Played};

/// What one scenario gave on one back end.
pub struct Outcome {
    /// Index of the back end.
    pub backend: usize,
    /// Index of the scenario.
    pub scenario: usize,
    /// The donor's run.
    pub donor: Played,
    /// The twin's, unless the donor failed.
    pub twin: Option<Played>,
    /// The targets', in the scenario's order.
    pub targets: Vec<TargetOutcome>,
}

/// What one copy gave.
pub struct TargetOutcome {
    /// The target's run, unless a control failed.
    pub played: Option<Played>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the scenario expects it.
    pub expected: bool,
}

/// Runs every scenario on every back end, `jobs` at a time; `done` is called after each.
pub fn run(
    scenarios: &[Scenario],
    backends: &[Box<dyn Backend>],
    budget: impl Fn(&dyn Backend) -> Budget + Sync,
    jobs: usize,
    done: impl Fn() + Sync,
) -> Vec<Outcome> {
    let work: Vec<(usize, usize)> = (0..scenarios.len())
        .flat_map(|scenario| (0..backends.len()).map(move |backend| (scenario, backend)))
        .collect();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(work.len()));
    let worker = || {
        while let Some(&(scenario, backend)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let chosen = backends[backend].as_ref();
            let _span = tracing::info_span!(
                "scenario",
                name = %scenarios[scenario].name,
                backend = chosen.name()
            )
            .entered();
            let mut outcome = run_one(&scenarios[scenario], chosen, &budget(chosen));
            outcome.scenario = scenario;
            outcome.backend = backend;
            // A worker that panicked leaves whole results behind: only pushes happen under the lock.
            results
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .push(outcome);
            done();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, work.len().max(1)) {
            scope.spawn(worker);
        }
    });
    let mut outcomes = results
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    outcomes.sort_by_key(|outcome| (outcome.scenario, outcome.backend));
    outcomes
}

fn run_one(scenario: &Scenario, backend: &dyn Backend, budget: &Budget) -> Outcome {
    let flash = provision::flash(&scenario.flash, &scenario.donor.bank);
    if let Some(why) = backend.cannot_play(&scenario.donor.bank) {
        return not_applicable(scenario, flash, &why);
    }
    let budget = &budget.with(scenario.patience.within_us, scenario.patience.stays_us);
    let play = |role: &str, flash, efuses, flash_id| {
        let life = &scenario.sign_of_life;
        let seed = scenario.seed;
        let mut played = replay::play(backend, budget, flash, efuses, life, seed, flash_id);
        if let (Some(symbols), Ok(run)) = (&scenario.symbols, &mut played.seen.run) {
            symbols.with(|symbols| name(symbols, run));
        }
        match &played.seen.run {
            Ok(run) => tracing::info!(role, stop = %run.report.stop, "ran"),
            Err(error) => tracing::warn!(role, error, "failed"),
        }
        played
    };
    let plain = flash.clone();
    let mut donor = play("donor", flash, scenario.donor.bank.clone(), None);
    donor.seen.unencrypted = scenario.flash.provision == Provision::FirstBoot
        && !provision::encrypted_itself(
            &scenario.flash,
            &plain,
            &donor.flash_after,
            &donor.efuses_after,
        );
    let copy = || donor.flash_after.clone();
    let twin = judge::control(Control::Donor, &donor.seen)
        .ok()
        .map(|()| play("twin", copy(), donor.efuses_after.clone(), None));
    let controls_hold = twin
        .as_ref()
        .is_some_and(|twin| judge::control(Control::Twin, &twin.seen).is_ok());
    let targets = scenario
        .targets
        .iter()
        .map(|target| {
            let own = &target.efuses.bank;
            let efuses = || match target.history {
                History::Inherits => own.with_settings_of(&donor.efuses_after),
                History::Sibling if controls_hold => {
                    let name = format!("{}, its first boot", target.name);
                    play(&name, plain.clone(), own.clone(), None).efuses_after
                }
                History::None | History::Sibling => own.clone(),
            };
            if let Some(why) = backend.cannot_play(own) {
                return TargetOutcome::not_applicable(&why);
            }
            let played = controls_hold.then(|| {
                let mut copy = match target.attack {
                    Attack::Copy => copy(),
                    Attack::Plain => {
                        provision::flash(&scenario.flash, &EfuseBank::blank(scenario.chip))
                    }
                };
                let encrypted = donor.efuses_after.flash_encryption_enabled();
                let firmware = &scenario.flash.firmware;
                let mut edits = target.edits.iter();
                let signed = scenario.donor.secure_boot.as_ref();
                match edits.try_for_each(|edit| edit.apply(&mut copy, firmware, signed, encrypted))
                {
                    Ok(()) => {
                        let mut played =
                            play(&target.name, copy, efuses(), flash_id(scenario, target));
                        played.seen.edited =
                            !target.edits.is_empty() || target.attack == Attack::Plain;
                        played
                    }
                    Err(why) => replay::skip(copy, efuses(), &why.to_string()),
                }
            });
            let verdict = judge::judge(
                &donor.seen,
                twin.as_ref().map(|twin| &twin.seen),
                played.as_ref().map(|played| &played.seen),
                &target.expect,
            );
            let expected = judge::is_expected(&verdict, &target.expect);
            TargetOutcome {
                played,
                verdict,
                expected,
            }
        })
        .collect();
    Outcome {
        backend: 0,
        scenario: 0,
        donor,
        twin,
        targets,
    }
}

/// The unique ID of a target's flash chip, where it is not one of its own.
fn flash_id(scenario: &Scenario, target: &Target) -> Option<[u8; FLASH_ID_LEN]> {
    Some(match target.flash_id? {
        FlashId::Own(id) => id,
        FlashId::Same => Individual::of(scenario.seed, scenario.donor.bank.mac()).flash_id,
    })
}

/// A scenario whose donor the back end cannot stand for: nothing is run, and nothing said.
fn not_applicable(scenario: &Scenario, flash: FlashImage, why: &str) -> Outcome {
    let targets = scenario.targets.iter();
    Outcome {
        backend: 0,
        scenario: 0,
        donor: replay::skip(flash, scenario.donor.bank.clone(), why),
        twin: None,
        targets: targets
            .map(|_| TargetOutcome::not_applicable(why))
            .collect(),
    }
}

impl TargetOutcome {
    fn not_applicable(why: &str) -> TargetOutcome {
        TargetOutcome {
            played: None,
            verdict: Verdict::NotApplicable(why.to_owned()),
            expected: false,
        }
    }
}

/// Names the places of a run.
fn name(symbols: &Symbols, run: &mut Observation) {
    symbols.name_report(&mut run.report);
    if let Ended::Other(stop) = &mut run.ended {
        symbols.name_stop(stop);
    }
}
