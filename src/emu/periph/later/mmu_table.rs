//! The flash MMU's table of the ESP32-C3 and ESP32-S3.
//!
//! Sources: ESP-IDF `components/soc/<chip>/include/soc/ext_mem_defs.h`. The block has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Number of entries.
    pub entries: usize,
    /// Bits that make an entry invalid.
    pub invalid: u32,
    /// Bits that make an entry one of external RAM.
    pub external_ram: u32,
    /// Bits of the page number.
    pub page_mask: u32,
}

/// The flash MMU's table: one entry a page of the two cache windows, which share it.
#[derive(Debug, Clone)]
pub struct MmuTable {
    layout: &'static Layout,
    entries: Vec<u32>,
}

/// What a valid entry of the MMU shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MmuPage {
    /// This page of the flash.
    Flash(u32),
    /// This page of the external RAM.
    ExternalRam(u32),
}

impl MmuTable {
    /// The table, all entries invalid.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        MmuTable {
            layout,
            entries: vec![layout.invalid; layout.entries],
        }
    }

    /// Entry `index` as it stands.
    pub fn entry(&self, index: usize) -> u32 {
        self.entries
            .get(index)
            .copied()
            .unwrap_or(self.layout.invalid)
    }

    /// What entry `index` shows; nothing if it is invalid.
    pub fn page(&self, index: usize) -> Option<MmuPage> {
        let entry = self.entry(index);
        let page = entry & self.layout.page_mask;
        if entry & self.layout.invalid != 0 {
            None
        } else if entry & self.layout.external_ram != 0 {
            Some(MmuPage::ExternalRam(page))
        } else {
            Some(MmuPage::Flash(page))
        }
    }
}

impl Device for MmuTable {
    fn name(&self) -> &'static str {
        "mmu"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match self.entries.get(offset as usize / 4) {
            Some(&entry) => RegRead::modelled(entry),
            None => RegRead {
                value: 0,
                modelled: false,
            },
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let bits = self.layout.invalid | self.layout.external_ram | self.layout.page_mask;
        match self.entries.get_mut(offset as usize / 4) {
            Some(entry) => {
                *entry = value & bits;
                RegWrite::modelled(Effect::MmuEntry(offset / 4))
            }
            None => RegWrite {
                effect: Effect::None,
                modelled: false,
            },
        }
    }

    fn reset(&mut self, _now: Ticks) {
        self.entries.fill(self.layout.invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::esp32s3;

    #[test]
    fn the_table_tells_flash_from_external_ram() {
        let mut table = MmuTable::new(&esp32s3::cache::MMU);
        assert_eq!(table.page(0), None);
        table.write(0, 5, 0);
        table.write(4, 1 << 15 | 7, 0);
        assert_eq!(table.page(0), Some(MmuPage::Flash(5)));
        assert_eq!(table.page(1), Some(MmuPage::ExternalRam(7)));
        assert_eq!(table.page(512), None);
        assert!(!table.read(512 * 4, 0).modelled);
        table.reset(0);
        assert_eq!(table.page(0), None);
    }
}
