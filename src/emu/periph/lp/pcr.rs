//! PCR: clocks and resets of the digital domain.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32c6/register/soc/pcr_reg.h`; dividers: `components/
//! esp_hal_clock/esp32c6/include/hal/clk_tree_ll.h`; what the ROM reads of it: its `ets_clk_get_cpu_freq`. Clocks that are
//! gated and blocks that are held in reset go on here. The block has no interrupt lines.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};
use crate::emu::{TICKS_PER_APB, TICKS_PER_XTAL, Ticks};

const BLOCK_BYTES: u32 = 0x1000;
/// Clocks of the timer groups: timers and watchdog, 12 bytes a group.
const TIMERGROUP0_TIMER_CLK_CONF: u32 = 0x40;
const TIMERGROUP0_WDT_CLK_CONF: u32 = 0x44;
const TIMERGROUP1_WDT_CLK_CONF: u32 = 0x50;
const GROUP_BYTES: u32 = 0x0c;
const SYSCLK_CONF: u32 = 0x110;
const CPU_WAITI_CONF: u32 = 0x114;
const CPU_FREQ_CONF: u32 = 0x118;
const SYSCLK_FREQ_QUERY_0: u32 = 0x124;

/// Fixed dividers, which software only reads.
const LS_DIV_NUM: Bits = Bits::new(0, 8);
const HS_DIV_NUM: Bits = Bits::new(8, 8);
const SOC_CLK_SEL: Bits = Bits::new(16, 2);
const CLK_XTAL_FREQ: Bits = Bits::new(24, 7);
const CPU_LS_DIV_NUM: Bits = Bits::new(0, 8);
const CPU_HS_DIV_NUM: Bits = Bits::new(8, 8);
const CPU_HS_120M_FORCE: Bits = Bits::bit(16);
/// Source of a timer group's clock.
const GROUP_CLK_SEL: Bits = Bits::new(20, 2);
/// `PCR_CPUPERIOD_SEL` and `PCR_PLL_FREQ_SEL`, which software only reads.
const CPU_WAITI_FIXED: u32 = 0b111;

const HS_DIVIDER: u32 = 2;
const CRYSTAL_MHZ: u32 = 40;
const CLK_SEL_PLL: u32 = 1;
const CLK_SEL_RC_FAST: u32 = 2;
/// Of a timer group: the PLL's 80 MHz, the fast oscillator.
const GROUP_SEL_PLL: u32 = 1;
const GROUP_SEL_RC_FAST: u32 = 2;
/// Ticks of the fast RC oscillator's period: 17.5 MHz (ESP-IDF `clk_tree_defs.h`), rounded to a whole number.
const TICKS_PER_RC_FAST: Ticks = 27;
/// A tick is a period of the PLL.
const TICKS_PER_PLL: Ticks = 1;
const TICKS_AT_120_MHZ: Ticks = 4;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pcr {
    regs: RegisterFile,
}

impl Pcr {
    /// The block after reset: everything runs from the crystal, at 40 MHz.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Pcr {
            regs: RegisterFile::new("pcr", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    /// Period of the CPU clock, in ticks.
    pub(crate) fn cpu_period(&self) -> Ticks {
        let conf = self.regs.get(CPU_FREQ_CONF);
        let slow = Ticks::from(CPU_LS_DIV_NUM.get(conf)) + 1;
        let fast = Ticks::from(CPU_HS_DIV_NUM.get(conf)) + 1;
        match SOC_CLK_SEL.get(self.regs.get(SYSCLK_CONF)) {
            CLK_SEL_PLL if fast == 1 && CPU_HS_120M_FORCE.is_set(conf) => TICKS_AT_120_MHZ,
            CLK_SEL_PLL => TICKS_PER_PLL * Ticks::from(HS_DIVIDER + 1) * fast,
            CLK_SEL_RC_FAST => TICKS_PER_RC_FAST * slow,
            _ => TICKS_PER_XTAL * slow,
        }
    }

    /// Period of the clock of the timers of timer group `group` (0 or 1), in ticks.
    pub(crate) fn timer_period(&self, group: u32) -> Ticks {
        self.group_period(TIMERGROUP0_TIMER_CLK_CONF + group * GROUP_BYTES)
    }

    /// Period of the clock of the watchdog of timer group `group` (0 or 1), in ticks.
    pub(crate) fn watchdog_period(&self, group: u32) -> Ticks {
        self.group_period(TIMERGROUP0_WDT_CLK_CONF + group * GROUP_BYTES)
    }

    fn group_period(&self, register: u32) -> Ticks {
        match GROUP_CLK_SEL.get(self.regs.get(register)) {
            GROUP_SEL_PLL => TICKS_PER_APB,
            GROUP_SEL_RC_FAST => TICKS_PER_RC_FAST,
            _ => TICKS_PER_XTAL,
        }
    }

    fn sysclk_conf(&self) -> u32 {
        let conf = CLK_XTAL_FREQ.replace(self.regs.get(SYSCLK_CONF), CRYSTAL_MHZ);
        HS_DIV_NUM.replace(LS_DIV_NUM.replace(conf, 0), HS_DIVIDER)
    }
}

impl Device for Pcr {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            SYSCLK_CONF => RegRead::modelled(self.sysclk_conf()),
            CPU_WAITI_CONF | CPU_FREQ_CONF => RegRead::modelled(self.regs.get(offset)),
            SYSCLK_FREQ_QUERY_0 => RegRead::modelled(self.regs.get(offset)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            SYSCLK_CONF | CPU_FREQ_CONF => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::ClocksChanged)
            }
            TIMERGROUP0_TIMER_CLK_CONF..=TIMERGROUP1_WDT_CLK_CONF => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::ClocksChanged)
            }
            CPU_WAITI_CONF => {
                let fixed = self.regs.get(offset) & CPU_WAITI_FIXED;
                self.regs.set(offset, value & !CPU_WAITI_FIXED | fixed);
                RegWrite::stored()
            }
            SYSCLK_FREQ_QUERY_0 => RegWrite::stored(),
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[(SYSCLK_CONF, 0x2800_0200), (CPU_WAITI_CONF, 0xd)],
        storage: &[(0x00, 0x10c)],
    };

    #[test]
    fn the_cpu_runs_from_crystal_pll_or_oscillator() {
        let mut pcr = Pcr::new(&LAYOUT);
        assert_eq!(pcr.cpu_period(), TICKS_PER_XTAL);
        // 160, 80 and 120 MHz from the PLL's 480 MHz.
        for (divider, period) in [(0, 3), (1 << 8, 6), (1 << 16, 4)] {
            assert_eq!(
                pcr.write(SYSCLK_CONF, 1 << 16, 0).effect,
                Effect::ClocksChanged
            );
            pcr.write(CPU_FREQ_CONF, divider, 0);
            assert_eq!(pcr.cpu_period(), period);
        }
        pcr.write(SYSCLK_CONF, 2 << 16, 0);
        pcr.write(CPU_FREQ_CONF, 1, 0);
        assert_eq!(pcr.cpu_period(), 2 * TICKS_PER_RC_FAST);
        pcr.write(SYSCLK_CONF, 0, 0);
        assert_eq!(pcr.cpu_period(), 2 * TICKS_PER_XTAL);
    }

    #[test]
    fn what_software_only_reads_stays() {
        let mut pcr = Pcr::new(&LAYOUT);
        pcr.write(SYSCLK_CONF, 0x0001_ffff, 0);
        assert_eq!(pcr.read(SYSCLK_CONF, 0), RegRead::modelled(0x2801_0200));
        pcr.write(CPU_WAITI_CONF, 0, 0);
        assert_eq!(pcr.read(CPU_WAITI_CONF, 0), RegRead::modelled(5));
    }

    #[test]
    fn timer_groups_choose_their_clocks() {
        let mut pcr = Pcr::new(&LAYOUT);
        assert_eq!(pcr.timer_period(1), TICKS_PER_XTAL);
        pcr.write(0x4c, 1 << 20, 0);
        assert_eq!(pcr.timer_period(1), TICKS_PER_APB);
        assert_eq!(pcr.watchdog_period(1), TICKS_PER_XTAL);
        pcr.write(0x44, 2 << 20, 0);
        assert_eq!(pcr.watchdog_period(0), TICKS_PER_RC_FAST);
    }
}
