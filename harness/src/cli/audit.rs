//! The command line of `cloneproof audit`: every doc comment here is help text.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cloneproof::chip::Chip;

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// eFuses of the chip, as QEMU or espefuse keep them
    #[arg(long, value_name = "FILE")]
    pub efuse: PathBuf,
    /// Contents of its flash, as they lie there
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    pub flash: Option<PathBuf>,
    /// Build that is in its flash: an ESP-IDF build directory, a merged flash image, or an app as an ELF file
    #[arg(long, value_name = "DIR")]
    pub build: Option<PathBuf>,
    /// Run the proof of each weakness on the built-in chips
    #[arg(long)]
    pub prove: bool,
    /// Chips to run at the same time, at most [default: number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: AuditFormat,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Format of an audit's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum AuditFormat {
    /// For people, by severity
    #[default]
    Human,
    /// JSON with a versioned schema
    Json,
    /// SARIF 2.1.0 for code scanning
    Sarif,
}
