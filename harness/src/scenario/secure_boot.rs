//! Secure boot as a scenario describes it: keys in the eFuses, signatures in the donor's flash, and what an attacker who
//! cannot sign does to a copy.
//!
//! ```toml
//! [donor]
//! secure-boot = "v2"                     # or "v1" (ESP32)
//! signing-keys = ["keys/vendor.pem"]     # v2: PEM files; bootloader and app are signed with each, and each is trusted
//! digest-key = "generate:<seed>"         # v1: or 64 hexadecimal digits
//!
//! [[target]]
//! secure-boot = "same"                   # the donor's keys and switches; or as for the donor
//!
//! # What is changed in the copy, one after the other.
//! [[target.edit]]
//! part = "app"                           # or "bootloader"
//! what = "modify"                        # one bit, checksum and hash mended (in ciphertext: one bit, nothing mended)
//!                                        # "erase-signature", "truncate-signature", "corrupt-signature", "forge-signature" (its checksum mended),
//!                                        # or "sign"
//! key = "keys/attacker.pem"              # of "sign"
//! ```

use std::path::{Path, PathBuf};

use cloneproof::chip::Chip;
use cloneproof::efuse::{BurnOutcome, EfuseBank, KeyProtection, KeyPurpose};
use cloneproof::flash::app_image::AppImage;
use cloneproof::flash::build::FlashPart;
use cloneproof::flash::{FlashImage, SECTOR_SIZE};
use cloneproof::secure_boot::v2::{self, Existing, SignatureBlock};
use cloneproof::secure_boot::{SigningKey, v1};
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::efuses::{EfuseSetup, Problem, RawEfuses, problem};
use super::raw::RawEdit;
use crate::error::Error;
use crate::files;
use crate::firmware::{self, Firmware};
use crate::identity::hex_bytes;

/// Most keys that a chip can trust.
const DIGESTS: [KeyPurpose; 3] = [
    KeyPurpose::SecureBootDigest0,
    KeyPurpose::SecureBootDigest1,
    KeyPurpose::SecureBootDigest2,
];
/// Seed of the salts of RSA-PSS: the same scenario gives the same flash.
const SALT_SEED: [u8; 32] = [0x5a; 32];
/// The IV of secure boot v1's digest, which is as good as any.
const IV: [u8; v1::IV_LEN] = [0xa5; v1::IV_LEN];
/// Part with IV and digest of secure boot v1.
const DIGEST_PART: &str = "secure boot v1 digest";
/// Bytes of a signature sector that a truncated one keeps.
const TRUNCATED: u32 = 600;
/// Place in a signature block of what a corrupted one has changed: inside of the signature.
const CORRUPTED: u32 = 900;

/// First byte of a signature block of version 2.
const SIGNATURE_MAGIC: u8 = 0xE7;

/// How secure boot is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecureBoot {
    /// Version 1: the key of the bootloader's digest, as a key file holds it.
    V1(Vec<u8>),
    /// Version 2: the keys, as PEM.
    V2(Vec<KeyFile>),
}

/// A file with a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    path: PathBuf,
    pem: Vec<u8>,
}

impl KeyFile {
    fn read(path: PathBuf) -> Result<KeyFile, Error> {
        let pem = files::read(&path, files::MAX_SMALL_FILE)?;
        let key = KeyFile { path, pem };
        key.key().map(|_| key)
    }

    fn key(&self) -> Result<SigningKey, Error> {
        SigningKey::from_pem(&self.pem)
            .map_err(|error| Error::input(&self.path, error.to_string(), error.remedy()))
    }
}

/// What one chip's table says of secure boot, with the folder that paths are relative to.
pub fn setup(
    folder: &Path,
    chip: Chip,
    raw: &RawEfuses,
    donor: Option<&EfuseSetup>,
) -> Result<Option<SecureBoot>, SetupError> {
    let Some(version) = raw.secure_boot else {
        let surplus = [
            raw.signing_keys.map(Spanned::span),
            raw.digest_key.map(Spanned::span),
        ];
        return match surplus.into_iter().flatten().next() {
            Some(span) => Err(SetupError::Problem(problem(
                span,
                "a key for secure boot, but no secure-boot",
                "add secure-boot = \"v2\" (or \"v1\")",
            ))),
            None => Ok(None),
        };
    };
    match (version.get_ref().as_str(), chip) {
        ("same", _) => match donor.and_then(|donor| donor.secure_boot.clone()) {
            Some(same) => Ok(Some(same)),
            None => Err(SetupError::Problem(problem(
                version.span(),
                "there is no donor's secure boot that could be the same",
                "only a target can have the donor's, and only where the donor has one",
            ))),
        },
        ("v1", Chip::Esp32) => v1_setup(raw, version)
            .map(Some)
            .map_err(SetupError::Problem),
        ("v1", _) => Err(SetupError::Problem(problem(
            version.span(),
            format!("the {chip} has no secure boot v1"),
            "use \"v2\"",
        ))),
        ("v2", _) => v2_setup(folder, chip, raw, version).map(Some),
        (other, _) => Err(SetupError::Problem(problem(
            version.span(),
            format!("unknown version of secure boot \"{other}\""),
            "use \"v1\", \"v2\", or in a target \"same\"",
        ))),
    }
}

/// Why there is no setup.
pub enum SetupError {
    /// The scenario is wrong.
    Problem(Problem),
    /// A file that it names is.
    File(Error),
}

fn v1_setup(raw: &RawEfuses, version: &Spanned<String>) -> Result<SecureBoot, Problem> {
    let Some(value) = raw.digest_key else {
        return Err(problem(
            version.span(),
            "secure boot v1 needs a digest-key",
            "add digest-key = \"generate:<seed>\" or 64 hexadecimal digits",
        ));
    };
    if let Some(seed) = value.get_ref().strip_prefix("generate:") {
        let digest = Sha256::new()
            .chain_update(b"cloneproof secure boot key ")
            .chain_update(seed)
            .finalize();
        return Ok(SecureBoot::V1(digest.to_vec()));
    }
    match hex_bytes(value.get_ref()) {
        Some(bytes) if bytes.len() == 32 => Ok(SecureBoot::V1(bytes)),
        _ => Err(problem(
            value.span(),
            "this is no key of secure boot v1",
            "write \"generate:<seed>\" or 64 hexadecimal digits",
        )),
    }
}

fn v2_setup(
    folder: &Path,
    chip: Chip,
    raw: &RawEfuses,
    version: &Spanned<String>,
) -> Result<SecureBoot, SetupError> {
    let most = if chip == Chip::Esp32 {
        1
    } else {
        DIGESTS.len()
    };
    let keys = raw.signing_keys.map(|keys| (keys.span(), keys.get_ref()));
    let (span, paths) = match keys {
        Some((span, paths)) if !paths.is_empty() && paths.len() <= most => (span, paths),
        Some((span, paths)) => {
            return Err(SetupError::Problem(problem(
                span,
                format!("{} keys, but the {chip} trusts 1 to {most}", paths.len()),
                "give as many as the chip can trust",
            )));
        }
        None => {
            return Err(SetupError::Problem(problem(
                version.span(),
                "secure boot v2 needs signing-keys",
                "add signing-keys = [\"<key>.pem\"]",
            )));
        }
    };
    let _ = span;
    let files = paths
        .iter()
        .map(|path| KeyFile::read(folder.join(path.get_ref())));
    files
        .collect::<Result<Vec<_>, _>>()
        .map(SecureBoot::V2)
        .map_err(SetupError::File)
}

impl SecureBoot {
    /// Burns keys and switches, as ESP-IDF's bootloader does when it switches secure boot on: digests readable and
    /// write-protected, slots without a key revoked.
    ///
    /// # Errors
    /// What cannot be burned, as text.
    pub fn burn(&self, bank: &mut EfuseBank) -> Result<(), String> {
        match self {
            SecureBoot::V1(key) => {
                let mut key = key.clone();
                key.reverse();
                burn_block2(bank, &key)?;
                burn_bits(bank, "RD_DIS", 1 << 1)?;
                burn_bits(bank, "ABS_DONE_0", 1)
            }
            SecureBoot::V2(keys) if bank.chip() == Chip::Esp32 => {
                let key = keys.first().ok_or("no key")?;
                let key = key.key().map_err(|error| error.to_string())?;
                burn_block2(bank, &v2::key_digest(&key.verifying_key()))?;
                burn_bits(bank, "ABS_DONE_1", 1)
            }
            SecureBoot::V2(keys) => {
                for (key, purpose) in keys.iter().zip(DIGESTS) {
                    let key = key.key().map_err(|error| error.to_string())?;
                    let digest = v2::key_digest(&key.verifying_key());
                    let slot = bank.free_key_slot(purpose).ok_or("no key block is free")?;
                    let protection = KeyProtection::usual(purpose);
                    bank.burn_key(slot, purpose, &digest, protection)
                        .map_err(|error| error.to_string())?;
                }
                for unused in keys.len()..DIGESTS.len() {
                    burn_bits(bank, &format!("SECURE_BOOT_KEY_REVOKE{unused}"), 1)?;
                }
                burn_bits(bank, "SECURE_BOOT_EN", 1)
            }
        }
    }

    /// The firmware as the manufacturer ships it: signed, or with its digest.
    ///
    /// # Errors
    /// Where a part cannot be signed.
    pub fn sign(&self, chip: Chip, firmware: &Firmware) -> Result<Firmware, Error> {
        let mut signed = firmware.clone();
        let wrong = |part: &str, error: String| {
            let place = firmware.inputs.first().cloned().unwrap_or_default();
            let text = format!("{part} cannot be signed: {error}");
            Error::input(
                &place,
                text,
                "give images that are complete and not signed yet",
            )
        };
        match self {
            SecureBoot::V1(key) => {
                let key =
                    v1::digest_key(key).map_err(|error| wrong("bootloader", error.to_string()))?;
                let loader = part(&mut signed, "bootloader")
                    .ok_or_else(|| wrong("bootloader", "there is none".to_owned()))?;
                let flash = v1::digested_bootloader(&key, &IV, &loader.bytes)
                    .map_err(|error| wrong("bootloader", error.to_string()))?;
                let offset = loader.offset as usize;
                loader.bytes = flash[offset..].to_vec();
                let digest = flash[..v1::IV_LEN + v1::DIGEST_LEN].to_vec();
                signed.encrypted.push(0..SECTOR_SIZE as u32);
                signed.parts.push(FlashPart::new(DIGEST_PART, 0, digest));
            }
            SecureBoot::V2(keys) => {
                let keys: Vec<SigningKey> =
                    keys.iter().map(KeyFile::key).collect::<Result<_, _>>()?;
                for name in ["bootloader", "app"] {
                    if let Some(part) = part(&mut signed, name) {
                        part.bytes = v2::sign(&part.bytes, &keys, Existing::Refuse, &SALT_SEED)
                            .map_err(|error| wrong(name, error.to_string()))?;
                    }
                }
                signed.encrypted = firmware::encrypted_again(chip, &signed);
            }
        }
        signed.inputs.extend(self.inputs().map(Path::to_owned));
        Ok(signed)
    }

    /// The files that it comes from.
    pub fn inputs(&self) -> impl Iterator<Item = &Path> {
        let keys = match self {
            SecureBoot::V1(_) => &[][..],
            SecureBoot::V2(keys) => keys,
        };
        keys.iter().map(|key| key.path.as_path())
    }
}

fn part<'a>(firmware: &'a mut Firmware, name: &str) -> Option<&'a mut FlashPart> {
    firmware.parts.iter_mut().find(|part| part.name == name)
}

fn burn_block2(bank: &mut EfuseBank, bytes: &[u8]) -> Result<(), String> {
    let words: Vec<u32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word))
        .collect();
    // A chip with a coding scheme takes the key with its check bytes, which a key of 32 bytes leaves no room for.
    if bank.is_coded(2) {
        return Err("block 2 is coded: secure boot with a coding scheme is not offered".to_owned());
    }
    match bank.burn_block(2, &words) {
        BurnOutcome::Burned => burn_bits(bank, "WR_DIS", 1 << 8),
        BurnOutcome::Protected => Err("block 2 is write-protected".to_owned()),
    }
}

fn burn_bits(bank: &mut EfuseBank, name: &str, bits: u64) -> Result<(), String> {
    let field = *bank.field(name).map_err(|error| error.to_string())?;
    match bank.burn(&field, bits).map_err(|error| error.to_string())? {
        BurnOutcome::Burned => Ok(()),
        BurnOutcome::Protected => Err(format!("eFuse field {name} is write-protected")),
    }
}

/// A change of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// `app` or `bootloader`.
    part: &'static str,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Modify,
    EraseSignature,
    TruncateSignature,
    CorruptSignature,
    ForgeSignature,
    Sign(KeyFile),
}

impl Edit {
    /// Checks an edit of a scenario file; paths are relative to `folder`.
    pub fn of(folder: &Path, raw: &RawEdit) -> Result<Edit, SetupError> {
        let wrong = |value: &Spanned<String>, what: &str, help: &str| {
            let message = format!("unknown {what} \"{}\"", value.get_ref());
            SetupError::Problem(problem(value.span(), message, help))
        };
        let part = match raw.part.get_ref().as_str() {
            "app" => "app",
            "bootloader" => "bootloader",
            _ => return Err(wrong(&raw.part, "part", "use \"app\" or \"bootloader\"")),
        };
        let what = match (raw.what.get_ref().as_str(), &raw.key) {
            ("sign", Some(key)) => {
                What::Sign(KeyFile::read(folder.join(key.get_ref())).map_err(SetupError::File)?)
            }
            ("sign", None) => {
                return Err(SetupError::Problem(problem(
                    raw.what.span(),
                    "whoever signs needs a key",
                    "add key = \"<key>.pem\"",
                )));
            }
            (_, Some(key)) => {
                return Err(SetupError::Problem(problem(
                    key.span(),
                    "only \"sign\" takes a key",
                    "remove the key, or use what = \"sign\"",
                )));
            }
            ("modify", None) => What::Modify,
            ("erase-signature", None) => What::EraseSignature,
            ("truncate-signature", None) => What::TruncateSignature,
            ("corrupt-signature", None) => What::CorruptSignature,
            ("forge-signature", None) => What::ForgeSignature,
            _ => {
                return Err(wrong(
                    &raw.what,
                    "edit",
                    "use \"modify\", \"erase-signature\", \"truncate-signature\", \"corrupt-signature\", \"forge-signature\" or \"sign\"",
                ));
            }
        };
        Ok(Edit { part, what })
    }

    /// The key file that it takes, if any.
    pub fn input(&self) -> Option<&Path> {
        match &self.what {
            What::Sign(key) => Some(&key.path),
            _ => None,
        }
    }

    /// What is done, for reports.
    pub fn describe(&self) -> String {
        let what = match &self.what {
            What::Modify => "modified",
            What::EraseSignature => "without its signature",
            What::TruncateSignature => "with a truncated signature",
            What::CorruptSignature => "with a corrupted signature",
            What::ForgeSignature => "with a forged signature",
            What::Sign(_) => "signed with another key",
        };
        format!("{} {what}", self.part)
    }

    /// Changes a copy of the donor's flash. `signed` is the donor's secure boot; `encrypted` tells that the copy is
    /// ciphertext: then only bits can be flipped.
    ///
    /// # Errors
    /// Where that cannot be done, or changes nothing, as text.
    pub fn apply(
        &self,
        flash: &mut FlashImage,
        firmware: &Firmware,
        signed: Option<&SecureBoot>,
        encrypted: bool,
    ) -> Result<(), String> {
        self.check_signed(signed)?;
        let before = flash.sha256();
        self.change(flash, firmware, encrypted)?;
        match flash.sha256() == before {
            true => Err(format!("\"{}\" changes nothing", self.describe())),
            false => Ok(()),
        }
    }

    /// Where there is no signature, none can be taken away: what stands in its place would be damaged instead.
    fn check_signed(&self, signed: Option<&SecureBoot>) -> Result<(), String> {
        let has_one = match (&self.what, signed) {
            (What::Modify, _) | (_, Some(SecureBoot::V2(_))) => true,
            (What::EraseSignature | What::CorruptSignature, Some(SecureBoot::V1(_))) => {
                self.part == "bootloader"
            }
            _ => false,
        };
        match has_one {
            true => Ok(()),
            false => Err(format!(
                "the donor's {} has no signature that this edit could change",
                self.part
            )),
        }
    }

    fn change(
        &self,
        flash: &mut FlashImage,
        firmware: &Firmware,
        encrypted: bool,
    ) -> Result<(), String> {
        let find = |name: &str| firmware.parts.iter().find(|part| part.name == name);
        let part = find(self.part).ok_or_else(|| format!("there is no {}", self.part))?;
        let v1 = find(DIGEST_PART).filter(|_| self.part == "bootloader");
        let len = part.bytes.len();
        let sector = match v1 {
            Some(digest) => digest.offset,
            None => part.offset + (len.saturating_sub(SECTOR_SIZE)) as u32,
        };
        match &self.what {
            What::Modify => modify(flash, part, encrypted),
            What::EraseSignature => {
                flash.write(sector, &[0xFF; SECTOR_SIZE]);
                Ok(())
            }
            What::TruncateSignature => {
                let rest = SECTOR_SIZE - TRUNCATED as usize;
                flash.write(sector + TRUNCATED, &vec![0xFF; rest]);
                Ok(())
            }
            What::CorruptSignature => {
                if v1.is_some() {
                    // Behind the IV, in the digest.
                    flip(flash, sector + v1::IV_LEN as u32);
                    return Ok(());
                }
                // Every block of version 2: one that holds is enough for the chip.
                for block in 0..v2::MAX_BLOCKS {
                    flip(flash, sector + (block * v2::BLOCK_LEN) as u32 + CORRUPTED);
                }
                Ok(())
            }
            What::ForgeSignature if encrypted || v1.is_some() => {
                Err("only a plain signature of version 2 can be forged".to_owned())
            }
            What::ForgeSignature => {
                for block in 0..v2::MAX_BLOCKS {
                    forge(flash, sector + (block * v2::BLOCK_LEN) as u32);
                }
                Ok(())
            }
            What::Sign(_) if encrypted => {
                Err("ciphertext cannot be signed without the flash encryption key".to_owned())
            }
            What::Sign(key) => {
                let key = key.key().map_err(|error| error.to_string())?;
                let image = flash.read_vec(part.offset, len);
                let signed = v2::sign(&image, &[key], Existing::Replace, &SALT_SEED)
                    .map_err(|error| error.to_string())?;
                if signed.len() > len {
                    return Err(format!("the signed {} is longer than its place", self.part));
                }
                flash.write(part.offset, &signed);
                Ok(())
            }
        }
    }
}

fn flip(flash: &mut FlashImage, at: u32) {
    let byte = flash.read_vec(at, 1)[0];
    flash.write(at, &[byte ^ 1]);
}

/// Changes one bit of the signature in a block, and mends the block's checksum.
fn forge(flash: &mut FlashImage, at: u32) {
    let mut bytes = [0; v2::BLOCK_LEN];
    flash.read(at, &mut bytes);
    if bytes[0] != SIGNATURE_MAGIC {
        return;
    }
    bytes[CORRUPTED as usize] ^= 1;
    let mut block = SignatureBlock::from_bytes(bytes);
    block.seal();
    flash.write(at, block.as_bytes());
}

/// Changes one bit in the middle of an image, and what the image says of itself.
fn modify(flash: &mut FlashImage, part: &FlashPart, encrypted: bool) -> Result<(), String> {
    if encrypted {
        // The plain part tells where the data lies: padding and signature are no use to an attacker.
        let image = AppImage::parse(&part.bytes).map_err(|error| error.to_string())?;
        let longest = image
            .segments
            .iter()
            .max_by_key(|segment| segment.data.len());
        let data = &longest.ok_or("an image without segments")?.data;
        flip(flash, part.offset + (data.start + data.end) as u32 / 2);
        return Ok(());
    }
    let mut bytes = flash.read_vec(part.offset, part.bytes.len());
    let image = AppImage::parse(&bytes).map_err(|error| error.to_string())?;
    let longest = image
        .segments
        .iter()
        .max_by_key(|segment| segment.data.len());
    let data = longest.ok_or("an image without segments")?.data.clone();
    bytes[(data.start + data.end) / 2] ^= 1;
    let all = image
        .segments
        .iter()
        .flat_map(|segment| &bytes[segment.data.clone()]);
    bytes[image.checksum_at] = all.fold(0xEF, |sum, byte| sum ^ byte);
    if let Some(hash_at) = image.hash_at {
        let hash = Sha256::digest(&bytes[..hash_at]);
        bytes[hash_at..hash_at + 32].copy_from_slice(&hash);
    }
    flash.write(part.offset, &bytes);
    Ok(())
}
