//! The answer to a check, in one sentence, with what it rests on.

use super::model::{CheckReport, Report, ScenarioReport, TargetReport};
use super::outcome::{Answer, Outcome};
use crate::input::build::suite::{COPY, Encryption, WHAT_IF, Wishes};
use crate::input::build::{Build, Encrypts, SecureBoot};
use crate::proof::run;

/// The answer of a report that [`super::build()`] made of the scenarios of [`crate::input::build::suite`].
pub fn conclude(
    build: &Build,
    wishes: &Wishes,
    report: &Report,
    outcomes: &[run::Outcome],
) -> CheckReport {
    let decisive: Vec<&ScenarioReport> = named(report, COPY);
    let answer = answer(report, COPY);
    let sentence = match answer {
        Answer::Refused => {
            "A bit-for-bit copy of this device's flash does NOT run on another chip.".to_owned()
        }
        Answer::Boots => {
            "A bit-for-bit copy of this device's flash RUNS on another chip.".to_owned()
        }
        Answer::Inconclusive => format!(
            "Whether a bit-for-bit copy of this device's flash runs on another chip remains open: {}.",
            why_open(&decisive)
        ),
    };
    CheckReport {
        path: build.path.display().to_string().replace('\\', "/"),
        form: build.kind,
        outcome: answer,
        sentence,
        because: decisive
            .iter()
            .flat_map(|scenario| because(scenario))
            .collect(),
        flash_size: build.flash_size,
        encryption: wishes.encryption,
        how: build.security.how.clone(),
        secure_boot: build.security.secure_boot,
        what_if: what_if(report),
        notes: notes(build, wishes, report, outcomes, answer),
    }
}

/// Why nothing is known, for the end of a sentence.
fn why_open(scenarios: &[&ScenarioReport]) -> String {
    let mut copies = scenarios.iter().flat_map(|scenario| {
        let several = scenarios.len() > 1;
        let by = if several {
            format!("back end {}: ", scenario.backend)
        } else {
            String::new()
        };
        strangers(scenario).map(move |target| (by.clone(), target))
    });
    let open = |outcome| matches!(outcome, Outcome::Inconclusive | Outcome::NotApplicable);
    match copies.find(|(_, target)| open(target.verdict.outcome)) {
        Some((by, target)) => format!("{by}{}", target.verdict.reason),
        None => "the back ends contradict each other".to_owned(),
    }
}

fn named<'a>(report: &'a Report, name: &str) -> Vec<&'a ScenarioReport> {
    let all = report.scenarios.iter();
    all.filter(|scenario| scenario.name == name).collect()
}

/// Of the chips that an attacker can have: all but the one with the donor's key.
fn strangers(scenario: &ScenarioReport) -> impl Iterator<Item = &TargetReport> {
    let all = scenario.targets.iter();
    all.filter(|target| target.finding.is_none())
}

/// What all back ends say together: where one cannot say anything, or two contradict each other, nothing is known. Those
/// that cannot stand for the chips are not asked.
fn answer(report: &Report, name: &str) -> Answer {
    let mut scenarios = named(report, name);
    scenarios.retain(|scenario| scenario.not_applicable().is_none());
    let mut answers = scenarios.iter().map(|scenario| of_back_end(scenario));
    let first = answers.next().unwrap_or(Answer::Inconclusive);
    match answers.all(|other| other == first) {
        true => first,
        false => Answer::Inconclusive,
    }
}

/// One copy that runs is proof enough; that none runs, every copy must show.
fn of_back_end(scenario: &ScenarioReport) -> Answer {
    let outcomes: Vec<Outcome> = strangers(scenario)
        .filter(|target| !target.is_not_applicable())
        .map(|target| target.verdict.outcome)
        .collect();
    if outcomes.contains(&Outcome::Boots) {
        Answer::Boots
    } else if !outcomes.is_empty() && outcomes.iter().all(|outcome| *outcome == Outcome::Refused) {
        Answer::Refused
    } else {
        Answer::Inconclusive
    }
}

/// Every copy in a line.
fn because(scenario: &ScenarioReport) -> Vec<String> {
    let line = |target: &TargetReport| {
        let verdict = &target.verdict;
        let what = match (verdict.outcome, verdict.stage) {
            (Outcome::Refused, Some(stage)) => format!("refused by {}", stage.title()),
            (Outcome::Boots, _) => "runs".to_owned(),
            (outcome, _) => format!("{outcome}: {}", verdict.reason),
        };
        let console = match &verdict.line {
            Some(line) => format!(": \"{line}\""),
            None => String::new(),
        };
        format!("{} [{}] {what}{console}", target.name, scenario.backend)
    };
    scenario.targets.iter().map(line).collect()
}

fn what_if(report: &Report) -> Option<String> {
    if named(report, WHAT_IF).is_empty() {
        return None;
    }
    let with = "With flash encryption in release mode and a key of its own";
    Some(match answer(report, WHAT_IF) {
        Answer::Refused => {
            format!(
                "{with}, a bit-for-bit copy of this device's flash would NOT run on another chip."
            )
        }
        Answer::Boots => {
            format!(
                "Even {}{}, a bit-for-bit copy of this device's flash would RUN on another chip.",
                &with[..1].to_lowercase(),
                &with[1..]
            )
        }
        Answer::Inconclusive => {
            format!("{with}, the answer would remain open: see scenario {WHAT_IF}.")
        }
    })
}

fn notes(
    build: &Build,
    wishes: &Wishes,
    report: &Report,
    outcomes: &[run::Outcome],
    answer: Answer,
) -> Vec<String> {
    let mut notes = build.notes.clone();
    let donors = || {
        let pairs = outcomes.iter().zip(&report.scenarios);
        pairs.filter(|(_, scenario)| scenario.name == COPY)
    };
    if wishes.encryption == Encryption::FirstBoot
        && donors().any(|(outcome, _)| !outcome.donor.efuses_after.flash_encryption_enabled())
    {
        notes.push("the donor did not switch flash encryption on by its first boot".to_owned());
    }
    match build.security.encrypts {
        Encrypts::Development if wishes.encryption == Encryption::FirstBoot => notes.push(
            "development mode: whoever holds the device can still flash it anew in plain text; ship release mode".to_owned(),
        ),
        Encrypts::Demands if wishes.encryption == Encryption::PreEncrypted => notes.push(
            "the bootloader demands flash encryption, so the donor was encrypted before its first boot".to_owned(),
        ),
        _ => {}
    }
    if build.security.secure_boot != SecureBoot::Off {
        notes.push(format!(
            "secure boot {} is configured: the donor's eFuses for it are those that its own bootloader burns",
            build.security.secure_boot.title()
        ));
    }
    let with_key = |scenario: &ScenarioReport| {
        let mut all = scenario.targets.iter();
        all.any(|target| target.finding.is_some() && target.verdict.outcome == Outcome::Refused)
    };
    if donors().any(|(_, scenario)| with_key(scenario)) {
        notes.push(
            "the copy is refused even with the donor's key: more than the key ties it to its chip"
                .to_owned(),
        );
    }
    let mute = |(_, scenario): &(&run::Outcome, &ScenarioReport)| {
        scenario.donor.sign_of_life.is_none() && scenario.donor.stop.is_limit()
    };
    if answer == Answer::Inconclusive && donors().any(|pair| mute(&pair)) {
        notes.push(
            "the donor never showed that its app runs: --expect REGEX names the console line that does, and --cycles or \
             --time-limit give it more time"
                .to_owned(),
        );
    }
    notes
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
