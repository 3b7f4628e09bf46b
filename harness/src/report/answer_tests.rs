//! The answer from reports of scripted chips: what one back end, and what two may say.

use super::*;
use crate::backend::Backend;
use crate::input::build::suite::Encryption;
use crate::input::scenario::{Expect, Scenario, SignOfLife};
use crate::proof::run;
use crate::testing::{self, FakeBackend, Script};

/// The answer where each back end's copy does as scripted.
fn answer_of(copies: Vec<Script>) -> (Answer, String) {
    let mut scenario: Scenario = testing::scenario();
    scenario.name = COPY.to_owned();
    scenario.sign_of_life = SignOfLife::Text("heartbeat".to_owned());
    scenario.targets[0].expect = Expect::RefusedSomehow;
    let names = ["one", "other"];
    let back_ends: Vec<Box<dyn Backend>> = copies
        .into_iter()
        .zip(names)
        .map(|(copy, name)| {
            let mut back_end = FakeBackend::cast(Script::boots(), Script::boots(), copy);
            back_end.name = name;
            Box::new(back_end) as Box<dyn Backend>
        })
        .collect();
    let scenarios = [scenario];
    let outcomes = run::run(&scenarios, &back_ends, |b| b.budget(), 1, || {});
    let report = crate::report::build(&scenarios, &back_ends, &outcomes);
    let why = why_open(&named(&report, COPY));
    (answer(&report, COPY), why)
}

fn silent() -> Script {
    Script::new(&[testing::BANNER], cloneproof::boot::Stop::CycleLimit)
}

#[test]
fn one_back_end() {
    assert_eq!(answer_of(vec![Script::refused()]).0, Answer::Refused);
    assert_eq!(answer_of(vec![Script::boots()]).0, Answer::Boots);
    let (answer, why) = answer_of(vec![silent()]);
    assert_eq!(answer, Answer::Inconclusive);
    assert!(why.starts_with("the cycle limit was reached"), "{why}");
}

#[test]
fn two_back_ends_must_agree() {
    let both = |one: fn() -> Script, other: fn() -> Script| answer_of(vec![one(), other()]);
    assert_eq!(both(Script::refused, Script::refused).0, Answer::Refused);
    assert_eq!(both(Script::boots, Script::boots).0, Answer::Boots);
    let (answer, why) = both(Script::refused, Script::boots);
    assert_eq!(answer, Answer::Inconclusive);
    assert_eq!(why, "the back ends contradict each other");
    let (answer, why) = both(Script::boots, silent);
    assert_eq!(answer, Answer::Inconclusive);
    assert!(why.starts_with("back end other: the cycle limit"), "{why}");
}

#[test]
fn a_back_end_that_cannot_stand_for_the_chips_is_not_asked() {
    let mut scenario = testing::scenario();
    scenario.name = COPY.to_owned();
    let scenarios = [scenario];
    for (other, wanted) in [
        (Script::refused(), Answer::Refused),
        (silent(), Answer::Inconclusive),
    ] {
        let boots = Script::boots;
        let mut unable = FakeBackend::cast(boots(), boots(), boots());
        unable.cannot = Some(testing::TARGET_MAC);
        let able = FakeBackend::cast(boots(), boots(), other);
        let back_ends: Vec<Box<dyn Backend>> = vec![Box::new(unable), Box::new(able)];
        let outcomes = run::run(&scenarios, &back_ends, |b| b.budget(), 1, || {});
        let report = crate::report::build(&scenarios, &back_ends, &outcomes);
        assert_eq!(answer(&report, COPY), wanted);
        let back_ends = &back_ends[..1];
        let alone = run::run(&scenarios, back_ends, |b| b.budget(), 1, || {});
        let report = crate::report::build(&scenarios, back_ends, &alone);
        assert_eq!(answer(&report, COPY), Answer::Inconclusive);
        let why = why_open(&named(&report, COPY));
        assert!(why.contains("it runs another mask ROM"), "{why}");
    }
}

#[test]
fn names_of_encryptions_are_those_of_the_command_line() {
    use clap::ValueEnum;
    for encryption in Encryption::value_variants() {
        let value = encryption.to_possible_value().unwrap();
        assert_eq!(value.get_name(), encryption.name());
    }
}
