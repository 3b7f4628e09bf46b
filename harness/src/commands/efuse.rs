//! `cloneproof efuse`: eFuse files shown, made, changed and compared.

mod args;
mod diff;
mod show;
mod write;

use std::path::PathBuf;

use clap::Subcommand;

use super::options::{ChipArgs, ReplaceArgs, ShowArgs, ShowFormat};
use super::output::print;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::input::dump;
use args::{EfuseBurn, EfuseIo, EfuseKey, EfuseNew, EfuseProtect, FileFormat};

/// The commands of `efuse`; every doc comment here is help text.
#[derive(Debug, Subcommand)]
pub enum EfuseCommand {
    /// Show the fields of an eFuse file
    Show {
        /// eFuse file of QEMU (ESP32 124 bytes, ESP32-C3 and -S3 1024) or of espefuse (ESP32 288, the others 512)
        file: PathBuf,
        #[command(flatten)]
        chip: ChipArgs,
        #[command(flatten)]
        format: ShowArgs,
    },
    /// Make the eFuse file of a chip that leaves the factory
    New(EfuseNew),
    /// Convert an eFuse file between QEMU's format and espefuse's
    Convert {
        #[command(flatten)]
        io: EfuseIo,
        /// Format of the output file
        #[arg(long, value_enum)]
        to: FileFormat,
        #[command(flatten)]
        replace: ReplaceArgs,
    },
    /// Burn fields and protections, with the chip's rules
    Burn(EfuseBurn),
    /// Burn a key into a key block with its purpose and protections
    BurnKey(EfuseKey),
    /// Write-protect fields or blocks, or hide them from software
    Protect(EfuseProtect),
    /// Compare two eFuse files field by field; exit code 1 where they differ
    Diff {
        #[command(flatten)]
        chip: ChipArgs,
        /// First eFuse file, of either format
        first: PathBuf,
        /// Second eFuse file, of either format
        second: PathBuf,
        #[command(flatten)]
        format: ShowArgs,
    },
}

/// Shows, makes, changes or compares eFuse files.
///
/// # Errors
/// Where a file cannot be read or written or is none, or the chip refuses a burn.
pub fn efuse(command: &EfuseCommand) -> Result<Exit, Error> {
    match command {
        EfuseCommand::Show { file, chip, format } => {
            let efuses = dump::efuses(chip.chip, file)?;
            print(&match format.format {
                ShowFormat::Table => show::table(&efuses),
                ShowFormat::Json => show::json(&efuses),
            })?;
        }
        EfuseCommand::New(args) => write::new(args)?,
        EfuseCommand::Convert { io, to, replace } => {
            write::convert(io, (*to).into(), replace.rule())?;
        }
        EfuseCommand::Burn(args) => write::burn(args)?,
        EfuseCommand::BurnKey(args) => write::burn_key(args)?,
        EfuseCommand::Protect(args) => write::protect(args)?,
        EfuseCommand::Diff {
            chip,
            first,
            second,
            format,
        } => return diff::diff(chip.chip, first, second, format.format),
    }
    Ok(Exit::Success)
}
