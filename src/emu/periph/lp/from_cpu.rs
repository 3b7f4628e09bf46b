//! INTPRI: the interrupts that software raises by itself. The controller that the block has besides is not in use: that
//! of the core is (`plic`).
//!
//! Registers: ESP-IDF `components/soc/esp32c6/register/soc/intpri_reg.h`.
//!
//! Interrupt lines: bits 0-3 `ETS_FROM_CPU_INTR0_SOURCE` to `ETS_FROM_CPU_INTR3_SOURCE`.

use crate::emu::Ticks;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
/// Interrupts that software can raise.
const COUNT: u32 = 4;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `INTPRI_CPU_INTR_FROM_CPU_0_REG`; the others follow.
    pub first: u32,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FromCpu {
    layout: &'static Layout,
    regs: RegisterFile,
    raised: u32,
}

impl FromCpu {
    /// The block after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        FromCpu {
            layout,
            regs: RegisterFile::new("intpri", BLOCK_BYTES, layout.reset, layout.storage),
            raised: 0,
        }
    }

    fn number(&self, offset: u32) -> Option<u32> {
        let number = offset.checked_sub(self.layout.first)? / 4;
        (number < COUNT).then_some(number)
    }
}

impl Device for FromCpu {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match self.number(offset) {
            Some(number) => RegRead::modelled(self.raised >> number & 1),
            None => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let Some(number) = self.number(offset) else {
            return self.regs.write_stored(offset, value);
        };
        self.raised = self.raised & !(1 << number) | (value & 1) << number;
        RegWrite::modelled(Effect::Interrupts)
    }

    fn interrupts(&self) -> u32 {
        self.raised
    }

    fn reset(&mut self, _now: Ticks) {
        *self = FromCpu::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        first: 0x90,
        reset: &[],
        storage: &[],
    };

    #[test]
    fn software_raises_and_takes_back_each() {
        let mut block = FromCpu::new(&LAYOUT);
        assert_eq!(block.write(0x94, 1, 0).effect, Effect::Interrupts);
        block.write(0x9c, 1, 0);
        assert_eq!(block.interrupts(), 0b1010);
        assert_eq!(block.read(0x94, 0), RegRead::modelled(1));
        block.write(0x94, 0, 0);
        assert_eq!(block.interrupts(), 0b1000);
        assert!(!block.write(0xa0, 1, 0).modelled);
        block.reset(0);
        assert_eq!(block.interrupts(), 0);
    }
}
