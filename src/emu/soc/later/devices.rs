//! The devices of the later generation.

use super::description::Description;
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::later::aes_dma::AesDma;
use crate::emu::periph::later::apb_saradc::ApbSaradc;
use crate::emu::periph::later::assist_debug::AssistDebug;
use crate::emu::periph::later::digital_signature::DigitalSignature;
use crate::emu::periph::later::extmem::Extmem;
use crate::emu::periph::later::gdma::Gdma;
use crate::emu::periph::later::hmac::Hmac;
use crate::emu::periph::later::interrupt_matrix::InterruptMatrix;
use crate::emu::periph::later::mmu_table::MmuTable;
use crate::emu::periph::later::mpi::Mpi;
use crate::emu::periph::later::sha_dma::ShaDma;
use crate::emu::periph::later::syscon::Syscon;
use crate::emu::periph::later::system::SystemRegs;
use crate::emu::periph::later::systimer::Systimer;
use crate::emu::periph::later::usb_serial_jtag::UsbSerialJtag;
use crate::emu::periph::later::xts_unit::XtsUnit;
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
    many uart: Vec<Uart> => Uart(index), digital, untimed, uarts(chip);
    many spi: [SpiMem; 2] => Spi(index), digital, untimed,
        ["spi0", "spi1"].map(|name| SpiMem::new(name, true, regs.spi_mem));
    one gpio: Gpio => Gpio, digital, untimed, Gpio::new(regs.gpio, power.strap);
    one rtc: RtcCntl => RtcCntl, rtc, timed, RtcCntl::new(regs.rtc_cntl, flash_boot, 0);
    some rtc_io: Option<RtcIo> => RtcIo, rtc, untimed, regs.rtc_io.map(RtcIo::new);
    some sens: Option<Sens> => Sens, rtc, untimed, regs.sens.map(Sens::new);
    one io_mux: RegisterFile => IoMux, digital, untimed, RegisterFile::of(regs.io_mux);
    one analog_i2c: RegI2c => AnalogI2c, digital, untimed, RegI2c::new(regs.regi2c);
    many timg: [Timg; 2] => Timg(index), digital, timed,
        [0, 1].map(|group| Timg::new(regs.timg, group, flash_boot, slow, 0));
    one systimer: Systimer => Systimer, digital, timed, Systimer::new(regs.systimer, 0);
    one efuse: EfuseCtrl => Efuse, digital, timed, EfuseCtrl::new(regs.efuse, power.efuses.clone());
    one rsa: Mpi => Rsa, digital, timed, Mpi::new(regs.rsa);
    one ds: DigitalSignature => DigitalSignature, digital, timed,
        DigitalSignature::new(regs.digital_signature);
    one syscon: Syscon => ApbCtrl, digital, untimed, Syscon::new(regs.apb_ctrl, power.seed);
    some rng: Option<Rng> => Rng, kept, untimed, regs.rng.map(|layout| Rng::new(layout, power.seed));
    one usb: UsbSerialJtag => UsbSerialJtag, digital, untimed, UsbSerialJtag::new(regs.usb_serial_jtag);
    one aes: AesDma => Aes, digital, untimed, AesDma::new();
    one sha: ShaDma => Sha, digital, untimed, ShaDma::new(regs.sha);
    one hmac: Hmac => Hmac, digital, untimed, Hmac::new();
    one gdma: Gdma => Gdma, digital, untimed, Gdma::new(regs.gdma);
    one saradc: ApbSaradc => Saradc, digital, untimed, ApbSaradc::new(regs.saradc);
    one system: SystemRegs => System, digital, untimed, SystemRegs::new(regs.system);
    one sensitive: RegisterFile => Sensitive, digital, untimed, RegisterFile::of(regs.sensitive);
    one interrupts: InterruptMatrix => Interrupts, digital, untimed, InterruptMatrix::new(regs.interrupts);
    one extmem: Extmem => Extmem, digital, untimed, Extmem::new(regs.extmem);
    one mmu: MmuTable => Mmu, digital, untimed, MmuTable::new(regs.mmu);
    one xts: XtsUnit => Xts, digital, untimed, XtsUnit::new(regs.xts);
    one assist_debug: AssistDebug => AssistDebug, rtc, untimed, AssistDebug::new(regs.assist_debug);
    one world_control: RegisterFile => WorldControl, digital, untimed, RegisterFile::of(regs.world_control);
}

/// As many UARTs as the chip has interrupt sources of them.
fn uarts(chip: &Description) -> Vec<Uart> {
    let names = ["uart0", "uart1", "uart2"].into_iter();
    let there = names.zip(chip.sources.uart);
    there
        .map(|(name, _)| Uart::new(name, chip.registers.uart))
        .collect()
}
