//! The RTC watchdog: settings, write protection and what its stages do.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/rtc_cntl_reg.h`; stage
//! actions and how software undoes the multiplier of the first stage: `components/esp_hal_wdt/{esp32,esp32c3}/include/hal/rwdt_ll.h`.

use super::bits::Bits;
use super::reset_cause as cause;
use super::watchdog::{STAGES, StageCounter, WRITE_KEY};
use super::{ResetRequest, ResetScope};
use crate::emu::Ticks;

/// Word numbers from `RTC_CNTL_WDTCONFIG0_REG` on.
const CONFIG0: u32 = 0;
const CONFIG1: u32 = 1;
const CONFIG4: u32 = 4;
const FEED: u32 = 5;
const WPROTECT: u32 = 6;

const EN: Bits = Bits::bit(31);
const STAGE_ACTION: [Bits; STAGES] = [
    Bits::new(28, 3),
    Bits::new(25, 3),
    Bits::new(22, 3),
    Bits::new(19, 3),
];
const FEED_BIT: Bits = Bits::bit(31);

const ACTION_OFF: u32 = 0;
const ACTION_INTERRUPT: u32 = 1;
const ACTION_RESET_CPU: u32 = 2;
const ACTION_RESET_DIGITAL: u32 = 3;
const ACTION_RESET_RTC: u32 = 4;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WatchdogLayout {
    pub config0: u32,
    pub timeouts: [u32; STAGES],
    pub flashboot_mod_en: Bits,
    /// Which cores a CPU reset covers.
    pub cpu_reset_en: [Bits; 2],
    /// The first time-out counts in units of 2 to this power, times what the eFuse `WDT_DELAY_SEL` adds: 2, 4, 8 or 16
    /// (ESP-IDF `components/soc/esp32c5/register/soc/efuse_reg.h`, `EFUSE_WDT_DELAY_SEL`).
    pub first_shift: Option<u32>,
}

/// What the expiry of a stage asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::emu::periph) struct Expiry {
    /// Raise the watchdog interrupt.
    pub interrupt: bool,
    /// Reset this.
    pub reset: Option<ResetRequest>,
    /// And this after it.
    pub then: Option<ResetRequest>,
}

/// The RTC watchdog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emu::periph) struct RtcWatchdog {
    layout: &'static WatchdogLayout,
    flash_boot: bool,
    delay_select: u32,
    config0: u32,
    timeouts: [u32; STAGES],
    key: u32,
    counter: StageCounter,
}

impl RtcWatchdog {
    /// The watchdog after an RTC reset; it starts with the first `configure`.
    pub fn new(layout: &'static WatchdogLayout, flash_boot: bool, delay_select: u32) -> Self {
        RtcWatchdog {
            layout,
            flash_boot,
            delay_select,
            config0: layout.config0,
            timeouts: layout.timeouts,
            key: WRITE_KEY,
            counter: StageCounter::stopped(),
        }
    }

    /// Whether the chip boots from flash.
    pub fn flash_boot(&self) -> bool {
        self.flash_boot
    }

    /// The eFuse field `WDT_DELAY_SEL` (0-3): how much longer the first stage takes.
    pub fn delay_select(&self) -> u32 {
        self.delay_select
    }

    /// Sets the eFuse field `WDT_DELAY_SEL`; it counts from the next `configure` on.
    pub fn set_delay_select(&mut self, select: u32) {
        self.delay_select = select & 3;
    }

    /// Reads word `word` from `RTC_CNTL_WDTCONFIG0_REG` on.
    pub fn read(&self, word: u32) -> u32 {
        match word {
            CONFIG0 => self.config0,
            CONFIG1..=CONFIG4 => self.timeouts[(word - CONFIG1) as usize],
            WPROTECT => self.key,
            _ => 0,
        }
    }

    /// Writes word `word` from `RTC_CNTL_WDTCONFIG0_REG` on; without the key only the key register takes anything.
    pub fn write(&mut self, word: u32, value: u32, slow_period: Ticks, now: Ticks) {
        if word == WPROTECT {
            self.key = value;
            return;
        }
        if self.key != WRITE_KEY {
            return;
        }
        match word {
            CONFIG0 => self.config0 = value,
            CONFIG1..=CONFIG4 => self.timeouts[(word - CONFIG1) as usize] = value,
            FEED if FEED_BIT.is_set(value) => self.counter.feed(now),
            _ => return,
        }
        self.configure(slow_period, now);
    }

    /// Takes the settings over, with the period of the slow clock in ticks.
    pub fn configure(&mut self, slow_period: Ticks, now: Ticks) {
        let running = EN.is_set(self.config0) || self.protects_boot();
        let active = std::array::from_fn(|stage| self.action(stage) != ACTION_OFF);
        let mut timeouts = self.timeouts;
        if let Some(shift) = self.layout.first_shift {
            let longer = u64::from(timeouts[0]) << (shift + self.delay_select);
            timeouts[0] = u32::try_from(longer).unwrap_or(u32::MAX);
        }
        self.counter
            .configure(running, slow_period, timeouts, active, now);
    }

    /// When the next stage runs out that does something.
    pub fn deadline(&self) -> Option<Ticks> {
        self.counter.deadline()
    }

    /// What a stage that has run out by `now` asks for.
    pub fn expire(&mut self, now: Ticks) -> Option<Expiry> {
        let stage = self.counter.expire(now)?;
        let action = self.action(stage);
        if action == ACTION_INTERRUPT {
            return Some(Expiry {
                interrupt: true,
                ..Expiry::default()
            });
        }
        let mut resets = self.resets(action).into_iter().flatten();
        Some(Expiry {
            interrupt: false,
            reset: resets.next(),
            then: resets.next(),
        })
    }

    fn protects_boot(&self) -> bool {
        self.flash_boot && self.layout.flashboot_mod_en.is_set(self.config0)
    }

    /// The stage's action. The first one is fixed while only the boot protection runs the watchdog.
    fn action(&self, stage: usize) -> u32 {
        if stage == 0 && !EN.is_set(self.config0) && self.protects_boot() {
            ACTION_RESET_RTC
        } else {
            STAGE_ACTION[stage].get(self.config0)
        }
    }

    fn resets(&self, action: u32) -> [Option<ResetRequest>; 2] {
        let request = |scope, cause| Some(ResetRequest { scope, cause });
        match action {
            ACTION_RESET_CPU => [1, 0].map(|core| {
                self.layout.cpu_reset_en[core]
                    .is_set(self.config0)
                    .then_some(ResetRequest {
                        scope: ResetScope::Core(core as u8),
                        cause: cause::RTCWDT_CPU_RESET,
                    })
            }),
            ACTION_RESET_DIGITAL => [request(ResetScope::Digital, cause::RTCWDT_SYS_RESET), None],
            ACTION_RESET_RTC => [request(ResetScope::System, cause::RTCWDT_RTC_RESET), None],
            _ => [None, None],
        }
    }
}
