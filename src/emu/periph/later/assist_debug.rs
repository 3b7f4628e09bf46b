//! Debug assistance of the ESP32-C3 and the ESP32-S3: where a core was at its last reset.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/assist_debug_reg.h`. The mask ROM
//! of the ESP32-C3 prints the recorded address as `Saved PC:` unless it is zero, and then starts the recorder
//! (`boot_prepare`). Bus and stack monitors only hold their settings and never trip, so the block has no interrupt lines.
//!
//! Recorded values outlive a digital reset: Observed on ESP32-C3 boards, `rst:0x7 (TG0WDT_SYS_RST)` with a `Saved PC:`
//! (esp-idf issue 12110). Inferred: a reset of the RTC domain clears them.

use crate::emu::Ticks;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;

/// The recorder of one core.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recorder {
    /// Register whose bit 0 makes it record.
    pub enable: u32,
    pub pc: u32,
    pub sp: u32,
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub recorders: &'static [Recorder],
}

/// The debug assistance block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistDebug {
    layout: &'static Layout,
    regs: RegisterFile,
    /// Program counter and stack pointer by core.
    recorded: [[u32; 2]; 2],
}

impl AssistDebug {
    /// The block after power-on.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        AssistDebug {
            layout,
            regs: RegisterFile::new("assist_debug", BLOCK_BYTES, layout.reset, layout.storage),
            recorded: [[0; 2]; 2],
        }
    }

    /// `core` is about to be reset at this program counter and stack pointer: they are kept if its recorder runs.
    pub fn record(&mut self, core: usize, pc: u32, sp: u32) {
        let Some(recorder) = self.layout.recorders.get(core) else {
            return;
        };
        if self.regs.get(recorder.enable) & 1 != 0 {
            self.recorded[core & 1] = [pc, sp];
        }
    }

    fn recorded(&self, offset: u32) -> Option<u32> {
        self.layout
            .recorders
            .iter()
            .zip(&self.recorded)
            .find_map(|(recorder, &[pc, sp])| match offset {
                _ if offset == recorder.pc => Some(pc),
                _ if offset == recorder.sp => Some(sp),
                _ => None,
            })
    }
}

impl Device for AssistDebug {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match self.recorded(offset) {
            Some(value) => RegRead::modelled(value),
            None => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match self.recorded(offset) {
            Some(_) => RegWrite::stored(),
            None => self.regs.write_stored(offset, value),
        }
    }

    /// Recorded values stay.
    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }

    fn reset_rtc(&mut self, _now: Ticks) {
        self.regs.clear();
        self.recorded = [[0; 2]; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32c3, esp32s3};

    #[test]
    fn the_place_of_a_reset_is_kept_while_the_recorder_runs() {
        let mut c3 = AssistDebug::new(&esp32c3::system::ASSIST_DEBUG);
        c3.record(0, 0x4004_d1f8, 0x3fcd_0000);
        assert_eq!(c3.read(0x48, 0), RegRead::modelled(0));
        c3.write(0x44, 3, 0);
        c3.record(0, 0x4004_d1f8, 0x3fcd_0000);
        c3.reset(0);
        assert_eq!(c3.read(0x48, 0), RegRead::modelled(0x4004_d1f8));
        assert_eq!(c3.read(0x4c, 0).value, 0x3fcd_0000);
        // The recorder starts stopped again, and there is no second core.
        c3.record(0, 1, 1);
        c3.record(1, 1, 1);
        assert_eq!(c3.read(0x48, 0).value, 0x4004_d1f8);
        c3.reset_rtc(0);
        assert_eq!(c3.read(0x48, 0).value, 0);
    }

    #[test]
    fn the_esp32s3_records_both_cores() {
        let mut s3 = AssistDebug::new(&esp32s3::system::ASSIST_DEBUG);
        s3.write(0xdc, 1, 0);
        s3.record(0, 2, 3);
        s3.record(1, 4, 5);
        assert_eq!(s3.read(0x5c, 0).value, 0);
        assert_eq!((s3.read(0xec, 0).value, s3.read(0xfc, 0).value), (4, 5));
        assert_eq!(s3.read(0x128, 0), RegRead::modelled(0x40));
    }
}
