//! From the results of a run to the report's model.

use cloneproof::boot::{Gap, GapKind};
use cloneproof::hex;

use super::efuses::{burned, efuse_report};
use super::executed;
use super::firmware;
use super::model::{
    BackendInfo, BackendVerdict, ChipReport, Disagreement, Report, SCHEMA, ScenarioReport, Summary,
    TargetReport, VerdictReport,
};
use super::outcome::{Ending, Expected, Fidelity, Outcome, Reason};
use super::panic::panics;
use crate::backend::Backend;
use crate::base::text::printable;
use crate::input::scenario::edit::Edit;
use crate::input::scenario::{Attack, Expect, Scenario, Target};
use crate::proof::observe::{Evidence, Observation};
use crate::proof::replay::Played;
use crate::proof::run::{self, TargetOutcome};
use crate::proof::verdict::Verdict;

/// Console lines that a report keeps from the beginning and from the end.
const CONSOLE_HEAD: usize = 60;
const CONSOLE_TAIL: usize = 60;
/// Gaps and resets that a report lists one by one.
const LIST: usize = 32;

/// Builds the report of a run.
pub fn build(
    scenarios: &[Scenario],
    backends: &[Box<dyn Backend>],
    outcomes: &[run::Outcome],
) -> Report {
    let reports: Vec<ScenarioReport> = outcomes
        .iter()
        .map(|outcome| {
            let backend = backends[outcome.backend].name();
            scenario_report(&scenarios[outcome.scenario], backend, outcome)
        })
        .collect();
    Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        backends: backends
            .iter()
            .map(|backend| BackendInfo {
                name: backend.name().to_owned(),
                identity: backend.identity(),
            })
            .collect(),
        summary: summary(&reports),
        disagreements: disagreements(scenarios, outcomes, &reports),
        scenarios: reports,
        check: None,
    }
}

fn summary(scenarios: &[ScenarioReport]) -> Summary {
    let mut summary = Summary::default();
    for target in scenarios.iter().flat_map(|scenario| &scenario.targets) {
        summary.copies += 1;
        summary.expected += usize::from(target.as_expected);
        summary.findings += usize::from(target.finding.is_some() && target.as_expected);
        match target.verdict.outcome {
            Outcome::Refused => summary.refused += 1,
            Outcome::Boots | Outcome::Starts => summary.boots += 1,
            Outcome::NotApplicable => summary.not_applicable += 1,
            Outcome::Inconclusive => summary.inconclusive += 1,
        }
    }
    summary
}

/// Compares the back ends' verdicts on each copy: same outcome, same signature.
fn disagreements(
    scenarios: &[Scenario],
    outcomes: &[run::Outcome],
    reports: &[ScenarioReport],
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (number, scenario) in scenarios.iter().enumerate() {
        let group: Vec<_> = outcomes
            .iter()
            .zip(reports)
            .filter(|(outcome, _)| outcome.scenario == number)
            .collect();
        for (index, target) in scenario.targets.iter().enumerate() {
            let group: Vec<_> = group
                .iter()
                .copied()
                .filter(|(_, report)| !report.targets[index].is_not_applicable())
                .collect();
            let verdict = |(_, report): &(&run::Outcome, &ScenarioReport)| BackendVerdict {
                backend: report.backend.clone(),
                verdict: report.targets[index].verdict.clone(),
            };
            let verdicts: Vec<BackendVerdict> = group.iter().map(verdict).collect();
            let agree = |pair: &[BackendVerdict]| pair[0].verdict.agrees(&pair[1].verdict);
            if verdicts.windows(2).all(agree) {
                continue;
            }
            let faults = |(outcome, report): &(&run::Outcome, &ScenarioReport)| {
                let faults = known_faults(outcome, index).into_iter();
                let named = faults.map(|fault| format!("{}: {fault}", report.backend));
                named.collect::<Vec<String>>()
            };
            found.push(Disagreement {
                scenario: scenario.name.clone(),
                target: target.name.clone(),
                known_faults: group.iter().flat_map(faults).collect(),
                verdicts,
            });
        }
    }
    found
}

/// What the back end itself says that it does otherwise than the chip, of donor and target: it may explain a
/// disagreement.
fn known_faults(outcome: &run::Outcome, target: usize) -> Vec<String> {
    let target = outcome.targets.get(target);
    let chips = [
        Some(&outcome.donor),
        target.and_then(|target| target.played.as_ref()),
    ];
    let reports = chips
        .into_iter()
        .flatten()
        .filter_map(|played| played.seen.run.as_ref().ok());
    let mut faults = Vec::new();
    for gap in reports.flat_map(|run| &run.report.gaps) {
        if let GapKind::Behaviour { what } = &gap.kind
            && !faults.contains(what)
        {
            faults.push(what.clone());
        }
    }
    faults
}

fn scenario_report(scenario: &Scenario, backend: &str, outcome: &run::Outcome) -> ScenarioReport {
    let targets: Vec<TargetReport> = scenario
        .targets
        .iter()
        .zip(&outcome.targets)
        .map(|(target, outcome)| target_report(target, outcome))
        .collect();
    ScenarioReport {
        name: scenario.name.clone(),
        // Reports are the same on every host.
        file: scenario.path.display().to_string().replace('\\', "/"),
        description: scenario.description.clone(),
        why: scenario.why.clone(),
        chip: scenario.chip.to_string(),
        backend: backend.to_owned(),
        as_expected: as_expected(&targets),
        firmware: firmware::info(scenario, &outcome.donor),
        donor: chip_report(&outcome.donor),
        twin: outcome.twin.as_ref().map(chip_report),
        targets,
    }
}

/// Whether all that could be said is as expected, and something could be said.
fn as_expected(targets: &[TargetReport]) -> bool {
    let mut said = targets.iter().filter(|target| !target.is_not_applicable());
    targets.iter().any(|target| target.as_expected) && said.all(|target| target.as_expected)
}

fn target_report(target: &Target, outcome: &TargetOutcome) -> TargetReport {
    let chip = outcome.played.as_ref().map(chip_report);
    TargetReport {
        name: target.name.clone(),
        attack: target.attack,
        edits: target.edits.iter().map(Edit::describe).collect(),
        expected: Expected::from(&target.expect),
        verdict: verdict_report(&outcome.verdict, evidence(outcome)),
        as_expected: outcome.expected,
        fidelity: match target.attack {
            // Nothing but bytes was moved: real ROM and bootloader code decided, on hardware that did all they asked.
            Attack::Copy | Attack::Plain
                if chip.as_ref().is_none_or(|chip| chip.behaviour_gaps == 0) =>
            {
                Fidelity::Exact
            }
            Attack::Copy | Attack::Plain => Fidelity::Modelled,
        },
        finding: match &target.expect {
            Expect::Boots { finding } => Some(finding.clone()),
            Expect::Refused { .. } | Expect::RefusedSomehow => None,
        },
        chip,
    }
}

/// What a verdict rests on.
fn evidence(outcome: &TargetOutcome) -> Evidence {
    let run = outcome.played.as_ref().map(|played| &played.seen.run);
    match run {
        Some(Ok(run)) => run.evidence(),
        _ => Evidence::Console,
    }
}

fn verdict_report(verdict: &Verdict, evidence: Evidence) -> VerdictReport {
    let base = VerdictReport {
        outcome: Outcome::from(verdict),
        reason: Reason::from(verdict),
        evidence,
        stage: None,
        signature: None,
        line: None,
        line_number: None,
        place: None,
        count: None,
    };
    match verdict {
        Verdict::Refused(refusal) => VerdictReport {
            stage: Some(refusal.stage),
            signature: Some(refusal.signature),
            line: refusal.line.as_ref().map(|line| printable(&line.text)),
            line_number: refusal.line.as_ref().map(|line| line.number),
            place: refusal
                .place
                .as_ref()
                .map(|place| printable(&place.to_string())),
            count: Some(refusal.total),
            ..base
        },
        Verdict::Boots { line: Some(line) } => VerdictReport {
            line: Some(printable(&line.text)),
            line_number: Some(line.number),
            ..base
        },
        Verdict::Boots { line: None }
        | Verdict::Starts { .. }
        | Verdict::Inconclusive(_)
        | Verdict::NotApplicable(_) => base,
    }
}

fn chip_report(played: &Played) -> ChipReport {
    let run = played.seen.run.as_ref();
    let report = run.ok().map(|run| &run.report);
    ChipReport {
        efuses: efuse_report(&played.efuses_before),
        burned: burned(&played.efuses_before, &played.efuses_after),
        rom_sha256: report.and_then(|report| report.rom_sha256.map(hex::encode)),
        flash_sha256_before: hex::encode(played.seen.flash_before),
        flash_sha256_after: hex::encode(played.seen.flash_after),
        sign_of_life: run
            .ok()
            .and_then(Observation::alive)
            .and_then(|boot| boot.sign_of_life.as_ref())
            .map(|line| printable(&line.text)),
        stop: Ending::from(&played.seen.run),
        resets: report.map_or_else(Vec::new, |report| {
            let all = report.resets.iter();
            let list = all.map(|reset| format!("{} after {} us", reset.cause, reset.at_us));
            list.take(LIST).collect()
        }),
        boots: report
            .and_then(|report| report.record.as_ref())
            .map(executed::boots),
        cycles: report.map_or(0, |report| report.cycles),
        instructions: report.map_or(0, |report| report.instructions),
        panics: report.map_or_else(Vec::new, |report| panics(&report.console)),
        gaps: report.map_or_else(Vec::new, |report| {
            let sorted = gaps_by_weight(&report.gaps);
            let shown = sorted.into_iter().take(LIST);
            shown.map(|gap| printable(&gap.to_string())).collect()
        }),
        gap_count: report.map_or(0, |report| report.gaps.len()),
        behaviour_gaps: report.map_or(0, |report| {
            report.gaps.iter().filter(|gap| is_behaviour(gap)).count()
        }),
        console: report.map_or_else(Vec::new, |report| console(&report.console_text())),
    }
}

fn is_behaviour(gap: &Gap) -> bool {
    matches!(gap.kind, GapKind::Behaviour { .. })
}

/// Missing behaviour, which can decide a verdict, before registers.
fn gaps_by_weight(gaps: &[Gap]) -> Vec<&Gap> {
    let mut sorted: Vec<&Gap> = gaps.iter().collect();
    sorted.sort_by_key(|gap| !is_behaviour(gap));
    sorted
}

/// The console's lines; of a long one the beginning and the end.
fn console(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let omitted = lines.len().saturating_sub(CONSOLE_HEAD + CONSOLE_TAIL);
    if omitted == 0 {
        return lines.into_iter().map(printable).collect();
    }
    let (head, rest) = lines.split_at(CONSOLE_HEAD);
    let tail = &rest[omitted..];
    let mut kept: Vec<String> = head.iter().map(|line| printable(line)).collect();
    kept.push(format!("[... {omitted} lines left out ...]"));
    kept.extend(tail.iter().map(|line| printable(line)));
    kept
}
