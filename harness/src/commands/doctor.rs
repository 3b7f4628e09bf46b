//! `cloneproof doctor`: what is there, what is not, and what to do about it.

use anstyle::{AnsiColor, Style};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::rom::Rom;

use super::print;
use crate::backend::{self, Choice};
use crate::error::{Error, Exit};
use crate::replay;
use crate::report::hex;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Yellow.on_default();
/// Revisions whose mask ROMs differ.
const ROMS: [ChipRevision; 2] = [ChipRevision::new(1, 0), ChipRevision::new(3, 0)];

/// Looks for everything that cloneproof uses.
///
/// # Errors
/// Where standard output cannot be written.
pub fn doctor() -> Result<Exit, Error> {
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
    for chip in Chip::ALL {
        for revision in ROMS {
            match Rom::of(chip, revision) {
                Ok(rom) => tell(
                    true,
                    format!(
                        "mask ROM of {chip} {revision}, SHA-256 {}",
                        hex(&rom.sha256())
                    ),
                ),
                Err(error) => {
                    complete = false;
                    tell(false, format!("mask ROM of {chip} {revision}: {error}"));
                }
            }
        }
    }
    // The built-in back end is all that is needed; whoever lacks QEMU lacks nothing that must be there.
    for (choice, needed) in [(Choice::Builtin, true), (Choice::Qemu, false)] {
        match backend::choose(choice) {
            Ok(backends) => {
                for backend in backends {
                    tell(
                        true,
                        format!("back end {}: {}", backend.name(), backend.identity()),
                    );
                }
            }
            Err(error) => {
                complete &= !needed;
                let help = miette::Diagnostic::help(&error);
                let help = help.map_or_else(String::new, |help| format!("\n        {help}"));
                let optional = if needed { "" } else { " (optional)" };
                tell(false, format!("{}{optional}{help}", replay::chain(&error)));
            }
        }
    }
    print(&out)?;
    Ok(if complete {
        Exit::Success
    } else {
        Exit::Environment
    })
}
