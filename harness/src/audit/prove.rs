//! Runs the proofs: builds the scenario of each in memory from the eFuses and the flash that are audited.

use std::ops::ControlFlow;

use cloneproof::audit::{self, Finding, Proof};
use cloneproof::boot::NumberedLine;
use cloneproof::chip::Chip;
use cloneproof::efuse::{EfuseBank, KeyProtection, XtsEncryption};
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap};
use serde::Serialize;

use super::input::{self, Input};
use crate::backend::Backend;
use crate::base::error::chain;
use crate::base::seed::SEED;
use crate::input::scenario::{
    Attack, EfuseSetup, Expect, Flash, History, Patience, Preset, Scenario, SignOfLife, Target,
};
use crate::proof::provision;
use crate::proof::run::{self, Outcome};
use crate::proof::verdict::Verdict;

/// Espressif's, and then digits that no real chip has to have.
const MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 0xC1, 0, 1];
/// What the mask ROMs of ESP32-C3 and -S3 print in download mode (observed on both).
const WAITING: &str = "waiting for download";
/// The end of the reset line of the ESP32's mask ROM in UART download mode, its last one (observed on v3.0).
const UART_BOOT: &str = "(UART_BOOT(";
/// What the mask ROMs print where download mode is closed (observed on ESP32 v3.0, and on ESP32-C3 and -S3).
const DISABLED: [&str; 2] = ["Download mode is disabled", "Download boot modes disabled"];
/// Cycles in which a ROM reaches its download mode: a second at the crystal's 40 MHz.
const DOWNLOAD_CYCLES: u64 = 40_000_000;

/// How a proof ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// The run showed the weakness.
    Shown,
    /// The run showed that it is none here.
    NotShown,
    /// The run says nothing.
    Inconclusive,
}

/// What a proof gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// How it ended.
    pub result: Result,
    /// What happened, one sentence without a full stop.
    pub what: String,
    /// The console line that decided.
    pub console_line: Option<String>,
    /// Its number on the console, from 1.
    pub line_number: Option<u64>,
}

impl Shown {
    fn new(result: Result, what: impl Into<String>) -> Shown {
        Shown {
            result,
            what: what.into(),
            console_line: None,
            line_number: None,
        }
    }

    fn line(self, text: &str, number: u64) -> Shown {
        Shown {
            console_line: Some(text.to_owned()),
            line_number: Some(number),
            ..self
        }
    }

    fn said(self, line: Option<&NumberedLine>) -> Shown {
        match line {
            Some(line) => self.line(&line.text, line.number),
            None => self,
        }
    }

    fn open(what: impl Into<String>) -> Shown {
        Shown::new(Result::Inconclusive, what)
    }
}

/// Runs the proofs of all findings, each kind of proof once; in the order of the findings, nothing where no run can show
/// anything. `done` is called after each run.
pub fn prove(
    input: &Input,
    findings: &[Finding],
    backends: &[Box<dyn Backend>],
    jobs: usize,
) -> Vec<Option<Shown>> {
    let proof = |finding: &Finding| finding.evidence.proof.unwrap_or(finding.lint.proof);
    let mut kinds: Vec<Proof> = Vec::new();
    for kind in findings.iter().map(proof) {
        if !matches!(kind, Proof::None(_)) && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let results = run(input, &kinds, backends, jobs);
    let result = |finding| {
        let place = kinds.iter().position(|kind| *kind == proof(finding))?;
        results.get(place).cloned()
    };
    findings.iter().map(result).collect()
}

/// Runs one proof on the built-in chips, whatever was found.
#[cfg(test)]
pub(super) fn prove_one(input: &Input, kind: Proof) -> Shown {
    let backends: [Box<dyn Backend>; 1] = [Box::new(crate::backend::builtin::Builtin)];
    run(input, &[kind], &backends, 1).remove(0)
}

/// Runs proofs; in the order of `kinds`.
fn run(input: &Input, kinds: &[Proof], backends: &[Box<dyn Backend>], jobs: usize) -> Vec<Shown> {
    let planned: Vec<std::result::Result<Scenario, Shown>> = kinds
        .iter()
        .map(|kind| plan(input, *kind, backends))
        .collect();
    let scenarios: Vec<Scenario> = planned
        .iter()
        .filter_map(|plan| plan.clone().ok())
        .collect();
    let budget = |backend: &dyn Backend| backend.budget();
    let outcomes = run::run(&scenarios, backends, budget, jobs, || ());
    let mut outcomes = outcomes.iter();
    let mut told = |plan: std::result::Result<Scenario, Shown>| match plan {
        Err(shown) => shown,
        Ok(scenario) => match outcomes.next() {
            Some(outcome) => conclude(&scenario, outcome),
            None => Shown::open("the scenario was not run"),
        },
    };
    planned.into_iter().map(&mut told).collect()
}

/// The scenario of a proof, or its result where it is none of a copy.
fn plan(
    input: &Input,
    kind: Proof,
    backends: &[Box<dyn Backend>],
) -> std::result::Result<Scenario, Shown> {
    let bank = &input.efuses;
    let chip = bank.chip();
    if kind == Proof::Cipher {
        return Err(cipher(bank));
    }
    let own = match input::own_app(chip) {
        Some(Ok(flash)) if chip.is_bootable() => flash,
        Some(Err(error)) => return Err(Shown::open(format!("no app to run: {error}"))),
        _ => return Err(Shown::open(format!("{chip} cannot be booted yet"))),
    };
    let flash = match &input.flash {
        Some((_, image)) => input::verbatim(image),
        None => own.clone(),
    };
    let blank = EfuseBank::factory(chip, bank.revision(), MAC);
    Ok(match kind {
        Proof::DownloadMode => return Err(download(bank, &flash, backends)),
        Proof::CopyOnBlank => copy(kind, bank, flash, vec![("a blank chip", blank)]),
        Proof::ReadOut => {
            let clone = blank.with_settings_of(&bank.readable_part());
            copy(kind, bank, flash, vec![("the clone", clone)])
        }
        Proof::GuessedKey => {
            let clone = guessed(bank, blank).map_err(Shown::open)?;
            copy(kind, bank, flash, vec![("the clone", clone)])
        }
        Proof::OwnFirmware => copy(kind, &blank, own, vec![("the device", bank.clone())]),
        Proof::CounterFlip => {
            let targets = vec![
                ("the device as it is", bank.clone()),
                ("the device with one more bit", flipped(bank)?),
            ];
            copy(kind, &blank, own, targets)
        }
        Proof::Cipher | Proof::None(_) => return Err(Shown::open("there is nothing to run")),
    })
}

/// A scenario in which the flash of `donor` is copied onto the targets. The last one must run it; those before it must
/// refuse it.
fn copy(
    kind: Proof,
    donor: &EfuseBank,
    flash: Flash,
    targets: Vec<(&'static str, EfuseBank)>,
) -> Scenario {
    let last = targets.len() - 1;
    let setup = |bank: EfuseBank| EfuseSetup {
        bank,
        secure_boot: None,
        key: None,
        preset: Preset::None,
    };
    let target = |(place, (name, bank)): (usize, (&'static str, EfuseBank))| Target {
        name: name.to_owned(),
        efuses: setup(bank),
        history: History::None,
        attack: Attack::Copy,
        flash_id: None,
        edits: Vec::new(),
        expect: match place == last {
            true => Expect::Boots {
                finding: kind.what().to_owned(),
            },
            false => Expect::RefusedSomehow,
        },
    };
    Scenario {
        name: kind.name().to_owned(),
        path: "audit".into(),
        description: kind.what().to_owned(),
        why: None,
        chip: donor.chip(),
        donor: setup(donor.clone()),
        flash,
        sign_of_life: SignOfLife::AppStart,
        patience: Patience::default(),
        targets: targets.into_iter().enumerate().map(target).collect(),
        seed: SEED,
        symbols: None,
    }
}

fn conclude(scenario: &Scenario, outcome: &Outcome) -> Shown {
    let last = scenario.targets.len() - 1;
    let mut before = String::new();
    for (place, (target, seen)) in scenario.targets.iter().zip(&outcome.targets).enumerate() {
        let name = &target.name;
        match &seen.verdict {
            Verdict::Boots { line } if place == last => {
                let what = format!("{before}{name} runs it");
                return Shown::new(Result::Shown, what).said(line.as_ref());
            }
            Verdict::Boots { line } => {
                let what = format!("{name} runs it already");
                return Shown::open(what).said(line.as_ref());
            }
            Verdict::Starts { .. } => return Shown::open(format!("{name} starts it")),
            Verdict::Refused(refusal) if place == last => {
                let what = format!("{before}{name} refuses it ({})", refusal.signature);
                return Shown::new(Result::NotShown, what).said(refusal.line.as_ref());
            }
            Verdict::Refused(refusal) => {
                let how = match &refusal.line {
                    Some(line) => format!("\"{}\"", line.text),
                    None => refusal.signature.to_string(),
                };
                before = format!("{name} refuses it ({how}); ");
            }
            Verdict::Inconclusive(why) => return Shown::open(format!("{name}: {why}")),
            Verdict::NotApplicable(why) => return Shown::open(why.clone()),
        }
    }
    Shown::open("the scenario has no target")
}

/// The chip with the lowest bit of the counter that is still zero burned, with the chip's rules.
fn flipped(bank: &EfuseBank) -> std::result::Result<EfuseBank, Shown> {
    let counter = bank.table().crypt_cnt;
    let next = !bank.get(&counter) & (bank.get(&counter) + 1);
    let mut flipped = bank.clone();
    let burned = flipped.burn(&counter, next);
    match burned.is_ok() && !flipped.flash_encryption_enabled() {
        true => Ok(flipped),
        false => Err(Shown::new(
            Result::NotShown,
            format!("{} cannot be burned any more", counter.name),
        )),
    }
}

/// A blank chip with the key that an attacker guesses, and encryption on.
fn guessed(bank: &EfuseBank, mut blank: EfuseBank) -> std::result::Result<EfuseBank, String> {
    let key = audit::guessed_key(bank).ok_or("there is no key to guess")?;
    let burned = if bank.chip() != Chip::Esp32 {
        blank
            .burn_xts_encryption(&XtsEncryption {
                key_protection: KeyProtection::NONE,
                ..XtsEncryption::development(&key)
            })
            .map_err(|error| error.to_string())
    } else {
        guessed_esp32(bank, &mut blank, &key)
    };
    burned.map(|()| blank)
}

fn guessed_esp32(
    bank: &EfuseBank,
    blank: &mut EfuseBank,
    key: &[u8],
) -> std::result::Result<(), String> {
    for (name, value) in [
        ("CODING_SCHEME", None),
        ("FLASH_CRYPT_CONFIG", None),
        ("FLASH_CRYPT_CNT", Some(1)),
    ] {
        let field = bank.field(name).map_err(|error| error.to_string())?;
        let value = value.unwrap_or_else(|| bank.get(field));
        blank
            .burn(field, value)
            .map_err(|error| error.to_string())?;
    }
    // Without a burn the block holds zeros.
    if key.iter().any(|&byte| byte != 0) {
        blank
            .burn_flash_key(key)
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Encrypts known text with the chip's cipher.
fn cipher(bank: &EfuseBank) -> Shown {
    let repeats = audit::repeats_of_known_text(bank);
    let what = format!(
        "of {} equal blocks of {} bytes at different addresses, {} have the ciphertext of another one",
        repeats.units, repeats.unit, repeats.repeated
    );
    match repeats.repeated {
        0 => Shown::new(Result::NotShown, what),
        _ => Shown::new(Result::Shown, what),
    }
}

/// Powers the chip on with the strap for download.
fn download(bank: &EfuseBank, flash: &Flash, backends: &[Box<dyn Backend>]) -> Shown {
    let Some(backend) = backends.first() else {
        return Shown::open("there is no back end");
    };
    let power_on = PowerOn {
        flash: provision::flash(flash, bank),
        efuses: bank.clone(),
        strap: Strap::UartDownload,
        seed: SEED,
        flash_id: None,
    };
    let mut chip = match backend.build(power_on) {
        Ok(chip) => chip,
        Err(error) => return Shown::open(chain(&error)),
    };
    let mut console = Vec::new();
    let limits = RunLimits {
        cycles: DOWNLOAD_CYCLES,
        wall: backend.budget().wall,
        resets: 4,
    };
    let waits = |console: &[u8]| String::from_utf8_lossy(console).contains(WAITING);
    let ran = chip.run(&limits, &mut |new: &[u8]| {
        console.extend_from_slice(new);
        match waits(&console) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if let Err(error) = ran {
        return Shown::open(chain(&error));
    }
    told_by_rom(&console)
}

fn told_by_rom(console: &[u8]) -> Shown {
    let text = String::from_utf8_lossy(console);
    let lines = (1..).zip(text.lines().map(str::trim));
    let lines: Vec<(u64, &str)> = lines.filter(|(_, line)| !line.is_empty()).collect();
    let with = |text: &str| lines.iter().find(|(_, line)| line.contains(text));
    if let Some((number, line)) = DISABLED.into_iter().find_map(with) {
        return Shown::new(Result::NotShown, "the mask ROM refuses").line(line, *number);
    }
    if let Some((number, line)) = with(WAITING) {
        return Shown::new(Result::Shown, "the mask ROM waits for a download").line(line, *number);
    }
    match lines.last() {
        Some((number, line)) if line.contains(UART_BOOT) => {
            let what = "the mask ROM chose its UART download mode and waits there in silence";
            Shown::new(Result::Shown, what).line(line, *number)
        }
        Some((number, line)) => {
            Shown::open("the mask ROM says something else at the end").line(line, *number)
        }
        None => Shown::open("the mask ROM says nothing"),
    }
}
