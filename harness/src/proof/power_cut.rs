//! What is left when the power fails in the middle of a boot that changes flash or eFuses, such as the first boot of an
//! encrypting bootloader: plaintext still in flash, whether the device comes up again, whether a clone does.

use std::ops::ControlFlow;
use std::time::Duration;

use cloneproof::boot::{Scanner, Signature, Stop};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::builtin::{BuildError, BuiltinChip};
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};
use regex::Regex;
use serde::Serialize;

use crate::backend::{Adapter, Budget};
use crate::base::error::BackendError;
use crate::base::seed::SEED;
use crate::base::text::as_text;
use crate::proof::observe::{Observation, observe};

/// Granularity of the plaintext count, in bytes: a cipher block.
const BLOCK: usize = 16;
/// MAC of the blank chip that gets the clone.
const BLANK_MAC: [u8; 6] = [0x24, 0x0a, 0xc4, 0xff, 0x00, 0x01];

/// How a chip came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// The app showed its sign of life.
    Boots,
    /// A named refusal.
    Refused {
        /// Which one.
        #[serde(serialize_with = "as_text")]
        signature: Signature,
        /// The console line.
        line: String,
    },
    /// Neither; why the run ended.
    Unclear {
        /// Why.
        #[serde(rename = "reason", serialize_with = "as_text")]
        stop: Stop,
    },
}

/// One power cut and what it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cut {
    /// Page programs, erases and eFuse burns before it.
    pub after: u64,
    /// The last of them.
    pub last: String,
    /// Bytes of the original flash contents that still stand where they stood, in blocks of 16; erased blocks are not
    /// counted.
    pub plaintext_bytes: usize,
    /// What the device does when power comes back.
    pub power_back: Outcome,
    /// What a blank chip of the same revision does with a copy of this flash.
    pub clone: Outcome,
}

/// The survey of one boot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Survey {
    /// Page programs, erases and eFuse burns from power-on to the app's sign of life.
    pub changes: u64,
    /// Bytes of the original flash contents, counted as in [`Cut::plaintext_bytes`].
    pub original_bytes: usize,
    /// The undisturbed boot.
    pub undisturbed: Cut,
    /// The cuts, in order.
    pub cuts: Vec<Cut>,
}

/// Why a survey is impossible.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The chip cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The emulator failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The undisturbed boot does not reach the app.
    #[error("the undisturbed boot does not reach the app: {stop}")]
    NoApp {
        /// What it does instead.
        stop: Stop,
    },
    /// The boot changes nothing.
    #[error("the boot changes neither flash nor eFuses: there is no point to cut the power at")]
    NoChanges,
}

/// Boots the chip once undisturbed and then cuts its power at `points` evenly spread changes.
///
/// # Errors
/// Where the undisturbed boot does not reach the app or changes nothing.
pub fn survey(
    flash: &FlashImage,
    efuses: &EfuseBank,
    sign_of_life: &Regex,
    points: u32,
) -> Result<Survey, SurveyError> {
    let mut chip = build(flash.clone(), efuses.clone())?;
    let stop = watch_until(&mut chip, sign_of_life);
    let changes = chip.changes();
    if stop != Stop::Watch {
        return Err(SurveyError::NoApp { stop });
    }
    if changes == 0 {
        return Err(SurveyError::NoChanges);
    }
    let end = Stop::PowerCut {
        changes,
        last: "the app runs".to_owned(),
    };
    let undisturbed = cut(&chip, flash, sign_of_life, &end)?;
    let cuts = survey_at(flash, efuses, sign_of_life, spread(changes, points))?;
    Ok(Survey {
        changes,
        original_bytes: plaintext(flash, flash),
        undisturbed,
        cuts,
    })
}

/// Cuts the power of one chip behind each of these changes (counted from power-on, in ascending order). The chip goes on
/// behind each cut as if nothing had been, so that all cuts belong to one and the same boot.
///
/// # Errors
/// Where a chip cannot be built.
pub fn survey_at(
    flash: &FlashImage,
    efuses: &EfuseBank,
    sign_of_life: &Regex,
    points: impl IntoIterator<Item = u64>,
) -> Result<Vec<Cut>, SurveyError> {
    let mut donor = build(flash.clone(), efuses.clone())?;
    let cuts = points.into_iter().map(|after| {
        donor.cut_power_after(Some(after));
        let stop = run_to_cut(&mut donor);
        cut(&donor, flash, sign_of_life, &stop)
    });
    cuts.collect()
}

/// At most `points` different numbers from 1 to `changes`, evenly spread, the last one included.
fn spread(changes: u64, points: u32) -> Vec<u64> {
    let points = u64::from(points).min(changes);
    (1..=points)
        .map(|point| (changes * point).div_ceil(points))
        .collect()
}

fn build(flash: FlashImage, efuses: EfuseBank) -> Result<BuiltinChip, BuildError> {
    BuiltinChip::new(PowerOn {
        flash,
        efuses,
        strap: Strap::FlashBoot,
        seed: SEED,
    })
}

fn limits() -> RunLimits {
    let budget = Budget::default();
    RunLimits {
        cycles: budget.cycles,
        wall: Duration::MAX,
        resets: budget.resets,
    }
}

/// Runs until a console line matches, [`Stop::Watch`], or something else ends the run.
fn watch_until(chip: &mut BuiltinChip, sign_of_life: &Regex) -> Stop {
    let mut line = Vec::new();
    let mut watch = |new: &[u8]| {
        for &byte in new {
            if byte == b'\n' {
                line.clear();
            } else if line.len() < 4096 {
                line.push(byte);
            }
            if sign_of_life.is_match(&String::from_utf8_lossy(&line)) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    };
    let Ok(report) = chip.run(&limits(), &mut watch);
    report.stop
}

fn run_to_cut(chip: &mut BuiltinChip) -> Stop {
    let Ok(report) = chip.run(&limits(), &mut |_: &[u8]| ControlFlow::Continue(()));
    report.stop
}

fn cut(
    chip: &BuiltinChip,
    original: &FlashImage,
    sign_of_life: &Regex,
    stop: &Stop,
) -> Result<Cut, SurveyError> {
    let (Ok(flash), Ok(efuses)) = (chip.flash(), chip.efuses());
    let blank = EfuseBank::factory(efuses.chip(), efuses.revision(), BLANK_MAC);
    let last = match stop {
        Stop::PowerCut { last, .. } => last.clone(),
        other => other.to_string(),
    };
    Ok(Cut {
        after: chip.changes(),
        last,
        plaintext_bytes: plaintext(original, &flash),
        power_back: outcome(flash.clone(), efuses, sign_of_life)?,
        clone: outcome(flash, blank, sign_of_life)?,
    })
}

/// Bytes of `original` that stand unchanged in `now`, erased blocks left out.
fn plaintext(original: &FlashImage, now: &FlashImage) -> usize {
    let (original, now) = (original.to_vec(), now.to_vec());
    let blocks = original.chunks_exact(BLOCK).zip(now.chunks_exact(BLOCK));
    blocks
        .filter(|(before, after)| before == after && before.iter().any(|&byte| byte != 0xff))
        .count()
        * BLOCK
}

fn outcome(
    flash: FlashImage,
    efuses: EfuseBank,
    sign_of_life: &Regex,
) -> Result<Outcome, SurveyError> {
    let mut chip = Adapter::new("builtin", build(flash, efuses)?);
    let pattern = sign_of_life.clone();
    let observation = observe(
        &mut chip,
        &Budget::default(),
        Scanner::with_sign_of_life(move |line| pattern.is_match(line)),
    )?;
    Ok(classify(&observation))
}

fn classify(observation: &Observation) -> Outcome {
    if observation.alive().is_some() {
        return Outcome::Boots;
    }
    match observation.refused(None) {
        Some((found, _)) => Outcome::Refused {
            signature: found.signature,
            line: found.line.clone(),
        },
        None => Outcome::Unclear {
            stop: observation.report.stop.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_spread_over_all_changes() {
        assert_eq!(spread(10, 5), [2, 4, 6, 8, 10]);
        assert_eq!(spread(3, 50), [1, 2, 3]);
        assert_eq!(spread(101, 50).len(), 50);
        assert_eq!(spread(101, 50).last(), Some(&101));
    }

    #[test]
    fn only_what_stands_where_it_stood_is_plaintext() {
        let mut original = FlashImage::erased(1 << 20);
        original.write(0x1000, &[1; 64]);
        let mut now = original.clone();
        now.write(0x1010, &[2; 16]);
        assert_eq!(plaintext(&original, &original), 64);
        assert_eq!(plaintext(&original, &now), 48);
    }
}
