//! Reports of audits, and their proofs.

use cloneproof::audit::{self, FlashContents, Proof, Subject};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EncryptionMode, FlashEncryption, KeyProtection, XtsEncryption};

use super::input::{Input, own_app};
use super::model::AuditReport;
use super::prove::{Result, Shown, prove};
use crate::audit::human;
use crate::backend::{Backend, builtin};
use crate::proof::provision;

const CHIPS: [Chip; 3] = [Chip::Esp32, Chip::Esp32C3, Chip::Esp32S3];

fn factory(chip: Chip) -> EfuseBank {
    let revision = match chip {
        Chip::Esp32 => ChipRevision::new(3, 0),
        Chip::Esp32C3 => ChipRevision::new(0, 3),
        _ => ChipRevision::new(0, 2),
    };
    EfuseBank::factory(chip, revision, [0x24, 0x0A, 0xC4, 1, 2, 3])
}

fn key() -> Vec<u8> {
    (0..32u8)
        .map(|i| i.wrapping_mul(37).wrapping_add(11))
        .collect()
}

fn input(efuses: EfuseBank) -> Input {
    Input {
        efuse_path: "efuse.bin".into(),
        efuses,
        warnings: Vec::new(),
        flash: None,
        files: Vec::new(),
    }
}

fn audited(input: &Input, proofs: bool) -> AuditReport {
    let contents = input
        .flash
        .as_ref()
        .map(|(_, flash)| FlashContents::read(&input.efuses, flash));
    let audit = audit::audit(&Subject {
        efuses: &input.efuses,
        flash: contents.as_ref(),
    });
    let backends: [Box<dyn Backend>; 1] = [Box::new(builtin::Builtin)];
    let shown = match proofs {
        true => prove(input, &audit.findings, &backends, 2),
        false => vec![None; audit.findings.len()],
    };
    AuditReport::new(input, &audit, shown)
}

fn shown(report: &AuditReport, id: &str) -> Shown {
    let found = report.findings.iter().find(|finding| finding.id == id);
    let found = found.unwrap_or_else(|| panic!("no {id}"));
    found
        .proof
        .result
        .clone()
        .unwrap_or_else(|| panic!("{id} was not run"))
}

#[track_caller]
fn is_shown(report: &AuditReport, id: &str, line: &str) {
    let shown = shown(report, id);
    assert_eq!(shown.result, Result::Shown, "{id}: {shown:?}");
    let found = shown.console_line.unwrap_or_default();
    assert!(found.contains(line), "{id}: {found}");
}

#[test]
fn factory_fresh_chips_are_shown_to_be_open() {
    for chip in CHIPS {
        let report = audited(&input(factory(chip)), true);
        is_shown(&report, "flash-encryption-off", "cloneproof-hello");
        is_shown(&report, "secure-boot-off", "cloneproof-hello");
        is_shown(&report, "download-mode-open", "");
    }
}

#[test]
fn development_mode_is_shown_to_be_one() {
    for chip in CHIPS {
        let mut bank = factory(chip);
        bank.burn_encryption_mode(EncryptionMode::Development, &key())
            .unwrap();
        let report = audited(&input(bank), true);
        is_shown(&report, "crypt-counter-open", "cloneproof-hello");
        is_shown(&report, "development-mode", "cloneproof-hello");
        is_shown(&report, "download-mode-encrypts", "");
        let what = shown(&report, "crypt-counter-open").what;
        assert!(what.contains("as it is refuses it"), "{what}");
        for finding in &report.findings {
            let none = finding.proof.scenario == "none";
            assert_eq!(finding.proof.result.is_none(), none, "{}", finding.id);
        }
    }
}

#[test]
fn readable_and_guessed_keys_make_clones() {
    for chip in CHIPS {
        let mut readable = factory(chip);
        let mut guessed = factory(chip);
        match chip {
            Chip::Esp32 => {
                let config = FlashEncryption {
                    read_protect_key: false,
                    ..FlashEncryption::release(&key())
                };
                readable.burn_flash_encryption(&config).unwrap();
            }
            _ => {
                let config = XtsEncryption {
                    key_protection: KeyProtection::NONE,
                    ..XtsEncryption::release(&key())
                };
                readable.burn_xts_encryption(&config).unwrap();
            }
        }
        guessed
            .burn_encryption_mode(EncryptionMode::Release, &[0x42; 32])
            .unwrap();
        let report = audited(&input(readable), true);
        is_shown(&report, "flash-key-readable", "cloneproof-hello");
        let report = audited(&input(guessed), true);
        is_shown(&report, "flash-key-weak", "cloneproof-hello");
    }
}

/// The given flash is the one that is copied.
#[test]
fn the_flash_that_is_given_is_proven() {
    let mut bank = factory(Chip::Esp32);
    bank.burn_flash_encryption(&FlashEncryption {
        crypt_config: 0,
        read_protect_key: false,
        ..FlashEncryption::release(&key())
    })
    .unwrap();
    let app = own_app(Chip::Esp32).unwrap().unwrap();
    let flash = provision::flash(&app, &bank);
    let mut input = input(bank);
    input.flash = Some(("flash.bin".into(), flash));
    let report = audited(&input, true);
    is_shown(&report, "flash-key-readable", "cloneproof-hello");
    for id in ["ciphertext-repeats", "crypt-config-weak"] {
        let shown = shown(&report, id);
        assert_eq!(shown.result, Result::Shown, "{id}");
        assert!(shown.what.contains("2047 have"), "{}", shown.what);
    }
    // With an erased flash there is no donor, and so no proof.
    input.flash = Some((
        "flash.bin".into(),
        cloneproof::flash::FlashImage::erased(1 << 20),
    ));
    let report = audited(&input, true);
    let shown = shown(&report, "flash-key-readable");
    assert_eq!(shown.result, Result::Inconclusive);
    assert!(shown.what.contains("donor did not boot"), "{}", shown.what);
}

fn download_line(bank: EfuseBank) -> Shown {
    super::prove::prove_one(&input(bank), Proof::DownloadMode)
}

#[test]
fn a_closed_download_mode_is_not_shown() {
    for (chip, name) in [
        (Chip::Esp32, "UART_DOWNLOAD_DIS"),
        (Chip::Esp32C3, "DIS_DOWNLOAD_MODE"),
        (Chip::Esp32S3, "DIS_DOWNLOAD_MODE"),
    ] {
        let open = download_line(factory(chip));
        let mut bank = factory(chip);
        bank.burn(bank.field(name).unwrap(), 1).unwrap();
        let closed = download_line(bank);
        assert_eq!(open.result, Result::Shown, "{chip}: {open:?}");
        assert_eq!(closed.result, Result::NotShown, "{chip}: {closed:?}");
    }
}

fn redacted(text: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    text.replace(version, &"#".repeat(version.len()))
}

/// A development configuration with a flash: findings of all severities, proofs with and without a run.
fn development() -> AuditReport {
    let mut bank = factory(Chip::Esp32);
    bank.burn_encryption_mode(EncryptionMode::Development, &key())
        .unwrap();
    let app = own_app(Chip::Esp32).unwrap().unwrap();
    let mut flash = provision::flash(&app, &bank);
    flash.write(0x8_0000, b"left behind by a longer image, in plain text");
    let mut input = input(bank);
    input.flash = Some(("flash 1.bin".into(), flash));
    input.warnings = vec!["an odd thing about the file".to_owned()];
    audited(&input, true)
}

#[test]
fn formats() {
    let report = development();
    assert!(!report.clean && report.schema == "cloneproof-audit/1");
    let human = anstream::adapter::strip_str(&human::render(&report)).to_string();
    assert!(human.contains("plaintext-behind-image") && human.contains("SHOWN"));
    insta::assert_snapshot!("audit_human", human);
    insta::assert_snapshot!("audit_json", redacted(&report.json()));
    let sarif = super::sarif::render(&report);
    let value: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(value["version"], "2.1.0");
    let run = &value["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report.findings.len());
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert!(sarif.contains("flash%201.bin"));
    insta::assert_snapshot!("audit_sarif", redacted(&sarif));
}
