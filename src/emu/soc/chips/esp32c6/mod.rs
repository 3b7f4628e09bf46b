//! The ESP32-C6.

pub(in crate::emu) mod analog;
pub(in crate::emu) mod cache;
pub(in crate::emu) mod crypto;
pub(in crate::emu) mod efuse;
pub(in crate::emu) mod flash;
pub(in crate::emu) mod gdma;
pub(in crate::emu) mod interrupts;
pub(in crate::emu) mod lp;
pub(in crate::emu) mod map;
pub(in crate::emu) mod pads;
mod rom;
pub(in crate::emu) mod settings;
pub(in crate::emu) mod system;
pub(in crate::emu) mod timers;
pub(in crate::emu) mod uart;

use std::sync::Arc;

use super::Silicon;
use crate::chip::Chip;
use crate::emu::bus::Bus;
use crate::emu::riscv::{Extensions, Hart, HartConfig};
use crate::emu::rom::Rom;
use crate::emu::soc::lp::LpSoc;
use crate::emu::soc::lp::description::{Description, Registers};
use crate::virtual_chip::PowerOn;

/// Everything that tells this chip from others.
pub(crate) static CHIP: Description = Description {
    silicon: Silicon {
        chip: Chip::Esp32C6,
        cores: 1,
        rom: rom::ROM,
        memories: map::MEMORIES,
        pages: (0x4000_0000, 0x4400_0000),
        windows: map::WINDOWS,
        fuses: efuse::UNMODELLED,
        reset_causes: lp::RESET_CAUSES,
    },
    map: map::DEVICES,
    dma: map::DMA,
    sources: interrupts::SOURCES,
    registers: Registers {
        uart: &uart::UART,
        usb_serial_jtag: &uart::USB_SERIAL_JTAG,
        spi_mem: &flash::SPI_MEM,
        xts: &flash::XTS,
        gpio: &pads::GPIO,
        io_mux: &pads::IO_MUX,
        saradc: &analog::SARADC,
        regi2c: &analog::REGI2C,
        efuse: &efuse::CONTROLLER,
        timg: &timers::TIMG,
        systimer: &timers::SYSTIMER,
        sha: &crypto::SHA,
        rsa: &crypto::RSA,
        digital_signature: &crypto::DIGITAL_SIGNATURE,
        gdma: &gdma::GDMA,
        pcr: &system::PCR,
        hp_system: &system::HP_SYSTEM,
        assist_debug: &system::ASSIST_DEBUG,
        settings: settings::SETTINGS,
        matrix: &interrupts::MATRIX,
        plic: &interrupts::PLIC,
        from_cpu: &interrupts::FROM_CPU,
        cache: &cache::CACHE,
        mmu: &cache::MMU,
        pmu: &lp::PMU,
        clkrst: &lp::CLKRST,
        aon: &lp::AON,
        wdt: &lp::WDT,
        timer: &lp::TIMER,
        peri: &lp::PERI,
    },
};

/// The system on chip of the ESP32-C6.
pub(crate) type Esp32C6 = LpSoc<Hart>;

/// The chip with this ROM, powered on, and its cores.
pub(crate) fn power_on(rom: Arc<Rom>, power: PowerOn) -> (Bus<Esp32C6>, Vec<Hart>) {
    let hart = Hart::new(HartConfig {
        index: 0,
        hart_id: 0,
        reset_vector: 0x4000_0000,
        extensions: Extensions::ESP32C6,
    });
    (LpSoc::power_on(&CHIP, rom, power), vec![hart])
}
