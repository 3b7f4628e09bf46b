//! Back ends: what can build a virtual chip.

use std::path::PathBuf;

use cloneproof::chip::Chip;

use crate::base::error::BackendError;

pub mod builtin;
mod contract;
#[cfg(unix)]
pub mod qemu;
#[cfg(not(unix))]
#[path = "no_qemu.rs"]
pub mod qemu;
mod trace;

pub use contract::{Adapter, AnyChip, Backend, Budget, Diagnosis, Fact, Trace};

/// Which back ends a command uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Choice {
    /// The built-in emulator.
    #[default]
    Builtin,
    /// Espressif's fork of QEMU.
    Qemu,
    /// Both, side by side; every disagreement is reported.
    Both,
}

/// Builds the back ends of a choice for these chips; QEMU is looked for in `qemu_dirs` if there are any, else where it is
/// usually found.
///
/// # Errors
/// Where one of them is not available.
pub fn choose(
    choice: Choice,
    qemu_dirs: &[PathBuf],
    chips: &[Chip],
) -> Result<Vec<Box<dyn Backend>>, BackendError> {
    let builtin = || -> Box<dyn Backend> { Box::new(builtin::Builtin) };
    let qemu = || -> Result<Box<dyn Backend>, BackendError> {
        Ok(Box::new(qemu::Qemu::locate(qemu_dirs, chips)?))
    };
    Ok(match choice {
        Choice::Builtin => vec![builtin()],
        Choice::Qemu => vec![qemu()?],
        Choice::Both => vec![builtin(), qemu()?],
    })
}
