//! The devices of the chips with a low-power subsystem.

use super::description::Description;
use crate::emu::periph::efuse_ctrl::EfuseCtrl;
use crate::emu::periph::gpio::Gpio;
use crate::emu::periph::later::aes_dma::AesDma;
use crate::emu::periph::later::apb_saradc::ApbSaradc;
use crate::emu::periph::later::assist_debug::AssistDebug;
use crate::emu::periph::later::digital_signature::DigitalSignature;
use crate::emu::periph::later::gdma::Gdma;
use crate::emu::periph::later::hmac::Hmac;
use crate::emu::periph::later::interrupt_matrix::InterruptMatrix;
use crate::emu::periph::later::mpi::Mpi;
use crate::emu::periph::later::sha_dma::ShaDma;
use crate::emu::periph::later::systimer::Systimer;
use crate::emu::periph::later::usb_serial_jtag::UsbSerialJtag;
use crate::emu::periph::later::xts_unit::XtsUnit;
use crate::emu::periph::lp::aon::LpAon;
use crate::emu::periph::lp::clkrst::LpClkrst;
use crate::emu::periph::lp::from_cpu::FromCpu;
use crate::emu::periph::lp::hp_system::HpSystem;
use crate::emu::periph::lp::l1_cache::L1Cache;
use crate::emu::periph::lp::mmu_items::MmuItems;
use crate::emu::periph::lp::pcr::Pcr;
use crate::emu::periph::lp::peri::LpPeri;
use crate::emu::periph::lp::plic::Plic;
use crate::emu::periph::lp::pmu::Pmu;
use crate::emu::periph::lp::timer::LpTimer;
use crate::emu::periph::lp::wdt::LpWdt;
use crate::emu::periph::regi2c::RegI2c;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::timg::Timg;
use crate::emu::periph::uart::Uart;
use crate::emu::soc::device_list::device_list;
use crate::virtual_chip::Strap;

device_list! {
    new(chip: Description, power) {
        let regs = &chip.registers;
        let flash_boot = power.strap == Strap::FlashBoot;
        let slow = LpClkrst::new(regs.clkrst).slow_period();
    }
    many uart: [Uart; 2] => Uart(index), digital, untimed,
        ["uart0", "uart1"].map(|name| Uart::new(name, regs.uart));
    many spi: [SpiMem; 2] => Spi(index), digital, untimed,
        ["spi0", "spi1"].map(|name| SpiMem::new(name, true, regs.spi_mem));
    one gpio: Gpio => Gpio, digital, untimed, Gpio::new(regs.gpio, power.strap);
    one io_mux: RegisterFile => IoMux, digital, untimed, RegisterFile::of(regs.io_mux);
    one wdt: LpWdt => LpWdt, rtc, timed, LpWdt::new(regs.wdt, flash_boot, 0, slow, 0);
    one lp_timer: LpTimer => LpTimer, rtc, timed, LpTimer::new(regs.timer, slow, 0);
    many timg: [Timg; 2] => Timg(index), digital, timed,
        [0, 1].map(|group| Timg::new(regs.timg, group, flash_boot, slow, 0));
    one systimer: Systimer => Systimer, digital, timed, Systimer::new(regs.systimer, 0);
    one efuse: EfuseCtrl => Efuse, digital, timed, EfuseCtrl::new(regs.efuse, power.efuses.clone());
    one rsa: Mpi => Rsa, digital, timed, Mpi::new(regs.rsa);
    one ds: DigitalSignature => DigitalSignature, digital, timed,
        DigitalSignature::new(regs.digital_signature);
    one usb: UsbSerialJtag => UsbSerialJtag, digital, untimed, UsbSerialJtag::new(regs.usb_serial_jtag);
    one aes: AesDma => Aes, digital, untimed, AesDma::new();
    one sha: ShaDma => Sha, digital, untimed, ShaDma::new(regs.sha);
    one hmac: Hmac => Hmac, digital, untimed, Hmac::new();
    one gdma: Gdma => Gdma, digital, untimed, Gdma::new(regs.gdma);
    one saradc: ApbSaradc => Saradc, digital, untimed, ApbSaradc::new(regs.saradc);
    one analog_i2c: RegI2c => AnalogI2c, digital, untimed, RegI2c::new(regs.regi2c);
    one pcr: Pcr => Pcr, digital, untimed, Pcr::new(regs.pcr);
    one hp_system: HpSystem => HpSystem, digital, untimed, HpSystem::new(regs.hp_system);
    one matrix: InterruptMatrix => Matrix, digital, untimed, InterruptMatrix::new(regs.matrix);
    one plic: Plic => Plic, digital, untimed, Plic::new(regs.plic);
    one from_cpu: FromCpu => FromCpu, digital, untimed, FromCpu::new(regs.from_cpu);
    one cache: L1Cache => Cache, digital, untimed, L1Cache::new(regs.cache);
    one mmu: MmuItems => Mmu, digital, untimed, MmuItems::new(regs.mmu);
    one xts: XtsUnit => Xts, digital, untimed, XtsUnit::new(regs.xts);
    one assist_debug: AssistDebug => AssistDebug, rtc, untimed, AssistDebug::new(regs.assist_debug);
    one pmu: Pmu => Pmu, rtc, untimed, Pmu::new(regs.pmu);
    one clkrst: LpClkrst => LpClkrst, rtc, untimed, LpClkrst::new(regs.clkrst);
    one aon: LpAon => LpAon, rtc, untimed, LpAon::new(regs.aon);
    one peri: LpPeri => LpPeri, rtc, untimed, LpPeri::new(regs.peri, power.seed);
    many settings: Vec<RegisterFile> => Settings(index), digital, untimed,
        regs.settings.iter().map(RegisterFile::of).collect();
}
