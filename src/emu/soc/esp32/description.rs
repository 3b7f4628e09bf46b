//! What the ESP32's folder fills in.

use super::devices::DeviceId;
use crate::emu::periph::register_file::Block;
use crate::emu::periph::{
    efuse_ctrl, gpio, regi2c, rng, rtc_cntl, rtc_io, sens, spi_mem, timg, uart,
};
use crate::emu::soc::chips::Silicon;
use crate::emu::soc::device_map::DeviceMap;

/// The chip.
#[derive(Debug)]
pub(crate) struct Description {
    /// What every chip has.
    pub silicon: Silicon,
    /// Which device answers where.
    pub map: DeviceMap<DeviceId>,
    /// The chip's version of each device that others have too.
    pub registers: Registers,
}

/// The layouts that devices are built from.
#[derive(Debug)]
pub(crate) struct Registers {
    pub uart: &'static uart::Layout,
    pub spi: &'static spi_mem::Layout,
    pub gpio: &'static gpio::Layout,
    pub io_mux: &'static Block,
    pub rtc_cntl: &'static rtc_cntl::Layout,
    pub rtc_io: &'static rtc_io::Layout,
    pub sens: &'static sens::Layout,
    pub regi2c: &'static regi2c::Layout,
    pub efuse: &'static efuse_ctrl::Layout,
    pub timg: &'static timg::Layout,
    pub rng: &'static rng::Layout,
}
