//! The eFuse controller of the ESP32-C6, and fuses whose effect is not modelled.

use crate::chip::UnmodelledFuse;
use crate::emu::periph::efuse_ctrl::{self, ERRORS, Family, PROGRAM, READ};

/// The eFuse controller (ESP-IDF `components/soc/esp32c6/register/soc/efuse_reg.h`, `components/hal/esp32c6/efuse_hal.c`).
pub(in crate::emu) const CONTROLLER: efuse_ctrl::Layout = efuse_ctrl::Layout {
    read: READ,
    program: PROGRAM,
    clk: 0x1c8,
    errors: ERRORS,
    reset: &[
        (0x1c8, 0x2),
        (0x1e8, 0x1_fe1c),
        (0x1ec, 0x1201_0201),
        (0x1f0, 0x0130_0001),
        (0x1f4, 0x00c8_0190),
        (0x1f8, 0x2000),
        (0x1fc, 0x0220_6300),
    ],
    storage: &[(0x1c8, 0x1cc), (0x1e8, 0x1f8), (0x1fc, 0x1fc)],
    family: Family::Blocks { fail_bits_late: 0 },
};

/// Fields with an effect on the silicon that is not modelled (ESP-IDF `components/efuse/esp32c6/esp_efuse_table.csv`).
pub(super) const UNMODELLED: &[UnmodelledFuse] = {
    use UnmodelledFuse as U;
    &[
        U::deciding("DIS_ICACHE", "switches the cache off"),
        U::bearing("VDD_SPI_AS_GPIO", "takes the flash its supply"),
    ]
};
