//! The memories as a debugger sees them: no effect on the guest, no registers of devices.

use super::{LaterSoc, PAGE_BYTES};
use crate::emu::cpu::Cpu;
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::emu::periph::mmu_table::MmuPage;

impl<C: Cpu> LaterSoc<C> {
    /// Copies what follows `address` in one piece of memory. Returns how many bytes those are.
    pub(super) fn peek_memory(
        &self,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        self.memories
            .peek(memory, address, into)
            .or_else(|| self.peek_flash(memory, core, address, into))
            .unwrap_or(0)
    }

    /// Flash as the core's cache shows it now; nothing where the cache does not serve the address.
    fn peek_flash(
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
