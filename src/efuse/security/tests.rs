//! Tests of burning flash encryption.

use super::*;
use crate::chip::Chip;
use proptest::prelude::*;

fn key(len: usize) -> Vec<u8> {
    (1..=len as u8).collect()
}

#[test]
fn release_protects_what_it_says() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    let config = FlashEncryption::release(&key(32));
    bank.burn_flash_encryption(&config).unwrap();
    assert!(bank.flash_encryption_enabled());
    assert_eq!(bank.flash_crypt_config(), 0xF);
    assert_eq!(bank.flash_key()[..], key(32));
    assert_eq!(bank.hardware_word(1, 0), 0x1D1E_1F20);
    assert_eq!(
        (0..8).map(|word| bank.software_word(1, word)).max(),
        Some(0)
    );
    assert!(bank.is_write_protected(&esp32::BLOCK1));
    assert_eq!(bank.burn_word(1, 0, u32::MAX), BurnOutcome::Protected);
    assert_eq!(
        bank.burn(&esp32::FLASH_CRYPT_CNT, 3),
        Ok(BurnOutcome::Protected)
    );
    assert_eq!(
        bank.burn(&esp32::UART_DOWNLOAD_DIS, 1),
        Ok(BurnOutcome::Protected)
    );
    assert!(bank.flash_encryption_enabled());
    for name in [
        "DISABLE_DL_ENCRYPT",
        "DISABLE_DL_DECRYPT",
        "DISABLE_DL_CACHE",
        "JTAG_DISABLE",
        "CONSOLE_DEBUG_DISABLE",
    ] {
        assert_eq!(bank.get(bank.field(name).unwrap()), 1, "{name}");
    }
    assert_eq!(bank.burn_flash_encryption(&config), Err(KeyError::InUse));
}

#[test]
fn development_counter_goes_on() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    let config = FlashEncryption::development(&key(32));
    bank.burn_flash_encryption(&config).unwrap();
    assert_eq!(
        bank.burn(&esp32::FLASH_CRYPT_CNT, 3),
        Ok(BurnOutcome::Burned)
    );
    assert!(!bank.flash_encryption_enabled());
}

#[test]
fn key_lengths_are_named() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    let error = bank.burn_flash_key(&key(24)).unwrap_err().to_string();
    assert!(
        error.contains("24 bytes") && error.contains("32 bytes"),
        "{error}"
    );
    bank.burn(&esp32::CODING_SCHEME, 1).unwrap();
    let error = bank.burn_flash_key(&key(32)).unwrap_err().to_string();
    assert!(
        error.contains("3/4") && error.contains("24 bytes"),
        "{error}"
    );
    bank.burn(&esp32::CODING_SCHEME, 2).unwrap();
    bank.burn_flash_key(&key(32)).unwrap();
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.burn(&esp32::CODING_SCHEME, 2).unwrap();
    let error = bank.burn_flash_key(&key(16)).unwrap_err();
    assert!(matches!(error, KeyError::Scheme { .. }));
}

#[test]
fn three_quarter_key_is_extended() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.burn(&esp32::CODING_SCHEME, 1).unwrap();
    bank.burn_flash_key(&key(24)).unwrap();
    let mut wanted = key(24);
    wanted.extend_from_slice(&key(24)[8..16]);
    assert_eq!(bank.flash_key()[..], wanted);
    assert!(bank.coding_errors().is_empty());
}

#[test]
fn failed_configurations_change_nothing() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.write_protect(&esp32::JTAG_DISABLE);
    let before = bank.clone();
    let config = FlashEncryption::release(&key(32));
    let error = bank.burn_flash_encryption(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "eFuse field JTAG_DISABLE is write-protected"
    );
    assert_eq!(bank, before);
    let config = FlashEncryption {
        crypt_config: 0x10,
        ..config
    };
    let error = bank.burn_flash_encryption(&config).unwrap_err();
    assert!(matches!(error, KeyError::TooWide { value: 0x10, .. }));
}

proptest! {
    #[test]
    fn switches_end_in_their_fields(config in 0u8..16, cnt in 0u8..128, flags: [bool; 9]) {
        let [cnt_wr, config_wr, rd, wr, dle, dld, dlc, jtag, console] = flags;
        let setup = FlashEncryption {
            key_file: key(32), crypt_config: config, crypt_cnt: cnt, protect_crypt_cnt: cnt_wr,
            protect_crypt_config: config_wr, read_protect_key: rd, write_protect_key: wr, disable_dl_encrypt: dle,
            disable_dl_decrypt: dld, disable_dl_cache: dlc, disable_jtag: jtag, disable_console: console,
        };
        let mut bank = EfuseBank::blank(Chip::Esp32);
        bank.burn_flash_encryption(&setup).unwrap();
        prop_assert_eq!(bank.flash_crypt_config(), config);
        prop_assert_eq!(bank.get(&esp32::FLASH_CRYPT_CNT), u64::from(cnt));
        prop_assert_eq!(bank.flash_encryption_enabled(), cnt.count_ones() % 2 == 1);
        prop_assert_eq!(bank.is_write_protected(&esp32::FLASH_CRYPT_CNT), cnt_wr);
        prop_assert_eq!(bank.is_write_protected(&esp32::CODING_SCHEME), config_wr);
        prop_assert_eq!(bank.is_read_protected(&esp32::BLOCK1), rd);
        prop_assert_eq!(bank.is_write_protected(&esp32::BLOCK1), wr);
        prop_assert_eq!(bank.get(&esp32::DISABLE_DL_CACHE), u64::from(dlc));
        prop_assert_eq!(bank.flash_key().to_vec(), key(32));
    }
}
