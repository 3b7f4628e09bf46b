//! The caches' windows: what the flash MMU shows there, and what happens where the caches serve nothing.

use super::Esp32;
use crate::emu::bus::{At, Entry};
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::emu::periph::esp32::cache_mmu::{CacheRegion, PAGE_BYTES};

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
pub(super) const UNSERVED_READ: u32 = 0;

impl Esp32 {
    /// The frame behind an address of a cache window, if the core's cache serves it now.
    pub(super) fn window_entry(
        &mut self,
        memory: &mut Memory,
        address: u32,
        core: usize,
    ) -> Option<Entry> {
        let (region, index) = CacheRegion::locate(address)?;
        let served = self.devices.dport.cache_serves(core, region)
            && self.devices.dport.flash_page_bytes(core) == PAGE_BYTES;
        if region == CacheRegion::Dram1 || !served {
            return None;
        }
        let page = self.devices.mmu.page(core, index)?;
        let offset = u32::from(page) * PAGE_BYTES + (address & 0xffff);
        let frame = self
            .flash_cache
            .frame(memory, self.devices.flash.image(), offset);
        {
            let data = region == CacheRegion::Drom0;
            Some(Entry::new(frame, false, data, !data).volatile())
        }
    }

    /// A cache window that the cache does not serve now: disabled, masked, or no valid MMU entry.
    pub(super) fn unserved(&mut self, address: u32, region: CacheRegion, at: At) {
        self.devices
            .dport
            .note_illegal_access(usize::from(at.core), region);
        self.board.pending.interrupts = true;
        self.board.behaviour(
            address & !0xffff,
            "cache",
            || format!("access to {address:#010x} while the cache does not serve it"),
            at,
        );
    }

    /// Flash as the core's cache shows it now; nothing where the cache does not serve the address.
    pub(super) fn peek_flash(
        &self,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        let page = || {
            let (region, index) = CacheRegion::locate(address)?;
            let served =
                region != CacheRegion::Dram1 && self.devices.dport.cache_serves(core, region);
            served.then(|| self.devices.mmu.page(core, index)).flatten()
        };
        let Some(page) = page() else {
            return 0;
        };
        let offset = u32::from(page) * PAGE_BYTES + address % PAGE_BYTES;
        let from = offset as usize % FRAME_SIZE;
        let count = into.len().min(FRAME_SIZE - from);
        let shown = self
            .flash_cache
            .peek(memory, self.devices.flash.image(), offset);
        into[..count].copy_from_slice(&shown[from..from + count]);
        count
    }
}
