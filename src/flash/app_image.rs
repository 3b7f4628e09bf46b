//! The image format of apps and second-stage bootloaders: header, segments, checksum, appended hash.
//!
//! Layout: ESP-IDF `components/bootloader_support/include/esp_app_format.h`, checks as in
//! `src/esp_image_format.c`.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::chip::{Chip, ChipRevision};

mod descriptor;
mod error;

pub use descriptor::{AppDescriptor, BootloaderDescriptor};
pub use error::AppImageError;

/// First byte of an image.
pub const IMAGE_MAGIC: u8 = 0xE9;
/// Most segments that an image has.
pub const MAX_SEGMENTS: usize = 16;

const HEADER_LEN: usize = 24;
const SEGMENT_HEADER_LEN: usize = 8;
const HASH_LEN: usize = 32;
/// The checksum lies in the last byte of a block of this size.
const CHECKSUM_ALIGNMENT: usize = 16;
const CHECKSUM_START: u8 = 0xEF;
/// ESP-IDF `esp_image_format.c`: a segment has fewer bytes than this.
const MAX_SEGMENT_LEN: u32 = 16 << 20;
/// Segments below this address are padding and not loaded (`esp_image_format.c`, `should_load`).
const FIRST_LOADED_ADDRESS: u32 = 0x1000_0000;

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSegment {
    /// Address where the bytes are loaded or mapped.
    pub address: u32,
    /// Place of the bytes in the image.
    pub data: Range<usize>,
}

impl ImageSegment {
    /// How the bytes get to their address.
    pub fn use_on(&self, chip: Chip) -> SegmentUse {
        let mapped = chip.spec().mapped;
        if mapped.iter().any(|range| range.contains(&self.address)) {
            SegmentUse::Mapped
        } else if self.address < FIRST_LOADED_ADDRESS {
            SegmentUse::Padding
        } else {
            SegmentUse::Loaded
        }
    }
}

/// How a segment's bytes get to their address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentUse {
    /// The bootloader copies them.
    Loaded,
    /// The flash MMU maps them.
    Mapped,
    /// They only fill.
    Padding,
}

/// The image's header, without what follows from the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageHeader {
    /// SPI mode: 0 QIO, 1 QOUT, 2 DIO, 3 DOUT, 4 fast read, 5 slow read.
    pub spi_mode: u8,
    /// SPI clock code, four bits: 0 40 MHz, 1 26 MHz, 2 20 MHz, 0xF 80 MHz.
    pub spi_speed: u8,
    /// Flash size code, four bits: 1 MB times two to the power of it.
    pub spi_size: u8,
    /// Address of the first instruction.
    pub entry: u32,
    /// Chip id.
    pub chip_id: u16,
    /// Lowest chip revision, as hundred times major plus minor.
    pub min_revision: u16,
    /// Highest chip revision, in the same form.
    pub max_revision: u16,
    /// Whether a SHA-256 follows the checksum.
    pub hash_appended: bool,
}

impl ImageHeader {
    /// The flash size that the header announces, in bytes.
    pub fn flash_size(&self) -> u64 {
        1 << (20 + self.spi_size)
    }
}

/// The parsed structure of an image; the bytes stay with the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppImage {
    /// The header.
    pub header: ImageHeader,
    /// The segments in their order.
    pub segments: Vec<ImageSegment>,
    /// Offset of the checksum byte.
    pub checksum_at: usize,
    /// Offset of the appended SHA-256, if there is one.
    pub hash_at: Option<usize>,
    /// Bytes of the whole image: with padding, checksum and hash.
    pub len: usize,
}

impl AppImage {
    /// Reads the structure of the image at the start of `bytes`; what follows the image is ignored.
    ///
    /// # Errors
    /// Where the header is none, or the image does not fit into `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, AppImageError> {
        let raw: &[u8; HEADER_LEN] = match bytes.first_chunk() {
            Some(raw) => raw,
            None => return Err(truncated("header", 0, HEADER_LEN, bytes)),
        };
        let header = parse_header(raw)?;
        let mut segments = Vec::new();
        let mut at = HEADER_LEN;
        for number in 0..usize::from(raw[1]) {
            let segment = parse_segment(bytes, number, at)?;
            at = segment.data.end;
            segments.push(segment);
        }
        let checksum_at = at / CHECKSUM_ALIGNMENT * CHECKSUM_ALIGNMENT + CHECKSUM_ALIGNMENT - 1;
        let mut len = checksum_at + 1;
        if bytes.len() < len {
            return Err(truncated("checksum", checksum_at, 1, bytes));
        }
        let hash_at = header.hash_appended.then_some(len);
        if let Some(at) = hash_at {
            len += HASH_LEN;
            if bytes.len() < len {
                return Err(truncated("hash", at, HASH_LEN, bytes));
            }
        }
        Ok(AppImage {
            header,
            segments,
            checksum_at,
            hash_at,
            len,
        })
    }

    /// Whether checksum and hash of the image at the start of `bytes`, which are those that were parsed, are right.
    ///
    /// # Errors
    /// Where one is wrong.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), AppImageError> {
        let Some(bytes) = bytes.get(..self.len) else {
            return Err(AppImageError::OtherBytes {
                len: bytes.len(),
                needed: self.len,
            });
        };
        let data = self.segments.iter().flat_map(|s| &bytes[s.data.clone()]);
        let computed = data.fold(CHECKSUM_START, |sum, byte| sum ^ byte);
        let (at, stored) = (self.checksum_at, bytes[self.checksum_at]);
        if stored != computed {
            return Err(AppImageError::Checksum {
                at,
                stored,
                computed,
            });
        }
        match self.hash_at {
            Some(at) if Sha256::digest(&bytes[..at])[..] != bytes[at..at + HASH_LEN] => {
                Err(AppImageError::Hash { at })
            }
            _ => Ok(()),
        }
    }

    /// Parses and verifies.
    ///
    /// # Errors
    /// Those of [`AppImage::parse`] and [`AppImage::verify`].
    pub fn parse_verified(bytes: &[u8]) -> Result<Self, AppImageError> {
        let image = AppImage::parse(bytes)?;
        image.verify(bytes)?;
        Ok(image)
    }

    /// Whether the image is for this chip and revision.
    ///
    /// # Errors
    /// Where it is for another.
    pub fn check_chip(&self, chip: Chip, revision: ChipRevision) -> Result<(), AppImageError> {
        let (found, wanted) = (self.header.chip_id, chip.spec().image_chip_id);
        if found != wanted {
            return Err(AppImageError::Chip {
                found,
                wanted,
                chip,
            });
        }
        let (min, max) = (self.header.min_revision, self.header.max_revision);
        // Zero, as older ESP-IDF writes it, is no limit (`bootloader_common_check_chip_revision_validity`).
        let max = if max == 0 { u16::MAX } else { max };
        if !(min..=max).contains(&revision.number()) {
            return Err(AppImageError::Revision { min, max, revision });
        }
        Ok(())
    }

    /// Whether the flash MMU can map the segments that are to be mapped, with the image at a page boundary.
    ///
    /// # Errors
    /// The first segment that it cannot.
    pub fn check_mapping(&self, chip: Chip) -> Result<(), AppImageError> {
        let page = chip.spec().mmu_page_size;
        for (number, segment) in self.segments.iter().enumerate() {
            let at = segment.data.start;
            let fits = segment.address % page == at as u32 % page;
            if segment.use_on(chip) == SegmentUse::Mapped && !fits {
                return Err(AppImageError::Mapping {
                    number,
                    at,
                    address: segment.address,
                    page,
                });
            }
        }
        Ok(())
    }

    /// The app descriptor at the start of the first segment, if there is one.
    pub fn descriptor(&self, bytes: &[u8]) -> Option<AppDescriptor> {
        let segment = self.segments.first()?;
        AppDescriptor::parse(bytes.get(segment.data.clone())?)
    }

    /// The bootloader descriptor at the start of the first segment, if the image is a bootloader with one.
    pub fn bootloader_descriptor(&self, bytes: &[u8]) -> Option<BootloaderDescriptor> {
        let segment = self.segments.first()?;
        BootloaderDescriptor::parse(bytes.get(segment.data.clone())?)
    }
}

fn truncated(part: &'static str, at: usize, needed: usize, bytes: &[u8]) -> AppImageError {
    AppImageError::Truncated {
        part,
        at,
        needed,
        len: bytes.len(),
    }
}

fn parse_header(raw: &[u8; HEADER_LEN]) -> Result<ImageHeader, AppImageError> {
    if raw[0] != IMAGE_MAGIC {
        return Err(AppImageError::Magic { found: raw[0] });
    }
    if usize::from(raw[1]) > MAX_SEGMENTS {
        return Err(AppImageError::SegmentCount { count: raw[1] });
    }
    let half = |at: usize| u16::from_le_bytes([raw[at], raw[at + 1]]);
    Ok(ImageHeader {
        spi_mode: raw[2],
        spi_speed: raw[3] & 0xF,
        spi_size: raw[3] >> 4,
        entry: u32::from_le_bytes([raw[4], raw[5], raw[6], raw[7]]),
        chip_id: half(12),
        min_revision: half(15),
        max_revision: half(17),
        hash_appended: raw[23] != 0,
    })
}

fn parse_segment(bytes: &[u8], number: usize, at: usize) -> Result<ImageSegment, AppImageError> {
    let raw: Option<&[u8; SEGMENT_HEADER_LEN]> = bytes.get(at..).and_then(<[u8]>::first_chunk);
    let Some(raw) = raw else {
        return Err(truncated("segment header", at, SEGMENT_HEADER_LEN, bytes));
    };
    let address = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
    let length = u32::from_le_bytes([raw[4], raw[5], raw[6], raw[7]]);
    if !length.is_multiple_of(4) || length >= MAX_SEGMENT_LEN {
        return Err(AppImageError::SegmentLength { number, at, length });
    }
    let start = at + SEGMENT_HEADER_LEN;
    let data = start..start + length as usize;
    if bytes.len() < data.end {
        return Err(truncated("segment", start, data.len(), bytes));
    }
    Ok(ImageSegment { address, data })
}

#[cfg(test)]
mod tests;
