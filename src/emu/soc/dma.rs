//! Internal RAM as DMA reaches it.

use super::memories::Memories;
use crate::emu::memory::Memory;
use crate::emu::periph::DmaMemory;

/// Internal RAM as DMA reaches it.
pub(super) struct DmaBus<'a> {
    pub memories: &'a Memories,
    pub memory: &'a mut Memory,
    /// Whether DMA reaches an address.
    pub reaches: &'a dyn Fn(u32) -> bool,
}

impl DmaMemory for DmaBus<'_> {
    fn load(&mut self, address: u32, into: &mut [u8]) -> bool {
        (self.reaches)(address)
            && self.memories.peek(self.memory, address, into) == Some(into.len())
    }

    fn store(&mut self, address: u32, data: &[u8]) -> bool {
        (self.reaches)(address) && self.memories.poke(self.memory, address, data) == data.len()
    }
}
