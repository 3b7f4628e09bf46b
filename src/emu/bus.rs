//! The bus between a core and memory or devices: a page map for the fast path, the system on chip for the rest.

use super::Ticks;
use super::memory::{FRAME_SIZE, Frame, Memory};
use super::recorder::{Origin, Recorder, View};
use crate::boot::Outputs;

/// Guest memory access that cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusFault {
    /// Nothing is there.
    Nothing,
    /// Instructions cannot be fetched from there.
    NoFetch,
    /// Memory that cannot be written.
    ReadOnly,
    /// Wrong width for the instruction bus (8- and 16-bit accesses).
    Width,
}

/// What a core does after a slow access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End the slice after this instruction: interrupts, time, code or configuration may have changed.
    Attention,
}

/// Where and when an access happens, for devices and gap records.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The accessing core.
    pub core: u8,
    /// Address of the instruction.
    pub pc: u32,
    /// Cycles that the core may still run in this slice.
    pub remaining: u32,
}

/// The system on chip as the bus sees it.
pub trait System {
    /// The page map entry of the page that `address` lies in, or `None` if devices or nothing are there.
    fn page(&mut self, memory: &mut Memory, address: u32, at: At) -> Option<Entry>;

    /// Reads a device. `size` is 1, 2 or 4 bytes, `address` is aligned to it.
    fn read(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        at: At,
    ) -> Result<(u32, Flow), BusFault>;

    /// Writes a device.
    fn write(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault>;

    /// Instructions were to be fetched from an address that no page serves.
    fn fetch_failed(&mut self, _address: u32, _at: At) {}

    /// Calls `unmap` with each range of addresses (start, end) whose page map entries are out of date.
    fn remap(&mut self, unmap: &mut dyn FnMut(u32, u32));

    /// What memory a core fetches from at an address, for the record.
    fn origin(&self, _address: u32, _core: usize) -> Origin {
        Origin::Other
    }

    /// The flash as the chip reads it now.
    fn flash_view(&self) -> View {
        None
    }

    /// Copies memory from `address` on as `core` sees it, without any effect on the guest. Returns how many bytes.
    fn look(&self, _memory: &Memory, _core: usize, _address: u32, _into: &mut [u8]) -> usize {
        0
    }

    /// Bytes that the console has shown.
    fn console_len(&self) -> usize {
        0
    }

    /// The time of an access.
    fn time(&self, _at: At) -> Ticks {
        0
    }

    /// What has come out of the chip.
    fn outputs(&self) -> Outputs {
        Outputs::default()
    }
}

/// A page map entry: a frame and what may be done with it on the fast path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry(u32);

impl Entry {
    /// Nothing: take the slow path.
    pub(crate) const NONE: Entry = Entry(0);
    const READ: u32 = 1;
    /// Writes need no notice to the memory.
    const WRITE: u32 = 2;
    /// 8- and 16-bit accesses are allowed.
    const NARROW: u32 = 4;
    /// The frame may be written at all.
    const WRITABLE: u32 = 8;

    /// Instructions may be fetched.
    const FETCH: u32 = 16;

    /// An entry that may be read and, if `writable`, written. `narrow` allows 8- and 16-bit accesses, `fetch`
    /// instruction fetches.
    pub(crate) fn new(frame: Frame, writable: bool, narrow: bool, fetch: bool) -> Entry {
        let narrow = if narrow { Entry::NARROW } else { 0 };
        let writable = if writable { Entry::WRITABLE } else { 0 };
        let fetch = if fetch { Entry::FETCH } else { 0 };
        Entry(frame << 12 | Entry::READ | narrow | writable | fetch)
    }

    /// The entry may go out of date: [`System::remap`] can drop it.
    const VOLATILE: u32 = 32;

    /// The same entry, for a page that [`System::remap`] may drop later.
    pub(crate) fn volatile(self) -> Entry {
        Entry(self.0 | Entry::VOLATILE)
    }

    /// The frame.
    pub(crate) fn frame(self) -> Frame {
        self.0 >> 12
    }

    fn present(self) -> bool {
        self.0 & Entry::READ != 0
    }
}

/// The pages that one core sees.
#[derive(Debug, Clone)]
pub struct PageMap {
    base: u32,
    entries: Vec<Entry>,
    /// Addresses of the volatile entries.
    volatile: Vec<u32>,
}

impl PageMap {
    /// A map of `base..end` (multiples of 4 KB), all on the slow path.
    pub(crate) fn new(base: u32, end: u32) -> Self {
        PageMap {
            base,
            entries: vec![Entry::NONE; ((end - base) as usize) / FRAME_SIZE],
            volatile: Vec::new(),
        }
    }

    #[inline(always)]
    fn get(&self, address: u32) -> Entry {
        let index = (address.wrapping_sub(self.base) >> 12) as usize;
        match self.entries.get(index) {
            Some(&entry) => entry,
            None => Entry::NONE,
        }
    }

    fn set(&mut self, address: u32, entry: Entry) {
        let index = (address.wrapping_sub(self.base) >> 12) as usize;
        if let Some(slot) = self.entries.get_mut(index) {
            if entry.0 & Entry::VOLATILE != 0 && !slot.present() {
                self.volatile.push(address);
            }
            *slot = entry;
        }
    }

    /// Drops the volatile entries of `start..end`.
    pub(crate) fn unmap(&mut self, start: u32, end: u32) {
        let mut volatile = std::mem::take(&mut self.volatile);
        volatile.retain(|&address| {
            let gone = (start..end).contains(&address);
            if gone {
                self.set(address, Entry::NONE);
            }
            !gone
        });
        self.volatile = volatile;
    }

    /// Drops all entries.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(Entry::NONE);
        self.volatile.clear();
    }

    fn watch_writes(&mut self, frame: Option<Frame>) {
        for entry in &mut self.entries {
            if entry.0 & Entry::WRITE != 0 && frame.is_none_or(|frame| entry.frame() == frame) {
                entry.0 &= !Entry::WRITE;
            }
        }
    }
}

/// Memory, page maps and system on chip.
#[derive(Debug, Clone)]
pub struct Bus<S> {
    /// All memory.
    pub(crate) memory: Memory,
    map: PageMap,
    maps: Vec<PageMap>,
    current: usize,
    /// The system on chip.
    pub(crate) soc: S,
    pub(super) recorder: Recorder,
}

impl<S: System> Bus<S> {
    /// A bus for `cores` cores that see pages in `base..end`.
    pub(crate) fn new(memory: Memory, soc: S, cores: usize, base: u32, end: u32) -> Self {
        Bus {
            memory,
            map: PageMap::new(base, end),
            maps: vec![PageMap::new(base, end); cores],
            current: 0,
            soc,
            recorder: Recorder::default(),
        }
    }

    /// Makes `core` the one that accesses.
    pub(crate) fn select(&mut self, core: usize) {
        if core != self.current {
            std::mem::swap(&mut self.map, &mut self.maps[self.current]);
            std::mem::swap(&mut self.map, &mut self.maps[core]);
            self.current = core;
        }
    }

    /// A core enters a page of code at `cycle` cycles since power-on.
    #[inline(always)]
    pub(super) fn enter_code(&mut self, frame: Frame, at: At, cycle: u64) {
        if !self.recorder.saw(frame) {
            self.note_page(frame, at, cycle);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_page(&mut self, frame: Frame, at: At, cycle: u64) {
        self.recorder
            .page(&self.soc, &self.memory, frame, at, cycle);
    }

    /// A core is about to execute an address that the record waits for.
    #[cold]
    pub(super) fn note_point(&mut self, at: At, cycle: u64) {
        self.recorder.point(&self.soc, &self.memory, at, cycle);
    }

    /// The frames whose code changed since the last call; the record forgets them too.
    pub(super) fn take_stale_code(&mut self) -> Vec<Frame> {
        let frames = self.memory.take_stale_code();
        self.recorder.forget(&frames);
        frames
    }

    /// Lets the system on chip drop stale pages from all maps.
    pub(crate) fn remap(&mut self) {
        let (map, maps) = (&mut self.map, &mut self.maps);
        self.soc.remap(&mut |start, end| {
            map.unmap(start, end);
            maps.iter_mut().for_each(|map| map.unmap(start, end));
        });
    }

    /// From now on every first write to a frame is noted again (after a snapshot).
    pub(crate) fn watch_writes(&mut self, frame: Option<Frame>) {
        self.map.watch_writes(frame);
        self.maps.iter_mut().for_each(|map| map.watch_writes(frame));
    }

    /// Drops every page map entry.
    pub(crate) fn unmap_all(&mut self) {
        self.map.clear();
        self.maps.iter_mut().for_each(PageMap::clear);
    }

    #[inline(always)]
    fn offset(entry: Entry, address: u32) -> usize {
        (entry.0 & !0xfff | address & 0xfff) as usize
    }

    /// Loads an aligned or unaligned 32-bit word.
    #[inline(always)]
    pub(crate) fn load32(&mut self, address: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let entry = self.map.get(address);
        if entry.0 & Entry::READ != 0 && address & 3 == 0 {
            let offset = Self::offset(entry, address);
            if let Some(bytes) = self.memory.bytes().get(offset..offset + 4) {
                return Ok((
                    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
                    Flow::Continue,
                ));
            }
        }
        self.load_slow(address, 4, at)
    }

    /// Loads an unsigned 16-bit half word.
    #[inline(always)]
    pub(crate) fn load16(&mut self, address: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let entry = self.map.get(address);
        if entry.0 & Entry::NARROW != 0 && address & 1 == 0 {
            let offset = Self::offset(entry, address);
            if let Some(bytes) = self.memory.bytes().get(offset..offset + 2) {
                return Ok((
                    u32::from(u16::from_le_bytes([bytes[0], bytes[1]])),
                    Flow::Continue,
                ));
            }
        }
        self.load_slow(address, 2, at)
    }

    /// Loads a byte.
    #[inline(always)]
    pub(crate) fn load8(&mut self, address: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let entry = self.map.get(address);
        if entry.0 & Entry::NARROW != 0
            && let Some(&byte) = self.memory.bytes().get(Self::offset(entry, address))
        {
            return Ok((u32::from(byte), Flow::Continue));
        }
        self.load_slow(address, 1, at)
    }

    /// Stores a 32-bit word.
    #[inline(always)]
    pub(crate) fn store32(&mut self, address: u32, value: u32, at: At) -> Result<Flow, BusFault> {
        let entry = self.map.get(address);
        if entry.0 & Entry::WRITE != 0 && address & 3 == 0 {
            let offset = Self::offset(entry, address);
            if let Some(bytes) = self.memory.bytes_mut().get_mut(offset..offset + 4) {
                bytes.copy_from_slice(&value.to_le_bytes());
                return Ok(Flow::Continue);
            }
        }
        self.store_slow(address, 4, value, at)
    }

    /// Stores a 16-bit half word.
    #[inline(always)]
    pub(crate) fn store16(&mut self, address: u32, value: u32, at: At) -> Result<Flow, BusFault> {
        const FAST: u32 = Entry::WRITE | Entry::NARROW;
        let entry = self.map.get(address);
        if entry.0 & FAST == FAST && address & 1 == 0 {
            let offset = Self::offset(entry, address);
            if let Some(bytes) = self.memory.bytes_mut().get_mut(offset..offset + 2) {
                bytes.copy_from_slice(&(value as u16).to_le_bytes());
                return Ok(Flow::Continue);
            }
        }
        self.store_slow(address, 2, value, at)
    }

    /// Stores a byte.
    #[inline(always)]
    pub(crate) fn store8(&mut self, address: u32, value: u32, at: At) -> Result<Flow, BusFault> {
        const FAST: u32 = Entry::WRITE | Entry::NARROW;
        let entry = self.map.get(address);
        if entry.0 & FAST == FAST {
            let offset = Self::offset(entry, address);
            if let Some(byte) = self.memory.bytes_mut().get_mut(offset) {
                *byte = value as u8;
                return Ok(Flow::Continue);
            }
        }
        self.store_slow(address, 1, value, at)
    }

    /// The entry of a page, filled in by the system on chip where it is not known yet.
    fn entry(&mut self, address: u32, at: At) -> Entry {
        let entry = self.map.get(address);
        if entry.present() {
            return entry;
        }
        match self.soc.page(&mut self.memory, address, at) {
            Some(entry) => {
                self.map.set(address, entry);
                entry
            }
            None => Entry::NONE,
        }
    }

    #[cold]
    #[inline(never)]
    fn load_slow(&mut self, address: u32, size: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let entry = self.entry(address, at);
        if !entry.present() {
            if address & (size - 1) != 0 {
                return Err(BusFault::Nothing);
            }
            return self.soc.read(&mut self.memory, address, size, at);
        }
        if size != 4 && entry.0 & Entry::NARROW == 0 {
            return Err(BusFault::Width);
        }
        if address & (size - 1) == 0 {
            return Ok((self.peek(entry, address, size), Flow::Continue));
        }
        // The LX6 splits unaligned accesses in hardware (XCHAL_UNALIGNED_LOAD_HW, core-isa.h).
        let mut value = 0;
        for index in 0..size {
            let address = address.wrapping_add(index);
            let entry = self.entry(address, at);
            if !entry.present() {
                return Err(BusFault::Nothing);
            }
            value |= self.peek(entry, address, 1) << (8 * index);
        }
        Ok((value, Flow::Continue))
    }

    fn peek(&self, entry: Entry, address: u32, size: u32) -> u32 {
        let offset = Self::offset(entry, address);
        let bytes = self
            .memory
            .bytes()
            .get(offset..offset + size as usize)
            .unwrap_or(&[]);
        bytes
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u32::from(byte))
    }

    #[cold]
    #[inline(never)]
    fn store_slow(
        &mut self,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault> {
        let entry = self.entry(address, at);
        if !entry.present() {
            if address & (size - 1) != 0 {
                return Err(BusFault::Nothing);
            }
            let flow = self.soc.write(&mut self.memory, address, size, value, at)?;
            if flow == Flow::Attention {
                self.remap();
            }
            return Ok(flow);
        }
        if size != 4 && entry.0 & Entry::NARROW == 0 {
            return Err(BusFault::Width);
        }
        let mut flow = Flow::Continue;
        for index in 0..size {
            let address = address.wrapping_add(index);
            let entry = self.entry(address, at);
            if entry.0 & Entry::WRITABLE == 0 {
                return Err(if entry.present() {
                    BusFault::ReadOnly
                } else {
                    BusFault::Nothing
                });
            }
            if self.memory.note_write(entry.frame()) {
                self.map.set(address, Entry(entry.0 | Entry::WRITE));
            }
            if self.memory.has_stale_code() {
                flow = Flow::Attention;
            }
            if let Some(byte) = self
                .memory
                .bytes_mut()
                .get_mut(Self::offset(entry, address))
            {
                *byte = (value >> (8 * index)) as u8;
            }
        }
        Ok(flow)
    }

    /// The frame that instructions at `address` are fetched from.
    #[inline(always)]
    pub(crate) fn fetch(&mut self, address: u32, at: At) -> Result<Frame, BusFault> {
        let mut entry = self.map.get(address);
        if !entry.present() {
            entry = self.entry(address, at);
        }
        if entry.0 & Entry::FETCH != 0 {
            Ok(entry.frame())
        } else {
            Err(self.fetch_failed(entry, address, at))
        }
    }

    #[cold]
    fn fetch_failed(&mut self, entry: Entry, address: u32, at: At) -> BusFault {
        if entry.present() {
            return BusFault::NoFetch;
        }
        self.soc.fetch_failed(address, at);
        BusFault::Nothing
    }
}
