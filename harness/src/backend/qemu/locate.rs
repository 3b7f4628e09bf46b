//! Finds a QEMU that has the chip's machine, and says what was found and refused on the way.

use std::collections::HashSet;
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::command::ChipNames;
use super::process;

/// Environment variable that names the folders of the programs, as `PATH` does.
pub const VARIABLE: &str = "CLONEPROOF_QEMU_DIR";
/// Time that QEMU gets to tell its version or its machines, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of such an answer that are read.
const ANSWER_LIMIT: usize = 64 << 10;
/// Where the program may lie below a folder that is named.
const BELOW: [&str; 3] = ["", "bin", "qemu/bin"];
/// Where QEMU's data files lie, seen from the program: installed, and in a build tree.
const DATA: [&str; 3] = ["../share/qemu", "pc-bios", "../pc-bios"];

/// A version of QEMU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major number.
    pub major: u32,
    /// Minor number.
    pub minor: u32,
    /// Micro number.
    pub micro: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// Who named the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `--qemu-dir`.
    Option,
    /// The environment variable.
    Environment,
    /// `PATH`.
    Path,
    /// ESP-IDF's tools.
    EspIdf,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Option => "--qemu-dir",
            Origin::Environment => VARIABLE,
            Origin::Path => "PATH",
            Origin::EspIdf => "ESP-IDF's tools",
        })
    }
}

/// Where to look: everything that the search takes from outside.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folders given with `--qemu-dir`.
    pub option: Vec<PathBuf>,
    /// The folders that the environment variable names.
    pub variable: Vec<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// ESP-IDF's folders for tools.
    pub idf_tools: Vec<PathBuf>,
    /// Time that a program gets for an answer.
    pub patience: Duration,
}

impl Default for Places {
    /// Nowhere.
    fn default() -> Places {
        Places {
            option: Vec::new(),
            variable: Vec::new(),
            path: Vec::new(),
            idf_tools: Vec::new(),
            patience: PATIENCE,
        }
    }
}

impl Places {
    /// The places of this process' environment.
    pub fn of_environment(option: &[PathBuf]) -> Places {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let folder = |name: &str| set(name).map(PathBuf::from);
        let list = |name: &str| match set(name) {
            Some(value) => env::split_paths(&value).collect(),
            None => Vec::new(),
        };
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        Places {
            option: option.to_owned(),
            variable: list(VARIABLE),
            path: list("PATH"),
            idf_tools: [
                folder("IDF_TOOLS_PATH"),
                home.map(|home| home.join(".espressif")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            patience: PATIENCE,
        }
    }
}

/// A program that has the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The program.
    pub program: PathBuf,
    /// Who named the place.
    pub origin: Origin,
    /// Its version.
    pub version: Version,
    /// What it says of its version, one line.
    pub version_line: String,
    /// SHA-256 of the chip's mask ROM among its data files, if that is where it is looked for.
    pub rom_sha256: Option<[u8; 32]>,
    /// The device of the chip's timer groups.
    pub timer: Option<&'static str>,
}

/// Why a program is none that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such program in the place that was named.
    #[error("no such program")]
    Absent,
    /// It could not be started.
    #[error("cannot be started: {0}")]
    Start(String),
    /// It gave no answer.
    #[error("gave no answer to {question} within {patience:?}, or no end of it")]
    Silent {
        /// The option that asked.
        question: &'static str,
        /// How long was waited.
        patience: Duration,
    },
    /// It failed.
    #[error("{question} failed ({status}): {stderr}")]
    Failed {
        /// The option that asked.
        question: &'static str,
        /// How it ended.
        status: String,
        /// What it said.
        stderr: String,
    },
    /// It tells no version that could be one of QEMU's.
    #[error("tells no version of QEMU, but \"{said}\"")]
    Version {
        /// Its first line.
        said: String,
    },
    /// It is a QEMU without the machine.
    #[error("QEMU {version} without the machine {machine}: not Espressif's fork")]
    Machine {
        /// Its version.
        version: Version,
        /// The machine that is missing.
        machine: &'static str,
    },
}

/// A program that was looked at in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The program.
    pub program: PathBuf,
    /// Who named the place.
    pub origin: Origin,
    /// Why it is none.
    pub why: Refusal,
}

/// The outcome of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The first program that can be used.
    pub found: Option<Found>,
    /// Those before it that cannot.
    pub refused: Vec<Refused>,
}

/// Looks for a program with the chip's machine. A place that the user named is not passed over in silence: if it holds
/// no such program, the search ends there.
pub fn search(names: &ChipNames, places: &Places) -> Search {
    let mut search = Search::default();
    for (folders, origin) in [
        (&places.option, Origin::Option),
        (&places.variable, Origin::Environment),
    ] {
        for program in in_named_folders(names, folders) {
            if search.found.is_none() {
                search.look_at(names, program, origin, places.patience);
            }
        }
        if !folders.is_empty() {
            return search;
        }
    }
    let on_path = places.path.iter().map(|folder| folder.join(names.program));
    let installed = places
        .idf_tools
        .iter()
        .flat_map(|tools| of_esp_idf(names, tools));
    let candidates = on_path
        .map(|program| (program, Origin::Path))
        .chain(installed.map(|program| (program, Origin::EspIdf)));
    let mut seen = HashSet::new();
    for (program, origin) in candidates {
        // Many systems have one folder under two names on PATH.
        let Ok(file) = program.canonicalize() else {
            continue;
        };
        if search.found.is_none() && file.is_file() && seen.insert(file) {
            search.look_at(names, program, origin, places.patience);
        }
    }
    search
}

impl Search {
    fn look_at(&mut self, names: &ChipNames, program: PathBuf, origin: Origin, patience: Duration) {
        match examine(names, &program, origin, patience) {
            Ok(found) => self.found = Some(found),
            Err(why) => self.refused.push(Refused {
                program,
                origin,
                why,
            }),
        }
    }
}

/// The programs in folders that the user named; if there is none, where it would be. A folder may also be that of the
/// whole installation, or of ESP-IDF's tools: the programs of two instruction sets lie apart there.
fn in_named_folders(names: &ChipNames, folders: &[PathBuf]) -> Vec<PathBuf> {
    // QEMU is started in another folder.
    let absolute =
        |folder: &PathBuf| std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let folders: Vec<PathBuf> = folders.iter().map(absolute).collect();
    let below = |folder: &PathBuf| {
        let mut places = BELOW
            .iter()
            .map(|below| folder.join(below).join(names.program));
        let direct = places.find(|program| program.is_file());
        let installed = of_esp_idf(names, folder).into_iter();
        direct
            .into_iter()
            .chain(installed.filter(|program| program.is_file()))
    };
    let found: Vec<PathBuf> = folders.iter().flat_map(below).collect();
    match (found.is_empty(), folders.first()) {
        (true, Some(first)) => vec![first.join(names.program)],
        _ => found,
    }
}

/// The programs that ESP-IDF's installer brought, newest first.
fn of_esp_idf(names: &ChipNames, tools: &Path) -> Vec<PathBuf> {
    let versions = tools.join("tools").join(names.idf_tool);
    let Ok(entries) = std::fs::read_dir(versions) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(numbers(folder)));
    folders
        .into_iter()
        .map(|folder| folder.join("qemu/bin").join(names.program))
        .collect()
}

/// The numbers in a folder's name, so that version 10 is newer than 9.
fn numbers(folder: &Path) -> Vec<u64> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

fn examine(
    names: &ChipNames,
    program: &Path,
    origin: Origin,
    patience: Duration,
) -> Result<Found, Refusal> {
    if !program.is_file() {
        return Err(Refusal::Absent);
    }
    let said = ask(program, "--version", &["--version"], patience)?;
    let version_line = said.lines().next().unwrap_or_default().trim().to_owned();
    let version = parse_version(&version_line).ok_or_else(|| Refusal::Version {
        said: version_line.chars().take(80).collect(),
    })?;
    let machines = ask(program, "-M help", &["-M", "help"], patience)?;
    if !has_machine(&machines, names.machine) {
        return Err(Refusal::Machine {
            version,
            machine: names.machine,
        });
    }
    Ok(Found {
        program: std::path::absolute(program).unwrap_or_else(|_| program.to_owned()),
        origin,
        version,
        version_line,
        rom_sha256: rom_sha256(program, names.rom_file),
        timer: timer(names, program, patience),
    })
}

/// The device of the timer groups: the only one that there can be, or the one that the program knows.
fn timer(names: &ChipNames, program: &Path, patience: Duration) -> Option<&'static str> {
    match names.timers {
        [only] => Some(*only),
        several => several.iter().copied().find(|device| {
            let question = format!("{device},help");
            ask(program, "-device help", &["-device", &question], patience).is_ok()
        }),
    }
}

fn ask(
    program: &Path,
    question: &'static str,
    args: &[&str],
    patience: Duration,
) -> Result<String, Refusal> {
    let output = process::output(program, args, patience, ANSWER_LIMIT)
        .map_err(|error| Refusal::Start(error.to_string()))?;
    match output.status {
        None => Err(Refusal::Silent { question, patience }),
        Some(status) if !status.success() => Err(Refusal::Failed {
            question,
            status: status.to_string(),
            stderr: output.stderr,
        }),
        Some(_) => Ok(output.stdout),
    }
}

/// The numbers of `QEMU emulator version 9.2.2 (esp_develop_9.2.2_20260417)`.
fn parse_version(line: &str) -> Option<Version> {
    let numbers = line.strip_prefix("QEMU emulator version ")?;
    let numbers = numbers.split([' ', '-']).next()?;
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    Some(Version {
        major: parts.next()??,
        minor: parts.next()??,
        micro: parts.next().flatten().unwrap_or(0),
    })
}

/// Each line of the list starts with a machine's name.
fn has_machine(list: &str, machine: &str) -> bool {
    list.lines()
        .any(|line| line.split_whitespace().next() == Some(machine))
}

fn rom_sha256(program: &Path, file: &str) -> Option<[u8; 32]> {
    // A link in a folder of `PATH` leads to the installation.
    let program = program.canonicalize().ok()?;
    let folder = program.parent()?;
    let bytes = DATA
        .iter()
        .find_map(|data| std::fs::read(folder.join(data).join(file)).ok())?;
    Some(Sha256::digest(bytes).into())
}

#[cfg(test)]
#[path = "locate_tests.rs"]
mod tests;
