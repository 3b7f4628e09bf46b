//! Tests of reading and writing files: limits, links, pipes, permissions.

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
