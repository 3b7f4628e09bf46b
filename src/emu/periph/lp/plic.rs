//! The interrupt controller of the core, for machine mode: which of the matrix's lines interrupts it.
//!
//! Registers: ESP-IDF `components/soc/esp32c6/register/soc/plic_reg.h`; use: `components/riscv/interrupt_plic.c`, and the
//! mask ROM's `_interrupt_handler`, which raises the threshold above the interrupt that it serves. Among enabled interrupts
//! at or above the threshold the highest priority wins, and the lowest number among equals; an edge interrupt stays pending
//! until it is cleared: as on the ESP32-C3 (its TRM, "Interrupt Controller"; inferred for this one). Claims are not
//! modelled: nothing in ESP-IDF makes one. The block has no interrupt lines of its own.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const ENABLE: u32 = 0x00;
const TYPE: u32 = 0x04;
const CLEAR: u32 = 0x08;
const EMIP_STATUS: u32 = 0x0c;
const PRI_0: u32 = 0x10;
const PRI_31: u32 = 0x8c;
const THRESH: u32 = 0x90;
const PRIORITY: Bits = Bits::new(0, 4);
const THRESHOLD: Bits = Bits::new(0, 8);

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plic {
    layout: &'static Layout,
    regs: RegisterFile,
    enable: u32,
    /// Edge interrupts; the others are level interrupts.
    edge: u32,
    clear: u32,
    priorities: [u32; 32],
    threshold: u32,
    lines: u32,
    /// Edge interrupts that were seen and not cleared.
    caught: u32,
}

impl Plic {
    /// The controller after reset: nothing is enabled.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Plic {
            layout,
            regs: RegisterFile::new("plic", BLOCK_BYTES, layout.reset, layout.storage),
            enable: 0,
            edge: 0,
            clear: 0,
            priorities: [0; 32],
            threshold: 0,
            lines: 0,
            caught: 0,
        }
    }

    /// Takes the levels of the matrix's lines.
    pub(crate) fn set_lines(&mut self, lines: u32) {
        self.caught |= lines & !self.lines & self.edge;
        self.lines = lines;
    }

    fn pending(&self) -> u32 {
        self.lines & !self.edge | self.caught & self.edge
    }

    /// The interrupt that the core gets, as a bit; zero if none.
    pub(crate) fn winner(&self) -> u32 {
        let waiting = self.pending() & self.enable;
        let candidates = (0..32u32).filter(|&number| {
            waiting >> number & 1 != 0 && self.priorities[number as usize] >= self.threshold
        });
        // The last of the greatest in falling order: the lowest number.
        let winner = candidates
            .rev()
            .max_by_key(|&number| self.priorities[number as usize]);
        winner.map_or(0, |number| 1 << number)
    }
}

impl Device for Plic {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            ENABLE => self.enable,
            TYPE => self.edge,
            CLEAR => self.clear,
            EMIP_STATUS => self.pending(),
            PRI_0..=PRI_31 => self.priorities[((offset - PRI_0) / 4) as usize],
            THRESH => self.threshold,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            ENABLE => self.enable = value,
            TYPE => self.edge = value,
            CLEAR => {
                self.clear = value;
                self.caught &= !value;
            }
            EMIP_STATUS => {}
            PRI_0..=PRI_31 => {
                self.priorities[((offset - PRI_0) / 4) as usize] = PRIORITY.get(value);
            }
            THRESH => self.threshold = THRESHOLD.get(value),
            _ => return self.regs.write_stored(offset, value),
        }
        // The core's line may change with any of them.
        RegWrite::modelled(Effect::InterruptsRouted)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Plic::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[],
        storage: &[(0x3fc, 0x3fc)],
    };

    fn controller(priorities: &[(u32, u32)]) -> Plic {
        let mut plic = Plic::new(&LAYOUT);
        for &(number, priority) in priorities {
            plic.write(PRI_0 + 4 * number, priority, 0);
        }
        plic.write(ENABLE, !0, 0);
        plic
    }

    #[test]
    fn the_highest_priority_wins_and_the_lowest_number_among_equals() {
        let mut plic = controller(&[(3, 2), (5, 7), (9, 7)]);
        plic.set_lines(1 << 3 | 1 << 5 | 1 << 9);
        assert_eq!(plic.winner(), 1 << 5);
        plic.set_lines(1 << 3 | 1 << 9);
        assert_eq!(plic.winner(), 1 << 9);
        plic.write(ENABLE, 1 << 3, 0);
        assert_eq!(plic.winner(), 1 << 3);
        plic.write(THRESH, 3, 0);
        assert_eq!(plic.winner(), 0);
    }

    #[test]
    fn an_edge_stays_until_it_is_cleared() {
        let mut plic = controller(&[(4, 1)]);
        plic.write(TYPE, 1 << 4, 0);
        plic.set_lines(1 << 4);
        plic.set_lines(0);
        assert_eq!(plic.winner(), 1 << 4);
        assert_eq!(plic.read(EMIP_STATUS, 0), RegRead::modelled(1 << 4));
        plic.write(CLEAR, 1 << 4, 0);
        assert_eq!(plic.winner(), 0);
    }
}
