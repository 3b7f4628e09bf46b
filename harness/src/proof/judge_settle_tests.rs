//! Tests of when a refusal has shown that it stays, with scripted chips that look refused for a while.

use cloneproof::boot::{GapKind, Signature, Stop};

use super::tests::{expecting, target_verdict, verdict_of, why};
use super::*;
use crate::input::scenario::SignOfLife;
use crate::testing::{self, ALIVE, BANNER, ENTRY, INVALID_HEADER, Script};

const BOOTLOG: &str = "I (30) boot: ESP-IDF 2nd stage bootloader\r\n";
const REVISION: &str =
    "E (60) boot_comm: chip revision check failed. Required >= v3.0, found v1.0.\r\n";
const NO_APP: &str = "E (70) boot: No bootable app partitions in the partition table\r\n";
const LOADED: &str = "I (90) boot: Loaded app from partition at offset 0x10000\r\nI (91) boot: Disabling RNG early entropy source...\r\n";
const HEARTBEAT: &str = "heartbeat 1\r\n";

/// The verdict on a target whose refusal is expected to be by `signature`.
fn against(signature: Signature, target: Script) -> Verdict {
    let expect = Expect::Refused {
        signature,
        line: None,
    };
    let boots = Script::boots;
    verdict_of(expecting(expect), boots(), boots(), target).0
}

#[track_caller]
fn assert_boots(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Boots { .. }), "{verdict:?}");
}

#[test]
fn a_bootloader_that_tries_three_partitions_in_vain_and_boots_the_fourth() {
    let loaded = format!("{LOADED}{HEARTBEAT}");
    let console = [
        BANNER, ENTRY, BOOTLOG, REVISION, REVISION, REVISION, &loaded,
    ];
    let target = Script::new(&console, Stop::CycleLimit);
    assert_boots(&against(Signature::ChipRevision, target));
}

#[test]
fn an_app_that_starts_long_after_the_first_refusal() {
    let mut target = Script::new(&[BANNER, ENTRY, REVISION], Stop::CycleLimit);
    target.console.push((133_000_000, HEARTBEAT.to_owned()));
    assert_boots(&against(Signature::ChipRevision, target));
}

#[test]
fn a_bootloader_that_goes_on_talking_is_not_silent() {
    let mut target = Script::new(&[BANNER, ENTRY, BOOTLOG, REVISION], Stop::CycleLimit);
    for segment in 1..=20_u64 {
        let line = format!("I ({segment}) esp_image: segment {segment}: paddr=00010020\r\n");
        target.console.push((segment * 100_000_000, line));
    }
    let loaded = format!("{LOADED}{HEARTBEAT}");
    target.console.push((2_100_000_000, loaded));
    assert_boots(&against(Signature::ChipRevision, target));
}

#[test]
fn a_bootloader_that_talks_for_ever_is_undecided() {
    let mut target = Script::new(&[BANNER, ENTRY, BOOTLOG, REVISION], Stop::CycleLimit);
    for second in 1..=100_u64 {
        let line = format!("I ({second}) boot: still here\r\n");
        target.console.push((second * 100_000_000, line));
    }
    let verdict = against(Signature::ChipRevision, target);
    assert!(
        matches!(&verdict, Verdict::Inconclusive(Why::Undecided { stop, .. }) if *stop == Stop::CycleLimit),
        "{verdict:?}"
    );
}

#[test]
fn a_silent_bootloader_stays_refused() {
    let target = Script::new(&[BANNER, ENTRY, BOOTLOG, REVISION], Stop::CycleLimit);
    let verdict = against(Signature::ChipRevision, target);
    assert!(
        matches!(&verdict, Verdict::Refused(refusal) if refusal.stays == Stays::Silent),
        "{verdict:?}"
    );
}

#[test]
fn boots_that_end_in_the_same_refusals_count_by_each_of_them() {
    let boot = [BANNER, ENTRY, BOOTLOG, REVISION, NO_APP].concat();
    let target = || Script::new(&[boot.as_str(); 6], Stop::ResetLimit);
    for signature in [Signature::ChipRevision, Signature::NoBootableApp] {
        let verdict = against(signature, target());
        assert!(
            matches!(&verdict, Verdict::Refused(refusal)
                if refusal.stays == Stays::Repeated && refusal.signature == signature),
            "{verdict:?}"
        );
    }
    let verdict = against(Signature::AppMagic, target());
    assert!(
        matches!(verdict, Verdict::Inconclusive(Why::OtherSignature { .. })),
        "{verdict:?}"
    );
}

#[test]
fn a_refusal_that_does_not_repeat_is_not_the_one_that_does() {
    let boots = [BANNER, ENTRY, NO_APP].concat();
    let last = [BANNER, ENTRY, REVISION, NO_APP].concat();
    let target = Script::new(&[&boots, &boots, &last], Stop::ResetLimit);
    let verdict = against(Signature::ChipRevision, target);
    assert!(
        matches!(&verdict, Verdict::Inconclusive(Why::OtherSignature { found, .. })
            if *found == Signature::NoBootableApp),
        "{verdict:?}"
    );
}

#[test]
fn a_slow_host_proves_no_refusal() {
    let once = Script::new(&[BANNER, INVALID_HEADER], Stop::TimeLimit);
    assert!(matches!(
        why(target_verdict(once)),
        Why::Undecided {
            stop: Stop::TimeLimit,
            ..
        }
    ));
    let late = Script::new(&[BANNER, ENTRY, REVISION], Stop::TimeLimit);
    let verdict = against(Signature::ChipRevision, late);
    assert!(matches!(verdict, Verdict::Inconclusive(_)), "{verdict:?}");
}

#[test]
fn one_reset_behind_a_refusal_is_no_repetition() {
    let target = Script::new(&[BANNER, ENTRY, NO_APP], Stop::ResetLimit);
    let verdict = against(Signature::NoBootableApp, target);
    assert!(matches!(verdict, Verdict::Inconclusive(_)), "{verdict:?}");
}

#[test]
fn what_the_bootloader_says_is_no_sign_of_life() {
    let mut scenario = testing::scenario();
    scenario.sign_of_life = SignOfLife::Text("ESP-IDF".to_owned());
    let donor = Script::new(
        &[
            BANNER,
            ENTRY,
            BOOTLOG,
            "E (1) esp_image: Image hash failed - image is corrupt\r\n",
        ],
        Stop::CycleLimit,
    );
    let why = why(verdict_of(
        scenario,
        donor,
        Script::boots(),
        Script::refused(),
    ));
    assert!(
        matches!(
            why,
            Why::ControlFailed {
                control: Control::Donor,
                ..
            }
        ),
        "{why:?}"
    );
}

#[test]
fn behaviour_that_only_the_target_misses_decides_nothing() {
    let mut gap = testing::gap();
    gap.kind = GapKind::Behaviour {
        what: "access to 0x3f400000 while the cache does not serve it".to_owned(),
    };
    for mut target in [Script::refused(), Script::boots()] {
        target.gaps = vec![testing::gap(), gap.clone()];
        let why = why(target_verdict(target.clone()));
        assert_eq!(why, Why::TargetGap(gap.clone()));
        assert!(why.to_string().contains("0x3f400000"), "{why}");
        // The twin met it too, elsewhere, and booted.
        let mut twin = Script::boots();
        twin.gaps = vec![gap.clone()];
        twin.gaps[0].place.pc += 4;
        let verdict = verdict_of(testing::scenario(), Script::boots(), twin, target).0;
        assert!(!matches!(verdict, Verdict::Inconclusive(_)), "{verdict:?}");
    }
}

#[test]
fn an_app_that_relays_a_banner_starts_no_boot() {
    let handed_over = format!("{BOOTLOG}{LOADED}");
    // Without the ROM's next line it is text on any back end.
    let banner = BANNER.lines().next().unwrap_or_default();
    let relayed = format!("{banner}\r\n{INVALID_HEADER}");
    let console = [BANNER, ENTRY, &handed_over, &relayed, &relayed, &relayed];
    let mut target = Script::new(&console, Stop::CycleLimit);
    target.console.push((20_000_000, HEARTBEAT.to_owned()));
    assert_boots(&against(Signature::InvalidHeader, target));
    // With it, the back end must know of no reset.
    let relayed = format!("{BANNER}{INVALID_HEADER}");
    let console = [BANNER, ENTRY, &handed_over, &relayed, &relayed, &relayed];
    let mut target = Script::new(&console, Stop::CycleLimit);
    target.tells_resets = true;
    target.console.push((20_000_000, HEARTBEAT.to_owned()));
    assert_boots(&against(Signature::InvalidHeader, target));
}

#[test]
fn a_second_try_that_comes_late_is_seen() {
    let mut target = Script::new(&[BANNER, INVALID_HEADER], Stop::CycleLimit);
    target.console.push((100_000_000, BANNER.to_owned()));
    target
        .console
        .push((210_000_000, format!("{ENTRY}{ALIVE}")));
    assert_boots(&against(Signature::InvalidHeader, target));
}

#[test]
fn the_roms_last_words_decide_where_no_watchdog_resets() {
    const UNTRUSTED: &str = "Sig block 0 signed with untrusted key\r\n";
    const GAVE_UP: &str = "ets_main.c 333 \r\n";
    let target = Script::new(&[BANNER, UNTRUSTED, GAVE_UP], Stop::TimeLimit);
    let verdict = against(Signature::SignatureUntrustedKey, target);
    assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
    // Anything behind them, and it was not the end.
    let target = Script::new(&[BANNER, UNTRUSTED, GAVE_UP, "and on\r\n"], Stop::TimeLimit);
    let verdict = against(Signature::SignatureUntrustedKey, target);
    assert!(!matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
}
