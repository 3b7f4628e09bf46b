//! The ESP32-S3.

pub(in crate::emu) mod analog;
pub(in crate::emu) mod apb_ctrl;
pub(in crate::emu) mod cache;
pub(in crate::emu) mod crypto;
pub(in crate::emu) mod efuse;
pub(in crate::emu) mod flash;
pub(in crate::emu) mod gdma;
pub(in crate::emu) mod interrupts;
pub(in crate::emu) mod map;
pub(in crate::emu) mod pads;
mod rom;
pub(in crate::emu) mod rtc_cntl;
pub(in crate::emu) mod system;
pub(in crate::emu) mod timers;
pub(in crate::emu) mod uart;

use std::sync::Arc;

use super::Silicon;
use crate::chip::Chip;
use crate::emu::bus::Bus;
use crate::emu::periph::reset_cause;
use crate::emu::rom::Rom;
use crate::emu::soc::later::LaterSoc;
use crate::emu::soc::later::description::{Description, Registers};
use crate::emu::xtensa::{Core, CoreConfig, CoreModel};
use crate::virtual_chip::PowerOn;

/// Everything that tells this chip from others.
pub(crate) static CHIP: Description = Description {
    silicon: Silicon {
        chip: Chip::Esp32S3,
        cores: 2,
        rom: rom::ROM,
        memories: map::MEMORIES,
        pages: (0x3c00_0000, 0x4400_0000),
        windows: map::WINDOWS,
        fuses: efuse::UNMODELLED,
        reset_causes: reset_cause::LATER,
    },
    map: map::DEVICES,
    sources: interrupts::SOURCES,
    registers: Registers {
        uart: &uart::UART,
        usb_serial_jtag: &uart::USB_SERIAL_JTAG,
        spi_mem: &flash::SPI_MEM,
        xts: &flash::XTS,
        gpio: &pads::GPIO,
        io_mux: &pads::IO_MUX,
        rtc_cntl: &rtc_cntl::RTC_CNTL,
        rtc_io: Some(&pads::RTC_IO),
        sens: Some(&analog::SENS),
        saradc: &analog::SARADC,
        regi2c: &analog::REGI2C,
        efuse: &efuse::CONTROLLER,
        timg: &timers::TIMG,
        systimer: &timers::SYSTIMER,
        apb_ctrl: &apb_ctrl::APB_CTRL,
        rng: Some(&map::RNG),
        sha: &crypto::SHA,
        rsa: &crypto::RSA,
        digital_signature: &crypto::DIGITAL_SIGNATURE,
        gdma: &gdma::GDMA,
        system: &system::SYSTEM,
        sensitive: &system::SENSITIVE,
        world_control: &system::WORLD_CONTROL,
        assist_debug: &system::ASSIST_DEBUG,
        interrupts: &interrupts::MATRIX,
        extmem: &cache::EXTMEM,
        mmu: &cache::MMU,
    },
};

/// The system on chip of the ESP32-S3.
pub(crate) type Esp32S3 = LaterSoc<Core>;

/// The chip with this ROM, powered on, and its cores.
pub(crate) fn power_on(rom: Arc<Rom>, power: PowerOn) -> (Bus<Esp32S3>, Vec<Core>) {
    let cores = (0..2).map(|index| Core::new(core_config(index)));
    (LaterSoc::power_on(&CHIP, rom, power), cores.collect())
}

/// Differences of the cores: ESP-IDF `components/xtensa/include/xtensa_api.h` tells them apart by PRID (0xcdcd core 0,
/// 0xabab core 1); CONFIGID and VECBASE from `components/xtensa/esp32s3/include/xtensa/config/core-isa.h`.
fn core_config(index: u8) -> CoreConfig {
    CoreConfig {
        model: CoreModel::Lx7,
        index,
        prid: if index == 0 { 0xcdcd } else { 0xabab },
        config_id: [0xc2f0_fffe, 0x2309_0f1f],
        reset_vector: 0x4000_0400,
        vecbase: 0x4000_0000,
    }
}
