//! DPORT: control of the APP core, the caches, clocks and resets of peripherals, and the interrupt matrix.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32/register/soc/dport_reg.h`.
//!
//! Interrupt lines: bits 0-3 `ETS_FROM_CPU_INTR0_SOURCE` to `ETS_FROM_CPU_INTR3_SOURCE` (24-27), bit 4
//! `ETS_CACHE_IA_INTR_SOURCE` (68).
//!
//! Flash encryption: the ROM's `SPI_Write_Encrypt_Enable` and ESP-IDF set `DPORT_SPI_ENCRYPT_ENABLE` around an encrypted
//! write. Nothing sets `DPORT_SPI_DECRYPT_ENABLE` when booting from flash: there the eFuse counter alone decides whether
//! the cache decrypts; the bit counts in download mode only (TRM, "External Memory Encryption and Decryption").

use super::cache_mmu::CacheRegion;
use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// Number of sources of the interrupt matrix.
pub const INTERRUPT_SOURCES: usize = 69;

const BLOCK_BYTES: u32 = 0x1000;
const APP_APB_MASK1: u32 = 0x018;
const ACCESS_CHECK: u32 = 0x008;
const PERI_CLK_EN: u32 = 0x01c;
const PERI_RST_EN: u32 = 0x020;
const WIFI_BB_CFG: u32 = 0x024;
const WIFI_BB_CFG_2: u32 = 0x028;
const APPCPU_CTRL_A: u32 = 0x02c;
const APPCPU_CTRL_B: u32 = 0x030;
const APPCPU_CTRL_C: u32 = 0x034;
const APPCPU_CTRL_D: u32 = 0x038;
const CPU_PER_CONF: u32 = 0x03c;
const PRO_CACHE_CTRL: u32 = 0x040;
const PRO_CACHE_CTRL1: u32 = 0x044;
const PRO_CACHE_LOCK_0: u32 = 0x048;
const APP_CACHE_CTRL: u32 = 0x058;
const APP_CACHE_CTRL1: u32 = 0x05c;
const APP_CACHE_LOCK_0: u32 = 0x060;
const HOST_INF_SEL: u32 = 0x0bc;
const PERIP_CLK_EN: u32 = 0x0c0;
const SLAVE_SPI_CONFIG: u32 = 0x0c8;
const WIFI_CLK_EN: u32 = 0x0cc;
const BT_LPCK_DIV_FRAC: u32 = 0x0d8;
const CPU_INTR_FROM_CPU_0: u32 = 0x0dc;
const CPU_INTR_FROM_CPU_3: u32 = 0x0e8;
const PRO_INTR_STATUS_0: u32 = 0x0ec;
const PRO_INTR_STATUS_2: u32 = 0x0f4;
const APP_INTR_STATUS_0: u32 = 0x0f8;
const APP_INTR_STATUS_2: u32 = 0x100;
const PRO_INTR_MAP_FIRST: u32 = 0x104;
const PRO_INTR_MAP_LAST: u32 = 0x214;
const APP_INTR_MAP_FIRST: u32 = 0x218;
const APP_INTR_MAP_LAST: u32 = 0x328;
const AHBLITE_MPU_TABLE_UART: u32 = 0x32c;
const AHBLITE_MPU_TABLE_PWR: u32 = 0x3e4;
const PRO_DCACHE_DBUG0: u32 = 0x3f0;
const PRO_DCACHE_DBUG3: u32 = 0x3fc;
const APP_DCACHE_DBUG0: u32 = 0x418;
const APP_DCACHE_DBUG3: u32 = 0x424;
const PRO_CPU_RECORD_CTRL: u32 = 0x440;
const APP_CPU_RECORD_CTRL: u32 = 0x468;
const DMMU_TABLE15: u32 = 0x580;
const FRONT_END_MEM_PD: u32 = 0x594;
const CACHE_IA_INT_EN: u32 = 0x5a0;
const SPI_DMA_CHAN_SEL: u32 = 0x5a8;
const DATE: u32 = 0xffc;

const RESET: ResetValues = &[
    (APPCPU_CTRL_A, 1),
    (PRO_CACHE_CTRL, 0x10),
    (PRO_CACHE_CTRL1, 0x8ff),
    (APP_CACHE_CTRL, 0x10),
    (APP_CACHE_CTRL1, 0x8ff),
    (0x08c, 1),
    (0x094, 3),
    (0x0a0, 0xffff_ffff),
    (0x0a4, 1),
    (0x0ac, 0x101),
    (0x0b4, 0xffff_ffff),
    (0x0b8, 0x1ff),
    (PERIP_CLK_EN, 0xf9c1_e06f),
    (WIFI_CLK_EN, 0xfffc_e030),
    (0x0d4, 0xff),
    (BT_LPCK_DIV_FRAC, 0x0200_1001),
    (PRO_CPU_RECORD_CTRL, 0x100),
    (APP_CPU_RECORD_CTRL, 0x100),
    (0x584, 1),
    (0x58c, 1),
    (FRONT_END_MEM_PD, 5),
    (DATE, 0x0160_5190),
];
/// Configuration without a modelled effect: access grants, clock and power gates, locks, radio. The boot remap, trace,
/// intrusion and vector-base registers are not here: they would change what runs.
const STORAGE: StorageRanges = &[
    (ACCESS_CHECK, APP_APB_MASK1),
    (WIFI_BB_CFG, WIFI_BB_CFG_2),
    (PRO_CACHE_LOCK_0, PRO_CACHE_LOCK_0 + 0xc),
    (APP_CACHE_LOCK_0, HOST_INF_SEL),
    (WIFI_CLK_EN, BT_LPCK_DIV_FRAC),
    (AHBLITE_MPU_TABLE_UART, AHBLITE_MPU_TABLE_PWR),
    (PRO_CPU_RECORD_CTRL, DMMU_TABLE15),
    (FRONT_END_MEM_PD, SPI_DMA_CHAN_SEL),
    (DATE, DATE),
];

const RESETTING: Bits = Bits::bit(0);
const CLKGATE_EN: Bits = Bits::bit(0);
const RUNSTALL: Bits = Bits::bit(0);
const CPUPERIOD_SEL: Bits = Bits::new(0, 2);
const CACHE_ENABLE: Bits = Bits::bit(3);
const CACHE_FLUSH_ENA: Bits = Bits::bit(4);
const CACHE_FLUSH_DONE: Bits = Bits::bit(5);
const CACHE_MMU_IA_CLR: Bits = Bits::bit(13);
const FLASH_PAGE_MODE: Bits = Bits::new(9, 2);
const SPI_ENCRYPT_ENABLE: Bits = Bits::bit(8);
const SPI_DECRYPT_ENABLE: Bits = Bits::bit(12);
/// State 1 is idle: the drivers wait for it with the cache off (ESP-IDF `dport_access.h`, `cache_utils.c`).
const DBUG0_CACHE_STATE: Bits = Bits::new(7, 12);
const CACHE_STATE_IDLE: u32 = 1;
const INTERRUPT_NUMBER: Bits = Bits::new(0, 5);
/// No peripheral interrupt of the core: every source rests on it after reset.
const INTERRUPT_UNMAPPED: u8 = 16;
const LINE_CACHE_IA: u32 = 1 << 4;

/// Frequency of the CPU clock while the PLL drives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuClock {
    /// 80 MHz.
    Mhz80,
    /// 160 MHz.
    Mhz160,
    /// 240 MHz.
    Mhz240,
}

/// The DPORT block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dport {
    regs: RegisterFile,
    from_cpu: u8,
    int_map: [[u8; INTERRUPT_SOURCES]; 2],
    source_levels: [u32; 3],
    /// Illegal accesses through a disabled cache, as `DBUG3` shows them.
    illegal: [u32; 2],
}

impl Default for Dport {
    fn default() -> Self {
        Dport::new()
    }
}

impl Dport {
    /// The block after reset: the APP core held in reset, caches off.
    pub fn new() -> Self {
        Dport {
            regs: RegisterFile::new("dport", BLOCK_BYTES, RESET, STORAGE),
            from_cpu: 0,
            int_map: [[INTERRUPT_UNMAPPED; INTERRUPT_SOURCES]; 2],
            source_levels: [0; 3],
            illegal: [0; 2],
        }
    }

    /// Whether the APP core is held in reset.
    pub fn app_cpu_in_reset(&self) -> bool {
        RESETTING.is_set(self.regs.get(APPCPU_CTRL_A))
    }

    /// Whether the APP core's clock is switched off.
    pub fn app_cpu_clock_gated(&self) -> bool {
        !CLKGATE_EN.is_set(self.regs.get(APPCPU_CTRL_B))
    }

    /// Whether the APP core is stalled.
    pub fn app_cpu_run_stalled(&self) -> bool {
        RUNSTALL.is_set(self.regs.get(APPCPU_CTRL_C))
    }

    /// Bus address where the APP core's ROM code jumps to; zero makes it wait.
    #[cfg(test)]
    pub fn app_boot_address(&self) -> u32 {
        self.regs.get(APPCPU_CTRL_D)
    }

    /// The CPU clock that the divider selects, for when the PLL is the source (`RtcCntl::soc_clock`).
    pub fn cpu_clock_select(&self) -> CpuClock {
        match CPUPERIOD_SEL.get(self.regs.get(CPU_PER_CONF)) {
            0 => CpuClock::Mhz80,
            1 => CpuClock::Mhz160,
            _ => CpuClock::Mhz240,
        }
    }

    /// Whether the cache of `core` is on.
    pub fn cache_enabled(&self, core: usize) -> bool {
        CACHE_ENABLE.is_set(self.regs.get(cache_ctrl(core)))
    }

    /// Whether `core` may use its cache for `region`: cache on, region not masked.
    pub fn cache_serves(&self, core: usize, region: CacheRegion) -> bool {
        let masks = self.regs.get(cache_ctrl1(core));
        self.cache_enabled(core) && masks >> region.mask_bit() & 1 == 0
    }

    /// Bytes that one flash MMU entry of `core` maps.
    pub fn flash_page_bytes(&self, core: usize) -> u32 {
        0x1_0000 >> FLASH_PAGE_MODE.get(self.regs.get(cache_ctrl1(core)))
    }

    /// A core used a region that its cache does not serve: shown in `DBUG3`, and raised where enabled.
    pub fn note_illegal_access(&mut self, core: usize, region: CacheRegion) {
        let (status, _) = illegal_bits(core, region);
        self.illegal[core & 1] |= status;
    }

    /// The core's interrupt number (0-31) that `source` of the interrupt matrix drives; 16 for an unknown source.
    pub fn int_map(&self, core: usize, source: usize) -> u8 {
        match self.int_map[core & 1].get(source) {
            Some(&number) => number,
            None => INTERRUPT_UNMAPPED,
        }
    }

    /// The levels of all interrupt sources, bit by source, for the status registers.
    pub fn set_source_levels(&mut self, levels: [u32; 3]) {
        self.source_levels = levels;
    }

    /// Whether software asks for encrypted flash writes.
    pub fn spi_encrypt_enabled(&self) -> bool {
        SPI_ENCRYPT_ENABLE.is_set(self.regs.get(SLAVE_SPI_CONFIG))
    }

    /// Whether software asks for decrypted flash reads, which counts in download mode only.
    pub fn spi_decrypt_enabled(&self) -> bool {
        SPI_DECRYPT_ENABLE.is_set(self.regs.get(SLAVE_SPI_CONFIG))
    }

    fn write_cache_ctrl(&mut self, offset: u32, value: u32) -> RegWrite {
        let flush = CACHE_FLUSH_ENA.is_set(value);
        self.regs
            .set(offset, CACHE_FLUSH_DONE.replace(value, u32::from(flush)));
        RegWrite::modelled(Effect::CacheChanged)
    }

    fn write_cache_ctrl1(&mut self, offset: u32, value: u32) -> RegWrite {
        if CACHE_MMU_IA_CLR.is_set(value) {
            self.illegal[usize::from(offset == APP_CACHE_CTRL1)] = 0;
        }
        self.regs.set(offset, value);
        RegWrite::modelled(Effect::CacheChanged)
    }

    fn map_source(&mut self, core: usize, index: u32, value: u32) -> RegWrite {
        if let Some(number) = self.int_map[core].get_mut(index as usize) {
            *number = INTERRUPT_NUMBER.get(value) as u8;
        }
        RegWrite::modelled(Effect::InterruptsRouted)
    }

    fn cache_interrupt(&self) -> bool {
        use CacheRegion::{Dram1, Drom0, Iram0, Iram1, Irom0};
        let enabled = self.regs.get(CACHE_IA_INT_EN);
        (0..2).any(|core| {
            [Drom0, Dram1, Iram0, Iram1, Irom0].iter().any(|&region| {
                let (status, enable) = illegal_bits(core, region);
                self.illegal[core] & status != 0 && enabled & enable != 0
            })
        })
    }
}

fn cache_ctrl(core: usize) -> u32 {
    if core == 0 {
        PRO_CACHE_CTRL
    } else {
        APP_CACHE_CTRL
    }
}

fn cache_ctrl1(core: usize) -> u32 {
    if core == 0 {
        PRO_CACHE_CTRL1
    } else {
        APP_CACHE_CTRL1
    }
}

/// The bits of an illegal access in `DBUG3` and in `CACHE_IA_INT_EN`.
fn illegal_bits(core: usize, region: CacheRegion) -> (u32, u32) {
    let (status, app_enable) = match region {
        CacheRegion::Dram1 => (10, 4),
        CacheRegion::Irom0 => (11, 3),
        CacheRegion::Iram1 => (12, 2),
        CacheRegion::Iram0 => (13, 1),
        CacheRegion::Drom0 => (14, 0),
    };
    let enable = if core == 0 {
        app_enable + 14
    } else {
        app_enable
    };
    (1 << status, 1 << enable)
}

impl Device for Dport {
    fn name(&self) -> &'static str {
        "dport"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            APPCPU_CTRL_A..=APP_CACHE_CTRL1 | PERI_CLK_EN | PERI_RST_EN => self.regs.get(offset),
            PERIP_CLK_EN..=SLAVE_SPI_CONFIG => self.regs.get(offset),
            CPU_INTR_FROM_CPU_0..=CPU_INTR_FROM_CPU_3 => {
                u32::from(self.from_cpu) >> ((offset - CPU_INTR_FROM_CPU_0) / 4) & 1
            }
            PRO_INTR_STATUS_0..=PRO_INTR_STATUS_2 => {
                self.source_levels[((offset - PRO_INTR_STATUS_0) / 4) as usize]
            }
            APP_INTR_STATUS_0..=APP_INTR_STATUS_2 => {
                self.source_levels[((offset - APP_INTR_STATUS_0) / 4) as usize]
            }
            PRO_INTR_MAP_FIRST..=PRO_INTR_MAP_LAST => {
                u32::from(self.int_map(0, ((offset - PRO_INTR_MAP_FIRST) / 4) as usize))
            }
            APP_INTR_MAP_FIRST..=APP_INTR_MAP_LAST => {
                u32::from(self.int_map(1, ((offset - APP_INTR_MAP_FIRST) / 4) as usize))
            }
            PRO_DCACHE_DBUG0 | APP_DCACHE_DBUG0 => DBUG0_CACHE_STATE.put(CACHE_STATE_IDLE),
            PRO_DCACHE_DBUG3 => self.illegal[0],
            APP_DCACHE_DBUG3 => self.illegal[1],
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            PRO_CACHE_CTRL | APP_CACHE_CTRL => self.write_cache_ctrl(offset, value),
            PRO_CACHE_CTRL1 | APP_CACHE_CTRL1 => self.write_cache_ctrl1(offset, value),
            APPCPU_CTRL_A..=CPU_PER_CONF
            | PERI_CLK_EN
            | PERI_RST_EN
            | PERIP_CLK_EN..=SLAVE_SPI_CONFIG => {
                self.regs.set(offset, value);
                RegWrite::modelled(match offset {
                    APPCPU_CTRL_A..=APPCPU_CTRL_D => Effect::CoreControl,
                    CPU_PER_CONF => Effect::ClocksChanged,
                    SLAVE_SPI_CONFIG => Effect::EncryptionControl,
                    _ => Effect::PeripheralControl,
                })
            }
            CPU_INTR_FROM_CPU_0..=CPU_INTR_FROM_CPU_3 => {
                let bit = 1 << ((offset - CPU_INTR_FROM_CPU_0) / 4);
                self.from_cpu = self.from_cpu & !bit | if value & 1 != 0 { bit } else { 0 };
                RegWrite::modelled(Effect::Interrupts)
            }
            PRO_INTR_MAP_FIRST..=PRO_INTR_MAP_LAST => {
                self.map_source(0, (offset - PRO_INTR_MAP_FIRST) / 4, value)
            }
            APP_INTR_MAP_FIRST..=APP_INTR_MAP_LAST => {
                self.map_source(1, (offset - APP_INTR_MAP_FIRST) / 4, value)
            }
            CACHE_IA_INT_EN => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::Interrupts)
            }
            PRO_INTR_STATUS_0..=APP_INTR_STATUS_2
            | PRO_DCACHE_DBUG0
            | APP_DCACHE_DBUG0
            | PRO_DCACHE_DBUG3
            | APP_DCACHE_DBUG3 => RegWrite::stored(),
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.from_cpu)
            | if self.cache_interrupt() {
                LINE_CACHE_IA
            } else {
                0
            }
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Dport::new();
    }
}

#[cfg(test)]
#[path = "dport_tests.rs"]
mod tests;
