//! LP_TIMER: the time that goes on while the rest sleeps, with two alarms.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32c6/register/soc/lp_timer_reg.h`; use: `components/esp_hal_rtc_timer/
//! esp32c6/include/hal/rtc_timer_ll.h`. Time counts periods of the slow clock. A digital reset leaves the block alone.
//!
//! Interrupt line: bit 0, the first alarm (`ETS_LP_RTC_TIMER_INTR_SOURCE`). The second one is for the LP core.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const TAR0_LOW: u32 = 0x00;
const TAR0_HIGH: u32 = 0x04;
const UPDATE: u32 = 0x10;
const BUF0_LOW: u32 = 0x14;
const BUF0_HIGH: u32 = 0x18;
const BUF1_LOW: u32 = 0x1c;
const BUF1_HIGH: u32 = 0x20;
const INT_RAW: u32 = 0x28;
const INT_ST: u32 = 0x2c;
const INT_ENA: u32 = 0x30;
const INT_CLR: u32 = 0x34;

const TARGET_HIGH: Bits = Bits::new(0, 16);
const TARGET_EN: Bits = Bits::bit(31);
const MAIN_TIMER_UPDATE: Bits = Bits::bit(28);
const SOC_WAKEUP: u32 = 1 << 31;
const TIME_MASK: u64 = 0xffff_ffff_ffff;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LpTimer {
    layout: &'static Layout,
    regs: RegisterFile,
    period: Ticks,
    /// Time, in periods of the slow clock, at `since`.
    base: u64,
    since: Ticks,
    /// The latched times, the newer one first.
    latched: [u64; 2],
    armed: bool,
    int_raw: u32,
    int_ena: u32,
}

impl LpTimer {
    /// The timer after power-on at `now`; `period` is that of the slow clock in ticks.
    pub(crate) fn new(layout: &'static Layout, period: Ticks, now: Ticks) -> Self {
        LpTimer {
            layout,
            regs: RegisterFile::new("lp_timer", BLOCK_BYTES, layout.reset, layout.storage),
            period: period.max(1),
            base: 0,
            since: now,
            latched: [0; 2],
            armed: false,
            int_raw: 0,
            int_ena: 0,
        }
    }

    /// The slow clock changes: its period in ticks.
    pub(crate) fn set_slow_period(&mut self, period: Ticks, now: Ticks) {
        if period != self.period {
            self.base = self.time(now);
            self.since = now;
            self.period = period.max(1);
        }
    }

    /// Periods of the slow clock since the block's reset.
    pub(crate) fn time(&self, now: Ticks) -> u64 {
        (self.base + now.saturating_sub(self.since) / self.period) & TIME_MASK
    }

    fn target(&self) -> u64 {
        let high = TARGET_HIGH.get(self.regs.get(TAR0_HIGH));
        u64::from(high) << 32 | u64::from(self.regs.get(TAR0_LOW))
    }
}

impl Device for LpTimer {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            TAR0_LOW | TAR0_HIGH | UPDATE => self.regs.get(offset),
            BUF0_LOW => self.latched[0] as u32,
            BUF0_HIGH => (self.latched[0] >> 32) as u32,
            BUF1_LOW => self.latched[1] as u32,
            BUF1_HIGH => (self.latched[1] >> 32) as u32,
            INT_RAW => self.int_raw,
            INT_ST => self.int_raw & self.int_ena,
            INT_ENA => self.int_ena,
            INT_CLR => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        match offset {
            TAR0_LOW => {
                self.regs.set(offset, value);
                return RegWrite::stored();
            }
            TAR0_HIGH => {
                self.regs.set(offset, TARGET_EN.replace(value, 0));
                self.armed |= TARGET_EN.is_set(value);
                return RegWrite::stored();
            }
            UPDATE => {
                self.regs.set(offset, MAIN_TIMER_UPDATE.replace(value, 0));
                if MAIN_TIMER_UPDATE.is_set(value) {
                    self.latched = [self.time(now), self.latched[0]];
                }
                return RegWrite::stored();
            }
            BUF0_LOW..=BUF1_HIGH | INT_ST => return RegWrite::stored(),
            INT_ENA => self.int_ena = value,
            INT_RAW | INT_CLR => self.int_raw &= !value,
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        let left = self.target().saturating_sub(self.base);
        let at = self.since.saturating_add(left.saturating_mul(self.period));
        self.armed.then_some(at)
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        if self.armed && self.time(now) >= self.target() {
            self.armed = false;
            self.int_raw |= SOC_WAKEUP;
        }
        Effect::Interrupts
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw & self.int_ena != 0)
    }

    fn reset(&mut self, _now: Ticks) {}

    fn reset_rtc(&mut self, now: Ticks) {
        *self = LpTimer::new(self.layout, self.period, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[],
        storage: &[],
    };

    fn latch(timer: &mut LpTimer, now: Ticks) -> u64 {
        timer.write(UPDATE, 1 << 28, now);
        let low = u64::from(timer.read(BUF0_LOW, now).value);
        u64::from(timer.read(BUF0_HIGH, now).value) << 32 | low
    }

    #[test]
    fn time_counts_the_slow_clock_whatever_it_is() {
        let mut timer = LpTimer::new(&LAYOUT, 100, 1000);
        assert_eq!(latch(&mut timer, 1950), 9);
        timer.set_slow_period(10, 2000);
        timer.reset(2000);
        assert_eq!(latch(&mut timer, 2100), 20);
        assert_eq!(timer.read(BUF1_LOW, 2100).value, 9);
        timer.reset_rtc(3000);
        assert_eq!(latch(&mut timer, 3010), 1);
    }

    #[test]
    fn an_alarm_comes_once() {
        let mut timer = LpTimer::new(&LAYOUT, 100, 0);
        timer.write(TAR0_LOW, 7, 0);
        assert_eq!(timer.next_event(), None);
        timer.write(TAR0_HIGH, 1 << 31, 0);
        assert_eq!(timer.next_event(), Some(700));
        timer.advance(700);
        assert_eq!((timer.next_event(), timer.interrupts()), (None, 0));
        timer.write(INT_ENA, SOC_WAKEUP, 700);
        assert_eq!(timer.interrupts(), 1);
        timer.write(INT_CLR, SOC_WAKEUP, 800);
        assert_eq!(timer.interrupts(), 0);
    }
}
