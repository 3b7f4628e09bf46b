//! Internal RAM as DMA reaches it.

use crate::emu::memory::Memory;
use crate::emu::periph::DmaMemory;
use crate::emu::soc::memories::Memories;

/// Internal RAM as DMA reaches it (TRM, "GDMA Controller": internal RAM on the data bus).
pub(super) struct DmaBus<'a> {
    pub memories: &'a Memories,
    pub memory: &'a mut Memory,
}

impl DmaBus<'_> {
    fn reaches(&self, address: u32) -> bool {
        let region = self.memories.map().region(address);
        region.is_some_and(|region| !region.fetch)
    }
}

impl DmaMemory for DmaBus<'_> {
    fn load(&mut self, address: u32, into: &mut [u8]) -> bool {
        self.reaches(address) && self.memories.peek(self.memory, address, into) == Some(into.len())
    }

    fn store(&mut self, address: u32, data: &[u8]) -> bool {
        self.reaches(address) && self.memories.poke(self.memory, address, data) == data.len()
    }
}
