//! Options that commands share, each written once; every doc comment here is help text.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use cloneproof::chip::Chip;
use regex::Regex;

use super::output::print;
use crate::backend::{self, Backend, Budget, Choice};
use crate::base::error::{BackendError, Error};
use crate::base::files::{self, Readers, Replace};

/// The chip that a command is about.
#[derive(Debug, Clone, Copy, Args)]
pub struct ChipArgs {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
}

/// Where Espressif's fork of QEMU is.
#[derive(Debug, Clone, Default, Args)]
pub struct QemuArgs {
    /// Folder of Espressif's QEMU; may be given again for the other instruction set [default: CLONEPROOF_QEMU_DIR, else
    /// PATH, else ESP-IDF's tools]
    #[arg(long, value_name = "DIR")]
    pub qemu_dir: Vec<PathBuf>,
}

/// What virtual chips run on.
#[derive(Debug, Args)]
pub struct BackendArgs {
    /// What the virtual chips run on
    #[arg(long, value_enum, default_value_t)]
    backend: Choice,
    #[command(flatten)]
    qemu: QemuArgs,
}

impl BackendArgs {
    /// The back ends for these chips.
    ///
    /// # Errors
    /// Where one of them is not available.
    pub fn choose(&self, chips: &[Chip]) -> Result<Vec<Box<dyn Backend>>, BackendError> {
        backend::choose(self.backend, &self.qemu.qemu_dir, chips)
    }
}

/// How many chips run at a time.
#[derive(Debug, Clone, Copy, Args)]
pub struct JobsArgs {
    /// Chips to run at the same time, at most [default: number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

impl JobsArgs {
    /// The number.
    pub fn count(self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(processors, usize::from)
    }
}

/// How long a chip may run.
#[derive(Debug, Clone, Copy, Args)]
pub struct LimitArgs {
    /// Emulated CPU cycles that a chip may run before it is given up
    #[arg(long, value_name = "N")]
    cycles: Option<u64>,
    /// Seconds that a chip may run before it is given up
    #[arg(long, value_name = "S", value_parser = seconds)]
    time_limit: Option<Duration>,
}

impl LimitArgs {
    /// A budget with what the user says.
    pub fn of(self, usual: Budget) -> Budget {
        Budget {
            cycles: self.cycles.unwrap_or(usual.cycles),
            wall: self.time_limit.unwrap_or(usual.wall),
            ..usual
        }
    }
}

/// Where a report goes. It may replace a file, but none that it is about.
#[derive(Debug, Args)]
pub struct ReportOutArgs {
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ReportOutArgs {
    /// Whether it goes to a file.
    pub fn is_file(&self) -> bool {
        self.out.is_some()
    }

    /// Finds out before the work whether the report can be written, and over none of these inputs.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn check<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
        let inputs: Vec<&Path> = inputs.into_iter().collect();
        match &self.out {
            Some(out) => files::check_output(out, Replace::Always, &inputs),
            None => Ok(()),
        }
    }

    /// Prints a report, or writes it without colours.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn hand_out(&self, text: &str) -> Result<(), Error> {
        match &self.out {
            Some(path) => {
                let plain = anstream::adapter::strip_str(text).to_string();
                files::write(path, Readers::Everyone, plain.as_bytes())
            }
            None => print(text),
        }
    }
}

/// Whether an output file that exists may be replaced.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ReplaceArgs {
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

impl ReplaceArgs {
    /// What happens to an output file that exists.
    pub fn rule(self) -> Replace {
        match self.force {
            true => Replace::Always,
            false => Replace::Never { unless: "--force" },
        }
    }
}

/// The file that a command makes.
#[derive(Debug, Args)]
pub struct OutArgs {
    /// File to write
    #[arg(long = "out", short, alias = "output", value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

impl OutArgs {
    /// Refuses an output that is one of the inputs, or that exists unless it may be replaced.
    ///
    /// # Errors
    /// Where it is or does, or its folder cannot be written.
    pub fn check(&self, inputs: &[&Path]) -> Result<(), Error> {
        files::check_output(&self.out, self.replace.rule(), inputs)
    }
}

/// In which form a listing is shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct ShowArgs {
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub format: ShowFormat,
}

/// Format of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ShowFormat {
    /// A table for people
    #[default]
    Table,
    /// JSON
    Json,
}

/// Parses a number in decimal or, behind `0x`, in hexadecimal digits.
pub fn number(text: &str) -> Result<u32, String> {
    let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|error| format!("{error}: write e.g. 65536 or 0x10000"))
}

/// Parses a positive number of seconds.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let value: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    if value > 0.0 && value <= 86_400.0 {
        Ok(Duration::from_secs_f64(value))
    } else {
        Err("must be more than 0 and at most 86400 seconds".to_owned())
    }
}

/// The regular expression that an option gives.
///
/// # Errors
/// Where it is none.
pub fn regex(option: &str, text: &str) -> Result<Regex, Error> {
    Regex::new(text).map_err(|error| {
        Error::usage(
            format!("{option} is no regular expression: {error}"),
            "the syntax is that of the Rust crate regex",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_seconds() {
        assert_eq!(number("0x1000"), Ok(4096));
        assert_eq!(number("16"), Ok(16));
        assert!(number("x").is_err());
        assert!(number("0x1_0000_0000").is_err());
        assert!(seconds("0").is_err());
        assert!(seconds("-1").is_err());
        assert!(seconds("NaN").is_err());
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
    }
}
