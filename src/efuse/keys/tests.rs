//! Tests of key blocks and purposes.

use super::*;
use crate::chip::Chip;
use crate::efuse::XtsKey;
use crate::efuse::purpose::NAMES;

fn key(first: u8) -> [u8; 32] {
    std::array::from_fn(|i| first.wrapping_add(i as u8))
}

fn burn(bank: &mut EfuseBank, slot: usize, purpose: KeyPurpose) -> Result<(), KeyError> {
    bank.burn_key(
        slot,
        purpose,
        &key(slot as u8),
        KeyProtection::usual(purpose),
    )
}

#[test]
fn names_go_both_ways() {
    for (purpose, name) in NAMES {
        assert_eq!(purpose.to_string(), name);
        assert_eq!(name.to_lowercase().replace('_', "-").parse(), Ok(purpose));
    }
    let error = "XTS".parse::<KeyPurpose>().unwrap_err().to_string();
    assert!(error.contains("\"XTS\"") && error.contains("XTS_AES_128_KEY"));
    assert_eq!(KeyPurpose::Other(13).to_string(), "CUSTOM_13");
}

#[test]
fn keys_are_found_by_purpose() {
    let mut bank = EfuseBank::blank(Chip::Esp32C3);
    assert_eq!((bank.key_slots(), bank.key_purpose(6)), (6, None));
    assert_eq!(bank.key_slot_of(KeyPurpose::XtsAes128Key), None);
    burn(&mut bank, 2, KeyPurpose::XtsAes128Key).unwrap();
    burn(&mut bank, 5, KeyPurpose::HmacUp).unwrap();
    assert_eq!(bank.key_slot_of(KeyPurpose::XtsAes128Key), Some(2));
    assert_eq!(bank.key_purpose(2), Some(KeyPurpose::XtsAes128Key));
    let mut reversed = key(2);
    reversed.reverse();
    assert_eq!((bank.key_block(2), bank.key_block(5)), (reversed, key(5)));
    assert_eq!(bank.flash_xts_key(), XtsKey::Aes128(key(2)));
    assert!((0..8).all(|word| bank.software_word(6, word) == 0));
    assert_eq!(bank.coding_errors(), []);
    let [key, purpose] = [bank.key_field(2), bank.key_purpose_field(2)].map(Option::unwrap);
    assert!(bank.is_write_protected(key) && bank.is_write_protected(purpose));
    assert_eq!(bank.free_key_slot(KeyPurpose::User), Some(0));
}

#[test]
fn halves_of_a_512_bit_key() {
    let mut bank = EfuseBank::blank(Chip::Esp32S3);
    assert_eq!(bank.flash_xts_key(), XtsKey::Aes128([0; 32]));
    burn(&mut bank, 3, KeyPurpose::XtsAes256Key2).unwrap();
    let half = bank.flash_xts_key();
    assert_eq!(half.as_bytes(), [[0; 32], key(3)].concat());
    burn(&mut bank, 0, KeyPurpose::XtsAes128Key).unwrap();
    assert_eq!(bank.flash_xts_key(), half);
    burn(&mut bank, 1, KeyPurpose::XtsAes256Key1).unwrap();
    let whole = [key(1), key(3)].concat();
    assert_eq!(bank.flash_xts_key().as_bytes(), whole);
}

#[test]
fn what_cannot_be_burned_is_named() {
    let mut bank = EfuseBank::blank(Chip::Esp32C3);
    burn(&mut bank, 0, KeyPurpose::XtsAes128Key).unwrap();
    let before = bank.clone();
    let mut text = |slot, purpose| burn(&mut bank, slot, purpose).unwrap_err().to_string();
    use KeyPurpose::*;
    assert_eq!(
        text(6, User),
        "esp32c3 has no key block 6: it has 6 key blocks with a purpose, from 0"
    );
    assert_eq!(
        text(1, XtsAes256Key1),
        "esp32c3 has no key purpose XTS_AES_256_KEY_1"
    );
    assert!(text(5, XtsAes128Key).starts_with("BLOCK_KEY5 of esp32c3 cannot have"));
    assert!(text(1, XtsAes128Key).starts_with("BLOCK_KEY0 has the purpose XTS_AES_128_KEY"));
    assert_eq!(
        text(0, HmacUp),
        "BLOCK_KEY0 is in use: its purpose is XTS_AES_128_KEY"
    );
    let error = bank.burn_key(1, HmacUp, &[1; 64], KeyProtection::NONE);
    assert_eq!(
        error.unwrap_err().to_string(),
        "key of 64 bytes: HMAC_UP of esp32c3 takes 32 bytes"
    );
    assert_eq!(bank, before);
    bank.write_protect(bank.key_purpose_field(1).unwrap());
    let error = burn(&mut bank, 1, HmacUp).unwrap_err().to_string();
    assert_eq!(error, "eFuse field KEY_PURPOSE_1 is write-protected");
    let field = bank.table().rd_dis;
    bank.write_protect(&field);
    let error = burn(&mut bank, 2, HmacUp).unwrap_err().to_string();
    assert_eq!(error, "eFuse field RD_DIS is write-protected");
    assert!(bank.is_blank(6));
    let error = burn(&mut EfuseBank::blank(Chip::Esp32), 0, User).unwrap_err();
    assert!(matches!(error, KeyError::Esp32Block { block: 0, .. }));
}
