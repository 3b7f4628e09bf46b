//! Lints of debuggers, boot modes, download mode and secure boot.

use super::*;

#[test]
fn debuggers_and_boot_modes() {
    let mut bank = factory(Chip::Esp32S3);
    set(&mut bank, "SOFT_DIS_JTAG", 7);
    assert!(finding(&bank, "jtag-open").evidence.what.contains("HMAC"));
    let purpose = KeyPurpose::HmacDownJtag;
    bank.burn_key(0, purpose, &key(32), KeyProtection::usual(purpose))
        .unwrap();
    assert!(!ids(&bank).contains("jtag-open"));
    assert!(ids(&bank).contains("jtag-can-be-reopened"));
    assert!(ids(&bank).contains("direct-boot-open"));
    set(&mut bank, "DIS_DIRECT_BOOT", 1);
    assert!(!ids(&bank).contains("direct-boot-open"));
    assert!(ids(&bank).contains("rom-prints"));
    set(&mut bank, "UART_PRINT_CONTROL", 3);
    assert!(!ids(&bank).contains("rom-prints"));
    let mut esp32 = factory(Chip::Esp32);
    assert!(ids(&esp32).contains("rom-console-open"));
    set(&mut esp32, "CONSOLE_DEBUG_DISABLE", 1);
    assert!(!ids(&esp32).contains("rom-console-open"));
}

#[test]
fn download_mode() {
    let mut bank = factory(Chip::Esp32C3);
    bank.burn_xts_encryption(&XtsEncryption {
        switches: vec!["DIS_PAD_JTAG"],
        protect_switches: false,
        ..XtsEncryption::release(&key(32))
    })
    .unwrap();
    for id in ["download-mode-decrypts", "download-mode-encrypts"] {
        assert_eq!(finding(&bank, id).severity, Severity::High);
    }
    // Closed, they are ESP-IDF's wish and no more.
    set(&mut bank, "DIS_DOWNLOAD_MODE", 1);
    for id in ["download-mode-decrypts", "download-mode-encrypts"] {
        assert_eq!(finding(&bank, id).severity, Severity::Note);
    }
    assert!(!ids(&bank).contains("download-mode-open"));
    assert!(!ids(&bank).contains("download-mode-more-ways"));
}

#[test]
fn secure_boot_of_the_esp32() {
    let mut bank = factory(Chip::Esp32);
    set(&mut bank, "ABS_DONE_0", 1);
    let found = ids(&bank);
    for id in [
        "secure-boot-v1",
        "secure-boot-key-readable",
        "secure-boot-key-writable",
    ] {
        assert!(found.contains(id), "{id}");
    }
    assert!(!found.contains("secure-boot-off"));
    set(&mut bank, "ABS_DONE_1", 1);
    let found = ids(&bank);
    assert!(found.contains("secure-boot-digest-missing") && found.contains("rd-dis-writable"));
    assert!(!found.contains("secure-boot-v1") && !found.contains("secure-boot-key-readable"));
    let mut hidden = release(Chip::Esp32C3);
    assert!(!ids(&hidden).contains("secure-boot-digest-hidden"));
    hidden = factory(Chip::Esp32);
    burn_secure_boot(&mut hidden);
    hidden.read_protect(hidden.field("BLOCK2").unwrap());
    assert!(ids(&hidden).contains("secure-boot-digest-hidden"));
}

#[test]
fn secure_boot_of_the_later_chips() {
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let mut bank = factory(chip);
        set(&mut bank, "SECURE_BOOT_EN", 1);
        let found = ids(&bank);
        for id in [
            "secure-boot-digest-missing",
            "secure-boot-slot-open",
            "rd-dis-writable",
        ] {
            assert!(found.contains(id), "{chip}: {id}");
        }
        let slots = of(&bank);
        let slots = slots.findings.iter();
        assert_eq!(
            slots
                .filter(|f| f.lint.id == "secure-boot-slot-open")
                .count(),
            3
        );
        let purpose = KeyPurpose::SecureBootDigest2;
        bank.burn_key(2, purpose, &key(32), KeyProtection::NONE)
            .unwrap();
        let found = ids(&bank);
        assert!(!found.contains("secure-boot-digest-missing"));
        assert!(found.contains("secure-boot-key-writable"));
        // Revoked: there is none again.
        set(&mut bank, "SECURE_BOOT_KEY_REVOKE2", 1);
        assert!(ids(&bank).contains("secure-boot-digest-missing"));
    }
    let found = only(Chip::Esp32S3, "secure-boot-digest-missing", |bank| {
        set(bank, "SECURE_BOOT_KEY_REVOKE0", 1);
    });
    assert_eq!(found.severity, Severity::High);
}
