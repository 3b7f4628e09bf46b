//! Reading input files with limits, and writing output files so that no half of one is ever left behind.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// Largest flash file that is read: 128 MB, the largest flash that a chip of the family addresses.
pub const MAX_FLASH_FILE: u64 = 128 << 20;
/// Largest firmware file (ELF with debug information) that is read.
pub const MAX_FIRMWARE_FILE: u64 = 64 << 20;
/// Largest scenario, manifest, key or eFuse file that is read.
pub const MAX_SMALL_FILE: u64 = 1 << 20;
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
/// A symbolic link stays and its target is written. A device or a pipe is written as it is, never replaced.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
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
    write_with(path, |file| file.as_file().write_all(bytes))
}

/// Writes a file in one step that only its owner can read: a private key.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if is_special(path) {
        return write(path, bytes);
    }
    let fail = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    let target = destination(path);
    // Temporary files are readable by their owner only, and stay so.
    let file = temporary_beside(&target).map_err(fail)?;
    file.as_file().write_all(bytes).map_err(fail)?;
    file.persist(&target).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Writes an ordinary file in one step, as [`write()`] does, with what `fill` puts into it.
///
/// # Errors
/// Where the folder cannot be written, or `fill` fails.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&NamedTempFile) -> std::io::Result<()>,
) -> Result<(), Error> {
    let fail = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    let target = destination(path);
    let file = temporary_beside(&target).map_err(fail)?;
    fill(&file).map_err(fail)?;
    make_ordinary(file.as_file()).map_err(fail)?;
    file.persist(&target).map_err(|error| fail(error.error))?;
    Ok(())
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
        false => temporary_beside(&target).map(drop),
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

fn temporary_beside(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".cloneproof-")
        .tempfile_in(folder_of(path))
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

/// Temporary files are readable by their owner only; results are ordinary files.
#[cfg(unix)]
fn make_ordinary(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_ordinary(_file: &File) -> std::io::Result<()> {
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
mod tests {
    use super::*;

    #[test]
    fn limits_are_enforced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write(&path, &[0; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap().len(), 100);
        let error = read(&path, 99).unwrap_err();
        assert!(error.to_string().contains("larger than 99 bytes"));
        assert!(read(folder.path(), 9).is_err());
        assert!(matches!(
            read(&folder.path().join("none"), 9),
            Err(Error::Read { .. })
        ));
    }

    #[test]
    fn an_input_is_never_an_output() {
        let folder = tempfile::tempdir().unwrap();
        let a = folder.path().join("a");
        let b = folder.path().join("b");
        write(&a, b"x").unwrap();
        assert!(refuse_overwrite(&b, &[&a]).is_ok());
        assert!(refuse_overwrite(&folder.path().join(".").join("a"), &[&a]).is_err());
        std::fs::hard_link(&a, &b).unwrap();
        assert_eq!(refuse_overwrite(&b, &[&a]).is_err(), cfg!(unix));
    }

    #[test]
    fn what_exists_stays_unless_the_user_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        write(&old, b"x").unwrap();
        let never = Replace::Never { unless: "--force" };
        assert!(check_output(&new, never, &[]).is_ok());
        let error = check_output(&old, never, &[]).unwrap_err();
        assert!(error.to_string().ends_with("old exists"), "{error}");
        assert!(check_output(&old, Replace::Always, &[]).is_ok());
        // Not even then over an input.
        assert!(check_output(&old, Replace::Always, &[&old]).is_err());
    }

    #[test]
    fn writing_is_tried_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_writable(&folder.path().join("new")).is_ok());
        assert!(check_writable(folder.path()).is_err());
        assert!(check_writable(&folder.path().join("none").join("new")).is_err());
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("file"), b"old").unwrap();
        for (link, target) in [("link", "file"), ("second", "link"), ("early", "later")] {
            std::os::unix::fs::symlink(target, at(link)).unwrap();
        }
        assert!(refuse_overwrite(&at("second"), &[&at("file")]).is_err());
        assert_eq!(destination(&at("second")), destination(&at("file")));
        write(&at("second"), b"new").unwrap();
        write(&at("early"), b"made").unwrap();
        assert_eq!(std::fs::read(at("file")).unwrap(), b"new");
        assert_eq!(std::fs::read(at("later")).unwrap(), b"made");
        for link in ["link", "second", "early"] {
            assert!(at(link).is_symlink(), "{link}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        check_writable(&pipe).unwrap();
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || std::fs::read(pipe).unwrap())
        };
        write(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(pipe.metadata().unwrap().file_type().is_fifo());
        write(Path::new("/dev/null"), b"gone").unwrap();
        let null = Path::new("/dev/null").metadata().unwrap();
        assert!(null.file_type().is_char_device());
    }

    #[test]
    fn text_must_be_utf8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        write(&path, b"ab\xff").unwrap();
        let error = read_text(&path, 9).unwrap_err();
        assert!(error.to_string().contains("byte 2"), "{error}");
    }
}
