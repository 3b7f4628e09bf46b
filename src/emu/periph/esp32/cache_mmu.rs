//! The flash MMU's tables, one for each core, and which entry serves which address.
//!
//! Sources: ESP-IDF `components/soc/esp32/register/soc/dport_reg.h` (`DPORT_FLASH_MMU_TABLE_*`),
//! `components/hal/esp32/include/hal/mmu_ll.h`, `components/soc/esp32/include/soc/ext_mem_defs.h`; the ROM's `mmu_init`
//! clears 0x2000 bytes a core. The block has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// Entries of one core's table.
pub const ENTRIES: usize = 0x800;
/// Bytes of one core's table in the address space; the APP core's table follows the PRO core's.
pub const TABLE_BYTES: u32 = 0x2000;
/// Bytes that one entry maps in the default page mode.
pub const PAGE_BYTES: u32 = 0x1_0000;

/// An entry is nine bits: the page number, and bit 8 where it maps nothing.
const ENTRY_MASK: u32 = 0x1ff;
const INVALID: u16 = 0x100;
/// External SRAM entries of processes 0 and 1 begin here (`Cache_sram_mmu_set` of the ROM).
const SRAM_ENTRY: usize = 1152;
const REGION_ENTRIES: usize = 64;

/// A part of the address space that the cache serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheRegion {
    /// Data from flash, 0x3f40_0000.
    Drom0,
    /// Data in external SRAM, 0x3f80_0000.
    Dram1,
    /// Instructions from flash, 0x400c_2000.
    Iram0,
    /// Instructions from flash, 0x4040_0000.
    Iram1,
    /// Instructions from flash, 0x4080_0000.
    Irom0,
}

impl CacheRegion {
    /// The region's bit in the masks of `DPORT_PRO_CACHE_CTRL1` and `DPORT_APP_CACHE_CTRL1`.
    pub const fn mask_bit(self) -> u8 {
        match self {
            CacheRegion::Iram0 => 0,
            CacheRegion::Iram1 => 1,
            CacheRegion::Irom0 => 2,
            CacheRegion::Dram1 => 3,
            CacheRegion::Drom0 => 4,
        }
    }

    /// The region of a bus address and the table index of its 64 KiB page, for processes 0 and 1.
    pub fn locate(address: u32) -> Option<(CacheRegion, usize)> {
        let (region, base, first) = match address {
            0x3f40_0000..=0x3f7f_ffff => (CacheRegion::Drom0, 0x3f40_0000, 0),
            0x3f80_0000..=0x3fbf_ffff => (CacheRegion::Dram1, 0x3f80_0000, SRAM_ENTRY),
            0x400c_2000..=0x403f_ffff => (CacheRegion::Iram0, 0x4000_0000, REGION_ENTRIES),
            0x4040_0000..=0x407f_ffff => (CacheRegion::Iram1, 0x4040_0000, 2 * REGION_ENTRIES),
            0x4080_0000..=0x40bf_ffff => (CacheRegion::Irom0, 0x4080_0000, 3 * REGION_ENTRIES),
            _ => return None,
        };
        Some((region, first + ((address - base) / PAGE_BYTES) as usize))
    }

    /// The bus address of the 64 KiB page of flash that table entry `index` maps, the reverse of [`CacheRegion::locate`].
    pub fn page_of_entry(index: u32) -> Option<u32> {
        let region = REGION_ENTRIES as u32;
        match index / region {
            0 => Some(0x3f40_0000 + index * PAGE_BYTES),
            1..=3 => Some(0x4000_0000 + (index - region) * PAGE_BYTES),
            _ => None,
        }
    }
}

/// The two cores' tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MmuTables {
    entries: Vec<u16>,
}

impl Default for MmuTables {
    fn default() -> Self {
        MmuTables::new()
    }
}

impl MmuTables {
    /// Tables of zeros: every entry maps page 0.
    pub fn new() -> Self {
        MmuTables {
            entries: vec![0; 2 * ENTRIES],
        }
    }

    /// Entry `index` of `core` (0 is PRO) as the register reads; zero beyond the table.
    pub fn entry(&self, core: usize, index: usize) -> u16 {
        if core >= 2 || index >= ENTRIES {
            return 0;
        }
        self.entries[core * ENTRIES + index]
    }

    /// The flash or SRAM page that entry `index` of `core` maps, `None` where it is invalid.
    pub fn page(&self, core: usize, index: usize) -> Option<u8> {
        let entry = self.entry(core, index);
        (entry & INVALID == 0).then_some(entry as u8)
    }

    fn slot(&mut self, offset: u32) -> Option<&mut u16> {
        self.entries.get_mut((offset / 4) as usize)
    }
}

impl Device for MmuTables {
    fn name(&self) -> &'static str {
        "cache_mmu"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(self.slot(offset).map_or(0, |entry| u32::from(*entry)))
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let value = (value & ENTRY_MASK) as u16;
        let Some(entry) = self.slot(offset).filter(|entry| **entry != value) else {
            return RegWrite::stored();
        };
        *entry = value;
        RegWrite::modelled(Effect::MmuEntry(offset % TABLE_BYTES / 4))
    }

    fn reset(&mut self, _now: Ticks) {
        self.entries.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_find_their_entries() {
        assert_eq!(
            CacheRegion::locate(0x3f40_0020),
            Some((CacheRegion::Drom0, 0))
        );
        // The first instruction page after the RTC fast memory: entry 77 (mmu_ll.h).
        assert_eq!(
            CacheRegion::locate(0x400d_0020),
            Some((CacheRegion::Iram0, 77))
        );
        assert_eq!(
            CacheRegion::locate(0x4080_0000),
            Some((CacheRegion::Irom0, 192))
        );
        assert_eq!(CacheRegion::locate(0x400c_0000), None);
    }

    #[test]
    fn a_changed_entry_is_told_once() {
        let mut tables = MmuTables::new();
        assert_eq!(tables.page(0, 5), Some(0));
        assert_eq!(tables.write(5 * 4, 0x3ff, 0).effect, Effect::MmuEntry(5));
        assert_eq!(tables.write(5 * 4, 0x1ff, 0).effect, Effect::None);
        assert_eq!(tables.entry(0, 5), 0x1ff);
        assert_eq!(tables.page(0, 5), None);
        assert_eq!(tables.page(1, 5), Some(0));
        tables.write(TABLE_BYTES + 5 * 4, 7, 0);
        assert_eq!(tables.page(1, 5), Some(7));
    }

    #[test]
    fn beyond_the_tables_nothing_happens() {
        let mut tables = MmuTables::new();
        tables.write(2 * TABLE_BYTES, 1, 0);
        assert_eq!(tables, MmuTables::new());
        assert_eq!(tables.entry(2, 0), 0);
        assert_eq!(tables.entry(1, ENTRIES), 0);
    }
}
