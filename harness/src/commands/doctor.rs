//! `cloneproof doctor`: what is there, what is not, and what to do about it.

use anstyle::{AnsiColor, Style};
use clap::Args;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::rom::Rom;
use cloneproof::hex;

use super::options::QemuArgs;
use super::output::print;
use crate::backend::builtin::{self, Builtin};
use crate::backend::{Backend, qemu};
use crate::base::error::Error;
use crate::base::exit::Exit;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Yellow.on_default();

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub qemu: QemuArgs,
}

/// Looks for everything that cloneproof uses.
///
/// # Errors
/// Where standard output cannot be written.
pub fn doctor(args: &DoctorArgs) -> Result<Exit, Error> {
    let mut out = String::new();
    let mut complete = true;
    let mut tell = |good: bool, text: String| {
        let (style, mark) = if good {
            (GOOD, "found  ")
        } else {
            (BAD, "missing")
        };
        out.push_str(&format!("{style}{mark}{style:#} {text}\n"));
    };
    for (chip, revision) in roms() {
        match Rom::of(chip, revision) {
            Ok(rom) => tell(
                true,
                format!(
                    "mask ROM of {chip} {revision}, SHA-256 {}",
                    hex::encode(rom.sha256())
                ),
            ),
            Err(error) => {
                complete = false;
                tell(false, format!("mask ROM of {chip} {revision}: {error}"));
            }
        }
    }
    tell(
        true,
        format!("back end {}: {}", builtin::NAME, Builtin.identity()),
    );
    // Whoever lacks QEMU lacks nothing that must be there.
    let qemu = qemu::diagnose(&args.qemu.qemu_dir);
    for fact in &qemu.facts {
        tell(fact.good, format!("back end qemu: {}", fact.text));
    }
    if let Some(remedy) = qemu.remedy {
        out.push_str(&format!(
            "        QEMU is optional; to use all of it, {remedy}\n"
        ));
    }
    print(&out)?;
    Ok(if complete {
        Exit::Success
    } else {
        Exit::Environment
    })
}

/// Each mask ROM with the lowest chip revision that has it, oldest first.
fn roms() -> Vec<(Chip, ChipRevision)> {
    let of = |chip: Chip| {
        let mut first: Vec<_> = chip.mask_roms().iter().map(|mask| mask.from).collect();
        first.sort();
        first.into_iter().map(move |revision| (chip, revision))
    };
    Chip::BOOTABLE.into_iter().flat_map(of).collect()
}
