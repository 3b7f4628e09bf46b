//! Whole configurations: what ESP-IDF and factories leave, what mends them, and any bits whatever.

use super::*;

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
