//! A chip that a QEMU process plays.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use cloneproof::boot::{BootReport, Gap, Stop};
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, RunLimits, VirtualChip, Watch};
use tempfile::TempDir;

use super::command::{self, ChipNames, EFUSE_FILE, FLASH_FILE};
use super::console::{CONSOLE_LIMIT, ConsoleLog};
use super::drive;
use super::faults::{self, Seen};
use super::locate::{Found, Version};
use super::process::{Event, Process};
use crate::base::files;

/// Name of the back end.
pub const BACK_END: &str = "qemu";
const MIB: usize = 1 << 20;
/// Flash sizes that the fork knows, in bytes. Source: esp-toolchain-docs `qemu/esp32/README.md`.
const FLASH_SIZES: &[usize] = &[2 * MIB, 4 * MIB, 8 * MIB, 16 * MIB];
/// The one that the 7.2 tree knows. Observed on 7.2: it ends at once with less, and is silent for ever with more.
const FLASH_SIZES_7: &[usize] = &[4 * MIB];
/// Time for a process to end whose console has ended.
const LAST_BREATH: Duration = Duration::from_secs(2);
/// A run without a limit gets this: the clock cannot be added to without end.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A failure on the host's side.
#[derive(Debug, thiserror::Error)]
pub enum QemuError {
    /// This flash size cannot be run.
    #[error(
        "QEMU {version} emulates {} of flash, not {size} bytes",
        mebibytes(sizes)
    )]
    FlashSize {
        /// Size in bytes.
        size: usize,
        /// Version of QEMU.
        version: Version,
        /// The sizes that it knows, in bytes.
        sizes: &'static [usize],
    },
    /// The chip's private files could not be written or read.
    #[error("failed to {what} the chip's private {file}")]
    File {
        /// What was done.
        what: &'static str,
        /// Which file.
        file: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// QEMU did not start.
    #[error("failed to start {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the chip makes no sense after the run.
    #[error("QEMU left {bytes} bytes in {file}: {problem}")]
    Left {
        /// Which file.
        file: &'static str,
        /// Its size.
        bytes: usize,
        /// What is wrong with it.
        problem: String,
    },
}

fn mebibytes(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(|size| (size / MIB).to_string()).collect();
    format!("{} MiB", sizes.join(", "))
}

/// A chip of QEMU, with private copies of its flash and eFuses.
#[derive(Debug)]
pub struct QemuChip {
    // Before the folder: the process ends before its files go.
    process: Option<Process>,
    folder: TempDir,
    found: Found,
    names: &'static ChipNames,
    power_on: PowerOn,
    console: ConsoleLog,
    faults: Vec<Gap>,
    over: Option<Stop>,
}

impl QemuChip {
    /// Writes the private copies; the process starts with the first run.
    ///
    /// # Errors
    /// Where QEMU cannot run this flash, or the copies cannot be written.
    pub fn new(
        found: &Found,
        names: &'static ChipNames,
        power_on: PowerOn,
    ) -> Result<QemuChip, QemuError> {
        let sizes = match found.version.major {
            ..=7 => FLASH_SIZES_7,
            _ => FLASH_SIZES,
        };
        let size = power_on.flash.size();
        if !sizes.contains(&size) {
            return Err(QemuError::FlashSize {
                size,
                version: found.version,
                sizes,
            });
        }
        let failed = |file| {
            move |source| QemuError::File {
                what: "write",
                file,
                source,
            }
        };
        let folder = files::private_folder().map_err(failed("folder"))?;
        let (flash, efuses) = (power_on.flash.to_vec(), drive::to_bytes(&power_on.efuses));
        for (file, bytes) in [(FLASH_FILE, flash), (EFUSE_FILE, efuses)] {
            files::create_private(&folder.path().join(file), &bytes).map_err(failed(file))?;
        }
        Ok(QemuChip {
            process: None,
            folder,
            found: found.clone(),
            names,
            faults: faults::known(found.version, &power_on),
            power_on,
            console: ConsoleLog::default(),
            over: None,
        })
    }

    /// Starts the process, or lets a paused one go on.
    fn process(&mut self) -> Result<&mut Process, QemuError> {
        let process = match self.process.take() {
            Some(process) => {
                process.resume();
                process
            }
            None => {
                let args = command::arguments(self.names, self.found.timer, self.power_on.strap);
                let program = &self.found.program;
                Process::start(program, &args, Some(self.folder.path())).map_err(|source| {
                    QemuError::Start {
                        program: program.clone(),
                        source,
                    }
                })?
            }
        };
        Ok(self.process.insert(process))
    }

    /// Takes new output; says why the run ends, if it does.
    fn take(&mut self, bytes: &[u8], limits: &RunLimits, watch: &mut dyn Watch) -> Option<Stop> {
        let taken = self.console.push(bytes);
        if let ControlFlow::Break(()) = watch.console(&bytes[..taken]) {
            return Some(Stop::Watch);
        }
        if self.console.resets().len() > limits.resets as usize {
            return Some(Stop::ResetLimit);
        }
        self.console.is_full().then(|| Stop::Exited {
            status: format!(
                "ended by cloneproof, as its console was flooded with {} MiB",
                CONSOLE_LIMIT / MIB
            ),
        })
    }

    fn report(&self, stop: Stop) -> BootReport {
        let console = self.console.bytes();
        let seen = Seen {
            efuses: &self.power_on.efuses,
            stop: &stop,
            console,
            burned: self.burned(),
        };
        let met = faults::met(self.found.version, &seen);
        BootReport {
            backend: BACK_END.to_owned(),
            rom_sha256: self.found.rom_sha256,
            console: console.to_vec(),
            stop,
            resets: self.console.resets().to_vec(),
            cycles: 0,
            instructions: 0,
            gaps: self.faults.iter().cloned().chain(met).collect(),
            places: Vec::new(),
        }
    }

    /// Whether the run has burned eFuses.
    fn burned(&self) -> bool {
        let before = drive::to_bytes(&self.power_on.efuses);
        self.read(EFUSE_FILE).is_ok_and(|after| after != before)
    }

    fn read(&self, file: &'static str) -> Result<Vec<u8>, QemuError> {
        fs::read(self.folder.path().join(file)).map_err(|source| QemuError::File {
            what: "read",
            file,
            source,
        })
    }
}

impl VirtualChip for QemuChip {
    type Error = QemuError;

    /// A watch that breaks leaves the process paused, so that it can go on; every other stop ends it for good.
    fn run(&mut self, limits: &RunLimits, watch: &mut dyn Watch) -> Result<BootReport, QemuError> {
        if let Some(stop) = &self.over {
            return Ok(self.report(stop.clone()));
        }
        let deadline = Instant::now() + limits.wall.min(LONGEST);
        self.process()?;
        let stop = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break Stop::TimeLimit;
            }
            let Some(process) = &mut self.process else {
                break Stop::TimeLimit;
            };
            match process.next(left) {
                Event::Quiet => {}
                Event::Bytes(bytes) => {
                    if let Some(stop) = self.take(&bytes, limits, watch) {
                        break stop;
                    }
                }
                Event::Ended => {
                    let status = process.wait(LAST_BREATH);
                    let status = epitaph(status, &process.last_words());
                    break Stop::Exited { status };
                }
            }
        };
        if stop == Stop::Watch {
            if let Some(process) = &self.process {
                process.pause();
            }
        } else {
            self.over = Some(stop.clone());
            if let Some(mut process) = self.process.take() {
                process.quit();
            }
        }
        Ok(self.report(stop))
    }

    fn flash(&self) -> Result<FlashImage, QemuError> {
        let bytes = self.read(FLASH_FILE)?;
        FlashImage::from_bytes(&bytes).map_err(|error| QemuError::Left {
            file: FLASH_FILE,
            bytes: bytes.len(),
            problem: error.to_string(),
        })
    }

    fn efuses(&self) -> Result<EfuseBank, QemuError> {
        let bytes = self.read(EFUSE_FILE)?;
        drive::from_bytes(&bytes, &self.power_on.efuses).ok_or_else(|| QemuError::Left {
            file: EFUSE_FILE,
            bytes: bytes.len(),
            problem: "not the size of the eFuses".to_owned(),
        })
    }
}

/// How a process ended, with what it said last.
fn epitaph(status: Option<ExitStatus>, words: &str) -> String {
    let status = match status {
        Some(status) => status.to_string(),
        None => "unknown status".to_owned(),
    };
    match words.is_empty() {
        true => status,
        false => format!("{status}, after \"{}\"", words.replace('\n', "; ")),
    }
}
