//! The generation after the ESP32: what the ESP32-C3 and ESP32-S3 do alike.

mod cache;
pub(crate) mod description;
pub(crate) mod devices;
mod interrupts;

use std::marker::PhantomData;

use self::description::Description;
use self::devices::{DeviceId, Devices};
use super::board::Board;
use super::chips::Silicon;
use super::device_map::DeviceMap;
use super::dma::DmaBus;
use super::family::{Family, OnChip};
use crate::emu::bus::{At, BusFault, Entry, Flow};
use crate::emu::cpu::Cpu;
use crate::emu::memory::Memory;
use crate::emu::periph::later::dma_client::serve;
use crate::emu::periph::later::extmem::CacheBus;
use crate::emu::periph::later::mmu_table::MmuPage;
use crate::emu::{TICKS_PER_US, Ticks};
use crate::virtual_chip::Strap;

/// The family, with cores of type `C`.
#[derive(Debug, Clone)]
pub(crate) struct Later<C>(PhantomData<C>);

/// A system on chip of the family.
pub(crate) type LaterSoc<C> = OnChip<Later<C>>;

impl<C: Cpu + 'static> Family for Later<C> {
    type Core = C;
    type Devices = Devices;

    /// Observed on ESP32-C3 boards: `Saved PC:` is in the endless loop of ESP-IDF's `esp_restart_noos`, some dozen
    /// instructions behind the store in the mask ROM (esp-idf issues 10247 and 18222). Inferred: one microsecond.
    const RESET_DELAY: Ticks = TICKS_PER_US;

    fn silicon(chip: &'static Description) -> &'static Silicon {
        &chip.silicon
    }

    fn map(chip: &'static Description) -> &'static DeviceMap<DeviceId> {
        &chip.map
    }

    fn cached_entry(
        soc: &mut OnChip<Self>,
        memory: &mut Memory,
        address: u32,
        core: usize,
    ) -> Option<Entry> {
        soc.window_entry(memory, address, core)
    }

    fn read_apart(
        soc: &mut OnChip<Self>,
        _memory: &mut Memory,
        address: u32,
        _size: u32,
        at: At,
    ) -> Option<Result<u32, BusFault>> {
        let (bus, offset) = soc.chip.window(address)?;
        soc.unserved(address, bus, offset, at);
        Some(Ok(cache::UNSERVED_READ))
    }

    fn write_apart(
        soc: &mut OnChip<Self>,
        _memory: &mut Memory,
        address: u32,
        _size: u32,
        _value: u32,
        at: At,
    ) -> Option<Result<Flow, BusFault>> {
        let (bus, offset) = soc.chip.window(address)?;
        soc.unserved(address, bus, offset, at);
        Some(Ok(Flow::Continue))
    }

    fn fetch_failed(soc: &mut OnChip<Self>, address: u32, at: At) {
        soc.window_fetch_failed(address, at);
    }

    fn flash_offset(soc: &OnChip<Self>, address: u32, _core: usize) -> Option<u32> {
        let (_, offset) = soc.chip.window(address)?;
        match soc
            .devices
            .mmu
            .page((offset / cache::PAGE_BYTES) as usize)?
        {
            MmuPage::Flash(page) => {
                Some(page.wrapping_mul(cache::PAGE_BYTES) + offset % cache::PAGE_BYTES)
            }
            MmuPage::ExternalRam(_) => None,
        }
    }

    fn peek(
        soc: &OnChip<Self>,
        memory: &Memory,
        core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        soc.memories
            .peek(memory, address, into)
            .or_else(|| soc.peek_flash(memory, core, address, into))
            .unwrap_or(0)
    }

    fn poke(soc: &OnChip<Self>, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        soc.memories.poke(memory, address, data)
    }

    fn executable(soc: &OnChip<Self>, address: u32) -> bool {
        match soc.chip.window(address) {
            Some((bus, _)) => bus == CacheBus::Instruction,
            None => soc.chip.silicon.memories.executable(address),
        }
    }

    fn before_read(soc: &mut OnChip<Self>, id: DeviceId) {
        if id == DeviceId::Interrupts {
            let levels = soc.devices.source_levels(&soc.chip.sources);
            soc.devices.interrupts.set_source_levels(levels);
        }
    }

    fn transmitted(board: &mut Board, id: DeviceId, byte: u8) {
        match id {
            DeviceId::Uart(uart) => board.uart_transmitted(uart, byte),
            DeviceId::UsbSerialJtag => board.usb_transmitted(byte),
            _ => {}
        }
    }

    /// Encrypts only what software may encrypt.
    fn encrypt_buffer(soc: &mut OnChip<Self>) {
        let address = soc.devices.xts.address();
        let mut data = soc.devices.xts.plaintext().to_vec();
        if Self::encrypts_writes(soc) {
            soc.flash_cache.cipher().encrypt(address, &mut data);
        }
        soc.devices.xts.set_result(&data);
    }

    fn ciphertext(devices: &Devices) -> &[u8] {
        devices.xts.ciphertext().unwrap_or_default()
    }

    fn hand_signature_key(soc: &mut OnChip<Self>) {
        let key = soc.devices.hmac.digital_signature_key();
        soc.devices.ds.set_key(key);
    }

    /// Lets every accelerator go on whose channels have something for it.
    fn transfer(soc: &mut OnChip<Self>, memory: &mut Memory, at: At) {
        let now = soc.board.now(at);
        let map = soc.memories.map();
        // TRM, "GDMA Controller": internal RAM on the data bus.
        let data = |address| map.region(address).is_some_and(|region| !region.fetch);
        let mut bus = DmaBus {
            memories: &soc.memories,
            memory,
            reaches: &data,
        };
        let gdma = &mut soc.devices.gdma;
        serve(gdma, &mut soc.devices.sha, &mut bus, now);
        serve(gdma, &mut soc.devices.aes, &mut bus, now);
        gdma.memory_to_memory(&mut bus);
        soc.board.pending.interrupts = true;
    }

    /// The page of the entry in both windows, which share the table.
    fn pages_of_entry(soc: &OnChip<Self>, entry: u32) -> [Option<(u32, u32)>; 2] {
        let page = entry * cache::PAGE_BYTES;
        soc.chip.silicon.windows.map(|(start, end)| {
            let inside = page < end - start;
            inside.then_some((start + page, start + page + cache::PAGE_BYTES))
        })
    }

    fn latch(soc: &mut OnChip<Self>) {
        soc.devices.hmac.latch(&soc.latched);
        let delay = soc.latched.field("WDT_DELAY_SEL");
        let delay = delay.map_or(0, |field| soc.latched.get(field));
        let now = soc.board.slice_end;
        soc.devices.rtc.set_watchdog_delay_select(delay as u32, now);
    }

    fn decrypts_reads(soc: &OnChip<Self>) -> bool {
        match soc.devices.strap {
            Strap::FlashBoot => soc.latched.flash_encryption_enabled(),
            Strap::UartDownload => {
                soc.devices.system.download_g0cb_decrypt_enabled()
                    && !soc.fuse("DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    fn encrypts_writes(soc: &OnChip<Self>) -> bool {
        match soc.devices.strap {
            Strap::FlashBoot => soc.devices.system.spi_manual_encrypt_enabled(),
            Strap::UartDownload => {
                soc.devices.system.download_manual_encrypt_enabled()
                    && !soc.fuse("DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    fn set_encrypting(devices: &mut Devices, encrypting: bool) {
        devices.spi[1].set_encrypting(encrypting);
    }

    fn second_core_held(soc: &OnChip<Self>) -> bool {
        let system = &soc.devices.system;
        system.core_1_in_reset() || system.core_1_clock_gated()
    }

    fn core_runs(soc: &OnChip<Self>, core: usize) -> bool {
        let stalled = core == 1 && soc.devices.system.core_1_run_stalled();
        !(stalled || soc.devices.rtc.cpu_stalled(core))
    }

    fn set_clocks(soc: &mut OnChip<Self>) {
        soc.board.ticks_per_cycle = soc.devices.system.cpu_period();
        let apb = soc.devices.system.apb_period();
        let slow = soc.devices.rtc.slow_period();
        for timg in &mut soc.devices.timg {
            timg.set_apb_period(apb, soc.board.slice_end);
            timg.set_slow_period(slow);
        }
    }

    fn interrupt_lines(soc: &mut OnChip<Self>) -> [u32; 2] {
        soc.core_interrupts()
    }

    fn set_reset_cause(devices: &mut Devices, core: usize, cause: u8) {
        devices.rtc.set_reset_cause(core, cause);
    }

    /// Permissions and their locks end with a reset of the CPU that they bind.
    ///
    /// Inferred: ESP-IDF from v5.2 on restarts by a reset of the CPU alone, locks and all, and does not start while a
    /// lock is set (`components/esp_system/port/cpu_start.c`, `esp_mprot_is_conf_locked_any`); boards do restart.
    fn core_was_reset(devices: &mut Devices, core: u8) {
        if core == 0 {
            devices.sensitive.clear();
            devices.world_control.clear();
        }
    }

    fn record_place(devices: &mut Devices, core: usize, pc: u32, sp: u32) {
        devices.assist_debug.record(core, pc, sp);
    }
}
