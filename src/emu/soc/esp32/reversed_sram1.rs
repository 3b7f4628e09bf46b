//! SRAM1's second image on the instruction bus, word by word in reverse order.

use super::Esp32;
use crate::emu::bus::Flow;
use crate::emu::memory::Memory;

/// The data-bus address of a word of SRAM1's image on the instruction bus, where the words stand in reverse order
/// (TRM, "Internal SRAM 1": 0x400a_0000 is 0x3fff_fffc).
pub(super) fn reversed_sram1(address: u32) -> Option<u32> {
    (0x400a_0000..0x400c_0000)
        .contains(&address)
        .then(|| 0x3fff_fffc - ((address - 0x400a_0000) & !3))
}

impl Esp32 {
    pub(super) fn sram1_word(&self, memory: &Memory, address: u32) -> u32 {
        let mut bytes = [0; 4];
        self.memories.peek(memory, address, &mut bytes);
        u32::from_le_bytes(bytes)
    }

    pub(super) fn set_sram1_word(&mut self, memory: &mut Memory, address: u32, value: u32) -> Flow {
        self.memories.poke(memory, address, &value.to_le_bytes());
        if memory.has_stale_code() {
            Flow::Attention
        } else {
            Flow::Continue
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

    /// Writes what follows `address` in one piece of RAM. Returns how many bytes those are.
    pub(super) fn poke_memory(&self, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        let Some(word) = reversed_sram1(address) else {
            return self.memories.poke(memory, address, data);
        };
        let from = address & 3;
        let count = data.len().min(4 - from as usize);
        self.memories.poke(memory, word + from, &data[..count])
    }
}
