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

use super::Silicon;
use crate::chip::Chip;
use crate::emu::periph::reset_cause;
use crate::emu::soc::esp32::description::{Description, Registers};

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
