//! One 64-bit timer of a timer group: counting, alarm, reload.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/timer_group_reg.h`.

use super::bits::{Bits, with_high_word, with_low_word};
use crate::emu::{TICKS_PER_XTAL, Ticks};

/// Word numbers of a timer's registers, from its configuration on. The `LACT` timer has one more register after the
/// first (see [`super::timg`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CounterRegister {
    Config,
    Low,
    High,
    Update,
    AlarmLow,
    AlarmHigh,
    LoadLow,
    LoadHigh,
    Load,
}

impl CounterRegister {
    const ALL: [CounterRegister; 9] = [
        CounterRegister::Config,
        CounterRegister::Low,
        CounterRegister::High,
        CounterRegister::Update,
        CounterRegister::AlarmLow,
        CounterRegister::AlarmHigh,
        CounterRegister::LoadLow,
        CounterRegister::LoadHigh,
        CounterRegister::Load,
    ];

    /// The register with word number `word`.
    pub fn from_word(word: u32) -> Option<Self> {
        CounterRegister::ALL.get(word as usize).copied()
    }
}

const EN: Bits = Bits::bit(31);
const INCREASE: Bits = Bits::bit(30);
const AUTORELOAD: Bits = Bits::bit(29);
const DIVIDER: Bits = Bits::new(13, 16);
const EDGE_INT_EN: Bits = Bits::bit(12);
const LEVEL_INT_EN: Bits = Bits::bit(11);
const ALARM_EN: Bits = Bits::bit(10);
/// On the later design: count crystal clocks.
const USE_XTAL: Bits = Bits::bit(9);

/// The design of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Design {
    /// 64 bits, counting APB clocks, with enables for its level and its edge interrupt.
    Esp32,
    /// 54 bits, counting APB or crystal clocks, with one interrupt.
    Later,
}

impl Design {
    const fn mask(self) -> u64 {
        match self {
            Design::Esp32 => u64::MAX,
            Design::Later => (1 << 54) - 1,
        }
    }
}

/// What an alarm raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alarm {
    pub level: bool,
    pub edge: bool,
}

/// One timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counter {
    design: Design,
    config: u32,
    /// The count at `since`.
    base: u64,
    since: Ticks,
    latched: u64,
    alarm: u64,
    load: u64,
}

impl Counter {
    /// A stopped timer with this configuration.
    pub fn new(design: Design, config: u32) -> Self {
        Counter {
            design,
            config,
            base: 0,
            since: 0,
            latched: 0,
            alarm: 0,
            load: 0,
        }
    }

    /// Reads a register.
    pub fn read(&self, register: CounterRegister) -> u32 {
        match register {
            CounterRegister::Config => self.config,
            CounterRegister::Low => self.latched as u32,
            CounterRegister::High => (self.latched >> 32) as u32,
            CounterRegister::AlarmLow => self.alarm as u32,
            CounterRegister::AlarmHigh => (self.alarm >> 32) as u32,
            CounterRegister::LoadLow => self.load as u32,
            CounterRegister::LoadHigh => (self.load >> 32) as u32,
            CounterRegister::Update | CounterRegister::Load => 0,
        }
    }

    /// Writes a register; `apb` is the period of the timer's input clock in ticks.
    pub fn write(&mut self, register: CounterRegister, value: u32, apb: Ticks, now: Ticks) {
        match register {
            CounterRegister::Config => {
                self.settle(apb, now);
                self.config = value;
            }
            CounterRegister::Update => self.latched = self.count(apb, now),
            CounterRegister::AlarmLow => {
                self.alarm = with_low_word(self.alarm, value);
            }
            CounterRegister::AlarmHigh => {
                self.alarm = with_high_word(self.alarm, value) & self.design.mask();
            }
            CounterRegister::LoadLow => self.load = with_low_word(self.load, value),
            CounterRegister::LoadHigh => {
                self.load = with_high_word(self.load, value) & self.design.mask();
            }
            CounterRegister::Load => self.reload(now),
            CounterRegister::Low | CounterRegister::High => {}
        }
    }

    /// The count up to `now` is kept, whatever clock counts on.
    pub fn settle(&mut self, apb: Ticks, now: Ticks) {
        self.base = self.count(apb, now);
        self.since = now;
    }

    /// The count at `now`.
    pub fn count(&self, apb: Ticks, now: Ticks) -> u64 {
        if !EN.is_set(self.config) {
            return self.base;
        }
        let counted = now.saturating_sub(self.since) / self.step(apb);
        let count = if INCREASE.is_set(self.config) {
            self.base.wrapping_add(counted)
        } else {
            self.base.wrapping_sub(counted)
        };
        count & self.design.mask()
    }

    /// When the alarm goes off, if it is set. One that the count has passed already goes off at once.
    pub fn deadline(&self, apb: Ticks) -> Option<Ticks> {
        if !EN.is_set(self.config) || !ALARM_EN.is_set(self.config) {
            return None;
        }
        let left = if INCREASE.is_set(self.config) {
            self.alarm.saturating_sub(self.base)
        } else {
            self.base.saturating_sub(self.alarm)
        };
        Some(
            self.since
                .saturating_add(left.saturating_mul(self.step(apb))),
        )
    }

    /// The alarm, if it has gone off by `now`: it switches itself off, and reloads the count where configured.
    pub fn expire(&mut self, apb: Ticks, now: Ticks) -> Option<Alarm> {
        let at = self.deadline(apb).filter(|&at| at <= now)?;
        self.config = ALARM_EN.replace(self.config, 0);
        if AUTORELOAD.is_set(self.config) {
            // The count goes on from the very tick of the alarm, so that periods add up.
            self.reload(at);
        }
        Some(Alarm {
            level: self.design == Design::Later || LEVEL_INT_EN.is_set(self.config),
            edge: self.design == Design::Esp32 && EDGE_INT_EN.is_set(self.config),
        })
    }

    fn reload(&mut self, at: Ticks) {
        self.base = self.load;
        self.since = at;
    }

    /// Ticks of one count. Dividers 0, 1 and 2 mean 65536, 2 and 2 (TRM, "16-bit prescaler").
    fn step(&self, apb: Ticks) -> Ticks {
        let divider = match DIVIDER.get(self.config) {
            0 => 0x1_0000,
            1 => 2,
            divider => Ticks::from(divider),
        };
        let clock = if self.design == Design::Later && USE_XTAL.is_set(self.config) {
            TICKS_PER_XTAL
        } else {
            apb.max(1)
        };
        divider * clock
    }
}
