//! Analogue parts of the ESP32.

use crate::emu::periph::regi2c;
use crate::emu::periph::sens::{self, SLAVE_DONE, TOUCH_MEAS_DONE, converter, starter};

/// Sensor control (ESP-IDF `components/soc/esp32/register/soc/sens_reg.h`).
pub(in crate::emu) const SENS: sens::Layout = sens::Layout {
    reset: &[
        (0x00, 0x0007_0902),
        (0x08, 0x000a_000a),
        (0x0c, 0x0020_000a),
        (0x10, 0x0707_338f),
        (0x18, 0xc8),
        (0x1c, 0x64),
        (0x20, 0x32),
        (0x24, 0x28),
        (0x28, 0x14),
        (0x2c, 0xf),
        (0x30, 0x0010_0200),
        (0x34, 0xffff_ffff),
        (0x38, 0xffff_ffff),
        (0x4c, 0x0006_6002),
        (0x58, 0x0204_1000),
        (0x84, 0x0040_0800),
        (0x8c, 0x3fff_ffff),
        (0x90, 0x0007_0902),
        (0x9c, 0x0300_0000),
        (0xa0, 0x3),
        (0xfc, 0x0160_5180),
    ],
    storage: &[
        (0x00, 0x40),
        (0x4c, 0x50),
        (0x58, 0x6c),
        (0x8c, 0x90),
        (0x98, 0xa0),
        (0xfc, 0xfc),
    ],
    starters: &[
        // SAR_MEAS_START1, SAR_MEAS_START2.
        converter(0x54),
        converter(0x94),
        // SAR_SLAVE_ADDR3, SAR_SLAVE_ADDR4.
        starter(0x44, 0, SLAVE_DONE, false),
        starter(0x48, 0, SLAVE_DONE, false),
        // SAR_TOUCH_CTRL2.
        starter(0x84, 0, TOUCH_MEAS_DONE, true),
    ],
};

/// The internal I2C bus to the analogue parts.
pub(in crate::emu) const REGI2C: regi2c::Layout = regi2c::Layout {
    hosts: 8,
    calibration: None,
    reset: &[],
    // `ANA_CONFIG_REG`, `ANA_CONFIG2_REG`: which slaves are connected.
    storage: &[(0x44, 0x48)],
};
