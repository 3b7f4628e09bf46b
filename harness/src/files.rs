//! Reading input files with limits, and writing output files so that no half of one is ever left behind.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use crate::error::Error;

/// Largest flash file that is read: 128 MB, the largest flash that a chip of the family addresses.
pub const MAX_FLASH_FILE: u64 = 128 << 20;
/// Largest firmware file (ELF with debug information) that is read.
pub const MAX_FIRMWARE_FILE: u64 = 64 << 20;
/// Largest scenario, manifest, key or eFuse file that is read.
pub const MAX_SMALL_FILE: u64 = 1 << 20;

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
/// # Errors
/// Where the folder cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fail = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".cloneproof-")
        .tempfile_in(folder)
        .map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    make_ordinary(file.as_file()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
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

/// Whether two paths name the same existing file.
pub fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Refuses an output path that is one of the inputs.
///
/// # Errors
/// Where it is.
pub fn refuse_overwrite(output: &Path, inputs: &[&Path]) -> Result<(), Error> {
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
