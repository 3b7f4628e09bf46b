//! The ESP32: address map, device table, interrupt matrix, and what its devices ask for.

mod devices;
mod effects;
mod flash_cache;
mod interrupts;
mod map;
mod peek;

use std::sync::Arc;

use self::devices::Devices;
use self::flash_cache::FlashCache;
use self::map::{Memory as Bank, REGIONS};
use super::Soc;
use super::gaps::{Class, GapLog};
use crate::boot::{Gap, GapKind, Place, ResetRecord, Stop};
use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::bus::{At, Bus, BusFault, Entry, Flow, System};
use crate::emu::machine::Machine;
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};
use crate::emu::periph::ResetRequest;
use crate::emu::periph::cache_mmu::{CacheRegion, PAGE_BYTES};
use crate::emu::rom::Rom;
use crate::emu::xtensa::{Core, CoreConfig};
use crate::flash::FlashImage;
use crate::virtual_chip::PowerOn;

/// Value that a cached read gives while the cache cannot serve it.
///
/// Inferred: the TRM leaves it open; the access is recorded as a gap, so that no verdict rests on it unseen.
const UNSERVED_READ: u32 = 0;

/// The system on chip of the ESP32.
#[derive(Debug, Clone)]
pub struct Esp32 {
    rom: Arc<Rom>,
    banks: [Frame; Bank::ALL.len()],
    devices: Devices,
    flash_cache: FlashCache,
    /// The eFuses as the hardware took them over last: at reset, or with the controller's read command.
    latched: EfuseBank,
    gaps: GapLog,
    console: Vec<u8>,
    resets: Vec<ResetRecord>,
    slice_end: Ticks,
    ticks_per_cycle: u64,
    pending: Pending,
    trace: Option<Vec<Access>>,
    /// Number of changes of flash and eFuses behind which power is cut.
    power_cut_after: Option<u64>,
}

/// What the machine has to do after a slice.
#[derive(Debug, Clone, Default)]
struct Pending {
    reset: Option<ResetRequest>,
    interrupts: bool,
    /// Address ranges (start, end) whose page map entries are out of date.
    unmap: Vec<(u32, u32)>,
    app_core_held: bool,
    app_core_start: bool,
    stop: Option<Stop>,
}

/// A device access, for `--trace mmio`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Accessing core.
    pub core: u8,
    /// Address of the instruction.
    pub pc: u32,
    /// Bus address.
    pub address: u32,
    /// Value read or written.
    pub value: u32,
    /// Written, not read.
    pub write: bool,
}

impl Esp32 {
    /// The machine of an ESP32 with this ROM, powered on.
    pub fn machine(rom: Arc<Rom>, power: PowerOn) -> Machine<Esp32> {
        let mut memory = Memory::default();
        let banks = Bank::ALL.map(|bank| memory.add_region(bank.size(), bank != Bank::Rom));
        memory.load(banks[Bank::Rom as usize], 0, rom.bytes());
        let soc = Esp32 {
            rom,
            banks,
            devices: Devices::new(&power),
            flash_cache: FlashCache::new(&power.efuses),
            latched: power.efuses.clone(),
            gaps: GapLog::default(),
            console: Vec::new(),
            resets: Vec::new(),
            slice_end: 0,
            ticks_per_cycle: 0,
            pending: Pending {
                app_core_held: true,
                interrupts: true,
                ..Pending::default()
            },
            trace: None,
            power_cut_after: None,
        };
        let mut bus = Bus::new(memory, soc, 2, map::PAGES_START, map::PAGES_END);
        bus.soc.latch_efuses();
        Machine::new(
            bus,
            (0..2).map(|index| Core::new(core_config(index))).collect(),
        )
    }

    /// The flash contents.
    pub fn flash(&self) -> &FlashImage {
        self.devices.flash.image()
    }

    /// The eFuses.
    pub fn efuses(&self) -> &EfuseBank {
        self.devices.efuse.bank()
    }

    /// Page programs, erases and eFuse burns since power-on.
    pub fn changes(&self) -> u64 {
        self.devices.flash.programs() + self.devices.flash.erases() + self.devices.efuse.burns()
    }

    /// Cuts power right behind the `changes`-th page program, erase or eFuse burn, counted from power-on.
    pub fn cut_power_after(&mut self, changes: Option<u64>) {
        self.power_cut_after = changes;
    }

    /// A change of flash or eFuses was made: true if power is cut now.
    fn changed(&mut self, what: impl FnOnce() -> String) -> bool {
        let changes = self.changes();
        let cut = self.power_cut_after == Some(changes) && self.pending.stop.is_none();
        if cut {
            self.pending.stop = Some(Stop::PowerCut {
                changes,
                last: what(),
            });
        }
        cut
    }

    /// Starts or stops the recording of device accesses.
    pub fn set_trace(&mut self, on: bool) {
        self.trace = on.then(Vec::new);
    }

    /// The device accesses recorded since the last call.
    pub fn take_trace(&mut self) -> Vec<Access> {
        self.trace.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn now(&self, at: At) -> Ticks {
        self.slice_end
            .saturating_sub(u64::from(at.remaining) * self.ticks_per_cycle)
    }

    fn place(&self, at: At) -> Place {
        Place {
            core: at.core,
            pc: at.pc,
            symbol: self.rom.symbol(at.pc),
        }
    }

    fn behaviour(&mut self, address: u32, device: &str, what: impl FnOnce() -> String, at: At) {
        let place = self.place(at);
        self.gaps.record(Class::Behaviour, address, || {
            (
                GapKind::Behaviour { what: what() },
                place,
                device.to_owned(),
            )
        });
    }

    /// Something that decides about a boot is not modelled: the run stops, so that no verdict can rest on it.
    fn stop_at_gap(&mut self, address: u32, device: &str, what: &str, at: At) {
        self.behaviour(address, device, || what.to_owned(), at);
        let (place, device) = (self.place(at), device.to_owned());
        let kind = GapKind::Behaviour {
            what: what.to_owned(),
        };
        self.pending.stop.get_or_insert(Stop::Gap(Gap {
            kind,
            place,
            device,
        }));
    }

    fn region_entry(&self, address: u32) -> Option<Entry> {
        let region = REGIONS
            .iter()
            .find(|region| (region.start..region.end).contains(&address))?;
        let frame = self.banks[region.memory as usize]
            + (address - region.start + region.offset) / FRAME_SIZE as u32;
        Some(Entry::new(
            frame,
            region.memory != Bank::Rom,
            region.narrow,
            region.fetch,
        ))
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
        index,
        prid: if index == 0 { 0xcdcd } else { 0xabab },
        config_id: [0xc2bc_fffe, 0x1cc5_fe96],
        reset_vector: 0x4000_0400,
        vecbase: 0x4000_0000,
    }
}

impl System for Esp32 {
    fn page(&mut self, memory: &mut Memory, address: u32, at: At) -> Option<Entry> {
        self.region_entry(address)
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
        if let Some(trace) = &mut self.trace {
            trace.push(Access {
                core: at.core,
                pc: at.pc,
                address,
                value,
                write: false,
            });
        }
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
        if let Some(trace) = &mut self.trace {
            trace.push(Access {
                core: at.core,
                pc: at.pc,
                address,
                value,
                write: true,
            });
        }
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
            self.stop_at_gap(
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
        for (start, end) in self.pending.unmap.drain(..) {
            unmap(start, end);
        }
    }
}

impl Esp32 {
    fn sram1_offset(&self, address: u32) -> usize {
        (address - 0x3ffe_0000) as usize
    }

    fn sram1_word(&self, memory: &Memory, address: u32) -> u32 {
        let start =
            self.banks[Bank::Sram1 as usize] as usize * FRAME_SIZE + self.sram1_offset(address);
        let bytes = &memory.bytes()[start..start + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    fn set_sram1_word(&mut self, memory: &mut Memory, address: u32, value: u32) -> Flow {
        memory.load(
            self.banks[Bank::Sram1 as usize],
            self.sram1_offset(address),
            &value.to_le_bytes(),
        );
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
        self.pending.interrupts = true;
        self.behaviour(
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

    fn begin_slice(&mut self, end: Ticks) {
        self.slice_end = end;
    }

    fn ticks_per_cycle(&self) -> u64 {
        self.ticks_per_cycle
    }

    fn next_event(&self) -> Option<Ticks> {
        self.devices.next_event()
    }

    fn advance(&mut self, now: Ticks) {
        self.advance_devices(now);
    }

    fn interrupt_lines(&mut self) -> Option<[u32; 2]> {
        std::mem::take(&mut self.pending.interrupts).then(|| self.core_interrupts())
    }

    fn core_runs(&self, core: usize) -> bool {
        let held = core == 1
            && (self.pending.app_core_held
                || self.devices.dport.app_cpu_clock_gated()
                || self.devices.dport.app_cpu_run_stalled());
        !held && !self.devices.rtc.cpu_stalled(core)
    }

    fn take_core_start(&mut self, core: usize) -> bool {
        core == 1 && std::mem::take(&mut self.pending.app_core_start)
    }

    fn take_stop(&mut self) -> Option<Stop> {
        self.pending.stop.take()
    }

    fn take_reset(&mut self) -> Option<ResetRequest> {
        self.pending.reset.take()
    }

    fn reset(&mut self, request: ResetRequest, now: Ticks) {
        self.reset_devices(request, now);
    }

    fn console(&self) -> &[u8] {
        &self.console
    }

    fn resets(&self) -> &[ResetRecord] {
        &self.resets
    }

    fn gaps(&self) -> Vec<Gap> {
        self.gaps.list()
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

    fn symbol(&self, address: u32) -> Option<String> {
        self.rom.symbol(address)
    }
}
