//! The ESP32's memories as a debugger sees them: no effect on the guest, no registers of devices.

use super::Esp32;
use super::reversed_sram1::reversed_sram1;
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::emu::periph::cache_mmu::{CacheRegion, PAGE_BYTES};

impl Esp32 {
    /// Whether instructions can be fetched from an address at all.
    pub(super) fn can_execute(&self, address: u32) -> bool {
        match CacheRegion::locate(address) {
            Some((region, _)) => !matches!(region, CacheRegion::Drom0 | CacheRegion::Dram1),
            None => self.chip.silicon.memories.executable(address),
        }
    }

    /// Copies what follows `address` in one piece of memory. Returns how many bytes those are.
    pub(super) fn peek_memory(
        &self,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        if let Some(word) = reversed_sram1(address) {
            let bytes = self.sram1_word(memory, word).to_le_bytes();
            let from = (address & 3) as usize;
            let count = into.len().min(bytes.len() - from);
            into[..count].copy_from_slice(&bytes[from..from + count]);
            return count;
        }
        if let Some(count) = self.memories.peek(memory, address, into) {
            return count;
        }
        self.peek_flash(memory, core, address, into)
    }

    /// Flash as the core's cache shows it now; nothing where the cache does not serve the address.
    fn peek_flash(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
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

    /// Writes what follows `address` in one piece of RAM. Returns how many bytes those are.
    pub(super) fn poke_memory(&mut self, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        let Some(word) = reversed_sram1(address) else {
            return self.memories.poke(memory, address, data);
        };
        let from = address & 3;
        let count = data.len().min(4 - from as usize);
        self.memories.poke(memory, word + from, &data[..count])
    }
}
