//! Timer group: its timers, a watchdog, and the RTC clock calibration.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/timer_group_reg.h`;
//! calibration as `components/esp_hw_support/port/{esp32,esp32c3}/rtc_time.c` uses it; reset causes
//! `components/soc/{esp32,esp32c3,esp32s3}/include/soc/reset_reasons.h`.
//!
//! Interrupt lines, bit by bit of `TIMG_INT_RAW_TIMERS_REG`:
//! - ESP32, group 0 (group 1): level bits 0-3 timer 0, timer 1, watchdog, `LACT`: sources 14-17 (18-21); edge bits 4-7
//!   likewise: sources 58-61 (62-65). Inferred: an edge line stays up until its interrupt is cleared.
//! - ESP32-C3: bit 0 timer 0: source 32 (34), bit 1 watchdog: 33 (35).
//! - ESP32-S3: bits 0-2 timer 0, timer 1, watchdog: sources 50-52 (53-55).
//!
//! While booting from flash, the watchdog of group 0 runs without being enabled and its first stage resets the digital
//! core (TRM, "Watchdog Timers", flash boot protection). Settings of the watchdog count at once on the later chips too,
//! without `TIMG_WDT_CONF_UPDATE_EN`.

use super::bits::Bits;
use super::register_file::RegisterFile;
use super::reset_cause as cause;
pub(crate) use super::timg_counter::Design;
use super::timg_counter::{Counter, CounterRegister};
pub(crate) use super::timg_layout::{LACT, Layout, T0, T1};
use super::watchdog::{STAGES, StageCounter, WRITE_KEY};
use super::{Device, Effect, RegRead, RegWrite, ResetRequest, ResetScope};
use crate::emu::{TICKS_PER_XTAL, Ticks};

const BLOCK_BYTES: u32 = 0x100;
const WDTCONFIG0: u32 = 0x48;
const WDTCONFIG1: u32 = 0x4c;
const WDTCONFIG2: u32 = 0x50;
const WDTCONFIG5: u32 = 0x5c;
const WDTFEED: u32 = 0x60;
const WDTWPROTECT: u32 = 0x64;
const RTCCALICFG: u32 = 0x68;
const RTCCALICFG1: u32 = 0x6c;
/// Not on the ESP32.
const RTCCALICFG2: u32 = 0x80;
// The interrupt registers, from the first of them on.
const INT_ENA: u32 = 0x0;
const INT_RAW: u32 = 0x4;
const INT_ST: u32 = 0x8;
const INT_CLR: u32 = 0xc;

const WDTCONFIG0_RESET: u32 = 0x0004_c000;
const WDTCONFIG1_RESET: u32 = 0x0001_0000;
const WDT_TIMEOUTS_RESET: [u32; STAGES] = [0x018c_ba80, 0x07ff_ffff, 0x000f_ffff, 0x000f_ffff];
const RTCCALICFG_RESET: u32 = 0x0001_3000;
const RTCCALICFG2_RESET: u32 = 0xffff_ff98;

const WDT_EN: Bits = Bits::bit(31);
const WDT_STAGE_ACTION: [Bits; STAGES] = [
    Bits::new(29, 2),
    Bits::new(27, 2),
    Bits::new(25, 2),
    Bits::new(23, 2),
];
const WDT_EDGE_INT_EN: Bits = Bits::bit(22);
const WDT_LEVEL_INT_EN: Bits = Bits::bit(21);
const WDT_FLASHBOOT_MOD_EN: Bits = Bits::bit(14);
/// On the chips after the ESP32: which cores a CPU reset covers.
const WDT_CPU_RESET_EN: [Bits; 2] = [Bits::bit(13), Bits::bit(12)];
const WDT_CONF_UPDATE_EN: Bits = Bits::bit(22);
const WDT_CLK_PRESCALE: Bits = Bits::new(16, 16);
const ACTION_OFF: u32 = 0;
const ACTION_INTERRUPT: u32 = 1;
const ACTION_RESET_CPU: u32 = 2;
const ACTION_RESET_SYSTEM: u32 = 3;

const CALI_START: Bits = Bits::bit(31);
const CALI_MAX: Bits = Bits::new(16, 15);
const CALI_RDY: Bits = Bits::bit(15);
const CALI_CLK_SEL: Bits = Bits::new(13, 2);
const CALI_START_CYCLING: Bits = Bits::bit(12);
const CALI_VALUE: Bits = Bits::new(7, 25);
/// On the chips after the ESP32: the count was not over in time.
const CALI_TIMEOUT: Bits = Bits::bit(0);
const CLK_SEL_RTC_MUX: u32 = 0;
const CLK_SEL_8M_D256: u32 = 1;

const EDGE_LINES: u32 = 4;

/// One of the two timer groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timg {
    layout: &'static Layout,
    group: u8,
    flash_boot: bool,
    regs: RegisterFile,
    counters: [Counter; 3],
    watchdog: StageCounter,
    wdt_config: [u32; 2],
    wdt_timeouts: [u32; STAGES],
    wdt_key: u32,
    calibration: u32,
    calibrated: u32,
    /// `TIMG_RTCCALICFG2_REG`, on the chips after the ESP32.
    calibration_limit: u32,
    int_ena: u32,
    /// Interrupts of the level lines, as `INT_RAW` shows them, and of the edge lines.
    int_raw: u32,
    edge_raw: u32,
    apb_period: Ticks,
    slow_period: Ticks,
    /// Of the clock that the watchdog divides, where it is not the APB's.
    watchdog_period: Option<Ticks>,
    /// A second reset that the same expiry asked for.
    pending: Option<ResetRequest>,
}

impl Timg {
    /// Group `group` (0 or 1) after reset at `now`. With `flash_boot` (the strap says so) the watchdog of group 0 protects
    /// the boot. `slow_period` is that of the RTC slow clock in ticks (`RtcCntl::slow_period`).
    pub(crate) fn new(
        layout: &'static Layout,
        group: u8,
        flash_boot: bool,
        slow_period: Ticks,
        now: Ticks,
    ) -> Self {
        let name = if group == 0 { "timg0" } else { "timg1" };
        let counter = |timer: usize| {
            let place = layout.timers.get(timer);
            Counter::new(layout.design, place.map_or(0, |place| place.config_reset))
        };
        let mut timg = Timg {
            layout,
            group,
            flash_boot,
            regs: RegisterFile::new(name, BLOCK_BYTES, layout.reset, layout.storage),
            counters: [counter(0), counter(1), counter(2)],
            watchdog: StageCounter::stopped(),
            wdt_config: [WDTCONFIG0_RESET, WDTCONFIG1_RESET],
            wdt_timeouts: WDT_TIMEOUTS_RESET,
            wdt_key: WRITE_KEY,
            calibration: RTCCALICFG_RESET,
            calibrated: 0,
            calibration_limit: RTCCALICFG2_RESET,
            int_ena: 0,
            int_raw: 0,
            edge_raw: 0,
            apb_period: layout.apb_period,
            slow_period,
            watchdog_period: None,
            pending: None,
        };
        // The hardware calibrates in cycles from reset on: the ROM reads the crystal's frequency from the result.
        timg.calibrate();
        timg.configure_watchdog(now);
        timg
    }

    /// The APB clock changes: its period in ticks (40 MHz on the ESP32 after reset, 20 MHz on the later chips, 80 MHz
    /// with the PLL).
    pub fn set_apb_period(&mut self, period: Ticks, now: Ticks) {
        if period == self.apb_period {
            return;
        }
        for counter in &mut self.counters {
            counter.settle(self.apb_period, now);
        }
        self.apb_period = period.max(1);
        self.configure_watchdog(now);
    }

    /// The watchdog has a clock of its own, which changes: its period in ticks.
    pub fn set_watchdog_period(&mut self, period: Ticks, now: Ticks) {
        if self.watchdog_period != Some(period) {
            self.watchdog_period = Some(period.max(1));
            self.configure_watchdog(now);
        }
    }

    /// The RTC slow clock changes: its period in ticks, for later calibrations.
    pub fn set_slow_period(&mut self, period: Ticks) {
        self.slow_period = period;
    }

    fn timer_register(&self, offset: u32) -> Option<(usize, CounterRegister)> {
        self.layout
            .timers
            .iter()
            .enumerate()
            .find_map(|(timer, place)| {
                let word = if offset == place.config {
                    0
                } else {
                    offset.checked_sub(place.low)? / 4 + 1
                };
                CounterRegister::from_word(word).map(|register| (timer, register))
            })
    }

    fn write_watchdog(&mut self, offset: u32, value: u32, now: Ticks) {
        if offset == WDTWPROTECT {
            self.wdt_key = value;
            return;
        }
        if self.wdt_key != WRITE_KEY {
            return;
        }
        match offset {
            WDTCONFIG0 => {
                self.wdt_config[0] = match self.layout.design {
                    Design::Esp32 => value,
                    Design::Later => WDT_CONF_UPDATE_EN.replace(value, 0),
                };
            }
            WDTCONFIG1 => self.wdt_config[1] = value,
            WDTCONFIG2..=WDTCONFIG5 => {
                self.wdt_timeouts[((offset - WDTCONFIG2) / 4) as usize] = value;
            }
            WDTFEED => self.watchdog.feed(now),
            _ => {}
        }
        self.configure_watchdog(now);
    }

    fn read_watchdog(&self, offset: u32) -> u32 {
        match offset {
            WDTCONFIG0 => self.wdt_config[0],
            WDTCONFIG1 => self.wdt_config[1],
            WDTCONFIG2..=WDTCONFIG5 => self.wdt_timeouts[((offset - WDTCONFIG2) / 4) as usize],
            WDTWPROTECT => self.wdt_key,
            _ => 0,
        }
    }

    fn protects_boot(&self) -> bool {
        self.group == 0 && self.flash_boot && WDT_FLASHBOOT_MOD_EN.is_set(self.wdt_config[0])
    }

    /// Ticks of the clock that the watchdog divides.
    fn watchdog_clock(&self) -> Ticks {
        match self.layout.wdt_use_xtal {
            Some(bit) if bit.is_set(self.wdt_config[0]) => TICKS_PER_XTAL,
            _ => self.watchdog_period.unwrap_or(self.apb_period),
        }
    }

    fn configure_watchdog(&mut self, now: Ticks) {
        let running = WDT_EN.is_set(self.wdt_config[0]) || self.protects_boot();
        let prescale = WDT_CLK_PRESCALE.get(self.wdt_config[1]).max(1);
        let unit = Ticks::from(prescale) * self.watchdog_clock();
        let active = std::array::from_fn(|stage| self.stage_action(stage) != ACTION_OFF);
        self.watchdog
            .configure(running, unit, self.wdt_timeouts, active, now);
    }

    /// The stage's action. The first one is fixed while only the boot protection runs the watchdog.
    fn stage_action(&self, stage: usize) -> u32 {
        if stage == 0 && !WDT_EN.is_set(self.wdt_config[0]) && self.protects_boot() {
            ACTION_RESET_SYSTEM
        } else {
            WDT_STAGE_ACTION[stage].get(self.wdt_config[0])
        }
    }

    fn expire_watchdog(&mut self, now: Ticks) -> Effect {
        let Some(stage) = self.watchdog.expire(now) else {
            return Effect::None;
        };
        match self.stage_action(stage) {
            ACTION_INTERRUPT => {
                let later = self.layout.design == Design::Later;
                if later || WDT_LEVEL_INT_EN.is_set(self.wdt_config[0]) {
                    self.int_raw |= self.layout.int_wdt;
                }
                if !later && WDT_EDGE_INT_EN.is_set(self.wdt_config[0]) {
                    self.edge_raw |= self.layout.int_wdt;
                }
                Effect::Interrupts
            }
            ACTION_RESET_CPU => self.reset_cpus(),
            ACTION_RESET_SYSTEM => Effect::Reset(ResetRequest {
                scope: ResetScope::Digital,
                cause: cause::TG0WDT_SYS_RESET + self.group,
            }),
            _ => Effect::None,
        }
    }

    /// The ESP32's group resets its own core, later groups the cores that their settings name.
    fn reset_cpus(&mut self) -> Effect {
        if self.layout.design == Design::Esp32 {
            return Effect::Reset(ResetRequest {
                scope: ResetScope::Core(self.group),
                cause: cause::TGWDT_CPU_RESET,
            });
        }
        let cause = if self.group == 0 {
            cause::TGWDT_CPU_RESET
        } else {
            cause::TG1WDT_CPU_RESET
        };
        let mut requests = [1, 0]
            .into_iter()
            .filter(|&core| WDT_CPU_RESET_EN[core].is_set(self.wdt_config[0]))
            .map(|core| ResetRequest {
                scope: ResetScope::Core(core as u8),
                cause,
            });
        let first = requests.next();
        self.pending = requests.next();
        first.map_or(Effect::None, Effect::Reset)
    }

    fn write_calibration(&mut self, value: u32) {
        self.calibration = CALI_RDY.replace(value, 0);
        if CALI_START.is_set(value) || CALI_START_CYCLING.is_set(value) {
            self.calibrate();
        }
    }

    /// Counts crystal clocks over the chosen number of slow clocks; no time passes.
    fn calibrate(&mut self) {
        self.calibration_limit = CALI_TIMEOUT.replace(self.calibration_limit, 0);
        let period = match CALI_CLK_SEL.get(self.calibration) {
            CLK_SEL_RTC_MUX => self.slow_period,
            CLK_SEL_8M_D256 => self.layout.fast_d256_period,
            // No 32 kHz crystal is fitted: the count never ends, but for the limit.
            _ => {
                self.calibration_limit = CALI_TIMEOUT.replace(self.calibration_limit, 1);
                return;
            }
        };
        let clocks = u64::from(CALI_MAX.get(self.calibration)) * period / TICKS_PER_XTAL;
        self.calibrated = CALI_VALUE.put(u32::try_from(clocks).unwrap_or(u32::MAX));
        self.calibration = CALI_RDY.replace(self.calibration, 1);
    }
}

impl Device for Timg {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if let Some((timer, register)) = self.timer_register(offset) {
            return RegRead::modelled(self.counters[timer].read(register));
        }
        RegRead::modelled(match offset {
            WDTCONFIG0..=WDTWPROTECT => self.read_watchdog(offset),
            RTCCALICFG => self.calibration,
            RTCCALICFG1 => self.calibrated,
            RTCCALICFG2 if self.layout.design == Design::Later => self.calibration_limit,
            _ => match offset.wrapping_sub(self.layout.int_first) {
                INT_ENA => self.int_ena,
                INT_RAW => self.int_raw,
                INT_ST => self.int_raw & self.int_ena,
                INT_CLR => 0,
                _ => return self.regs.read_stored(offset),
            },
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        if let Some((timer, register)) = self.timer_register(offset) {
            self.counters[timer].write(register, value, self.apb_period, now);
            return RegWrite::stored();
        }
        match offset {
            WDTCONFIG0..=WDTWPROTECT => {
                self.write_watchdog(offset, value, now);
                return RegWrite::stored();
            }
            RTCCALICFG => {
                self.write_calibration(value);
                return RegWrite::stored();
            }
            RTCCALICFG1 => return RegWrite::stored(),
            RTCCALICFG2 if self.layout.design == Design::Later => {
                let timeout = CALI_TIMEOUT.get(self.calibration_limit);
                self.calibration_limit = CALI_TIMEOUT.replace(value, timeout);
                return RegWrite::stored();
            }
            _ => {}
        }
        match offset.wrapping_sub(self.layout.int_first) {
            INT_ENA => {
                self.int_ena = value & self.layout.int_mask;
                RegWrite::modelled(Effect::Interrupts)
            }
            INT_CLR => {
                self.int_raw &= !value;
                self.edge_raw &= !value;
                RegWrite::modelled(Effect::Interrupts)
            }
            INT_RAW | INT_ST => RegWrite::stored(),
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn next_event(&self) -> Option<Ticks> {
        if self.pending.is_some() {
            return Some(0);
        }
        let alarms = self
            .counters
            .iter()
            .filter_map(|counter| counter.deadline(self.apb_period));
        alarms.chain(self.watchdog.deadline()).min()
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        if let Some(request) = self.pending.take() {
            return Effect::Reset(request);
        }
        let mut effect = Effect::None;
        for (counter, place) in self.counters.iter_mut().zip(self.layout.timers) {
            let bit = place.int;
            if let Some(alarm) = counter.expire(self.apb_period, now) {
                self.int_raw |= if alarm.level { bit } else { 0 };
                self.edge_raw |= if alarm.edge { bit } else { 0 };
                effect = Effect::Interrupts;
            }
        }
        match self.expire_watchdog(now) {
            Effect::None => effect,
            other => other,
        }
    }

    fn interrupts(&self) -> u32 {
        self.int_raw & self.int_ena | (self.edge_raw & self.int_ena) << EDGE_LINES
    }

    fn reset(&mut self, now: Ticks) {
        *self = Timg::new(
            self.layout,
            self.group,
            self.flash_boot,
            self.slow_period,
            now,
        );
    }
}

#[cfg(test)]
#[path = "timg_tests.rs"]
mod tests;
