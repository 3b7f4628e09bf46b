//! The ESP32.

pub(in crate::emu) mod analog;
pub(in crate::emu) mod efuse;
pub(in crate::emu) mod flash;
pub(in crate::emu) mod interrupts;
pub(in crate::emu) mod map;
pub(in crate::emu) mod pads;
mod rom;
pub(in crate::emu) mod rtc_cntl;
pub(in crate::emu) mod timers;
pub(in crate::emu) mod uart;

use std::sync::Arc;

use super::Silicon;
use crate::chip::Chip;
use crate::emu::bus::Bus;
use crate::emu::periph::reset_cause;
use crate::emu::rom::Rom;
use crate::emu::soc::esp32::Esp32;
use crate::emu::soc::esp32::description::{Description, Registers};
use crate::emu::xtensa::{Core, CoreConfig, CoreModel};
use crate::virtual_chip::PowerOn;

/// Everything that tells this chip from others.
pub(crate) static CHIP: Description = Description {
    silicon: Silicon {
        chip: Chip::Esp32,
        cores: 2,
        rom: rom::ROM,
        memories: map::MEMORIES,
        // RTC slow memory, far above, always takes the slow path.
        pages: (0x3f40_0000, 0x40c0_0000),
        windows: map::WINDOWS,
        fuses: efuse::UNMODELLED,
        reset_causes: reset_cause::ESP32,
    },
    map: map::DEVICES,
    registers: Registers {
        uart: &uart::UART,
        spi: &flash::SPI,
        gpio: &pads::GPIO,
        io_mux: &pads::IO_MUX,
        rtc_cntl: &rtc_cntl::RTC_CNTL,
        rtc_io: &pads::RTC_IO,
        sens: &analog::SENS,
        regi2c: &analog::REGI2C,
        efuse: &efuse::CONTROLLER,
        timg: &timers::TIMG,
        rng: &map::RNG,
    },
};

/// The chip with this ROM, powered on, and its cores.
pub(crate) fn power_on(rom: Arc<Rom>, power: PowerOn) -> (Bus<Esp32>, Vec<Core>) {
    let cores = (0..2).map(|index| Core::new(core_config(index)));
    (Esp32::power_on(&CHIP, rom, power), cores.collect())
}

/// Differences of the cores: ESP-IDF `components/xtensa/include/xtensa_api.h` tells them apart by PRID
/// (0xcdcd PRO, 0xabab APP); CONFIGID from `core-isa.h`.
fn core_config(index: u8) -> CoreConfig {
    CoreConfig {
        model: CoreModel::Lx6,
        index,
        prid: if index == 0 { 0xcdcd } else { 0xabab },
        config_id: [0xc2bc_fffe, 0x1cc5_fe96],
        reset_vector: 0x4000_0400,
        vecbase: 0x4000_0000,
    }
}
