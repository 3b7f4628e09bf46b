//! The eFuse controller of the ESP32-C3, and fuses whose effect is not modelled.

use crate::chip::UnmodelledFuse;
use crate::emu::periph::efuse_ctrl::{self, ERRORS, Family, PROGRAM, READ};

/// The eFuse controller (ESP-IDF `components/soc/esp32c3/register/soc/efuse_reg.h`).
pub(in crate::emu) const CONTROLLER: efuse_ctrl::Layout = efuse_ctrl::Layout {
    read: READ,
    program: PROGRAM,
    clk: 0x1c8,
    errors: ERRORS,
    reset: &[
        (0x1c8, 0x2),
        (0x1e8, 0x1_fe1c),
        (0x1ec, 0x1200_0000),
        (0x1f0, 0x28_8000),
        (0x1f4, 0x190),
        (0x1fc, 0x200_7200),
    ],
    storage: &[(0x1c8, 0x1cc), (0x1e8, 0x1f8), (0x1fc, 0x1fc)],
    family: Family::Blocks { fail_bits_late: 1 },
};

const PINS: &str = "moves a line to the flash to another pin";

/// Fields with an effect on the silicon that is not modelled (TRM, "eFuse Controller").
pub(super) const UNMODELLED: &[UnmodelledFuse] = {
    use UnmodelledFuse as U;
    &[
        U::deciding("DIS_ICACHE", "switches the cache off"),
        U::deciding(
            "FLASH_ECC_EN",
            "makes the chip read its flash with error correction",
        ),
        U::bearing("SPI_PAD_CONFIG_CLK", PINS),
        U::bearing("SPI_PAD_CONFIG_Q", PINS),
        U::bearing("SPI_PAD_CONFIG_D", PINS),
        U::bearing("SPI_PAD_CONFIG_CS", PINS),
        U::bearing("SPI_PAD_CONFIG_HD", PINS),
        U::bearing("SPI_PAD_CONFIG_WP", PINS),
        U::bearing("SPI_PAD_CONFIG_DQS", PINS),
        U::bearing("SPI_PAD_CONFIG_D4", PINS),
        U::bearing("SPI_PAD_CONFIG_D5", PINS),
        U::bearing("SPI_PAD_CONFIG_D6", PINS),
        U::bearing("SPI_PAD_CONFIG_D7", PINS),
        U::bearing("VDD_SPI_AS_GPIO", "takes the flash its supply"),
        U::bearing("FLASH_TYPE", "says that the flash has eight data lines"),
    ]
};
