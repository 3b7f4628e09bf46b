//! One test a scenario file: every copy gets the verdict that the file expects, on the built-in chips.

use std::path::Path;

use cloneproof::boot::Signature;
use cloneproof_harness::backend::{Backend, builtin::Builtin};
use cloneproof_harness::input::scenario;
use cloneproof_harness::proof::run;
use cloneproof_harness::report;
use cloneproof_harness::report::model::{ChipReport, ScenarioReport, TargetReport};
use libtest_mimic::{Failed, Trial};

/// Scenarios that run twice: one of each chip.
const TWICE: [&str; 4] = [
    "2-release-onto-blank",
    "9-c3-release",
    "17-c6-release",
    "12-s3-release-xts-256",
];

pub fn trials() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let files = scenario::find(&[folder]).expect("the repository has scenarios");
    let mut trials: Vec<Trial> = files
        .iter()
        .map(|file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let path = file.clone();
            Trial::test(name, move || check(&path))
        })
        .collect();
    for name in TWICE {
        let mut named = files
            .iter()
            .filter(|file| file.ends_with(format!("{name}.toml")));
        let file = named.next().expect("a scenario of each chip").clone();
        trials.push(Trial::test(format!("two_runs_are_one_{name}"), move || {
            deterministic(&file)
        }));
    }
    trials
}

fn run(file: &Path) -> Result<report::Report, Failed> {
    let scenarios = vec![scenario::load(file).map_err(|error| format!("{error:?}"))?];
    let backends: Vec<Box<dyn Backend>> = vec![Box::new(Builtin)];
    let outcomes = run::run(&scenarios, &backends, |b| b.budget(), 1, || {});
    Ok(report::build(&scenarios, &backends, &outcomes))
}

fn check(file: &Path) -> Result<(), Failed> {
    let report = run(file)?;
    let scenario = &report.scenarios[0];
    if !report.is_success() {
        return Err(report::human::render(&report).into());
    }
    controls(scenario)?;
    for target in &scenario.targets {
        copy(scenario, target)?;
    }
    Ok(())
}

fn ensure(holds: bool, what: &str, chip: &ChipReport) -> Result<(), Failed> {
    match holds {
        true => Ok(()),
        false => Err(format!("{what}; the console is:\n{}", chip.console.join("\n")).into()),
    }
}

/// The donor went through ROM, bootloader and app, and the twin did the same on the donor's bytes.
fn controls(scenario: &ScenarioReport) -> Result<(), Failed> {
    let donor = &scenario.donor;
    let says = |text: &str| donor.console.iter().any(|line| line.contains(text));
    let banner = match (scenario.chip.as_str(), donor.efuses.revision.as_str()) {
        ("esp32c3", "v1.1") => "Build:Mar  1 2023",
        ("esp32c3", _) => "ESP-ROM:esp32c3-api1-20210207",
        ("esp32s3", _) => "ESP-ROM:esp32s3-20210327",
        ("esp32c6", _) => "ESP-ROM:esp32c6-20220919",
        (_, "v3.0") => "ets Jul 29 2019 12:21:46",
        _ => "ets Jun  8 2016 00:22:57",
    };
    ensure(says(banner), "the ROM's banner is missing", donor)?;
    ensure(
        says("2nd stage bootloader") || says("cloneproof-boot: esp32"),
        "the bootloader is silent",
        donor,
    )?;
    ensure(
        says(&donor.efuses.mac),
        "the app does not tell the MAC",
        donor,
    )?;
    ensure(says("rodata ok"), "the app reads wrong bytes", donor)?;
    let twin = scenario.twin.as_ref().ok_or("there is no twin")?;
    ensure(
        twin.flash_sha256_before == donor.flash_sha256_after,
        "the twin has other bytes",
        twin,
    )?;
    ensure(
        last_boot(twin).eq(last_boot(donor)),
        "the twin says something else",
        twin,
    )?;
    // A donor that encrypts itself has said more before: the twin has nothing left to do.
    ensure(
        donor.resets.len() > twin.resets.len() || twin.console == donor.console,
        "the twin says something else",
        twin,
    )?;
    ensure(twin.burned.is_empty(), "the twin burned eFuses", twin)
}

/// What the console says from the bootloader on, the reset cause being the ROM's business, up to the second heartbeat: how
/// far the app gets before the run ends is chance.
fn last_boot(chip: &ChipReport) -> impl Iterator<Item = &String> {
    let lines = &chip.console;
    let entry = lines.iter().rposition(|line| line.starts_with("entry 0x"));
    let from_entry = lines.iter().skip(entry.unwrap_or_default());
    from_entry.take_while(|line| !line.starts_with("heartbeat 2"))
}

/// The target got the donor's bytes, and a chip that decrypts nothing read the ciphertext's first word.
fn copy(scenario: &ScenarioReport, target: &TargetReport) -> Result<(), Failed> {
    let chip = target.chip.as_ref().ok_or("the target was not run")?;
    ensure(
        (chip.flash_sha256_before == scenario.donor.flash_sha256_after) == target.edits.is_empty(),
        "the target has other bytes, or an edit changed none",
        chip,
    )?;
    if target.edits.is_empty()
        && target.verdict.signature == Some(Signature::InvalidHeader)
        && !chip.efuses.flash_encryption
    {
        let word = &scenario.firmware.header;
        ensure(
            target.verdict.line.as_deref() == Some(&format!("invalid header: {word}")),
            "the ROM read something else than what lies in flash",
            chip,
        )?;
    }
    Ok(())
}

fn deterministic(file: &Path) -> Result<(), Failed> {
    let once = report::json::render(&run(file)?);
    match once == report::json::render(&run(file)?) {
        true => Ok(()),
        false => Err("two runs differ".into()),
    }
}
