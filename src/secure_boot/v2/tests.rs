//! Blocks, signing and what ROM decides.

use super::*;
use crate::boot::Signature;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::{EfuseBank, KeyProtection, KeyPurpose};
use crate::flash::app_image::{AppImage, AppImageError};
use crate::hex;
use crate::secure_boot::testing::{self, key};
use crate::secure_boot::{SECTOR, Scheme, SigningKey};

const SEED: [u8; 32] = [7; 32];
const MAC: [u8; 6] = [0x24, 10, 0, 0, 0, 1];

fn image(chip: Chip) -> Vec<u8> {
    testing::image(chip, 5000)
}

fn signed(chip: Chip, keys: &[SigningKey]) -> Vec<u8> {
    sign(&image(chip), keys, Existing::Refuse, &SEED).unwrap()
}

/// A C3 with secure boot on and the digests of these keys.
fn c3(keys: &[&SigningKey]) -> EfuseBank {
    let mut efuses = EfuseBank::factory(Chip::Esp32C3, ChipRevision::new(0, 3), MAC);
    let purposes = [
        KeyPurpose::SecureBootDigest0,
        KeyPurpose::SecureBootDigest1,
        KeyPurpose::SecureBootDigest2,
    ];
    for (slot, (key, purpose)) in keys.iter().zip(purposes).enumerate() {
        let digest = key_digest(&key.verifying_key());
        let protection = KeyProtection::usual(purpose);
        efuses.burn_key(slot, purpose, &digest, protection).unwrap();
    }
    burn(&mut efuses, "SECURE_BOOT_EN");
    efuses
}

fn burn(efuses: &mut EfuseBank, name: &str) {
    let field = efuses.field(name).unwrap();
    efuses.burn(field, 1).unwrap();
}

fn decide(efuses: &EfuseBank, file: &[u8]) -> Verification {
    verify(efuses, file, Checker::Rom).unwrap()
}

/// Two RSA keys: the committed one and a second, made from a seed.
fn other_rsa() -> SigningKey {
    SigningKey::from_pem(include_bytes!("../testdata/test-rsa3072-b.pem")).unwrap()
}

#[test]
fn every_scheme_signs_and_verifies() {
    for scheme in Scheme::ALL {
        let key = key(scheme);
        let file = signed(Chip::Esp32C3, std::slice::from_ref(&key));
        assert_eq!(file.len() % SECTOR, 0);
        let (image, found) = blocks(&file).unwrap();
        assert_eq!(found[0].check(), Ok(scheme));
        assert_eq!(found[1].check(), Err(BlockProblem::Magic { found: 0xFF }));
        assert_eq!(found[0].image_digest(scheme), scheme.image_digest(image));
        let public = key.verifying_key();
        assert_eq!(found[0].verifying_key(scheme), Some(public.clone()));
        assert_eq!(found[0].key_digest(scheme), key_digest(&public));
        let digest = scheme.image_digest(image);
        assert!(public.verify(&digest, &found[0].signature(scheme)));
        assert_eq!(file, signed(Chip::Esp32C3, &[key]), "deterministic");
    }
}

#[test]
fn key_digests_are_those_of_espsecure() {
    // espsecure 5.6: digest-sbv2-public-key --keyfile test-SCHEME.pem.
    let known = include_str!("../testdata/key-digests.txt");
    let mut seen = 0;
    for line in known.lines().filter(|line| !line.starts_with('#')) {
        let (scheme, digest) = line.split_once(' ').unwrap();
        let key = key(scheme.parse().unwrap());
        assert_eq!(hex::encode(key_digest(&key.verifying_key())), digest);
        seen += 1;
    }
    assert_eq!(seen, Scheme::ALL.len());
}

#[test]
fn signatures_of_espsecure_verify() {
    // espsecure 5.6: sign-data --version 2 --keyfile test-SCHEME.pem on 100 bytes of zeros; the block's first bytes.
    for (scheme, block) in [
        (
            Scheme::Rsa3072,
            include_bytes!("../testdata/block-rsa3072.bin").as_slice(),
        ),
        (
            Scheme::Ecdsa192,
            include_bytes!("../testdata/block-ecdsa192.bin"),
        ),
        (
            Scheme::Ecdsa256,
            include_bytes!("../testdata/block-ecdsa256.bin"),
        ),
        (
            Scheme::Ecdsa384,
            include_bytes!("../testdata/block-ecdsa384.bin"),
        ),
    ] {
        let mut image = vec![0; 100];
        image.resize(SECTOR, 0xFF);
        let block = SignatureBlock::from_bytes(block.try_into().unwrap());
        assert_eq!(block.check(), Ok(scheme));
        let digest = scheme.image_digest(&image);
        let public = key(scheme).verifying_key();
        assert!(public.verify(&digest, &block.signature(scheme)));
        assert_eq!(block.verifying_key(scheme), Some(public));
    }
}

#[test]
fn rom_accepts_the_first_trusted_block() {
    let (a, b) = (key(Scheme::Rsa3072), other_rsa());
    let file = signed(Chip::Esp32C3, &[a.clone(), b.clone()]);
    let found = decide(&c3(&[&b]), &file);
    assert!(found.enabled && found.accepted());
    assert_eq!(found.decision, Decision::Accepted { block: 1, slot: 0 });
    assert!(matches!(found.blocks[0], BlockVerdict::UntrustedKey { .. }));
    assert_eq!(found.blocks[2], BlockVerdict::NotReached);
    let found = decide(&c3(&[&b, &a]), &file);
    assert_eq!(found.decision, Decision::Accepted { block: 0, slot: 1 });
}

#[test]
fn each_refusal_has_its_name() {
    let rsa = key(Scheme::Rsa3072);
    let efuses = c3(&[&rsa]);
    let good = signed(Chip::Esp32C3, std::slice::from_ref(&rsa));
    let sector = good.len() - SECTOR;
    let refused = |file: &[u8], efuses: &EfuseBank| {
        let found = decide(efuses, file);
        assert!(!found.accepted());
        (
            found.decision,
            found.blocks[0].clone(),
            found.blocks[0].console(Checker::Rom),
        )
    };

    let mut file = good.clone();
    file[sector] = 0xFF;
    let (decision, ..) = refused(&file, &efuses);
    assert_eq!(
        decision,
        Decision::Refused(Refusal::NoMagic { found: 0xFF })
    );

    let mut file = good.clone();
    file[sector + 900] ^= 1;
    let (decision, block, console) = refused(&file, &efuses);
    assert_eq!(decision, Decision::Refused(Refusal::NoBlock));
    assert!(matches!(
        block,
        BlockVerdict::Unusable(BlockProblem::Crc { .. })
    ));
    assert_eq!(console, Some(Signature::SignatureBlockCrc));

    // The padding behind the image is signed too.
    let mut file = good.clone();
    file[sector - 1] ^= 1;
    let (_, block, console) = refused(&file, &efuses);
    assert_eq!(block, BlockVerdict::ImageDigest);
    assert_eq!(console, Some(Signature::SignatureBlockDigest));

    let (_, block, console) = refused(&good, &c3(&[&other_rsa()]));
    assert!(matches!(block, BlockVerdict::UntrustedKey { .. }));
    assert_eq!(console, Some(Signature::SignatureUntrustedKey));

    let file = forged(&good);
    let (_, block, console) = refused(&file, &efuses);
    let revokes = false;
    assert_eq!(block, BlockVerdict::WrongSignature { slot: 0, revokes });
    assert_eq!(console, Some(Signature::SignatureInvalid));

    let (decision, ..) = refused(&good, &c3(&[]));
    assert_eq!(decision, Decision::Refused(Refusal::NoTrustedKey));
}

/// The file with a wrong signature in a block that is sealed.
fn forged(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let sector = file.len() - SECTOR;
    file[sector + 900] ^= 1;
    let mut block = SignatureBlock::from_bytes(file[sector..][..BLOCK_LEN].try_into().unwrap());
    block.seal();
    file[sector..][..BLOCK_LEN].copy_from_slice(block.as_bytes());
    file
}

#[test]
fn revocation() {
    let (a, b) = (key(Scheme::Rsa3072), other_rsa());
    let good = signed(Chip::Esp32C3, std::slice::from_ref(&a));
    let mut efuses = c3(&[&a, &b]);
    burn(&mut efuses, "SECURE_BOOT_KEY_REVOKE0");
    let found = decide(&efuses, &good);
    assert!(!found.accepted());
    assert_eq!(found.blocks[0], BlockVerdict::RevokedKey { slot: 0 });
    assert_eq!(
        found.blocks[0].console(Checker::Rom),
        Some(Signature::SignatureUntrustedKey)
    );
    let both = signed(Chip::Esp32C3, &[a.clone(), b.clone()]);
    let accepted = Decision::Accepted { block: 1, slot: 1 };
    assert_eq!(decide(&efuses, &both).decision, accepted);
    burn(&mut efuses, "SECURE_BOOT_KEY_REVOKE1");
    let decision = decide(&efuses, &both).decision;
    assert_eq!(decision, Decision::Refused(Refusal::NoTrustedKey));
}

#[test]
fn aggressive_revocation() {
    let (a, b) = (key(Scheme::Rsa3072), other_rsa());
    let bad = forged(&signed(Chip::Esp32C3, &[a.clone(), b.clone()]));
    let mut efuses = c3(&[&a, &b]);
    assert_eq!(decide(&efuses, &bad).revoked(), []);
    burn(&mut efuses, "SECURE_BOOT_AGGRESSIVE_REVOKE");
    let found = decide(&efuses, &bad);
    assert_eq!(found.revoked(), [0]);
    assert_eq!(found.decision, Decision::Accepted { block: 1, slot: 1 });
    let app = verify(&efuses, &bad, Checker::Bootloader).unwrap();
    assert!(app.revoked().is_empty() && app.accepted());
}

#[test]
fn a_signature_sector_where_no_chip_looks() {
    let rsa = key(Scheme::Rsa3072);
    let efuses = c3(&[&rsa]);
    let good = signed(Chip::Esp32C3, std::slice::from_ref(&rsa));
    let at = good.len() - SECTOR;
    let fails = |file: &[u8]| verify(&efuses, file, Checker::Rom).unwrap_err();
    let len = at + 1500;
    assert_eq!(fails(&good[..len]), VerifyError::Truncated { at, len });
    assert_eq!(fails(&good[..at]), VerifyError::Unsigned { at, len: at });
    let mut moved = good[..at].to_vec();
    moved.resize(at + SECTOR, 0xFF);
    moved.extend_from_slice(&good[at..]);
    let (found, wanted) = (at + SECTOR, at);
    assert_eq!(fails(&moved), VerifyError::Misplaced { found, wanted });
    let unpadded = [image(Chip::Esp32C3), good[at..].to_vec()].concat();
    let found = image(Chip::Esp32C3).len();
    assert_eq!(fails(&unpadded), VerifyError::Misplaced { found, wanted });
    let len = 4097;
    assert_eq!(fails(&[0; 4097]), VerifyError::NotPadded { len });
    let other = signed(Chip::Esp32S3, &[rsa]);
    let wrong = VerifyError::Image(AppImageError::Chip {
        found: 9,
        wanted: 5,
        chip: Chip::Esp32C3,
    });
    assert_eq!(fails(&other), wrong);
}

#[test]
fn the_later_roms_want_the_hash() {
    let rsa = key(Scheme::Rsa3072);
    let mut plain = image(Chip::Esp32C3);
    plain.truncate(plain.len() - 32);
    plain[23] = 0;
    let file = sign(&plain, std::slice::from_ref(&rsa), Existing::Refuse, &SEED).unwrap();
    let found = decide(&c3(&[&rsa]), &file);
    assert_eq!(found.decision, Decision::Refused(Refusal::ImageHash));
    let app = verify(&c3(&[&rsa]), &file, Checker::Bootloader).unwrap();
    assert!(app.accepted());
}

#[test]
fn the_esp32_has_one_digest_and_tries_three_blocks() {
    let (a, b) = (key(Scheme::Rsa3072), other_rsa());
    let file = signed(Chip::Esp32, &[a.clone(), b.clone()]);
    let mut efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC);
    let digest = key_digest(&b.verifying_key());
    let words = digest.as_chunks::<4>().0.iter();
    let words: Vec<u32> = words.map(|word| u32::from_le_bytes(*word)).collect();
    efuses.burn_block(2, &words);
    let found = decide(&efuses, &file);
    assert!(!found.enabled);
    assert_eq!(found.decision, Decision::Accepted { block: 1, slot: 0 });
    burn(&mut efuses, "ABS_DONE_1");
    assert!(decide(&efuses, &file).enabled);
    // A hidden digest reads as zeros.
    let field = efuses.field("BLOCK2").unwrap();
    efuses.read_protect(field);
    assert!(!decide(&efuses, &file).accepted());
    let old = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), MAC);
    let error = verify(&old, &file, Checker::Rom).unwrap_err();
    assert!(matches!(
        error,
        VerifyError::Trust(TrustError::Revision { .. })
    ));
}

#[test]
fn chips_differ() {
    let trust = |digest: &[u8], len: usize| TrustedKeys {
        enabled: true,
        aggressive: false,
        sha_384: false,
        slots: vec![DigestSlot {
            digest: Some(digest[..len].to_vec()),
            revoked: false,
        }],
    };
    let ec = key(Scheme::Ecdsa256);
    let digest = key_digest(&ec.verifying_key());
    let decide = |chip, trusted: &TrustedKeys, keys: &[SigningKey]| {
        let file = signed(chip, keys);
        let (image, sector) = file.split_last_chunk().unwrap();
        verify_sector(chip, trusted, image, sector, Checker::Rom)
    };
    // The C2 compares 16 bytes and looks at one block.
    assert!(
        decide(
            Chip::Esp32C2,
            &trust(&digest, 16),
            std::slice::from_ref(&ec)
        )
        .accepted()
    );
    let second = [key(Scheme::Ecdsa192), ec.clone()];
    assert!(!decide(Chip::Esp32C2, &trust(&digest, 16), &second).accepted());
    assert!(decide(Chip::Esp32C6, &trust(&digest, 32), &second).accepted());
    let found = decide(Chip::Esp32C61, &trust(&digest, 32), &[key(Scheme::Rsa3072)]);
    let scheme = Scheme::Rsa3072;
    assert_eq!(found.blocks[0], BlockVerdict::Scheme { scheme });
    // A ROM that knows RSA alone takes every block for RSA.
    let found = decide(
        Chip::Esp32C3,
        &trust(&digest, 32),
        std::slice::from_ref(&ec),
    );
    assert!(matches!(found.blocks[0], BlockVerdict::UntrustedKey { .. }));
    // The C5 takes P-384 where the eFuse says so, and then nothing else.
    let p384 = key(Scheme::Ecdsa384);
    let mut trusted = trust(&key_digest(&p384.verifying_key()), 32);
    assert!(!decide(Chip::Esp32C5, &trusted, std::slice::from_ref(&p384)).accepted());
    trusted.sha_384 = true;
    assert!(decide(Chip::Esp32C5, &trusted, &[p384]).accepted());
    let mut trusted = trust(&digest, 32);
    trusted.sha_384 = true;
    assert!(!decide(Chip::Esp32C5, &trusted, &[ec]).accepted());
}

#[test]
fn signing_refuses_what_no_chip_would_take() {
    let ec = key(Scheme::Ecdsa256);
    let one = [ec.clone()];
    let plain = image(Chip::Esp32C6);
    let file = signed(Chip::Esp32C6, &one);
    let at = file.len() - SECTOR;
    let fails =
        |file: &[u8], keys: &[SigningKey], existing| sign(file, keys, existing, &SEED).unwrap_err();
    let signed = SignError::Signed { blocks: 1, at };
    assert_eq!(fails(&file, &one, Existing::Refuse), signed);
    assert_eq!(
        fails(&plain, &one, Existing::Keep),
        SignError::Unsigned { at }
    );
    assert_eq!(fails(&plain, &[], Existing::Refuse), SignError::NoKey);
    assert_eq!(fails(&[], &one, Existing::Refuse), SignError::Empty);
    let four = vec![ec.clone(); 4];
    let many = |present, added| SignError::TooMany { present, added };
    assert_eq!(fails(&plain, &four, Existing::Refuse), many(0, 4));
    assert_eq!(fails(&file, &four[..3], Existing::Keep), many(1, 3));
    assert_eq!(
        sign(&file, &one, Existing::Replace, &SEED),
        Ok(file.clone())
    );
    let mut changed = file.clone();
    changed[at - 1] ^= 1;
    let other = SignError::OtherImage { block: 0, at };
    assert_eq!(fails(&changed, &one, Existing::Keep), other);
    let mut longer = plain.clone();
    longer.resize(at + 1, 0);
    let trailing = fails(&longer, &one, Existing::Refuse);
    assert!(matches!(trailing, SignError::Trailing { wanted, .. } if wanted == at));
    let cut = fails(&plain[..100], &one, Existing::Refuse);
    assert!(matches!(
        cut,
        SignError::Image(AppImageError::Truncated { .. })
    ));
    let chip = |chip, keys: &[SigningKey]| check_for_chip(chip, &plain, keys);
    assert_eq!(chip(Chip::Esp32C6, &one), Ok(()));
    let wrong = SignError::Image(AppImageError::Chip {
        found: 13,
        wanted: 5,
        chip: Chip::Esp32C3,
    });
    assert_eq!(chip(Chip::Esp32C3, &one), Err(wrong));
    let p384 = key(Scheme::Ecdsa384);
    let unknown = SignError::Scheme {
        chip: Chip::Esp32C6,
        scheme: Scheme::Ecdsa384,
    };
    assert_eq!(chip(Chip::Esp32C6, &[p384]), Err(unknown));
}

#[test]
fn nothing_panics_on_noise() {
    let rsa = key(Scheme::Rsa3072);
    let efuses = c3(&[&rsa]);
    let good = signed(Chip::Esp32C3, &[rsa]);
    assert!(AppImage::parse(&good).is_ok());
    for len in [
        0,
        1,
        2,
        24,
        100,
        SECTOR - 1,
        SECTOR,
        SECTOR + 1,
        good.len() - 1,
    ] {
        let _ = verify(&efuses, &good[..len], Checker::Rom);
        let _ = blocks(&good[..len]);
        let zeros = vec![0xE7; len];
        let _ = blocks(&zeros);
        let _ = verify(&efuses, &zeros, Checker::Rom);
    }
    // Keys of zeros and of ones, in blocks that are sealed.
    for (version, sha, curve, fill) in [
        (2, 0, 0, 0),
        (2, 0, 0, 0xFF),
        (3, 0, 1, 0),
        (3, 0, 2, 0xFF),
        (3, 1, 3, 0),
    ] {
        let mut bytes = [fill; BLOCK_LEN];
        bytes[..4].copy_from_slice(&[0xE7, version, sha, 0]);
        if version == 3 {
            bytes[if sha == 1 { 52 } else { 36 }] = curve;
        }
        let mut block = SignatureBlock::from_bytes(bytes);
        block.seal();
        let scheme = block.check().unwrap();
        assert_eq!(block.verifying_key(scheme), None);
    }
}
