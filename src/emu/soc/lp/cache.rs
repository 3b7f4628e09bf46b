//! The cache's window: what the flash MMU shows there, and what happens where the cache serves nothing.

use super::LpSoc;
use crate::emu::bus::{At, Entry};
use crate::emu::cpu::Cpu;
use crate::emu::memory::{FRAME_SIZE, Memory};

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
pub(super) const UNSERVED_READ: u32 = 0;

impl<C: Cpu + 'static> LpSoc<C> {
    /// What the cache shows at an address of its window now: the offset in flash, and whether it is to be decrypted.
    fn shown(&self, address: u32) -> Option<(u32, bool)> {
        let offset = self.chip.window(address)?;
        if !self.devices.cache.serves() {
            return None;
        }
        let page_bytes = self.devices.mmu.page_bytes();
        let page = self.devices.mmu.page((offset / page_bytes) as usize)?;
        let flash_offset = page.number.wrapping_mul(page_bytes) + offset % page_bytes;
        Some((flash_offset, page.sensitive))
    }

    /// The flash offset that an address of the window shows now.
    pub(super) fn shown_offset(&self, address: u32) -> Option<u32> {
        Some(self.shown(address)?.0)
    }

    /// The frame behind an address of the window, if the cache serves it now.
    pub(super) fn window_entry(&mut self, memory: &mut Memory, address: u32) -> Option<Entry> {
        let (flash_offset, sensitive) = self.shown(address)?;
        let image = self.devices.flash.image();
        let frame = self
            .flash_cache
            .frame_of(memory, image, flash_offset, sensitive);
        Some(Entry::new(frame, false, true, true).volatile())
    }

    /// The cache does not serve an address of its window now: shut, or no valid MMU entry.
    pub(super) fn unserved(&mut self, address: u32, at: At) {
        self.devices.cache.note_invalid_access(address);
        self.board.pending.interrupts = true;
        self.board.behaviour(
            address & !0xffff,
            "cache",
            || format!("access to {address:#010x}: the cache does not serve"),
            at,
        );
    }

    /// Flash as the cache shows it now; nothing where the cache does not serve the address.
    pub(super) fn peek_flash(
        &self,
        memory: &Memory,
        address: u32,
        into: &mut [u8],
    ) -> Option<usize> {
        let (flash_offset, sensitive) = self.shown(address)?;
        let image = self.devices.flash.image();
        let shown = self
            .flash_cache
            .peek_of(memory, image, flash_offset, sensitive);
        let from = flash_offset as usize % FRAME_SIZE;
        let count = into.len().min(FRAME_SIZE - from);
        into[..count].copy_from_slice(&shown[from..from + count]);
        Some(count)
    }
}
