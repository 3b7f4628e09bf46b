//! The ESP32: address map, device table, interrupt matrix, and what its devices ask for.

mod devices;
mod effects;
mod interrupts;
mod map;
mod peek;

use std::sync::Arc;

use self::devices::Devices;
use super::Soc;
use super::board::Board;
use super::flash_cache::FlashCache;
use super::memories::Memories;
use crate::boot::{FlashView, Outputs};
use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::bus::{At, Bus, BusFault, Entry, Flow, System};
use crate::emu::machine::Machine;
use crate::emu::memory::Memory;
use crate::emu::periph::ResetRequest;
use crate::emu::periph::cache_mmu::{CacheRegion, PAGE_BYTES};
use crate::emu::recorder::{Origin, View};
use crate::emu::rom::Rom;
use crate::emu::xtensa::{Core, CoreConfig, CoreModel};
use crate::flash::FlashImage;
use crate::virtual_chip::PowerOn;

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
const UNSERVED_READ: u32 = 0;

/// The system on chip of the ESP32.
#[derive(Debug, Clone)]
pub struct Esp32 {
    board: Board,
    memories: Memories,
    devices: Devices,
    flash_cache: FlashCache,
    /// The eFuses as the hardware took them over last: at reset, or with the controller's read command.
    latched: EfuseBank,
}

impl Esp32 {
    /// The machine of an ESP32 with this ROM, powered on.
    pub fn machine(rom: Arc<Rom>, power: PowerOn) -> Machine<Esp32> {
        let mut memory = Memory::default();
        let soc = Esp32 {
            memories: Memories::new(&map::MEMORIES, &mut memory, &rom),
            board: Board::new(rom),
            devices: Devices::new(&power),
            flash_cache: FlashCache::new(&power.efuses),
            latched: power.efuses.clone(),
        };
        let mut bus = Bus::new(memory, soc, 2, map::PAGES_START, map::PAGES_END);
        bus.soc.latch_efuses();
        Machine::new(
            bus,
            (0..2).map(|index| Core::new(core_config(index))).collect(),
        )
    }

    /// The frame behind an address of a cache window, if the core's cache serves it now.
    fn cached_entry(&mut self, memory: &mut Memory, address: u32, core: usize) -> Option<Entry> {
        let (region, index) = CacheRegion::locate(address)?;
        let served = self.devices.dport.cache_serves(core, region)
            && self.devices.dport.flash_page_bytes(core) == PAGE_BYTES;
        if region == CacheRegion::Dram1 || !served {
            return None;
        }
        let page = self.devices.mmu.page(core, index)?;
        let offset = u32::from(page) * PAGE_BYTES + (address & 0xffff);
        let frame = self
            .flash_cache
            .frame(memory, self.devices.flash.image(), offset);
        {
            let data = region == CacheRegion::Drom0;
            Some(Entry::new(frame, false, data, !data).volatile())
        }
    }
}

/// Differences of the cores: ESP-IDF `components/xtensa/include/xtensa_api.h` tells them apart by PRID
/// (0xcdcd PRO, 0xabab APP); CONFIGID from `core-isa.h`.
fn core_config(index: u8) -> CoreConfig {
    CoreConfig {
        model: CoreModel::Lx6,
        index,
        prid: if index == 0 { 0xcdcd } else { 0xabab },
        config_id: [0xc2bc_fffe, 0x1cc5_fe96],
        reset_vector: 0x4000_0400,
        vecbase: 0x4000_0000,
    }
}

impl System for Esp32 {
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
        if let Some(data_address) = map::reversed_sram1(address) {
            return if size == 4 {
                Ok((self.sram1_word(memory, data_address), Flow::Continue))
            } else {
                Err(BusFault::Width)
            };
        }
        if let Some((region, _)) = CacheRegion::locate(address) {
            return self
                .unserved(address, region, at)
                .map(|()| (UNSERVED_READ, Flow::Continue));
        }
        let (value, flow) = self.read_device(address & !3, at)?;
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
        if let Some(data_address) = map::reversed_sram1(address) {
            return if size == 4 {
                Ok(self.set_sram1_word(memory, data_address, value))
            } else {
                Err(BusFault::Width)
            };
        }
        if let Some((region, _)) = CacheRegion::locate(address) {
            return self.unserved(address, region, at).map(|()| Flow::Continue);
        }
        self.board.trace(address, value, true, at);
        // The APB bridge has no byte lanes: a narrow write puts its bytes where they belong and zeros elsewhere.
        let value = if size == 4 {
            value
        } else {
            (value & ((1 << (8 * size)) - 1)) << (8 * (address & 3))
        };
        self.write_device(address & !3, value, at)
    }

    fn fetch_failed(&mut self, address: u32, at: At) {
        if map::reversed_sram1(address).is_some() {
            self.board.stop_at_gap(
                address,
                "sram1",
                "instructions in SRAM1's word-reversed image are not modelled",
                at,
            );
        } else if let Some((region, _)) = CacheRegion::locate(address) {
            // The bus has no answer either way: the core raises its exception, and the gap stands in the evidence.
            let _ = self.unserved(address, region, at);
        }
    }

    fn remap(&mut self, unmap: &mut dyn FnMut(u32, u32)) {
        for (start, end) in self.board.pending.unmap.drain(..) {
            unmap(start, end);
        }
    }

    fn origin(&self, address: u32, core: usize) -> Origin {
        let Some((_, index)) = CacheRegion::locate(address) else {
            return self.memories.map().origin(address);
        };
        match self.devices.mmu.page(core, index) {
            Some(page) => Origin::Flash(u32::from(page) * PAGE_BYTES + address % PAGE_BYTES),
            None => Origin::Other,
        }
    }

    fn flash_view(&self) -> View {
        Some(FlashView {
            chip: Chip::Esp32,
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

impl Esp32 {
    fn sram1_word(&self, memory: &Memory, address: u32) -> u32 {
        let mut bytes = [0; 4];
        self.memories.peek(memory, address, &mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn set_sram1_word(&mut self, memory: &mut Memory, address: u32, value: u32) -> Flow {
        self.memories.poke(memory, address, &value.to_le_bytes());
        if memory.has_stale_code() {
            Flow::Attention
        } else {
            Flow::Continue
        }
    }

    /// A cache window that the cache does not serve now: disabled, masked, or no valid MMU entry.
    fn unserved(&mut self, address: u32, region: CacheRegion, at: At) -> Result<(), BusFault> {
        self.devices
            .dport
            .note_illegal_access(usize::from(at.core), region);
        self.board.pending.interrupts = true;
        self.board.behaviour(
            address & !0xffff,
            "cache",
            || format!("access to {address:#010x} while the cache does not serve it"),
            at,
        );
        Ok(())
    }
}

impl Soc for Esp32 {
    type Core = Core;

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
        self.devices.next_event()
    }

    fn advance(&mut self, now: Ticks) {
        self.advance_devices(now);
    }

    fn interrupt_lines(&mut self) -> [u32; 2] {
        self.core_interrupts()
    }

    fn core_runs(&self, core: usize) -> bool {
        let held = core == 1
            && (self.board.app_core_held
                || self.devices.dport.app_cpu_clock_gated()
                || self.devices.dport.app_cpu_run_stalled());
        !held && !self.devices.rtc.cpu_stalled(core)
    }

    fn reset(&mut self, request: ResetRequest, now: Ticks) {
        self.reset_devices(request, now);
    }

    fn peek(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        self.peek_memory(memory, core, address, into)
    }

    fn poke(&mut self, memory: &mut Memory, _core: usize, address: u32, data: &[u8]) -> usize {
        self.poke_memory(memory, address, data)
    }

    fn executable(&self, address: u32) -> bool {
        peek::executable(address)
    }
}
