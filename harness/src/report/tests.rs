//! Snapshots of the four report formats, over scripted chips.

use cloneproof::boot::{GapKind, Signature, Stop};

use super::outcome::{Fidelity, Outcome};
use super::{Report, build, human, json, junit, markdown};
use crate::backend::Backend;
use crate::input::scenario::{Expect, Scenario};
use crate::proof::run;
use crate::testing::{self, BANNER, FakeBackend, Script};

/// A refused copy, a copy that runs as feared, one that runs unexpectedly, and one of which nothing can be said.
fn scenarios() -> Vec<Scenario> {
    let named = |name: &str, expect: Expect| {
        let mut scenario = testing::scenario();
        scenario.name = name.to_owned();
        scenario.path = format!("scenarios/{name}.toml").into();
        scenario.targets[0].expect = expect;
        scenario
    };
    let refused = || Expect::Refused {
        signature: Signature::InvalidHeader,
        line: None,
    };
    let finding = "Every device with the same key runs the copy | as it is.".to_owned();
    vec![
        named("refused", refused()),
        named("finding", Expect::Boots { finding }),
        named("runs-unexpectedly", refused()),
        named("silent", refused()),
    ]
}

fn report() -> Report {
    let target = |scenario: usize| match scenario {
        0 => Script::refused(),
        1 | 2 => Script::boots(),
        _ => {
            let mut silent = Script::new(&[BANNER], Stop::CycleLimit);
            silent.gaps = vec![testing::gap()];
            silent
        }
    };
    let backends: Vec<Box<dyn Backend>> = vec![Box::new(FakeBackend::new(move |_, number| {
        match number % 3 {
            2 => target(number / 3),
            _ => Script::boots(),
        }
    }))];
    let scenarios = scenarios();
    let outcomes = run::run(&scenarios, &backends, |b| b.budget(), 1, || {});
    let report = build(&scenarios, &backends, &outcomes);
    // The verdicts first: reviewing a snapshot can never accept a clone that boots.
    let verdicts: Vec<_> = report
        .scenarios
        .iter()
        .map(|scenario| {
            let target = &scenario.targets[0];
            (target.verdict.outcome, target.as_expected)
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            (Outcome::Refused, true),
            (Outcome::Boots, true),
            (Outcome::Boots, false),
            (Outcome::Inconclusive, false)
        ]
    );
    assert!(!report.is_success());
    report
}

fn check(name: &str, text: &str) {
    let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let text = text.replace(version, "\"version\": \"[version]\"");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn for_people() {
    let text = human::render(&report());
    let plain = anstream::adapter::strip_str(&text).to_string();
    assert!(text != plain, "there are colours");
    check("human", &plain);
}

#[test]
fn as_json() {
    let text = json::render(&report());
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "cloneproof-report/2");
    assert_eq!(value["summary"]["expected"], 2);
    check("json", &text);
}

#[test]
fn as_junit() {
    let text = junit::render(&report());
    assert_eq!(text.matches("<failure").count(), 1);
    assert_eq!(text.matches("<error").count(), 1);
    check("junit", &text);
}

#[test]
fn as_markdown() {
    check("markdown", &markdown::render(&report()));
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let run = |jobs| {
        let backends: Vec<Box<dyn Backend>> = vec![Box::new(FakeBackend::new(|power_on, _| {
            match power_on.efuses.mac() {
                testing::TARGET_MAC => Script::refused(),
                _ => Script::boots(),
            }
        }))];
        let scenarios = scenarios();
        let outcomes = run::run(&scenarios, &backends, |b| b.budget(), jobs, || {});
        json::render(&build(&scenarios, &backends, &outcomes))
    };
    assert_eq!(run(1), run(8));
}

#[test]
fn back_ends_that_disagree_are_listed() {
    let mut other = FakeBackend::new(|_, _| {
        let mut script = Script::boots();
        script.gaps = vec![testing::gap()];
        script.gaps[0].kind = GapKind::Behaviour {
            what: "decrypts with any key".to_owned(),
        };
        script
    });
    other.name = "other";
    let right = FakeBackend::new(|power_on, _| match power_on.efuses.mac() {
        testing::TARGET_MAC => Script::refused(),
        _ => Script::boots(),
    });
    let backends: Vec<Box<dyn Backend>> = vec![Box::new(right), Box::new(other)];
    let scenarios = vec![testing::scenario()];
    let outcomes = run::run(&scenarios, &backends, |b| b.budget(), 2, || {});
    let report = build(&scenarios, &backends, &outcomes);
    assert_eq!(report.disagreements.len(), 1);
    let verdicts = report.disagreements[0].verdicts.iter();
    assert_eq!(
        verdicts.map(ToString::to_string).collect::<Vec<_>>(),
        ["fake: refused (invalid-header)", "other: boots"]
    );
    assert_eq!(
        report.disagreements[0].known_faults,
        ["other: decrypts with any key"]
    );
    assert!(!report.is_success());
    for text in [human::render(&report), markdown::render(&report)] {
        assert!(text.contains("disagree"), "{text}");
    }
}

#[test]
fn a_targets_gaps_are_shown_behaviour_first_and_counted() {
    let gaps = || {
        let mut gaps = vec![testing::gap(); 40];
        gaps[39].kind = GapKind::Behaviour {
            what: "a cache access that nothing serves".to_owned(),
        };
        gaps
    };
    let backends: Vec<Box<dyn Backend>> = vec![Box::new(FakeBackend::new(move |_, number| {
        let mut script = match number {
            0 | 1 => Script::boots(),
            _ => Script::refused(),
        };
        script.gaps = gaps();
        script
    }))];
    let scenarios = vec![testing::scenario()];
    let outcomes = run::run(&scenarios, &backends, |b| b.budget(), 1, || {});
    let report = build(&scenarios, &backends, &outcomes);
    assert!(report.is_success());
    let target = &report.scenarios[0].targets[0];
    assert_eq!(target.fidelity, Fidelity::Modelled);
    let chip = target.chip.as_ref().unwrap();
    assert_eq!((chip.gap_count, chip.behaviour_gaps), (40, 1));
    assert!(chip.gaps[0].contains("cache access"), "{:?}", chip.gaps);
    let text = anstream::adapter::strip_str(&human::render(&report)).to_string();
    assert!(
        text.contains("not modelled: a cache access that nothing serves"),
        "{text}"
    );
    assert!(text.contains("and 37 more"), "{text}");
    assert!(markdown::render(&report).contains("not modelled in all: 40, of which behaviour: 1"));
}

#[test]
fn what_a_back_end_cannot_stand_for_is_told_and_counts_for_nothing() {
    for (mac, run) in [(testing::DONOR_MAC, 0), (testing::TARGET_MAC, 2)] {
        let cast = || FakeBackend::cast(Script::boots(), Script::boots(), Script::refused());
        let mut unable = cast();
        unable.cannot = Some(mac);
        let backends: Vec<Box<dyn Backend>> = vec![Box::new(unable), Box::new(cast())];
        let scenarios = &scenarios()[..1];
        let both = run::run(scenarios, &backends, |b| b.budget(), 1, || {});
        let report = build(scenarios, &backends, &both);
        let first = &report.scenarios[0];
        assert_eq!(first.targets[0].verdict.outcome, Outcome::NotApplicable);
        assert_eq!(usize::from(first.twin.is_some()) * 2, run);
        let wanted = "the back end cannot stand for the chip: it runs another mask ROM";
        let why = first.not_applicable().map(ToString::to_string);
        assert_eq!(why.as_deref(), Some(wanted));
        let summary = &report.summary;
        assert_eq!((summary.copies, summary.expected), (2, 1));
        assert_eq!((summary.not_applicable, summary.inconclusive), (1, 0));
        // The other back end has answered.
        assert!(report.is_success() && report.disagreements.is_empty());
        let human = strip(&human::render(&report));
        assert!(human.contains("n/a  refused [fake]"), "{human}");
        assert!(human.contains("1 of 1 verdicts as expected"), "{human}");
        assert!(junit::render(&report).contains("<skipped"));
        assert!(markdown::render(&report).contains("| not-applicable |"));
        // Alone it has shown nothing.
        let alone = run::run(scenarios, &backends[..1], |b| b.budget(), 1, || {});
        assert!(!build(scenarios, &backends[..1], &alone).is_success());
    }
}

fn strip(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
