//! The chain of secure boot v2 on the built-in chips, from mask ROM over this project's own bootloader to the app.

use cloneproof::boot::{BootReport, Scanner, Signature, Stage, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, FlashEncryption, KeyProtection, KeyPurpose};
use cloneproof::flash::app_image::AppImage;
use cloneproof::flash::build::{self, FlashPart};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::flash_cipher::FlashCipher;
use cloneproof::secure_boot::v2::{BLOCK_LEN, Existing, SignatureBlock, key_digest, sign};
use cloneproof::secure_boot::{SECTOR, SigningKey};
use cloneproof::virtual_chip::Strap;
use sha2::{Digest, Sha256};

use crate::support::{FLASH_SIZE, compose, limits, parts_with_bootloader, power_on, watch_for};

const KEY: &[u8] = include_bytes!("../../../src/secure_boot/testdata/test-rsa3072.pem");
/// Made by espsecure 5.6: `generate-signing-key --version 2 --scheme rsa3072`.
const OTHER_KEY: &[u8] = include_bytes!("../data/other-rsa3072.pem");
const MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 9, 0, 2];
const ALIVE: &str = "heartbeat 2";
/// A byte of the app's read-only data, behind the image's header and description.
const IN_APP: usize = 0x400;

struct Chain {
    chip: Chip,
    revision: ChipRevision,
    bootloader: &'static [u8],
    app: &'static [u8],
}

macro_rules! chain {
    ($chip:ident, $name:literal, $major:literal, $minor:literal) => {
        Chain {
            chip: Chip::$chip,
            revision: ChipRevision::new($major, $minor),
            bootloader: include_bytes!(concat!(
                "../../../images/",
                $name,
                "-secure-bootloader/",
                $name,
                "-secure-bootloader.elf"
            )),
            app: include_bytes!(concat!(
                "../../../images/",
                $name,
                "-hello/",
                $name,
                "-hello.elf"
            )),
        }
    };
}

const CHAINS: [Chain; 3] = [
    chain!(Esp32, "esp32", 3, 0),
    chain!(Esp32C3, "esp32c3", 0, 4),
    chain!(Esp32S3, "esp32s3", 0, 2),
];

fn key(pem: &[u8]) -> SigningKey {
    SigningKey::from_pem(pem).unwrap()
}

fn signed(image: &[u8], pem: &[u8]) -> Vec<u8> {
    sign(image, &[key(pem)], Existing::Refuse, &[7; 32]).unwrap()
}

impl Chain {
    /// Bootloader, partition table and app, none signed.
    fn parts(&self) -> Vec<FlashPart> {
        let table = PartitionTable::single_app();
        parts_with_bootloader(self.chip, self.app, self.bootloader, &table)
    }

    /// Bootloader and app signed by `KEY`, then changed.
    fn signed_parts(&self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<FlashPart> {
        let mut parts = self.parts();
        parts[0].bytes = signed(&parts[0].bytes, KEY);
        let app = parts.last_mut().unwrap();
        app.bytes = signed(&app.bytes, KEY);
        change(&mut app.bytes);
        parts
    }

    fn factory(&self) -> EfuseBank {
        EfuseBank::factory(self.chip, self.revision, MAC)
    }

    /// Secure boot on, with the digest of `KEY`.
    fn secure(&self) -> EfuseBank {
        let mut efuses = self.factory();
        let enable = match self.chip {
            Chip::Esp32 => {
                let digest = key_digest(&key(KEY).verifying_key());
                let (words, _) = digest.as_chunks();
                let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
                efuses.burn_block(2, &words);
                "ABS_DONE_1"
            }
            _ => {
                burn_digest(&mut efuses, 1, KeyPurpose::SecureBootDigest0, KEY);
                "SECURE_BOOT_EN"
            }
        };
        burn(&mut efuses, enable);
        efuses
    }

    #[track_caller]
    fn run(&self, parts: &[FlashPart], efuses: &EfuseBank) -> BootReport {
        let mut chip = power_on(compose(parts), efuses.clone(), Strap::FlashBoot);
        watch_for(&mut chip, &limits(100_000_000, 2), ALIVE)
    }

    /// The app runs, and nothing touched what is not modelled.
    #[track_caller]
    fn boots(&self, parts: &[FlashPart], efuses: &EfuseBank) -> String {
        let report = self.run(parts, efuses);
        let console = report.console_text();
        assert_eq!(report.stop, Stop::Watch, "{}: {console}", self.chip);
        assert_eq!(report.resets.len(), 0, "{}: {console}", self.chip);
        assert!(report.gaps.is_empty(), "{}: {:?}", self.chip, report.gaps);
        console
    }

    /// The app never runs; `stage` refuses with `wanted`, boot after boot.
    #[track_caller]
    fn refuses(&self, parts: &[FlashPart], efuses: &EfuseBank, stage: Stage, wanted: Signature) {
        let report = self.run(parts, efuses);
        let console = report.console_text();
        assert!(
            !console.contains("cloneproof-hello"),
            "{}: {console}",
            self.chip
        );
        assert_ne!(report.stop, Stop::Watch);
        let mut scanner = Scanner::new();
        scanner.feed(console.as_bytes());
        scanner.finish();
        let boot = &scanner.boots()[0];
        assert_eq!(boot.stage, stage, "{}: {console}", self.chip);
        let found: Vec<_> = boot.refusals.iter().map(|found| found.signature).collect();
        assert!(
            found.contains(&wanted),
            "{}: {found:?}\n{console}",
            self.chip
        );
        if stage == Stage::Bootloader {
            assert!(
                found.contains(&Signature::AppNotBootable),
                "{found:?}\n{console}"
            );
            assert!(
                found.contains(&Signature::NoBootableApp),
                "{found:?}\n{console}"
            );
            assert!(
                !report.resets.is_empty(),
                "it does not try again:\n{console}"
            );
        }
    }

    #[track_caller]
    fn refuses_app(&self, change: impl FnOnce(&mut Vec<u8>), wanted: Signature) {
        let parts = self.signed_parts(change);
        self.refuses(&parts, &self.secure(), Stage::Bootloader, wanted);
    }
}

fn burn(efuses: &mut EfuseBank, field: &str) {
    let field = efuses.field(field).unwrap();
    efuses.burn(field, 1).unwrap();
}

fn burn_digest(efuses: &mut EfuseBank, slot: usize, purpose: KeyPurpose, pem: &[u8]) {
    let digest = key_digest(&key(pem).verifying_key());
    let protection = KeyProtection::usual(purpose);
    efuses.burn_key(slot, purpose, &digest, protection).unwrap();
}

fn burn_encryption(efuses: &mut EfuseBank) {
    let key = [0x5A; 32];
    if efuses.chip() == Chip::Esp32 {
        let config = FlashEncryption::release(&key);
        return efuses.burn_flash_encryption(&config).unwrap();
    }
    let purpose = KeyPurpose::XtsAes128Key;
    let protection = KeyProtection::usual(purpose);
    efuses.burn_key(0, purpose, &key, protection).unwrap();
    burn(efuses, "SPI_BOOT_CRYPT_CNT");
}

/// Changes the app so that its checksum stays right.
fn change_app(app: &mut [u8]) {
    app[IN_APP] ^= 1;
    app[IN_APP + 1] ^= 1;
}

fn sector(app: &mut [u8]) -> &mut [u8] {
    let at = app.len() - SECTOR;
    &mut app[at..]
}

#[test]
fn every_bootloader_becomes_an_image_of_its_chip_with_room_for_signatures() {
    for chain in CHAINS {
        let spec = chain.chip.spec();
        let image = build::bootloader_image_from_elf(chain.chip, chain.bootloader, FLASH_SIZE);
        let image = image.unwrap();
        let parsed = AppImage::parse_verified(&image).unwrap();
        parsed.check_chip(chain.chip, chain.revision).unwrap();
        assert!(parsed.hash_at.is_some());
        let end = spec.bootloader_offset as usize + signed(&image, KEY).len();
        assert!(end <= spec.partition_table_offset as usize, "{end:#x}");
    }
}

#[test]
fn without_secure_boot_an_unsigned_app_boots() {
    for chain in CHAINS {
        let console = chain.boots(&chain.parts(), &chain.factory());
        assert!(
            console.contains("secure boot off, flash encryption off"),
            "{console}"
        );
        assert!(!console.contains("Verifying"), "{console}");
    }
}

#[test]
fn a_signed_chain_boots() {
    for chain in CHAINS {
        let console = chain.boots(&chain.signed_parts(|_| ()), &chain.secure());
        assert!(
            console.contains("secure boot verification succeeded"),
            "{console}"
        );
        assert!(
            console.contains("Signature verified successfully!"),
            "{console}"
        );
    }
}

#[test]
fn a_signed_chain_boots_from_encrypted_flash() {
    for chain in CHAINS {
        let mut efuses = chain.secure();
        burn_encryption(&mut efuses);
        let cipher = FlashCipher::from_efuses(&efuses);
        let encrypted = |change: fn(&mut Vec<u8>)| {
            let mut parts = chain.signed_parts(change);
            for part in &mut parts {
                cipher.encrypt(part.offset, &mut part.bytes);
            }
            parts
        };
        let console = chain.boots(&encrypted(|_| ()), &efuses);
        assert!(
            console.contains("secure boot on, flash encryption on"),
            "{console}"
        );
        let changed = encrypted(|app| change_app(app));
        let wanted = Signature::AppSignatureDigest;
        chain.refuses(&changed, &efuses, Stage::Bootloader, wanted);
    }
}

#[test]
fn a_changed_app_is_refused() {
    for chain in CHAINS {
        chain.refuses_app(|app| app[IN_APP] ^= 1, Signature::AppChecksum);
        chain.refuses_app(|app| change_app(app), Signature::AppSignatureDigest);
        chain.refuses_app(|app| change_app(app), Signature::AppHash);
        // With its hash made anew: only the signature tells.
        let whole = |app: &mut Vec<u8>| {
            change_app(app);
            let at = AppImage::parse(app).unwrap().hash_at.unwrap();
            let hash = Sha256::digest(&app[..at]);
            app[at..at + 32].copy_from_slice(&hash);
        };
        chain.refuses_app(whole, Signature::AppSignatureV2);
        chain.refuses_app(whole, Signature::AppSignature);
    }
}

#[test]
fn an_unsigned_app_is_refused() {
    for chain in CHAINS {
        let unsigned = |app: &mut Vec<u8>| app.truncate(app.len() - SECTOR);
        chain.refuses_app(unsigned, Signature::AppNoSignatureBlock);
        chain.refuses_app(|app| sector(app)[0] = 0, Signature::AppNoSignatureBlock);
    }
}

#[test]
fn an_app_signed_by_another_key_is_refused_unless_a_trusted_one_signed_too() {
    for chain in CHAINS {
        let unsigned = chain.parts().pop().unwrap().bytes;
        let other = signed(&unsigned, OTHER_KEY);
        chain.refuses_app(|app| app.clone_from(&other), Signature::AppUntrustedKey);
        let both = sign(&other, &[key(KEY)], Existing::Keep, &[7; 32]).unwrap();
        let parts = chain.signed_parts(|app| app.clone_from(&both));
        chain.boots(&parts, &chain.secure());
    }
}

#[test]
fn a_broken_signature_sector_is_refused() {
    for chain in CHAINS {
        let truncated = |app: &mut Vec<u8>| app.truncate(app.len() - SECTOR + 600);
        chain.refuses_app(truncated, Signature::AppSignatureBlockCrc);
        chain.refuses_app(|app| sector(app)[500] ^= 1, Signature::AppSignatureBlockCrc);
        let wrong = |app: &mut Vec<u8>| {
            // A byte of the signature proper, and a right checksum.
            let block = sector(app);
            block[0x340] ^= 1;
            let mut sealed = SignatureBlock::from_bytes(*block.first_chunk().unwrap());
            sealed.seal();
            block[..BLOCK_LEN].copy_from_slice(sealed.as_bytes());
        };
        chain.refuses_app(wrong, Signature::AppBadSignature);
    }
}

/// The ESP32 has one key and nothing to revoke it with.
#[test]
fn a_revoked_key_is_trusted_no_more() {
    for chain in &CHAINS[1..] {
        let mut efuses = chain.secure();
        burn_digest(&mut efuses, 2, KeyPurpose::SecureBootDigest1, OTHER_KEY);
        burn(&mut efuses, "SECURE_BOOT_KEY_REVOKE0");
        let mut parts = chain.parts();
        let unsigned = parts[0].bytes.clone();
        parts[0].bytes = signed(&unsigned, OTHER_KEY);
        let app = parts.last().unwrap().bytes.clone();
        parts.last_mut().unwrap().bytes = signed(&app, OTHER_KEY);
        chain.boots(&parts, &efuses);
        parts.last_mut().unwrap().bytes = signed(&app, KEY);
        let wanted = Signature::AppUntrustedKey;
        chain.refuses(&parts, &efuses, Stage::Bootloader, wanted);
        parts[0].bytes = signed(&unsigned, KEY);
        let wanted = Signature::SignatureUntrustedKey;
        chain.refuses(&parts, &efuses, Stage::Rom, wanted);
    }
}

#[test]
fn the_rom_refuses_another_bootloader() {
    for chain in CHAINS {
        let efuses = chain.secure();
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut parts = chain.signed_parts(|_| ());
            change(&mut parts[0].bytes);
            parts
        };
        let unsigned = chain.parts().remove(0).bytes;
        let other = signed(&unsigned, OTHER_KEY);
        // ROM of the C3 and the S3 looks at the hash behind the image first.
        let changed = match chain.chip {
            Chip::Esp32 => Signature::SignatureBlockDigest,
            _ => Signature::BootloaderHash,
        };
        let refuses = |change: &dyn Fn(&mut Vec<u8>), wanted| {
            chain.refuses(&with(change), &efuses, Stage::Rom, wanted);
        };
        refuses(&|image| change_app(image), changed);
        refuses(
            &|image| image.clone_from(&unsigned),
            Signature::NoSignatureBlock,
        );
        refuses(
            &|image| image.clone_from(&other),
            Signature::SignatureUntrustedKey,
        );
        refuses(
            &|image| sector(image)[500] ^= 1,
            Signature::SignatureBlockCrc,
        );
        refuses(&|image| change_app(image), Signature::SecureBootV2Failed);
    }
}
