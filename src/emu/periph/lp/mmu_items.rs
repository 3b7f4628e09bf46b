//! The flash MMU of the ESP32-C6 and its like, whose entries are reached one at a time through registers of SPI0.
//!
//! Registers: ESP-IDF `components/soc/esp32c6/register/soc/spi_mem_reg.h` (`SPI_MEM_MMU_ITEM_CONTENT_REG` and what follows;
//! here they begin at 0); entries: `components/soc/esp32c6/include/soc/ext_mem_defs.h`; page sizes: `components/hal/esp32c6/
//! include/hal/mmu_ll.h`. The block has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x0c;
const ITEM_CONTENT: u32 = 0x0;
const ITEM_INDEX: u32 = 0x4;
const POWER_CTRL: u32 = 0x8;
/// 64 KB, 32 KB, 16 KB or 8 KB.
const PAGE_SIZE: Bits = Bits::new(3, 2);
const LARGEST_PAGE: u32 = 0x1_0000;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub entries: usize,
    /// The entry shows something.
    pub valid: u32,
    /// The page that the entry shows is encrypted.
    pub sensitive: u32,
    /// The page's number.
    pub page: u32,
    pub reset: ResetValues,
}

/// What a valid entry shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// Number of the page of flash.
    pub number: u32,
    /// It is to be decrypted, where the chip encrypts its flash.
    pub sensitive: bool,
}

/// The MMU.
#[derive(Debug, Clone)]
pub(crate) struct MmuItems {
    layout: &'static Layout,
    regs: RegisterFile,
    entries: Vec<u32>,
    index: u32,
}

impl MmuItems {
    /// The MMU after reset, every entry invalid.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        MmuItems {
            layout,
            regs: RegisterFile::new("mmu", BLOCK_BYTES, layout.reset, &[]),
            entries: vec![0; layout.entries],
            index: 0,
        }
    }

    /// Bytes of a page.
    pub(crate) fn page_bytes(&self) -> u32 {
        LARGEST_PAGE >> PAGE_SIZE.get(self.regs.get(POWER_CTRL))
    }

    /// What entry `index` shows; nothing if it is invalid.
    pub(crate) fn page(&self, index: usize) -> Option<Page> {
        let entry = *self.entries.get(index)?;
        (entry & self.layout.valid != 0).then_some(Page {
            number: entry & self.layout.page,
            sensitive: entry & self.layout.sensitive != 0,
        })
    }
}

impl Device for MmuItems {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            ITEM_CONTENT => match self.entries.get(self.index as usize) {
                Some(&entry) => RegRead::modelled(entry),
                None => RegRead {
                    value: 0,
                    modelled: false,
                },
            },
            ITEM_INDEX => RegRead::modelled(self.index),
            POWER_CTRL => RegRead::modelled(self.regs.get(offset)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            ITEM_CONTENT => {
                let bits = self.layout.valid | self.layout.sensitive | self.layout.page;
                match self.entries.get_mut(self.index as usize) {
                    Some(entry) => {
                        *entry = value & bits;
                        RegWrite::modelled(Effect::MmuEntry(self.index))
                    }
                    None => RegWrite {
                        effect: Effect::None,
                        modelled: false,
                    },
                }
            }
            ITEM_INDEX => {
                self.index = value;
                RegWrite::stored()
            }
            POWER_CTRL => {
                let before = self.page_bytes();
                self.regs.set(offset, value);
                RegWrite::modelled(if self.page_bytes() == before {
                    Effect::None
                } else {
                    Effect::CacheChanged
                })
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        *self = MmuItems::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        entries: 256,
        valid: 1 << 9,
        sensitive: 1 << 10,
        page: 0x1ff,
        reset: &[(POWER_CTRL, 0x1320_0004)],
    };

    #[test]
    fn entries_are_written_one_at_a_time() {
        let mut mmu = MmuItems::new(&LAYOUT);
        assert_eq!(mmu.page(7), None);
        mmu.write(ITEM_INDEX, 7, 0);
        let effect = mmu.write(ITEM_CONTENT, 1 << 10 | 1 << 9 | 0x12, 0).effect;
        assert_eq!(effect, Effect::MmuEntry(7));
        let page = Page {
            number: 0x12,
            sensitive: true,
        };
        assert_eq!(mmu.page(7), Some(page));
        assert_eq!(mmu.page(6), None);
        assert_eq!(mmu.read(ITEM_CONTENT, 0), RegRead::modelled(0x612));
        mmu.write(ITEM_CONTENT, 0, 0);
        assert_eq!(mmu.page(7), None);
    }

    #[test]
    fn entries_that_do_not_exist_are_not_modelled() {
        let mut mmu = MmuItems::new(&LAYOUT);
        mmu.write(ITEM_INDEX, 256, 0);
        assert!(!mmu.write(ITEM_CONTENT, 1 << 9, 0).modelled);
        assert!(!mmu.read(ITEM_CONTENT, 0).modelled);
        assert_eq!(mmu.page(256), None);
    }

    #[test]
    fn pages_have_four_sizes() {
        let mut mmu = MmuItems::new(&LAYOUT);
        assert_eq!(mmu.page_bytes(), 0x1_0000);
        assert_eq!(mmu.write(POWER_CTRL, 0x1320_0004, 0).effect, Effect::None);
        for (code, bytes) in [(1, 0x8000), (2, 0x4000), (3, 0x2000)] {
            let effect = mmu.write(POWER_CTRL, code << 3, 0).effect;
            assert_eq!((effect, mmu.page_bytes()), (Effect::CacheChanged, bytes));
        }
    }
}
