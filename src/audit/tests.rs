//! Each lint fires where it must and nowhere else.

use std::collections::BTreeSet;

use super::*;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::{EncryptionMode, FlashEncryption, KeyProtection, KeyPurpose, XtsEncryption};

const CHIPS: [Chip; 3] = [Chip::Esp32, Chip::Esp32C3, Chip::Esp32S3];

pub(super) fn factory(chip: Chip) -> EfuseBank {
    let revision = match chip {
        Chip::Esp32 => ChipRevision::new(3, 0),
        _ => ChipRevision::new(0, 3),
    };
    EfuseBank::factory(chip, revision, [0x24, 0x0A, 0xC4, 1, 2, 3])
}

/// No two bytes equal, in no order.
pub(super) fn key(len: usize) -> Vec<u8> {
    (0..len as u8)
        .map(|i| i.wrapping_mul(37).wrapping_add(11))
        .collect()
}

pub(super) fn set(bank: &mut EfuseBank, name: &str, value: u64) {
    let field = bank.field(name).unwrap();
    bank.burn(field, value).unwrap();
    assert_eq!(bank.get(field) & value, value, "{name}");
}

fn protect(bank: &mut EfuseBank, name: &str) {
    let field = bank.field(name).unwrap();
    bank.write_protect(field);
    assert!(bank.is_write_protected(field), "{name}");
}

/// ESP-IDF's development or release mode with a good key.
fn encrypted(chip: Chip, mode: EncryptionMode) -> EfuseBank {
    let mut bank = factory(chip);
    bank.burn_encryption_mode(mode, &key(32)).unwrap();
    bank
}

/// Secure boot v2 as ESP-IDF leaves it, without the lock of RD_DIS: the flash key has to be hidden first.
fn burn_secure_boot(bank: &mut EfuseBank) {
    if bank.chip() == Chip::Esp32 {
        set(bank, "UART_DOWNLOAD_DIS", 1);
        let digest = key(32);
        let words: Vec<u32> = digest
            .as_chunks()
            .0
            .iter()
            .map(|w| u32::from_le_bytes(*w))
            .collect();
        bank.burn_block(2, &words);
        protect(bank, "BLOCK2");
        set(bank, "ABS_DONE_1", 1);
        return;
    }
    let purpose = KeyPurpose::SecureBootDigest0;
    bank.burn_key(1, purpose, &key(32), KeyProtection::usual(purpose))
        .unwrap();
    set(bank, "SECURE_BOOT_KEY_REVOKE1", 1);
    set(bank, "SECURE_BOOT_KEY_REVOKE2", 1);
    set(bank, "SECURE_BOOT_EN", 1);
}

/// What a device in the field should have.
fn release(chip: Chip) -> EfuseBank {
    let mut bank = factory(chip);
    burn_secure_boot(&mut bank);
    bank.burn_encryption_mode(EncryptionMode::Release, &key(32))
        .unwrap();
    let rd_dis = bank.table().rd_dis;
    bank.write_protect(&rd_dis);
    bank
}

pub(super) fn of(bank: &EfuseBank) -> Audit {
    audit(&Subject::of(bank))
}

pub(super) fn ids(bank: &EfuseBank) -> BTreeSet<&'static str> {
    of(bank)
        .findings
        .iter()
        .map(|found| found.lint.id)
        .collect()
}

/// Those of the findings that are no notes.
fn weaknesses(bank: &EfuseBank) -> BTreeSet<&'static str> {
    let audit = of(bank);
    let found = audit.findings.iter();
    found
        .filter(|found| found.severity != Severity::Note)
        .map(|found| found.lint.id)
        .collect()
}

pub(super) fn finding(bank: &EfuseBank, id: &str) -> Finding {
    let audit = of(bank);
    let found = audit.findings.iter().find(|found| found.lint.id == id);
    found
        .unwrap_or_else(|| panic!("no {id}: {:?}", ids(bank)))
        .clone()
}

/// `change` on a release configuration makes exactly this weakness more.
#[track_caller]
fn only(chip: Chip, id: &str, change: impl Fn(&mut EfuseBank)) -> Finding {
    let before = release(chip);
    assert!(!ids(&before).contains(id), "{chip}: {id} before");
    let mut bank = before.clone();
    change(&mut bank);
    let more: Vec<_> = ids(&bank).difference(&ids(&before)).copied().collect();
    assert_eq!(more, [id], "{chip}");
    finding(&bank, id)
}

#[test]
fn lints_are_well_formed() {
    let all: Vec<&Lint> = LINTS.iter().copied().flatten().collect();
    let ids: BTreeSet<_> = all.iter().map(|lint| lint.id).collect();
    assert_eq!(ids.len(), all.len());
    for lint in all {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(lint.id.chars().all(kebab), "{}", lint.id);
        assert!(
            lint.why.ends_with(['.', ')']) && lint.mend.ends_with('.'),
            "{}",
            lint.id
        );
        assert!(
            !lint.title.ends_with('.') && !lint.title.is_empty(),
            "{}",
            lint.id
        );
        if let Proof::None(why) = lint.proof {
            assert!(why.starts_with("no run: "), "{}", lint.id);
        }
    }
}

#[test]
fn a_release_configuration_is_clean() {
    for chip in CHIPS {
        let bank = release(chip);
        assert_eq!(weaknesses(&bank), BTreeSet::new(), "{chip}");
        assert!(of(&bank).is_clean());
    }
    assert_eq!(
        ids(&release(Chip::Esp32)),
        [
            "anti-rollback-absent",
            "cache-switch-writable",
            "crypt-config-writable"
        ]
        .into()
    );
    let later = [
        "aggressive-revoke-off",
        "anti-rollback-absent",
        "download-mode-more-ways",
        "rom-prints",
    ];
    assert_eq!(ids(&release(Chip::Esp32C3)), later.into());
    assert_eq!(ids(&release(Chip::Esp32S3)), later.into());
}

#[test]
fn development_mode_has_its_weaknesses() {
    let esp32 = encrypted(Chip::Esp32, EncryptionMode::Development);
    assert_eq!(
        weaknesses(&esp32),
        [
            "crypt-counter-open",
            "development-mode",
            "download-mode-encrypts",
            "download-mode-open",
            "secure-boot-off",
        ]
        .into()
    );
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let bank = encrypted(chip, EncryptionMode::Development);
        assert_eq!(
            weaknesses(&bank),
            [
                "crypt-counter-open",
                "development-mode",
                "download-mode-encrypts",
                "download-mode-open",
                "secure-boot-off",
                // WR_DIS bit 2, which ESP-IDF burns for DIS_ICACHE, protects DIS_DOWNLOAD_MANUAL_ENCRYPT too.
                "wr-dis-trap",
            ]
            .into(),
            "{chip}"
        );
        assert!(!finding(&bank, "download-mode-encrypts").can_be_mended);
        assert!(finding(&bank, "crypt-counter-open").can_be_mended);
    }
}

#[test]
fn a_factory_fresh_chip_is_open() {
    for chip in CHIPS {
        let bank = factory(chip);
        let found = weaknesses(&bank);
        for id in [
            "flash-encryption-off",
            "jtag-open",
            "download-mode-open",
            "secure-boot-off",
        ] {
            assert!(found.contains(id), "{chip}: {id}");
        }
        for id in [
            "crypt-counter-open",
            "flash-key-readable",
            "flash-key-weak",
            "wr-dis-trap",
        ] {
            assert!(!found.contains(id), "{chip}: {id}");
        }
        assert_eq!(finding(&bank, "secure-boot-off").evidence.proof, None);
    }
}

/// What a lint says mends its weakness does.
#[test]
fn fixes_mend() {
    let mut fixed = BTreeSet::new();
    for chip in CHIPS {
        let open = factory(chip);
        let mut unprotected = factory(chip);
        let key = key(32);
        match chip {
            Chip::Esp32 => unprotected
                .burn_flash_encryption(&FlashEncryption {
                    protect_crypt_cnt: false,
                    read_protect_key: false,
                    write_protect_key: false,
                    disable_dl_encrypt: false,
                    disable_dl_decrypt: false,
                    disable_dl_cache: false,
                    disable_jtag: false,
                    disable_console: false,
                    ..FlashEncryption::release(&key)
                })
                .unwrap(),
            _ => unprotected
                .burn_xts_encryption(&XtsEncryption {
                    key_protection: KeyProtection::NONE,
                    switches: Vec::new(),
                    protect_switches: false,
                    ..XtsEncryption::development(&key)
                })
                .unwrap(),
        }
        let mut booting = unprotected.clone();
        burn_secure_boot(&mut booting);
        for bank in [open, unprotected, booting] {
            for found in of(&bank).findings {
                if found.evidence.fixes.is_empty() {
                    continue;
                }
                let id = found.lint.id;
                assert!(found.can_be_mended, "{chip}: {id}");
                let mut mended = bank.clone();
                assert!(apply(&mut mended, &found.evidence.fixes));
                assert!(!ids(&mended).contains(id), "{chip}: {id}");
                fixed.insert(id);
            }
        }
    }
    assert!(fixed.len() >= 17, "{fixed:?}");
}

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

#[test]
fn unknown_chips_and_flashes_are_unknown() {
    let bank = release(Chip::Esp32);
    let audit = of(&bank);
    let flash = LINTS
        .iter()
        .copied()
        .flatten()
        .filter(|lint| lint.needs_flash);
    assert_eq!(audit.unknown.len(), flash.count());
    let total = LINTS.iter().copied().flatten().count();
    let told = audit.passed.len() + audit.not_applicable.len() + audit.unknown.len();
    assert!(told < total && told + ids(&bank).len() == total);
    let Some(chip) = Chip::ALL
        .into_iter()
        .find(|chip| EfuseBank::blank(*chip).fields().is_empty())
    else {
        return;
    };
    assert_eq!(of(&EfuseBank::blank(chip)).unknown.len(), total);
}

/// Any bits whatever: the audit answers.
#[test]
fn no_bits_make_it_panic() {
    use proptest::prelude::*;
    proptest!(ProptestConfig::with_cases(64), |(chip in 0..3usize, words in proptest::collection::vec(any::<u32>(), 11 * 8))| {
        let mut bank = EfuseBank::blank(CHIPS[chip]);
        for block in (0..bank.block_count()).rev() {
            let count = bank.block_words(block);
            bank.burn_block(block, &words[block * 8..block * 8 + count]);
        }
        let audit = of(&bank);
        let sorted = audit.findings.is_sorted_by_key(|found| found.severity);
        prop_assert!(sorted);
    });
}
