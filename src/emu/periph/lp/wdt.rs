//! LP_WDT: the watchdog of the LP domain, which is the RTC watchdog of the chips before, and the super watchdog.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32c6/register/soc/lp_wdt_reg.h`; keys: `components/
//! esp_hal_wdt/esp32c6/include/hal/lpwdt_ll.h`. While booting from flash, the watchdog runs without being enabled, and its
//! first stage resets everything. The super watchdog is storage behind its key: it never fires. A digital reset leaves the
//! block alone.
//!
//! Interrupt line: bit 0 (`ETS_LP_WDT_INTR_SOURCE`).

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::rtc_watchdog::{RtcWatchdog, WatchdogLayout};
use crate::emu::periph::watchdog::WRITE_KEY;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite, ResetRequest};

const BLOCK_BYTES: u32 = 0x400;
/// Configuration, four time-outs, feeding, key.
const WPROTECT: u32 = 0x18;
const SWD_CONFIG: u32 = 0x1c;
const SWD_WPROTECT: u32 = 0x20;
const INT_RAW: u32 = 0x24;
const INT_ST: u32 = 0x28;
const INT_ENA: u32 = 0x2c;
const INT_CLR: u32 = 0x30;

/// Reset flag, clearing of it, feeding: never set when read.
const SWD_ONE_SHOT: u32 = Bits::bit(31).mask() | Bits::bit(19).mask() | Bits::bit(0).mask();
const LP_WDT_INT: u32 = 1 << 31;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub watchdog: WatchdogLayout,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LpWdt {
    layout: &'static Layout,
    regs: RegisterFile,
    watchdog: RtcWatchdog,
    slow_period: Ticks,
    int_raw: u32,
    int_ena: u32,
    /// A second reset that the same expiry asked for.
    pending: Option<ResetRequest>,
}

impl LpWdt {
    /// The block after power-on at `now`. With `flash_boot` (the strap says so) the watchdog protects the boot;
    /// `slow_period` is that of the slow clock in ticks, `delay_select` the eFuse field `WDT_DELAY_SEL`.
    pub(crate) fn new(
        layout: &'static Layout,
        flash_boot: bool,
        delay_select: u32,
        slow_period: Ticks,
        now: Ticks,
    ) -> Self {
        let mut block = LpWdt {
            layout,
            regs: RegisterFile::new("lp_wdt", BLOCK_BYTES, layout.reset, layout.storage),
            watchdog: RtcWatchdog::new(&layout.watchdog, flash_boot, delay_select),
            slow_period,
            int_raw: 0,
            int_ena: 0,
            pending: None,
        };
        block.watchdog.configure(slow_period, now);
        block
    }

    /// Sets the eFuse field `WDT_DELAY_SEL` (0-3), which lengthens the first stage.
    pub(crate) fn set_delay_select(&mut self, select: u32, now: Ticks) {
        if select != self.watchdog.delay_select() {
            self.watchdog.set_delay_select(select);
            self.watchdog.configure(self.slow_period, now);
        }
    }

    /// The slow clock changes: its period in ticks.
    pub(crate) fn set_slow_period(&mut self, period: Ticks, now: Ticks) {
        if period != self.slow_period {
            self.slow_period = period;
            self.watchdog.configure(period, now);
        }
    }
}

impl Device for LpWdt {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            0..=WPROTECT => self.watchdog.read(offset / 4),
            SWD_CONFIG | SWD_WPROTECT => self.regs.get(offset),
            INT_RAW => self.int_raw,
            INT_ST => self.int_raw & self.int_ena,
            INT_ENA => self.int_ena,
            INT_CLR => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        match offset {
            0..=WPROTECT => {
                self.watchdog
                    .write(offset / 4, value, self.slow_period, now);
                return RegWrite::stored();
            }
            SWD_CONFIG => {
                if self.regs.get(SWD_WPROTECT) == WRITE_KEY {
                    self.regs.set(SWD_CONFIG, value & !SWD_ONE_SHOT);
                }
                return RegWrite::stored();
            }
            SWD_WPROTECT => {
                self.regs.set(offset, value);
                return RegWrite::stored();
            }
            INT_ENA => self.int_ena = value,
            INT_RAW | INT_CLR => self.int_raw &= !value,
            INT_ST => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        match self.pending {
            Some(_) => Some(0),
            None => self.watchdog.deadline(),
        }
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        if let Some(request) = self.pending.take() {
            return Effect::Reset(request);
        }
        let Some(expiry) = self.watchdog.expire(now) else {
            return Effect::None;
        };
        if expiry.interrupt {
            self.int_raw |= LP_WDT_INT;
            return Effect::Interrupts;
        }
        self.pending = expiry.then;
        expiry.reset.map_or(Effect::None, Effect::Reset)
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw & self.int_ena != 0)
    }

    fn reset(&mut self, _now: Ticks) {}

    fn reset_rtc(&mut self, now: Ticks) {
        let (boot, select) = (self.watchdog.flash_boot(), self.watchdog.delay_select());
        *self = LpWdt::new(self.layout, boot, select, self.slow_period, now);
    }
}
