//! The device table of the ESP32.

use super::map::{BLOCK, DeviceId, UNMODELLED};
use crate::emu::Ticks;
use crate::emu::periph::aes::Aes;
use crate::emu::periph::apb_ctrl::ApbCtrl;
use crate::emu::periph::cache_mmu::MmuTables;
use crate::emu::periph::dport::Dport;
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::flash_chip::FlashChip;
use crate::emu::periph::flash_crypt::FlashCrypt;
use crate::emu::periph::frc_timer::FrcTimers;
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::io_mux::io_mux;
use crate::emu::periph::regi2c::RegI2c;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::rng::Rng;
use crate::emu::periph::rsa::Rsa;
use crate::emu::periph::rtc_cntl::RtcCntl;
use crate::emu::periph::rtc_io::RtcIo;
use crate::emu::periph::secure_boot::SecureBootAccelerator;
use crate::emu::periph::sens::Sens;
use crate::emu::periph::sha::Sha;
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::timg::Timg;
use crate::emu::periph::uart::Uart;
use crate::emu::periph::{Device, Model};
use crate::virtual_chip::{PowerOn, Strap};

/// Every device of the chip, and the flash chip beside it.
#[derive(Debug, Clone)]
pub(super) struct Devices {
    pub dport: Dport,
    pub mmu: MmuTables,
    pub aes: Aes,
    pub rsa: Rsa,
    pub sha: Sha,
    pub secure_boot: SecureBootAccelerator,
    pub uart: [Uart; 3],
    pub spi: [SpiMem; 4],
    pub flash: FlashChip,
    pub gpio: Gpio,
    pub frc: FrcTimers,
    pub rtc: RtcCntl,
    pub rtc_io: RtcIo,
    pub sens: Sens,
    pub io_mux: RegisterFile,
    pub analog_i2c: RegI2c,
    pub efuse: EfuseCtrl,
    pub flash_crypt: FlashCrypt,
    pub timg: [Timg; 2],
    pub apb_ctrl: ApbCtrl,
    pub rng: Rng,
    pub unmodelled: Vec<RegisterFile>,
    pub strap: Strap,
}

impl Devices {
    pub fn new(power: &PowerOn) -> Self {
        let flash_boot = power.strap == Strap::FlashBoot;
        let rtc = RtcCntl::new(Model::Esp32, flash_boot, 0);
        let slow = rtc.slow_period();
        Devices {
            dport: Dport::new(),
            mmu: MmuTables::new(),
            aes: Aes::new(),
            rsa: Rsa::new(),
            sha: Sha::new(),
            secure_boot: SecureBootAccelerator::new(power.seed),
            uart: ["uart0", "uart1", "uart2"].map(|name| Uart::new(name, Model::Esp32)),
            spi: [
                SpiMem::new("spi0", true),
                SpiMem::new("spi1", true),
                SpiMem::new("spi2", false),
                SpiMem::new("spi3", false),
            ],
            flash: FlashChip::new(power.flash.clone()),
            gpio: Gpio::new(Model::Esp32, power.strap),
            frc: FrcTimers::new(),
            rtc,
            rtc_io: RtcIo::new(Model::Esp32),
            sens: Sens::new(Model::Esp32),
            io_mux: io_mux(Model::Esp32),
            analog_i2c: RegI2c::new(Model::Esp32),
            efuse: EfuseCtrl::new(power.efuses.clone()),
            flash_crypt: FlashCrypt::new(),
            timg: [
                Timg::new(Model::Esp32, 0, flash_boot, slow, 0),
                Timg::new(Model::Esp32, 1, flash_boot, slow, 0),
            ],
            apb_ctrl: ApbCtrl::new(power.efuses.revision()),
            rng: Rng::new(power.seed),
            unmodelled: UNMODELLED
                .iter()
                .map(|&(name, _, settings)| RegisterFile::new(name, BLOCK, &[], settings))
                .collect(),
            strap: power.strap,
        }
    }

    pub fn get(&mut self, id: DeviceId) -> &mut dyn Device {
        match id {
            DeviceId::Dport => &mut self.dport,
            DeviceId::Aes => &mut self.aes,
            DeviceId::Rsa => &mut self.rsa,
            DeviceId::Sha => &mut self.sha,
            DeviceId::SecureBoot => &mut self.secure_boot,
            DeviceId::Mmu => &mut self.mmu,
            DeviceId::Uart(index) => &mut self.uart[usize::from(index)],
            DeviceId::Spi(index) => &mut self.spi[usize::from(index)],
            DeviceId::Gpio => &mut self.gpio,
            DeviceId::Frc => &mut self.frc,
            DeviceId::RtcCntl => &mut self.rtc,
            DeviceId::RtcIo => &mut self.rtc_io,
            DeviceId::Sens => &mut self.sens,
            DeviceId::IoMux => &mut self.io_mux,
            DeviceId::AnalogI2c => &mut self.analog_i2c,
            DeviceId::Efuse => &mut self.efuse,
            DeviceId::FlashCrypt => &mut self.flash_crypt,
            DeviceId::Timg(index) => &mut self.timg[usize::from(index)],
            DeviceId::ApbCtrl => &mut self.apb_ctrl,
            DeviceId::Rng => &mut self.rng,
            DeviceId::Unmodelled(index) => &mut self.unmodelled[usize::from(index)],
        }
    }

    /// The devices that act by themselves.
    pub const TIMED: [DeviceId; 4] = [
        DeviceId::RtcCntl,
        DeviceId::Timg(0),
        DeviceId::Timg(1),
        DeviceId::Frc,
    ];

    pub fn next_event(&self) -> Option<Ticks> {
        let timed: [Option<Ticks>; 4] = [
            self.rtc.next_event(),
            self.timg[0].next_event(),
            self.timg[1].next_event(),
            self.frc.next_event(),
        ];
        timed.into_iter().flatten().min()
    }
}
