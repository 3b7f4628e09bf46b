//! The devices of the ESP32.

use super::description::Description;
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::esp32::aes::Aes;
use crate::emu::periph::esp32::apb_ctrl::ApbCtrl;
use crate::emu::periph::esp32::cache_mmu::MmuTables;
use crate::emu::periph::esp32::dport::Dport;
use crate::emu::periph::esp32::flash_crypt::FlashCrypt;
use crate::emu::periph::esp32::frc_timer::FrcTimers;
use crate::emu::periph::esp32::rsa::Rsa;
use crate::emu::periph::esp32::secure_boot::SecureBootAccelerator;
use crate::emu::periph::esp32::sha::Sha;
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::regi2c::RegI2c;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::rng::Rng;
use crate::emu::periph::rtc_cntl::RtcCntl;
use crate::emu::periph::rtc_io::RtcIo;
use crate::emu::periph::sens::Sens;
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::timg::Timg;
use crate::emu::periph::uart::Uart;
use crate::emu::soc::device_list::device_list;
use crate::virtual_chip::Strap;

device_list! {
    new(chip: Description, power) {
        let regs = &chip.registers;
        let flash_boot = power.strap == Strap::FlashBoot;
        let slow = RtcCntl::new(regs.rtc_cntl, flash_boot, 0).slow_period();
    }
    one dport: Dport => Dport, digital, untimed, Dport::new();
    one mmu: MmuTables => Mmu, digital, untimed, MmuTables::new();
    one aes: Aes => Aes, digital, untimed, Aes::new();
    one sha: Sha => Sha, digital, untimed, Sha::new();
    one secure_boot: SecureBootAccelerator => SecureBoot, digital, untimed, SecureBootAccelerator::new(power.seed);
    many uart: [Uart; 3] => Uart(index), digital, untimed,
        ["uart0", "uart1", "uart2"].map(|name| Uart::new(name, regs.uart));
    many spi: [SpiMem; 4] => Spi(index), digital, untimed,
        [("spi0", true), ("spi1", true), ("spi2", false), ("spi3", false)]
            .map(|(name, flash)| SpiMem::new(name, flash, regs.spi));
    one gpio: Gpio => Gpio, digital, untimed, Gpio::new(regs.gpio, power.strap);
    one rtc: RtcCntl => RtcCntl, rtc, timed, RtcCntl::new(regs.rtc_cntl, flash_boot, 0);
    one rtc_io: RtcIo => RtcIo, rtc, untimed, RtcIo::new(regs.rtc_io);
    one sens: Sens => Sens, rtc, untimed, Sens::new(regs.sens);
    one io_mux: RegisterFile => IoMux, digital, untimed, RegisterFile::of(regs.io_mux);
    one analog_i2c: RegI2c => AnalogI2c, digital, untimed, RegI2c::new(regs.regi2c);
    many timg: [Timg; 2] => Timg(index), digital, timed,
        [0, 1].map(|group| Timg::new(regs.timg, group, flash_boot, slow, 0));
    one frc: FrcTimers => Frc, digital, timed, FrcTimers::new();
    one efuse: EfuseCtrl => Efuse, digital, timed, EfuseCtrl::new(regs.efuse, power.efuses.clone());
    one rsa: Rsa => Rsa, digital, timed, Rsa::new();
    one flash_crypt: FlashCrypt => FlashCrypt, digital, untimed, FlashCrypt::new();
    one apb_ctrl: ApbCtrl => ApbCtrl, digital, untimed, ApbCtrl::new(power.efuses.revision());
    one rng: Rng => Rng, digital, untimed, Rng::new(regs.rng, power.seed);
}
