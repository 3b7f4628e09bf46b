//! The chips with a low-power subsystem: what the ESP32-C6 and its successors do alike.

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
use crate::emu::{TICKS_PER_US, Ticks};
use crate::virtual_chip::Strap;

/// The family, with cores of type `C`.
#[derive(Debug, Clone)]
pub(crate) struct Lp<C>(PhantomData<C>);

/// A system on chip of the family.
pub(crate) type LpSoc<C> = OnChip<Lp<C>>;

impl<C: Cpu + 'static> Family for Lp<C> {
    type Core = C;
    type Devices = Devices;

    /// As the generation before. Observed on ESP32-C3 boards: `Saved PC:` is in the endless loop of ESP-IDF's `esp_restart_noos`, some dozen
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
        _core: usize,
    ) -> Option<Entry> {
        soc.window_entry(memory, address)
    }

    fn read_apart(
        soc: &mut OnChip<Self>,
        _memory: &mut Memory,
        address: u32,
        _size: u32,
        at: At,
    ) -> Option<Result<u32, BusFault>> {
        soc.chip.window(address)?;
        soc.unserved(address, at);
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
        soc.chip.window(address)?;
        soc.unserved(address, at);
        Some(Ok(Flow::Continue))
    }

    fn fetch_failed(soc: &mut OnChip<Self>, address: u32, at: At) {
        if soc.chip.window(address).is_some() {
            soc.unserved(address, at);
        }
    }

    fn flash_offset(soc: &OnChip<Self>, address: u32, _core: usize) -> Option<u32> {
        soc.shown_offset(address)
    }

    fn peek(
        soc: &OnChip<Self>,
        memory: &Memory,
        _core: usize,
        address: u32,
        into: &mut [u8],
    ) -> usize {
        soc.memories
            .peek(memory, address, into)
            .or_else(|| soc.peek_flash(memory, address, into))
            .unwrap_or(0)
    }

    fn poke(soc: &OnChip<Self>, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        soc.memories.poke(memory, address, data)
    }

    fn executable(soc: &OnChip<Self>, address: u32) -> bool {
        soc.chip.window(address).is_some() || soc.chip.silicon.memories.executable(address)
    }

    fn before_read(soc: &mut OnChip<Self>, id: DeviceId) {
        if matches!(id, DeviceId::Matrix | DeviceId::Plic) {
            soc.devices.settle_interrupts(&soc.chip.sources);
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
        let (start, end) = soc.chip.dma;
        let mut bus = DmaBus {
            memories: &soc.memories,
            memory,
            reaches: &|address| (start..end).contains(&address),
        };
        let gdma = &mut soc.devices.gdma;
        serve(gdma, &mut soc.devices.sha, &mut bus, now);
        serve(gdma, &mut soc.devices.aes, &mut bus, now);
        gdma.memory_to_memory(&mut bus);
        soc.board.pending.interrupts = true;
    }

    fn pages_of_entry(soc: &OnChip<Self>, entry: u32) -> [Option<(u32, u32)>; 2] {
        let [(start, end), _] = soc.chip.silicon.windows;
        let bytes = soc.devices.mmu.page_bytes();
        let first = start.saturating_add(entry.saturating_mul(bytes));
        [(first < end).then_some((first, first + bytes)), None]
    }

    fn latch(soc: &mut OnChip<Self>) {
        soc.devices.hmac.latch(&soc.latched);
        let delay = soc.latched.field("WDT_DELAY_SEL");
        let delay = delay.map_or(0, |field| soc.latched.get(field));
        let now = soc.board.slice_end;
        soc.devices.wdt.set_delay_select(delay as u32, now);
    }

    fn decrypts_reads(soc: &OnChip<Self>) -> bool {
        match soc.devices.strap {
            Strap::FlashBoot => soc.latched.flash_encryption_enabled(),
            Strap::UartDownload => {
                soc.devices.hp_system.download_g0cb_decrypt_enabled()
                    && !soc.fuse("DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    fn encrypts_writes(soc: &OnChip<Self>) -> bool {
        match soc.devices.strap {
            Strap::FlashBoot => soc.devices.hp_system.spi_manual_encrypt_enabled(),
            Strap::UartDownload => {
                soc.devices.hp_system.download_manual_encrypt_enabled()
                    && !soc.fuse("DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    fn set_encrypting(devices: &mut Devices, encrypting: bool) {
        devices.spi[1].set_encrypting(encrypting);
    }

    fn second_core_held(_soc: &OnChip<Self>) -> bool {
        true
    }

    fn core_runs(soc: &OnChip<Self>, _core: usize) -> bool {
        !soc.devices.aon.cpu_stalled()
    }

    fn set_clocks(soc: &mut OnChip<Self>) {
        let (devices, now) = (&mut soc.devices, soc.board.slice_end);
        soc.board.ticks_per_cycle = devices.pcr.cpu_period();
        let slow = devices.clkrst.slow_period();
        for (group, timg) in (0..).zip(&mut devices.timg) {
            timg.set_apb_period(devices.pcr.timer_period(group), now);
            timg.set_watchdog_period(devices.pcr.watchdog_period(group), now);
            timg.set_slow_period(slow);
        }
        devices.wdt.set_slow_period(slow, now);
        devices.lp_timer.set_slow_period(slow, now);
    }

    fn interrupt_lines(soc: &mut OnChip<Self>) -> [u32; 2] {
        soc.core_interrupts()
    }

    fn set_reset_cause(devices: &mut Devices, _core: usize, cause: u8) {
        devices.clkrst.set_reset_cause(cause);
    }

    fn record_place(devices: &mut Devices, core: usize, pc: u32, sp: u32) {
        devices.assist_debug.record(core, pc, sp);
    }
}
