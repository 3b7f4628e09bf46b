//! Images signed: padded, their signature sector made or extended.

use super::block::{BLOCK_LEN, MAX_BLOCKS, SignatureBlock};
use super::chips;
use crate::chip::Chip;
use crate::flash::app_image::{AppImage, AppImageError, IMAGE_MAGIC};
use crate::secure_boot::{SECTOR, Scheme, SigningKey};

const ERASED: u8 = 0xFF;

/// What becomes of signatures that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is an error that there are some.
    Refuse,
    /// They stay, the new ones follow; it is an error that there are none.
    Keep,
    /// They go.
    Replace,
}

/// An image that cannot be signed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// There is no image.
    #[error("image is empty")]
    Empty,
    /// There is no key to sign with.
    #[error("no key to sign with")]
    NoKey,
    /// More signatures than a sector has room for.
    #[error(
        "{present} signatures present and {added} new ones: a sector has room for {MAX_BLOCKS}"
    )]
    TooMany {
        /// Signatures that are there already.
        present: usize,
        /// Signatures to be made.
        added: usize,
    },
    /// There are signatures already.
    #[error("already carries {blocks} signature(s), in the sector at {at:#x}")]
    Signed {
        /// Number of signatures.
        blocks: usize,
        /// Offset of the signature sector in bytes.
        at: usize,
    },
    /// There are no signatures to keep.
    #[error("carries no signature at {at:#x} that others could follow")]
    Unsigned {
        /// Offset where the signature sector would begin, in bytes.
        at: usize,
    },
    /// There are signatures, but they are those of another image.
    #[error("signature block {block} at {at:#x} is not one of this image: its digest is another")]
    OtherImage {
        /// Number of the block.
        block: usize,
        /// Offset of the signature sector in bytes.
        at: usize,
    },
    /// It begins like an image but is none.
    #[error(transparent)]
    Image(#[from] AppImageError),
    /// More follows the image than padding to the next sector: the chip looks for the signatures right there.
    #[error(
        "image ends at {image_end:#x}, so the chip looks for signatures at {wanted:#x}, but the file goes on to {len:#x}"
    )]
    Trailing {
        /// Where the image ends, in bytes.
        image_end: usize,
        /// Offset where the chip looks for the signature sector, in bytes.
        wanted: usize,
        /// Bytes of the file.
        len: usize,
    },
    /// The chip has no secure boot v2.
    #[error("{chip} has no secure boot v2 that ESP-IDF supports")]
    Chip {
        /// The chip.
        chip: Chip,
    },
    /// The chip does not verify signatures of this scheme.
    #[error("{chip} does not verify {scheme} signatures")]
    Scheme {
        /// The chip.
        chip: Chip,
        /// The scheme of the key.
        scheme: Scheme,
    },
    /// The chip looks at fewer signatures.
    #[error("{chip} looks at {most} signature(s), not at {blocks}")]
    Blocks {
        /// The chip.
        chip: Chip,
        /// Signatures that the chip tries.
        most: usize,
        /// Signatures there would be.
        blocks: usize,
    },
    /// RSA's arithmetic failed.
    #[error("signature cannot be computed with this key")]
    Arithmetic,
}

/// Where the chip looks for the signatures of an image: at the next sector boundary behind it. Bytes that do not begin like
/// an image (a partition table, say) are taken whole: `None`.
///
/// # Errors
/// Where it begins like an image and is none.
pub fn signature_place(file: &[u8]) -> Result<Option<usize>, AppImageError> {
    match file.first() {
        Some(&IMAGE_MAGIC) => {
            AppImage::parse(file).map(|image| Some(image.len.next_multiple_of(SECTOR)))
        }
        _ => Ok(None),
    }
}

/// The leading blocks of the sector at the end of a file that are signature blocks of any chip; none where the file is not
/// made of whole sectors.
pub fn signed_blocks(file: &[u8]) -> Vec<SignatureBlock> {
    let sector = match file.len() {
        0 => return Vec::new(),
        len if len.is_multiple_of(SECTOR) => &file[len - SECTOR..],
        _ => return Vec::new(),
    };
    let (blocks, _) = sector.as_chunks::<BLOCK_LEN>();
    let blocks = blocks.iter().take(MAX_BLOCKS);
    let blocks = blocks.map(|bytes| SignatureBlock::from_bytes(*bytes));
    blocks.take_while(|block| block.check().is_ok()).collect()
}

/// Whether image and keys are for this chip.
///
/// # Errors
/// Where the image is for another chip, or the chip does not verify the scheme.
pub fn check_for_chip(chip: Chip, file: &[u8], keys: &[SigningKey]) -> Result<(), SignError> {
    let spec = chips::supported(chip).ok_or(SignError::Chip { chip })?;
    if file.first() == Some(&IMAGE_MAGIC) {
        let image = AppImage::parse(file)?;
        let (found, wanted) = (image.header.chip_id, chip.spec().image_chip_id);
        if found != wanted {
            return Err(AppImageError::Chip {
                found,
                wanted,
                chip,
            }
            .into());
        }
    }
    for key in keys {
        let scheme = key.scheme();
        if !spec.schemes.contains(&scheme) {
            return Err(SignError::Scheme { chip, scheme });
        }
    }
    Ok(())
}

/// Whether the chip looks at every signature of a signed file.
///
/// # Errors
/// Where it looks at fewer.
pub fn check_block_count(chip: Chip, signed: &[u8]) -> Result<(), SignError> {
    let spec = chips::supported(chip).ok_or(SignError::Chip { chip })?;
    let (most, blocks) = (spec.blocks, signed_blocks(signed).len());
    match blocks > most {
        true => Err(SignError::Blocks { chip, most, blocks }),
        false => Ok(()),
    }
}

/// Signs an image with up to three keys: pads it with 0xFF to whole sectors and puts the signature sector behind it. The
/// salt of RSA-PSS follows from `seed` and the image's digest: the same inputs give the same bytes.
///
/// # Errors
/// Where the image cannot be signed so; see [`SignError`].
pub fn sign(
    file: &[u8],
    keys: &[SigningKey],
    existing: Existing,
    seed: &[u8; 32],
) -> Result<Vec<u8>, SignError> {
    if file.is_empty() {
        return Err(SignError::Empty);
    }
    if keys.is_empty() {
        return Err(SignError::NoKey);
    }
    let place = signature_place(file)?;
    let (mut image, present) = taken_apart(file, place, existing)?;
    let (held, added) = (present.len(), keys.len());
    if held + added > MAX_BLOCKS {
        return Err(SignError::TooMany {
            present: held,
            added,
        });
    }
    let mut sector: Vec<u8> = (present.iter().flat_map(|block| block.as_bytes()))
        .copied()
        .collect();
    for key in keys {
        let block = SignatureBlock::new(key, &image, seed).ok_or(SignError::Arithmetic)?;
        sector.extend_from_slice(block.as_bytes());
    }
    sector.resize(SECTOR, ERASED);
    image.extend(sector);
    Ok(image)
}

/// The padded image and the signatures to keep.
fn taken_apart(
    file: &[u8],
    place: Option<usize>,
    existing: Existing,
) -> Result<(Vec<u8>, Vec<SignatureBlock>), SignError> {
    let mut present = signed_blocks(file);
    let signed = file.len().saturating_sub(SECTOR);
    // A sector elsewhere than the chip looks for it is refused below.
    let at = match present.is_empty() {
        true => file.len().next_multiple_of(SECTOR),
        false => signed,
    };
    match (existing, present.len()) {
        (Existing::Keep, 0) => return Err(SignError::Unsigned { at }),
        (Existing::Refuse, blocks @ 1..) => return Err(SignError::Signed { blocks, at }),
        (Existing::Replace, 1..) => present.clear(),
        _ => {}
    }
    let mut image = file[..at.min(file.len())].to_vec();
    image.resize(at, ERASED);
    if let Some(wanted) = place.filter(|&wanted| wanted != at) {
        return Err(SignError::Trailing {
            image_end: AppImage::parse(file)?.len,
            wanted,
            len: file.len(),
        });
    }
    for (block, found) in present.iter().enumerate() {
        let scheme = found.scheme().ok();
        let same = |scheme: &Scheme| found.image_digest(*scheme) == scheme.image_digest(&image);
        if !scheme.as_ref().is_some_and(same) {
            return Err(SignError::OtherImage { block, at });
        }
    }
    Ok((image, present))
}
