//! Tests of XTS-AES, against espsecure and against crate `xts-mode`.

use aes::cipher::{Array, KeyInit};
use aes::{Aes128, Aes256};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use xts_mode::{Xts128, get_tweak_default};

use crate::chip::Chip;
use crate::flash_cipher::{CipherError, FlashCipher};
use crate::hex;

/// What espsecure makes of [`plain`] with the key 01 02 … of this many bytes.
struct Known {
    chip: Chip,
    key_len: u8,
    /// SHA-256 by address, from [`ADDRESSES`].
    digests: [&'static str; 3],
    /// The first 48 bytes, encrypted at 0x10020: inside of a unit.
    inside: &'static str,
    /// The first 32 bytes, encrypted at 0x20070: across the border of two units.
    across: &'static str,
}

/// Aligned to a block, to a unit, and such that the end is that of the 32-bit address space.
const ADDRESSES: [u32; 3] = [0x9A_5C10, 0x1000, 0xFFFE_FFF0];

/// esptool 5.6: `espsecure encrypt-flash-data --aes-xts --keyfile KEY --address ADDRESS -o OUT PLAIN`.
const ESPSECURE: [Known; 3] = [
    Known {
        chip: Chip::Esp32C2,
        key_len: 16,
        digests: [
            "cbd5d1988c33a41632b6dc011fe250adf0d6a72ab1c57e86a43ee83efac13827",
            "9d89cc5a01810a35c455f2fd60b79061dba5e07a58f8d6352b2c8462995d48e0",
            "cb07d1a79ba3ee1e1837d60ed9802c61b4d747f7f9be88bd6d565c534f0acb4d",
        ],
        inside: "031762f4880e415f80c6faf56806c098c25c90f4f270becb\
                 2d906b3c85197aca1cbdfbdfde28f577fa82b08602648a6a",
        across: "2ba04a0674ff344369579a1ad36cbb1157aca7ab1462e98b1986e0adb36ee6be",
    },
    Known {
        chip: Chip::Esp32C3,
        key_len: 32,
        digests: [
            "501d09d251f3cea1a33eed2ee079528adde2544bc48840b2885e4909e9b35ea8",
            "0e58642b3dc662f5a0779f131fbf4c0fc870c95078ee8554ab5108c145cf01c2",
            "265842de31ac353d5131091530d4e9a42546ec30cb025a6a2179872147ebf925",
        ],
        inside: "18df9a7215494325ea6d0c8f4411b8d6f1eba048c772bacb\
                 9eba1d1a0c9d9302fad14d03c4d4f53cc8dbb8ea19efd69b",
        across: "ba36724063e9044ad8f98036510571ae02a429018741e2059e85e91e507375ce",
    },
    Known {
        chip: Chip::Esp32S3,
        key_len: 64,
        digests: [
            "191bd1f2ea7be2694e6007edb67982ffe409390b1b5eed3581b4f38645dbbe6c",
            "b3c6409c0fd9b34848271540acd4c496028e802f702e023b78c162591dd298f8",
            "0a783d64162f69de5bebd7af435b9e39e332f62ae30c9e295b5a583cec542159",
        ],
        inside: "44031e5d59b0617cf937ca79066270e0e3ccc3e175b919a7\
                 793b7d86d9d5a5225f51e7705ae795a5895bd9c236f9a214",
        across: "e7db1864a8181b0922bf15a613d6d748b15e2329a69caba12061af3644043ca1",
    },
];

fn plain() -> Vec<u8> {
    (0u32..65_552)
        .map(|i| (i * 7 + (i >> 8) + 3) as u8)
        .collect()
}

#[test]
fn espsecure_agrees() {
    for known in ESPSECURE {
        let key: Vec<u8> = (1..=known.key_len).collect();
        let cipher = FlashCipher::for_key_file(known.chip, &key, None).unwrap();
        for (address, digest) in ADDRESSES.into_iter().zip(known.digests) {
            let mut data = plain();
            cipher.try_encrypt(address, &mut data).unwrap();
            assert_eq!(hex::encode(Sha256::digest(&data)), digest, "{address:#x}");
            cipher.try_decrypt(address, &mut data).unwrap();
            assert_eq!(data, plain());
        }
        let pieces = [(0x1_0020, 48, known.inside), (0x2_0070, 32, known.across)];
        for (address, len, wanted) in pieces {
            let mut data = plain()[..len].to_vec();
            cipher.encrypt(address, &mut data);
            assert_eq!(hex::encode(data), wanted, "{address:#x}");
        }
    }
}

#[test]
fn errors_name_chip_and_lengths() {
    let text = |chip, len| {
        FlashCipher::xts(chip, &vec![1; len])
            .unwrap_err()
            .to_string()
    };
    let cases = [
        (Chip::Esp32C3, 64, "XTS-AES-256"),
        (Chip::Esp32C3, 64, "must have 32 bytes"),
        (Chip::Esp32S3, 16, "128 bits"),
        (Chip::Esp32S3, 33, "64 bytes for XTS-AES-256, or 32 bytes"),
        (Chip::Esp32C2, 24, "32 bytes, or 16 bytes"),
        (Chip::Esp32, 32, "without XTS-AES"),
    ];
    for (chip, len, part) in cases {
        let text = text(chip, len);
        assert!(text.contains(part), "{text}");
        assert!(text.contains(chip.name()), "{text}");
    }
    let chip = Chip::Esp32C6;
    assert_eq!(
        FlashCipher::for_key_file(chip, &[1; 32], Some(15)).unwrap_err(),
        CipherError::NoCryptConfig { chip }
    );
}

/// What crate `xts-mode` makes of whole units.
fn oracle(key: &[u8], address: u32, data: &mut [u8], encrypt: bool) {
    for (number, unit) in data.chunks_mut(128).enumerate() {
        let tweak = get_tweak_default(u128::from(address) + 128 * number as u128);
        unit.reverse();
        if let Ok(key) = <&[u8; 32]>::try_from(key) {
            let half = |range| Aes128::new(&Array::try_from(&key[range]).unwrap());
            let xts = Xts128::new(half(0..16), half(16..32));
            in_direction(&xts, unit, tweak, encrypt);
        } else {
            let half = |range| Aes256::new(&Array::try_from(&key[range]).unwrap());
            let xts = Xts128::new(half(0..32), half(32..64));
            in_direction(&xts, unit, tweak, encrypt);
        }
        unit.reverse();
    }
}

fn in_direction<C>(xts: &Xts128<C>, unit: &mut [u8], tweak: aes::Block, encrypt: bool)
where
    C: aes::cipher::BlockCipherEncrypt
        + aes::cipher::BlockCipherDecrypt
        + aes::cipher::BlockSizeUser<BlockSize = aes::cipher::typenum::U16>,
{
    if encrypt {
        xts.encrypt_sector(unit, tweak);
    } else {
        xts.decrypt_sector(unit, tweak);
    }
}

fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(step).take(len).collect()
}

proptest! {
    /// Crate `xts-mode` agrees in both directions, at every place in the batches and rows that units are worked on in.
    #[test]
    fn equals_another_implementation(
        seed: u64, wide: bool, encrypt: bool, unit in 0u32..0x100_0000, units in 0usize..600,
        cut in 0usize..8, shorter in 0usize..8,
    ) {
        let key = noise(seed, if wide { 64 } else { 32 });
        let cipher = FlashCipher::xts(Chip::Esp32S3, &key).unwrap();
        let plain = noise(!seed, units * 128);
        let mut wanted = plain.clone();
        oracle(&key, unit * 128, &mut wanted, encrypt);
        let start = (cut * 16).min(plain.len());
        let end = (plain.len() - (shorter * 16).min(plain.len())).max(start);
        let mut got = plain;
        let (offset, part) = (unit * 128 + start as u32, &mut got[start..end]);
        if encrypt {
            cipher.try_encrypt(offset, part).unwrap();
        } else {
            cipher.try_decrypt(offset, part).unwrap();
        }
        prop_assert_eq!(part, &wanted[start..end]);
    }

    /// Cutting the data anywhere changes nothing, and reading undoes writing.
    #[test]
    fn round_trips(seed: u64, wide: bool, block in 0u32..0x1000_0000, blocks in 0usize..40, cut in 0usize..40) {
        let key = noise(seed, if wide { 64 } else { 32 });
        let cipher = FlashCipher::xts(Chip::Esp32S3, &key).unwrap();
        let clear = noise(!seed, blocks * 16);
        let offset = block * 16;
        let mut whole = clear.clone();
        cipher.encrypt(offset, &mut whole);
        let mut cut_up = clear.clone();
        let cut = cut.min(blocks) * 16;
        let (first, second) = cut_up.split_at_mut(cut);
        cipher.encrypt(offset, first);
        cipher.encrypt(offset.wrapping_add(cut as u32), second);
        prop_assert_eq!(&whole, &cut_up);
        cipher.decrypt(offset, &mut whole);
        prop_assert_eq!(whole, clear);
    }

    /// A trailing piece of a block stays as it is, and the offset is rounded down.
    #[test]
    fn unaligned_data_is_left(len in 0usize..300, offset: u32) {
        let cipher = FlashCipher::xts(Chip::Esp32C3, &noise(1, 32)).unwrap();
        let clear = noise(2, len);
        let mut data = clear.clone();
        cipher.encrypt(offset, &mut data);
        let whole = len - len % 16;
        prop_assert_eq!(&data[whole..], &clear[whole..]);
        cipher.decrypt(offset & !15, &mut data);
        prop_assert_eq!(data, clear);
    }
}
