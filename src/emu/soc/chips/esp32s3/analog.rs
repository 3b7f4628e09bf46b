//! Analogue parts of the ESP32-S3.

use crate::emu::periph::later::apb_saradc;
use crate::emu::periph::regi2c;
use crate::emu::periph::sens::{self, converter, starter};

/// Sensor control (ESP-IDF `components/soc/esp32s3/register/soc/sens_reg.h`).
pub(in crate::emu) const SENS: sens::Layout = sens::Layout {
    reset: &[
        (0x00, 0x2004_0002),
        (0x14, 0xffff_ffff),
        (0x18, 0xa_000a),
        (0x1c, 0xa_0000),
        (0x20, 0x73_38f3),
        (0x24, 0x4005_0002),
        (0x2c, 0x0702_0200),
        (0x38, 0xffff_ffff),
        (0x50, 0x1_9000),
        (0x54, 0x4002),
        (0x5c, 0xfff0_7fff),
        (0xfc, 0xa000_0000),
        (0x1fc, 0x0210_1180),
    ],
    // Settings; the registers with results and of the coprocessor's interrupts are left out.
    storage: &[
        (0x00, 0x00),
        (0x08, 0x08),
        (0x10, 0x24),
        (0x2c, 0x2c),
        (0x34, 0x44),
        (0x54, 0x98),
        (0xfc, 0x108),
        (0x114, 0x114),
        (0x1fc, 0x1fc),
    ],
    starters: &[
        // SAR_MEAS1_CTRL2, SAR_MEAS2_CTRL2.
        converter(0x0c),
        converter(0x30),
        // SAR_TCTRL: `SENS_TSENS_READY`.
        starter(0x50, 0xff, 1 << 8, true),
        // SAR_TOUCH_CHN_ST: `SENS_TOUCH_MEAS_DONE`.
        starter(0x9c, 0, 1 << 31, false),
    ],
};

/// The ADC controller (ESP-IDF `components/soc/esp32s3/register/soc/apb_saradc_reg.h`).
pub(in crate::emu) const SARADC: apb_saradc::Layout = apb_saradc::Layout {
    reset: &[
        (0x00, 0x407f_8240),
        (0x04, 0xa1fe),
        (0x0c, 0x00ff_0808),
        (0x38, 0x900),
        (0x3c, 0x006b_4000),
        (0x44, 0x3_ffed),
        (0x48, 0x3_ffed),
        (0x6c, 0xff),
        (0x70, 0x4),
        (0x3fc, 0x0210_1180),
    ],
    storage: &[
        (0x00, 0x0c),
        (0x18, 0x3c),
        (0x44, 0x58),
        (0x6c, 0x70),
        (0x3fc, 0x3fc),
    ],
    int_first: 0x5c,
    onetime: None,
};

/// The internal I2C bus to the analogue parts.
pub(in crate::emu) const REGI2C: regi2c::Layout = regi2c::Layout {
    hosts: 8,
    calibration: Some(0x40),
    reset: &[],
    // `ANA_CONFIG_REG`, `ANA_CONFIG2_REG`: which slaves are connected.
    storage: &[(0x44, 0x48)],
};
