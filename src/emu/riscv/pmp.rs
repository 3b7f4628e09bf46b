//! Physical memory protection: 16 entries, enforced in user mode, and in machine mode where an entry is locked.
//!
//! What no entry matches is allowed in machine mode and forbidden in user mode, also when no entry is in use. Source: The
//! RISC-V Instruction Set Manual, volume II, section "Physical Memory Protection"; the ESP32-C3 technical reference
//! manual's section of that name. ESP-IDF locks all entries
//! early (`components/esp_hw_support/port/esp32c3/cpu_region_protect.c`), so what is allowed is kept by page.

use std::ops::Range;

/// Number of entries.
pub const ENTRIES: usize = 16;

/// Kinds of access, the bits of pmpcfg.
pub(super) mod access {
    /// Load.
    pub const READ: u32 = 1;
    /// Store.
    pub const WRITE: u32 = 2;
    /// Instruction fetch.
    pub const EXECUTE: u32 = 4;
    /// All of them.
    pub const ALL: u32 = 7;
}

/// pmpcfg.A: how the address is matched.
const MATCHING: u8 = 3 << 3;
/// Top of range: from the previous entry's address on.
const TOP_OF_RANGE: u8 = 1 << 3;
/// Naturally aligned region of four bytes.
const FOUR_BYTES: u8 = 2 << 3;
/// pmpcfg.L: until reset, and for machine mode too.
const LOCKED: u8 = 1 << 7;
/// The bits of pmpcfg that exist.
const CONFIG_BITS: u8 = LOCKED | MATCHING | access::ALL as u8;

/// Pages that are remembered; a power of two.
const REMEMBERED: usize = 256;
const PAGE_BITS: u32 = 12;
const PAGE_MASK: u32 = !0 << PAGE_BITS;
/// Where the allowed accesses lie in a remembered page: the lowest two bits stay free, see [`Pmp::allows`].
const ALLOWED_SHIFT: u32 = 2;

/// The entries, and what they allow in pages lately used.
#[derive(Debug, Clone)]
pub(super) struct Pmp {
    config: [u8; ENTRIES],
    address: [u32; ENTRIES],
    machine: bool,
    /// Page addresses and what is allowed in all of the page; at the number of the page modulo their count.
    pages: [u32; REMEMBERED],
}

impl Default for Pmp {
    fn default() -> Self {
        Pmp {
            config: [0; ENTRIES],
            address: [0; ENTRIES],
            machine: true,
            pages: [0; REMEMBERED],
        }
    }
}

impl Pmp {
    /// Register pmpcfg`n` (0-3).
    pub fn config(&self, n: usize) -> u32 {
        let bytes = self.config.get(n * 4..n * 4 + 4).unwrap_or(&[]);
        bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u32::from(byte))
    }

    /// Writes register pmpcfg`n`; locked entries keep their byte.
    pub fn set_config(&mut self, n: usize, value: u32) {
        let entries = self.config.iter_mut().skip(n * 4);
        for (config, byte) in entries.zip(value.to_le_bytes()) {
            if *config & LOCKED == 0 {
                *config = byte & CONFIG_BITS;
            }
        }
        self.forget();
    }

    /// Register pmpaddr`n` (0-15).
    pub fn address(&self, n: usize) -> u32 {
        self.address.get(n).copied().unwrap_or(0)
    }

    /// Writes register pmpaddr`n`; not if it is locked, or the lower end of a locked range.
    pub fn set_address(&mut self, n: usize, value: u32) {
        let config = |n: usize| self.config.get(n).copied().unwrap_or(0);
        let below_locked = config(n + 1) & (LOCKED | MATCHING) == LOCKED | TOP_OF_RANGE;
        if config(n) & LOCKED == 0
            && !below_locked
            && let Some(address) = self.address.get_mut(n)
        {
            *address = value;
            self.forget();
        }
    }

    /// From now on accesses are made in machine mode or not.
    pub fn set_machine(&mut self, machine: bool) {
        self.machine = machine;
        self.forget();
    }

    fn forget(&mut self) {
        self.pages.fill(0);
    }

    /// True if an access of `size` bytes (a power of two up to 4) is known to be allowed; otherwise ask
    /// [`Pmp::permits`]. An unaligned access is never known to be, as its end may lie in another page.
    #[inline(always)]
    pub fn allows(&self, address: u32, size: u32, access: u32) -> bool {
        let page = self.pages[(address >> PAGE_BITS) as usize % REMEMBERED];
        let access = access << ALLOWED_SHIFT;
        page & (PAGE_MASK | access) == address & (PAGE_MASK | (size - 1)) | access
    }

    /// True if an access is allowed; remembers what the whole page allows.
    #[cold]
    #[inline(never)]
    pub fn permits(&mut self, address: u32, size: u32, access: u32) -> bool {
        let page = address & PAGE_MASK;
        let (range, allowed) = self.span(address);
        if range.start <= u64::from(page) && range.end > u64::from(page | !PAGE_MASK) {
            self.pages[(address >> PAGE_BITS) as usize % REMEMBERED] =
                page | allowed << ALLOWED_SHIFT;
        }
        self.check(address, size, access)
    }

    /// The part of the page around `address` in which instructions can be fetched as from `address`, as offsets into the
    /// page; `None` if they cannot.
    pub fn executable(&mut self, address: u32) -> Option<Range<usize>> {
        let (range, allowed) = self.span(address);
        let page = u64::from(address & PAGE_MASK);
        let offset = |end: u64| (end.max(page) - page).min(1 << PAGE_BITS) as usize;
        (allowed & access::EXECUTE != 0).then(|| offset(range.start)..offset(range.end))
    }

    /// The rule itself: the first entry that matches any of the bytes must match all of them, and decides.
    fn check(&self, address: u32, size: u32, access: u32) -> bool {
        let start = u64::from(address);
        let end = start + u64::from(size);
        let matching = self
            .ranges()
            .find(|(_, range)| range.start < end && start < range.end);
        match matching {
            Some((config, range)) => {
                range.start <= start && end <= range.end && self.allowed(config) & access != 0
            }
            None => self.machine,
        }
    }

    /// The largest range around `address` that no entry begins or ends in, and what is allowed there.
    fn span(&self, address: u32) -> (Range<u64>, u32) {
        let address = u64::from(address);
        let mut span = 0..1 << 32;
        let mut allowed = None;
        for (config, range) in self.ranges() {
            if range.contains(&address) {
                allowed.get_or_insert(self.allowed(config));
            }
            for edge in [range.start, range.end] {
                if edge <= address {
                    span.start = span.start.max(edge);
                } else {
                    span.end = span.end.min(edge);
                }
            }
        }
        let unmatched = if self.machine { access::ALL } else { 0 };
        (span, allowed.unwrap_or(unmatched))
    }

    fn allowed(&self, config: u8) -> u32 {
        if self.machine && config & LOCKED == 0 {
            access::ALL
        } else {
            u32::from(config) & access::ALL
        }
    }

    /// The active entries' configurations and byte addresses.
    fn ranges(&self) -> impl Iterator<Item = (u8, Range<u64>)> {
        let bottom = |index: usize| match index {
            0 => 0,
            _ => u64::from(self.address[index - 1]) << 2,
        };
        let entries = self.config.iter().zip(self.address).enumerate();
        entries.filter_map(move |(index, (&config, address))| {
            let top = u64::from(address) << 2;
            let range = match config & MATCHING {
                0 => return None,
                TOP_OF_RANGE => bottom(index)..top,
                FOUR_BYTES => top..top + 4,
                // Naturally aligned power of two: the ones at the end of the address give the size, from 8 bytes on.
                _ => {
                    let size = 8u64 << address.trailing_ones();
                    let start = top & !(size - 1);
                    start..start + size
                }
            };
            (!range.is_empty()).then_some((config, range))
        })
    }
}

#[cfg(test)]
#[path = "pmp_tests.rs"]
mod tests;
