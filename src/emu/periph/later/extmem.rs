//! EXTMEM of the ESP32-C3 and ESP32-S3: switches and commands of the caches in front of the flash.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/<chip>/register/soc/extmem_reg.h`. What the caches show is
//! the system on chip's business; commands (invalidate, preload, lock, freeze) take no time here and have no effect of
//! their own, as no stale lines are kept.
//!
//! Interrupt lines: bit 0 invalid accesses (`ETS_CACHE_IA_INTR_SOURCE`), bits 1 and 2 refused accesses of core 0 and 1
//! (`ETS_CACHE_CORE0_ACS_INTR_SOURCE`, `ETS_CACHE_CORE1_ACS_INTR_SOURCE`).

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

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
pub(crate) struct Command {
    offset: u32,
    start: u32,
    done: u32,
    /// The start bits clear themselves.
    clears: bool,
}

pub(crate) const fn command(offset: u32, start: u32, done: u32) -> Command {
    Command {
        offset,
        start,
        done,
        clears: true,
    }
}

/// A freeze goes on until it is switched off; it is done as soon as it is on.
pub(crate) const fn freeze(offset: u32) -> Command {
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

/// What differs by chip.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Control registers of the caches behind instruction and data bus, each followed by CTRL1.
    pub control: [u32; 2],
    /// One cache serves both buses, and CTRL1 shuts one bus a bit; else one core a bit.
    pub unified: bool,
    pub commands: &'static [Command],
    pub state: (u32, u32),
    /// Interrupts of invalid accesses, then of refused accesses of each core.
    pub interrupts: &'static [u32],
    pub fault_content: u32,
    pub fault_address: u32,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

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
    /// The block after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Extmem {
            layout,
            regs: RegisterFile::new("extmem", BLOCK_BYTES, layout.reset, layout.storage),
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
        "extmem"
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
            return RegWrite::modelled(Effect::CacheChanged);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32c3, esp32s3};

    #[test]
    fn a_bus_is_served_when_its_cache_is_on_and_not_shut() {
        let mut c3 = Extmem::new(&esp32c3::cache::EXTMEM);
        assert!(!c3.serves(0, CacheBus::Instruction));
        assert_eq!(c3.write(0x00, 1, 0).effect, Effect::CacheChanged);
        assert!(!c3.serves(0, CacheBus::Data));
        c3.write(0x04, 0b01, 0);
        assert!(c3.serves(0, CacheBus::Data) && !c3.serves(0, CacheBus::Instruction));

        let mut s3 = Extmem::new(&esp32s3::cache::EXTMEM);
        s3.write(0x60, 1, 0);
        s3.write(0x64, 0b10, 0);
        assert!(s3.serves(0, CacheBus::Instruction) && !s3.serves(1, CacheBus::Instruction));
        assert!(!s3.serves(0, CacheBus::Data));
    }

    #[test]
    fn commands_are_done_at_once_and_a_freeze_while_it_lasts() {
        let mut c3 = Extmem::new(&esp32c3::cache::EXTMEM);
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
        let mut s3 = Extmem::new(&esp32s3::cache::EXTMEM);
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
}
