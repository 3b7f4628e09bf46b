//! System registers and blocks of settings of the ESP32-S3.

use crate::emu::periph::later::assist_debug::{self, Recorder};
use crate::emu::periph::later::system;
use crate::emu::periph::register_file::Block;

/// Debug assistance (ESP-IDF `components/soc/esp32s3/register/soc/assist_debug_reg.h`).
pub(in crate::emu) const ASSIST_DEBUG: assist_debug::Layout = assist_debug::Layout {
    reset: &[(0x128, 0x40), (0x1fc, 0x0200_3040)],
    storage: &[(0x00, 0x154), (0x1fc, 0x1fc)],
    recorders: &[
        Recorder {
            enable: 0x4c,
            pc: 0x5c,
            sp: 0x6c,
        },
        Recorder {
            enable: 0xdc,
            pc: 0xec,
            sp: 0xfc,
        },
    ],
};

/// System registers (ESP-IDF `components/soc/esp32s3/register/soc/system_reg.h`): two of the second core, then those that
/// the ESP32-C3 has too.
pub(in crate::emu) const SYSTEM: system::Layout = system::Layout {
    reset: &[
        (0x04, 0xc0),
        (0x08, 0xc),
        (0x0c, 1),
        (0x10, 0xf9c1_e06f),
        (0x14, 0x600),
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
    date: 0x0210_1220,
    second_core: true,
    first: 8,
    pll_240_mhz: true,
};

/// Permission control (ESP-IDF `components/soc/esp32s3/register/soc/sensitive_reg.h`). Settings only: nothing is enforced,
/// so nothing is violated; locks do not lock.
pub(in crate::emu) const SENSITIVE: Block = Block {
    name: "sensitive",
    size: 0x1000,
    reset: &[
        (0x0c, 0x1),
        (0x34, 0x3),
        (0x1bc, 0x1),
        (0x1cc, 0x1),
        (0x268, 0x1),
        (0x278, 0x1),
        (0x2b0, 0x2000),
        (0x2b4, 0x2000),
        (0x2bc, 0xf),
        (0x2c4, 0xf),
        (0x2cc, 0xf),
        (0x2d4, 0xf),
        (0x2dc, 0xf),
        (0x2e4, 0xf),
        (0x2ec, 0xf),
        (0x2f4, 0xf),
        (0x2fc, 0xf),
        (0x304, 0xf),
        (0x308, 0x1),
        (0xffc, 0x0210_1280),
    ],
    storage: &[(0x00, 0x30c), (0xffc, 0xffc)],
};

/// The world controller (ESP-IDF `components/soc/esp32s3/register/soc/world_controller_reg.h`): all stay in the secure world.
pub(in crate::emu) const WORLD_CONTROL: Block = Block {
    name: "world_control",
    size: 0x1000,
    reset: &[(0x7c, 0x2), (0x47c, 0x2)],
    storage: &[(0x00, 0x194), (0x400, 0x594)],
};
