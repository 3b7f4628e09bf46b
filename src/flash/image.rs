//! The exact bytes of a flash chip, in copy-on-write pages.

use std::sync::Arc;

/// Size of a copy-on-write page, in bytes.
pub const PAGE_SIZE: usize = 4096;
/// Size of an erase sector, in bytes.
pub const SECTOR_SIZE: usize = 4096;

/// Flash contents. Cloning shares the pages. (SKELETON)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashImage {
    pages: Vec<Option<Arc<[u8; PAGE_SIZE]>>>,
}

impl FlashImage {
    /// An erased flash (all 0xFF) of `size` bytes, a multiple of [`PAGE_SIZE`].
    pub fn erased(size: usize) -> Self {
        FlashImage {
            pages: vec![None; size / PAGE_SIZE],
        }
    }

    /// Size in bytes.
    pub fn size(&self) -> usize {
        self.pages.len() * PAGE_SIZE
    }

    /// The page with number `index` (byte offset / [`PAGE_SIZE`]).
    pub fn page(&self, _index: usize) -> &[u8; PAGE_SIZE] {
        todo!()
    }

    /// Copies bytes from `offset` (bytes) on into `out`; beyond the end reads 0xFF.
    pub fn read(&self, _offset: u32, _out: &mut [u8]) {
        todo!()
    }

    /// Programs `data` at `offset` as NOR flash does: bits can only go from 1 to 0. Bytes beyond the end are ignored.
    pub fn program(&mut self, _offset: u32, _data: &[u8]) {
        todo!()
    }

    /// Sets `len` bytes from `offset` on to 0xFF (the caller aligns to sectors or blocks).
    pub fn erase(&mut self, _offset: u32, _len: u32) {
        todo!()
    }
}
