//! `cloneproof check`: a build in, one sentence and its evidence out.

use std::path::PathBuf;
use std::time::Instant;

use regex::Regex;

use super::run::{hand_out, play};
use crate::backend::{self, Backend, Budget};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Replace};
use crate::cli::CheckArgs;
use crate::input::build;
use crate::input::build::suite::{self, Encryption, Wishes};
use crate::input::scenario::SignOfLife;
use crate::report;
use crate::report::answer;

/// So much longer than an ordinary boot may a first boot take that erases, encrypts and programs the whole flash.
const FIRST_BOOT_FACTOR: u32 = 10;

/// Asks whether a copy of a device with this build runs on another chip.
///
/// # Errors
/// Where the build is wrong, a back end is missing, or the report cannot be written.
pub fn check(args: &CheckArgs) -> Result<Exit, Error> {
    let sign_of_life = sign_of_life(args)?;
    let mut build = build::open(&args.path)?;
    if let Some(size) = args.flash_size {
        build = build.on_flash(size)?;
    }
    if let Some(out) = &args.out {
        let inputs = build.inputs.iter().chain(&build.elf);
        let inputs: Vec<_> = inputs.map(PathBuf::as_path).collect();
        files::check_output(out, Replace::Always, &inputs)?;
    }
    let wishes = Wishes {
        encryption: args.encryption.unwrap_or_else(|| Encryption::of(&build)),
        sign_of_life,
        seed: args.seed,
    };
    let scenarios = suite::scenarios(&build, &wishes)?;
    let backends = backend::choose(args.backend, &args.qemu.qemu_dir, &[build.chip])?;
    let began = Instant::now();
    let factor = match wishes.encryption {
        Encryption::FirstBoot => FIRST_BOOT_FACTOR,
        _ => 1,
    };
    let budget = |backend: &dyn Backend| budget(args, backend.budget(), factor);
    let outcomes = play(&scenarios, &backends, budget, args.jobs);
    let mut report = report::build(&scenarios, &backends, &outcomes);
    let answer = answer::conclude(&build, &wishes, &report, &outcomes);
    let exit = match answer.is_success() {
        true => Exit::Success,
        false => Exit::Unexpected,
    };
    report.check = Some(answer);
    hand_out(&report, args.format, args.out.as_deref(), began.elapsed())?;
    Ok(exit)
}

fn budget(args: &CheckArgs, usual: Budget, factor: u32) -> Budget {
    Budget {
        cycles: args
            .cycles
            .unwrap_or(usual.cycles.saturating_mul(u64::from(factor))),
        wall: args.time_limit.unwrap_or(usual.wall.saturating_mul(factor)),
        ..usual
    }
}

fn sign_of_life(args: &CheckArgs) -> Result<SignOfLife, Error> {
    let Some(text) = &args.expect else {
        return Ok(SignOfLife::AppStart);
    };
    let regex = Regex::new(text).map_err(|error| {
        Error::usage(
            format!("--expect is no regular expression: {error}"),
            "the syntax is that of the Rust crate regex",
        )
    })?;
    if regex.is_match("") {
        return Err(Error::usage(
            "--expect matches an empty line, and so every line",
            "give a regular expression that only the running app's output matches",
        ));
    }
    Ok(SignOfLife::Regex(regex))
}
