//! The system on chip of the generation after the ESP32: what the ESP32-C3 and ESP32-S3 share.

mod devices;
mod effects;
mod interrupts;
pub mod layout;
mod peek;

use std::marker::PhantomData;
use std::sync::Arc;

use self::devices::Devices;
use self::layout::{Layout, PAGES_END, PAGES_START};
use super::Soc;
use super::board::Board;
use super::flash_cache::FlashCache;
use super::memories::Memories;
use crate::boot::{FlashView, Outputs};
use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::bus::{At, Bus, BusFault, Entry, Flow, System};
use crate::emu::cpu::Cpu;
use crate::emu::machine::Machine;
use crate::emu::memory::Memory;
use crate::emu::periph::ResetRequest;
use crate::emu::periph::extmem::{CacheBus, MmuPage};
use crate::emu::recorder::{Origin, View};
use crate::emu::rom::Rom;
use crate::flash::FlashImage;
use crate::virtual_chip::PowerOn;

/// Bytes of a page of the flash MMU.
const PAGE_BYTES: u32 = 0x1_0000;

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
const UNSERVED_READ: u32 = 0;

/// A system on chip with cores of type `C`.
#[derive(Debug)]
pub struct LaterSoc<C> {
    layout: &'static Layout,
    board: Board,
    memories: Memories,
    devices: Devices,
    flash_cache: FlashCache,
    /// The eFuses as the hardware took them over last: at reset, or with the controller's read command.
    latched: EfuseBank,
    /// The reset that a core asked for, of itself, and when it comes.
    coming_reset: Option<(Ticks, ResetRequest)>,
    core: PhantomData<C>,
}

impl<C> Clone for LaterSoc<C> {
    fn clone(&self) -> Self {
        LaterSoc {
            layout: self.layout,
            board: self.board.clone(),
            memories: self.memories.clone(),
            devices: self.devices.clone(),
            flash_cache: self.flash_cache.clone(),
            latched: self.latched.clone(),
            coming_reset: self.coming_reset,
            core: PhantomData,
        }
    }
}

impl<C: Cpu> LaterSoc<C> {
    /// The machine of such a chip with this ROM, powered on.
    pub(super) fn machine(
        layout: &'static Layout,
        cores: Vec<C>,
        rom: Arc<Rom>,
        power: PowerOn,
    ) -> Machine<LaterSoc<C>> {
        let mut memory = Memory::default();
        let soc = LaterSoc {
            layout,
            memories: Memories::new(&layout.memories, &mut memory, &rom),
            board: Board::new(rom),
            devices: Devices::new(layout, &power),
            flash_cache: FlashCache::new(&power.efuses),
            latched: power.efuses.clone(),
            coming_reset: None,
            core: PhantomData,
        };
        let mut bus = Bus::new(memory, soc, layout.cores, PAGES_START, PAGES_END);
        bus.soc.latch_efuses();
        Machine::new(bus, cores)
    }

    /// The frame behind an address of a cache window, if the core's cache serves it now.
    fn cached_entry(&mut self, memory: &mut Memory, address: u32, core: usize) -> Option<Entry> {
        let (bus, offset) = self.layout.window(address)?;
        if !self.devices.extmem.serves(core, bus) {
            return None;
        }
        let MmuPage::Flash(page) = self.devices.mmu.page((offset / PAGE_BYTES) as usize)? else {
            return None;
        };
        let flash_offset = page.wrapping_mul(PAGE_BYTES) + offset % PAGE_BYTES;
        let frame = self
            .flash_cache
            .frame(memory, self.devices.flash.image(), flash_offset);
        let fetch = bus == CacheBus::Instruction;
        // The instruction bus reads whole words only (TRM, "System and Memory").
        Some(Entry::new(frame, false, !fetch, fetch).volatile())
    }

    /// A cache window that the cache does not serve now: disabled, shut, or no valid MMU entry.
    fn unserved(&mut self, address: u32, bus: CacheBus, offset: u32, at: At) {
        let core = usize::from(at.core);
        let index = (offset / PAGE_BYTES) as usize;
        let served = self.devices.extmem.serves(core, bus);
        let content = served.then(|| self.devices.mmu.entry(index));
        self.devices
            .extmem
            .note_invalid_access(core, bus, address, content);
        self.board.pending.interrupts = true;
        let what = match self.devices.mmu.page(index) {
            Some(MmuPage::ExternalRam(_)) if served => "external RAM, which is not modelled",
            _ => "the cache does not serve",
        };
        self.board.behaviour(
            address & !0xffff,
            "cache",
            || format!("access to {address:#010x}: {what}"),
            at,
        );
    }
}

impl<C: Cpu> System for LaterSoc<C> {
    fn page(&mut self, memory: &mut Memory, address: u32, at: At) -> Option<Entry> {
        self.memories
            .entry(address)
            .or_else(|| self.cached_entry(memory, address, usize::from(at.core)))
    }

    fn read(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        at: At,
    ) -> Result<(u32, Flow), BusFault> {
        if let Some((bus, offset)) = self.layout.window(address) {
            self.unserved(address, bus, offset, at);
            return Ok((UNSERVED_READ, Flow::Continue));
        }
        let (value, flow) = self.read_device(memory, address & !3, at)?;
        self.board.trace(address, value, false, at);
        let value = value >> (8 * (address & 3));
        let mask = if size == 4 {
            u32::MAX
        } else {
            (1 << (8 * size)) - 1
        };
        Ok((value & mask, flow))
    }

    fn write(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault> {
        if let Some((bus, offset)) = self.layout.window(address) {
            self.unserved(address, bus, offset, at);
            return Ok(Flow::Continue);
        }
        self.board.trace(address, value, true, at);
        // As on the ESP32, the APB bridge has no byte lanes: a narrow write puts its bytes where they belong and zeros
        // elsewhere.
        let value = if size == 4 {
            value
        } else {
            (value & ((1 << (8 * size)) - 1)) << (8 * (address & 3))
        };
        self.write_device(memory, address & !3, value, at)
    }

    fn fetch_failed(&mut self, address: u32, at: At) {
        let Some((bus, offset)) = self.layout.window(address) else {
            return;
        };
        self.unserved(address, bus, offset, at);
        // Nothing that follows would be what the chip does.
        let page = self.devices.mmu.page((offset / PAGE_BYTES) as usize);
        let served = self.devices.extmem.serves(usize::from(at.core), bus);
        if served && matches!(page, Some(MmuPage::ExternalRam(_))) {
            let what = "execution from external RAM, which is not modelled";
            self.board.stop_at_gap(address & !0xffff, "cache", what, at);
        }
    }

    fn remap(&mut self, unmap: &mut dyn FnMut(u32, u32)) {
        for (start, end) in self.board.pending.unmap.drain(..) {
            unmap(start, end);
        }
    }

    fn origin(&self, address: u32, _core: usize) -> Origin {
        let Some((_, offset)) = self.layout.window(address) else {
            return self.layout.memories.origin(address);
        };
        match self.devices.mmu.page((offset / PAGE_BYTES) as usize) {
            Some(MmuPage::Flash(page)) => {
                Origin::Flash(page.wrapping_mul(PAGE_BYTES) + offset % PAGE_BYTES)
            }
            _ => Origin::Other,
        }
    }

    fn flash_view(&self) -> View {
        Some(FlashView {
            chip: self.layout.chip,
            flash: self.devices.flash.image().clone(),
            cipher: self
                .flash_cache
                .decrypting()
                .then(|| self.flash_cache.cipher().clone()),
        })
    }

    fn look(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        self.peek_memory(memory, core, address, into)
    }

    fn console_len(&self) -> usize {
        self.board.console().len()
    }

    fn time(&self, at: At) -> Ticks {
        self.board.now(at)
    }

    fn outputs(&self) -> Outputs {
        Outputs {
            changes: self.changes(),
            ..self.board.outputs
        }
    }
}

impl<C: Cpu> Soc for LaterSoc<C> {
    type Core = C;

    fn board(&self) -> &Board {
        &self.board
    }

    fn board_mut(&mut self) -> &mut Board {
        &mut self.board
    }

    fn flash(&self) -> &FlashImage {
        self.devices.flash.image()
    }

    fn efuses(&self) -> &EfuseBank {
        self.devices.efuse.bank()
    }

    fn changes(&self) -> u64 {
        self.devices.flash.programs() + self.devices.flash.erases() + self.devices.efuse.burns()
    }

    fn next_event(&self) -> Option<Ticks> {
        let reset = self.coming_reset.map(|(time, _)| time);
        [self.devices.next_event(), reset]
            .into_iter()
            .flatten()
            .min()
    }

    fn advance(&mut self, now: Ticks) {
        self.advance_devices(now);
    }

    fn interrupt_lines(&mut self) -> [u32; 2] {
        self.core_interrupts()
    }

    fn core_runs(&self, core: usize) -> bool {
        let held =
            core == 1 && (self.board.app_core_held || self.devices.system.core_1_run_stalled());
        !held && !self.devices.rtc.cpu_stalled(core)
    }

    fn record_place(&mut self, core: usize, pc: u32, sp: u32) {
        self.devices.assist_debug.record(core, pc, sp);
    }

    fn reset(&mut self, request: ResetRequest, now: Ticks) {
        self.reset_devices(request, now);
    }

    fn peek(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        self.peek_memory(memory, core, address, into)
    }

    fn poke(&mut self, memory: &mut Memory, _core: usize, address: u32, data: &[u8]) -> usize {
        self.memories.poke(memory, address, data)
    }

    fn executable(&self, address: u32) -> bool {
        match self.layout.window(address) {
            Some((bus, _)) => bus == CacheBus::Instruction,
            None => self.layout.memories.executable(address),
        }
    }
}
