//! What an attacker who cannot sign does to a copy, as a scenario describes it.
//!
//! ```toml
//! # What is changed in the copy, one after the other.
//! [[target.edit]]
//! part = "app"                           # or "bootloader"
//! what = "modify"                        # one bit, checksum and hash mended (in ciphertext: one bit, nothing mended)
//!                                        # "erase-signature", "truncate-signature", "corrupt-signature", "forge-signature" (its checksum mended),
//!                                        # or "sign"
//! key = "keys/attacker.pem"              # of "sign"
//! ```

use std::path::Path;

use cloneproof::flash::app_image::{AppImage, AppImageError};
use cloneproof::flash::build::FlashPart;
use cloneproof::flash::{FlashImage, SECTOR_SIZE};
use cloneproof::secure_boot::v1;
use cloneproof::secure_boot::v2::{self, Existing, SignError, SignatureBlock};
use sha2::{Digest, Sha256};
use thiserror::Error;
use toml::Spanned;

use super::problem::{SetupError, problem};
use super::raw::RawEdit;
use super::secure_boot::{DIGEST_PART, KeyFile, SALT_SEED, SecureBoot};
use crate::base::error::Error as HostError;
use crate::input::firmware::Firmware;

/// Bytes of a signature sector that a truncated one keeps.
const TRUNCATED: u32 = 600;
/// Place in a signature block of what a corrupted one has changed: inside of the signature.
const CORRUPTED: u32 = 900;

/// First byte of a signature block of version 2.
const SIGNATURE_MAGIC: u8 = 0xE7;

/// Why a copy cannot be changed so.
#[derive(Debug, Error)]
pub enum EditError {
    /// The edit left the copy as it was.
    #[error("\"{edit}\" changes nothing")]
    NothingChanged {
        /// The edit.
        edit: String,
    },
    /// There is no signature to change.
    #[error("the donor's {part} has no signature that this edit could change")]
    NoSignature {
        /// Of which part.
        part: &'static str,
    },
    /// The firmware has no such part.
    #[error("there is no {part}")]
    NoPart {
        /// Which one.
        part: &'static str,
    },
    /// Nobody can forge it.
    #[error("only a plain signature of version 2 can be forged")]
    Unforgeable,
    /// What is encrypted cannot be signed.
    #[error("ciphertext cannot be signed without the flash encryption key")]
    Ciphertext,
    /// The key file cannot be read as one.
    #[error(transparent)]
    KeyFile(Box<HostError>),
    /// The image cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The signed image does not fit.
    #[error("the signed {part} is longer than its place")]
    TooLong {
        /// Of which part.
        part: &'static str,
    },
    /// What is to be modified is no image.
    #[error(transparent)]
    Image(#[from] AppImageError),
    /// There is nothing in the image that could be modified.
    #[error("an image without segments")]
    NoSegments,
}

impl From<HostError> for EditError {
    fn from(error: HostError) -> Self {
        EditError::KeyFile(Box::new(error))
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
            SetupError::from(problem(value.span(), message, help))
        };
        let part = match raw.part.get_ref().as_str() {
            "app" => "app",
            "bootloader" => "bootloader",
            _ => return Err(wrong(&raw.part, "part", "use \"app\" or \"bootloader\"")),
        };
        let what = match (raw.what.get_ref().as_str(), &raw.key) {
            ("sign", Some(key)) => What::Sign(KeyFile::read(folder.join(key.get_ref()))?),
            ("sign", None) => {
                return Err(SetupError::from(problem(
                    raw.what.span(),
                    "whoever signs needs a key",
                    "add key = \"<key>.pem\"",
                )));
            }
            (_, Some(key)) => {
                return Err(SetupError::from(problem(
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
    /// Where that cannot be done, or changes nothing.
    pub fn apply(
        &self,
        flash: &mut FlashImage,
        firmware: &Firmware,
        signed: Option<&SecureBoot>,
        encrypted: bool,
    ) -> Result<(), EditError> {
        self.check_signed(signed)?;
        let before = flash.sha256();
        self.change(flash, firmware, encrypted)?;
        match flash.sha256() == before {
            true => Err(EditError::NothingChanged {
                edit: self.describe(),
            }),
            false => Ok(()),
        }
    }

    /// Where there is no signature, none can be taken away: what stands in its place would be damaged instead.
    fn check_signed(&self, signed: Option<&SecureBoot>) -> Result<(), EditError> {
        let has_one = match (&self.what, signed) {
            (What::Modify, _) | (_, Some(SecureBoot::V2(_))) => true,
            (What::EraseSignature | What::CorruptSignature, Some(SecureBoot::V1(_))) => {
                self.part == "bootloader"
            }
            _ => false,
        };
        match has_one {
            true => Ok(()),
            false => Err(EditError::NoSignature { part: self.part }),
        }
    }

    fn change(
        &self,
        flash: &mut FlashImage,
        firmware: &Firmware,
        encrypted: bool,
    ) -> Result<(), EditError> {
        let find = |name: &str| firmware.parts.iter().find(|part| part.name == name);
        let part = find(self.part).ok_or(EditError::NoPart { part: self.part })?;
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
            What::ForgeSignature if encrypted || v1.is_some() => Err(EditError::Unforgeable),
            What::ForgeSignature => {
                for block in 0..v2::MAX_BLOCKS {
                    forge(flash, sector + (block * v2::BLOCK_LEN) as u32);
                }
                Ok(())
            }
            What::Sign(_) if encrypted => Err(EditError::Ciphertext),
            What::Sign(key) => {
                let image = flash.read_vec(part.offset, len);
                let signed = v2::sign(&image, &[key.key()?], Existing::Replace, &SALT_SEED)?;
                if signed.len() > len {
                    return Err(EditError::TooLong { part: self.part });
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
fn modify(flash: &mut FlashImage, part: &FlashPart, encrypted: bool) -> Result<(), EditError> {
    if encrypted {
        // The plain part tells where the data lies: padding and signature are no use to an attacker.
        let image = AppImage::parse(&part.bytes)?;
        let longest = image
            .segments
            .iter()
            .max_by_key(|segment| segment.data.len());
        let data = &longest.ok_or(EditError::NoSegments)?.data;
        flip(flash, part.offset + (data.start + data.end) as u32 / 2);
        return Ok(());
    }
    let mut bytes = flash.read_vec(part.offset, part.bytes.len());
    let image = AppImage::parse(&bytes)?;
    let longest = image
        .segments
        .iter()
        .max_by_key(|segment| segment.data.len());
    let data = longest.ok_or(EditError::NoSegments)?.data.clone();
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
