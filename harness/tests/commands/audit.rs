//! `cloneproof audit` from outside: exit codes, formats, bad input.

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat, EncryptionMode, KeyProtection, KeyPurpose};
use serde_json::Value;

use crate::support::Folder;

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
fn folder() -> Folder {
    Folder::with(&[
        (
            "esp32.bin",
            &factory(Chip::Esp32).to_file(EfuseFormat::Qemu),
        ),
        ("release.bin", &release().to_file(EfuseFormat::Espefuse)),
        ("short.bin", &[0; 100]),
        ("odd-flash.bin", &[0xFF; 5000]),
        ("flash.bin", &vec![0xFF; 1 << 20]),
    ])
}

/// Exit code, standard output and standard error.
fn audit(folder: &Folder, arguments: &str) -> (i32, String, String) {
    let ran = folder.run(&format!("audit {arguments}"));
    (ran.code, ran.out, ran.err)
}

#[test]
fn a_release_configuration_is_clean_and_a_blank_chip_is_not() {
    let folder = folder();
    let (code, text, _) = audit(&folder, "--chip esp32c3 --efuse release.bin");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("no weakness found: 0 high, 0 medium"),
        "{text}"
    );
    let (code, text, _) = audit(&folder, "--efuse esp32.bin");
    assert_eq!(code, 1);
    assert!(text.contains("flash-encryption-off") && !text.contains("SHOWN"));
}

#[test]
fn proofs_and_formats() {
    let folder = folder();
    let (code, text, _) = audit(&folder, "--efuse esp32.bin --prove --format json");
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["schema"], "cloneproof-audit/1");
    let findings = report["findings"].as_array().unwrap();
    let first = findings
        .iter()
        .find(|found| found["id"] == "flash-encryption-off");
    assert_eq!(first.unwrap()["proof"]["result"]["result"], "shown");
    let (code, text, _) = audit(&folder, "--efuse esp32.bin --format sarif --out out.sarif");
    assert_eq!((code, text.as_str()), (1, ""));
    let sarif: Value = serde_json::from_slice(&folder.read("out.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["name"], "cloneproof");
}

/// A build is the flash of a device that was provisioned with it.
#[test]
fn a_build_is_audited_as_flash() {
    let folder = folder();
    let elf = include_bytes!("../../../images/esp32-hello/esp32-hello.elf");
    folder.write("app.elf", elf);
    let mut bank = factory(Chip::Esp32);
    bank.burn_encryption_mode(EncryptionMode::Development, &key())
        .unwrap();
    folder.write("dev.bin", &bank.to_file(EfuseFormat::Qemu));
    let (code, text, _) = audit(
        &folder,
        "--efuse dev.bin --build app.elf --prove --format json",
    );
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["unknown"], Value::Array(Vec::new()));
    let (code, _, errors) = audit(
        &folder,
        "--chip esp32c3 --efuse release.bin --build app.elf",
    );
    assert_eq!(code, 2);
    assert!(
        errors.contains("esp32c3") && errors.contains("app.elf"),
        "{errors}"
    );
}

refused! {
    folder();
    no_efuses: "audit" => 2 ["--efuse"];
    efuses_not_there: "audit --efuse nowhere.bin" => 2 ["nowhere.bin"];
    short_efuses: "audit --efuse short.bin" => 2 ["short.bin", "100"];
    unknown_chip: "audit --chip esp99 --efuse esp32.bin" => 2 ["esp99"];
    flash_not_there: "audit --efuse esp32.bin --flash nowhere.bin" => 2 ["nowhere.bin"];
    odd_flash: "audit --efuse esp32.bin --flash odd-flash.bin" => 2 ["odd-flash.bin", "5000"];
    flash_and_build: "audit --efuse esp32.bin --flash flash.bin --build ." => 2 ["--flash", "--build"];
    no_build: "audit --efuse esp32.bin --build ." => 2 ["flasher_args.json"];
    unknown_format: "audit --efuse esp32.bin --format xml" => 2 ["xml"];
    no_jobs: "audit --efuse esp32.bin --jobs 0" => 2 ["--jobs"];
    out_over_efuses: "audit --efuse esp32.bin --out esp32.bin" => 2 ["esp32.bin"];
    out_over_flash: "audit --efuse esp32.bin --flash flash.bin --out flash.bin" => 2 ["flash.bin"];
}
