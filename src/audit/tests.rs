//! Each lint fires where it must and nowhere else.

mod boot;
mod configurations;
mod encryption;

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
