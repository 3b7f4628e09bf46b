//! The device table of the later generation.

use super::layout::{BLOCK, DeviceId, Layout};
use crate::chip::Chip;
use crate::emu::Ticks;
use crate::emu::periph::aes_dma::AesDma;
use crate::emu::periph::efuse_blocks::EfuseBlocks;
use crate::emu::periph::extmem::{Extmem, MmuTable};
use crate::emu::periph::flash_chip::FlashChip;
use crate::emu::periph::gdma::{self, Gdma};
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::hmac::Hmac;
use crate::emu::periph::interrupt_matrix::InterruptMatrix;
use crate::emu::periph::mpi::{self, Mpi};
use crate::emu::periph::plain;
use crate::emu::periph::regi2c::RegI2c;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::rng::Rng;
use crate::emu::periph::rtc_cntl::RtcCntl;
use crate::emu::periph::sha_dma::{self, ShaDma};
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::syscon::Syscon;
use crate::emu::periph::system::SystemRegs;
use crate::emu::periph::systimer::Systimer;
use crate::emu::periph::timg::Timg;
use crate::emu::periph::uart::Uart;
use crate::emu::periph::usb_serial_jtag::UsbSerialJtag;
use crate::emu::periph::xts_unit::{self, XtsUnit};
use crate::emu::periph::{Device, Model};
use crate::virtual_chip::{PowerOn, Strap};

/// Every device of the chip, and the flash chip beside it.
#[derive(Debug, Clone)]
pub(super) struct Devices {
    pub uart: Vec<Uart>,
    pub spi: [SpiMem; 2],
    pub flash: FlashChip,
    pub gpio: Gpio,
    pub rtc: RtcCntl,
    pub plain: Vec<RegisterFile>,
    pub analog_i2c: RegI2c,
    pub efuse: EfuseBlocks,
    pub timg: [Timg; 2],
    pub systimer: Systimer,
    pub syscon: Syscon,
    pub rng: Rng,
    pub usb: UsbSerialJtag,
    pub aes: AesDma,
    pub sha: ShaDma,
    pub rsa: Mpi,
    pub hmac: Hmac,
    pub gdma: Gdma,
    pub system: SystemRegs,
    pub interrupts: InterruptMatrix,
    pub extmem: Extmem,
    pub mmu: MmuTable,
    pub xts: XtsUnit,
    pub unmodelled: Vec<RegisterFile>,
    pub strap: Strap,
}

