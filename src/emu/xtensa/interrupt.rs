//! Interrupts of the ESP32's Xtensa cores: 32 lines of fixed level and kind.

use super::core::{Core, PS_EXCM, PS_INTLEVEL, PS_UM, PS_WOE};
use super::exception::{Cause, Vector};

// Source of the tables: ESP-IDF components/xtensa/esp32/include/xtensa/config/core-isa.h.

/// Interrupts of level 1 to 7 (XCHAL_INTLEVELn_MASK).
const LEVEL_MASKS: [u32; 8] = [
    0, 0x000637ff, 0x00380000, 0x28c08800, 0x53000000, 0x84010000, 0, 0x00004000,
];
/// Latched on a rising edge.
const EDGE: u32 = 1 << 10 | 1 << 22 | 1 << 28 | 1 << 30;
/// Set and cleared by software.
const SOFTWARE: u32 = 1 << 7 | 1 << 29;
/// CCOMPARE0, 1, 2.
const TIMERS: [u32; 3] = [1 << 6, 1 << 15, 1 << 16];
/// Profiling: not an external line.
const PROFILING: u32 = 1 << 11;
/// The lines of the SoC's interrupt matrix; the NMI counts as one of them here.
const EXTERNAL: u32 = !(SOFTWARE | TIMERS[0] | TIMERS[1] | TIMERS[2] | PROFILING);
/// Highest level that PS.EXCM masks (XCHAL_EXCM_LEVEL).
const EXCM_LEVEL: u32 = 3;
/// Level of debug exceptions (XCHAL_DEBUGLEVEL).
pub(super) const DEBUG_LEVEL: u32 = 6;

/// Pending and enabled interrupts.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupts {
    /// INTENABLE.
    pub enable: u32,
    /// Latched: edge, software and timer interrupts.
    latched: u32,
    /// Levels of the external lines.
    lines: u32,
}

impl Interrupts {
    /// INTERRUPT.
    pub fn pending(&self) -> u32 {
        self.latched | self.lines & EXTERNAL & !EDGE
    }

    /// INTSET.
    pub fn set(&mut self, bits: u32) {
        self.latched |= bits & SOFTWARE;
    }

    /// INTCLEAR.
    pub fn clear(&mut self, bits: u32) {
        self.latched &= !(bits & (SOFTWARE | EDGE));
    }

    fn set_lines(&mut self, lines: u32) {
        self.latched |= lines & !self.lines & EDGE;
        self.lines = lines;
    }

    /// CCOMPARE`n` matched.
    pub fn timer_fired(&mut self, n: usize) {
        self.latched |= TIMERS[n];
    }

    /// CCOMPARE`n` was written.
    pub fn timer_acknowledged(&mut self, n: usize) {
        self.latched &= !TIMERS[n];
    }
}

impl Core {
    /// Sets the levels of the external interrupt lines, bit by interrupt number.
    pub(crate) fn set_interrupt_lines(&mut self, lines: u32) {
        self.interrupts.set_lines(lines);
    }

    /// True if an enabled interrupt is pending, masked by PS or not.
    pub(crate) fn interrupt_pending(&self) -> bool {
        self.interrupts.pending() & self.interrupts.enable != 0
    }

    /// The level of the interrupt that would be taken now.
    /// True if no interrupt can be taken now, as in a panic handler that has halted: the levels that software uses are
    /// masked, or none is enabled.
    pub(crate) fn interrupts_masked(&self) -> bool {
        let level = match self.ps & PS_EXCM {
            0 => self.ps & PS_INTLEVEL,
            _ => (self.ps & PS_INTLEVEL).max(EXCM_LEVEL),
        };
        level >= EXCM_LEVEL || self.interrupts.enable == 0
    }

    pub(super) fn takable_interrupt(&self) -> Option<u32> {
        let pending = self.interrupts.pending() & (self.interrupts.enable | LEVEL_MASKS[7]);
        if pending == 0 {
            return None;
        }
        let mut level = self.ps & PS_INTLEVEL;
        if self.ps & PS_EXCM != 0 {
            level = level.max(EXCM_LEVEL);
        }
        // The NMI (level 7) is taken unless the handler of one runs.
        (level + 1..=7)
            .rev()
            .find(|&candidate| pending & LEVEL_MASKS[candidate as usize] != 0)
    }

    /// Takes the highest interrupt that is not masked, if there is one.
    pub(super) fn take_interrupt(&mut self) -> bool {
        let Some(level) = self.takable_interrupt() else {
            return false;
        };
        self.waiting = false;
        if level == 1 {
            self.raise(Cause::Level1Interrupt, None);
            return true;
        }
        let index = level as usize;
        self.epc[index] = self.pc;
        self.eps[index] = self.ps;
        self.ps = self.ps & !PS_INTLEVEL | level | PS_EXCM;
        self.update_window_limit();
        self.pc = self.vector(Vector::Level(level));
        true
    }

    /// Cycles until the next CCOMPARE match, at least 1.
    pub(crate) fn cycles_to_timer(&self, now: u64) -> u64 {
        let ccount = self.ccount_at(now);
        let distance = |compare: u32| match compare.wrapping_sub(ccount) {
            0 => 1 << 32,
            distance => u64::from(distance),
        };
        self.ccompare
            .iter()
            .map(|&compare| distance(compare))
            .min()
            .unwrap_or(u64::MAX)
    }

    /// True if a timer interrupt is enabled.
    pub(crate) fn wakes_by_timer(&self) -> bool {
        self.interrupts.enable & (TIMERS[0] | TIMERS[1] | TIMERS[2]) != 0
    }

    /// Latches the timers that match at a cycle count in `from + 1..=to` (cycles since power-on).
    pub(crate) fn fire_timers(&mut self, from: u64, to: u64) {
        let ccount = self.ccount_at(from);
        for n in 0..3 {
            let distance = match u64::from(self.ccompare[n].wrapping_sub(ccount)) {
                0 => 1 << 32,
                distance => distance,
            };
            if distance <= to - from {
                self.interrupts.timer_fired(n);
            }
        }
    }

    /// The vectors that need PS.UM and PS.WOE are told apart in [`Core::raise`].
    pub(super) fn user_mode(&self) -> bool {
        self.ps & PS_UM != 0
    }

    pub(super) fn windows_checked(&self) -> bool {
        self.ps & (PS_WOE | PS_EXCM) == PS_WOE
    }
}
