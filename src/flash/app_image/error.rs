//! What can be wrong with an image.

use super::MAX_SEGMENTS;
use crate::chip::{Chip, ChipRevision};

/// An image that cannot be used. Offsets are bytes from the start of the image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppImageError {
    /// The first byte is wrong.
    #[error("image starts with {found:#04x} in place of 0xe9")]
    Magic {
        /// The byte found.
        found: u8,
    },
    /// The image ends too early.
    #[error("image ends at {len:#x}, inside its {part} at {at:#x}, which needs {needed} bytes")]
    Truncated {
        /// What is cut off.
        part: &'static str,
        /// Offset of that part.
        at: usize,
        /// Bytes of that part.
        needed: usize,
        /// Bytes of the image as given.
        len: usize,
    },
    /// There are too many segments.
    #[error("image header at 0x1 announces {count} segments, more than {MAX_SEGMENTS}")]
    SegmentCount {
        /// Number of segments.
        count: u8,
    },
    /// A segment's length is no multiple of 4, or too large.
    #[error("segment {number} at {at:#x} has an impossible length of {length:#x}")]
    SegmentLength {
        /// Number of the segment, from 0.
        number: usize,
        /// Offset of the segment's header.
        at: usize,
        /// Length in bytes.
        length: u32,
    },
    /// The checksum is wrong.
    #[error("checksum at {at:#x} is {stored:#04x}, the segments give {computed:#04x}")]
    Checksum {
        /// Offset of the checksum.
        at: usize,
        /// The stored byte.
        stored: u8,
        /// What it should be.
        computed: u8,
    },
    /// The appended SHA-256 is wrong.
    #[error("SHA-256 at {at:#x} is not that of the image before it")]
    Hash {
        /// Offset of the hash.
        at: usize,
    },
    /// The bytes to verify are not those that were parsed.
    #[error("image has {len:#x} bytes, fewer than the {needed:#x} that were parsed")]
    OtherBytes {
        /// Bytes as given.
        len: usize,
        /// Bytes of the parsed image.
        needed: usize,
    },
    /// The image is for another chip.
    #[error("image header at 0xc names chip id {found:#06x}, {chip} has {wanted:#06x}")]
    Chip {
        /// The id found.
        found: u16,
        /// The id of the chip.
        wanted: u16,
        /// The chip.
        chip: Chip,
    },
    /// The chip's revision is not one that the image accepts.
    #[error(
        "image is for chip revisions {min} to {max} (hundred times major, plus minor), the chip is {revision}"
    )]
    Revision {
        /// Lowest revision accepted.
        min: u16,
        /// Highest revision accepted.
        max: u16,
        /// The chip's revision.
        revision: ChipRevision,
    },
    /// A segment that is mapped and not loaded does not lie at the same place of a page in flash and in memory.
    #[error(
        "segment {number} at {at:#x} for {address:#010x} cannot be mapped by pages of {page:#x} bytes"
    )]
    Mapping {
        /// Number of the segment, from 0.
        number: usize,
        /// Offset of the segment's data.
        at: usize,
        /// Load address.
        address: u32,
        /// Page size in bytes.
        page: u32,
    },
}
