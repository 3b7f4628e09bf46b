//! What can be known about a copy, and why nothing can.

use std::fmt;

use cloneproof::boot::{Gap, NumberedLine, Place, Signature, Stage, Stop};

use crate::proof::observe::Observation;

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
        /// The console line by which the app showed it, where it was a line.
        line: Option<NumberedLine>,
    },
    /// Its app was entered and executes, and the sign of life that was named has not come: the boot chain stopped nothing.
    Starts {
        /// The last line of the console.
        last: String,
    },
    /// Nothing can be said.
    Inconclusive(Why),
    /// The back end cannot stand for the donor or the target, and ran nothing: why, as the rest of a sentence on it.
    NotApplicable(String),
}

impl Verdict {
    /// Stable name: `refused`, `boots`, `starts`, `inconclusive` or `not-applicable`.
    pub const fn id(&self) -> &'static str {
        match self {
            Verdict::Refused(_) => "refused",
            Verdict::Boots { .. } => "boots",
            Verdict::Starts { .. } => "starts",
            Verdict::Inconclusive(_) => "inconclusive",
            Verdict::NotApplicable(_) => "not-applicable",
        }
    }
}

/// A refusal that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its name.
    pub signature: Signature,
    /// Who refused.
    pub stage: Stage,
    /// The console line that says so, where there is one.
    pub line: Option<NumberedLine>,
    /// Where the chip was, where that is known.
    pub place: Option<Place>,
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
    /// The same reset ended boot after boot.
    Resets,
    /// The chip stays in one place.
    Still,
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
    /// A control runs other code than the donor did.
    #[error("the {chip} ran another app than the donor: {what}")]
    OtherApp {
        /// Which chip.
        chip: &'static str,
        /// What differs.
        what: String,
    },
    /// A control was entered and ended.
    #[error("its app was entered and ended: {end}; {last}{place}")]
    AppEnded {
        /// How.
        end: &'static str,
        /// What the console said last.
        last: String,
        /// Where the chip was, as the end of the sentence.
        place: Box<str>,
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
