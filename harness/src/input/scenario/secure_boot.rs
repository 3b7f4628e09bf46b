//! Secure boot as a scenario describes it: keys in the eFuses, and signatures in the donor's flash.
//!
//! ```toml
//! [donor]
//! secure-boot = "v2"                     # or "v1" (ESP32)
//! signing-keys = ["keys/vendor.pem"]     # v2: PEM files; bootloader and app are signed with each, and each is trusted
//! digest-key = "generate:<seed>"         # v1: or 64 hexadecimal digits
//!
//! [[target]]
//! secure-boot = "same"                   # the donor's keys and switches; or as for the donor
//! ```

use std::path::{Path, PathBuf};

use cloneproof::chip::Chip;
use cloneproof::efuse::{BurnOutcome, EfuseBank, FieldError, KeyError, KeyProtection, KeyPurpose};
use cloneproof::flash::SECTOR_SIZE;
use cloneproof::flash::build::FlashPart;
use cloneproof::hex;
use cloneproof::secure_boot::v2::{self, Existing};
use cloneproof::secure_boot::{SigningKey, v1};
use sha2::{Digest, Sha256};
use thiserror::Error;
use toml::Spanned;

use super::problem::{Problem, SetupError, problem};
use super::raw::RawEfuses;
use crate::base::error::Error as HostError;
use crate::base::files;
use crate::input::firmware::{self, Firmware};

/// Most keys that a chip can trust.
const DIGESTS: [KeyPurpose; 3] = [
    KeyPurpose::SecureBootDigest0,
    KeyPurpose::SecureBootDigest1,
    KeyPurpose::SecureBootDigest2,
];
/// Seed of the salts of RSA-PSS: the same scenario gives the same flash.
pub(super) const SALT_SEED: [u8; 32] = [0x5a; 32];
/// The IV of secure boot v1's digest, which is as good as any.
const IV: [u8; v1::IV_LEN] = [0xa5; v1::IV_LEN];
/// Part with IV and digest of secure boot v1.
pub(super) const DIGEST_PART: &str = "secure boot v1 digest";

/// How secure boot is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecureBoot {
    /// Version 1: the key of the bootloader's digest, as a key file holds it.
    V1(Vec<u8>),
    /// Version 2: the keys, as PEM.
    V2(Vec<KeyFile>),
}

/// Why secure boot cannot be switched on.
#[derive(Debug, Error)]
pub enum SwitchOnError {
    /// There is no key to trust.
    #[error("no key")]
    NoKey,
    /// A key file cannot be read as one.
    #[error(transparent)]
    KeyFile(Box<HostError>),
    /// Every key block is in use.
    #[error("no key block is free")]
    NoFreeBlock,
    /// A key cannot be burned.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Block 2 has a coding scheme, which leaves no room for a key of 32 bytes.
    #[error("block 2 is coded: secure boot with a coding scheme is not offered")]
    Coded,
    /// Block 2 is protected.
    #[error("block 2 is write-protected")]
    BlockProtected,
    /// The chip has no such field, or its bits do not fit.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A field is protected.
    #[error("eFuse field {name} is write-protected")]
    FieldProtected {
        /// Its name.
        name: &'static str,
    },
}

impl From<HostError> for SwitchOnError {
    fn from(error: HostError) -> Self {
        SwitchOnError::KeyFile(Box::new(error))
    }
}

/// A file with a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    pub(super) path: PathBuf,
    pem: Vec<u8>,
}

impl KeyFile {
    pub(super) fn read(path: PathBuf) -> Result<KeyFile, HostError> {
        let pem = files::read(&path, files::MAX_SMALL_FILE)?;
        let key = KeyFile { path, pem };
        key.key().map(|_| key)
    }

    pub(super) fn key(&self) -> Result<SigningKey, HostError> {
        SigningKey::from_pem(&self.pem)
            .map_err(|error| HostError::input(&self.path, error.to_string(), error.remedy()))
    }
}

/// What one chip's table says of secure boot, with the folder that paths are relative to, and the donor's where it is a
/// target's.
pub fn setup(
    folder: &Path,
    chip: Chip,
    raw: &RawEfuses,
    donor: Option<&SecureBoot>,
) -> Result<Option<SecureBoot>, SetupError> {
    let Some(version) = raw.secure_boot else {
        let surplus = [
            raw.signing_keys.map(Spanned::span),
            raw.digest_key.map(Spanned::span),
        ];
        return match surplus.into_iter().flatten().next() {
            Some(span) => Err(SetupError::from(problem(
                span,
                "a key for secure boot, but no secure-boot",
                "add secure-boot = \"v2\" (or \"v1\")",
            ))),
            None => Ok(None),
        };
    };
    match (version.get_ref().as_str(), chip) {
        ("same", _) => match donor.cloned() {
            Some(same) => Ok(Some(same)),
            None => Err(SetupError::from(problem(
                version.span(),
                "there is no donor's secure boot that could be the same",
                "only a target can have the donor's, and only where the donor has one",
            ))),
        },
        ("v1", Chip::Esp32) => v1_setup(raw, version).map(Some).map_err(SetupError::from),
        ("v1", _) => Err(SetupError::from(problem(
            version.span(),
            format!("the {chip} has no secure boot v1"),
            "use \"v2\"",
        ))),
        ("v2", _) => v2_setup(folder, chip, raw, version).map(Some),
        (other, _) => Err(SetupError::from(problem(
            version.span(),
            format!("unknown version of secure boot \"{other}\""),
            "use \"v1\", \"v2\", or in a target \"same\"",
        ))),
    }
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
    match hex::decode(value.get_ref()) {
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
    let paths = match keys {
        Some((_, paths)) if !paths.is_empty() && paths.len() <= most => paths,
        Some((span, paths)) => {
            return Err(SetupError::from(problem(
                span,
                format!("{} keys, but the {chip} trusts 1 to {most}", paths.len()),
                "give as many as the chip can trust",
            )));
        }
        None => {
            return Err(SetupError::from(problem(
                version.span(),
                "secure boot v2 needs signing-keys",
                "add signing-keys = [\"<key>.pem\"]",
            )));
        }
    };
    let files = paths
        .iter()
        .map(|path| KeyFile::read(folder.join(path.get_ref())));
    files
        .collect::<Result<Vec<_>, _>>()
        .map(SecureBoot::V2)
        .map_err(SetupError::from)
}

impl SecureBoot {
    /// Burns keys and switches, as ESP-IDF's bootloader does when it switches secure boot on: digests readable and
    /// write-protected, slots without a key revoked.
    ///
    /// # Errors
    /// What cannot be burned.
    pub fn burn(&self, bank: &mut EfuseBank) -> Result<(), SwitchOnError> {
        match self {
            SecureBoot::V1(key) => {
                let mut key = key.clone();
                key.reverse();
                burn_block2(bank, &key)?;
                burn_bits(bank, "RD_DIS", 1 << 1)?;
                burn_bits(bank, "ABS_DONE_0", 1)
            }
            SecureBoot::V2(keys) if bank.chip() == Chip::Esp32 => {
                let key = keys.first().ok_or(SwitchOnError::NoKey)?.key()?;
                burn_block2(bank, &v2::key_digest(&key.verifying_key()))?;
                burn_bits(bank, "ABS_DONE_1", 1)
            }
            SecureBoot::V2(keys) => {
                for (key, purpose) in keys.iter().zip(DIGESTS) {
                    let digest = v2::key_digest(&key.key()?.verifying_key());
                    let slot = bank.free_key_slot(purpose);
                    let slot = slot.ok_or(SwitchOnError::NoFreeBlock)?;
                    let protection = KeyProtection::usual(purpose);
                    bank.burn_key(slot, purpose, &digest, protection)?;
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
    pub fn sign(&self, chip: Chip, firmware: &Firmware) -> Result<Firmware, HostError> {
        let mut signed = firmware.clone();
        let wrong = |part: &str, error: String| {
            let place = firmware.inputs.first().cloned().unwrap_or_default();
            let text = format!("{part} cannot be signed: {error}");
            HostError::input(
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

fn burn_block2(bank: &mut EfuseBank, bytes: &[u8]) -> Result<(), SwitchOnError> {
    let words: Vec<u32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word))
        .collect();
    // A chip with a coding scheme takes the key with its check bytes, which a key of 32 bytes leaves no room for.
    if bank.is_coded(2) {
        return Err(SwitchOnError::Coded);
    }
    match bank.burn_block(2, &words) {
        BurnOutcome::Burned => burn_bits(bank, "WR_DIS", 1 << 8),
        BurnOutcome::Protected => Err(SwitchOnError::BlockProtected),
    }
}

fn burn_bits(bank: &mut EfuseBank, name: &str, bits: u64) -> Result<(), SwitchOnError> {
    let field = *bank.field(name)?;
    match bank.burn(&field, bits)? {
        BurnOutcome::Burned => Ok(()),
        BurnOutcome::Protected => Err(SwitchOnError::FieldProtected { name: field.name }),
    }
}
