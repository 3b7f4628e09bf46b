//! `cloneproof audit` from outside: exit codes, formats, bad input.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat, EncryptionMode, KeyProtection, KeyPurpose};
use serde_json::Value;

fn factory(chip: Chip) -> EfuseBank {
    let revision = match chip {
        Chip::Esp32 => ChipRevision::new(3, 0),
        _ => ChipRevision::new(0, 3),
    };
    EfuseBank::factory(chip, revision, [0x24, 0x0A, 0xC4, 1, 2, 3])
}

fn key() -> Vec<u8> {
    (0..32u8)
        .map(|i| i.wrapping_mul(37).wrapping_add(11))
        .collect()
}

fn release() -> EfuseBank {
    let mut bank = factory(Chip::Esp32C3);
    let purpose = KeyPurpose::SecureBootDigest0;
    bank.burn_key(1, purpose, &key(), KeyProtection::usual(purpose))
        .unwrap();
    for name in [
        "SECURE_BOOT_KEY_REVOKE1",
        "SECURE_BOOT_KEY_REVOKE2",
        "SECURE_BOOT_EN",
    ] {
        bank.burn(bank.field(name).unwrap(), 1).unwrap();
    }
    bank.burn_encryption_mode(EncryptionMode::Release, &key())
        .unwrap();
    bank.write_protect(bank.field("RD_DIS").unwrap());
    bank
}

/// A folder with eFuse files `esp32.bin`, `release.bin`, and things that are none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write(
        "esp32.bin",
        &factory(Chip::Esp32).to_file(EfuseFormat::Qemu),
    );
    write("release.bin", &release().to_file(EfuseFormat::Espefuse));
    write("short.bin", &[0; 100]);
    write("odd-flash.bin", &[0xFF; 5000]);
    write("flash.bin", &vec![0xFF; 1 << 20]);
    folder
}

/// Exit code, standard output and standard error.
fn audit(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cloneproof"))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("RUST_LOG")
        .arg("audit")
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert!(!errors.contains("panicked"), "{errors}");
    (output.status.code().unwrap(), out, errors)
}

#[test]
fn a_release_configuration_is_clean_and_a_blank_chip_is_not() {
    let folder = folder();
    let (code, text, _) = audit(folder.path(), "--chip esp32c3 --efuse release.bin");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("no weakness found: 0 high, 0 medium"),
        "{text}"
    );
    let (code, text, _) = audit(folder.path(), "--efuse esp32.bin");
    assert_eq!(code, 1);
    assert!(text.contains("flash-encryption-off") && !text.contains("SHOWN"));
}

#[test]
fn proofs_and_formats() {
    let folder = folder();
    let (code, text, _) = audit(folder.path(), "--efuse esp32.bin --prove --format json");
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["schema"], "cloneproof-audit/1");
    let findings = report["findings"].as_array().unwrap();
    let first = findings
        .iter()
        .find(|found| found["id"] == "flash-encryption-off");
    assert_eq!(first.unwrap()["proof"]["result"]["result"], "shown");
    let (code, text, _) = audit(
        folder.path(),
        "--efuse esp32.bin --format sarif --out out.sarif",
    );
    assert_eq!((code, text.as_str()), (1, ""));
    let sarif: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["name"], "cloneproof");
}

/// A build is the flash of a device that was provisioned with it.
#[test]
fn a_build_is_audited_as_flash() {
    let folder = folder();
    let elf = include_bytes!("../../images/esp32-hello/esp32-hello.elf");
    fs::write(folder.path().join("app.elf"), elf).unwrap();
    let mut bank = factory(Chip::Esp32);
    bank.burn_encryption_mode(EncryptionMode::Development, &key())
        .unwrap();
    fs::write(
        folder.path().join("dev.bin"),
        bank.to_file(EfuseFormat::Qemu),
    )
    .unwrap();
    let (code, text, _) = audit(
        folder.path(),
        "--efuse dev.bin --build app.elf --prove --format json",
    );
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["unknown"], Value::Array(Vec::new()));
    let (code, _, errors) = audit(
        folder.path(),
        "--chip esp32c3 --efuse release.bin --build app.elf",
    );
    assert_eq!(code, 2);
    assert!(
        errors.contains("esp32c3") && errors.contains("app.elf"),
        "{errors}"
    );
}

#[test]
fn bad_input_is_named() {
    let folder = folder();
    let table: &[(&str, &[&str])] = &[
        ("", &["--efuse"]),
        ("--efuse nowhere.bin", &["nowhere.bin"]),
        ("--efuse short.bin", &["short.bin", "100"]),
        ("--chip esp99 --efuse esp32.bin", &["esp99"]),
        ("--efuse esp32.bin --flash nowhere.bin", &["nowhere.bin"]),
        (
            "--efuse esp32.bin --flash odd-flash.bin",
            &["odd-flash.bin", "5000"],
        ),
        (
            "--efuse esp32.bin --flash flash.bin --build .",
            &["--flash", "--build"],
        ),
        ("--efuse esp32.bin --build .", &["flasher_args.json"]),
        ("--efuse esp32.bin --format xml", &["xml"]),
        ("--efuse esp32.bin --jobs 0", &["--jobs"]),
        ("--efuse esp32.bin --out esp32.bin", &["esp32.bin"]),
        (
            "--efuse esp32.bin --flash flash.bin --out flash.bin",
            &["flash.bin"],
        ),
    ];
    let before = fs::read(folder.path().join("esp32.bin")).unwrap();
    for (arguments, named) in table {
        let (code, text, errors) = audit(folder.path(), arguments);
        assert_eq!((code, text.as_str()), (2, ""), "{arguments}: {errors}");
        for name in *named {
            assert!(errors.contains(name), "{arguments}: {errors}");
        }
    }
    assert_eq!(fs::read(folder.path().join("esp32.bin")).unwrap(), before);
}
