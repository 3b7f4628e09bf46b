//! Registers that only hold what was written: the fallback of every device, and whole blocks that nobody models.

use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;

/// Reset values of registers: pairs of offset (bytes) and value; every other register resets to zero.
pub type ResetValues = &'static [(u32, u32)];

/// Registers that are plain storage in hardware too: ranges from first to last offset (bytes, both included).
pub type StorageRanges = &'static [(u32, u32)];

/// A block that only holds settings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Short name for reports.
    pub name: &'static str,
    /// Size in bytes.
    pub size: u32,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// A block of registers that read back what was written.
///
/// Registers in the storage ranges count as modelled, all others as not: a read of those is only what was last
/// written, or the reset value. Only registers that were written take memory, so that a clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterFile {
    name: &'static str,
    size: u32,
    reset: ResetValues,
    storage: StorageRanges,
    /// Word number and value, sorted by word number.
    written: Vec<(u32, u32)>,
}

impl RegisterFile {
    /// A block of `size` bytes of which nothing is modelled and everything resets to zero.
    pub fn unmodelled(name: &'static str, size: u32) -> Self {
        RegisterFile::new(name, size, &[], &[])
    }

    /// A block of `size` bytes with reset values and with the ranges that are plain storage in hardware.
    pub fn new(name: &'static str, size: u32, reset: ResetValues, storage: StorageRanges) -> Self {
        RegisterFile {
            name,
            size,
            reset,
            storage,
            written: Vec::new(),
        }
    }

    /// The block as a chip has it, after reset.
    pub(crate) fn of(block: &'static Block) -> Self {
        RegisterFile::new(block.name, block.size, block.reset, block.storage)
    }

    /// The value of the register at `offset` (bytes).
    pub fn get(&self, offset: u32) -> u32 {
        let word = offset / 4;
        match self.written.binary_search_by_key(&word, |entry| entry.0) {
            Ok(index) => self.written[index].1,
            Err(_) => self.reset_value(offset & !3),
        }
    }

    /// Stores `value` in the register at `offset` (bytes); beyond the block's end nothing is stored.
    pub fn set(&mut self, offset: u32, value: u32) {
        if offset >= self.size {
            return;
        }
        let word = offset / 4;
        match self.written.binary_search_by_key(&word, |entry| entry.0) {
            Ok(index) => self.written[index].1 = value,
            Err(index) => self.written.insert(index, (word, value)),
        }
    }

    /// A device's fallback for a register that it does not handle itself: reads what was stored.
    pub fn read_stored(&self, offset: u32) -> RegRead {
        RegRead {
            value: self.get(offset),
            modelled: self.is_storage(offset),
        }
    }

    /// A device's fallback for a register that it does not handle itself: stores the value.
    pub fn write_stored(&mut self, offset: u32, value: u32) -> RegWrite {
        self.set(offset, value);
        RegWrite {
            effect: Effect::None,
            modelled: self.is_storage(offset),
        }
    }

    /// Back to the reset values.
    pub fn clear(&mut self) {
        self.written.clear();
    }

    fn reset_value(&self, offset: u32) -> u32 {
        self.reset
            .iter()
            .find(|entry| entry.0 == offset)
            .map_or(0, |entry| entry.1)
    }

    fn is_storage(&self, offset: u32) -> bool {
        offset < self.size
            && self
                .storage
                .iter()
                .any(|&(first, last)| (first..=last).contains(&offset))
    }
}

impl Device for RegisterFile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        self.read_stored(offset)
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        self.write_stored(offset, value)
    }

    fn reset(&mut self, _now: Ticks) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_models_reads_back_and_says_so() {
        let mut block = RegisterFile::unmodelled("ledc", 0x100);
        assert!(!block.write(0x10, 5, 0).modelled);
        let read = block.read(0x10, 0);
        assert_eq!((read.value, read.modelled), (5, false));
    }

    #[test]
    fn storage_is_modelled_and_reset_restores_reset_values() {
        let mut block = RegisterFile::new("x", 0x100, &[(8, 0x1234)], &[(0, 0xc)]);
        assert_eq!(block.read(8, 0), RegRead::modelled(0x1234));
        block.write(8, 1, 0);
        assert_eq!(block.get(8), 1);
        block.reset(0);
        assert_eq!(block.get(8), 0x1234);
    }

    #[test]
    fn beyond_the_end_nothing_is_kept() {
        let mut block = RegisterFile::unmodelled("x", 0x10);
        block.write(0x10, 7, 0);
        block.write(!3, 7, 0);
        assert_eq!(block.get(0x10), 0);
        assert_eq!(block, RegisterFile::unmodelled("x", 0x10));
    }
}
