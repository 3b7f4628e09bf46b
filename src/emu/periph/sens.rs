//! Sensor control: the SAR ADCs, touch pads and temperature sensor. Settings are held; measurements end at once.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32,esp32s3}/register/soc/sens_reg.h`. What is measured is not
//! modelled: the registers with results say so, and give zero. The block has no interrupt lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x400;

/// `SENS_MEAS1_START_SAR`, `SENS_MEAS2_START_SAR`.
const MEAS_START: u32 = 1 << 17;
/// `SENS_MEAS1_DONE_SAR`, `SENS_MEAS2_DONE_SAR`.
const MEAS_DONE: u32 = 1 << 16;
const MEAS_DATA: u32 = 0xffff;
/// `SENS_TSENS_RDY_OUT`, `SENS_I2C_DONE`.
pub(crate) const SLAVE_DONE: u32 = 1 << 30;
pub(crate) const TOUCH_MEAS_DONE: u32 = 1 << 10;

/// A register that starts a measurement or a transfer and tells that it is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Starter {
    offset: u32,
    /// Bits of the result, which reads zero.
    result: u32,
    done: u32,
    /// Bit that starts a measurement; zero if others do.
    start: u32,
    /// Setting it up is harmless; its result is what is not modelled.
    modelled_write: bool,
}

pub(crate) const fn starter(offset: u32, result: u32, done: u32, modelled_write: bool) -> Starter {
    Starter {
        offset,
        result,
        done,
        start: 0,
        modelled_write,
    }
}

/// A register that starts a conversion of one of the ADCs.
pub(crate) const fn converter(offset: u32) -> Starter {
    Starter {
        start: MEAS_START,
        ..starter(offset, MEAS_DATA, MEAS_DONE, true)
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub starters: &'static [Starter],
}

/// The sensor control block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sens {
    layout: &'static Layout,
    regs: RegisterFile,
}

impl Sens {
    /// The block after an RTC reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
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

    fn reset_rtc(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32, esp32s3};

    const SAR_READ_CTRL: u32 = 0x00;
    const SAR_MEAS_START1: u32 = 0x54;
    const SAR_TOUCH_CTRL2: u32 = 0x84;

    #[test]
    fn measurements_end_and_their_results_are_not_modelled() {
        let mut sens = Sens::new(&esp32::analog::SENS);
        assert!(sens.write(SAR_MEAS_START1, 1 << 17, 0).modelled);
        let read = sens.read(SAR_MEAS_START1, 0);
        assert_eq!(read.value, 1 << 17 | MEAS_DONE);
        assert!(!read.modelled);
        assert_ne!(sens.read(SAR_TOUCH_CTRL2, 0).value & TOUCH_MEAS_DONE, 0);
        assert_eq!(sens.read(SAR_READ_CTRL, 0), RegRead::modelled(0x0007_0902));
    }

    #[test]
    fn the_esp32s3_has_its_own_places() {
        let mut sens = Sens::new(&esp32s3::analog::SENS);
        assert_eq!(sens.read(0x0c, 0), RegRead::modelled(MEAS_DONE));
        sens.write(0x0c, MEAS_START, 0);
        let read = sens.read(0x0c, 0);
        assert_eq!((read.value, read.modelled), (MEAS_START | MEAS_DONE, false));
        assert_eq!(sens.read(0x50, 0).value, 0x1_9100);
        assert_eq!(sens.read(0x38, 0), RegRead::modelled(u32::MAX));
    }
}
