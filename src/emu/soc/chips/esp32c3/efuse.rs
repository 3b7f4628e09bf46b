//! The eFuse controller, and fuses whose effect is not modelled of the ESP32-C3.

use crate::emu::periph::efuse_ctrl::{self, Family, ERRORS, PROGRAM, READ};

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
