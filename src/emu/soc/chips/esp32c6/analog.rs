//! Analogue parts of the ESP32-C6.

use crate::emu::periph::later::apb_saradc;
use crate::emu::periph::regi2c;

/// The ADC controller (ESP-IDF `components/soc/esp32c6/register/soc/apb_saradc_reg.h`). Storage: settings, patterns, single
/// measurement, arbiter, filter, thresholds, DMA, clock, temperature sensor, calibration, date; status and data registers
/// are left out.
pub(in crate::emu) const SARADC: apb_saradc::Layout = apb_saradc::Layout {
    reset: &[
        (0x00, 0x4003_8240),
        (0x04, 0xa1fe),
        (0x0c, 0x00ff_0808),
        (0x10, 0x2000_0000),
        (0x14, 0x2000_0000),
        (0x18, 0x00ff_ffff),
        (0x1c, 0x00ff_ffff),
        (0x20, 0x1a00_0000),
        (0x24, 0x900),
        (0x28, 0x0374_0000),
        (0x34, 0x3_ffed),
        (0x38, 0x3_ffed),
        (0x50, 0xff),
        (0x54, 0x4),
        (0x58, 0x1_8080),
        (0x5c, 0x4002),
        (0x60, 0x8000),
        (0x64, 0xff00),
        (0x68, 0x14),
        (0x3fc, 0x0220_6240),
    ],
    storage: &[
        (0x00, 0x0c),
        (0x18, 0x28),
        (0x34, 0x3c),
        (0x50, 0x68),
        (0x3fc, 0x3fc),
    ],
    int_first: 0x40,
    onetime: Some(0x20),
};

/// The internal I2C bus to the analogue parts (ESP-IDF `components/soc/esp32c6/include/modem/i2c_ana_mst_reg.h`). Storage:
/// configuration of the hosts and of what is connected, timing.
pub(in crate::emu) const REGI2C: regi2c::Layout = regi2c::Layout {
    hosts: 2,
    calibration: Some(0x18),
    reset: &[
        (0x14, 0x4000_0000),
        (0x18, 0xe408),
        (0x1c, 0x2d),
        (0x20, 0x4),
        (0x24, 0x42),
        (0x28, 0x42),
        (0x2c, 0x42),
    ],
    storage: &[(0x08, 0x0c), (0x1c, 0x2c)],
};
