//! System registers and blocks of settings of the ESP32-C3.

use crate::emu::periph::later::assist_debug::{self, Recorder};
use crate::emu::periph::later::system;
use crate::emu::periph::register_file::Block;

/// Debug assistance (ESP-IDF `components/soc/esp32c3/register/soc/assist_debug_reg.h`).
pub(in crate::emu) const ASSIST_DEBUG: assist_debug::Layout = assist_debug::Layout {
    reset: &[(0x70, 0x80), (0x1fc, 0x0200_8010)],
    storage: &[(0x00, 0x98), (0x1fc, 0x1fc)],
    recorders: &[Recorder {
        enable: 0x44,
        pc: 0x48,
        sp: 0x4c,
    }],
};

/// System registers (ESP-IDF `components/soc/esp32c3/register/soc/system_reg.h`).
pub(in crate::emu) const SYSTEM: system::Layout = system::Layout {
    reset: &[
        (0x04, 0xc0),
        (0x08, 0xc),
        (0x0c, 1),
        (0x10, 0xf9c1_e06f),
        (0x1c, 0x1fe),
        (0x20, 0xff),
        (0x24, 0x0200_1001),
        (0x38, 1),
        (0x3c, 1),
        (0x40, 5),
        (0x48, 0x7ff0_0000),
        (0x54, 1),
        (0x58, 1),
        (0x5c, 3),
        (0x60, 3),
        (0x64, 3),
        (0x68, 3),
    ],
    date: 0x0200_7150,
    second_core: false,
    first: 0,
    pll_240_mhz: false,
};

/// Permission control (ESP-IDF `components/soc/esp32c3/register/soc/sensitive_reg.h`). Settings only: nothing is enforced,
/// so nothing is violated; locks do not lock.
pub(in crate::emu) const SENSITIVE: Block = Block {
    name: "sensitive",
    size: 0x1000,
    reset: &[(0x14, 0x1), (0x34, 0x3), (0x170, 0x1), (0xffc, 0x0201_0200)],
    storage: &[(0x00, 0x170), (0xffc, 0xffc)],
};

/// The world controller. Inferred: as on the ESP32-S3, whose header ESP-IDF has.
pub(in crate::emu) const WORLD_CONTROL: Block = Block {
    name: "world_control",
    size: 0x1000,
    reset: &[(0x7c, 0x2), (0x47c, 0x2)],
    storage: &[(0x00, 0x194), (0x400, 0x594)],
};
