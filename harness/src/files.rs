//! Reading input files with limits, and writing output files so that no half of one is ever left behind.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::error::Error;

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
mod tests {
    use super::*;

    #[test]
    fn limits_are_enforced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write(&path, Readers::Everyone, &[0; 100]).unwrap();
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
        write(&a, Readers::Everyone, b"x").unwrap();
        assert!(refuse_overwrite(&b, &[&a]).is_ok());
        assert!(refuse_overwrite(&folder.path().join(".").join("a"), &[&a]).is_err());
        std::fs::hard_link(&a, &b).unwrap();
        assert_eq!(refuse_overwrite(&b, &[&a]).is_err(), cfg!(unix));
    }

    #[test]
    fn what_exists_stays_unless_the_user_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        write(&old, Readers::Everyone, b"x").unwrap();
        let never = Replace::Never { unless: "--force" };
        assert!(check_output(&new, never, &[]).is_ok());
        let error = check_output(&old, never, &[]).unwrap_err();
        assert!(error.to_string().ends_with("old exists"), "{error}");
        assert!(check_output(&old, Replace::Always, &[]).is_ok());
        // Not even then over an input.
        assert!(check_output(&old, Replace::Always, &[&old]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_and_nothing_gets_wider() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mode_of = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        // Before, who may read, and after.
        for (before, readers, after) in [
            (None, Readers::Owner, 0o600),
            (Some(0o644), Readers::Owner, 0o600),
            (Some(0o600), Readers::Everyone, 0o600),
            (Some(0o640), Readers::Everyone, 0o640),
            (Some(0o444), Readers::Owner, 0o600),
        ] {
            let _ = std::fs::remove_file(&path);
            if let Some(before) = before {
                std::fs::write(&path, b"old").unwrap();
                std::fs::set_permissions(&path, mode(before)).unwrap();
            }
            write(&path, readers, b"new").unwrap();
            assert_eq!(mode_of(&path), after, "{before:?} {readers:?}");
            assert_eq!(std::fs::read(&path).unwrap(), b"new");
        }
        let private = private_folder().unwrap();
        assert_eq!(mode_of(private.path()), 0o700);
        let copy = private.path().join("copy");
        create_private(&copy, b"key").unwrap();
        assert_eq!(mode_of(&copy), 0o600);
        assert!(create_private(&copy, b"again").is_err());
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
        write(&at("file"), Readers::Everyone, b"old").unwrap();
        for (link, target) in [("link", "file"), ("second", "link"), ("early", "later")] {
            std::os::unix::fs::symlink(target, at(link)).unwrap();
        }
        assert!(refuse_overwrite(&at("second"), &[&at("file")]).is_err());
        assert_eq!(destination(&at("second")), destination(&at("file")));
        write(&at("second"), Readers::Everyone, b"new").unwrap();
        write(&at("early"), Readers::Everyone, b"made").unwrap();
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
        write(&pipe, Readers::Everyone, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(pipe.metadata().unwrap().file_type().is_fifo());
        write(Path::new("/dev/null"), Readers::Everyone, b"gone").unwrap();
        let null = Path::new("/dev/null").metadata().unwrap();
        assert!(null.file_type().is_char_device());
    }

    #[test]
    fn text_must_be_utf8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        write(&path, Readers::Everyone, b"ab\xff").unwrap();
        let error = read_text(&path, 9).unwrap_err();
        assert!(error.to_string().contains("byte 2"), "{error}");
    }
}
