//! The stage counter that the RTC watchdog and the timer groups' watchdogs have in common.

use crate::emu::Ticks;

/// Number of stages.
pub const STAGES: usize = 4;

/// Key that opens the watchdog registers for writing (`RTC_CNTL_WDT_WKEY_VALUE`, `TIMG_WDT_WKEY_VALUE`: ESP-IDF
/// `components/esp_hal_wdt/esp32/include/hal/{rwdt_ll,mwdt_ll}.h`). It is in the key register after reset.
pub const WRITE_KEY: u32 = 0x50d8_3aa1;

/// Stages that run out one after another until they are fed.
///
/// A time-out of zero counts as one unit, so that time always moves on from expiry to expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCounter {
    running: bool,
    stage: usize,
    /// Counted units of the present stage at `since`.
    counted: u64,
    since: Ticks,
    unit: Ticks,
    timeouts: [u32; STAGES],
    /// Whether a stage does something when it runs out.
    active: [bool; STAGES],
}

impl StageCounter {
    /// A stopped counter.
    pub fn stopped() -> Self {
        StageCounter {
            running: false,
            stage: 0,
            counted: 0,
            since: 0,
            unit: 1,
            timeouts: [0; STAGES],
            active: [false; STAGES],
        }
    }

    /// Takes over new settings at `now`: `unit` in ticks, `timeouts` in units. A start begins with the first stage.
    pub fn configure(
        &mut self,
        running: bool,
        unit: Ticks,
        timeouts: [u32; STAGES],
        active: [bool; STAGES],
        now: Ticks,
    ) {
        if running && !self.running {
            self.stage = 0;
            self.counted = 0;
        } else {
            self.counted = self.count(now);
        }
        self.since = now;
        self.running = running;
        self.unit = unit.max(1);
        self.timeouts = timeouts;
        self.active = active;
    }

    /// Back to the start of the first stage.
    pub fn feed(&mut self, now: Ticks) {
        self.stage = 0;
        self.counted = 0;
        self.since = now;
    }

    /// When the next stage runs out that does something.
    pub fn deadline(&self) -> Option<Ticks> {
        if !self.running {
            return None;
        }
        let mut at = self.stage_end();
        let mut stage = self.stage;
        for _ in 0..STAGES {
            if self.active[stage] {
                return Some(at);
            }
            stage = (stage + 1) % STAGES;
            at = at.saturating_add(self.duration(stage));
        }
        None
    }

    /// The stage that has run out by `now` and does something, if one has; the next stage begins where it ended.
    pub fn expire(&mut self, now: Ticks) -> Option<usize> {
        while self.deadline().is_some_and(|deadline| deadline <= now) {
            let expired = self.stage;
            self.since = self.stage_end();
            self.counted = 0;
            self.stage = (expired + 1) % STAGES;
            if self.active[expired] {
                return Some(expired);
            }
        }
        None
    }

    fn count(&self, now: Ticks) -> u64 {
        if self.running {
            self.counted + now.saturating_sub(self.since) / self.unit
        } else {
            self.counted
        }
    }

    fn stage_end(&self) -> Ticks {
        let left = u64::from(self.timeouts[self.stage].max(1)).saturating_sub(self.counted);
        self.since.saturating_add(left.saturating_mul(self.unit))
    }

    fn duration(&self, stage: usize) -> Ticks {
        u64::from(self.timeouts[stage].max(1)).saturating_mul(self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(active: [bool; STAGES]) -> StageCounter {
        let mut counter = StageCounter::stopped();
        counter.configure(true, 10, [5, 7, 3, 1], active, 100);
        counter
    }

    #[test]
    fn stages_run_out_one_after_another() {
        let mut counter = started([true; STAGES]);
        assert_eq!(counter.deadline(), Some(150));
        assert_eq!(counter.expire(149), None);
        assert_eq!(counter.expire(150), Some(0));
        assert_eq!(counter.deadline(), Some(220));
        assert_eq!(counter.expire(300), Some(1));
        assert_eq!(counter.expire(300), Some(2));
        assert_eq!(counter.expire(300), Some(3));
        assert_eq!(counter.deadline(), Some(310));
    }

    #[test]
    fn stages_that_do_nothing_are_passed_over() {
        let mut counter = started([false, false, true, false]);
        assert_eq!(counter.deadline(), Some(250));
        assert_eq!(counter.expire(250), Some(2));
        assert_eq!(started([false; STAGES]).deadline(), None);
    }

    #[test]
    fn feeding_starts_over_and_a_new_unit_keeps_the_count() {
        let mut counter = started([true; STAGES]);
        counter.feed(140);
        assert_eq!(counter.deadline(), Some(190));
        // Two of five units are counted; the other three are twice as long.
        counter.configure(true, 20, [5, 7, 3, 1], [true; STAGES], 160);
        assert_eq!(counter.deadline(), Some(220));
        counter.configure(false, 20, [5, 7, 3, 1], [true; STAGES], 165);
        assert_eq!(counter.deadline(), None);
    }

    #[test]
    fn a_zero_timeout_does_not_stop_time() {
        let mut counter = StageCounter::stopped();
        counter.configure(true, 1, [0; STAGES], [true; STAGES], 0);
        assert_eq!(counter.deadline(), Some(1));
        counter.expire(1);
        assert_eq!(counter.deadline(), Some(2));
    }
}
