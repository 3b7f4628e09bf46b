//! What differs between the chips of the later generation: addresses, interrupt sources, number of cores.

use crate::chip::Chip;
use crate::emu::periph::extmem::CacheBus;
use crate::emu::periph::register_file::StorageRanges;
use crate::emu::soc::memories::MemoryMap;

/// A block of registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceId {
    /// UART by number.
    Uart(u8),
    /// SPI memory controller 0 (cache) or 1 (software).
    Spi(u8),
    /// GPIO.
    Gpio,
    /// RTC control.
    RtcCntl,
    /// Pads of the RTC domain.
    RtcIo,
    /// Sensors and ADC of the RTC domain.
    Sens,
    /// IO_MUX.
    IoMux,
    /// Master of the internal analog I2C bus.
    AnalogI2c,
    /// eFuse controller.
    Efuse,
    /// Timer group by number.
    Timg(u8),
    /// System timer.
    Systimer,
    /// APB_CTRL, also called SYSCON.
    ApbCtrl,
    /// The radio's block with the random number register (on the C3 that is in APB_CTRL).
    Rng,
    /// USB serial/JTAG.
    UsbSerialJtag,
    /// AES accelerator.
    Aes,
    /// SHA accelerator.
    Sha,
    /// RSA accelerator.
    Rsa,
    /// HMAC accelerator.
    Hmac,
    /// Digital signature.
    DigitalSignature,
    /// General DMA.
    Gdma,
    /// ADC controller.
    Saradc,
    /// System registers.
    System,
    /// Permission control.
    Sensitive,
    /// Interrupt matrix.
    Interrupts,
    /// Cache control.
    Extmem,
    /// Table of the flash MMU.
    Mmu,
    /// Manual encryption.
    Xts,
    /// Debug assist.
    AssistDebug,
    /// World controller.
    WorldControl,
    /// A block that nobody models, by its place in [`Layout::unmodelled`].
    Unmodelled(u8),
}

/// Where a block lies.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// First address.
    pub base: u32,
    /// Size in bytes.
    pub size: u32,
    /// The block.
    pub id: DeviceId,
}

/// A block at `base` that fills `size` bytes.
pub const fn at(base: u32, size: u32, id: DeviceId) -> Place {
    Place { base, size, id }
}

/// A chip.
#[derive(Debug)]
pub struct Layout {
    /// The chip.
    pub chip: Chip,
    /// Number of cores.
    pub cores: usize,
    /// Its memories.
    pub memories: MemoryMap,
    /// Addresses of the cache windows: instruction bus, data bus.
    pub windows: [(u32, u32); 2],
    /// Blocks of registers, sorted by address.
    pub devices: &'static [Place],
    /// Blocks that only hold what was written: name, base, and the registers that are settings without visible effect.
    pub unmodelled: &'static [(&'static str, u32, StorageRanges)],
    /// Interrupt sources.
    pub sources: Sources,
}

/// Lowest address that can be in a page map.
pub const PAGES_START: u32 = 0x3c00_0000;
/// End of the addresses that can be in a page map; memory above takes the slow path.
pub const PAGES_END: u32 = 0x4400_0000;
/// Bytes of a block that nobody models.
pub const BLOCK: u32 = 0x1000;

impl Layout {
    /// The block at an address, and the offset into it.
    pub fn device(&self, address: u32) -> Option<(DeviceId, u32)> {
        let index = self
            .devices
            .partition_point(|place| place.base <= address)
            .checked_sub(1)?;
        let place = self.devices.get(index)?;
        let offset = address - place.base;
        if offset < place.size {
            return Some((place.id, offset));
        }
        let block = self
            .unmodelled
            .iter()
            .position(|&(_, base, _)| address & !(BLOCK - 1) == base)?;
        Some((DeviceId::Unmodelled(block as u8), address & (BLOCK - 1)))
    }

    /// The cache window of an address, and the offset into it.
    pub fn window(&self, address: u32) -> Option<(CacheBus, u32)> {
        let [instruction, data] = self.windows;
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
pub struct Sources {
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
