//! The arguments of `cloneproof boot`; every doc comment here is help text.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::backend::{Budget, Trace};
use crate::commands::options::{ChipArgs, QemuArgs, ReplaceArgs, seconds};
use crate::gdb::Address;

/// A chip that resets more often than this is in a loop.
pub const MAX_RESETS: u32 = 1000;

/// The arguments of `boot`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct BootArgs {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// Flash contents; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub flash: PathBuf,
    /// eFuses, as QEMU or espefuse keep them; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub efuse: PathBuf,
    /// What the virtual chip runs on
    #[arg(long, value_enum, default_value_t)]
    pub backend: Single,
    #[command(flatten)]
    pub qemu: QemuArgs,
    /// Stop when a line of the console matches; it is a failure if none does
    #[arg(long, value_name = "REGEX")]
    pub until: Option<String>,
    /// Stop after this many seconds
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<Duration>,
    /// Stop after this many emulated CPU cycles [default: 2000000000]
    #[arg(long, value_name = "N")]
    pub cycles: Option<u64>,
    /// Write a trace to standard error
    #[arg(long, value_enum)]
    pub trace: Option<Trace>,
    /// Cut the power right behind the N-th page program, flash erase or eFuse burn (built-in chips)
    #[arg(long, value_name = "N")]
    pub power_cut_after: Option<u64>,
    /// ELF file of the firmware: panics, stops and gaps are told with function, file and line; may be repeated, e.g. for
    /// app and bootloader
    #[arg(long, value_name = "FILE")]
    pub elf: Vec<PathBuf>,
    /// Wait for GDB at this address (`:1234` listens on this machine only) and let it drive the chip
    #[arg(long, value_name = "ADDRESS")]
    pub gdb: Option<Address>,
    /// Save the flash contents afterwards
    #[arg(long, value_name = "FILE")]
    pub save_flash: Option<PathBuf>,
    /// Save the eFuses afterwards, in the form of the file that was read
    #[arg(long, value_name = "FILE")]
    pub save_efuse: Option<PathBuf>,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

impl BootArgs {
    /// The cycles after which the run ends.
    pub fn cycle_limit(&self) -> u64 {
        match (self.cycles, self.time_limit) {
            (Some(cycles), _) => cycles,
            (None, Some(_)) => u64::MAX,
            (None, None) => Budget::default().cycles,
        }
    }
}

/// What one virtual chip runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Single {
    /// The built-in emulator
    #[default]
    Builtin,
    /// Espressif's fork of QEMU
    Qemu,
}
