//! Tests of the flash cipher of the ESP32, against espsecure.

use sha2::{Digest, Sha256};

use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::efuse::tables::esp32::{CODING_SCHEME, FLASH_CRYPT_CONFIG};
use crate::flash_cipher::{CipherError, FlashCipher};
use crate::hex;
use proptest::prelude::*;

/// SHA-256 of what espsecure made of [`plain`] at [`ADDRESS`], by FLASH_CRYPT_CONFIG: with the 32-byte key 01 02 …
/// 20, and with the 24-byte key 01 02 … 18. esptool 5.6:
/// `espsecure encrypt-flash-data --keyfile KEY --address 0x9A5C10 --flash-crypt-conf CONFIG -o OUT PLAIN`
const ESPSECURE: [(&str, &str); 16] = [
    (
        "0e0da629aa46df434c9623f35c1da595da6b1dd220dbd549c07dc1441df70c84",
        "7bd0cb50c8883beb1c9980177edaa0b086a16e82c04fbcc7c2d9b5046c10b15b",
    ),
    (
        "f7e9cfd525b5a43ac096130f3c24c1a6710fa45c959d3a17808076eba45fa3f7",
        "96ea8c1adfb201027b4ba4576dc30bd1a5c358035a338d8ae833a58830d042a6",
    ),
    (
        "5aad396860b196068004a7703fd548a38b3a732bf752e5c61b05ffd43c06e6c6",
        "200c161dbacb5ad259f707273e4e3b4f510f61461bb921e85e3010c4c59bbe39",
    ),
    (
        "18138bd1460371b178ad55c53262aee7531ec8115ec9674f661fa9c8652416e8",
        "e030edbe6ed3c733a23f99e1573fd74e8b003cd9b0f12b9013a7b74597c50d22",
    ),
    (
        "529574b258ce8edde8812e1fddfa61fce335181687eb301f62c2c5c7e0fcef3c",
        "6b6ba9af13a23796e502ee4546bf5669e27264edc0e95a7a97eb3ef975a5d8a8",
    ),
    (
        "50b9750aab8f557238825ea342545ffed45a8aac619c43cf4141157b4945f1d1",
        "2a0b5750adc1b5830c292ebd5ba60a9bb17453d8cf860824bacd23ebfd2fc1b2",
    ),
    (
        "4ef3e7bf58176eb34fd01dd049b269d97c52590bd7858f5b936282c106a97d72",
        "2dd026623ff6639069ee2b5508ca8f1e16a613220c114cf6594fc77bb4fcaf23",
    ),
    (
        "380b43c6b81d0cf79243990a1b16c18ee0bd5e1c44e20e2305fda99a7748c9a6",
        "955341c0fc5d6a120c3dae593a4b9a343a6baa85e3df212a5027f42f77008de8",
    ),
    (
        "4b5fd8549697c77adc3b040045b12869e899b2875e291feb52d251b7337eb671",
        "b90bb0f5d9f17c995677f59ed473fc2da05928f19ecf7eb9743a05ffb19b627c",
    ),
    (
        "620f4eb11a87f63f333a47d430252fe270a4c75bd34be1999b2f41fabf41712a",
        "08ebc5800fc8b44ea32c8663042be98a2dcf931a07bd7012fe4c6a35d3c16141",
    ),
    (
        "24dcae477938bf6c30535507d927d50d9dca166d7aead5b0804598c1efa07bb6",
        "46b061495ff8f660756a3536e0c9e5ea99305c8c79eac0ff0f77cecd16cf8319",
    ),
    (
        "319ba5e31b1f84a49360aba3a93ebd1cb1ab58a9c52077b15f8b7cfa47bba4e3",
        "42018cd0dcd4b0d7de7b4dfb1bdc42067070ebc9ae7a57140c526475805de466",
    ),
    (
        "32e281e95b2feb54eeb40557305d94dcf9607c549e224b998fcd7ab1101bf9bf",
        "64d70041ccbf2901923e0f122b1e5194ac2cd899dd418825c9f0874c7e291483",
    ),
    (
        "a60785825ade0cb98218f7e7d84ae43720633fdff22d8a621d272dec41fcaa0b",
        "eef42014be7e377a41879f9f1df3c612bf4a56df3a9b85e609ab4dc16c9ff48c",
    ),
    (
        "4bd8d7f8f08adcdcdb1ca380d53a9b6b39736f7e3b916c0c82a3c27ad0d8926d",
        "170557698ad7c9fd9a36c9304337830b549de4d9320819bbb1d52a889a461647",
    ),
    (
        "a7017a8b4027525273229d09759bb5be8d5a886b2c787eec1a18ffc46ada6ac2",
        "864dc0632a003435a97bfd77b3b3261bd65597803e057e9d2211b477744a1ad7",
    ),
];
const ADDRESS: u32 = 0x9A_5C10;

/// esptool 5.6: `espsecure encrypt-flash-data --keyfile KEY --address 0xFFFFE0 -o OUT PLAIN`, first 32 bytes of
/// [`plain`], 32-byte key as above.
const LAST_UNIT_OF_16_MB: &str = "976530753ff6517685dc85f91783499a06935b59004576dcb5802b8f6f4f89bd";

fn plain() -> Vec<u8> {
    (0u32..65_552)
        .map(|i| (i * 7 + (i >> 8) + 3) as u8)
        .collect()
}

fn key(len: u8) -> Vec<u8> {
    (1..=len).collect()
}

#[test]
fn espsecure_agrees_on_every_configuration() {
    for (config, (with_256, with_192)) in ESPSECURE.into_iter().enumerate() {
        for (len, wanted) in [(32, with_256), (24, with_192)] {
            let cipher = FlashCipher::esp32(&key(len), config as u8).unwrap();
            let mut data = plain();
            cipher.encrypt(ADDRESS, &mut data);
            assert_eq!(hex::encode(Sha256::digest(&data)), wanted, "{config} {len}");
            cipher.decrypt(ADDRESS, &mut data);
            assert_eq!(data, plain());
        }
    }
}

#[test]
fn last_unit() {
    let mut data = plain()[..32].to_vec();
    let cipher = FlashCipher::esp32(&key(32), 0xF).unwrap();
    cipher.encrypt(0xFF_FFE0, &mut data);
    assert_eq!(hex::encode(data), LAST_UNIT_OF_16_MB);
}

/// The address bits by key bit as a list, one after the other (esptool `espsecure`).
#[test]
fn tweak_follows_the_list_of_address_bits() {
    let runs: [(usize, usize); 4] = [(14, 5), (12, 5), (10, 5), (8, 5)];
    let list: Vec<usize> = runs
        .into_iter()
        .flat_map(|run| [(23, 5), (23, 5), (23, 5), run])
        .flat_map(|(high, low)| (low..=high).rev())
        .collect();
    assert_eq!(list.len(), 256);
    for address in [0u32, 0x20, 0xFF_FFE0, 0x12_3440, 0xFFFF_FFFF, 0xA5_A5A0] {
        let words = super::tweak(address);
        for (bit, from) in list.iter().enumerate() {
            let got = words[bit / 64] >> (63 - bit % 64) & 1;
            assert_eq!(got, u64::from(address >> from & 1), "{address:#x} {bit}");
        }
    }
}

#[test]
fn errors_name_the_lengths() {
    let text = FlashCipher::esp32(&key(31), 0).unwrap_err().to_string();
    for part in ["31", "32", "24"] {
        assert!(text.contains(part), "{text}");
    }
    let error = FlashCipher::esp32(&key(32), 16).unwrap_err();
    assert_eq!(error, CipherError::CryptConfig { value: 16 });
    let cipher = FlashCipher::esp32(&key(32), 15).unwrap();
    let mut data = plain()[..48].to_vec();
    let results = [
        cipher.try_decrypt(8, &mut data),
        cipher.try_encrypt(16, &mut data[..17]),
        cipher.try_encrypt(0xFFFF_FFE0, &mut data),
    ];
    let wanted = [
        CipherError::Offset { offset: 8 },
        CipherError::Length { len: 17 },
        CipherError::End {
            offset: 0xFFFF_FFE0,
            len: 48,
        },
    ];
    assert_eq!(results, wanted.map(Err));
    assert_eq!(data, plain()[..48]);
    assert_eq!(cipher.try_encrypt(0xFFFF_FFE0, &mut data[..32]), Ok(()));
}

#[test]
fn without_tweak_moved_blocks_decrypt() {
    let cipher = FlashCipher::esp32(&key(32), 0).unwrap();
    let mut data = [0x5A; 64];
    cipher.encrypt(0x1000, &mut data);
    assert_eq!(data[..16], data[16..32]);
    cipher.decrypt(0x8_0010, &mut data);
    assert_eq!(data, [0x5A; 64]);
}

fn bank(key_file: &[u8], config: u8) -> EfuseBank {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.burn(&CODING_SCHEME, u64::from(key_file.len() == 24))
        .unwrap();
    bank.burn(&FLASH_CRYPT_CONFIG, config.into()).unwrap();
    bank.burn_flash_key(key_file).unwrap();
    bank
}

proptest! {
    /// Cutting the data anywhere changes nothing, and reading undoes writing; eFuses and key files agree.
    #[test]
    fn round_trips(
        key: [u8; 32], short: bool, config in 0u8..16, block in 0u32..0x10_0000,
        blocks in 0usize..12, cut in 0usize..12, byte: u8
    ) {
        let key = &key[..if short { 24 } else { 32 }];
        let cipher = FlashCipher::esp32(key, config).unwrap();
        let offset = block * 16;
        let clear: Vec<u8> = (0..blocks * 16).map(|i| byte.wrapping_add(i as u8)).collect();
        let mut whole = clear.clone();
        cipher.encrypt(offset, &mut whole);
        let mut cut_up = clear.clone();
        let cut = cut.min(blocks) * 16;
        let (first, second) = cut_up.split_at_mut(cut);
        cipher.try_encrypt(offset, first).unwrap();
        cipher.try_encrypt(offset + cut as u32, second).unwrap();
        prop_assert_eq!(&whole, &cut_up);
        FlashCipher::from_efuses(&bank(key, config)).decrypt(offset, &mut whole);
        prop_assert_eq!(whole, clear);
    }

    /// A trailing piece of a block stays as it is, and the offset is rounded down.
    #[test]
    fn unaligned_data_is_left(len in 0usize..70, offset: u32) {
        let cipher = FlashCipher::esp32(&key(32), 0xF).unwrap();
        let mut data = plain()[..len].to_vec();
        cipher.encrypt(offset, &mut data);
        let whole = len - len % 16;
        prop_assert_eq!(&data[whole..], &plain()[whole..len]);
        cipher.decrypt(offset & !15, &mut data);
        prop_assert_eq!(data, &plain()[..len]);
    }
}
