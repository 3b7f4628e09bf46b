//! The memories of a chip on its buses: where they lie, and what may be done with them.

use crate::emu::bus::Entry;
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};
use crate::emu::recorder::Origin;
use crate::emu::rom::Rom;

/// One region of memory on a bus.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    /// First address.
    pub start: u32,
    /// Behind the last address.
    pub end: u32,
    /// Number of the memory in [`MemoryMap::banks`].
    pub bank: usize,
    /// Offset into the memory at `start`, in bytes.
    pub offset: u32,
    /// 8- and 16-bit accesses are allowed: not on the instruction bus.
    pub narrow: bool,
    /// Instructions may be fetched.
    pub fetch: bool,
}

impl Region {
    /// A region on the data bus.
    pub const fn data(start: u32, end: u32, bank: usize, offset: u32) -> Region {
        Region {
            start,
            end,
            bank,
            offset,
            narrow: true,
            fetch: false,
        }
    }

    /// A region on the instruction bus.
    pub const fn code(start: u32, end: u32, bank: usize, offset: u32) -> Region {
        Region {
            narrow: false,
            fetch: true,
            ..Region::data(start, end, bank, offset)
        }
    }

    /// A region on both buses at the same addresses.
    pub const fn both(start: u32, end: u32, bank: usize) -> Region {
        Region {
            fetch: true,
            ..Region::data(start, end, bank, 0)
        }
    }
}

/// The number of the ROM among the memories of every chip.
pub const ROM: usize = 0;
/// Most memories that a chip has.
const MAX_BANKS: usize = 8;

/// A chip's memories.
#[derive(Debug)]
pub struct MemoryMap {
    /// Sizes of the memories in bytes; the first is the ROM.
    pub banks: &'static [usize],
    /// Those of [`MemoryMap::banks`] that are kept in deep sleep.
    pub rtc_banks: &'static [usize],
    /// Where they are seen.
    pub regions: &'static [Region],
}

impl MemoryMap {
    /// The region that an address lies in.
    pub fn region(&self, address: u32) -> Option<&'static Region> {
        self.regions
            .iter()
            .find(|region| (region.start..region.end).contains(&address))
    }

    /// What kind of memory an address belongs to, for the record of what ran.
    pub(in crate::emu) fn origin(&self, address: u32) -> Origin {
        match self.region(address) {
            Some(region) if region.bank == ROM => Origin::Rom,
            Some(region) if self.rtc_banks.contains(&region.bank) => Origin::Rtc,
            Some(_) => Origin::Ram,
            None => Origin::Other,
        }
    }

    /// Whether instructions can be fetched from an address.
    pub fn executable(&self, address: u32) -> bool {
        self.region(address).is_some_and(|region| region.fetch)
    }
}

/// The memories in the arena.
#[derive(Debug, Clone)]
pub struct Memories {
    map: &'static MemoryMap,
    frames: [Frame; MAX_BANKS],
}

/// Fills a memory with numbers (xorshift64*; Vigna, "An experimental exploration of Marsaglia's xorshift generators").
fn fill(memory: &mut Memory, first: Frame, size: usize, state: &mut u64) {
    let mut page = [0; FRAME_SIZE];
    for number in 0..size / FRAME_SIZE {
        for word in page.chunks_exact_mut(8) {
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            word.copy_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
        }
        memory.load(first + number as u32, 0, &page);
    }
}

impl Memories {
    /// Makes room for them in the arena and loads the ROM.
    ///
    /// RAM holds at power-on what its cells fall into, another pattern on each chip: drawn from `seed`.
    pub fn new(map: &'static MemoryMap, memory: &mut Memory, rom: &Rom, seed: u64) -> Self {
        let mut frames = [0; MAX_BANKS];
        let mut state = seed | 1;
        for (bank, (frame, &size)) in frames.iter_mut().zip(map.banks).enumerate() {
            *frame = memory.add_region(size, bank != ROM);
            if bank != ROM {
                fill(memory, *frame, size, &mut state);
            }
        }
        memory.load(frames[ROM], 0, rom.bytes());
        Memories { map, frames }
    }

    /// The map.
    pub fn map(&self) -> &'static MemoryMap {
        self.map
    }

    /// The page map entry of an address.
    pub fn entry(&self, address: u32) -> Option<Entry> {
        let region = self.map.region(address)?;
        let frame =
            self.frames[region.bank] + (address - region.start + region.offset) / FRAME_SIZE as u32;
        Some(Entry::new(
            frame,
            region.bank != ROM,
            region.narrow,
            region.fetch,
        ))
    }

    /// Where a piece of memory lies in the arena: its first byte, and how many bytes follow in the region.
    fn arena(&self, address: u32) -> Option<(usize, usize, &'static Region)> {
        let region = self.map.region(address)?;
        let offset = (address - region.start + region.offset) as usize;
        let first = self.frames[region.bank] as usize * FRAME_SIZE + offset;
        Some((first, (region.end - address) as usize, region))
    }

    /// Copies what follows `address` in one region. Returns how many bytes those are; `None` outside of all regions.
    pub fn peek(&self, memory: &Memory, address: u32, into: &mut [u8]) -> Option<usize> {
        let (first, len, _) = self.arena(address)?;
        let count = into.len().min(len);
        let bytes = memory.bytes().get(first..first + count)?;
        into[..count].copy_from_slice(bytes);
        Some(count)
    }

    /// Writes what follows `address` in one region of RAM. Returns how many bytes those are.
    pub fn poke(&self, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        let Some((first, len, region)) = self.arena(address) else {
            return 0;
        };
        if region.bank == ROM {
            return 0;
        }
        let count = data.len().min(len);
        memory.load(
            (first / FRAME_SIZE) as u32,
            first % FRAME_SIZE,
            &data[..count],
        );
        count
    }
}
