//! What can be wrong with a partition table.

use super::{LABEL_LEN, PARTITION_TABLE_MAX_LEN};

/// A partition table that cannot be used. `at` is the byte offset of the entry within the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartitionError {
    /// There are fewer bytes than one entry has, or no entry comes before the end.
    #[error("partition table is empty")]
    Empty,
    /// An entry starts with other bytes than AA 50 or EB EB.
    #[error("partition table entry at {at:#x} starts with {magic:#06x} in place of 0x50aa")]
    Magic {
        /// Byte offset of the entry.
        at: usize,
        /// The first two bytes, little-endian.
        magic: u16,
    },
    /// No FF row ends the table.
    #[error("partition table has no end within {len:#x} bytes")]
    NoEnd {
        /// Bytes that were looked at.
        len: usize,
    },
    /// The digest is not that of the entries before it.
    #[error("MD5 digest of the partition table at {at:#x} does not fit the entries before it")]
    Md5 {
        /// Byte offset of the digest's row.
        at: usize,
    },
    /// There are two digests.
    #[error("second MD5 digest in the partition table at {at:#x}")]
    SecondMd5 {
        /// Byte offset of the digest's row.
        at: usize,
    },
    /// An entry follows the digest, which does not cover it.
    #[error("partition \"{label}\" at {at:#x} follows the MD5 digest")]
    AfterMd5 {
        /// Byte offset of the entry.
        at: usize,
        /// The entry's label.
        label: String,
    },
    /// There is no digest where one is demanded.
    #[error("partition table has no MD5 digest")]
    NoMd5,
    /// The label is no UTF-8.
    #[error("label of the partition table entry at {at:#x} is not text")]
    Label {
        /// Byte offset of the entry.
        at: usize,
    },
    /// The partition lies outside the flash.
    #[error(
        "partition \"{label}\" (entry at {at:#x}: {offset:#x} + {size:#x}) ends behind the flash of {flash_size:#x} bytes"
    )]
    Bounds {
        /// Byte offset of the entry.
        at: usize,
        /// The entry's label.
        label: String,
        /// Flash offset of the partition, in bytes.
        offset: u32,
        /// Size of the partition, in bytes.
        size: u32,
        /// Size of the flash, in bytes.
        flash_size: usize,
    },
    /// The partition has no bytes.
    #[error("partition \"{label}\" (entry at {at:#x}) has no bytes")]
    NoBytes {
        /// Byte offset of the entry.
        at: usize,
        /// The entry's label.
        label: String,
    },
    /// The partition does not start at a multiple of what its type demands.
    #[error(
        "partition \"{label}\" (entry at {at:#x}) starts at {offset:#x}, which is not a multiple of {alignment:#x}"
    )]
    Alignment {
        /// Byte offset of the entry.
        at: usize,
        /// The entry's label.
        label: String,
        /// Flash offset of the partition, in bytes.
        offset: u32,
        /// The alignment, in bytes.
        alignment: u32,
    },
    /// Two partitions, or a partition and what lies before the partitions, overlap.
    #[error("partition \"{label}\" (entry at {at:#x}) starts at {offset:#x}, inside {other}")]
    Overlap {
        /// Byte offset of the entry.
        at: usize,
        /// The entry's label.
        label: String,
        /// Flash offset of the partition, in bytes.
        offset: u32,
        /// What it overlaps.
        other: String,
    },
    /// Two partitions have the same label.
    #[error("second partition \"{label}\" (entry at {at:#x})")]
    SameLabel {
        /// Byte offset of the entry.
        at: usize,
        /// The label.
        label: String,
    },
    /// The label does not fit its field.
    #[error("partition label \"{label}\" is longer than {LABEL_LEN} bytes")]
    LongLabel {
        /// The label as given.
        label: String,
    },
    /// There are more entries than fit.
    #[error("partition table of {count} entries does not fit {PARTITION_TABLE_MAX_LEN:#x} bytes")]
    TooMany {
        /// Number of entries.
        count: usize,
    },
}
