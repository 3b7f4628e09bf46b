//! System timer: two 52-bit counters of 16 MHz and three comparators with an interrupt each.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/systimer_reg.h`; how they are
//! used: `components/esp_hal_systimer/esp32c3/include/hal/systimer_ll.h`. A target that the counter has passed by less
//! than half of its range alarms at once (TRM, "System Timer", comparison).
//!
//! Interrupt lines: bits 0-2 `ETS_SYSTIMER_TARGET0_INTR_SOURCE` to `ETS_SYSTIMER_TARGET2_INTR_SOURCE` (ESP32-C3 37-39,
//! ESP32-S3 57-59).
//!
//! Counters do not stop with a stalled core. They count from the crystal, whatever the CPU's clock is.

use crate::emu::periph::bits::{Bits, with_high_word, with_low_word};
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};
use crate::emu::{TICKS_PER_SECOND, Ticks};

/// Ticks of one count: 16 MHz, the crystal divided by 2.5.
pub const TICKS_PER_COUNT: Ticks = TICKS_PER_SECOND / 16_000_000;

const BLOCK_BYTES: u32 = 0x1000;
const CONF: u32 = 0x00;
const UNIT0_OP: u32 = 0x04;
const UNIT1_OP: u32 = 0x08;
const UNIT0_LOAD_HI: u32 = 0x0c;
const UNIT1_LOAD_LO: u32 = 0x18;
const TARGET0_HI: u32 = 0x1c;
const TARGET2_LO: u32 = 0x30;
const TARGET0_CONF: u32 = 0x34;
const TARGET2_CONF: u32 = 0x3c;
const UNIT0_VALUE_HI: u32 = 0x40;
const UNIT1_VALUE_LO: u32 = 0x4c;
const COMP0_LOAD: u32 = 0x50;
const COMP2_LOAD: u32 = 0x58;
const UNIT0_LOAD: u32 = 0x5c;
const UNIT1_LOAD: u32 = 0x60;
const INT_ENA: u32 = 0x64;
const INT_RAW: u32 = 0x68;
const INT_CLR: u32 = 0x6c;
const INT_ST: u32 = 0x70;
/// The loaded targets, on the ESP32-S3 only.
const REAL_TARGET0_LO: u32 = 0x74;
const REAL_TARGET2_HI: u32 = 0x88;
const DATE: u32 = 0xfc;

const STORAGE: StorageRanges = &[(DATE, DATE)];

const UNIT_WORK_EN: [Bits; 2] = [Bits::bit(30), Bits::bit(29)];
const TARGET_WORK_EN: [Bits; 3] = [Bits::bit(24), Bits::bit(23), Bits::bit(22)];
const UNIT_UPDATE: Bits = Bits::bit(30);
const UNIT_VALUE_VALID: Bits = Bits::bit(29);
const TARGET_UNIT_SEL: Bits = Bits::bit(31);
const TARGET_PERIOD_MODE: Bits = Bits::bit(30);
const TARGET_PERIOD: Bits = Bits::new(0, 26);
const LOAD: Bits = Bits::bit(0);
const INT_MASK: u32 = 7;

const COUNT_MASK: u64 = (1 << 52) - 1;
/// Differences from here on are negative.
const HALF_RANGE: u64 = 1 << 51;

/// One counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Unit {
    running: bool,
    /// The count at `since`.
    base: u64,
    since: Ticks,
    latched: u64,
    valid: bool,
    load: u64,
}

impl Unit {
    fn count(&self, now: Ticks) -> u64 {
        if !self.running {
            return self.base;
        }
        let counted = now.saturating_sub(self.since) / TICKS_PER_COUNT;
        self.base.wrapping_add(counted) & COUNT_MASK
    }

    /// Starts or stops; a part of a count is dropped.
    fn run(&mut self, running: bool, now: Ticks) {
        if running != self.running {
            self.set(self.count(now), now);
            self.running = running;
        }
    }

    fn set(&mut self, count: u64, now: Ticks) {
        self.base = count & COUNT_MASK;
        self.since = now;
    }

    /// When the count is at `target` or just past it; nothing while it stands still.
    fn reaches(&self, target: u64) -> Option<Ticks> {
        if !self.running {
            return None;
        }
        let left = target.wrapping_sub(self.base) & COUNT_MASK;
        if left >= HALF_RANGE {
            return Some(self.since);
        }
        Some(self.since.saturating_add(left * TICKS_PER_COUNT))
    }
}

/// One comparator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Comparator {
    enabled: bool,
    /// An alarm is still to come.
    armed: bool,
    written: u64,
    /// The target that was loaded, or the next one of a period.
    target: u64,
    conf: u32,
}

impl Comparator {
    fn unit(&self) -> usize {
        TARGET_UNIT_SEL.get(self.conf) as usize
    }

    fn period(&self) -> Option<u64> {
        TARGET_PERIOD_MODE
            .is_set(self.conf)
            .then(|| u64::from(TARGET_PERIOD.get(self.conf)))
    }

    /// Takes the written target or period over, at this count of its unit.
    fn load(&mut self, count: u64) {
        self.target = match self.period() {
            Some(period) => count.wrapping_add(period),
            None => self.written,
        } & COUNT_MASK;
        self.armed = self.period() != Some(0);
    }

    fn deadline(&self, units: &[Unit; 2]) -> Option<Ticks> {
        if !self.enabled || !self.armed {
            return None;
        }
        units[self.unit()].reaches(self.target)
    }

    /// Whether the alarm goes off by `now`. A period goes on from the alarm; alarms that were missed are one.
    fn expire(&mut self, units: &[Unit; 2], now: Ticks) -> bool {
        if self.deadline(units).is_none_or(|at| at > now) {
            return false;
        }
        match self.period() {
            Some(period) if period != 0 => {
                let late = units[self.unit()].count(now).wrapping_sub(self.target) & COUNT_MASK;
                let periods = late / period + 1;
                self.target = self.target.wrapping_add(periods * period) & COUNT_MASK;
            }
            _ => self.armed = false,
        }
        true
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    /// The loaded targets can be read.
    pub real_targets: bool,
}

/// The system timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Systimer {
    layout: &'static Layout,
    regs: RegisterFile,
    units: [Unit; 2],
    comparators: [Comparator; 3],
    int_raw: u32,
    int_ena: u32,
}

impl Systimer {
    /// The timer after reset at `now`, with the first counter running.
    pub(crate) fn new(layout: &'static Layout, now: Ticks) -> Self {
        let mut timer = Systimer {
            layout,
            regs: RegisterFile::new("systimer", BLOCK_BYTES, layout.reset, STORAGE),
            units: [Unit::default(); 2],
            comparators: [Comparator::default(); 3],
            int_raw: 0,
            int_ena: 0,
        };
        timer.configure(timer.regs.get(CONF), now);
        timer
    }

    /// The count of a unit (0 or 1) at `now`, 52 bits.
    #[cfg(test)]
    pub fn count(&self, unit: usize, now: Ticks) -> u64 {
        self.units[unit & 1].count(now)
    }

    fn configure(&mut self, conf: u32, now: Ticks) {
        self.regs.set(CONF, conf);
        for (unit, bit) in self.units.iter_mut().zip(UNIT_WORK_EN) {
            unit.run(bit.is_set(conf), now);
        }
        for (comparator, bit) in self.comparators.iter_mut().zip(TARGET_WORK_EN) {
            comparator.enabled = bit.is_set(conf);
        }
    }

    fn write_target_conf(&mut self, index: usize, value: u32, now: Ticks) {
        let comparator = &mut self.comparators[index];
        let was_periodic = comparator.period().is_some();
        comparator.conf = value;
        // Entering the period mode starts a period; ESP-IDF does so after the load.
        if !was_periodic && comparator.period().is_some() {
            comparator.load(self.units[comparator.unit()].count(now));
        }
    }

    /// Word `word` of registers that come in pairs, high word first: which pair, and whether it is the high word.
    fn pair(offset: u32, first: u32) -> (usize, bool) {
        let word = (offset - first) / 4;
        ((word / 2) as usize, word.is_multiple_of(2))
    }

    fn read_pair(value: u64, high: bool) -> u32 {
        if high {
            (value >> 32) as u32
        } else {
            value as u32
        }
    }

    fn write_pair(value: &mut u64, high: bool, word: u32) {
        *value = if high {
            with_high_word(*value, word)
        } else {
            with_low_word(*value, word)
        } & COUNT_MASK;
    }
}

impl Device for Systimer {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            CONF => self.regs.get(CONF),
            UNIT0_OP | UNIT1_OP => {
                let unit = &self.units[((offset - UNIT0_OP) / 4) as usize];
                UNIT_VALUE_VALID.put(u32::from(unit.valid))
            }
            UNIT0_LOAD_HI..=UNIT1_LOAD_LO => {
                let (unit, high) = Systimer::pair(offset, UNIT0_LOAD_HI);
                Systimer::read_pair(self.units[unit].load, high)
            }
            TARGET0_HI..=TARGET2_LO => {
                let (index, high) = Systimer::pair(offset, TARGET0_HI);
                Systimer::read_pair(self.comparators[index].written, high)
            }
            TARGET0_CONF..=TARGET2_CONF => {
                self.comparators[((offset - TARGET0_CONF) / 4) as usize].conf
            }
            UNIT0_VALUE_HI..=UNIT1_VALUE_LO => {
                let (unit, high) = Systimer::pair(offset, UNIT0_VALUE_HI);
                Systimer::read_pair(self.units[unit].latched, high)
            }
            COMP0_LOAD..=UNIT1_LOAD | INT_CLR => 0,
            INT_ENA => self.int_ena,
            INT_RAW => self.int_raw,
            INT_ST => self.int_raw & self.int_ena,
            REAL_TARGET0_LO..=REAL_TARGET2_HI if self.layout.real_targets => {
                let (index, low) = Systimer::pair(offset, REAL_TARGET0_LO);
                Systimer::read_pair(self.comparators[index].target, !low)
            }
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        match offset {
            CONF => self.configure(value, now),
            UNIT0_OP | UNIT1_OP => {
                let unit = &mut self.units[((offset - UNIT0_OP) / 4) as usize];
                if UNIT_UPDATE.is_set(value) {
                    unit.latched = unit.count(now);
                    unit.valid = true;
                }
                // Programs that wait read the time again and again: nothing that a core would notice.
                return RegWrite::modelled(Effect::None);
            }
            UNIT0_LOAD_HI..=UNIT1_LOAD_LO => {
                let (unit, high) = Systimer::pair(offset, UNIT0_LOAD_HI);
                Systimer::write_pair(&mut self.units[unit].load, high, value);
            }
            TARGET0_HI..=TARGET2_LO => {
                let (index, high) = Systimer::pair(offset, TARGET0_HI);
                Systimer::write_pair(&mut self.comparators[index].written, high, value);
            }
            TARGET0_CONF..=TARGET2_CONF => {
                self.write_target_conf(((offset - TARGET0_CONF) / 4) as usize, value, now);
            }
            COMP0_LOAD..=COMP2_LOAD if LOAD.is_set(value) => {
                let comparator = &mut self.comparators[((offset - COMP0_LOAD) / 4) as usize];
                comparator.load(self.units[comparator.unit()].count(now));
            }
            UNIT0_LOAD | UNIT1_LOAD if LOAD.is_set(value) => {
                let unit = &mut self.units[((offset - UNIT0_LOAD) / 4) as usize];
                unit.set(unit.load, now);
            }
            INT_ENA => self.int_ena = value & INT_MASK,
            INT_CLR => self.int_raw &= !value,
            COMP0_LOAD..=UNIT1_LOAD | UNIT0_VALUE_HI..=UNIT1_VALUE_LO | INT_RAW | INT_ST => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        self.comparators
            .iter()
            .filter_map(|comparator| comparator.deadline(&self.units))
            .min()
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        let mut effect = Effect::None;
        for (index, comparator) in self.comparators.iter_mut().enumerate() {
            if comparator.expire(&self.units, now) {
                self.int_raw |= 1 << index;
                effect = Effect::Interrupts;
            }
        }
        effect
    }

    fn interrupts(&self) -> u32 {
        self.int_raw & self.int_ena
    }

    fn reset(&mut self, now: Ticks) {
        *self = Systimer::new(self.layout, now);
    }
}

#[cfg(test)]
#[path = "systimer_tests.rs"]
mod tests;
