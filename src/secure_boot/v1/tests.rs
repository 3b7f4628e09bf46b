//! Digests and signatures of secure boot v1, against espsecure.

use super::*;
use crate::chip::ChipRevision;
use crate::hex;
use crate::secure_boot::testing::{image, key};

fn iv() -> [u8; IV_LEN] {
    std::array::from_fn(|at| at as u8)
}

fn key_file(len: u8) -> Vec<u8> {
    (0..len).collect()
}

/// Bytes of key file and segment; digest. espsecure 5.6: digest-secure-bootloader --keyfile KEY --iv IV IMAGE, with
/// key 0, 1, 2 …, IV 0, 1, 2 … and the image of [`image`].
const DIGESTS: [(u8, usize, &str); 4] = [
    (
        32,
        5000,
        "81b86f87a7cc02dd73e75a6ef3577fe2a905c16081bdac6058c8b5d97ffe2efc5cec09d4393005489c263479679a1779317a5e7fb2396f70dd667db8681afad5",
    ),
    (
        32,
        5084,
        "f167c13d310fbbd24df063fbc0fae04d41fef04095e9b337fea09c0dae89ec3ab0bd13345cc76e045449e63bc8f12a19b564dbc4ac06b5bbd480a05f14ddbccb",
    ),
    (
        32,
        5120,
        "bb1a11c2e9c45a7fc9fedf1af557ebd1239862608bf1fa48d30077db4d52b2bf9dbb33faed0ce92e5328504ff81f3f672a5d6d20c32a529aad8806914f50ab6f",
    ),
    (
        24,
        5000,
        "0af6a37a45d00908e060e8e1a09cfa30f74e979bf96f7f2d9d2c9c568e9f4189703e63e1835ae17e6460d13e04891bdb3440c897b02da77a70c3bb763bf8c128",
    ),
];

#[test]
fn digests_are_those_of_espsecure() {
    for (key_len, len, expected) in DIGESTS {
        let key = digest_key(&key_file(key_len)).unwrap();
        let flash = digested_bootloader(&key, &iv(), &image(Chip::Esp32, len)).unwrap();
        assert_eq!(flash[..IV_LEN], iv());
        assert_eq!(
            hex::encode(&flash[IV_LEN..][..DIGEST_LEN]),
            expected,
            "{len}"
        );
        assert_eq!(flash.len() % 128, 0);
        assert_eq!(verify_bootloader(&key, &flash), Ok(()));
    }
}

#[test]
fn every_change_to_the_bootloader_is_noticed() {
    let key = digest_key(&key_file(32)).unwrap();
    let flash = digested_bootloader(&key, &iv(), &image(Chip::Esp32, 300)).unwrap();
    for at in (0..192).chain(BOOTLOADER + 32..flash.len()) {
        let mut changed = flash.clone();
        changed[at] ^= 1;
        assert_eq!(
            verify_bootloader(&key, &changed),
            Err(V1Error::Digest),
            "{at}"
        );
    }
    let other = digest_key(&key_file(24)).unwrap();
    assert_eq!(verify_bootloader(&other, &flash), Err(V1Error::Digest));
    let mut erased = flash.clone();
    erased[..192].fill(0xFF);
    assert_eq!(verify_bootloader(&key, &erased), Err(V1Error::NoDigest));
    let len = BOOTLOADER;
    let short = verify_bootloader(&key, &flash[..len]);
    assert_eq!(short, Err(V1Error::TooShort { len }));
    let cut = verify_bootloader(&key, &flash[..len + 40]);
    assert!(matches!(cut, Err(V1Error::Image(_))));
    assert_eq!(digest_key(&[0; 16]), Err(V1Error::KeyLength { len: 16 }));
}

#[test]
fn the_key_in_the_efuses_is_the_key_file_reversed() {
    let mut efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), [0; 6]);
    let mut reversed = key_file(32);
    reversed.reverse();
    let words = reversed.as_chunks::<4>().0.iter();
    let words: Vec<u32> = words.map(|word| u32::from_le_bytes(*word)).collect();
    efuses.burn_block(2, &words);
    assert_eq!(key_of(&efuses).to_vec(), key_file(32));
    // Read protection hides it from software, not from the hardware.
    let field = efuses.field("BLOCK2").unwrap();
    efuses.read_protect(field);
    assert_eq!(key_of(&efuses).to_vec(), key_file(32));
}

#[test]
fn app_signatures_are_those_of_espsecure() {
    // espsecure 5.6: sign-data --version 1 --keyfile test-ecdsa256.pem on 100 bytes of zeros; it is deterministic, too.
    let expected = "00000000438f5c5fe85828c5b5ee422a1401cf24e3277bae3d50f382dc56cac165fc7f38\
                    61420d768b0956945567d242094f3c3764690ed383fad1083252e41e0ea276da";
    // extract-public-key --version 1 --keyfile test-ecdsa256.pem.
    let point = "2d5db5d7506b1b980e05098b54f7c9843dda356e6052822e07b873f776eb72b9\
                 2533126ecf53f89ce9f07ecec9b2d7f879abd1181070c5f8602ba888e733a13b";
    let key = key(Scheme::Ecdsa256);
    let signed = sign_app(&[0; 100], &key).unwrap();
    assert_eq!(hex::encode(&signed[100..]), expected);
    let public = key.verifying_key();
    let binary = binary_public_key(&public).unwrap();
    assert_eq!(hex::encode(&binary), point);
    assert_eq!(public_key(&binary), Ok(Ok(public.clone())));
    assert_eq!(verify_app(&signed, &public), Ok(()));
}

#[test]
fn app_refusals_have_names() {
    let signer = key(Scheme::Ecdsa256);
    let public = signer.verifying_key();
    let app = image(Chip::Esp32, 300);
    let at = app.len();
    let signed = sign_app(&app, &signer).unwrap();
    assert_eq!(verify_app(&signed, &public), Ok(()));
    for change in [at - 1, at + 4, at + 67] {
        let mut changed = signed.clone();
        changed[change] ^= 1;
        assert_eq!(
            verify_app(&changed, &public),
            Err(V1Error::Signature { at })
        );
    }
    let mut changed = signed.clone();
    changed[at] = 1;
    let version = V1Error::Version { at, found: 1 };
    assert_eq!(verify_app(&changed, &public), Err(version));
    let unsigned = V1Error::Unsigned { len: 67 };
    assert_eq!(verify_app(&signed[..67], &public), Err(unsigned));
    let padded = [app.as_slice(), &[0xFF; 16]].concat();
    let misplaced = V1Error::Misplaced {
        at: at + 16,
        image_end: at,
    };
    let padded = sign_app(&padded, &signer).unwrap();
    assert_eq!(verify_app(&padded, &public), Err(misplaced));
    let scheme = Scheme::Rsa3072;
    let rsa = key(scheme);
    assert_eq!(sign_app(&app, &rsa), Err(V1Error::Scheme { scheme }));
    let refused = verify_app(&signed, &rsa.verifying_key());
    assert_eq!(refused, Err(V1Error::Scheme { scheme }));
    assert_eq!(public_key(&[1; 64]), Ok(Err(V1Error::Point)));
}
