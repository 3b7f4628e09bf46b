//! What differs between the chips with a low-power subsystem, as each chip's folder fills it in.

use super::devices::DeviceId;
use crate::emu::periph::later::{
    apb_saradc, assist_debug, digital_signature, gdma, interrupt_matrix, mpi, sha_dma, systimer,
    usb_serial_jtag, xts_unit,
};
use crate::emu::periph::lp::{
    aon, clkrst, from_cpu, hp_system, l1_cache, mmu_items, pcr, peri, plic, pmu, timer, wdt,
};
use crate::emu::periph::register_file::Block;
use crate::emu::periph::{efuse_ctrl, gpio, regi2c, spi_mem, timg, uart};
use crate::emu::soc::chips::Silicon;
use crate::emu::soc::device_map::DeviceMap;

/// A chip of the family.
#[derive(Debug)]
pub(crate) struct Description {
    /// What every chip has.
    pub silicon: Silicon,
    /// Which device answers where.
    pub map: DeviceMap<DeviceId>,
    /// Addresses that DMA reaches: the first one, and that behind the last one.
    pub dma: (u32, u32),
    /// Interrupt sources.
    pub sources: Sources,
    /// The chip's version of each device.
    pub registers: Registers,
}

/// The layouts that devices are built from.
#[derive(Debug)]
pub(crate) struct Registers {
    pub uart: &'static uart::Layout,
    pub usb_serial_jtag: &'static usb_serial_jtag::Layout,
    pub spi_mem: &'static spi_mem::Layout,
    pub xts: &'static xts_unit::Layout,
    pub gpio: &'static gpio::Layout,
    pub io_mux: &'static Block,
    pub saradc: &'static apb_saradc::Layout,
    pub regi2c: &'static regi2c::Layout,
    pub efuse: &'static efuse_ctrl::Layout,
    pub timg: &'static timg::Layout,
    pub systimer: &'static systimer::Layout,
    pub sha: &'static sha_dma::Layout,
    pub rsa: &'static mpi::Layout,
    pub digital_signature: &'static digital_signature::Layout,
    pub gdma: &'static gdma::Layout,
    pub pcr: &'static pcr::Layout,
    pub hp_system: &'static hp_system::Layout,
    pub assist_debug: &'static assist_debug::Layout,
    /// Blocks that only hold settings, by their number in the map.
    pub settings: &'static [Block],
    pub matrix: &'static interrupt_matrix::Layout,
    pub plic: &'static plic::Layout,
    pub from_cpu: &'static from_cpu::Layout,
    pub cache: &'static l1_cache::Layout,
    pub mmu: &'static mmu_items::Layout,
    pub pmu: &'static pmu::Layout,
    pub clkrst: &'static clkrst::Layout,
    pub aon: &'static aon::Layout,
    pub wdt: &'static wdt::Layout,
    pub timer: &'static timer::Layout,
    pub peri: &'static peri::Layout,
}

impl Description {
    /// The offset of an address into the cache's window, if it lies there.
    pub fn window(&self, address: u32) -> Option<u32> {
        let [(start, end), _] = self.silicon.windows;
        (start..end).contains(&address).then(|| address - start)
    }
}

/// Numbers of interrupt sources; where a device has several lines, the first one's.
#[derive(Debug)]
pub(crate) struct Sources {
    /// eFuse controller.
    pub efuse: usize,
    /// LP timer.
    pub lp_timer: usize,
    /// LP watchdog.
    pub lp_wdt: usize,
    /// The four interrupts that software raises.
    pub from_cpu: usize,
    /// Cache.
    pub cache: usize,
    /// GPIO.
    pub gpio: usize,
    /// SPI1.
    pub spi1: usize,
    /// UARTs, by number.
    pub uart: &'static [usize],
    /// USB serial/JTAG.
    pub usb_serial_jtag: usize,
    /// Timer groups, by number: two timers, of which the second is not there, then the watchdog.
    pub timg: [usize; 2],
    /// System timer.
    pub systimer: usize,
    /// GDMA, lines in the order of the device.
    pub gdma: usize,
    /// Number of GDMA lines.
    pub gdma_lines: usize,
    /// AES.
    pub aes: usize,
    /// SHA.
    pub sha: usize,
    /// RSA.
    pub rsa: usize,
}
