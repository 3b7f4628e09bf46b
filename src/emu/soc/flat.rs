//! Memory and nothing else: for programs that need no devices, such as checks and benches of the cores.

use crate::emu::bus::{At, Bus, BusFault, Entry, Flow, System};
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};

/// One region of RAM that can be read, written and executed.
#[derive(Debug, Clone)]
pub struct Flat {
    base: u32,
    size: u32,
    frame: Frame,
}

impl Flat {
    /// A bus for one core with `size` bytes (rounded up to 4 KB) of zeroed RAM at `base` (a multiple of 4 KB).
    pub fn bus(base: u32, size: u32) -> Bus<Flat> {
        let mut memory = Memory::default();
        let size = size.next_multiple_of(FRAME_SIZE as u32);
        let frame = memory.add_region(size as usize, true);
        Bus::new(memory, Flat { base, size, frame }, 1, base, base + size)
    }

    /// Copies `data` to bus address `address`; what lies outside of the RAM is dropped.
    pub fn load(bus: &mut Bus<Flat>, address: u32, data: &[u8]) {
        let offset = address.wrapping_sub(bus.soc.base) as usize;
        let len = data
            .len()
            .min((bus.soc.size as usize).saturating_sub(offset));
        bus.memory.load(bus.soc.frame, offset, &data[..len]);
    }

    /// All bytes of the RAM.
    pub fn bytes(bus: &Bus<Flat>) -> &[u8] {
        bus.memory.bytes()
    }
}

impl System for Flat {
    fn page(&mut self, _memory: &mut Memory, address: u32, _at: At) -> Option<Entry> {
        let offset = address.wrapping_sub(self.base);
        (offset < self.size)
            .then(|| Entry::new(self.frame + offset / FRAME_SIZE as u32, true, true, true))
    }

    fn read(&mut self, _: &mut Memory, _: u32, _: u32, _: At) -> Result<(u32, Flow), BusFault> {
        Err(BusFault::Nothing)
    }

    fn write(&mut self, _: &mut Memory, _: u32, _: u32, _: u32, _: At) -> Result<Flow, BusFault> {
        Err(BusFault::Nothing)
    }

    fn remap(&mut self, _unmap: &mut dyn FnMut(u32, u32)) {}
}
