//! RTC IO: the pads of the RTC domain.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32,esp32s3}/register/soc/rtc_io_reg.h`. Outputs, enables and interrupt
//! status have set and clear registers; the rest holds its values. The block has no interrupt lines.

use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x400;
const OUT: u32 = 0x00;
const ENABLE: u32 = 0x0c;
const STATUS: u32 = 0x18;
const STATUS_W1TC: u32 = 0x20;
const IN: u32 = 0x24;
/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    /// The input register with all inputs high, as nothing drives them.
    pub inputs_high: u32,
}

/// The RTC IO block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtcIo {
    regs: RegisterFile,
    inputs: u32,
}

impl RtcIo {
    /// The block after an RTC reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        RtcIo {
            regs: RegisterFile::new("rtc_io", BLOCK_BYTES, layout.reset, layout.storage),
            inputs: layout.inputs_high,
        }
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

    fn reset_rtc(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32, esp32s3};

    #[test]
    fn outputs_are_set_and_cleared_and_survive_a_digital_reset() {
        let mut block = RtcIo::new(&esp32::pads::RTC_IO);
        block.write(OUT + 4, 0xc000, 0);
        block.write(OUT + 8, 0x4000, 0);
        assert_eq!(block.read(OUT, 0), RegRead::modelled(0x8000));
        assert_eq!(block.read(0x94, 0), RegRead::modelled(0x5200_0000));
        block.reset(0);
        assert_eq!(block.read(OUT, 0).value, 0x8000);
        block.reset_rtc(0);
        assert_eq!(block.read(OUT, 0).value, 0);
    }

    #[test]
    fn the_esp32s3_has_more_pads() {
        let mut block = RtcIo::new(&esp32s3::pads::RTC_IO);
        assert_eq!(block.read(IN, 0), RegRead::modelled(0xffff_fc00));
        assert_eq!(block.read(0xd8, 0), RegRead::modelled(0x5000_0000));
    }
}
