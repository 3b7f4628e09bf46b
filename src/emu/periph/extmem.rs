//! EXTMEM of the ESP32-C3 and ESP32-S3: switches and commands of the caches in front of the flash.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/<chip>/register/soc/extmem_reg.h`. What the caches show is
//! the system on chip's business; commands (invalidate, preload, lock, freeze) take no time here and have no effect of
//! their own, as no stale lines are kept.
//!
//! Interrupt lines: bit 0 invalid accesses (`ETS_CACHE_IA_INTR_SOURCE`), bits 1 and 2 refused accesses of core 0 and 1
//! (`ETS_CACHE_CORE0_ACS_INTR_SOURCE`, `ETS_CACHE_CORE1_ACS_INTR_SOURCE`).

use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;

/// A bus from a core to a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheBus {
    /// Instructions.
    Instruction,
    /// Data.
    Data,
}

/// A command register: what starts a command, and the bit that tells that it is done.
#[derive(Debug)]
struct Command {
    offset: u32,
    start: u32,
    done: u32,
    /// The start bits clear themselves.
    clears: bool,
}

const fn command(offset: u32, start: u32, done: u32) -> Command {
    Command {
        offset,
        start,
        done,
        clears: true,
    }
}

/// A freeze goes on until it is switched off; it is done as soon as it is on.
const fn freeze(offset: u32) -> Command {
    Command {
        offset,
        start: 1,
        done: 1 << 2,
        clears: false,
    }
}

/// One set of interrupt registers: enable, clear and status stand in this order.
const ENABLE: u32 = 0;
const CLEAR: u32 = 4;
const STATUS: u32 = 8;

#[derive(Debug)]
struct Layout {
    name: &'static str,
    /// Control registers of the caches behind instruction and data bus, each followed by CTRL1.
    control: [u32; 2],
    /// One cache serves both buses, and CTRL1 shuts one bus a bit; else one core a bit.
    unified: bool,
    commands: &'static [Command],
    state: (u32, u32),
    /// Interrupts of invalid accesses, then of refused accesses of each core.
    interrupts: &'static [u32],
    fault_content: u32,
    fault_address: u32,
    reset: ResetValues,
    storage: StorageRanges,
}

const ESP32C3: Layout = Layout {
    name: "extmem",
    control: [0x00, 0x00],
    unified: true,
    commands: &[
        command(0x1c, 0b11, 1 << 2),
        command(0x28, 1, 1 << 1),
        command(0x34, 1, 1 << 1),
        freeze(0xcc),
    ],
    state: (0xb0, 0x1),
    interrupts: &[0x78, 0x84],
    fault_content: 0xa0,
    fault_address: 0xa4,
    reset: &[
        (0x04, 0x3),
        (0x08, 0x5),
        (0x1c, 0x4),
        (0x28, 0x1),
        (0x34, 0x2),
        (0x40, 0x8),
        (0x54, 0x4200_0000),
        (0x58, 0x427f_ffff),
        (0x5c, 0x3c00_0000),
        (0x60, 0x3c7f_ffff),
        (0x94, 0xffff_ffff),
        (0x9c, 0xffff_ffff),
        (0xac, 0x5),
        (0xb8, 0x7),
        (0xc8, 0x7),
        (0xd0, 0x1),
        (0xe0, 0x800),
        (0xe4, 0x800),
        (0xe8, 0xff),
        (0xf4, 0x800),
        (0xf8, 0x800),
        (0xfc, 0xf),
        (0x100, 0x1),
        (0x3fc, 0x0200_7160),
    ],
    storage: &[(0x00, 0xac), (0xb4, 0x100), (0x3fc, 0x3fc)],
};

const ESP32S3: Layout = Layout {
    name: "extmem",
    control: [0x60, 0x00],
    unified: false,
    commands: &[
        command(0x1c, 0b11, 1 << 2),
        command(0x28, 0b111, 1 << 3),
        command(0x34, 1, 1 << 1),
        command(0x40, 1, 1 << 1),
        command(0x7c, 0b11, 1 << 2),
        command(0x88, 1, 1 << 1),
        command(0x94, 1, 1 << 1),
        freeze(0x150),
        freeze(0x154),
    ],
    state: (0x130, 0x1001),
    interrupts: &[0xdc, 0xe8, 0xf4],
    fault_content: 0x120,
    fault_address: 0x124,
    reset: &[
        (0x04, 0x3),
        (0x08, 0x5),
        (0x1c, 0x4),
        (0x28, 0x1),
        (0x34, 0x2),
        (0x40, 0x2),
        (0x4c, 0x8),
        (0x64, 0x3),
        (0x68, 0x5),
        (0x7c, 0x4),
        (0x88, 0x1),
        (0x94, 0x2),
        (0xa0, 0x8),
        (0xb4, 0x4400_0000),
        (0xb8, 0x47ff_ffff),
        (0x104, 0xffff_ffff),
        (0x10c, 0xffff_ffff),
        (0x114, 0xffff_ffff),
        (0x11c, 0xffff_ffff),
        (0x12c, 0x5),
        (0x138, 0x7),
        (0x14c, 0x7),
        (0x150, 0x4),
        (0x154, 0x4),
        (0x158, 0x1),
        (0x15c, 0x1),
        (0x164, 0x1),
        (0x3fc, 0x0201_2310),
    ],
    storage: &[
        (0x00, 0x12c),
        (0x134, 0x164),
        (0x180, 0x18c),
        (0x3fc, 0x3fc),
    ],
};

const CTRL_ENABLE: Bits = Bits::bit(0);
const CTRL1: u32 = 0x4;
/// AUTOLOAD's done bit in the registers that follow a preload register by three words.
const MMU_ENTRY_FAULT: u32 = 1 << 5;
/// Access while the cache is off or shut: instruction bus, data bus.
const ACCESS_MASKED: [u32; 2] = [1 << 0, 1 << 3];

/// The caches' registers.
#[derive(Debug, Clone)]
pub struct Extmem {
    layout: &'static Layout,
    regs: RegisterFile,
}

impl Extmem {
    /// The block of the ESP32-C3 after reset.
    pub fn esp32c3() -> Self {
        Extmem::new(&ESP32C3)
    }

    /// The block of the ESP32-S3 after reset.
    pub fn esp32s3() -> Self {
        Extmem::new(&ESP32S3)
    }

    fn new(layout: &'static Layout) -> Self {
        Extmem {
            layout,
            regs: RegisterFile::new(layout.name, BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    /// Whether a core's accesses on a bus are served by the cache behind it.
    pub fn serves(&self, core: usize, bus: CacheBus) -> bool {
        let control = self.layout.control[bus as usize];
        let shut = match self.layout.unified {
            true => bus as usize,
            false => core,
        };
        CTRL_ENABLE.is_set(self.regs.get(control))
            && self.regs.get(control + CTRL1) >> shut & 1 == 0
    }

    /// A core accessed `address` (bus address), where the cache has nothing to show: it is off, or the MMU's entry
    /// `content` is invalid.
    pub fn note_invalid_access(
        &mut self,
        core: usize,
        bus: CacheBus,
        address: u32,
        content: Option<u32>,
    ) {
        match content {
            Some(content) => {
                self.regs.set(self.layout.fault_content, content);
                self.regs.set(self.layout.fault_address, address);
                self.raise(0, MMU_ENTRY_FAULT);
            }
            None => self.raise(1 + core, ACCESS_MASKED[bus as usize]),
        }
    }

    fn raise(&mut self, set: usize, bits: u32) {
        if let Some(first) = self.layout.interrupts.get(set) {
            let status = self.regs.get(first + STATUS) | bits;
            self.regs.set(first + STATUS, status);
        }
    }

    fn interrupt_set(&self, offset: u32) -> Option<u32> {
        let sets = self.layout.interrupts.iter().copied();
        sets.into_iter()
            .find(|first| (first + ENABLE..=first + STATUS).contains(&offset))
    }
}

impl Device for Extmem {
    fn name(&self) -> &'static str {
        self.layout.name
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == self.layout.state.0 {
            return RegRead::modelled(self.layout.state.1);
        }
        let read = self.regs.read_stored(offset);
        match self.layout.commands.iter().find(|c| c.offset == offset) {
            // A freeze is reported done while it is on; everything else at once.
            Some(command) if command.clears || read.value & command.start != 0 => {
                RegRead::modelled(read.value | command.done)
            }
            _ => read,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if let Some(first) = self.interrupt_set(offset) {
            match offset - first {
                ENABLE => self.regs.set(offset, value),
                CLEAR => {
                    let status = self.regs.get(first + STATUS) & !value;
                    self.regs.set(first + STATUS, status);
                }
                _ => {}
            }
            return RegWrite::modelled(Effect::Interrupts);
        }
        if let Some(command) = self.layout.commands.iter().find(|c| c.offset == offset) {
            let kept = if command.clears {
                value & !command.start
            } else {
                value
            };
            self.regs.set(offset, kept & !command.done);
            return RegWrite::stored();
        }
        let controls = self.layout.control;
        if controls
            .iter()
            .any(|&control| offset == control || offset == control + CTRL1)
        {
            self.regs.set(offset, value);
            return RegWrite::modelled(Effect::Reconfigured);
        }
        self.regs.write_stored(offset, value)
    }

    fn interrupts(&self) -> u32 {
        let sets = self.layout.interrupts.iter().enumerate();
        sets.fold(0, |lines, (line, first)| {
            let pending = self.regs.get(first + STATUS) & self.regs.get(first + ENABLE);
            lines | u32::from(pending != 0) << line
        })
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

/// The flash MMU's table: one entry a page of the two cache windows, which share it.
#[derive(Debug, Clone)]
pub struct MmuTable {
    entries: Vec<u32>,
    invalid: u32,
    /// Bits that make an entry one of external RAM.
    external_ram: u32,
    page_mask: u32,
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
    /// The C3's 128 entries, all invalid (ESP-IDF `components/soc/esp32c3/include/soc/ext_mem_defs.h`).
    pub fn esp32c3() -> Self {
        MmuTable {
            entries: vec![1 << 8; 128],
            invalid: 1 << 8,
            external_ram: 0,
            page_mask: 0xff,
        }
    }

    /// The S3's 512 entries, all invalid (ESP-IDF `components/soc/esp32s3/include/soc/ext_mem_defs.h`).
    pub fn esp32s3() -> Self {
        MmuTable {
            entries: vec![1 << 14; 512],
            invalid: 1 << 14,
            external_ram: 1 << 15,
            page_mask: 0x3fff,
        }
    }

    /// Number of entries.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Entry `index` as it stands.
    pub fn entry(&self, index: usize) -> u32 {
        self.entries.get(index).copied().unwrap_or(self.invalid)
    }

    /// What entry `index` shows; nothing if it is invalid.
    pub fn page(&self, index: usize) -> Option<MmuPage> {
        let entry = self.entry(index);
        let page = entry & self.page_mask;
        if entry & self.invalid != 0 {
            None
        } else if entry & self.external_ram != 0 {
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
        let bits = self.invalid | self.external_ram | self.page_mask;
        match self.entries.get_mut(offset as usize / 4) {
            Some(entry) => {
                *entry = value & bits;
                RegWrite::modelled(Effect::Reconfigured)
            }
            None => RegWrite {
                effect: Effect::None,
                modelled: false,
            },
        }
    }

    fn reset(&mut self, _now: Ticks) {
        self.entries.fill(self.invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_served_when_its_cache_is_on_and_not_shut() {
        let mut c3 = Extmem::esp32c3();
        assert!(!c3.serves(0, CacheBus::Instruction));
        assert_eq!(c3.write(0x00, 1, 0).effect, Effect::Reconfigured);
        assert!(!c3.serves(0, CacheBus::Data));
        c3.write(0x04, 0b01, 0);
        assert!(c3.serves(0, CacheBus::Data) && !c3.serves(0, CacheBus::Instruction));

        let mut s3 = Extmem::esp32s3();
        s3.write(0x60, 1, 0);
        s3.write(0x64, 0b10, 0);
        assert!(s3.serves(0, CacheBus::Instruction) && !s3.serves(1, CacheBus::Instruction));
        assert!(!s3.serves(0, CacheBus::Data));
    }

    #[test]
    fn commands_are_done_at_once_and_a_freeze_while_it_lasts() {
        let mut c3 = Extmem::esp32c3();
        c3.write(0x28, 1, 0);
        assert_eq!(c3.read(0x28, 0).value, 0b10);
        c3.write(0xcc, 1, 0);
        assert_eq!(c3.read(0xcc, 0).value, 0b101);
        c3.write(0xcc, 0, 0);
        assert_eq!(c3.read(0xcc, 0).value, 0);
        assert_eq!(c3.read(0xb0, 0), RegRead::modelled(1));
    }

    #[test]
    fn invalid_accesses_raise_their_interrupt_until_cleared() {
        let mut s3 = Extmem::esp32s3();
        s3.note_invalid_access(1, CacheBus::Data, 0x3c00_0000, None);
        assert_eq!(s3.interrupts(), 0);
        s3.write(0xf4, 1 << 3, 0);
        assert_eq!(s3.interrupts(), 0b100);
        s3.write(0xf8, 1 << 3, 0);
        assert_eq!(s3.interrupts(), 0);
        s3.write(0xdc, MMU_ENTRY_FAULT, 0);
        s3.note_invalid_access(0, CacheBus::Instruction, 0x4200_1234, Some(0x4000));
        assert_eq!(s3.interrupts(), 0b001);
        assert_eq!(s3.read(0x124, 0).value, 0x4200_1234);
    }

    #[test]
    fn the_table_tells_flash_from_external_ram() {
        let mut table = MmuTable::esp32s3();
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
