//! `cloneproof check`: a build in, one sentence and its evidence out.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::options::{BackendArgs, JobsArgs, LimitArgs, regex};
use super::reporting::{ReportArgs, play};
use crate::backend::{Backend, Budget};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::seed::SEED;
use crate::input::build;
use crate::input::build::suite::{self, Encryption, Wishes};
use crate::input::scenario::SignOfLife;
use crate::report;
use crate::report::answer;

/// The arguments of `check`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// An ESP-IDF build directory, a merged flash image, or an app as an ELF file
    pub path: PathBuf,
    /// How the device's flash gets encrypted [default: as the build is configured]
    #[arg(long, value_enum)]
    pub encryption: Option<Encryption>,
    /// Size of the device's flash, at least that of the build: 1MB, 2MB, 4MB, 8MB or 16MB [default: the build's]
    #[arg(long, value_name = "SIZE", value_parser = flash_size)]
    pub flash_size: Option<u32>,
    /// Console line that shows that the app runs [default: the app's first own line]
    #[arg(long, value_name = "REGEX")]
    pub expect: Option<String>,
    #[command(flatten)]
    pub backend: BackendArgs,
    #[command(flatten)]
    pub jobs: JobsArgs,
    /// Seed of keys and random numbers
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

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
    let inputs = build.inputs.iter().chain(&build.elf);
    args.report.out.check(inputs.map(PathBuf::as_path))?;
    let wishes = Wishes {
        encryption: args.encryption.unwrap_or_else(|| Encryption::of(&build)),
        sign_of_life,
        seed: args.seed,
    };
    let scenarios = suite::scenarios(&build, &wishes)?;
    let backends = args.backend.choose(&[build.chip])?;
    let began = Instant::now();
    let factor = match wishes.encryption {
        Encryption::FirstBoot => FIRST_BOOT_FACTOR,
        _ => 1,
    };
    let budget = |backend: &dyn Backend| args.limits.of(longer(backend.budget(), factor));
    let outcomes = play(&scenarios, &backends, budget, args.jobs.count());
    let mut report = report::build(&scenarios, &backends, &outcomes);
    let answer = answer::conclude(&build, &wishes, &report, &outcomes);
    let exit = match answer.is_success() {
        true => Exit::Success,
        false => Exit::Unexpected,
    };
    report.check = Some(answer);
    args.report.hand_out(&report, began.elapsed())?;
    Ok(exit)
}

fn longer(usual: Budget, factor: u32) -> Budget {
    Budget {
        cycles: usual.cycles.saturating_mul(u64::from(factor)),
        wall: usual.wall.saturating_mul(factor),
        ..usual
    }
}

fn sign_of_life(args: &CheckArgs) -> Result<SignOfLife, Error> {
    let Some(text) = &args.expect else {
        return Ok(SignOfLife::AppStart);
    };
    let regex = regex("--expect", text)?;
    if regex.is_match("") {
        return Err(Error::usage(
            "--expect matches an empty line, and so every line",
            "give a regular expression that only the running app's output matches",
        ));
    }
    Ok(SignOfLife::Regex(regex))
}

/// Parses a flash size as esptool writes it.
fn flash_size(text: &str) -> Result<u32, String> {
    let sizes = [1u32, 2, 4, 8, 16];
    let size = sizes.into_iter().find(|size| text == format!("{size}MB"));
    size.map(|size| size << 20)
        .ok_or_else(|| "use 1MB, 2MB, 4MB, 8MB or 16MB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flash_sizes() {
        assert_eq!(flash_size("4MB"), Ok(4 << 20));
        assert!(flash_size("3MB").is_err() && flash_size("4").is_err());
    }
}
