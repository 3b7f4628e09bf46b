//! The device table of the later generation.

use super::layout::{BLOCK, DeviceId, Layout};
use crate::chip::Chip;
use crate::emu::Ticks;
use crate::emu::periph::aes_dma::AesDma;
use crate::emu::periph::apb_saradc::ApbSaradc;
use crate::emu::periph::assist_debug::AssistDebug;
use crate::emu::periph::digital_signature::{self, DigitalSignature};
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::extmem::{Extmem, MmuTable};
use crate::emu::periph::flash_chip::FlashChip;
use crate::emu::periph::gdma::{self, Gdma};
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::hmac::Hmac;
use crate::emu::periph::interrupt_matrix::InterruptMatrix;
use crate::emu::periph::io_mux::io_mux;
use crate::emu::periph::mpi::{self, Mpi};
use crate::emu::periph::plain;
use crate::emu::periph::regi2c::RegI2c;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::rng::Rng;
use crate::emu::periph::rtc_cntl::RtcCntl;
use crate::emu::periph::rtc_io::RtcIo;
use crate::emu::periph::sens::Sens;
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
    pub model: Model,
    pub uart: Vec<Uart>,
    pub spi: [SpiMem; 2],
    pub flash: FlashChip,
    pub gpio: Gpio,
    pub rtc: RtcCntl,
    pub io_mux: RegisterFile,
    pub rtc_io: RtcIo,
    pub sens: Sens,
    pub saradc: ApbSaradc,
    pub sensitive: RegisterFile,
    pub assist_debug: AssistDebug,
    pub world_control: RegisterFile,
    pub analog_i2c: RegI2c,
    pub efuse: EfuseCtrl,
    pub timg: [Timg; 2],
    pub systimer: Systimer,
    pub syscon: Syscon,
    pub rng: Rng,
    pub usb: UsbSerialJtag,
    pub aes: AesDma,
    pub sha: ShaDma,
    pub rsa: Mpi,
    pub hmac: Hmac,
    pub ds: DigitalSignature,
    pub gdma: Gdma,
    pub system: SystemRegs,
    pub interrupts: InterruptMatrix,
    pub extmem: Extmem,
    pub mmu: MmuTable,
    pub xts: XtsUnit,
    pub unmodelled: Vec<RegisterFile>,
    pub strap: Strap,
}

impl Devices {
    pub fn new(layout: &Layout, power: &PowerOn) -> Self {
        let model = match layout.chip {
            Chip::Esp32S3 => Model::Esp32S3,
            _ => Model::Esp32C3,
        };
        let c3 = model == Model::Esp32C3;
        let flash_boot = power.strap == Strap::FlashBoot;
        let rtc = RtcCntl::new(model, flash_boot, 0);
        let slow = rtc.slow_period();
        let spi = |name| match c3 {
            true => SpiMem::esp32c3(name),
            false => SpiMem::esp32s3(name),
        };
        let uarts = ["uart0", "uart1", "uart2"];
        Devices {
            model,
            uart: uarts[..layout.sources.uart.len()]
                .iter()
                .map(|name| Uart::new(name, model))
                .collect(),
            spi: [spi("spi0"), spi("spi1")],
            flash: FlashChip::new(power.flash.clone()),
            gpio: Gpio::new(model, power.strap),
            rtc,
            io_mux: io_mux(model),
            rtc_io: RtcIo::new(model),
            sens: Sens::new(model),
            saradc: ApbSaradc::new(model),
            sensitive: plain::sensitive(model),
            assist_debug: AssistDebug::new(model),
            world_control: plain::world_control(),
            analog_i2c: RegI2c::new(model),
            efuse: EfuseCtrl::new(power.efuses.clone()),
            timg: [
                Timg::new(model, 0, flash_boot, slow, 0),
                Timg::new(model, 1, flash_boot, slow, 0),
            ],
            systimer: Systimer::new(model, 0),
            syscon: Syscon::new(model, power.seed),
            rng: Rng::on(model, power.seed),
            usb: UsbSerialJtag::new(model),
            aes: AesDma::new(),
            sha: ShaDma::new(if c3 {
                &sha_dma::ESP32C3
            } else {
                &sha_dma::ESP32S3
            }),
            rsa: Mpi::new(if c3 { &mpi::ESP32C3 } else { &mpi::ESP32S3 }),
            hmac: Hmac::new(),
            ds: DigitalSignature::new(if c3 {
                &digital_signature::ESP32C3
            } else {
                &digital_signature::ESP32S3
            }),
            gdma: Gdma::new(if c3 { &gdma::ESP32C3 } else { &gdma::ESP32S3 }),
            system: SystemRegs::new(model),
            interrupts: InterruptMatrix::new(model),
            extmem: if c3 {
                Extmem::esp32c3()
            } else {
                Extmem::esp32s3()
            },
            mmu: if c3 {
                MmuTable::esp32c3()
            } else {
                MmuTable::esp32s3()
            },
            xts: XtsUnit::new(if c3 {
                &xts_unit::ESP32C3
            } else {
                &xts_unit::ESP32S3
            }),
            unmodelled: layout
                .unmodelled
                .iter()
                .map(|&(name, _, settings)| RegisterFile::new(name, BLOCK, &[], settings))
                .collect(),
            strap: power.strap,
        }
    }

    pub fn get(&mut self, id: DeviceId) -> &mut dyn Device {
        match id {
            DeviceId::Uart(index) => &mut self.uart[usize::from(index)],
            DeviceId::Spi(index) => &mut self.spi[usize::from(index)],
            DeviceId::Gpio => &mut self.gpio,
            DeviceId::RtcCntl => &mut self.rtc,
            DeviceId::RtcIo => &mut self.rtc_io,
            DeviceId::Sens => &mut self.sens,
            DeviceId::IoMux => &mut self.io_mux,
            DeviceId::AnalogI2c => &mut self.analog_i2c,
            DeviceId::Efuse => &mut self.efuse,
            DeviceId::Timg(index) => &mut self.timg[usize::from(index)],
            DeviceId::Systimer => &mut self.systimer,
            DeviceId::ApbCtrl => &mut self.syscon,
            DeviceId::Rng => &mut self.rng,
            DeviceId::UsbSerialJtag => &mut self.usb,
            DeviceId::Aes => &mut self.aes,
            DeviceId::Sha => &mut self.sha,
            DeviceId::Rsa => &mut self.rsa,
            DeviceId::Hmac => &mut self.hmac,
            DeviceId::Gdma => &mut self.gdma,
            DeviceId::Saradc => &mut self.saradc,
            DeviceId::System => &mut self.system,
            DeviceId::Sensitive => &mut self.sensitive,
            DeviceId::Interrupts => &mut self.interrupts,
            DeviceId::Extmem => &mut self.extmem,
            DeviceId::Mmu => &mut self.mmu,
            DeviceId::Xts => &mut self.xts,
            DeviceId::DigitalSignature => &mut self.ds,
            DeviceId::AssistDebug => &mut self.assist_debug,
            DeviceId::WorldControl => &mut self.world_control,
            DeviceId::Unmodelled(index) => &mut self.unmodelled[usize::from(index)],
        }
    }

    pub fn next_event(&self) -> Option<Ticks> {
        let timed: [Option<Ticks>; 7] = [
            self.rtc.next_event(),
            self.timg[0].next_event(),
            self.timg[1].next_event(),
            self.systimer.next_event(),
            self.efuse.next_event(),
            self.rsa.next_event(),
            self.ds.next_event(),
        ];
        timed.into_iter().flatten().min()
    }
}

/// The devices that act by themselves.
pub(super) const TIMED: [DeviceId; 7] = [
    DeviceId::RtcCntl,
    DeviceId::Timg(0),
    DeviceId::Timg(1),
    DeviceId::Systimer,
    DeviceId::Efuse,
    DeviceId::Rsa,
    DeviceId::DigitalSignature,
];

/// The devices that a digital reset resets, besides UARTs and unmodelled blocks.
pub(super) const DIGITAL: [DeviceId; 28] = [
    DeviceId::Spi(0),
    DeviceId::Spi(1),
    DeviceId::Gpio,
    DeviceId::RtcCntl,
    DeviceId::RtcIo,
    DeviceId::Sens,
    DeviceId::IoMux,
    DeviceId::AnalogI2c,
    DeviceId::Efuse,
    DeviceId::Timg(0),
    DeviceId::Timg(1),
    DeviceId::Systimer,
    DeviceId::ApbCtrl,
    DeviceId::UsbSerialJtag,
    DeviceId::Aes,
    DeviceId::Sha,
    DeviceId::Rsa,
    DeviceId::Hmac,
    DeviceId::Gdma,
    DeviceId::Saradc,
    DeviceId::System,
    DeviceId::Sensitive,
    DeviceId::Interrupts,
    DeviceId::Extmem,
    DeviceId::Mmu,
    DeviceId::Xts,
    DeviceId::DigitalSignature,
    DeviceId::AssistDebug,
];
