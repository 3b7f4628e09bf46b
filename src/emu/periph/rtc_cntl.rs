//! RTC control: reset causes, software resets and stalls, the RTC timer and its watchdog, and what survives a reset.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32/register/soc/rtc_cntl_reg.h`. Reset causes: ESP-IDF
//! `components/esp_rom/esp32/include/esp32/rom/rtc.h`.
//!
//! Interrupt line: bit 0, source `ETS_RTC_CORE_INTR_SOURCE` (46). A digital reset ([`Device::reset`]) touches next to nothing
//! here; [`RtcCntl::reset_rtc`] resets the block.
//!
//! While booting from flash, the watchdog runs without being enabled, and its first stage resets everything (TRM,
//! "Watchdog Timers", flash boot protection).

use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::rtc_watchdog::RtcWatchdog;
use super::{Device, Effect, RegRead, RegWrite, ResetRequest, ResetScope};
use crate::emu::{TICKS_PER_RTC_SLOW, Ticks};

/// Reset cause codes of the ESP32.
pub mod cause {
    /// Power was switched on.
    pub const POWERON_RESET: u8 = 1;
    /// Software reset of the digital core.
    pub const SW_RESET: u8 = 3;
    /// End of deep sleep.
    pub const DEEPSLEEP_RESET: u8 = 5;
    /// Watchdog of timer group 0, digital core.
    pub const TG0WDT_SYS_RESET: u8 = 7;
    /// Watchdog of timer group 1, digital core.
    pub const TG1WDT_SYS_RESET: u8 = 8;
    /// RTC watchdog, digital core.
    pub const RTCWDT_SYS_RESET: u8 = 9;
    /// Watchdog of a timer group, one CPU.
    pub const TGWDT_CPU_RESET: u8 = 11;
    /// Software reset of one CPU.
    pub const SW_CPU_RESET: u8 = 12;
    /// RTC watchdog, one CPU.
    pub const RTCWDT_CPU_RESET: u8 = 13;
    /// APP CPU, reset by the PRO CPU.
    pub const EXT_CPU_RESET: u8 = 14;
    /// The supply voltage was not stable.
    pub const RTCWDT_BROWN_OUT_RESET: u8 = 15;
    /// RTC watchdog, digital core and RTC.
    pub const RTCWDT_RTC_RESET: u8 = 16;

    /// The cause's name as the ROM's banner prints it.
    pub const fn name(code: u8) -> &'static str {
        match code {
            POWERON_RESET => "POWERON_RESET",
            SW_RESET => "SW_RESET",
            4 => "OWDT_RESET",
            DEEPSLEEP_RESET => "DEEPSLEEP_RESET",
            6 => "SDIO_RESET",
            TG0WDT_SYS_RESET => "TG0WDT_SYS_RESET",
            TG1WDT_SYS_RESET => "TG1WDT_SYS_RESET",
            RTCWDT_SYS_RESET => "RTCWDT_SYS_RESET",
            10 => "INTRUSION_RESET",
            TGWDT_CPU_RESET => "TGWDT_CPU_RESET",
            SW_CPU_RESET => "SW_CPU_RESET",
            RTCWDT_CPU_RESET => "RTCWDT_CPU_RESET",
            EXT_CPU_RESET => "EXT_CPU_RESET",
            RTCWDT_BROWN_OUT_RESET => "RTCWDT_BROWN_OUT_RESET",
            RTCWDT_RTC_RESET => "RTCWDT_RTC_RESET",
            _ => "NO_MEAN",
        }
    }
}

const BLOCK_BYTES: u32 = 0x400;
const OPTIONS0: u32 = 0x00;
const SLP_TIMER0: u32 = 0x04;
const SLP_TIMER1: u32 = 0x08;
const TIME_UPDATE: u32 = 0x0c;
const TIME0: u32 = 0x10;
const TIME1: u32 = 0x14;
const STATE0: u32 = 0x18;
const TIMER1: u32 = 0x1c;
const ANA_CONF: u32 = 0x30;
const RESET_STATE: u32 = 0x34;
const WAKEUP_STATE: u32 = 0x38;
const INT_ENA: u32 = 0x3c;
const INT_RAW: u32 = 0x40;
const INT_ST: u32 = 0x44;
const INT_CLR: u32 = 0x48;
const STORE0: u32 = 0x4c;
const SDIO_ACT_CONF: u32 = 0x6c;
const CLK_CONF: u32 = 0x70;
const SDIO_CONF: u32 = 0x74;
const BIAS_CONF: u32 = 0x78;
const REG: u32 = 0x7c;
const PWC: u32 = 0x80;
const DIG_ISO: u32 = 0x88;
const WDTCONFIG0: u32 = 0x8c;
const WDTCONFIG4: u32 = 0x9c;
const WDTFEED: u32 = 0xa0;
const WDTWPROTECT: u32 = 0xa4;
const TEST_MUX: u32 = 0xa8;
const SW_CPU_STALL: u32 = 0xac;
const STORE4: u32 = 0xb0;
const EXT_WAKEUP1: u32 = 0xcc;
const EXT_WAKEUP1_STATUS: u32 = 0xd0;
const BROWN_OUT: u32 = 0xd4;
const MEM_CONF: u32 = 0x100;
const DATE: u32 = 0x13c;

const RESET: ResetValues = &[
    (OPTIONS0, 0x1c49_2000),
    (STATE0, 0x0030_0000),
    (TIMER1, 0x2814_0403),
    (0x20, 0x0108_0000),
    (0x24, 0x1416_0a08),
    (0x28, 0x1020_0a08),
    (0x2c, 0x1214_8001),
    (ANA_CONF, 0x0080_0000),
    (WAKEUP_STATE, 0x6000),
    (CLK_CONF, 0x2210),
    (SDIO_CONF, 0x02a0_0000),
    (REG, 0xa900_2400),
    (PWC, 0x0001_2925),
    (0x84, 0x0015_5550),
    (DIG_ISO, 0xaaaa_5000),
    (BROWN_OUT, 0x13ff_0000),
    (DATE, 0x0160_4280),
];
/// Power, analogue and sleep settings without a modelled effect, and the registers for software's own use.
const STORAGE: StorageRanges = &[
    (TIMER1, ANA_CONF),
    (WAKEUP_STATE, WAKEUP_STATE),
    (STORE0, SDIO_ACT_CONF),
    (SDIO_CONF, BIAS_CONF),
    (PWC, DIG_ISO),
    (TEST_MUX, TEST_MUX),
    (STORE4, EXT_WAKEUP1),
    (DATE, DATE),
];

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
const TIME_VALID: Bits = Bits::bit(30);
const SLEEP_EN: Bits = Bits::bit(31);
const STAT_VECTOR_SEL: [Bits; 2] = [Bits::bit(13), Bits::bit(12)];
const RESET_CAUSE: [Bits; 2] = [Bits::new(0, 6), Bits::new(6, 6)];
const INT_MAIN_TIMER: u32 = 1 << 8;
const INT_TIME_VALID: u32 = 1 << 4;
const INT_WDT: u32 = 1 << 3;
const SOC_CLK_SEL: Bits = Bits::new(27, 2);
const SCK_DCAP: Bits = Bits::new(14, 8);
const BROWN_OUT_DET: Bits = Bits::bit(31);
const MEM_CRC_START: Bits = Bits::bit(8);
const MEM_CRC_FINISH: Bits = Bits::bit(31);
const TIME_MASK: u64 = 0xffff_ffff_ffff;

/// Ticks of an RTC slow clock period with the oscillator's capacitance at its reset value of 0: 320 kHz.
///
/// Observed on ESP32 modules whose ROM finds no image: the RTC watchdog resets them every 0.40 s, and its first stage is
/// 128000 periods (esphome issue 632; 0.37 s in esp-idf issue 4589). ESP-IDF's start-up sets the capacitance to 255 for
/// the nominal 150 kHz (`rtc_clk_init`). Inferred: the period is linear between the two.
const SLOW_PERIOD_AT_RESET: Ticks = 1500;

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
    pub fn new(flash_boot: bool, now: Ticks) -> Self {
        let mut rtc = RtcCntl {
            regs: RegisterFile::new("rtc_cntl", BLOCK_BYTES, RESET, STORAGE),
            watchdog: RtcWatchdog::new(flash_boot),
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

    /// The RTC domain is reset too: everything but the strap is lost. Causes are set to power-on.
    pub fn reset_rtc(&mut self, now: Ticks) {
        *self = RtcCntl::new(self.watchdog.flash_boot(), now);
    }

    /// Whether software stalls `core` (0 is PRO).
    pub fn cpu_stalled(&self, core: usize) -> bool {
        let core = core & 1;
        let c0 = STALL_C0[core].get(self.regs.get(OPTIONS0));
        let c1 = STALL_C1[core].get(self.regs.get(SW_CPU_STALL));
        c1 << 2 | c0 == STALL_CODE
    }

    /// Sets the cause ([`cause`]) that `core` reads after its reset.
    pub fn set_reset_cause(&mut self, core: usize, cause: u8) {
        self.reset_cause[core & 1] = cause;
    }

    /// The cause ([`cause`]) of the last reset of `core`.
    pub fn reset_cause(&self, core: usize) -> u8 {
        self.reset_cause[core & 1]
    }

    /// Whether `core` starts at the ROM's reset vector (else in RTC fast memory).
    pub fn starts_in_rom(&self, core: usize) -> bool {
        self.stat_vector_sel[core & 1]
    }

    /// Source of the CPU clock.
    pub fn soc_clock(&self) -> SocClock {
        match SOC_CLK_SEL.get(self.regs.get(CLK_CONF)) {
            0 => SocClock::Xtal,
            1 => SocClock::Pll,
            2 => SocClock::Rc8m,
            _ => SocClock::Apll,
        }
    }

    /// Period of the RTC slow clock, in ticks.
    pub fn slow_period(&self) -> Ticks {
        let capacitance = Ticks::from(SCK_DCAP.get(self.regs.get(REG)));
        SLOW_PERIOD_AT_RESET + (TICKS_PER_RTC_SLOW - SLOW_PERIOD_AT_RESET) * capacitance / 255
    }

    /// RTC time at `now`, in slow clock periods since the RTC's reset.
    pub fn rtc_time(&self, now: Ticks) -> u64 {
        (self.time_base + now.saturating_sub(self.time_since) / self.slow_period()) & TIME_MASK
    }

    fn alarm_time(&self) -> u64 {
        let high = SLP_VAL_HI.get(self.regs.get(SLP_TIMER1));
        u64::from(high) << 32 | u64::from(self.regs.get(SLP_TIMER0))
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
        self.regs.set(OPTIONS0, value & !resets);
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
            (false, false) => Effect::Reconfigured,
        };
        RegWrite::modelled(effect)
    }

    fn write_reg(&mut self, value: u32, now: Ticks) -> RegWrite {
        self.time_base = self.rtc_time(now);
        self.time_since = now;
        self.regs.set(REG, value);
        self.configure_watchdog(now);
        RegWrite::modelled(Effect::Reconfigured)
    }

    fn write_watchdog(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        let period = self.slow_period();
        self.watchdog
            .write((offset - WDTCONFIG0) / 4, value, period, now);
        RegWrite::stored()
    }

    fn reset_state(&self) -> u32 {
        (0..2).fold(0, |state, core| {
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
        RegRead::modelled(match offset {
            OPTIONS0 | SLP_TIMER0 | SLP_TIMER1 | CLK_CONF | REG | SW_CPU_STALL => {
                self.regs.get(offset)
            }
            TIME_UPDATE => TIME_VALID.mask(),
            TIME0 => self.time_latched as u32,
            TIME1 => (self.time_latched >> 32) as u32,
            STATE0 => self.regs.get(STATE0),
            RESET_STATE => self.reset_state(),
            INT_ENA => self.int_ena,
            INT_RAW => self.int_raw,
            INT_ST => self.int_raw & self.int_ena,
            INT_CLR | WDTFEED | EXT_WAKEUP1_STATUS => 0,
            WDTCONFIG0..=WDTCONFIG4 | WDTWPROTECT => self.watchdog.read((offset - WDTCONFIG0) / 4),
            // The supply is always good.
            BROWN_OUT => self.regs.get(BROWN_OUT) & !BROWN_OUT_DET.mask(),
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        match offset {
            OPTIONS0 => return self.write_options0(value),
            SLP_TIMER0 => self.regs.set(SLP_TIMER0, value),
            SLP_TIMER1 => {
                self.regs.set(SLP_TIMER1, value);
                self.alarm_armed = MAIN_TIMER_ALARM_EN.is_set(value);
            }
            TIME_UPDATE => {
                if UPDATE.is_set(value) {
                    self.time_latched = self.rtc_time(now);
                    self.int_raw |= INT_TIME_VALID;
                }
            }
            STATE0 => {
                self.regs.set(STATE0, value & !SLEEP_EN.mask());
                return RegWrite {
                    effect: Effect::None,
                    // Sleep is not modelled: the request is dropped, and reported.
                    modelled: !SLEEP_EN.is_set(value),
                };
            }
            RESET_STATE => {
                self.stat_vector_sel = STAT_VECTOR_SEL.map(|bit| bit.is_set(value));
            }
            INT_ENA => self.int_ena = value,
            INT_CLR => self.int_raw &= !value,
            CLK_CONF | SW_CPU_STALL => {
                self.regs.set(offset, value);
                return RegWrite::modelled(Effect::Reconfigured);
            }
            REG => return self.write_reg(value, now),
            WDTCONFIG0..=WDTWPROTECT => return self.write_watchdog(offset, value, now),
            BROWN_OUT => self.regs.set(BROWN_OUT, value),
            MEM_CONF => {
                // The memory checksum is not modelled; at least it ends.
                let done = MEM_CRC_FINISH.put(MEM_CRC_START.get(value));
                return self.regs.write_stored(MEM_CONF, value | done);
            }
            TIME0 | TIME1 | INT_RAW | INT_ST | EXT_WAKEUP1_STATUS => {}
            _ => return self.regs.write_stored(offset, value),
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
            self.int_raw |= INT_MAIN_TIMER;
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
        self.regs
            .set(CLK_CONF, SOC_CLK_SEL.replace(self.regs.get(CLK_CONF), 0));
        for core in 0..2 {
            let options0 = STALL_C0[core].replace(self.regs.get(OPTIONS0), 0);
            self.regs.set(OPTIONS0, options0);
            let stall = STALL_C1[core].replace(self.regs.get(SW_CPU_STALL), 0);
            self.regs.set(SW_CPU_STALL, stall);
        }
    }
}

#[cfg(test)]
#[path = "rtc_cntl_tests.rs"]
mod tests;
