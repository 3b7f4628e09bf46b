//! Sensor control: the SAR ADCs, touch pads and temperature sensor. Settings are held; measurements end at once.
//!
//! Registers and reset values: ESP-IDF `components/soc/esp32/register/soc/sens_reg.h`. What is measured is not modelled: the
//! registers with results say so, and give zero. The block has no interrupt lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x400;
const SAR_READ_CTRL: u32 = 0x00;
const SAR_SLAVE_ADDR2: u32 = 0x40;
const SAR_SLAVE_ADDR3: u32 = 0x44;
const SAR_SLAVE_ADDR4: u32 = 0x48;
const SAR_TSENS_CTRL: u32 = 0x4c;
const SAR_I2C_CTRL: u32 = 0x50;
const SAR_MEAS_START1: u32 = 0x54;
const SAR_TOUCH_CTRL1: u32 = 0x58;
const SAR_TOUCH_THRES5: u32 = 0x6c;
const SAR_TOUCH_CTRL2: u32 = 0x84;
const SAR_TOUCH_ENABLE: u32 = 0x8c;
const SAR_READ_CTRL2: u32 = 0x90;
const SAR_MEAS_START2: u32 = 0x94;
const SAR_DAC_CTRL1: u32 = 0x98;
const SAR_MEAS_CTRL2: u32 = 0xa0;
const DATE: u32 = 0xfc;

const RESET: ResetValues = &[
    (SAR_READ_CTRL, 0x0007_0902),
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
    (SAR_TSENS_CTRL, 0x0006_6002),
    (SAR_TOUCH_CTRL1, 0x0204_1000),
    (SAR_TOUCH_CTRL2, 0x0040_0800),
    (SAR_TOUCH_ENABLE, 0x3fff_ffff),
    (SAR_READ_CTRL2, 0x0007_0902),
    (0x9c, 0x0300_0000),
    (SAR_MEAS_CTRL2, 0x3),
    (DATE, 0x0160_5180),
];
const STORAGE: StorageRanges = &[
    (SAR_READ_CTRL, SAR_SLAVE_ADDR2),
    (SAR_TSENS_CTRL, SAR_I2C_CTRL),
    (SAR_TOUCH_CTRL1, SAR_TOUCH_THRES5),
    (SAR_TOUCH_ENABLE, SAR_READ_CTRL2),
    (SAR_DAC_CTRL1, SAR_MEAS_CTRL2),
    (DATE, DATE),
];

/// `SENS_MEAS1_DONE_SAR`, `SENS_MEAS2_DONE_SAR`.
const MEAS_DONE: u32 = 1 << 16;
const MEAS_DATA: u32 = 0xffff;
/// `SENS_TSENS_RDY_OUT`, `SENS_I2C_DONE`.
const SLAVE_DONE: u32 = 1 << 30;
const TOUCH_MEAS_DONE: u32 = 1 << 10;

/// The sensor control block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sens {
    regs: RegisterFile,
}

impl Default for Sens {
    fn default() -> Self {
        Sens::new()
    }
}

impl Sens {
    /// The block after an RTC reset.
    pub fn new() -> Self {
        Sens {
            regs: RegisterFile::new("sens", BLOCK_BYTES, RESET, STORAGE),
        }
    }

    /// The RTC domain is reset too.
    pub fn reset_rtc(&mut self) {
        self.regs.clear();
    }
}

impl Device for Sens {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        let mut read = self.regs.read_stored(offset);
        read.value = match offset {
            SAR_MEAS_START1 | SAR_MEAS_START2 => read.value & !MEAS_DATA | MEAS_DONE,
            SAR_SLAVE_ADDR3 | SAR_SLAVE_ADDR4 => read.value | SLAVE_DONE,
            SAR_TOUCH_CTRL2 => read.value | TOUCH_MEAS_DONE,
            _ => read.value,
        };
        read
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let mut write = self.regs.write_stored(offset, value);
        // Setting a measurement up is harmless; its result is what is not modelled.
        write.modelled |= matches!(offset, SAR_MEAS_START1 | SAR_MEAS_START2 | SAR_TOUCH_CTRL2);
        write
    }

    /// A digital reset leaves the block as it is: it belongs to the RTC domain.
    fn reset(&mut self, _now: Ticks) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_end_and_their_results_are_not_modelled() {
        let mut sens = Sens::new();
        assert!(sens.write(SAR_MEAS_START1, 1 << 17, 0).modelled);
        let read = sens.read(SAR_MEAS_START1, 0);
        assert_eq!(read.value, 1 << 17 | MEAS_DONE);
        assert!(!read.modelled);
        assert_ne!(sens.read(SAR_TOUCH_CTRL2, 0).value & TOUCH_MEAS_DONE, 0);
        assert_eq!(sens.read(SAR_READ_CTRL, 0), RegRead::modelled(0x0007_0902));
    }
}
