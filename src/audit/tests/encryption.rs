//! Lints of flash encryption and of keys.

use super::*;

#[test]
fn counters() {
    let mut even = factory(Chip::Esp32);
    set(&mut even, "FLASH_CRYPT_CNT", 3);
    let found = finding(&even, "flash-encryption-off");
    assert!(found.evidence.what.contains("has been switched off"));
    protect(&mut even, "FLASH_CRYPT_CNT");
    let found = finding(&even, "flash-encryption-off");
    assert!(found.evidence.what.contains("never"));
    // Full counts as protected.
    let mut bank = encrypted(Chip::Esp32C3, EncryptionMode::Development);
    set(&mut bank, "SPI_BOOT_CRYPT_CNT", 7);
    assert!(!ids(&bank).contains("crypt-counter-open"));
    // With secure boot on, plain firmware has to be signed.
    let mut signed = encrypted(Chip::Esp32S3, EncryptionMode::Development);
    burn_secure_boot(&mut signed);
    let found = finding(&signed, "crypt-counter-open");
    assert!(matches!(found.evidence.proof, Some(Proof::None(_))));
}

#[test]
fn the_trap_of_the_esp32() {
    let bank = encrypted(Chip::Esp32, EncryptionMode::Release);
    let found = finding(&bank, "wr-dis-trap");
    assert_eq!(found.evidence.fields, ["UART_DOWNLOAD_DIS"]);
    assert!(found.evidence.what.contains("bit 2 of WR_DIS"));
    assert!(!finding(&bank, "download-mode-open").can_be_mended);
    // Revision 1 has no such switch.
    let mut old = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), [0x24, 10, 0, 0, 0, 1]);
    old.burn_encryption_mode(EncryptionMode::Release, &key(32))
        .unwrap();
    assert!(!ids(&old).contains("wr-dis-trap"));
    assert_eq!(finding(&old, "download-mode-open").severity, Severity::Note);
}

#[test]
fn cipher_settings() {
    let with = |change: &dyn Fn(&mut FlashEncryption)| {
        let mut bank = factory(Chip::Esp32);
        let mut config = FlashEncryption::release(&key(32));
        change(&mut config);
        bank.burn_flash_encryption(&config).unwrap();
        bank
    };
    for config in [0, 1, 7, 0xE] {
        let bank = with(&|encryption| encryption.crypt_config = config);
        let severity = match config {
            0 => Severity::High,
            _ => Severity::Medium,
        };
        let found = finding(&bank, "crypt-config-weak");
        assert_eq!(found.severity, severity, "{config}");
    }
    let locked = with(&|encryption| encryption.protect_crypt_config = true);
    assert!(!ids(&locked).contains("crypt-config-weak"));
    assert!(!ids(&locked).contains("crypt-config-writable"));
    let mut coded = factory(Chip::Esp32);
    set(&mut coded, "CODING_SCHEME", 1);
    assert!(ids(&coded).contains("coding-scheme-shortens-key"));
    coded.burn_flash_key(&key(24)).unwrap();
    assert!(!ids(&coded).contains("efuse-coding-error"));
    let mut broken = factory(Chip::Esp32);
    broken.burn_word(1, 0, 1);
    set(&mut broken, "CODING_SCHEME", 1);
    assert!(ids(&broken).contains("efuse-coding-error"));
    let mut repeat = factory(Chip::Esp32);
    set(&mut repeat, "CODING_SCHEME", 2);
    let found = finding(&repeat, "coding-scheme-shortens-key");
    assert_eq!(found.severity, Severity::Medium);
}

#[test]
fn repeats_tell_a_weak_configuration() {
    let with = |crypt_config| {
        let mut bank = factory(Chip::Esp32);
        bank.burn_flash_encryption(&FlashEncryption {
            crypt_config,
            ..FlashEncryption::release(&key(32))
        })
        .unwrap();
        repeats_of_known_text(&bank)
    };
    assert_eq!((with(0xF).units, with(0xF).repeated), (2048, 0));
    assert_eq!(with(0).repeated, 2047);
    // Every range of the key takes all bits of the address.
    assert_eq!(with(1).repeated, 0);
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        assert_eq!(repeats_of_known_text(&release(chip)).repeated, 0);
    }
}

#[test]
fn keys_that_can_be_guessed() {
    let id = "flash-key-weak";
    for chip in CHIPS {
        let with = |key: &[u8]| {
            let mut bank = factory(chip);
            bank.burn_encryption_mode(EncryptionMode::Release, key)
                .unwrap();
            bank
        };
        assert!(!ids(&with(&key(32))).contains(id), "{chip}");
        assert_eq!(guessed_key(&with(&key(32))), None);
        let counting: Vec<u8> = (0..32).collect();
        for weak in [[0xAB; 32].as_slice(), &counting] {
            let bank = with(weak);
            let found = finding(&bank, id);
            assert_eq!(
                (found.severity, found.evidence.proof),
                (Severity::High, None)
            );
            assert_eq!(guessed_key(&bank).as_deref(), Some(weak), "{chip}");
        }
        let halves = [&key(16)[..], &key(16)[..]].concat();
        let found = of(&with(&halves));
        let found = found.findings.iter().find(|found| found.lint.id == id);
        assert_eq!(found.is_some(), chip != Chip::Esp32, "{chip}");
    }
    // Encryption without any key.
    let mut none = factory(Chip::Esp32C3);
    set(&mut none, "SPI_BOOT_CRYPT_CNT", 7);
    assert!(
        finding(&none, id)
            .evidence
            .what
            .contains("no key was burned")
    );
}

#[test]
fn keys_of_the_later_chips() {
    let mut bank = release(Chip::Esp32S3);
    assert!(!ids(&bank).contains("secret-key-readable"));
    bank.burn_key(3, KeyPurpose::HmacUp, &key(32), KeyProtection::NONE)
        .unwrap();
    let found = ids(&bank);
    for id in [
        "secret-key-readable",
        "secret-key-writable",
        "key-purpose-writable",
    ] {
        assert!(found.contains(id), "{id}");
    }
    // RD_DIS is locked already.
    assert!(!finding(&bank, "secret-key-readable").can_be_mended);
    let mut half = factory(Chip::Esp32S3);
    let purpose = KeyPurpose::XtsAes256Key2;
    half.burn_key(0, purpose, &key(32), KeyProtection::usual(purpose))
        .unwrap();
    assert!(ids(&half).contains("flash-key-half-missing"));
    let mut whole = factory(Chip::Esp32S3);
    whole
        .burn_encryption_mode(EncryptionMode::Release, &key(64))
        .unwrap();
    assert!(!ids(&whole).contains("flash-key-half-missing"));
    assert!(!ids(&whole).contains("key-purpose-duplicated"));
    let mut twice = release(Chip::Esp32C3);
    set(&mut twice, "KEY_PURPOSE_4", 4);
    let found = finding(&twice, "key-purpose-duplicated");
    assert_eq!(found.evidence.fields, ["BLOCK_KEY0", "BLOCK_KEY4"]);
}

#[test]
fn readable_and_writable_flash_keys() {
    for chip in CHIPS {
        let mut bank = factory(chip);
        match chip {
            Chip::Esp32 => bank.burn_flash_key(&key(32)).unwrap(),
            _ => bank
                .burn_xts_key(&key(32), &[], KeyProtection::NONE)
                .unwrap(),
        }
        let found = finding(&bank, "flash-key-readable");
        assert_eq!(found.severity, Severity::Medium, "{chip}");
        let counter = bank.table().crypt_cnt;
        bank.burn(&counter, 1).unwrap();
        let found = finding(&bank, "flash-key-readable");
        assert_eq!(
            (found.severity, found.evidence.proof),
            (Severity::High, None)
        );
        assert!(ids(&bank).contains("flash-key-writable"));
    }
}
