//! Analogue parts of the ESP32-C3.

use crate::emu::periph::later::apb_saradc;
use crate::emu::periph::regi2c;

/// The ADC controller (ESP-IDF `components/soc/esp32c3/register/soc/apb_saradc_reg.h`).
pub(in crate::emu) const SARADC: apb_saradc::Layout = apb_saradc::Layout {
    reset: &[
        (0x00, 0x4003_8240),
        (0x04, 0xa1fe),
        (0x0c, 0x00ff_0808),
        (0x20, 0x1a00_0000),
        (0x24, 0x900),
        (0x28, 0x0374_0000),
        (0x34, 0x3_ffed),
        (0x38, 0x3_ffed),
        (0x50, 0xff),
        (0x54, 0x4),
        (0x58, 0x1_8000),
        (0x5c, 0x4002),
        (0x60, 0x8000),
        (0x3fc, 0x0200_7171),
    ],
    // Settings, patterns, single measurement, arbiter, filter, thresholds, DMA, clock, temperature sensor, date. The
    // status and data registers are left out.
    storage: &[
        (0x00, 0x0c),
        (0x18, 0x28),
        (0x34, 0x3c),
        (0x50, 0x60),
        (0x3fc, 0x3fc),
    ],
    int_first: 0x40,
    onetime: Some(0x20),
};

/// The internal I2C bus to the analogue parts.
pub(in crate::emu) const REGI2C: regi2c::Layout = regi2c::Layout {
    hosts: 8,
    calibration: Some(0x40),
    reset: &[],
    // `ANA_CONFIG_REG`, `ANA_CONFIG2_REG`: which slaves are connected.
    storage: &[(0x44, 0x48)],
};
