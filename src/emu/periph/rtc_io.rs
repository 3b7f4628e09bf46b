//! RTC IO: the pads of the RTC domain.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32,esp32s3}/register/soc/rtc_io_reg.h`. Outputs, enables and interrupt
//! status have set and clear registers; the rest holds its values. The block has no interrupt lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Model, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x400;
const OUT: u32 = 0x00;
const ENABLE: u32 = 0x0c;
const STATUS: u32 = 0x18;
const STATUS_W1TC: u32 = 0x20;
const IN: u32 = 0x24;
const PIN0: u32 = 0x28;
/// On the ESP32.
const DATE: u32 = 0xc8;
/// On the ESP32-S3.
const TOUCH_CTRL: u32 = 0xe8;
const DATE_ESP32S3: u32 = 0x1fc;

const RESET: ResetValues = &[
    (0x84, 0x8000_0000),
    (0x88, 0x8000_0000),
    (0x8c, 0x8410_0010),
    (0x90, 0x6600_0000),
    (0x94, 0x5200_0000),
    (0x98, 0x4a00_0000),
    (0x9c, 0x5200_0000),
    (0xa0, 0x4a00_0000),
    (0xa4, 0x5200_0000),
    (0xa8, 0x5200_0000),
    (0xac, 0x4a00_0000),
    (0xb0, 0x4200_0000),
    (0xb4, 0x0200_0000),
    (0xb8, 0x0200_0000),
    (DATE, 0x0160_3160),
];
const STORAGE: StorageRanges = &[(PIN0, DATE)];
const RESET_ESP32S3: ResetValues = &[
    (0x84, 0x5000_0000),
    (0x88, 0x4800_0000),
    (0x8c, 0x5000_0000),
    (0x90, 0x4800_0000),
    (0x94, 0x5000_0000),
    (0x98, 0x5000_0000),
    (0x9c, 0x4800_0000),
    (0xa0, 0x4000_0000),
    (0xa4, 0x4000_0000),
    (0xa8, 0x4000_0000),
    (0xac, 0x4000_0000),
    (0xb0, 0x4000_0000),
    (0xb4, 0x4000_0000),
    (0xb8, 0x4000_0000),
    (0xbc, 0x4000_0000),
    (0xc0, 0x4000_0000),
    (0xc4, 0x4000_0000),
    (0xc8, 0x4000_0000),
    (0xcc, 0x4000_0000),
    (0xd0, 0x5000_0000),
    (0xd4, 0x5000_0000),
    (0xd8, 0x5000_0000),
    (DATE_ESP32S3, 0x0210_1180),
];
const STORAGE_ESP32S3: StorageRanges = &[(PIN0, TOUCH_CTRL), (DATE_ESP32S3, DATE_ESP32S3)];
/// Pad bits start at bit 14 on the ESP32, at bit 10 on the ESP32-S3; all inputs are high.
const INPUTS_HIGH: u32 = 0xffff_c000;
const INPUTS_HIGH_ESP32S3: u32 = 0xffff_fc00;

/// The RTC IO block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtcIo {
    regs: RegisterFile,
    inputs: u32,
}

impl RtcIo {
    /// The block after an RTC reset. The ESP32-C3 has none: it gets the ESP32-S3's.
    pub fn new(model: Model) -> Self {
        let (reset, storage, inputs) = match model {
            Model::Esp32 => (RESET, STORAGE, INPUTS_HIGH),
            Model::Esp32C3 | Model::Esp32S3 => {
                (RESET_ESP32S3, STORAGE_ESP32S3, INPUTS_HIGH_ESP32S3)
            }
        };
        RtcIo {
            regs: RegisterFile::new("rtc_io", BLOCK_BYTES, reset, storage),
            inputs,
        }
    }

    /// The RTC domain is reset too.
    pub fn reset_rtc(&mut self) {
        self.regs.clear();
    }
}

impl Device for RtcIo {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            OUT | ENABLE | STATUS => RegRead::modelled(self.regs.get(offset)),
            OUT..=STATUS_W1TC => RegRead::modelled(0),
            IN => RegRead::modelled(self.inputs),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset > STATUS_W1TC {
            return self.regs.write_stored(offset, value);
        }
        // Registers come in threes: value, set, clear.
        let register = offset / 12 * 12;
        let old = self.regs.get(register);
        let new = match offset % 12 {
            0 => value,
            4 => old | value,
            _ => old & !value,
        };
        self.regs.set(register, new);
        RegWrite::stored()
    }

    /// A digital reset leaves the block as it is: it belongs to the RTC domain.
    fn reset(&mut self, _now: Ticks) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_set_and_cleared_and_survive_a_digital_reset() {
        let mut block = RtcIo::new(Model::Esp32);
        block.write(OUT + 4, 0xc000, 0);
        block.write(OUT + 8, 0x4000, 0);
        assert_eq!(block.read(OUT, 0), RegRead::modelled(0x8000));
        assert_eq!(block.read(0x94, 0), RegRead::modelled(0x5200_0000));
        block.reset(0);
        assert_eq!(block.read(OUT, 0).value, 0x8000);
        block.reset_rtc();
        assert_eq!(block.read(OUT, 0).value, 0);
    }

    #[test]
    fn the_esp32s3_has_more_pads() {
        let mut block = RtcIo::new(Model::Esp32S3);
        assert_eq!(block.read(IN, 0), RegRead::modelled(0xffff_fc00));
        assert_eq!(block.read(0xd8, 0), RegRead::modelled(0x5000_0000));
    }
}
