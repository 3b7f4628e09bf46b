//! RTC control: reset causes, software resets and stalls, the RTC timer and its watchdog, and what survives a reset.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/rtc_cntl_reg.h`, see
//! `rtc_layout`. Clock frequencies: `components/soc/{esp32c3,esp32s3}/include/soc/clk_tree_defs.h`.
//!
//! Interrupt line: bit 0, source `ETS_RTC_CORE_INTR_SOURCE` (ESP32 46, ESP32-C3 27, ESP32-S3 39). A digital reset
//! ([`Device::reset`]) touches next to nothing here; [`Device::reset_rtc`] resets the block.
//!
//! While booting from flash, the watchdog runs without being enabled, and its first stage resets everything (TRM,
//! "Watchdog Timers", flash boot protection). The super watchdog of the chips after the ESP32 is storage behind its key:
//! it never fires.

use super::bits::Bits;
use super::register_file::RegisterFile;
pub use super::reset_cause as cause;
pub(crate) use super::rtc_layout::{Layout, Register};
use super::rtc_watchdog::RtcWatchdog;
pub(crate) use super::rtc_watchdog::WatchdogLayout;
use super::{Device, Effect, RegRead, RegWrite, ResetRequest, ResetScope};
use crate::emu::{TICKS_PER_RTC_SLOW, TICKS_PER_SECOND, Ticks};

const BLOCK_BYTES: u32 = 0x400;
/// Configuration, four time-outs, feeding, key.
const WATCHDOG_WORDS: u32 = 7;

const SW_SYS_RST: Bits = Bits::bit(31);
const SW_PROCPU_RST: Bits = Bits::bit(5);
const SW_APPCPU_RST: Bits = Bits::bit(4);
const STALL_C0: [Bits; 2] = [Bits::new(2, 2), Bits::new(0, 2)];
const STALL_C1: [Bits; 2] = [Bits::new(26, 6), Bits::new(20, 6)];
/// A core stalls when C1 and C0 together hold this (`rtc_cntl_reg.h`, `RTC_CNTL_SW_STALL_PROCPU_C1`).
const STALL_CODE: u32 = 0x86;
const MAIN_TIMER_ALARM_EN: Bits = Bits::bit(16);
const SLP_VAL_HI: Bits = Bits::new(0, 16);
const UPDATE: Bits = Bits::bit(31);
const SLEEP_EN: Bits = Bits::bit(31);
const STAT_VECTOR_SEL: [Bits; 2] = [Bits::bit(13), Bits::bit(12)];
const RESET_CAUSE: [Bits; 2] = [Bits::new(0, 6), Bits::new(6, 6)];
const INT_WDT: u32 = 1 << 3;
const SLOW_CLK_NEXT_EDGE: Bits = Bits::bit(31);
const SWD_ONE_SHOT: Bits = Bits::new(28, 2);
const MAIN_STATE_IN_IDLE: Bits = Bits::bit(27);
const SCK_DCAP: Bits = Bits::new(14, 8);
const BROWN_OUT_DET: Bits = Bits::bit(31);
const MEM_CRC_START: Bits = Bits::bit(8);
const MEM_CRC_FINISH: Bits = Bits::bit(31);
/// Key of the super watchdog's register (`RTC_CNTL_SWD_WKEY_VALUE`: ESP-IDF `components/esp_hal_wdt/esp32c3/include/hal/
/// rwdt_ll.h`). It is in the key register after reset.
const SWD_KEY: u32 = 0x8f1d_312a;
const TIME_MASK: u64 = 0xffff_ffff_ffff;

/// Ticks of an RTC slow clock period with the oscillator's capacitance at its reset value of 0: 320 kHz.
///
/// Observed on ESP32 modules whose ROM finds no image: the RTC watchdog resets them every 0.40 s, and its first stage is
/// 128000 periods (esphome issue 632; 0.37 s in esp-idf issue 4589). ESP-IDF's start-up sets the capacitance to 255 for
/// the nominal 150 kHz (`rtc_clk_init`). Inferred: the period is linear between the two.
const SLOW_PERIOD_AT_RESET: Ticks = 1500;

/// Ticks of the later chips' slow clocks: the 136 kHz oscillator, a 32768 Hz crystal, the 17.5 MHz oscillator by 256.
const SLOW_PERIODS: [Ticks; 3] = [
    TICKS_PER_SECOND / 136_000,
    TICKS_PER_SECOND / 32_768,
    TICKS_PER_SECOND * 256 / 17_500_000,
];

/// Source of the CPU clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocClock {
    /// The 40 MHz crystal.
    Xtal,
    /// The PLL.
    Pll,
    /// The 8 MHz oscillator.
    Rc8m,
    /// The audio PLL.
    Apll,
}

/// The RTC control block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtcCntl {
    layout: &'static Layout,
    regs: RegisterFile,
    watchdog: RtcWatchdog,
    reset_cause: [u8; 2],
    stat_vector_sel: [bool; 2],
    int_raw: u32,
    int_ena: u32,
    /// RTC time, in slow clock periods, at `time_since`.
    time_base: u64,
    time_since: Ticks,
    time_latched: u64,
    alarm_armed: bool,
    /// A second reset that the same write or expiry asked for.
    pending: Option<ResetRequest>,
}

impl RtcCntl {
    /// The block after power-on at `now`. With `flash_boot` (the strap says so) the watchdog protects the boot.
    pub(crate) fn new(layout: &'static Layout, flash_boot: bool, now: Ticks) -> Self {
        RtcCntl::with_delay_select(layout, flash_boot, 0, now)
    }

    fn with_delay_select(
        layout: &'static Layout,
        flash_boot: bool,
        delay_select: u32,
        now: Ticks,
    ) -> Self {
        let mut rtc = RtcCntl {
            layout,
            regs: RegisterFile::new("rtc_cntl", BLOCK_BYTES, layout.reset, layout.storage),
            watchdog: RtcWatchdog::new(&layout.watchdog, flash_boot, delay_select),
            reset_cause: [cause::POWERON_RESET; 2],
            stat_vector_sel: [true; 2],
            int_raw: 0,
            int_ena: 0,
            time_base: 0,
            time_since: now,
            time_latched: 0,
            alarm_armed: false,
            pending: None,
        };
        rtc.configure_watchdog(now);
        rtc
    }

    /// Sets the eFuse field `WDT_DELAY_SEL` (0-3), which lengthens the watchdog's first stage on the chips after the
    /// ESP32; it belongs to the chip, so a reset keeps it.
    pub fn set_watchdog_delay_select(&mut self, select: u32, now: Ticks) {
        if select != self.watchdog.delay_select() {
            self.watchdog.set_delay_select(select);
            self.configure_watchdog(now);
        }
    }

    fn get(&self, register: Register) -> u32 {
        self.regs.get(self.layout.offset(register))
    }

    fn set(&mut self, register: Register, value: u32) {
        self.regs.set(self.layout.offset(register), value);
    }

    /// Whether software stalls `core` (0 is PRO).
    pub fn cpu_stalled(&self, core: usize) -> bool {
        let core = core & 1;
        let c0 = STALL_C0[core].get(self.get(Register::Options0));
        let c1 = STALL_C1[core].get(self.get(Register::SwCpuStall));
        c1 << 2 | c0 == STALL_CODE
    }

    /// Sets the cause ([`cause`]) that `core` reads after its reset.
    pub fn set_reset_cause(&mut self, core: usize, cause: u8) {
        self.reset_cause[core & 1] = cause;
    }

    /// Whether `core` starts at the ROM's reset vector (else in RTC fast memory).
    #[cfg(test)]
    pub fn starts_in_rom(&self, core: usize) -> bool {
        self.stat_vector_sel[core & 1]
    }

    /// Source of the CPU clock of the ESP32. The later chips select it in the system registers
    /// (`SystemRegs::cpu_clock_source`); here they answer with the crystal.
    pub fn soc_clock(&self) -> SocClock {
        let Some(select) = self.layout.soc_clk_sel else {
            return SocClock::Xtal;
        };
        match select.get(self.get(Register::ClkConf)) {
            0 => SocClock::Xtal,
            1 => SocClock::Pll,
            2 => SocClock::Rc8m,
            _ => SocClock::Apll,
        }
    }

    /// Period of the RTC slow clock, in ticks.
    pub fn slow_period(&self) -> Ticks {
        if let Some(select) = self.layout.slow_clk_sel {
            let selected = select.get(self.get(Register::ClkConf)) as usize;
            return *SLOW_PERIODS.get(selected).unwrap_or(&SLOW_PERIODS[0]);
        }
        let capacitance = Ticks::from(SCK_DCAP.get(self.get(Register::Regulator)));
        SLOW_PERIOD_AT_RESET + (TICKS_PER_RTC_SLOW - SLOW_PERIOD_AT_RESET) * capacitance / 255
    }

    /// RTC time at `now`, in slow clock periods since the RTC's reset.
    pub fn rtc_time(&self, now: Ticks) -> u64 {
        (self.time_base + now.saturating_sub(self.time_since) / self.slow_period()) & TIME_MASK
    }

    fn alarm_time(&self) -> u64 {
        let high = SLP_VAL_HI.get(self.get(Register::SlpTimer1));
        u64::from(high) << 32 | u64::from(self.get(Register::SlpTimer0))
    }

    fn alarm_deadline(&self) -> Option<Ticks> {
        if !self.alarm_armed {
            return None;
        }
        let left = self.alarm_time().saturating_sub(self.time_base);
        Some(
            self.time_since
                .saturating_add(left.saturating_mul(self.slow_period())),
        )
    }

    fn configure_watchdog(&mut self, now: Ticks) {
        self.watchdog.configure(self.slow_period(), now);
    }

    fn write_options0(&mut self, value: u32) -> RegWrite {
        let resets = SW_SYS_RST.mask() | SW_PROCPU_RST.mask() | SW_APPCPU_RST.mask();
        self.set(Register::Options0, value & !resets);
        let core_reset = |core| ResetRequest {
            scope: ResetScope::Core(core),
            cause: cause::SW_CPU_RESET,
        };
        if SW_SYS_RST.is_set(value) {
            return RegWrite::modelled(Effect::Reset(ResetRequest {
                scope: ResetScope::Digital,
                cause: cause::SW_RESET,
            }));
        }
        let effect = match (SW_PROCPU_RST.is_set(value), SW_APPCPU_RST.is_set(value)) {
            (true, true) => {
                self.pending = Some(core_reset(0));
                Effect::Reset(core_reset(1))
            }
            (true, false) => Effect::Reset(core_reset(0)),
            (false, true) => Effect::Reset(core_reset(1)),
            (false, false) => Effect::CoreControl,
        };
        RegWrite::modelled(effect)
    }

    /// Writes a register that the slow clock depends on: time goes on from the count so far.
    fn write_clock(&mut self, register: Register, value: u32, now: Ticks) -> RegWrite {
        let (time, period) = (self.rtc_time(now), self.slow_period());
        self.set(register, value);
        if register == Register::Regulator || self.slow_period() != period {
            self.time_base = time;
            self.time_since = now;
            self.configure_watchdog(now);
        }
        RegWrite::modelled(Effect::ClocksChanged)
    }

    /// The watchdog's word number of an offset, if it is one of its registers.
    fn watchdog_word(&self, offset: u32) -> Option<u32> {
        let word = offset.checked_sub(self.layout.watchdog_first)? / 4;
        (word < WATCHDOG_WORDS).then_some(word)
    }

    fn write_state0(&mut self, value: u32) -> RegWrite {
        self.set(Register::State0, value & !SLEEP_EN.mask());
        RegWrite {
            effect: Effect::None,
            // Sleep is not modelled: the request is dropped, and reported.
            modelled: !SLEEP_EN.is_set(value),
        }
    }

    fn write_time_update(&mut self, value: u32, now: Ticks) {
        self.set(Register::TimeUpdate, value & !UPDATE.mask());
        if UPDATE.is_set(value) {
            self.time_latched = self.rtc_time(now);
            self.int_raw |= self.layout.int_time_valid;
        }
    }

    fn reset_state(&self) -> u32 {
        let settings = self.get(Register::ResetState) & self.layout.reset_state_settings;
        (0..2).fold(settings, |state, core| {
            state
                | RESET_CAUSE[core].put(u32::from(self.reset_cause[core]))
                | STAT_VECTOR_SEL[core].put(u32::from(self.stat_vector_sel[core]))
        })
    }

    /// Resets that the watchdog's stage asks for; an interrupt stage raises the interrupt.
    fn expire_watchdog(&mut self, now: Ticks) -> Effect {
        let Some(expiry) = self.watchdog.expire(now) else {
            return Effect::None;
        };
        if expiry.interrupt {
            self.int_raw |= INT_WDT;
            return Effect::Interrupts;
        }
        self.pending = expiry.then;
        expiry.reset.map_or(Effect::None, Effect::Reset)
    }
}

impl Device for RtcCntl {
    fn name(&self) -> &'static str {
        "rtc_cntl"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if let Some(word) = self.watchdog_word(offset) {
            return RegRead::modelled(self.watchdog.read(word));
        }
        let Some(register) = self.layout.register(offset) else {
            return self.regs.read_stored(offset);
        };
        RegRead::modelled(match register {
            Register::TimeUpdate => self.get(register) | self.layout.time_valid,
            Register::Time0 => self.time_latched as u32,
            Register::Time1 => (self.time_latched >> 32) as u32,
            Register::ResetState => self.reset_state(),
            Register::IntEna => self.int_ena,
            Register::IntRaw => self.int_raw,
            Register::IntSt => self.int_raw & self.int_ena,
            Register::IntClr
            | Register::IntEnaSet
            | Register::IntEnaClear
            | Register::ExtWakeup1Status => 0,
            Register::LowPowerState => MAIN_STATE_IN_IDLE.mask(),
            // The supply is always good.
            Register::BrownOut => self.get(register) & !BROWN_OUT_DET.mask(),
            Register::MemConf => return self.regs.read_stored(offset),
            _ => self.get(register),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        if let Some(word) = self.watchdog_word(offset) {
            self.watchdog.write(word, value, self.slow_period(), now);
            return RegWrite::stored();
        }
        let Some(register) = self.layout.register(offset) else {
            return self.regs.write_stored(offset, value);
        };
        match register {
            Register::Options0 => return self.write_options0(value),
            Register::SlpTimer1 => {
                self.set(register, value);
                self.alarm_armed = MAIN_TIMER_ALARM_EN.is_set(value);
            }
            Register::TimeUpdate => self.write_time_update(value, now),
            Register::State0 => return self.write_state0(value),
            Register::ResetState => {
                self.set(register, value);
                self.stat_vector_sel = STAT_VECTOR_SEL.map(|bit| bit.is_set(value));
                return RegWrite {
                    effect: Effect::Interrupts,
                    // A start in RTC fast memory is not modelled: the ROM runs all the same.
                    modelled: self.stat_vector_sel == [true; 2],
                };
            }
            Register::IntEna => self.int_ena = value,
            Register::IntEnaSet => self.int_ena |= value,
            Register::IntEnaClear => self.int_ena &= !value,
            Register::IntClr => self.int_raw &= !value,
            Register::ClkConf | Register::Regulator => {
                return self.write_clock(register, value, now);
            }
            Register::SwCpuStall => {
                self.set(register, value);
                return RegWrite::modelled(Effect::CoreControl);
            }
            // The next edge of the slow clock is there at once.
            Register::SlowClkConf => self.set(register, value & !SLOW_CLK_NEXT_EDGE.mask()),
            Register::SwdConf if self.get(Register::SwdWprotect) == SWD_KEY => {
                self.set(register, value & !SWD_ONE_SHOT.mask());
            }
            Register::SlpTimer0 | Register::SwdWprotect | Register::BrownOut => {
                self.set(register, value);
            }
            Register::MemConf => {
                // The memory checksum is not modelled; at least it ends.
                let done = MEM_CRC_FINISH.put(MEM_CRC_START.get(value));
                return self.regs.write_stored(offset, value | done);
            }
            Register::Time0
            | Register::Time1
            | Register::IntRaw
            | Register::IntSt
            | Register::SwdConf
            | Register::LowPowerState
            | Register::ExtWakeup1Status => {}
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        if self.pending.is_some() {
            return Some(0);
        }
        [self.watchdog.deadline(), self.alarm_deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        if let Some(request) = self.pending.take() {
            return Effect::Reset(request);
        }
        if self.alarm_deadline().is_some_and(|at| at <= now) {
            self.alarm_armed = false;
            self.int_raw |= self.layout.int_main_timer;
            return Effect::Interrupts;
        }
        self.expire_watchdog(now)
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw & self.int_ena != 0)
    }

    /// A digital reset leaves the block as it is, but the CPU starts from the crystal and unstalled.
    ///
    /// Inferred: the ROM computes its baud rate from the crystal's frequency, and its banner is readable after watchdog
    /// resets; a watchdog also frees a chip whose cores stall each other.
    fn reset(&mut self, _now: Ticks) {
        self.pending = None;
        if let Some(select) = self.layout.soc_clk_sel {
            self.set(
                Register::ClkConf,
                select.replace(self.get(Register::ClkConf), 0),
            );
        }
        for core in 0..2 {
            let options0 = STALL_C0[core].replace(self.get(Register::Options0), 0);
            self.set(Register::Options0, options0);
            let stall = STALL_C1[core].replace(self.get(Register::SwCpuStall), 0);
            self.set(Register::SwCpuStall, stall);
        }
    }

    /// The RTC domain is reset too: everything but the strap is lost. Causes are set to power-on.
    fn reset_rtc(&mut self, now: Ticks) {
        let flash_boot = self.watchdog.flash_boot();
        let delay_select = self.watchdog.delay_select();
        *self = RtcCntl::with_delay_select(self.layout, flash_boot, delay_select, now);
    }
}

#[cfg(test)]
#[path = "rtc_cntl_tests.rs"]
mod tests;
