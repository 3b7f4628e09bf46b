//! The rule of truth: what may be said of a copy, and what may not.
//!
//! "Did not boot" is not a result. A copy counts as refused only if the donor booted to its app, a twin with the donor's
//! eFuses booted the very same bytes, and the target was refused with a named signature. Everything else is inconclusive.

use cloneproof::boot::{Gap, GapKind, NumberedLine, Stop};

use crate::input::scenario::Expect;
use crate::proof::diagnose;
use crate::proof::executed::{
    chain_is_foreign, does_less, garbage, resting_place, same_app, signature_of, silent, sound_app,
};
use crate::proof::observe::{AppEnd, Ended, Observation, Settled};
pub use crate::proof::verdict::{Control, Refusal, Seen, Stays, Verdict, Why};

/// Whether a control did what it must.
///
/// # Errors
/// Why it did not.
pub fn control(which: Control, seen: &Seen) -> Result<(), Why> {
    let failed = |why| Why::ControlFailed {
        control: which,
        why: Box::new(why),
    };
    let run = run(seen).map_err(failed)?;
    if is_alive(run) {
        return match seen.unencrypted {
            true => Err(failed(Why::Unencrypted)),
            false => Ok(()),
        };
    }
    let refused = run.decisive().and_then(|boot| boot.refusals.first());
    Err(failed(match (&run.ended, refused) {
        (Ended::AppEnded(end), _) => Why::AppEnded {
            end: signature_of(*end).meaning(),
            last: last_heard(run),
            place: place(run),
        },
        (_, Some(found)) => Why::Refused {
            line: found.line.clone(),
        },
        (_, None) => undecided(run),
    }))
}

/// The verdict on a copy.
///
/// `twin` and `target` are `None` where an earlier step failed and they were not run.
pub fn judge(donor: &Seen, twin: Option<&Seen>, target: Option<&Seen>, expect: &Expect) -> Verdict {
    match conclude(donor, twin, target, expect) {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Inconclusive(why),
    }
}

/// Whether a verdict is what the scenario expects.
pub fn is_expected(verdict: &Verdict, expect: &Expect) -> bool {
    match (verdict, expect) {
        (Verdict::Refused(refusal), Expect::Refused { signature, .. }) => {
            refusal.signature == *signature
        }
        (Verdict::Refused(_), Expect::RefusedSomehow)
        | (Verdict::Boots { .. } | Verdict::Starts { .. }, Expect::Boots { .. }) => true,
        _ => false,
    }
}

fn conclude(
    donor: &Seen,
    twin: Option<&Seen>,
    target: Option<&Seen>,
    expect: &Expect,
) -> Result<Verdict, Why> {
    control(Control::Donor, donor)?;
    let twin = twin.ok_or_else(|| not_run("twin"))?;
    if twin.flash_before != donor.flash_after {
        return Err(Why::OtherBytes { chip: "twin" });
    }
    control(Control::Twin, twin)?;
    same_app("twin", run(donor)?, run(twin)?)?;
    let target = target.ok_or_else(|| not_run("target"))?;
    if (target.flash_before != donor.flash_after) != target.edited {
        return Err(match target.edited {
            true => Why::SameBytes,
            false => Why::OtherBytes { chip: "target" },
        });
    }
    let twin_run = run(twin)?;
    let run = run(target)?;
    if let Some(gap) = own_behaviour(run, twin_run) {
        return Err(Why::TargetGap(gap.clone()));
    }
    of_target(run, twin_run, target.edited, expect)
}

/// The verdict on a target whose run can count.
fn of_target(
    run: &Observation,
    twin: &Observation,
    edited: bool,
    expect: &Expect,
) -> Result<Verdict, Why> {
    let own = || match edited {
        true => sound_app(run),
        false => same_app("target", twin, run),
    };
    match &run.ended {
        Ended::SignOfLife | Ended::Lives | Ended::Starts => own()?,
        Ended::AppEnded(_) if own().is_err() => {
            return Ok(Verdict::Refused(garbage(run)));
        }
        _ => {}
    }
    match &run.ended {
        Ended::SignOfLife => Ok(Verdict::Boots {
            line: run.alive().and_then(|boot| boot.sign_of_life.clone()),
        }),
        Ended::Lives if !does_less(run, twin) => Ok(Verdict::Boots {
            line: run.alive().and_then(|boot| boot.sign_of_life.clone()),
        }),
        Ended::Lives | Ended::Starts => Ok(Verdict::Starts {
            last: last_heard(run),
        }),
        _ if !edited && chain_is_foreign(run, twin) => Ok(Verdict::Refused(garbage(run))),
        _ => refusal(run, expect).map(Verdict::Refused),
    }
}

/// The first behaviour that is not modelled and that the target alone met. What both met did not keep the twin from
/// booting the same bytes.
fn own_behaviour<'a>(target: &'a Observation, twin: &Observation) -> Option<&'a Gap> {
    // What a register that nobody models read as may have decided as well.
    let behaves = |gap: &&Gap| {
        matches!(
            gap.kind,
            GapKind::Behaviour { .. } | GapKind::ReadRegister { .. }
        )
    };
    let known = |gap: &&Gap| twin.report.gaps.iter().any(|other| other.kind == gap.kind);
    let mut gaps = target.report.gaps.iter().filter(behaves);
    gaps.find(|gap| !known(gap))
}

fn not_run(chip: &str) -> Why {
    Why::BackEnd {
        message: format!("the {chip} was not run"),
    }
}

/// The observation, unless its end makes it worthless.
fn run(seen: &Seen) -> Result<&Observation, Why> {
    let run = seen.run.as_ref().map_err(|message| Why::BackEnd {
        message: message.clone(),
    })?;
    match &run.ended {
        Ended::Other(Stop::Gap(gap)) => Err(Why::Gap(gap.clone())),
        Ended::Other(Stop::Exited { status }) => Err(Why::Exited {
            status: status.clone(),
        }),
        _ => Ok(run),
    }
}

/// Whether the app of a chip lives.
fn is_alive(run: &Observation) -> bool {
    matches!(run.ended, Ended::SignOfLife | Ended::Lives)
}

fn undecided(run: &Observation) -> Why {
    Why::Undecided {
        stop: match &run.ended {
            Ended::Other(stop) => stop.clone(),
            _ => run.report.stop.clone(),
        },
        last: last_heard(run),
        place: place(run),
    }
}

/// The last panic, if there was one, and the last line.
fn last_heard(run: &Observation) -> String {
    match diagnose::last_panic(&run.report.console) {
        Some(panic) => format!("{panic}; {}", last_words(run)),
        None => last_words(run),
    }
}

/// Where the cores were, as the end of a sentence.
fn place(run: &Observation) -> Box<str> {
    match &run.ended {
        // It says so itself.
        Ended::Other(Stop::Dead { .. }) => "".into(),
        _ => {
            let places = run.report.places.iter();
            let list: Vec<String> = places.map(ToString::to_string).collect();
            match list.is_empty() {
                true => "".into(),
                false => format!("; the chip was here: {}", list.join(", ")).into(),
            }
        }
    }
}

/// The last line of the console, for a reason that a human reads.
fn last_words(run: &Observation) -> String {
    let text = run.report.console_text();
    let text = anstream::adapter::strip_str(&text).to_string();
    match text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
    {
        // Guests can print anything: what goes into a sentence is bounded.
        Some(line) => {
            let line: String = line.chars().filter(|c| !c.is_control()).take(120).collect();
            format!("the console's last line is \"{line}\"")
        }
        None => "the console is silent".to_owned(),
    }
}

fn refusal(run: &Observation, expect: &Expect) -> Result<Refusal, Why> {
    let stays = match &run.ended {
        Ended::RefusalRepeated(_) => Stays::Repeated,
        Ended::RefusalThenSilence | Ended::AppEnded(AppEnd::Refused(_)) => Stays::Silent,
        Ended::Settled(Settled::Resets) | Ended::AppEnded(AppEnd::Restarts) => Stays::Resets,
        Ended::Settled(_) | Ended::AppEnded(_) => Stays::Still,
        Ended::SignOfLife | Ended::Lives | Ended::Starts | Ended::Other(_) => {
            return Err(undecided(run));
        }
    };
    let preferred = match expect {
        Expect::Refused { signature, .. } => Some(*signature),
        Expect::RefusedSomehow | Expect::Boots { .. } => None,
    };
    let (found, boot) = match run.refused(preferred) {
        Some(found) => found,
        None => {
            return silent(run, stays, preferred).unwrap_or_else(|| Err(earlier(run)));
        }
    };
    match expect {
        Expect::Refused { signature, line } => {
            if found.signature != *signature {
                return Err(Why::OtherSignature {
                    expected: *signature,
                    found: found.signature,
                    line: found.line.clone(),
                });
            }
            if let Some(regex) = line.as_ref().filter(|line| !line.is_match(&found.line)) {
                return Err(Why::OtherLine {
                    signature: *signature,
                    line: found.line.clone(),
                    expected: regex.to_string(),
                });
            }
        }
        // By whatever signature; also a copy that should boot and is refused.
        Expect::RefusedSomehow | Expect::Boots { .. } => {}
    }
    let total = run
        .boots
        .iter()
        .filter_map(|boot| boot.refusal(found.signature))
        .map(|found| found.count)
        .sum();
    Ok(Refusal {
        signature: found.signature,
        stage: found.stage,
        line: Some(NumberedLine {
            number: found.line_number,
            text: found.line.clone(),
        }),
        place: resting_place(run),
        boot: boot.number,
        total,
        stays,
    })
}

/// Why a chip that settled has no refusal in the boot that decides.
fn earlier(run: &Observation) -> Why {
    let earlier = run
        .boots
        .iter()
        .rev()
        .find_map(|boot| boot.refusals.first().map(|found| (found, boot.number)));
    match (earlier, run.decisive()) {
        (Some((found, boot)), Some(last)) => Why::EarlierBoot {
            signature: found.signature,
            boot,
            last: last.number,
        },
        _ => undecided(run),
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "judge_settle_tests.rs"]
mod settle_tests;
