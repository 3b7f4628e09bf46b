//! Performance counters of the ESP32-C3: one for machine mode, one for user mode.
//!
//! Source: ESP32-C3 technical reference manual, chapter "ESP-RISC-V CPU", registers mpcer, mpcmr and mpccr.

/// mpcer: count cycles.
const CYCLE: u32 = 1 << 0;
/// mpcer: count instructions.
const INSTRUCTION: u32 = 1 << 1;
/// mpcer: the events that exist; the others are hazards, jumps, branches, loads, stores and idle cycles.
const EVENTS: u32 = 0x7ff;
/// mpcmr: count at all.
const ENABLE: u32 = 1 << 0;
/// mpcmr: stop at the highest value instead of starting over at zero.
const SATURATE: u32 = 1 << 1;

/// A performance counter.
///
/// An instruction takes one cycle here, so that the counts of cycles and of instructions are the same. Where several
/// events are chosen, the counter goes up by one whatever number of them happen in a cycle: with cycles among them,
/// the others make no difference.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    events: u32,
    control: u32,
    /// The count at `since`.
    count: u32,
    /// Cycles since power-on.
    since: u64,
}

impl Counter {
    /// A counter after reset at `cycles` since power-on: it counts cycles.
    ///
    /// Inferred: ESP-IDF reads the cycles of machine mode (`rv_utils_get_cycle_count` in
    /// `components/riscv/include/riscv/rv_utils.h`) without ever choosing events or enabling the counter.
    pub fn new(cycles: u64) -> Self {
        Counter {
            events: CYCLE,
            control: ENABLE,
            count: 0,
            since: cycles,
        }
    }

    pub fn events(&self) -> u32 {
        self.events
    }

    /// Chooses events at `cycles`. False if they cannot be counted here.
    pub fn set_events(&mut self, events: u32, cycles: u64) -> bool {
        let events = events & EVENTS;
        if events != 0 && events & (CYCLE | INSTRUCTION) == 0 {
            return false;
        }
        self.set_count(self.count(cycles), cycles);
        self.events = events;
        true
    }

    pub fn control(&self) -> u32 {
        self.control
    }

    pub fn set_control(&mut self, control: u32, cycles: u64) {
        self.set_count(self.count(cycles), cycles);
        self.control = control & (ENABLE | SATURATE);
    }

    /// The count at `cycles` since power-on.
    pub fn count(&self, cycles: u64) -> u32 {
        if self.control & ENABLE == 0 || self.events == 0 {
            return self.count;
        }
        let count = u64::from(self.count) + cycles.saturating_sub(self.since);
        if self.control & SATURATE != 0 {
            u32::try_from(count).unwrap_or(u32::MAX)
        } else {
            count as u32
        }
    }

    pub fn set_count(&mut self, count: u32, cycles: u64) {
        self.count = count;
        self.since = cycles;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_while_enabled_and_saturates_if_told() {
        let mut counter = Counter::new(100);
        assert_eq!(counter.count(150), 50);
        counter.set_control(0, 160);
        assert_eq!(counter.count(1000), 60);
        counter.set_control(ENABLE, 1000);
        counter.set_count(u32::MAX - 1, 1000);
        assert_eq!(counter.count(1003), 1);
        counter.set_control(ENABLE | SATURATE, 1000);
        assert_eq!(counter.count(1003), u32::MAX);
    }

    #[test]
    fn other_events_alone_are_a_gap() {
        let mut counter = Counter::new(0);
        assert!(!counter.set_events(1 << 5, 10));
        assert!(counter.set_events(1 << 5 | CYCLE, 10));
        assert!(counter.set_events(0, 20));
        assert_eq!(counter.count(500), 20);
    }
}
