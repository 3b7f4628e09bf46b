//! The caches' windows: what the flash MMU shows there, and what happens where the caches serve nothing.

use super::LaterSoc;
use crate::emu::bus::{At, Entry};
use crate::emu::cpu::Cpu;
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::emu::periph::later::extmem::CacheBus;
use crate::emu::periph::later::mmu_table::MmuPage;

/// Bytes of a page of the flash MMU.
pub(super) const PAGE_BYTES: u32 = 0x1_0000;

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
pub(super) const UNSERVED_READ: u32 = 0;

impl<C: Cpu + 'static> LaterSoc<C> {
    /// The frame behind an address of a cache window, if the core's cache serves it now.
    pub(super) fn window_entry(
        &mut self,
        memory: &mut Memory,
        address: u32,
        core: usize,
    ) -> Option<Entry> {
        let (bus, offset) = self.chip.window(address)?;
        if !self.devices.extmem.serves(core, bus) {
            return None;
        }
        let MmuPage::Flash(page) = self.devices.mmu.page((offset / PAGE_BYTES) as usize)? else {
            return None;
        };
        let flash_offset = page.wrapping_mul(PAGE_BYTES) + offset % PAGE_BYTES;
        let frame = self
            .flash_cache
            .frame(memory, self.devices.flash.image(), flash_offset);
        let fetch = bus == CacheBus::Instruction;
        // The instruction bus reads whole words only (TRM, "System and Memory").
        Some(Entry::new(frame, false, !fetch, fetch).volatile())
    }

    /// A cache window that the cache does not serve now: disabled, shut, or no valid MMU entry.
    pub(super) fn unserved(&mut self, address: u32, bus: CacheBus, offset: u32, at: At) {
        let core = usize::from(at.core);
        let index = (offset / PAGE_BYTES) as usize;
        let served = self.devices.extmem.serves(core, bus);
        let content = served.then(|| self.devices.mmu.entry(index));
        self.devices
            .extmem
            .note_invalid_access(core, bus, address, content);
        self.board.pending.interrupts = true;
        let what = match self.devices.mmu.page(index) {
            Some(MmuPage::ExternalRam(_)) if served => "external RAM, which is not modelled",
            _ => "the cache does not serve",
        };
        self.board.behaviour(
            address & !0xffff,
            "cache",
            || format!("access to {address:#010x}: {what}"),
            at,
        );
    }

    /// A core fetched from where the cache serves nothing.
    pub(super) fn window_fetch_failed(&mut self, address: u32, at: At) {
        let Some((bus, offset)) = self.chip.window(address) else {
            return;
        };
        self.unserved(address, bus, offset, at);
        // Nothing that follows would be what the chip does.
        let page = self.devices.mmu.page((offset / PAGE_BYTES) as usize);
        let served = self.devices.extmem.serves(usize::from(at.core), bus);
        if served && matches!(page, Some(MmuPage::ExternalRam(_))) {
            let what = "execution from external RAM, which is not modelled";
            self.board.stop_at_gap(address & !0xffff, "cache", what, at);
        }
    }

    /// Flash as the core's cache shows it now; nothing where the cache does not serve the address.
    pub(super) fn peek_flash(
        &self,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> Option<usize> {
        let (bus, offset) = self.chip.window(address)?;
        let page = self.devices.mmu.page((offset / PAGE_BYTES) as usize)?;
        let (MmuPage::Flash(page), true) = (page, self.devices.extmem.serves(core, bus)) else {
            return None;
        };
        let flash_offset = page.wrapping_mul(PAGE_BYTES) + offset % PAGE_BYTES;
        let shown = self
            .flash_cache
            .peek(memory, self.devices.flash.image(), flash_offset);
        let from = flash_offset as usize % FRAME_SIZE;
        let count = into.len().min(FRAME_SIZE - from);
        into[..count].copy_from_slice(&shown[from..from + count]);
        Some(count)
    }
}
