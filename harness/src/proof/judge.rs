//! The rule of truth: what may be said of a copy, and what may not.
//!
//! "Did not boot" is not a result. A copy counts as refused only if the donor booted to its app, a twin with the donor's
//! eFuses booted the very same bytes, and the target was refused with a named signature. Everything else is inconclusive.

use std::fmt;

use cloneproof::boot::{Gap, GapKind, Match, Signature, Stop};

use crate::input::scenario::Expect;
use crate::proof::diagnose;
use crate::proof::observe::{Ended, Observation};

/// A chip's run, as the judge needs it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// SHA-256 of the flash that the chip was powered on with.
    pub flash_before: [u8; 32],
    /// SHA-256 of the flash after the run.
    pub flash_after: [u8; 32],
    /// What happened, or why the back end failed.
    pub run: Result<Observation, String>,
    /// The chip was to encrypt its flash on its first boot, and did not.
    pub unencrypted: bool,
    /// The attacker changed the copy: it must not be the donor's flash byte for byte.
    pub edited: bool,
}

/// What is known about a copy.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The chip refused it, and said why.
    Refused(Refusal),
    /// It runs.
    Boots {
        /// The app's sign of life.
        line: String,
        /// Its number on the console.
        line_number: u64,
    },
    /// Nothing can be said.
    Inconclusive(Why),
    /// The back end cannot stand for the donor or the target, and ran nothing: why, as the rest of a sentence on it.
    NotApplicable(String),
}

impl Verdict {
    /// Stable name: `refused`, `boots`, `inconclusive` or `not-applicable`.
    pub const fn id(&self) -> &'static str {
        match self {
            Verdict::Refused(_) => "refused",
            Verdict::Boots { .. } => "boots",
            Verdict::Inconclusive(_) => "inconclusive",
            Verdict::NotApplicable(_) => "not-applicable",
        }
    }
}

/// A refusal that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The signature with its console line.
    pub found: Match,
    /// Number of the boot that shows it, from 0.
    pub boot: u64,
    /// How often it was seen since power-on.
    pub total: u64,
    /// Why no more was waited for.
    pub stays: Stays,
}

/// How a refusal has shown that it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// It came again and again.
    Repeated,
    /// Nothing followed it.
    Silent,
}

/// One of the two controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The donor itself.
    Donor,
    /// A chip with the donor's eFuses and the very bytes that are copied.
    Twin,
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Control::Donor => "donor",
            Control::Twin => "twin",
        })
    }
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Why {
    /// A control has no result of its own.
    #[error("the {control} did not boot to its app: {why}")]
    ControlFailed {
        /// Which one.
        control: Control,
        /// What happened to it instead.
        why: Box<Why>,
    },
    /// A chip did not get the bytes that the donor left.
    #[error("the flash of the {chip} is not the donor's, byte for byte")]
    OtherBytes {
        /// Which chip.
        chip: &'static str,
    },
    /// What the attacker changed left the copy as it was.
    #[error("what was to be changed in the copy left it as it was")]
    SameBytes,
    /// The chip refused to boot, by this signature (in a control).
    #[error("it was refused: \"{line}\"")]
    Refused {
        /// The console line.
        line: String,
    },
    /// A chip that was to encrypt its flash on its first boot runs its app, but from plaintext.
    #[error("it was to encrypt its flash on its first boot, and did not")]
    Unencrypted,
    /// The back end failed.
    #[error("the back end failed: {message}")]
    BackEnd {
        /// What it said.
        message: String,
    },
    /// The emulator does not model something.
    #[error("the emulator has a gap: {0}")]
    Gap(Gap),
    /// Hardware behaviour that the emulator does not model and that the twin did not need: it may have decided.
    #[error("the target met what the emulator does not model and the twin did not meet: {0}")]
    TargetGap(Gap),
    /// The emulator's process went away.
    #[error("the emulator process ended: {status}")]
    Exited {
        /// What it said last, and its status.
        status: String,
    },
    /// A limit came first.
    #[error("{stop} before a named refusal or the app's sign of life; {last}{place}")]
    Undecided {
        /// What ended the run.
        stop: Stop,
        /// What the console said last.
        last: String,
        /// Where the chip was, as the end of the sentence; empty where that is not known.
        place: Box<str>,
    },
    /// Another refusal than the scenario names.
    #[error("expected signature {expected}, but the console shows {found} (\"{line}\")")]
    OtherSignature {
        /// The one that the scenario names.
        expected: Signature,
        /// The one that was seen.
        found: Signature,
        /// Its line.
        line: String,
    },
    /// The right signature with another line than the scenario names.
    #[error("signature {signature} was found, but its line \"{line}\" does not match /{expected}/")]
    OtherLine {
        /// The signature.
        signature: Signature,
        /// The line.
        line: String,
        /// The expression.
        expected: String,
    },
    /// The refusal belongs to an earlier boot, and a later one went on without it.
    #[error(
        "signature {signature} was seen in boot {boot} only; boot {last} went on without it and told nothing"
    )]
    EarlierBoot {
        /// The signature.
        signature: Signature,
        /// The boot that shows it, from 0.
        boot: u64,
        /// The last boot.
        last: u64,
    },
}

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
    if run.alive().is_some() {
        return match seen.unencrypted {
            true => Err(failed(Why::Unencrypted)),
            false => Ok(()),
        };
    }
    let refused = run.decisive().and_then(|boot| boot.refusals.first());
    Err(failed(match refused {
        Some(found) => Why::Refused {
            line: found.line.clone(),
        },
        None => undecided(run),
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
            refusal.found.signature == *signature
        }
        (Verdict::Refused(_), Expect::RefusedSomehow)
        | (Verdict::Boots { .. }, Expect::Boots { .. }) => true,
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
    if let Some(line) = run.alive().and_then(|boot| boot.sign_of_life.as_ref()) {
        return Ok(Verdict::Boots {
            line: line.text.clone(),
            line_number: line.number,
        });
    }
    refusal(run, expect).map(Verdict::Refused)
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

fn undecided(run: &Observation) -> Why {
    Why::Undecided {
        stop: match &run.ended {
            Ended::Other(stop) => stop.clone(),
            _ => run.report.stop.clone(),
        },
        last: match diagnose::last_panic(&run.report.console) {
            Some(panic) => format!("{panic}; {}", last_words(run)),
            None => last_words(run),
        },
        place: place(run),
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
    let stays = match run.ended {
        Ended::RefusalRepeated(_) => Stays::Repeated,
        Ended::RefusalThenSilence => Stays::Silent,
        Ended::SignOfLife | Ended::Other(_) => return Err(undecided(run)),
    };
    let preferred = match expect {
        Expect::Refused { signature, .. } => Some(*signature),
        Expect::RefusedSomehow | Expect::Boots { .. } => None,
    };
    let (found, boot) = run.refused(preferred).ok_or_else(|| earlier(run))?;
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
        found: found.clone(),
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
