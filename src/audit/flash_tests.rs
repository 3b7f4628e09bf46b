//! The lints about a flash, on a flash with our own app.

use std::collections::BTreeSet;

use super::*;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::{EncryptionMode, FlashEncryption};
use crate::flash::FlashImage;
use crate::flash::build::{self, FlashPart};
use crate::flash::partition::{
    FLAG_ENCRYPTED, Partition, PartitionTable, SUBTYPE_FACTORY, SUBTYPE_NVS, SUBTYPE_PHY, TYPE_APP,
    TYPE_DATA,
};
use crate::flash_cipher::FlashCipher;

const SIZE: usize = 2 << 20;
const APP: u32 = 0x1_0000;
const TEXT: &[u8] = b"ssid=office, password=correct horse battery staple, token=0123456789";
const ELF: &[u8] = include_bytes!("../../images/esp32-hello/esp32-hello.elf");

fn bank() -> EfuseBank {
    let mut bank = factory();
    bank.burn_encryption_mode(EncryptionMode::Release, &key())
        .unwrap();
    bank
}

fn factory() -> EfuseBank {
    EfuseBank::factory(
        Chip::Esp32,
        ChipRevision::new(3, 0),
        [0x24, 0x0A, 0xC4, 1, 2, 3],
    )
}

fn key() -> Vec<u8> {
    (0..32u8)
        .map(|i| i.wrapping_mul(37).wrapping_add(11))
        .collect()
}

fn table() -> PartitionTable {
    let mut secret = Partition::new("secret", TYPE_DATA, 0x40, 0x18_0000, 0x1000);
    secret.flags = FLAG_ENCRYPTED;
    PartitionTable::new(vec![
        Partition::new("nvs", TYPE_DATA, SUBTYPE_NVS, 0x9000, 0x6000),
        Partition::new("phy", TYPE_DATA, SUBTYPE_PHY, 0xF000, 0x1000),
        Partition::new("factory", TYPE_APP, SUBTYPE_FACTORY, APP, 0x10_0000),
        secret,
        Partition::new("open", TYPE_DATA, 0x41, 0x18_1000, 0x1000),
    ])
}

/// Bootloader, table and app, encrypted as `bank` says.
fn flash(bank: &EfuseBank) -> FlashImage {
    let parts = build::parts_from_elf(Chip::Esp32, ELF, &table(), SIZE).unwrap();
    let mut flash = build::compose(SIZE, &parts).unwrap();
    let cipher = FlashCipher::from_efuses(bank);
    for FlashPart { offset, bytes, .. } in &parts {
        let len = bytes.len().next_multiple_of(0x1000);
        let mut sectors = flash.read_vec(*offset, len);
        cipher.encrypt(*offset, &mut sectors);
        flash.write(*offset, &sectors);
    }
    flash
}

fn found(bank: &EfuseBank, flash: &FlashImage) -> Vec<Finding> {
    let contents = FlashContents::read(bank, flash);
    let audit = audit(&Subject {
        efuses: bank,
        flash: Some(&contents),
    });
    let all = audit.findings.into_iter();
    all.filter(|finding| finding.lint.needs_flash).collect()
}

fn ids(bank: &EfuseBank, flash: &FlashImage) -> BTreeSet<&'static str> {
    found(bank, flash)
        .iter()
        .map(|found| found.lint.id)
        .collect()
}

/// Text in a partition makes exactly this weakness.
#[track_caller]
fn text_makes(offset: u32, id: &str) -> Finding {
    let bank = bank();
    let mut image = flash(&bank);
    image.write(offset, TEXT);
    let all = found(&bank, &image);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].lint.id, id);
    all[0].clone()
}

#[test]
fn an_encrypted_flash_is_clean() {
    let bank = bank();
    let image = flash(&bank);
    assert_eq!(ids(&bank, &image), BTreeSet::new());
    let contents = FlashContents::read(&bank, &image);
    assert_eq!(contents.bootloader, Form::Encrypted);
    assert_eq!(contents.table, Some((0x8000, Form::Encrypted)));
    assert!(contents.repeats.units > 500);
}

#[test]
fn text_where_it_does_not_belong() {
    text_makes(0x9000, "nvs-plaintext");
    assert_eq!(
        text_makes(0xF000, "plaintext-partition").severity,
        Severity::Note
    );
    let open = text_makes(0x18_1000, "plaintext-partition");
    assert_eq!(open.severity, Severity::Medium);
    assert_eq!(open.evidence.place, Some(0x18_1000..0x18_2000));
    text_makes(0x18_0000, "plaintext-flagged-partition");
    let behind = text_makes(0x8_0000, "plaintext-behind-image");
    assert_eq!(behind.evidence.place, Some(0x8_0000..0x8_0100));
}

#[test]
fn ciphertext_is_no_plain_text() {
    let bank = bank();
    let mut image = flash(&bank);
    for offset in [0x9000, 0x8_0000, 0x18_0000, 0x18_1000] {
        let mut bytes = vec![0x55; 0x1000];
        FlashCipher::from_efuses(&bank).encrypt(offset, &mut bytes);
        image.write(offset, &bytes);
    }
    assert_eq!(ids(&bank, &image), BTreeSet::new());
}

#[test]
fn a_plain_flash_on_a_chip_that_encrypts() {
    let bank = bank();
    let parts = build::parts_from_elf(Chip::Esp32, ELF, &table(), SIZE).unwrap();
    let plain = build::compose(SIZE, &parts).unwrap();
    let found = found(&bank, &plain);
    let told: Vec<_> = found.iter().map(|found| found.lint.id).collect();
    assert_eq!(
        told,
        [
            "plaintext-bootloader",
            "plaintext-bootloader",
            "plaintext-app"
        ]
    );
    // Where nothing is encrypted, one finding says it all.
    assert_eq!(ids(&factory(), &plain), BTreeSet::new());
}

#[test]
fn weak_ciphertext_repeats() {
    let mut bank = factory();
    bank.burn_flash_encryption(&FlashEncryption {
        crypt_config: 0,
        ..FlashEncryption::release(&key())
    })
    .unwrap();
    assert_eq!(ids(&bank, &flash(&bank)), ["ciphertext-repeats"].into());
}

#[test]
fn another_key_and_no_flash_at_all() {
    let image = flash(&bank());
    let mut other = factory();
    other
        .burn_encryption_mode(EncryptionMode::Release, &[&key()[1..], &[3]].concat())
        .unwrap();
    assert_eq!(ids(&other, &image), ["flash-unreadable"].into());
    for bytes in [0xFF, 0x00] {
        let blank = FlashImage::from_bytes(&vec![bytes; SIZE]).unwrap();
        found(&bank(), &blank);
        found(&factory(), &blank);
    }
}
