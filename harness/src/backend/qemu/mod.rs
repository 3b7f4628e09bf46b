//! Espressif's fork of QEMU as a back end: found, checked, and run with private copies of a chip's flash and eFuses.

mod chip;
mod command;
mod console;
mod drive;
#[cfg(test)]
mod fake;
mod faults;
mod interrupt;
mod locate;
mod process;
#[cfg(test)]
mod tests;

use cloneproof::hex;
use std::path::PathBuf;
use std::time::Duration;

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::rom::Rom;
use cloneproof::virtual_chip::PowerOn;

pub use chip::{QemuChip, QemuError};
pub use locate::{Found, Places, Search};

use super::contract::{Adapter, AnyChip, Backend, Budget, Diagnosis, Fact};
use crate::base::error::BackendError;
use command::ChipNames;

/// Name of the back end.
pub const NAME: &str = chip::BACK_END;

/// What to do where there is none.
const REMEDY: &str = "install Espressif's QEMU with ESP-IDF (`python tools/idf_tools.py install qemu-xtensa \
                      qemu-riscv32`) or from the releases of github.com/espressif/qemu, and name its folder with \
                      --qemu-dir or CLONEPROOF_QEMU_DIR if it is not on PATH; or use --backend builtin, which needs \
                      nothing";

/// The back end with the programs that were found.
#[derive(Debug)]
pub struct Qemu {
    machines: Vec<Machine>,
}

/// A machine and the program that has it.
#[derive(Debug)]
struct Machine {
    names: &'static ChipNames,
    found: Found,
}

impl Qemu {
    /// Looks for a QEMU with the machine of each of the chips: in `folders` if any are given, else where
    /// [`Places::of_environment`] says. Chips that no QEMU emulates are passed over: [`Backend::cannot_play`] names them.
    ///
    /// # Errors
    /// [`BackendError::Missing`], with all that was looked at.
    pub fn locate(folders: &[PathBuf], chips: &[Chip]) -> Result<Qemu, BackendError> {
        let places = Places::of_environment(folders);
        let mut machines: Vec<Machine> = Vec::new();
        for names in chips.iter().filter_map(|&chip| command::names(chip)) {
            if machines.iter().all(|machine| machine.names != names) {
                let found = found(names, locate::search(names, &places))?;
                machines.push(Machine { names, found });
            }
        }
        Ok(Qemu { machines })
    }

    fn machine(&self, chip: Chip) -> Option<&Machine> {
        self.machines
            .iter()
            .find(|machine| machine.names.chip == chip)
    }
}

fn found(names: &ChipNames, search: Search) -> Result<Found, BackendError> {
    let Search { found, refused } = search;
    found.ok_or_else(|| {
        let mut what = format!("no QEMU with the machine {} was found", names.machine);
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

impl Machine {
    /// The revision of the chip's mask ROM that runs here, if it is another than the chip's own.
    ///
    /// QEMU has one mask ROM a machine, whatever the eFuses say of the chip's revision.
    fn other_rom(&self, efuses: &EfuseBank) -> Option<String> {
        let chip = efuses.chip();
        let rom = |revision| Rom::of(chip, revision).map(|rom| rom.sha256()).ok();
        let own = rom(efuses.revision())?;
        let here = self.found.rom_sha256.or_else(|| rom(self.names.rom_of))?;
        (here != own).then(|| {
            format!(
                "it runs the mask ROM of the {chip} {}, not that of {}",
                self.names.rom_of,
                efuses.revision()
            )
        })
    }
}

impl Backend for Qemu {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> String {
        let mut lines: Vec<&str> = Vec::new();
        for machine in &self.machines {
            let line = machine.found.version_line.as_str();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        if lines.len() < 2 {
            return lines.concat();
        }
        let named = self.machines.iter().map(|machine| {
            let line = &machine.found.version_line;
            format!("{}: {line}", machine.names.machine)
        });
        named.collect::<Vec<_>>().join("; ")
    }

    fn cannot_play(&self, efuses: &EfuseBank) -> Option<String> {
        match self.machine(efuses.chip()) {
            Some(machine) => machine.other_rom(efuses),
            None => Some(format!("it has no machine for the {}", efuses.chip())),
        }
    }

    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError> {
        let machine =
            self.machine(power_on.efuses.chip())
                .ok_or_else(|| BackendError::Unsupported {
                    backend: NAME,
                    what: "emulate this chip",
                })?;
        let chip = QemuChip::new(&machine.found, machine.names, power_on).map_err(|source| {
            BackendError::Build {
                backend: NAME,
                source: Box::new(source),
            }
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

/// Looks for every machine as [`Qemu::locate`] does and tells what it met.
pub fn diagnose(folders: &[PathBuf]) -> Diagnosis {
    let places = Places::of_environment(folders);
    let mut facts = Vec::new();
    let mut available = true;
    for names in command::PLAYED {
        let search = locate::search(names, &places);
        available &= search.found.is_some();
        facts.extend(of_machine(names, &search));
    }
    Diagnosis {
        facts,
        remedy: (!available).then_some(REMEDY),
    }
}

/// What there is to say of one machine.
fn of_machine(names: &ChipNames, search: &Search) -> Vec<Fact> {
    let machine = names.machine;
    let good = search.found.is_some();
    let fact = |text: String| Fact { good, text };
    let refused = search.refused.iter().map(|refused| {
        let (program, origin) = (refused.program.display(), refused.origin);
        fact(format!(
            "machine {machine}: {program} (from {origin}) was refused: {}",
            refused.why
        ))
    });
    let mut facts: Vec<Fact> = refused.collect();
    let Some(found) = &search.found else {
        facts.push(fact(format!("machine {machine}: no QEMU has it")));
        return facts;
    };
    let (program, origin) = (found.program.display(), found.origin);
    let line = &found.version_line;
    facts.push(fact(format!(
        "machine {machine}: {program} (from {origin}): {line}"
    )));
    facts.push(fact(match found.rom_sha256 {
        Some(sha256) => format!(
            "mask ROM of machine {machine}: SHA-256 {}",
            hex::encode(sha256)
        ),
        None => format!("mask ROM of machine {machine}: not found beside it, so not identified"),
    }));
    facts
}
