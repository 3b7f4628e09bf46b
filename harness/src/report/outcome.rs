//! What a report says of copies and chips, as values: text is made of them by whoever prints.

use std::fmt;

use cloneproof::boot::{Signature, Stop};
use serde::{Serialize, Serializer};

use crate::base::text::{as_text, printable};
use crate::input::scenario::Expect;
use crate::proof::executed::signature_of;
use crate::proof::observe::{AppEnd, Ended, Observation, Settled};
use crate::proof::verdict::{Stays, Verdict, Why};

/// Makes an enum's text its JSON.
macro_rules! serialised_as_text {
    ($($name:ty),+) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                as_text(self, to)
            }
        })+
    };
}
serialised_as_text!(
    Outcome, Reason, Ending, Expected, Fidelity, Answer, Cipher, Key
);

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The chip refused it, and said why.
    Refused,
    /// It runs.
    Boots,
    /// Its app is entered and executes; the sign of life that was named has not come.
    Starts,
    /// Nothing can be said.
    Inconclusive,
    /// The back end could not stand for the chips: it ran nothing, and its verdict counts for nothing.
    NotApplicable,
}

impl Outcome {
    /// Stable name: `refused`, `boots`, `inconclusive` or `not-applicable`.
    pub const fn id(self) -> &'static str {
        match self {
            Outcome::Refused => "refused",
            Outcome::Boots => "boots",
            Outcome::Starts => "starts",
            Outcome::Inconclusive => "inconclusive",
            Outcome::NotApplicable => "not-applicable",
        }
    }
}

impl From<&Verdict> for Outcome {
    fn from(verdict: &Verdict) -> Outcome {
        match verdict {
            Verdict::Refused(_) => Outcome::Refused,
            Verdict::Boots { .. } => Outcome::Boots,
            Verdict::Starts { .. } => Outcome::Starts,
            Verdict::Inconclusive(_) => Outcome::Inconclusive,
            Verdict::NotApplicable(_) => Outcome::NotApplicable,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Why a verdict is what it is; a sentence as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The chip refused the copy.
    Refused {
        /// By this signature.
        signature: Signature,
        /// How that has shown that it stays.
        stays: Stays,
    },
    /// The app runs.
    SignOfLife,
    /// The app was entered and executes; of the sign of life that was named nothing was seen: what the console said last.
    Starts {
        /// The last line.
        last: String,
    },
    /// Nothing can be said.
    Inconclusive(Why),
    /// The back end cannot stand for the chip: why, as the rest of a sentence on it.
    NotApplicable(String),
}

impl From<&Verdict> for Reason {
    fn from(verdict: &Verdict) -> Reason {
        match verdict {
            Verdict::Refused(refusal) => Reason::Refused {
                signature: refusal.signature,
                stays: refusal.stays,
            },
            Verdict::Boots { .. } => Reason::SignOfLife,
            Verdict::Starts { last } => Reason::Starts { last: last.clone() },
            Verdict::Inconclusive(why) => Reason::Inconclusive(why.clone()),
            Verdict::NotApplicable(why) => Reason::NotApplicable(why.clone()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Refused { signature, stays } => {
                f.write_str(signature.meaning())?;
                f.write_str(match stays {
                    Stays::Repeated => "; it said so again and again",
                    Stays::Silent => "; nothing followed",
                    Stays::Resets | Stays::Still => "",
                })
            }
            Reason::SignOfLife => f.write_str("the app showed its sign of life"),
            Reason::Starts { last } => write!(
                f,
                "its app was entered and executes: the boot chain stopped nothing; the sign of life did not come ({})",
                printable(last)
            ),
            Reason::Inconclusive(why) => why.fmt(f),
            Reason::NotApplicable(why) => {
                write!(f, "the back end cannot stand for the chip: {why}")
            }
        }
    }
}

/// Why a chip's run ended; a sentence as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The app showed its sign of life.
    SignOfLife,
    /// These refusals came again and again.
    RefusalRepeated(Vec<Signature>),
    /// Nothing followed a refusal.
    RefusalThenSilence,
    /// The app ran on.
    Lives,
    /// The app was entered, and its sign of life did not come.
    Starts,
    /// The app was entered and ended.
    AppEnded(AppEnd),
    /// The chip came to rest before any app.
    Settled(Settled),
    /// Something else ended it.
    Stopped(Stop),
    /// The back end failed.
    BackEndFailed {
        /// What it said.
        message: String,
    },
}

impl Ending {
    /// Whether the app lives.
    pub fn is_alive(&self) -> bool {
        matches!(self, Ending::SignOfLife | Ending::Lives)
    }

    /// Whether a limit of time, cycles or resets ended the run.
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Ending::Starts | Ending::Stopped(Stop::CycleLimit | Stop::TimeLimit | Stop::ResetLimit)
        )
    }
}

impl From<&Result<Observation, String>> for Ending {
    fn from(run: &Result<Observation, String>) -> Ending {
        match run.as_ref().map(|run| &run.ended) {
            Ok(Ended::SignOfLife) => Ending::SignOfLife,
            Ok(Ended::RefusalRepeated(repeated)) => Ending::RefusalRepeated(repeated.clone()),
            Ok(Ended::RefusalThenSilence) => Ending::RefusalThenSilence,
            Ok(Ended::Lives) => Ending::Lives,
            Ok(Ended::Starts) => Ending::Starts,
            Ok(Ended::AppEnded(end)) => Ending::AppEnded(*end),
            Ok(Ended::Settled(settled)) => Ending::Settled(*settled),
            Ok(Ended::Other(stop)) => Ending::Stopped(stop.clone()),
            Err(message) => Ending::BackEndFailed {
                message: message.clone(),
            },
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::SignOfLife => f.write_str("the app showed its sign of life"),
            Ending::RefusalRepeated(repeated) => {
                let names: Vec<&str> = repeated.iter().map(|signature| signature.id()).collect();
                write!(f, "the refusal {} came again and again", names.join(", "))
            }
            Ending::RefusalThenSilence => f.write_str("nothing followed the refusal"),
            Ending::Lives => f.write_str("the app was entered and ran on"),
            Ending::Starts => {
                f.write_str("the app was entered and runs; its sign of life did not come")
            }
            Ending::AppEnded(end) => f.write_str(signature_of(*end).meaning()),
            Ending::Settled(Settled::Resets) => {
                f.write_str("no app was entered; the same reset ended boot after boot")
            }
            Ending::Settled(Settled::Loop | Settled::Dead) => {
                f.write_str("no app was entered, and the chip stays where it is")
            }
            Ending::Stopped(stop) => f.write_str(&printable(&stop.to_string())),
            Ending::BackEndFailed { message } => write!(f, "the back end failed: {message}"),
        }
    }
}

/// What a scenario expects of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It is refused, by this signature.
    Refused(Signature),
    /// It is refused, by whatever named signature.
    RefusedSomehow,
    /// It runs.
    Boots,
}

impl From<&Expect> for Expected {
    fn from(expect: &Expect) -> Expected {
        match expect {
            Expect::Refused { signature, .. } => Expected::Refused(*signature),
            Expect::RefusedSomehow => Expected::RefusedSomehow,
            Expect::Boots { .. } => Expected::Boots,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Refused(signature) => {
                write!(
                    f,
                    "refused by {} with {signature}",
                    signature.stage().title()
                )
            }
            Expected::RefusedSomehow => f.write_str("refused with a named signature"),
            Expected::Boots => f.write_str("boots"),
        }
    }
}

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// Real ROM and bootloader code decided, on hardware that did all they asked.
    Exact,
    /// Some of the hardware's behaviour was not modelled.
    Modelled,
}

impl fmt::Display for Fidelity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fidelity::Exact => "exact",
            Fidelity::Modelled => "modelled",
        })
    }
}

/// The answer to the question whether a bit-for-bit copy runs on another chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It does not.
    Refused,
    /// It does.
    Boots,
    /// Its app is entered there: the boot chain stops nothing.
    Starts,
    /// Nobody knows.
    Inconclusive,
}

impl Answer {
    /// Stable name: `refused`, `boots` or `inconclusive`.
    pub const fn id(self) -> &'static str {
        match self {
            Answer::Refused => "refused",
            Answer::Boots => "boots",
            Answer::Starts => "starts",
            Answer::Inconclusive => "inconclusive",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A flash cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// The ESP32's own.
    Aes256,
    /// XTS-AES with a key of 256 bits.
    XtsAes128,
    /// XTS-AES with a key of 512 bits.
    XtsAes256,
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cipher::Aes256 => "AES-256",
            Cipher::XtsAes128 => "XTS-AES-128",
            Cipher::XtsAes256 => "XTS-AES-256",
        })
    }
}

/// A flash encryption key, told apart from others without being shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// There is none.
    Blank,
    /// It is hidden, and the file does not hold it.
    Unknown,
    /// The first eight digits of its SHA-256.
    Named(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Key::Blank => "blank",
            Key::Unknown => "unknown",
            Key::Named(name) => name,
        })
    }
}
