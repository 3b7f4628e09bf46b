//! Sensor control: the SAR ADCs, touch pads and temperature sensor. Settings are held; measurements end at once.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32,esp32s3}/register/soc/sens_reg.h`. What is measured is not
//! modelled: the registers with results say so, and give zero. The block has no interrupt lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Model, RegRead, RegWrite};
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

/// `SENS_MEAS1_START_SAR`, `SENS_MEAS2_START_SAR`.
const MEAS_START: u32 = 1 << 17;
/// `SENS_MEAS1_DONE_SAR`, `SENS_MEAS2_DONE_SAR`.
const MEAS_DONE: u32 = 1 << 16;
const MEAS_DATA: u32 = 0xffff;
/// `SENS_TSENS_RDY_OUT`, `SENS_I2C_DONE`.
const SLAVE_DONE: u32 = 1 << 30;
const TOUCH_MEAS_DONE: u32 = 1 << 10;

/// A register that starts a measurement or a transfer and tells that it is over.
#[derive(Debug, PartialEq, Eq)]
struct Starter {
    offset: u32,
    /// Bits of the result, which reads zero.
    result: u32,
    done: u32,
    /// Bit that starts a measurement; zero if others do.
    start: u32,
    /// Setting it up is harmless; its result is what is not modelled.
    modelled_write: bool,
}

const fn starter(offset: u32, result: u32, done: u32, modelled_write: bool) -> Starter {
    Starter {
        offset,
        result,
        done,
        start: 0,
        modelled_write,
    }
}

/// A register that starts a conversion of one of the ADCs.
const fn converter(offset: u32) -> Starter {
    Starter {
        start: MEAS_START,
        ..starter(offset, MEAS_DATA, MEAS_DONE, true)
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
struct Layout {
    reset: ResetValues,
    storage: StorageRanges,
    starters: &'static [Starter],
}

const ESP32: Layout = Layout {
    reset: RESET,
    storage: STORAGE,
    starters: &[
        converter(SAR_MEAS_START1),
        converter(SAR_MEAS_START2),
        starter(SAR_SLAVE_ADDR3, 0, SLAVE_DONE, false),
        starter(SAR_SLAVE_ADDR4, 0, SLAVE_DONE, false),
        starter(SAR_TOUCH_CTRL2, 0, TOUCH_MEAS_DONE, true),
    ],
};

const ESP32S3: Layout = Layout {
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

/// The sensor control block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sens {
    layout: &'static Layout,
    regs: RegisterFile,
}

impl Sens {
    /// The block after an RTC reset. The ESP32-C3 has none: it gets the ESP32-S3's.
    pub fn new(model: Model) -> Self {
        let layout = match model {
            Model::Esp32 => &ESP32,
            Model::Esp32C3 | Model::Esp32S3 => &ESP32S3,
        };
        Sens {
            layout,
            regs: RegisterFile::new("sens", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    fn starter(&self, offset: u32) -> Option<&'static Starter> {
        self.layout
            .starters
            .iter()
            .find(|starter| starter.offset == offset)
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
        if let Some(starter) = self.starter(offset) {
            // Bootloaders change settings in these registers; without a measurement the result is truly zero.
            read.modelled |= starter.start != 0 && read.value & starter.start == 0;
            read.value = read.value & !starter.result | starter.done;
        }
        read
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let mut write = self.regs.write_stored(offset, value);
        write.modelled |= self
            .starter(offset)
            .is_some_and(|starter| starter.modelled_write);
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
        let mut sens = Sens::new(Model::Esp32);
        assert!(sens.write(SAR_MEAS_START1, 1 << 17, 0).modelled);
        let read = sens.read(SAR_MEAS_START1, 0);
        assert_eq!(read.value, 1 << 17 | MEAS_DONE);
        assert!(!read.modelled);
        assert_ne!(sens.read(SAR_TOUCH_CTRL2, 0).value & TOUCH_MEAS_DONE, 0);
        assert_eq!(sens.read(SAR_READ_CTRL, 0), RegRead::modelled(0x0007_0902));
    }

    #[test]
    fn the_esp32s3_has_its_own_places() {
        let mut sens = Sens::new(Model::Esp32S3);
        assert_eq!(sens.read(0x0c, 0), RegRead::modelled(MEAS_DONE));
        sens.write(0x0c, MEAS_START, 0);
        let read = sens.read(0x0c, 0);
        assert_eq!((read.value, read.modelled), (MEAS_START | MEAS_DONE, false));
        assert_eq!(sens.read(0x50, 0).value, 0x1_9100);
        assert_eq!(sens.read(0x38, 0), RegRead::modelled(u32::MAX));
    }
}
