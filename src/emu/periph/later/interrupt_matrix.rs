//! Interrupt matrix: which interrupt of which core a source drives, and the interrupt controller of the RISC-V core.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/interrupt_core0_reg.h` and
//! `interrupt_core1_reg.h`; sources: `components/soc/{esp32c3,esp32s3}/include/soc/interrupts.h`. Priorities, threshold
//! and types of the ESP32-C3's controller: ESP32-C3 TRM, "Interrupt Controller": among enabled interrupts at or above the
//! threshold, the highest priority wins, and the lowest number among equals; an edge interrupt stays pending until it is
//! cleared. Interrupt 0 does not exist there: sources rest on it after reset. On the Xtensa cores of the ESP32-S3
//! sources rest on interrupt 16, which is an internal one.
//!
//! The block has no interrupt lines of its own. Registers of the two cores of the ESP32-S3 lie 0x800 apart.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// Most sources that a chip has.
pub const MAX_SOURCES: usize = 99;
/// 32-bit words that hold a bit for every source.
pub const SOURCE_WORDS: usize = MAX_SOURCES.div_ceil(32);

const BLOCK_BYTES: u32 = 0x1000;
const CORE_BYTES: u32 = 0x800;
const INTERRUPT_NUMBER: Bits = Bits::new(0, 5);

// The controller's registers, on the ESP32-C3.
const CPU_INT_ENABLE: u32 = 0x104;
const CPU_INT_TYPE: u32 = 0x108;
const CPU_INT_CLEAR: u32 = 0x10c;
const CPU_INT_EIP_STATUS: u32 = 0x110;
const CPU_INT_PRI_0: u32 = 0x114;
const CPU_INT_PRI_31: u32 = 0x190;
const CPU_INT_THRESH: u32 = 0x194;
const PRIORITY: Bits = Bits::new(0, 4);

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub sources: usize,
    pub cores: usize,
    /// The interrupt that sources rest on after reset.
    pub rest: u8,
    /// First of the status registers, which follow the sources' registers.
    pub status: u32,
    pub controller: bool,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// A register of one core.
enum Register {
    Map(usize),
    Status(usize),
}

impl Layout {
    fn register(&self, offset: u32) -> Option<(usize, Register)> {
        let core = (offset / CORE_BYTES) as usize;
        if core >= self.cores {
            return None;
        }
        let offset = offset % CORE_BYTES;
        let source = (offset / 4) as usize;
        if source < self.sources {
            return Some((core, Register::Map(source)));
        }
        let word = (offset.checked_sub(self.status)? / 4) as usize;
        (word < self.sources.div_ceil(32)).then_some((core, Register::Status(word)))
    }
}

/// The interrupt controller of the RISC-V core.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Controller {
    enable: u32,
    /// Edge interrupts; the others are level interrupts.
    edge: u32,
    clear: u32,
    priorities: [u8; 32],
    threshold: u8,
    lines: u32,
    /// Edge interrupts that were seen and not cleared.
    caught: u32,
}

impl Controller {
    const fn new() -> Self {
        Controller {
            enable: 0,
            edge: 0,
            clear: 0,
            priorities: [0; 32],
            threshold: 0,
            lines: 0,
            caught: 0,
        }
    }

    fn set_lines(&mut self, lines: u32) {
        self.caught |= lines & !self.lines & self.edge;
        self.lines = lines;
    }

    /// Enabled interrupts at or above the threshold that are there.
    fn pending(&self) -> u32 {
        let there = self.lines & !self.edge | self.caught & self.edge;
        let mut left = there & self.enable & !1;
        let mut pending = 0;
        while left != 0 {
            let number = left.trailing_zeros();
            left &= left - 1;
            if self.priorities[number as usize] >= self.threshold {
                pending |= 1 << number;
            }
        }
        pending
    }

    fn winner(&self) -> u32 {
        let mut left = self.pending();
        let mut best: Option<(u8, u32)> = None;
        while left != 0 {
            let number = left.trailing_zeros();
            left &= left - 1;
            let priority = self.priorities[number as usize];
            if best.is_none_or(|(highest, _)| priority > highest) {
                best = Some((priority, number));
            }
        }
        best.map_or(0, |(_, number)| 1 << number)
    }

    fn read(&self, offset: u32) -> Option<u32> {
        Some(match offset {
            CPU_INT_ENABLE => self.enable,
            CPU_INT_TYPE => self.edge,
            CPU_INT_CLEAR => self.clear,
            CPU_INT_EIP_STATUS => self.pending(),
            CPU_INT_PRI_0..=CPU_INT_PRI_31 => {
                u32::from(self.priorities[((offset - CPU_INT_PRI_0) / 4) as usize])
            }
            CPU_INT_THRESH => u32::from(self.threshold),
            _ => return None,
        })
    }

    /// Writes a register; false if it is none of the controller's.
    fn write(&mut self, offset: u32, value: u32) -> bool {
        match offset {
            CPU_INT_ENABLE => self.enable = value,
            CPU_INT_TYPE => self.edge = value,
            CPU_INT_CLEAR => {
                self.clear = value;
                self.caught &= !value;
            }
            CPU_INT_EIP_STATUS => {}
            CPU_INT_PRI_0..=CPU_INT_PRI_31 => {
                self.priorities[((offset - CPU_INT_PRI_0) / 4) as usize] =
                    PRIORITY.get(value) as u8;
            }
            CPU_INT_THRESH => self.threshold = PRIORITY.get(value) as u8,
            _ => return false,
        }
        true
    }
}

/// The interrupt matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterruptMatrix {
    layout: &'static Layout,
    regs: RegisterFile,
    maps: [[u8; MAX_SOURCES]; 2],
    levels: [u32; SOURCE_WORDS],
    controller: Option<Controller>,
}

impl InterruptMatrix {
    /// The matrix after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        InterruptMatrix {
            layout,
            regs: RegisterFile::new(
                "interrupt_matrix",
                BLOCK_BYTES,
                layout.reset,
                layout.storage,
            ),
            maps: [[layout.rest; MAX_SOURCES]; 2],
            levels: [0; SOURCE_WORDS],
            controller: layout.controller.then(Controller::new),
        }
    }

    /// The core's interrupt number (0-31) that `source` drives; for an unknown source the one that sources rest on.
    #[cfg(test)]
    pub fn int_map(&self, core: usize, source: usize) -> u8 {
        match self.maps[core & 1].get(source) {
            Some(&number) if source < self.layout.sources => number,
            _ => self.layout.rest,
        }
    }

    /// Sets the levels of all sources, bit by source. To be called whenever one may have changed: edges are caught here.
    pub fn set_source_levels(&mut self, levels: [u32; SOURCE_WORDS]) {
        self.levels = levels;
        self.update_lines();
    }

    /// Levels of the interrupts (bit by number) of `core`, each the OR of its sources; before any masking.
    pub fn lines(&self, core: usize) -> u32 {
        let map = &self.maps[core & 1];
        let mut lines = 0;
        for (word, &levels) in self.levels.iter().enumerate() {
            let mut left = levels;
            while left != 0 {
                let source = word * 32 + left.trailing_zeros() as usize;
                left &= left - 1;
                if let Some(&number) = map.get(source) {
                    lines |= 1 << number;
                }
            }
        }
        lines
    }

    /// The interrupt (one bit, by number) that the ESP32-C3's controller hands to its core now; 0 for none, and always on
    /// chips without the controller.
    pub fn winner(&self) -> u32 {
        self.controller.as_ref().map_or(0, Controller::winner)
    }

    fn update_lines(&mut self) {
        let lines = self.lines(0);
        if let Some(controller) = &mut self.controller {
            controller.set_lines(lines);
        }
    }
}

impl Device for InterruptMatrix {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match self.layout.register(offset) {
            Some((core, Register::Map(source))) => {
                return RegRead::modelled(u32::from(self.maps[core][source]));
            }
            Some((_, Register::Status(word))) => return RegRead::modelled(self.levels[word]),
            None => {}
        }
        match self.controller.as_ref().and_then(|it| it.read(offset)) {
            Some(value) => RegRead::modelled(value),
            None => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match self.layout.register(offset) {
            Some((core, Register::Map(source))) => {
                self.maps[core][source] = INTERRUPT_NUMBER.get(value) as u8;
                self.update_lines();
                return RegWrite::modelled(Effect::InterruptsRouted);
            }
            Some((_, Register::Status(_))) => return RegWrite::stored(),
            None => {}
        }
        let taken = self
            .controller
            .as_mut()
            .is_some_and(|controller| controller.write(offset, value));
        if taken {
            RegWrite::modelled(Effect::InterruptsRouted)
        } else {
            self.regs.write_stored(offset, value)
        }
    }

    /// The sources' levels stay: their devices set them.
    fn reset(&mut self, _now: Ticks) {
        let levels = self.levels;
        *self = InterruptMatrix::new(self.layout);
        self.set_source_levels(levels);
    }
}

#[cfg(test)]
#[path = "interrupt_matrix_tests.rs"]
mod tests;
