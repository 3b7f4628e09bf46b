//! The two legacy timers FRC1 and FRC2, which the ROM's `ets_timer_*` functions use.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32/include/soc/frc_timer_reg.h`. FRC2 counts up and interrupts at its
//! alarm. Inferred from the ESP8266's timer of that name: FRC1 counts down and interrupts at zero.
//!
//! Interrupt lines: bit 0 FRC1 `ETS_TIMER1_INTR_SOURCE` (56), bit 1 FRC2 `ETS_TIMER2_INTR_SOURCE` (57). Inferred: an edge
//! interrupt, too, stays up until it is cleared.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};
use crate::emu::{TICKS_PER_XTAL, Ticks};

const BLOCK_BYTES: u32 = 0x1000;
const TIMER_BYTES: u32 = 0x20;
const LOAD: u32 = 0x00;
const COUNT: u32 = 0x04;
const CTRL: u32 = 0x08;
const INT_CLR: u32 = 0x0c;
const ALARM: u32 = 0x10;

const PRESCALER: Bits = Bits::new(1, 3);
const PRESCALE_16: u32 = 2;
const PRESCALE_256: u32 = 4;
const AUTOLOAD: Bits = Bits::bit(6);
const ENABLE: Bits = Bits::bit(7);
const INT_STATUS: Bits = Bits::bit(8);

/// One timer: how it counts, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Timer {
    up: bool,
    /// The largest count.
    max: u64,
    load: u32,
    ctrl: u32,
    alarm: u32,
    /// The count at `since`.
    base: u64,
    since: Ticks,
    /// When the present period's interrupt comes.
    due: Option<Ticks>,
    interrupt: bool,
}

impl Timer {
    fn new(up: bool, bits: u32) -> Self {
        Timer {
            up,
            max: (1 << bits) - 1,
            load: 0,
            ctrl: 0,
            alarm: 0,
            base: 0,
            since: 0,
            due: None,
            interrupt: false,
        }
    }

    fn step(&self, apb: Ticks) -> Ticks {
        apb * match PRESCALER.get(self.ctrl) {
            PRESCALE_16 => 16,
            PRESCALE_256 => 256,
            _ => 1,
        }
    }

    fn count(&self, apb: Ticks, now: Ticks) -> u64 {
        if !ENABLE.is_set(self.ctrl) {
            return self.base;
        }
        let counted = now.saturating_sub(self.since) / self.step(apb);
        if self.up {
            self.base.wrapping_add(counted) & self.max
        } else {
            self.base.wrapping_sub(counted) & self.max
        }
    }

    fn settle(&mut self, apb: Ticks, now: Ticks) {
        self.base = self.count(apb, now);
        self.since = now;
    }

    /// Works out when the next interrupt comes: a whole round later if the count stands on it now.
    fn arm(&mut self, apb: Ticks) {
        let distance = if self.up {
            u64::from(self.alarm).wrapping_sub(self.base) & self.max
        } else {
            self.base
        };
        let counts = if distance == 0 {
            self.max + 1
        } else {
            distance
        };
        let at = self
            .since
            .saturating_add(counts.saturating_mul(self.step(apb)));
        self.due = ENABLE.is_set(self.ctrl).then_some(at);
    }

    fn write(&mut self, register: u32, value: u32, apb: Ticks, now: Ticks) {
        self.settle(apb, now);
        match register {
            LOAD => {
                self.load = value;
                self.base = u64::from(value) & self.max;
            }
            CTRL => self.ctrl = INT_STATUS.replace(value, 0),
            ALARM => self.alarm = value,
            INT_CLR => {
                self.interrupt &= value & 1 == 0;
                return;
            }
            _ => return,
        }
        self.arm(apb);
    }

    fn expire(&mut self, apb: Ticks, now: Ticks) -> bool {
        let Some(due) = self.due.filter(|&due| due <= now) else {
            return false;
        };
        self.settle(apb, due);
        self.interrupt = true;
        if !self.up && AUTOLOAD.is_set(self.ctrl) {
            self.base = u64::from(self.load) & self.max;
        }
        self.arm(apb);
        true
    }
}

/// The block of both timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrcTimers {
    regs: RegisterFile,
    timers: [Timer; 2],
    apb_period: Ticks,
}

impl Default for FrcTimers {
    fn default() -> Self {
        FrcTimers::new()
    }
}

impl FrcTimers {
    /// The timers after reset, stopped.
    pub fn new() -> Self {
        FrcTimers {
            regs: RegisterFile::unmodelled("frc_timer", BLOCK_BYTES),
            timers: [Timer::new(false, 23), Timer::new(true, 32)],
            apb_period: TICKS_PER_XTAL,
        }
    }

    /// The APB clock changes: its period in ticks.
    pub fn set_apb_period(&mut self, period: Ticks, now: Ticks) {
        for timer in &mut self.timers {
            timer.settle(self.apb_period, now);
            timer.arm(period.max(1));
        }
        self.apb_period = period.max(1);
    }
}

impl Device for FrcTimers {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        let apb = self.apb_period;
        let Some(timer) = self.timers.get((offset / TIMER_BYTES) as usize) else {
            return self.regs.read_stored(offset);
        };
        RegRead::modelled(match offset % TIMER_BYTES {
            LOAD => timer.load,
            COUNT => timer.count(apb, now) as u32,
            CTRL => timer.ctrl | INT_STATUS.put(u32::from(timer.interrupt)),
            INT_CLR => 0,
            ALARM => timer.alarm,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        let apb = self.apb_period;
        let register = offset % TIMER_BYTES;
        match self.timers.get_mut((offset / TIMER_BYTES) as usize) {
            Some(timer) if register <= ALARM => timer.write(register, value, apb, now),
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        self.timers.iter().filter_map(|timer| timer.due).min()
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        let apb = self.apb_period;
        let mut fired = false;
        for timer in &mut self.timers {
            fired |= timer.expire(apb, now);
        }
        if fired {
            Effect::Interrupts
        } else {
            Effect::None
        }
    }

    fn interrupts(&self) -> u32 {
        (0..).zip(&self.timers).fold(0, |lines, (line, timer)| {
            lines | u32::from(timer.interrupt) << line
        })
    }

    fn reset(&mut self, _now: Ticks) {
        *self = FrcTimers::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APB: Ticks = TICKS_PER_XTAL;
    const FRC2: u32 = TIMER_BYTES;

    #[test]
    fn frc2_counts_up_to_its_alarm() {
        let mut timers = FrcTimers::new();
        timers.write(FRC2 + LOAD, 0, 0);
        timers.write(FRC2 + ALARM, 100, 0);
        timers.write(FRC2 + CTRL, 1 << 7 | 2 << 1, 0);
        let fires = 100 * 16 * APB;
        assert_eq!(timers.next_event(), Some(fires));
        assert_eq!(timers.read(FRC2 + COUNT, 50 * 16 * APB).value, 50);
        assert_eq!(timers.advance(fires), Effect::Interrupts);
        assert_eq!(timers.interrupts(), 0b10);
        assert!(INT_STATUS.is_set(timers.read(FRC2 + CTRL, fires).value));
        timers.write(FRC2 + INT_CLR, 1, fires);
        assert_eq!(timers.interrupts(), 0);
        // The next one comes after a whole round of 32 bits.
        assert_eq!(timers.next_event(), Some(fires + (1 << 32) * 16 * APB));
    }

    #[test]
    fn frc1_counts_down_and_reloads() {
        let mut timers = FrcTimers::new();
        timers.write(LOAD, 10, 0);
        timers.write(CTRL, 1 << 7 | 1 << 6, 0);
        assert_eq!(timers.read(COUNT, 4 * APB).value, 6);
        assert_eq!(timers.next_event(), Some(10 * APB));
        timers.advance(10 * APB);
        assert_eq!(timers.interrupts(), 0b01);
        assert_eq!(timers.next_event(), Some(20 * APB));
    }

    #[test]
    fn a_stopped_timer_keeps_its_count() {
        let mut timers = FrcTimers::new();
        timers.write(FRC2 + CTRL, 1 << 7, 0);
        timers.write(FRC2 + CTRL, 0, 7 * APB);
        assert_eq!(timers.read(FRC2 + COUNT, 100 * APB).value, 7);
        assert_eq!(timers.next_event(), None);
    }
}
