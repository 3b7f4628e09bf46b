//! Espressif's fork of QEMU as a back end: found, checked, and run with private copies of a chip's flash and eFuses.

mod chip;
mod command;
mod console;
mod drive;
#[cfg(test)]
mod fake;
mod faults;
mod locate;
mod process;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use cloneproof::chip::Chip;
use cloneproof::virtual_chip::PowerOn;

pub use chip::{QemuChip, QemuError};
pub use locate::{Found, Places, Search};

use super::{Adapter, AnyChip, Backend, BackendError, Budget, Diagnosis};

/// Name of the back end.
pub const NAME: &str = "qemu";

/// What to do where there is none.
const REMEDY: &str = "install Espressif's QEMU with ESP-IDF (`python tools/idf_tools.py install qemu-xtensa`) or from \
                      the releases of github.com/espressif/qemu, and name its folder with --qemu-dir or \
                      CLONEPROOF_QEMU_DIR if it is not on PATH; or use --backend builtin, which needs nothing";

/// The back end with the QEMU that was found.
#[derive(Debug)]
pub struct Qemu {
    found: Found,
}

impl Qemu {
    /// Looks for a QEMU with the ESP32: in `folder` if one is given, else where [`Places::of_environment`] says.
    ///
    /// # Errors
    /// [`BackendError::Missing`], with all that was looked at.
    pub fn locate(folder: Option<&Path>) -> Result<Qemu, BackendError> {
        Qemu::from_search(look(folder))
    }

    fn from_search(search: Search) -> Result<Qemu, BackendError> {
        let Search { found, refused } = search;
        found.map(|found| Qemu { found }).ok_or_else(|| {
            let mut what = "no QEMU with the machine esp32 was found".to_owned();
            for refused in refused {
                let (program, origin) = (refused.program.display(), refused.origin);
                what += &format!("; {program} (from {origin}): {}", refused.why);
            }
            BackendError::Missing {
                backend: NAME,
                what,
                remedy: REMEDY.to_owned(),
            }
        })
    }
}

fn look(folder: Option<&Path>) -> Search {
    match command::names(Chip::Esp32) {
        Some(names) => locate::search(names, &Places::of_environment(folder.map(Path::to_owned))),
        None => Search::default(),
    }
}

impl Backend for Qemu {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> String {
        self.found.version_line.clone()
    }

    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError> {
        let names =
            command::names(power_on.efuses.chip()).ok_or_else(|| BackendError::Unsupported {
                backend: NAME,
                what: "emulate this chip",
            })?;
        let chip =
            QemuChip::new(&self.found, names, power_on).map_err(|source| BackendError::Build {
                backend: NAME,
                source: Box::new(source),
            })?;
        Ok(Box::new(Adapter::new(NAME, chip)))
    }

    /// Observed on 7.2: an encrypted chip needs 35 s to its app on an idle machine, more than 100 s beside another one.
    fn budget(&self) -> Budget {
        Budget {
            wall: Duration::from_secs(300),
            settle_wall: Duration::from_secs(30),
            ..Budget::default()
        }
    }
}

/// Looks for QEMU as [`Qemu::locate`] does and tells what it met.
pub fn diagnose(folder: Option<&Path>) -> Diagnosis {
    let search = look(folder);
    let mut facts = Vec::new();
    for refused in &search.refused {
        let (program, origin) = (refused.program.display(), refused.origin);
        facts.push(format!(
            "{program} (from {origin}) was refused: {}",
            refused.why
        ));
    }
    match &search.found {
        Some(found) => {
            let (program, origin) = (found.program.display(), found.origin);
            facts.push(format!("{program} (from {origin}): {}", found.version_line));
            facts.push("machines: esp32".to_owned());
            facts.push(match found.rom_sha256 {
                Some(sha256) => format!("mask ROM of the ESP32: SHA-256 {}", hex(&sha256)),
                None => "mask ROM of the ESP32: not found beside it, so not identified".to_owned(),
            });
        }
        None => facts.push("no QEMU with the machine esp32".to_owned()),
    }
    Diagnosis {
        available: search.found.is_some(),
        facts,
        remedy: search.found.is_none().then_some(REMEDY),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
