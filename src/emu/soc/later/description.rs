//! What differs between the chips of the later generation, as each chip's folder fills it in.

use super::devices::DeviceId;
use crate::emu::periph::later::extmem::CacheBus;
use crate::emu::periph::later::{
    apb_saradc, assist_debug, digital_signature, extmem, gdma, interrupt_matrix, mmu_table, mpi,
    sha_dma, syscon, system, systimer, usb_serial_jtag, xts_unit,
};
use crate::emu::periph::register_file::Block;
use crate::emu::periph::{
    efuse_ctrl, gpio, regi2c, rng, rtc_cntl, rtc_io, sens, spi_mem, timg, uart,
};
use crate::emu::soc::chips::Silicon;
use crate::emu::soc::device_map::DeviceMap;

/// A chip of the family.
#[derive(Debug)]
pub(crate) struct Description {
    /// What every chip has.
    pub silicon: Silicon,
    /// Which device answers where.
    pub map: DeviceMap<DeviceId>,
    /// Interrupt sources.
    pub sources: Sources,
    /// The chip's version of each device.
    pub registers: Registers,
}

/// The layouts that devices are built from. Where a chip has no such block, there is none.
#[derive(Debug)]
pub(crate) struct Registers {
    pub uart: &'static uart::Layout,
    pub usb_serial_jtag: &'static usb_serial_jtag::Layout,
    pub spi_mem: &'static spi_mem::Layout,
    pub xts: &'static xts_unit::Layout,
    pub gpio: &'static gpio::Layout,
    pub io_mux: &'static Block,
    pub rtc_cntl: &'static rtc_cntl::Layout,
    pub rtc_io: Option<&'static rtc_io::Layout>,
    pub sens: Option<&'static sens::Layout>,
    pub saradc: &'static apb_saradc::Layout,
    pub regi2c: &'static regi2c::Layout,
    pub efuse: &'static efuse_ctrl::Layout,
    pub timg: &'static timg::Layout,
    pub systimer: &'static systimer::Layout,
    pub apb_ctrl: &'static syscon::Layout,
    /// The random number register, on the chips that do not have it in APB_CTRL.
    pub rng: Option<&'static rng::Layout>,
    pub sha: &'static sha_dma::Layout,
    pub rsa: &'static mpi::Layout,
    pub digital_signature: &'static digital_signature::Layout,
    pub gdma: &'static gdma::Layout,
    pub system: &'static system::Layout,
    pub sensitive: &'static Block,
    pub world_control: &'static Block,
    pub assist_debug: &'static assist_debug::Layout,
    pub interrupts: &'static interrupt_matrix::Layout,
    pub extmem: &'static extmem::Layout,
    pub mmu: &'static mmu_table::Layout,
}

impl Description {
    /// The cache window of an address, and the offset into it.
    pub fn window(&self, address: u32) -> Option<(CacheBus, u32)> {
        let [instruction, data] = self.silicon.windows;
        let inside = |(start, end): (u32, u32)| (start..end).contains(&address);
        if inside(instruction) {
            Some((CacheBus::Instruction, address - instruction.0))
        } else if inside(data) {
            Some((CacheBus::Data, address - data.0))
        } else {
            None
        }
    }
}

/// Numbers of interrupt sources; where a device has several lines, the first one's.
#[derive(Debug)]
pub(crate) struct Sources {
    /// GPIO.
    pub gpio: usize,
    /// SPI1.
    pub spi1: usize,
    /// UARTs, by number.
    pub uart: &'static [usize],
    /// eFuse controller.
    pub efuse: usize,
    /// USB serial/JTAG.
    pub usb_serial_jtag: usize,
    /// RTC control.
    pub rtc: usize,
    /// Timer groups, by number: timers, then watchdog.
    pub timg: [usize; 2],
    /// Invalid cache accesses.
    pub cache_ia: usize,
    /// System timer.
    pub systimer: usize,
    /// Refused cache accesses.
    pub cache_acs: usize,
    /// GDMA, lines in the order of the device.
    pub gdma: usize,
    /// Number of GDMA lines.
    pub gdma_lines: usize,
    /// RSA.
    pub rsa: usize,
    /// AES.
    pub aes: usize,
    /// SHA.
    pub sha: usize,
    /// The four interrupts that a core can give another.
    pub from_cpu: usize,
}
