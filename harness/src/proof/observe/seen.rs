//! What was seen of a chip, and how that ended.

use std::fmt;

use cloneproof::boot::{Boot, BootReport, Match, Outputs, Signature, Stop};

/// What an observation rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// What the chip executed.
    Executed,
    /// What came out of its console.
    Console,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Evidence::Executed => "executed",
            Evidence::Console => "console",
        })
    }
}

/// How an observation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The app showed its sign of life, and went on for a moment.
    SignOfLife,
    /// No sign of life was named: the app was entered and ran on, without a panic, without a reset.
    Lives,
    /// The app was entered and runs, but the sign of life that was named has not come.
    Starts,
    /// The app was entered and ended.
    AppEnded(AppEnd),
    /// The same refusals appeared again and again: these, at least one.
    RefusalRepeated(Vec<Signature>),
    /// A refusal appeared, and then nothing new for the time that a chip is given to change its mind.
    RefusalThenSilence,
    /// No app was entered, and the chip has come to rest without a word that says why.
    Settled(Settled),
    /// Something else ended the run.
    Other(Stop),
}

/// How an app ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppEnd {
    /// By an exception that it did not return from.
    Panic,
    /// By resets, again and again.
    Restarts,
    /// It waits, and nothing can ever wake it.
    Halted,
    /// By its own named refusal, behind which it does nothing any more.
    Refused(Signature),
}

/// How a chip has come to rest before any app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// One boot after another ends by the same reset at the same stage.
    Resets,
    /// It runs in the same code for so long that every watchdog would have come.
    Loop,
    /// It waits, and nothing can ever wake it.
    Dead,
}

/// What was seen of one chip.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The back end's report.
    pub report: BootReport,
    /// The boots since power-on, with what the console said in each.
    pub boots: Vec<Boot>,
    /// How it ended.
    pub ended: Ended,
    /// What came out of the chip since the newest app was entered; nothing where the back end does not know.
    pub outputs: Option<Outputs>,
}

impl Observation {
    /// What it rests on.
    pub fn evidence(&self) -> Evidence {
        match self.report.record {
            Some(_) => Evidence::Executed,
            None => Evidence::Console,
        }
    }

    /// The first boot in which the app showed its sign of life by a line of the console.
    pub fn alive(&self) -> Option<&Boot> {
        self.boots.iter().find(|boot| boot.sign_of_life.is_some())
    }

    /// The newest boot that said more than the ROM's banner: the one that tells how the chip is left.
    pub fn decisive(&self) -> Option<&Boot> {
        self.boots.iter().rev().find(|boot| boot.lines > 0)
    }

    /// The refusal by which the chip is left, and its boot: of several the one by `preferred`, else the first.
    /// Nothing where none has shown that it stays.
    pub fn refused(&self, preferred: Option<Signature>) -> Option<(&Match, &Boot)> {
        match &self.ended {
            Ended::RefusalRepeated(repeated) => {
                let signature = preferred
                    .filter(|signature| repeated.contains(signature))
                    .or(repeated.first().copied())?;
                let mut boots = self.boots.iter().rev();
                boots.find_map(|boot| Some((boot.refusal(signature)?, boot)))
            }
            Ended::RefusalThenSilence | Ended::Settled(_) => {
                let boot = self.decisive()?;
                let found = preferred.and_then(|signature| boot.refusal(signature));
                Some((found.or(boot.refusals.first())?, boot))
            }
            Ended::AppEnded(AppEnd::Refused(signature)) => {
                let mut boots = self.boots.iter().rev();
                boots.find_map(|boot| Some((boot.refusal(*signature)?, boot)))
            }
            Ended::SignOfLife
            | Ended::Lives
            | Ended::Starts
            | Ended::AppEnded(_)
            | Ended::Other(_) => None,
        }
    }
}
