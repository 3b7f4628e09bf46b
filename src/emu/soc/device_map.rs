//! Which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;

/// Where a block of registers lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<Id> {
    /// First address.
    pub base: u32,
    /// Size in bytes.
    pub size: u32,
    /// The block.
    pub id: Id,
}

/// A block at `base` that fills `size` bytes.
pub(crate) const fn at<Id>(base: u32, size: u32, id: Id) -> Place<Id> {
    Place { base, size, id }
}

/// A block that only holds what was written: name, base, and the registers that are settings without visible effect.
pub(crate) type Unmodelled = (&'static str, u32, StorageRanges);

/// Addresses at which others are seen a second time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mirror {
    /// First address.
    pub start: u32,
    /// Behind the last address.
    pub end: u32,
    /// What is seen at the first one.
    pub shows: u32,
}

/// Bytes of a block that nobody models.
pub(crate) const BLOCK: u32 = 0x1000;

/// Names of a family's blocks.
pub(crate) trait BlockId: Copy {
    /// The block with this number in [`DeviceMap::unmodelled`].
    fn unmodelled(number: u8) -> Self;
}

/// The blocks of a chip on its buses.
#[derive(Debug)]
pub(crate) struct DeviceMap<Id: 'static> {
    /// Blocks of registers, sorted by address.
    pub places: &'static [Place<Id>],
    /// Blocks that nobody models.
    pub unmodelled: &'static [Unmodelled],
    /// Where blocks are seen a second time.
    pub mirror: Option<Mirror>,
}

impl<Id: BlockId> DeviceMap<Id> {
    /// The block at an address, and the offset into it.
    pub fn find(&self, address: u32) -> Option<(Id, u32)> {
        let address = match self.mirror {
            Some(mirror) if (mirror.start..mirror.end).contains(&address) => {
                address - mirror.start + mirror.shows
            }
            _ => address,
        };
        let index = self
            .places
            .partition_point(|place| place.base <= address)
            .checked_sub(1)?;
        let place = self.places.get(index)?;
        let offset = address - place.base;
        if offset < place.size {
            return Some((place.id, offset));
        }
        let number = self
            .unmodelled
            .iter()
            .position(|&(_, base, _)| address & !(BLOCK - 1) == base)?;
        Some((Id::unmodelled(number as u8), address & (BLOCK - 1)))
    }
}
