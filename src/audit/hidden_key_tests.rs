//! eFuse files of well-made chips, whose hidden keys and digests are zeros there: unknown, never weak.

use super::tests::{factory, finding, ids, key, of, set};
use super::*;
use crate::chip::Chip;
use crate::efuse::{
    EfuseFile, EfuseFormat, EncryptionMode, FlashEncryption, KeyProtection, KeyPurpose,
};

/// Zeros that anybody can read are the key; zeros in place of a hidden key are none, in whatever file they stand.
#[test]
fn a_key_that_is_hidden_and_zero_is_unknown() {
    let id = "flash-key-weak";
    let unknown = |bank: &EfuseBank| {
        let audit = of(bank);
        let found = audit.findings.iter().any(|found| found.lint.id == id);
        assert!(!found && guessed_key(bank).is_none());
        audit.unknown.iter().any(|(lint, _)| lint.id == id)
    };
    for chip in Chip::ALL {
        let mut bank = factory(chip);
        bank.burn_encryption_mode(EncryptionMode::Release, &key(32))
            .unwrap();
        assert!(!unknown(&bank), "{chip}");
        for format in [EfuseFormat::Qemu, EfuseFormat::Espefuse] {
            if format.has(chip) {
                let dump = bank.readable_part().to_file(format);
                let dump = EfuseFile::parse(chip, &dump).unwrap().bank;
                assert!(unknown(&dump), "{chip}, {format}");
            }
        }
    }
    let mut open = factory(Chip::Esp32);
    open.burn_flash_encryption(&FlashEncryption {
        read_protect_key: false,
        ..FlashEncryption::release(&[0; 32])
    })
    .unwrap();
    assert_eq!(finding(&open, id).severity, Severity::High);
    assert_eq!(guessed_key(&open), Some(Vec::new()));
    // Half of a key that is hidden is unknown too.
    let mut half = factory(Chip::Esp32S3);
    half.burn_encryption_mode(EncryptionMode::Release, &[key(32), vec![0; 32]].concat())
        .unwrap();
    assert!(unknown(&half));
}

/// What espefuse 5.x dumps (`dump --format joint`) of an ESP32 in release mode, whose key espefuse cannot see.
#[test]
fn the_dump_of_a_well_made_chip_has_no_key_to_guess() {
    let dump = include_bytes!("testdata/esp32-hidden-key-joint-dump.bin");
    let bank = EfuseFile::parse(Chip::Esp32, dump).unwrap().bank;
    assert!(bank.flash_encryption_enabled() && bank.flash_key_is_unseen());
    let audit = of(&bank);
    assert!(
        audit
            .unknown
            .iter()
            .any(|(lint, _)| lint.id == "flash-key-weak")
    );
    assert!(!ids(&bank).contains("flash-key-weak"));
}

#[test]
fn a_hidden_digest_is_not_called_blank() {
    let mut bank = factory(Chip::Esp32C3);
    let hidden = KeyProtection {
        read: true,
        ..KeyProtection::NONE
    };
    bank.burn_key(0, KeyPurpose::SecureBootDigest0, &key(32), hidden)
        .unwrap();
    set(&mut bank, "SECURE_BOOT_EN", 1);
    let dump = bank.readable_part();
    assert!(ids(&dump).contains("secure-boot-digest-hidden"));
    assert!(!ids(&dump).contains("secure-boot-digest-missing"));
}
