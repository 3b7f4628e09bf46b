//! Tests of the rule of truth with scripted chips: above all, every way to an inconclusive verdict.

use cloneproof::boot::{NumberedLine, Signature, Stop};
use regex::Regex;

use super::*;
use crate::input::scenario::Scenario;
use crate::proof::run;
use crate::testing::{self, ALIVE, BANNER, ENTRY, FakeBackend, INVALID_HEADER, Script};

pub(super) fn verdict_of(
    scenario: Scenario,
    donor: Script,
    twin: Script,
    target: Script,
) -> (Verdict, bool) {
    let backend: Box<dyn crate::backend::Backend> =
        Box::new(FakeBackend::cast(donor, twin, target));
    let mut outcomes = run::run(
        &[scenario],
        &[backend],
        |backend| backend.budget(),
        1,
        || {},
    );
    let outcome = outcomes[0].targets.remove(0);
    (outcome.verdict, outcome.expected)
}

pub(super) fn target_verdict(target: Script) -> (Verdict, bool) {
    verdict_of(
        testing::scenario(),
        Script::boots(),
        Script::boots(),
        target,
    )
}

#[track_caller]
pub(super) fn why(verdict: (Verdict, bool)) -> Why {
    assert!(!verdict.1, "an inconclusive verdict is never as expected");
    match verdict.0 {
        Verdict::Inconclusive(why) => why,
        other => panic!("{other:?}"),
    }
}

pub(super) fn expecting(expect: Expect) -> Scenario {
    let mut scenario = testing::scenario();
    scenario.targets[0].expect = expect;
    scenario
}

fn expecting_boot() -> Scenario {
    expecting(Expect::Boots {
        finding: "the copy runs".to_owned(),
    })
}

#[test]
fn a_repeated_refusal_with_both_controls_counts() {
    let (verdict, expected) = target_verdict(Script::refused());
    assert!(expected);
    let Verdict::Refused(refusal) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(refusal.signature, Signature::InvalidHeader);
    assert_eq!(refusal.line.unwrap().text, INVALID_HEADER.trim());
    assert_eq!((refusal.total, refusal.stays), (3, Stays::Repeated));
}

#[test]
fn a_refusal_followed_by_silence_counts() {
    let script = Script::new(&[BANNER, INVALID_HEADER], Stop::CycleLimit);
    let (verdict, expected) = target_verdict(script);
    assert!(expected);
    assert!(
        matches!(&verdict, Verdict::Refused(refusal) if refusal.stays == Stays::Silent),
        "{verdict:?}"
    );
}

#[test]
fn a_refusal_whose_line_has_no_end_counts_when_the_chip_is_dead() {
    let place = testing::gap().place;
    let script = Script::new(&[BANNER, INVALID_HEADER.trim()], Stop::Dead { place });
    assert!(target_verdict(script).1);
}

#[test]
fn a_reset_loop_of_refusals_counts() {
    let boot = format!("{BANNER}{INVALID_HEADER}");
    let script = Script::new(&[&boot, &boot, &boot, &boot], Stop::ResetLimit);
    assert!(target_verdict(script).1);
}

#[test]
fn a_copy_that_runs_against_expectation_is_said_to_run() {
    let (verdict, expected) = target_verdict(Script::boots());
    assert_eq!(
        verdict,
        Verdict::Boots {
            line: Some(NumberedLine {
                number: 6,
                text: "heartbeat 1".to_owned(),
            }),
        }
    );
    assert!(!expected);
}

#[test]
fn a_copy_that_runs_as_expected_is_a_finding() {
    let boots = Script::boots;
    let (verdict, expected) = verdict_of(expecting_boot(), boots(), boots(), boots());
    assert!(matches!(verdict, Verdict::Boots { .. }));
    assert!(expected);
}

#[test]
fn a_refused_copy_that_should_run_is_refused_and_unexpected() {
    let boots = Script::boots;
    let (verdict, expected) = verdict_of(expecting_boot(), boots(), boots(), Script::refused());
    assert!(matches!(verdict, Verdict::Refused(_)));
    assert!(!expected);
}

#[test]
fn a_refusal_before_the_app_lives_after_all_is_none() {
    let script = Script::new(
        &[BANNER, INVALID_HEADER, BANNER, ENTRY, ALIVE],
        Stop::CycleLimit,
    );
    assert!(matches!(target_verdict(script).0, Verdict::Boots { .. }));
}

#[test]
fn donor_that_does_not_boot() {
    let silent = Script::new(&[BANNER], Stop::CycleLimit);
    let why = why(verdict_of(
        testing::scenario(),
        silent,
        Script::boots(),
        Script::refused(),
    ));
    assert!(
        matches!(
            &why,
            Why::ControlFailed {
                control: Control::Donor,
                why
            } if matches!(**why, Why::Undecided { .. })
        ),
        "{why:?}"
    );
}

#[test]
fn donor_that_is_refused() {
    let why = why(verdict_of(
        testing::scenario(),
        Script::refused(),
        Script::boots(),
        Script::refused(),
    ));
    let text = why.to_string();
    assert!(
        text.contains("donor") && text.contains("invalid header"),
        "{text}"
    );
}

#[test]
fn donor_at_a_gap() {
    let script = Script::new(&[BANNER], Stop::Gap(testing::gap()));
    let why = why(verdict_of(
        testing::scenario(),
        script,
        Script::boots(),
        Script::refused(),
    ));
    assert!(why.to_string().contains("unknown instruction"), "{why}");
}

#[test]
fn twin_that_does_not_boot_or_is_refused() {
    for twin in [
        Script::refused(),
        Script::new(&[BANNER], Stop::TimeLimit),
        Script::new(&[], Stop::CycleLimit),
    ] {
        let why = why(verdict_of(
            testing::scenario(),
            Script::boots(),
            twin,
            Script::refused(),
        ));
        assert!(
            matches!(
                why,
                Why::ControlFailed {
                    control: Control::Twin,
                    ..
                }
            ),
            "{why:?}"
        );
    }
}

#[test]
fn twin_control_failing_also_spoils_a_copy_that_would_run() {
    let why = why(verdict_of(
        expecting_boot(),
        Script::boots(),
        Script::refused(),
        Script::boots(),
    ));
    assert!(matches!(why, Why::ControlFailed { .. }));
}

#[test]
fn the_donors_flash_after_its_run_is_what_is_copied() {
    let mut donor = Script::boots();
    donor.writes = Some(0x42);
    // The donor wrote to its flash; twin and target got those bytes.
    let scenario = testing::scenario();
    assert!(verdict_of(scenario, donor, Script::boots(), Script::refused()).1);
}

#[test]
fn other_bytes_than_the_donors() {
    let seen = |script: Script, before: u8, after: u8| {
        let backend = FakeBackend::cast(script.clone(), script.clone(), script);
        let scenario = testing::scenario();
        let flash = crate::proof::provision::flash(&scenario.flash, &scenario.donor.bank);
        let budget = crate::backend::Budget::default();
        let efuses = scenario.donor.bank.clone();
        let life = &scenario.sign_of_life;
        let mut seen =
            crate::proof::replay::play(&backend, &budget, flash, efuses, life, scenario.seed, None)
                .seen;
        seen.flash_before = [before; 32];
        seen.flash_after = [after; 32];
        seen
    };
    let expect = &testing::scenario().targets[0].expect;
    let donor = seen(Script::boots(), 1, 2);
    let twin = seen(Script::boots(), 2, 2);
    let target = seen(Script::refused(), 2, 2);
    let verdict = judge(&donor, Some(&twin), Some(&target), expect);
    assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");

    let other = seen(Script::boots(), 1, 2);
    let verdict = judge(&donor, Some(&other), Some(&target), expect);
    assert_eq!(
        verdict,
        Verdict::Inconclusive(Why::OtherBytes { chip: "twin" })
    );
    let other = seen(Script::refused(), 1, 2);
    let verdict = judge(&donor, Some(&twin), Some(&other), expect);
    assert_eq!(
        verdict,
        Verdict::Inconclusive(Why::OtherBytes { chip: "target" })
    );
    let verdict = judge(&donor, Some(&twin), None, expect);
    assert!(matches!(
        verdict,
        Verdict::Inconclusive(Why::BackEnd { .. })
    ));
}

#[test]
fn silence() {
    let why = why(target_verdict(Script::new(&[], Stop::CycleLimit)));
    assert!(
        matches!(
            &why,
            Why::Undecided {
                stop: Stop::CycleLimit,
                ..
            }
        ),
        "{why:?}"
    );
    assert!(why.to_string().contains("silent"), "{why}");
}

#[test]
fn a_banner_and_nothing_else() {
    let why = why(target_verdict(Script::new(&[BANNER], Stop::CycleLimit)));
    assert!(matches!(why, Why::Undecided { .. }));
}

#[test]
fn timeout() {
    let script = Script::new(&[BANNER, ENTRY], Stop::TimeLimit);
    let why = why(target_verdict(script));
    assert!(
        matches!(&why, Why::Undecided { stop: Stop::TimeLimit, last, place }
            if last.contains("entry") && place.contains("ets_main")),
        "{why:?}"
    );
}

#[test]
fn a_gap_of_the_emulator_even_after_a_refusal() {
    for console in [&[BANNER][..], &[BANNER, INVALID_HEADER]] {
        let script = Script::new(console, Stop::Gap(testing::gap()));
        let why = why(target_verdict(script));
        assert!(matches!(why, Why::Gap(_)), "{why:?}");
    }
}

#[test]
fn an_emulator_that_went_away_even_after_a_refusal() {
    for console in [&[BANNER][..], &[BANNER, INVALID_HEADER]] {
        let status = "signal 11".to_owned();
        let script = Script::new(console, Stop::Exited { status });
        let why = why(target_verdict(script));
        assert!(matches!(why, Why::Exited { .. }), "{why:?}");
    }
}

#[test]
fn a_back_end_that_fails() {
    let mut script = Script::boots();
    script.fails = true;
    let why = why(target_verdict(script));
    assert!(matches!(why, Why::BackEnd { .. }));
    assert!(why.to_string().contains("told to fail"), "{why}");
}

#[test]
fn a_chip_that_is_dead_without_a_word() {
    let place = testing::gap().place;
    let why = why(target_verdict(Script::new(&[BANNER], Stop::Dead { place })));
    assert!(matches!(
        why,
        Why::Undecided {
            stop: Stop::Dead { .. },
            ..
        }
    ));
}

#[test]
fn a_reset_loop_without_a_named_reason() {
    let script = Script::new(&[BANNER, BANNER, BANNER], Stop::ResetLimit);
    let why = why(target_verdict(script));
    assert!(matches!(
        why,
        Why::Undecided {
            stop: Stop::ResetLimit,
            ..
        }
    ));
}

#[test]
fn another_signature_than_expected() {
    let script = Script::new(&[BANNER, "csum err:0x1f!=0xe2\r\n"], Stop::CycleLimit);
    let why = why(target_verdict(script));
    assert!(
        matches!(
            &why,
            Why::OtherSignature {
                expected: Signature::InvalidHeader,
                found: Signature::RomChecksum,
                ..
            }
        ),
        "{why:?}"
    );
}

#[test]
fn the_right_signature_with_another_line() {
    let scenario = expecting(Expect::Refused {
        signature: Signature::InvalidHeader,
        line: Some(Regex::new("0xffffffff").unwrap()),
    });
    let boots = Script::boots;
    let why = why(verdict_of(scenario, boots(), boots(), Script::refused()));
    assert!(matches!(why, Why::OtherLine { .. }), "{why:?}");
}

#[test]
fn a_refusal_only_in_an_earlier_boot() {
    let script = Script::new(&[BANNER, INVALID_HEADER, BANNER, ENTRY], Stop::CycleLimit);
    let why = why(target_verdict(script));
    assert!(
        matches!(
            &why,
            Why::EarlierBoot {
                boot: 0,
                last: 1,
                ..
            }
        ),
        "{why:?}"
    );
}

#[test]
fn an_unnamed_complaint_is_no_refusal() {
    let script = Script::new(&[BANNER, "something is wrong\r\n"], Stop::CycleLimit);
    let why = why(target_verdict(script));
    assert!(why.to_string().contains("something is wrong"), "{why}");
}

#[test]
fn an_app_that_quotes_a_refusal_before_its_sign_of_life() {
    let script = Script::new(&[BANNER, ENTRY, INVALID_HEADER], Stop::CycleLimit);
    assert!(matches!(why(target_verdict(script)), Why::Undecided { .. }));
}
