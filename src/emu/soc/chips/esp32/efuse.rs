//! The eFuse controller of the ESP32, and fuses whose effect is not modelled.

use crate::chip::UnmodelledFuse;
use crate::emu::periph::efuse_ctrl::{self, Family};

/// The eFuse controller (ESP-IDF `components/soc/esp32/register/soc/efuse_reg.h`).
pub(in crate::emu) const CONTROLLER: efuse_ctrl::Layout = efuse_ctrl::Layout {
    read: &[(0x00, 7), (0x38, 8), (0x58, 8), (0x78, 8)],
    program: &[(0x1c, 7), (0x98, 8), (0xb8, 8), (0xd8, 8)],
    clk: 0xf8,
    errors: &[0x11c],
    reset: &[
        (0xf8, 0x4052),
        (0xfc, 0x1_0000),
        (0x118, 0x28),
        (0x1fc, 0x1604_2600),
    ],
    storage: &[(0xf8, 0xfc), (0x118, 0x118), (0x1fc, 0x1fc)],
    family: Family::Esp32,
};

const PINS: &str = "moves a line to the flash to another pin";

/// Fields with an effect on the silicon that is not modelled (TRM, "eFuse Controller").
pub(super) const UNMODELLED: &[UnmodelledFuse] = {
    use UnmodelledFuse as U;
    &[
        U::deciding("DIS_CACHE", "switches the cache off"),
        U::bearing("DISABLE_APP_CPU", "leaves the chip one core"),
        U::bearing("SPI_PAD_CONFIG_CLK", PINS),
        U::bearing("SPI_PAD_CONFIG_Q", PINS),
        U::bearing("SPI_PAD_CONFIG_D", PINS),
        U::bearing("SPI_PAD_CONFIG_CS0", PINS),
        U::bearing("SPI_PAD_CONFIG_HD", PINS),
        U::bearing("XPD_SDIO_FORCE", "sets the voltage of the flash's supply"),
        U::bearing("XPD_SDIO_TIEH", "sets the voltage of the flash's supply"),
        U::bearing("XPD_SDIO_REG", "sets the voltage of the flash's supply"),
    ]
};
