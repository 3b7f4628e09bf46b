//! Flash keys from key blocks, and the ESP32-C2's shared one.

use super::*;
use crate::flash_cipher::FlashCipher;

/// Key blocks as the eFuses hold them.
fn blocks(held: &[(KeyPurpose, u8)]) -> impl Fn(KeyPurpose) -> Option<[u8; 32]> {
    let held = held.to_vec();
    move |purpose| {
        let (_, first) = held.iter().find(|(of, _)| *of == purpose)?;
        let mut block: [u8; 32] = std::array::from_fn(|i| first + i as u8);
        block.reverse();
        Some(block)
    }
}

fn file(first: u8) -> [u8; 32] {
    std::array::from_fn(|i| first + i as u8)
}

fn halves(first: [u8; 32], second: [u8; 32]) -> XtsKey {
    let mut key = [0; 64];
    key[..32].copy_from_slice(&first);
    key[32..].copy_from_slice(&second);
    XtsKey::Aes256(key)
}

#[test]
fn every_combination_of_key_blocks() {
    use KeyPurpose::{XtsAes128Key as Whole, XtsAes256Key1 as First, XtsAes256Key2 as Second};
    let zero = [0; 32];
    let cases = [
        (vec![], XtsKey::Aes128(zero)),
        (vec![(Whole, 3)], XtsKey::Aes128(file(3))),
        (vec![(First, 5)], halves(file(5), zero)),
        (vec![(Second, 7)], halves(zero, file(7))),
        (vec![(Whole, 3), (Second, 7)], halves(zero, file(7))),
        (vec![(Second, 7), (First, 5)], halves(file(5), file(7))),
        (vec![(KeyPurpose::User, 9)], XtsKey::Aes128(zero)),
    ];
    for (held, wanted) in cases {
        assert_eq!(XtsKey::from_blocks(true, blocks(&held)), wanted, "{held:?}");
    }
    let held = [(First, 5), (Second, 7)];
    let without_512 = XtsKey::from_blocks(false, blocks(&held));
    assert_eq!(without_512, XtsKey::Aes128(zero));
}

fn c2() -> EfuseBank {
    EfuseBank::blank(Chip::Esp32C2)
}

/// The cipher from the eFuses is that of the key file, for both lengths.
#[test]
fn c2_key_files_and_efuses_agree() {
    for (len, purpose) in [
        (16, KeyPurpose::XtsAes128DerivedKey),
        (32, KeyPurpose::XtsAes128Key),
    ] {
        let key = &file(1)[..len];
        let mut bank = c2();
        let usual = KeyProtection::usual(purpose);
        bank.burn_key(0, purpose, key, usual).unwrap();
        let (mut a, mut b) = ([7; 64], [7; 64]);
        FlashCipher::from_efuses(&bank).encrypt(0x1000, &mut a);
        let from_file = FlashCipher::xts(Chip::Esp32C2, key).unwrap();
        from_file.encrypt(0x1000, &mut b);
        assert_eq!(a, b, "{purpose}");
        assert_eq!(bank.rd_dis(), if len == 16 { 1 } else { 3 });
        assert_eq!(bank.get(&XTS_KEY_LENGTH_256), u64::from(len == 32));
        assert!(bank.is_write_protected(&LOWER));
        assert_eq!(bank.software_word(3, 0), 0);
        assert_eq!(bank.coding_errors(), []);
    }
}

#[test]
fn c2_key_and_digest_share_the_block() {
    let mut bank = c2();
    let keys: [(KeyPurpose, &[u8]); 2] = [
        (KeyPurpose::SecureBootDigest, &file(60)),
        (KeyPurpose::XtsAes128DerivedKey, &file(1)[..16]),
    ];
    let usual = KeyProtection::usual(KeyPurpose::XtsAes128Key);
    bank.burn_shared_keys(&keys, usual).unwrap();
    assert_eq!(bank.rd_dis(), 1);
    assert_eq!(bank.get_software_bytes(&LOWER), [0; 16]);
    assert_eq!(bank.get_software_bytes(&UPPER), file(60)[..16]);
    let mut derived = [0; 16];
    derived.copy_from_slice(&file(1)[..16]);
    assert_eq!(bank.flash_xts_key(), XtsKey::derived(&derived));
}

#[test]
fn c2_refusals() {
    let none = KeyProtection::NONE;
    let mut bank = c2();
    let text = |bank: &mut EfuseBank, slot, purpose, key: &[u8]| {
        let before = bank.clone();
        let error = bank.burn_key(slot, purpose, key, none).unwrap_err();
        assert_eq!(*bank, before);
        error.to_string()
    };
    assert_eq!(
        text(&mut bank, 0, KeyPurpose::XtsAes128Key, &[1; 16]),
        "key of 16 bytes: XTS_AES_128_KEY of esp32c2 takes 32 bytes"
    );
    assert_eq!(
        text(&mut bank, 0, KeyPurpose::HmacUp, &[1; 32]),
        "esp32c2 has no key purpose HMAC_UP"
    );
    assert!(text(&mut bank, 1, KeyPurpose::User, &[1; 32]).contains("no key block 1"));
    bank.burn_key(0, KeyPurpose::SecureBootDigest, &[1; 16], none)
        .unwrap();
    assert_eq!(
        text(&mut bank, 0, KeyPurpose::XtsAes128DerivedKey, &[1; 16]),
        "BLOCK_KEY0 is in use: its purpose is SECURE_BOOT_DIGEST"
    );
    let both: [(KeyPurpose, &[u8]); 2] = [
        (KeyPurpose::XtsAes128Key, &[1; 32]),
        (KeyPurpose::SecureBootDigest, &[2; 32]),
    ];
    assert!(matches!(
        c2().burn_shared_keys(&both, none),
        Err(KeyError::SlotInUse { .. })
    ));
    assert!(matches!(
        EfuseBank::blank(Chip::Esp32C3).burn_shared_keys(&both, none),
        Err(KeyError::OtherChip { .. })
    ));
}
