//! The ESP32's memories as a debugger sees them: no effect on the guest, no registers of devices.

use super::map::{self, Memory as Bank, REGIONS, Region};
use super::{Esp32, map::reversed_sram1};
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::emu::periph::cache_mmu::{CacheRegion, PAGE_BYTES};

fn region(address: u32) -> Option<&'static Region> {
    REGIONS
        .iter()
        .find(|region| (region.start..region.end).contains(&address))
}

/// Whether instructions can be fetched from an address at all.
pub(super) fn executable(address: u32) -> bool {
    match CacheRegion::locate(address) {
        Some((region, _)) => !matches!(region, CacheRegion::Drom0 | CacheRegion::Dram1),
        None => region(address).is_some_and(|region| region.fetch),
    }
}

impl Esp32 {
    /// Where a piece of a memory region lies in the arena: its first byte, and how many bytes follow in the region.
    fn arena(&self, address: u32) -> Option<(usize, usize, Bank)> {
        let region = region(address)?;
        let offset = (address - region.start + region.offset) as usize;
        let first = self.banks[region.memory as usize] as usize * FRAME_SIZE + offset;
        Some((first, (region.end - address) as usize, region.memory))
    }

    /// Copies what follows `address` in one piece of memory. Returns how many bytes those are.
    pub(super) fn peek_memory(
        &self,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        if let Some(word) = map::reversed_sram1(address) {
            let bytes = self.sram1_word(memory, word).to_le_bytes();
            let from = (address & 3) as usize;
            let count = into.len().min(bytes.len() - from);
            into[..count].copy_from_slice(&bytes[from..from + count]);
            return count;
        }
        if let Some((first, len, _)) = self.arena(address) {
            let count = into.len().min(len);
            return match memory.bytes().get(first..first + count) {
                Some(bytes) => {
                    into[..count].copy_from_slice(bytes);
                    count
                }
                None => 0,
            };
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
        let (first, count) = match (reversed_sram1(address), self.arena(address)) {
            (Some(word), _) => {
                let from = (address & 3) as usize;
                let Some((first, ..)) = self.arena(word) else {
                    return 0;
                };
                (first + from, data.len().min(4 - from))
            }
            (None, Some((first, len, bank))) if bank != Bank::Rom => (first, data.len().min(len)),
            _ => return 0,
        };
        memory.load(
            (first / FRAME_SIZE) as u32,
            first % FRAME_SIZE,
            &data[..count],
        );
        count
    }
}
