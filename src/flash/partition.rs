//! The partition table: parsing with strict checks, building, finding.
//!
//! Layout and checks: ESP-IDF `components/bootloader_support/include/esp_flash_partitions.h`,
//! `src/flash_partitions.c` (`esp_partition_table_verify`) and `components/partition_table/gen_esp32part.py`.

use std::fmt;

use md5::{Digest, Md5};

mod error;

pub use error::PartitionError;

/// Most bytes that a partition table has; the rest of its sector is not read.
pub const PARTITION_TABLE_MAX_LEN: usize = 0xC00;
/// Size of an entry, in bytes.
pub const PARTITION_ENTRY_LEN: usize = 32;

/// Bytes of a label.
const LABEL_LEN: usize = 16;
const MAGIC: [u8; 2] = [0xAA, 0x50];
const MAGIC_MD5: [u8; 2] = [0xEB, 0xEB];
const END: [u8; 4] = [0xFF; 4];
/// Place of the digest in its row.
const MD5_OFFSET: usize = 16;
/// Alignment of partitions, in bytes.
const DATA_ALIGNMENT: u32 = 0x1000;
/// Alignment of app partitions, in bytes: an MMU page.
const APP_ALIGNMENT: u32 = 0x1_0000;

/// Partition type of apps.
pub const TYPE_APP: u8 = 0x00;
/// Partition type of data.
pub const TYPE_DATA: u8 = 0x01;
/// App subtype of the factory app.
pub const SUBTYPE_FACTORY: u8 = 0x00;
/// App subtype of the first of sixteen OTA slots.
pub const SUBTYPE_OTA_0: u8 = 0x10;
/// App subtype of the last OTA slot.
pub const SUBTYPE_OTA_15: u8 = 0x1F;
/// App subtype of the test app.
pub const SUBTYPE_TEST: u8 = 0x20;
/// Data subtype of the OTA selection.
pub const SUBTYPE_OTADATA: u8 = 0x00;
/// Data subtype of PHY calibration.
pub const SUBTYPE_PHY: u8 = 0x01;
/// Data subtype of non-volatile storage.
pub const SUBTYPE_NVS: u8 = 0x02;
/// Data subtype of the keys of encrypted non-volatile storage.
pub const SUBTYPE_NVS_KEYS: u8 = 0x04;
/// Flag: encrypted where flash encryption is on.
pub const FLAG_ENCRYPTED: u32 = 1;
/// Flag: read-only.
pub const FLAG_READONLY: u32 = 2;

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Label, at most 16 bytes.
    pub label: String,
    /// Type, e.g. [`TYPE_APP`].
    pub kind: u8,
    /// Subtype, whose meaning depends on the type.
    pub subtype: u8,
    /// Offset in flash, in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
    /// Flags, e.g. [`FLAG_ENCRYPTED`].
    pub flags: u32,
}

impl Partition {
    /// A partition without flags.
    pub fn new(label: &str, kind: u8, subtype: u8, offset: u32, size: u32) -> Self {
        Partition {
            label: label.to_owned(),
            kind,
            subtype,
            offset,
            size,
            flags: 0,
        }
    }

    /// Whether ESP-IDF encrypts the partition where flash encryption is on: apps, the OTA selection, NVS keys, and
    /// whatever is flagged (ESP-IDF `components/bootloader_support/src/flash_encryption/flash_encrypt.c`,
    /// `encrypt_partition`).
    pub fn is_encrypted(&self) -> bool {
        let always = match self.kind {
            TYPE_APP => true,
            TYPE_DATA => matches!(self.subtype, SUBTYPE_OTADATA | SUBTYPE_NVS_KEYS),
            _ => false,
        };
        always || self.flags & FLAG_ENCRYPTED != 0
    }

    /// The number of the OTA slot that the partition is, if it is one.
    pub fn ota_slot(&self) -> Option<u8> {
        let slots = SUBTYPE_OTA_0..=SUBTYPE_OTA_15;
        (self.kind == TYPE_APP && slots.contains(&self.subtype))
            .then(|| self.subtype - SUBTYPE_OTA_0)
    }

    /// The offset behind the partition, in bytes.
    fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.size)
    }

    fn row(&self) -> Result<[u8; PARTITION_ENTRY_LEN], PartitionError> {
        let label = self.label.as_bytes();
        if label.len() > LABEL_LEN {
            return Err(PartitionError::LongLabel {
                label: self.label.clone(),
            });
        }
        let mut row = [0; PARTITION_ENTRY_LEN];
        row[..2].copy_from_slice(&MAGIC);
        row[2] = self.kind;
        row[3] = self.subtype;
        row[4..8].copy_from_slice(&self.offset.to_le_bytes());
        row[8..12].copy_from_slice(&self.size.to_le_bytes());
        row[12..12 + label.len()].copy_from_slice(label);
        row[28..].copy_from_slice(&self.flags.to_le_bytes());
        Ok(row)
    }

    fn from_row(row: &[u8; PARTITION_ENTRY_LEN], at: usize) -> Result<Self, PartitionError> {
        let word = |from: usize| {
            u32::from_le_bytes([row[from], row[from + 1], row[from + 2], row[from + 3]])
        };
        let label = row[12..28].split(|&byte| byte == 0).next().unwrap_or(&[]);
        let label = std::str::from_utf8(label).map_err(|_| PartitionError::Label { at })?;
        Ok(Partition {
            label: label.to_owned(),
            kind: row[2],
            subtype: row[3],
            offset: word(4),
            size: word(8),
            flags: word(28),
        })
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<16} type {:#04x} subtype {:#04x} {:#010x} + {:#x}",
            self.label, self.kind, self.subtype, self.offset, self.size
        )?;
        f.write_str(if self.is_encrypted() {
            " encrypted"
        } else {
            ""
        })
    }
}

/// The partitions of a flash, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionTable {
    /// The partitions.
    pub partitions: Vec<Partition>,
    /// Whether the table ends in a digest; the builder always writes one.
    pub has_md5: bool,
}

impl PartitionTable {
    /// A table of these partitions, which [`PartitionTable::check`] has not seen yet.
    pub fn new(partitions: Vec<Partition>) -> Self {
        PartitionTable {
            partitions,
            has_md5: true,
        }
    }

    /// ESP-IDF's default table, "Single factory app, no OTA" (`components/partition_table/partitions_singleapp.csv`
    /// at the default table offset 0x8000).
    pub fn single_app() -> Self {
        PartitionTable::new(vec![
            Partition::new("nvs", TYPE_DATA, SUBTYPE_NVS, 0x9000, 0x6000),
            Partition::new("phy_init", TYPE_DATA, SUBTYPE_PHY, 0xF000, 0x1000),
            Partition::new("factory", TYPE_APP, SUBTYPE_FACTORY, 0x1_0000, 0x10_0000),
        ])
    }

    /// Reads a table from its first byte on, as the bootloader does: up to its end row, at most
    /// [`PARTITION_TABLE_MAX_LEN`] bytes. Where the partitions lie is not checked: see [`PartitionTable::check`].
    ///
    /// # Errors
    /// Where an entry is none, the end is missing or the digest is wrong. A table without digest is fine
    /// (`has_md5` tells).
    pub fn parse(bytes: &[u8]) -> Result<Self, PartitionError> {
        let bytes = &bytes[..bytes.len().min(PARTITION_TABLE_MAX_LEN)];
        let mut table = PartitionTable {
            partitions: Vec::new(),
            has_md5: false,
        };
        let (rows, _) = bytes.as_chunks::<PARTITION_ENTRY_LEN>();
        for (number, row) in rows.iter().enumerate() {
            let at = number * PARTITION_ENTRY_LEN;
            match [row[0], row[1]] {
                MAGIC => table.push_row(row, at)?,
                MAGIC_MD5 => table.check_digest(&bytes[..at], row, at)?,
                _ if row.starts_with(&END) => return table.not_empty(),
                magic => {
                    let magic = u16::from_le_bytes(magic);
                    return Err(PartitionError::Magic { at, magic });
                }
            }
        }
        match rows.is_empty() {
            true => Err(PartitionError::Empty),
            false => Err(PartitionError::NoEnd { len: bytes.len() }),
        }
    }

    fn push_row(
        &mut self,
        row: &[u8; PARTITION_ENTRY_LEN],
        at: usize,
    ) -> Result<(), PartitionError> {
        let partition = Partition::from_row(row, at)?;
        if self.has_md5 {
            let label = partition.label;
            return Err(PartitionError::AfterMd5 { at, label });
        }
        self.partitions.push(partition);
        Ok(())
    }

    fn check_digest(
        &mut self,
        before: &[u8],
        row: &[u8; PARTITION_ENTRY_LEN],
        at: usize,
    ) -> Result<(), PartitionError> {
        if self.has_md5 {
            return Err(PartitionError::SecondMd5 { at });
        }
        if Md5::digest(before)[..] != row[MD5_OFFSET..] {
            return Err(PartitionError::Md5 { at });
        }
        self.has_md5 = true;
        Ok(())
    }

    fn not_empty(self) -> Result<Self, PartitionError> {
        match self.partitions.is_empty() {
            true => Err(PartitionError::Empty),
            false => Ok(self),
        }
    }

    /// Whether the partitions can lie in a flash of `flash_size` bytes behind the table at `table_offset`: within
    /// bounds, aligned, with different labels, without overlap, and behind the table's sector.
    ///
    /// # Errors
    /// The first partition in the order of the table that cannot.
    pub fn check(&self, table_offset: u32, flash_size: usize) -> Result<(), PartitionError> {
        for (number, partition) in self.partitions.iter().enumerate() {
            let at = number * PARTITION_ENTRY_LEN;
            partition.check(at, flash_size)?;
            if partition.offset < table_offset.saturating_add(DATA_ALIGNMENT) {
                return Err(partition.overlap(at, "bootloader or partition table".to_owned()));
            }
            for earlier in &self.partitions[..number] {
                if earlier.label == partition.label {
                    let label = partition.label.clone();
                    return Err(PartitionError::SameLabel { at, label });
                }
                let apart = u64::from(partition.offset) >= earlier.end()
                    || u64::from(earlier.offset) >= partition.end();
                if !apart {
                    return Err(partition.overlap(at, format!("partition \"{}\"", earlier.label)));
                }
            }
        }
        Ok(())
    }

    /// The table's bytes with digest and end, [`PARTITION_TABLE_MAX_LEN`] of them, as `gen_esp32part.py` writes them.
    ///
    /// # Errors
    /// Where a label is too long, or the entries are none or too many.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PartitionError> {
        let count = self.partitions.len();
        if count == 0 {
            return Err(PartitionError::Empty);
        }
        // The digest and the end take one row each.
        if (count + 2) * PARTITION_ENTRY_LEN > PARTITION_TABLE_MAX_LEN {
            return Err(PartitionError::TooMany { count });
        }
        let mut bytes = Vec::with_capacity(PARTITION_TABLE_MAX_LEN);
        for partition in &self.partitions {
            bytes.extend_from_slice(&partition.row()?);
        }
        let digest = Md5::digest(&bytes);
        bytes.extend_from_slice(&MAGIC_MD5);
        bytes.extend_from_slice(&[0xFF; MD5_OFFSET - 2]);
        bytes.extend_from_slice(&digest);
        bytes.resize(PARTITION_TABLE_MAX_LEN, 0xFF);
        Ok(bytes)
    }

    /// The partition with this label.
    pub fn find(&self, label: &str) -> Option<&Partition> {
        self.partitions
            .iter()
            .find(|partition| partition.label == label)
    }

    /// The first partition of this type and subtype.
    pub fn find_type(&self, kind: u8, subtype: u8) -> Option<&Partition> {
        self.partitions
            .iter()
            .find(|partition| partition.kind == kind && partition.subtype == subtype)
    }

    /// Number of OTA slots.
    pub fn ota_slots(&self) -> usize {
        let slots = self.partitions.iter().filter_map(Partition::ota_slot);
        slots.count()
    }

    /// Where a single app is written: the factory app, else the first OTA slot, else the first app.
    pub fn app(&self) -> Option<&Partition> {
        self.find_type(TYPE_APP, SUBTYPE_FACTORY)
            .or_else(|| self.find_type(TYPE_APP, SUBTYPE_OTA_0))
            .or_else(|| self.partitions.iter().find(|p| p.kind == TYPE_APP))
    }
}

impl Partition {
    /// The checks that concern this partition alone.
    fn check(&self, at: usize, flash_size: usize) -> Result<(), PartitionError> {
        let label = self.label.clone();
        let (offset, size) = (self.offset, self.size);
        let alignment = match self.kind {
            TYPE_APP => APP_ALIGNMENT,
            _ => DATA_ALIGNMENT,
        };
        if size == 0 {
            return Err(PartitionError::NoBytes { at, label });
        }
        if !offset.is_multiple_of(alignment) {
            return Err(PartitionError::Alignment {
                at,
                label,
                offset,
                alignment,
            });
        }
        if self.end() > flash_size as u64 {
            return Err(PartitionError::Bounds {
                at,
                label,
                offset,
                size,
                flash_size,
            });
        }
        Ok(())
    }

    fn overlap(&self, at: usize, other: String) -> PartitionError {
        PartitionError::Overlap {
            at,
            label: self.label.clone(),
            offset: self.offset,
            other,
        }
    }
}

#[cfg(test)]
mod tests;
