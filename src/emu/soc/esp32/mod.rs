//! The ESP32: what only it does.

mod cache;
pub(crate) mod description;
pub(crate) mod devices;
mod interrupts;
mod reversed_sram1;

use self::cache::UNSERVED_READ;
use self::description::Description;
use self::devices::{DeviceId, Devices};
use self::reversed_sram1::reversed_sram1;
use super::board::Board;
use super::chips::Silicon;
use super::device_map::DeviceMap;
use super::family::{Family, OnChip};
use crate::emu::bus::{At, BusFault, Entry, Flow};
use crate::emu::memory::Memory;
use crate::emu::periph::esp32::cache_mmu::{CacheRegion, PAGE_BYTES};
use crate::emu::periph::esp32::dport::CpuClock;
use crate::emu::periph::rtc_cntl::SocClock;
use crate::emu::xtensa::Core;
use crate::emu::{TICKS_PER_APB, TICKS_PER_RC8M, TICKS_PER_XTAL, Ticks};
use crate::virtual_chip::Strap;

/// The family, of one chip.
#[derive(Debug, Clone)]
pub(crate) struct First;

/// The system on chip of the ESP32.
pub(crate) type Esp32 = OnChip<First>;

impl Family for First {
    type Core = Core;
    type Devices = Devices;

    const RESET_DELAY: Ticks = 0;

    fn silicon(chip: &'static Description) -> &'static Silicon {
        &chip.silicon
    }

    fn map(chip: &'static Description) -> &'static DeviceMap<DeviceId> {
        &chip.map
    }

    fn cached_entry(
        soc: &mut Esp32,
        memory: &mut Memory,
        address: u32,
        core: usize,
    ) -> Option<Entry> {
        soc.window_entry(memory, address, core)
    }

    fn read_apart(
        soc: &mut Esp32,
        memory: &mut Memory,
        address: u32,
        size: u32,
        at: At,
    ) -> Option<Result<u32, BusFault>> {
        if let Some(word) = reversed_sram1(address) {
            return Some(match size {
                4 => Ok(soc.sram1_word(memory, word)),
                _ => Err(BusFault::Width),
            });
        }
        let (region, _) = CacheRegion::locate(address)?;
        soc.unserved(address, region, at);
        Some(Ok(UNSERVED_READ))
    }

    fn write_apart(
        soc: &mut Esp32,
        memory: &mut Memory,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Option<Result<Flow, BusFault>> {
        if let Some(word) = reversed_sram1(address) {
            return Some(match size {
                4 => Ok(soc.set_sram1_word(memory, word, value)),
                _ => Err(BusFault::Width),
            });
        }
        let (region, _) = CacheRegion::locate(address)?;
        soc.unserved(address, region, at);
        Some(Ok(Flow::Continue))
    }

    fn fetch_failed(soc: &mut Esp32, address: u32, at: At) {
        if reversed_sram1(address).is_some() {
            let what = "instructions in SRAM1's word-reversed image are not modelled";
            soc.board.stop_at_gap(address, "sram1", what, at);
        } else if let Some((region, _)) = CacheRegion::locate(address) {
            // The bus has no answer either way: the core raises its exception, and the gap stands in the evidence.
            soc.unserved(address, region, at);
        }
    }

    fn flash_offset(soc: &Esp32, address: u32, core: usize) -> Option<u32> {
        let (_, index) = CacheRegion::locate(address)?;
        let page = soc.devices.mmu.page(core, index)?;
        Some(u32::from(page) * PAGE_BYTES + address % PAGE_BYTES)
    }

    fn peek(soc: &Esp32, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        soc.peek_memory(memory, core, address, into)
    }

    fn poke(soc: &Esp32, memory: &mut Memory, address: u32, data: &[u8]) -> usize {
        soc.poke_memory(memory, address, data)
    }

    fn executable(soc: &Esp32, address: u32) -> bool {
        match CacheRegion::locate(address) {
            Some((region, _)) => !matches!(region, CacheRegion::Drom0 | CacheRegion::Dram1),
            None => soc.chip.silicon.memories.executable(address),
        }
    }

    fn transmitted(board: &mut Board, id: DeviceId, byte: u8) {
        if let DeviceId::Uart(uart) = id {
            board.uart_transmitted(uart, byte);
        }
    }

    fn encrypt_buffer(soc: &mut Esp32) {
        let address = soc.devices.flash_crypt.address() & !0x1f;
        let mut data = *soc.devices.flash_crypt.plaintext();
        soc.flash_cache.cipher().encrypt(address, &mut data);
        soc.devices.flash_crypt.set_result(data);
    }

    fn ciphertext(devices: &Devices) -> &[u8] {
        devices.flash_crypt.ciphertext()
    }

    fn pages_of_entry(_soc: &Esp32, entry: u32) -> [Option<(u32, u32)>; 2] {
        let page = CacheRegion::page_of_entry(entry);
        [page.map(|start| (start, start + PAGE_BYTES)), None]
    }

    fn latch(soc: &mut Esp32) {
        soc.devices.secure_boot.latch(&soc.latched);
    }

    fn decrypts_reads(soc: &Esp32) -> bool {
        match soc.devices.strap {
            Strap::FlashBoot => soc.latched.flash_encryption_enabled(),
            Strap::UartDownload => {
                soc.devices.dport.spi_decrypt_enabled() && !soc.fuse("DISABLE_DL_DECRYPT")
            }
        }
    }

    fn encrypts_writes(soc: &Esp32) -> bool {
        let allowed = match soc.devices.strap {
            Strap::FlashBoot => true,
            Strap::UartDownload => !soc.fuse("DISABLE_DL_ENCRYPT"),
        };
        allowed && soc.devices.dport.spi_encrypt_enabled()
    }

    fn set_encrypting(devices: &mut Devices, encrypting: bool) {
        devices.spi[1].set_encrypting(encrypting);
    }

    fn second_core_held(soc: &Esp32) -> bool {
        soc.devices.dport.app_cpu_in_reset()
    }

    fn core_runs(soc: &Esp32, core: usize) -> bool {
        let dport = &soc.devices.dport;
        let stopped = dport.app_cpu_clock_gated() || dport.app_cpu_run_stalled();
        !(soc.devices.rtc.cpu_stalled(core) || core == 1 && stopped)
    }

    /// CPU and APB clock (TRM, "Reset and Clock": with the PLL the APB runs at 80 MHz, else as the CPU).
    fn set_clocks(soc: &mut Esp32) {
        let divider = u64::from(soc.devices.apb_ctrl.crystal_divider()).max(1);
        let (cpu, apb) = match soc.devices.rtc.soc_clock() {
            SocClock::Pll | SocClock::Apll => {
                let cpu = match soc.devices.dport.cpu_clock_select() {
                    CpuClock::Mhz80 => TICKS_PER_APB,
                    CpuClock::Mhz160 => TICKS_PER_APB / 2,
                    CpuClock::Mhz240 => TICKS_PER_APB / 3,
                };
                (cpu, TICKS_PER_APB)
            }
            SocClock::Xtal => (TICKS_PER_XTAL * divider, TICKS_PER_XTAL * divider),
            SocClock::Rc8m => (TICKS_PER_RC8M, TICKS_PER_RC8M),
        };
        soc.board.ticks_per_cycle = cpu;
        let slow = soc.devices.rtc.slow_period();
        for timg in &mut soc.devices.timg {
            timg.set_apb_period(apb, soc.board.slice_end);
            timg.set_slow_period(slow);
        }
        soc.devices.frc.set_apb_period(apb, soc.board.slice_end);
    }

    fn interrupt_lines(soc: &mut Esp32) -> [u32; 2] {
        soc.core_interrupts()
    }

    fn set_reset_cause(devices: &mut Devices, core: usize, cause: u8) {
        devices.rtc.set_reset_cause(core, cause);
    }
}
