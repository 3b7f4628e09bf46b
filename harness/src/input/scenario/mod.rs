//! Scenarios: who is the donor, what is copied onto whom, and what is expected.
//!
//! A scenario file is read into its raw form, in which every value knows its place in the file, and converted once into
//! the checked form that everything else works with.

mod checked;
pub mod edit;
mod efuses;
mod file;
mod life;
mod model;
mod problem;
mod raw;
pub mod secure_boot;
mod setup;
mod xts_keys;

use std::path::{Path, PathBuf};

pub use model::{
    Attack, Expect, Flash, FlashId, History, Patience, Provision, Scenario, SignOfLife, Target,
};
pub use setup::{EfuseSetup, Preset};

use crate::base::error::Error;
use crate::base::files;

/// Reads and checks one scenario file.
///
/// # Errors
/// Where the file cannot be read or is wrong; the error underlines the place.
pub fn load(path: &Path) -> Result<Scenario, Error> {
    let text = files::read_text(path, files::MAX_SMALL_FILE)?;
    let raw = raw::parse(path, &text)?;
    checked::check(path, &text, raw)
}

/// The scenario files that a list of files and folders means: of a folder every `*.toml` in it, in the order of names.
///
/// # Errors
/// Where a path does not exist or a folder holds no scenario.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let read = |source| Error::Read {
                path: path.clone(),
                source,
            };
            let mut files = Vec::new();
            for entry in std::fs::read_dir(path).map_err(read)? {
                let file = entry.map_err(read)?.path();
                if file.extension().is_some_and(|end| end == "toml") {
                    files.push(file);
                }
            }
            if files.is_empty() {
                return Err(Error::input(
                    path,
                    "holds no scenario",
                    "name a scenario file (*.toml) or a folder with such files",
                ));
            }
            files.sort();
            found.append(&mut files);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod secure_boot_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod xts_tests;
