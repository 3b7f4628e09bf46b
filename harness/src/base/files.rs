//! Reading input files with limits, and writing output files so that no half of one is ever left behind.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::error::Error;

/// Largest flash file that is read: 128 MB, the largest flash that a chip of the family addresses.
pub const MAX_FLASH_FILE: u64 = 128 << 20;
/// Largest firmware file (ELF with debug information) that is read.
pub const MAX_FIRMWARE_FILE: u64 = 64 << 20;
/// Largest scenario, manifest, key or eFuse file that is read.
pub const MAX_SMALL_FILE: u64 = 1 << 20;
/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone: it may hold keys, or what they protect.
    Owner,
    /// Everyone whom the user's mask allows.
    Everyone,
}

#[cfg(unix)]
const OWNER_ONLY: u32 = 0o600;
#[cfg(unix)]
const ORDINARY: u32 = 0o644;

/// What happens to an output file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// It is replaced: the user said so, or it is a report.
    Always,
    /// It stays.
    Never {
        /// The option by which the user replaces it nevertheless.
        unless: &'static str,
    },
}

/// Symbolic links that are followed one after the other, as Linux does (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// Where the file cannot be read or is larger.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let fail = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    if metadata.is_dir() {
        return Err(Error::input(
            path,
            "is a directory",
            "name a file in that directory",
        ));
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
    // One byte more than allowed tells a file that is too large, also where its size is not known in advance.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(Error::input(
            path,
            format!("is larger than {limit} bytes, the most that such a file can have"),
            "check that this is the right file",
        ));
    }
    Ok(bytes)
}

/// Reads a whole UTF-8 text file of at most `limit` bytes.
///
/// # Errors
/// Where the file cannot be read, is larger or is no text.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Error> {
    String::from_utf8(read(path, limit)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::input(
            path,
            format!("is no UTF-8 text (byte {at})"),
            "check that this is the right file and save it as UTF-8",
        )
    })
}

/// Writes a file in one step: the old contents stay until the new ones are complete.
///
/// A symbolic link stays and its target is written. A device or a pipe is written as it is, never replaced. A file that
/// is replaced by a readable one is as readable as before at most.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(path: &Path, readers: Readers, bytes: &[u8]) -> Result<(), Error> {
    let fail = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    if is_special(path) {
        let file = OpenOptions::new().write(true).open(path);
        return file
            .and_then(|mut file| file.write_all(bytes))
            .map_err(fail);
    }
    write_with(path, readers, |file| file.as_file().write_all(bytes))
}

/// Writes an ordinary file in one step, as [`write()`] does, with what `fill` puts into it.
///
/// # Errors
/// Where the folder cannot be written, or `fill` fails.
pub fn write_with(
    path: &Path,
    readers: Readers,
    fill: impl FnOnce(&NamedTempFile) -> std::io::Result<()>,
) -> Result<(), Error> {
    let target = destination(path);
    let written = temporary_beside(&target, readers).and_then(|file| {
        keep_narrow(file.as_file(), &target)?;
        fill(&file)?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        sync_folder(&target)
    });
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// A new folder for temporary files that nobody but its owner may enter; it is removed when the value is dropped.
///
/// # Errors
/// Those of making a folder.
pub fn private_folder() -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("cloneproof-");
    #[cfg(unix)]
    builder.permissions(mode(0o700));
    builder.tempdir()
}

/// Makes a new file for its owner alone, to be changed in place by somebody else.
///
/// # Errors
/// Those of writing a file; that it exists is one.
pub fn create_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, OWNER_ONLY);
    options.open(path)?.write_all(bytes)
}

/// Finds out before long work whether [`write()`] will be possible; leaves nothing behind.
///
/// # Errors
/// Where the folder cannot be written, or the path names a folder.
pub fn check_writable(path: &Path) -> Result<(), Error> {
    // Opening a pipe would wait for its reader: devices and pipes show when they are written.
    if is_special(path) {
        return Ok(());
    }
    let target = destination(path);
    let tried = match target.is_dir() {
        true => Err(ErrorKind::IsADirectory.into()),
        false => temporary_beside(&target, Readers::Owner).map(drop),
    };
    tried.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Whether the path names a device, a pipe or a socket.
pub fn is_special(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A temporary file that may be read by `readers`, or fewer where the user's mask wants that.
fn temporary_beside(path: &Path, readers: Readers) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cloneproof-");
    #[cfg(unix)]
    builder.permissions(mode(match readers {
        Readers::Owner => OWNER_ONLY,
        Readers::Everyone => ORDINARY,
    }));
    #[cfg(not(unix))]
    let _ = readers;
    builder.tempfile_in(folder_of(path))
}

/// The file that writing to `path` makes or replaces: symbolic links followed, also those whose target is yet to be made.
pub fn destination(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match target.read_link() {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => break,
        }
    }
    match (folder_of(&target).canonicalize(), target.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => target,
    }
}

/// Takes from `file` what the file that it is to replace does not allow.
#[cfg(unix)]
fn keep_narrow(file: &File, replaced: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(old) = replaced.metadata() else {
        return Ok(());
    };
    let own = file.metadata()?.permissions().mode();
    file.set_permissions(mode((own & old.permissions().mode()) | OWNER_ONLY))
}

#[cfg(not(unix))]
fn keep_narrow(_file: &File, _replaced: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn mode(mode: u32) -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

/// A new name survives a crash once its folder is written. Not every file system lets a folder be written so.
#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match File::open(folder_of(path)).and_then(|folder| folder.sync_all()) {
        Err(error) if error.kind() != ErrorKind::InvalidInput => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Whether two paths name the same existing file, through links of either kind as well.
pub fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(one), Ok(other)) => one == other || is_hard_link(a, b),
        _ => false,
    }
}

#[cfg(unix)]
fn is_hard_link(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (a.metadata(), b.metadata()) {
        // Two directories cannot be one, and devices share their inode with nobody that matters.
        (Ok(a), Ok(b)) if a.is_file() => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_hard_link(_a: &Path, _b: &Path) -> bool {
    false
}

/// Finds out before the work whether an output may be written: it is none of the inputs, and does not exist unless it
/// may be replaced.
///
/// # Errors
/// Where it is or does, or its folder cannot be written.
pub fn check_output(output: &Path, replace: Replace, inputs: &[&Path]) -> Result<(), Error> {
    refuse_overwrite(output, inputs)?;
    if let Replace::Never { unless } = replace
        && output.exists()
        && !is_special(output)
    {
        return Err(Error::usage(
            format!("{} exists", output.display()),
            format!("name another file, or replace it with {unless}"),
        ));
    }
    check_writable(output)
}

/// Refuses an output path that is one of the inputs.
///
/// # Errors
/// Where it is.
fn refuse_overwrite(output: &Path, inputs: &[&Path]) -> Result<(), Error> {
    match inputs.iter().find(|input| same_file(input, output)) {
        Some(input) => Err(Error::usage(
            format!(
                "output {} is the input file {}",
                output.display(),
                input.display()
            ),
            "inputs are never overwritten: name another output file",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
