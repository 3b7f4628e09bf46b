//! What a lint is, and what it hands back.

use std::fmt;
use std::ops::Range;

use super::subject::Subject;
use crate::efuse::{BurnOutcome, EfuseBank};

/// How bad a weakness is; the worst sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The firmware, or the key, is within reach of whoever holds the device.
    High,
    /// A door that ESP-IDF's release check wants closed, or one that helps with another attack.
    Medium,
    /// Worth knowing; no weakness of its own.
    Note,
}

impl Severity {
    /// Stable name: `high`, `medium` or `note`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The run on the virtual chip that proves a weakness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A bit-for-bit copy of the flash boots on a factory-fresh chip.
    CopyOnBlank,
    /// All eFuses that software can read are burned into a blank chip; a copy of the flash boots there.
    ReadOut,
    /// A key that anybody can guess is burned into a blank chip; a copy of the flash boots there.
    GuessedKey,
    /// One more bit of the counter is burned; then the chip runs an attacker's firmware from plain text.
    CounterFlip,
    /// The chip runs an attacker's firmware as it is.
    OwnFirmware,
    /// With the strap for it, the chip's mask ROM waits for a download.
    DownloadMode,
    /// The chip's cipher encrypts the same text at different addresses to the same bytes.
    Cipher,
    /// No run can show it: why.
    None(&'static str),
}

impl Proof {
    /// Stable name, e.g. `copy-on-blank`.
    pub const fn name(self) -> &'static str {
        match self {
            Proof::CopyOnBlank => "copy-on-blank",
            Proof::ReadOut => "read-out",
            Proof::GuessedKey => "guessed-key",
            Proof::CounterFlip => "counter-flip",
            Proof::OwnFirmware => "own-firmware",
            Proof::DownloadMode => "download-mode",
            Proof::Cipher => "cipher",
            Proof::None(_) => "none",
        }
    }

    /// What the run shows, one sentence; why there is none.
    pub const fn what(self) -> &'static str {
        match self {
            Proof::CopyOnBlank => "a bit-for-bit copy of the flash boots on a factory-fresh chip",
            Proof::ReadOut => {
                "everything that software can read of the eFuses is burned into a blank chip, and a copy of the flash boots \
                 there"
            }
            Proof::GuessedKey => {
                "the guessed key is burned into a blank chip, and a copy of the flash boots there"
            }
            Proof::CounterFlip => {
                "a foreign firmware in plain text is refused; with one more bit of the counter burned it runs"
            }
            Proof::OwnFirmware => "the chip runs a foreign firmware",
            Proof::DownloadMode => {
                "powered on with the strap for it, the mask ROM waits for a download; what it may do there is in the \
                 eFuses"
            }
            Proof::Cipher => {
                "the chip's cipher turns the same text at different addresses into the same bytes"
            }
            Proof::None(why) => why,
        }
    }
}

/// A burn that mends a weakness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Burn these bits into a field.
    Burn(&'static str, u64),
    /// Write-protect a field.
    WriteProtect(&'static str),
    /// Hide a field from software.
    ReadProtect(&'static str),
}

impl Fix {
    /// Burns it with the chip's rules; false where the chip lacks the field or a protection stands against it.
    pub fn apply(&self, bank: &mut EfuseBank) -> bool {
        match *self {
            Fix::Burn(name, value) => {
                let Ok(field) = bank.field(name) else {
                    return false;
                };
                bank.burn(field, value) == Ok(BurnOutcome::Burned)
            }
            Fix::WriteProtect(name) => {
                let Ok(field) = bank.field(name) else {
                    return false;
                };
                bank.write_protect(field);
                bank.is_write_protected(field)
            }
            Fix::ReadProtect(name) => {
                let Ok(field) = bank.field(name) else {
                    return false;
                };
                bank.read_protect(field);
                bank.is_read_protected(field)
            }
        }
    }
}

/// As an argument of `cloneproof efuse burn`.
impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fix::Burn(name, value @ 0..=9) => write!(f, "{name}={value}"),
            Fix::Burn(name, value) => write!(f, "{name}={value:#x}"),
            Fix::WriteProtect(name) => write!(f, "--write-protect {name}"),
            Fix::ReadProtect(name) => write!(f, "--read-protect {name}"),
        }
    }
}

/// What a lint found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The facts, one sentence without a full stop.
    pub what: String,
    /// The eFuse fields that it is about.
    pub fields: Vec<&'static str>,
    /// The place in flash, in bytes, where there is one.
    pub place: Option<Range<u32>>,
    /// Burns that mend it, where burns do.
    pub fixes: Vec<Fix>,
    /// Another severity than the lint's, where something else blunts the weakness.
    pub severity: Option<Severity>,
    /// Another proof than the lint's.
    pub proof: Option<Proof>,
}

impl Evidence {
    /// Facts about these fields.
    pub fn new(what: impl Into<String>, fields: impl Into<Vec<&'static str>>) -> Self {
        Evidence {
            what: what.into(),
            fields: fields.into(),
            ..Evidence::default()
        }
    }

    /// With burns that mend it.
    pub fn fixed_by(mut self, fixes: impl IntoIterator<Item = Fix>) -> Self {
        self.fixes.extend(fixes);
        self
    }

    /// With another severity.
    pub fn only(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With another proof.
    pub fn proven_by(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// With a place in flash.
    pub fn at(mut self, place: Range<u32>) -> Self {
        self.place = Some(place);
        self
    }
}

/// What a lint says of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The chip, or the configuration, does not have what it is about.
    NotApplicable,
    /// It cannot be decided: why.
    Unknown(&'static str),
    /// Nothing is wrong.
    Clean,
    /// Something is, at least once.
    Found(Vec<Evidence>),
}

impl Outcome {
    /// Clean where there is no evidence.
    pub fn of(evidence: impl IntoIterator<Item = Evidence>) -> Outcome {
        let all: Vec<Evidence> = evidence.into_iter().collect();
        match all.is_empty() {
            true => Outcome::Clean,
            false => Outcome::Found(all),
        }
    }
}

/// One thing that can be wrong with a configuration.
#[derive(Debug)]
pub struct Lint {
    /// Stable name, kebab-case.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one sentence without a full stop.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// The run that proves it, unless the evidence says otherwise.
    pub proof: Proof,
    /// Whether it needs the flash.
    pub needs_flash: bool,
    pub(super) check: fn(&Subject) -> Outcome,
}

impl Lint {
    /// Checks a configuration.
    pub fn run(&self, subject: &Subject) -> Outcome {
        if subject.efuses.fields().is_empty() {
            return Outcome::Unknown("the eFuse fields of this chip are not known");
        }
        if self.needs_flash && subject.flash.is_none() {
            return Outcome::Unknown("the flash is not known");
        }
        (self.check)(subject)
    }
}
