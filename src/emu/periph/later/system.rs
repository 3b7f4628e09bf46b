//! System registers: CPU clock, clocks and resets of peripherals, interrupts between cores, the second core.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/system_reg.h`: the ESP32-S3
//! has two registers of its second core first, and then the ESP32-C3's, 8 bytes further on. Clock selection:
//! `components/esp_hal_clock/{esp32c3,esp32s3}/include/hal/clk_tree_ll.h`; what the ROM reads of it: `ets_get_xtal_freq`
//! and `ets_get_xtal_div` of the ESP32-C3's mask ROM.
//!
//! Interrupt lines: bits 0-3 `ETS_FROM_CPU_INTR0_SOURCE` to `ETS_FROM_CPU_INTR3_SOURCE` (ESP32-C3 50-53, ESP32-S3 79-82).

use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};
use crate::emu::{TICKS_PER_APB, TICKS_PER_XTAL, Ticks};

const BLOCK_BYTES: u32 = 0x1000;
const CORE_1_CONTROL_0: u32 = 0x00;
const CORE_1_CONTROL_1: u32 = 0x04;
const DATE: u32 = 0xffc;

// Offsets from the first common register on.
const CPU_PERI_CLK_EN: u32 = 0x00;
const CPU_PERI_RST_EN: u32 = 0x04;
const CPU_PER_CONF: u32 = 0x08;
const MEM_PD_MASK: u32 = 0x0c;
const PERIP_CLK_EN0: u32 = 0x10;
#[cfg(test)]
const PERIP_RST_EN0: u32 = 0x18;
const PERIP_RST_EN1: u32 = 0x1c;
const BT_LPCK_DIV_INT: u32 = 0x20;
const BT_LPCK_DIV_FRAC: u32 = 0x24;
const CPU_INTR_FROM_CPU_0: u32 = 0x28;
const CPU_INTR_FROM_CPU_3: u32 = 0x34;
const RSA_PD_CTRL: u32 = 0x38;
const EDMA_CTRL: u32 = 0x3c;
const CACHE_CONTROL: u32 = 0x40;
const ENCRYPT_CONTROL: u32 = 0x44;
const RTC_FASTMEM_CONFIG: u32 = 0x48;
const REDUNDANT_ECO_CTRL: u32 = 0x50;
const CLOCK_GATE: u32 = 0x54;
const SYSCLK_CONF: u32 = 0x58;
const MEM_PVT: u32 = 0x5c;
const COMB_PVT_ERR_LAST: u32 = 0x98;

/// Power of memories, radio clock, timing monitors. The error counters stay at zero.
const STORAGE: StorageRanges = &[
    (CPU_PERI_CLK_EN, CPU_PERI_CLK_EN),
    (MEM_PD_MASK, MEM_PD_MASK),
    (BT_LPCK_DIV_INT, BT_LPCK_DIV_FRAC),
    (RSA_PD_CTRL, EDMA_CTRL),
    (REDUNDANT_ECO_CTRL, CLOCK_GATE),
    (MEM_PVT, COMB_PVT_ERR_LAST),
];

const CORE_1_RESETTING: Bits = Bits::bit(2);
const CORE_1_CLKGATE_EN: Bits = Bits::bit(1);
const CORE_1_RUNSTALL: Bits = Bits::bit(0);
const CORE_1_CONTROL_RESET: u32 = 4;
const PLL_FREQ_SEL: Bits = Bits::bit(2);
const CPUPERIOD_SEL: Bits = Bits::new(0, 2);
const CLK_DIV_EN: Bits = Bits::bit(19);
const CLK_XTAL_FREQ: Bits = Bits::new(12, 7);
const SOC_CLK_SEL: Bits = Bits::new(10, 2);
const PRE_DIV_CNT: Bits = Bits::new(0, 10);
const CRC_START: Bits = Bits::bit(8);
const CRC_FINISH: Bits = Bits::bit(31);
const ENABLE_SPI_MANUAL_ENCRYPT: Bits = Bits::bit(0);
#[cfg(test)]
const ENABLE_DOWNLOAD_DB_ENCRYPT: Bits = Bits::bit(1);
const ENABLE_DOWNLOAD_G0CB_DECRYPT: Bits = Bits::bit(2);
const ENABLE_DOWNLOAD_MANUAL_ENCRYPT: Bits = Bits::bit(3);

const CRYSTAL_MHZ: u32 = 40;
const CLK_SEL_PLL: u32 = 1;
const CLK_SEL_RC_FAST: u32 = 2;
/// Ticks of the fast RC oscillator's period: 17.5 MHz (ESP-IDF `clk_tree_defs.h`), rounded to a whole number.
const TICKS_PER_RC_FAST: Ticks = 27;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Offsets from the first common register on.
    pub reset: ResetValues,
    pub date: u32,
    /// There are registers of a second core, in front of the others.
    pub second_core: bool,
    /// Offset of the first register that the chips have in common, in bytes.
    pub first: u32,
    /// The CPU can run at 240 MHz from the PLL's 480 MHz.
    pub pll_240_mhz: bool,
}

/// Source of the CPU clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuClockSource {
    /// The 40 MHz crystal, divided.
    Xtal,
    /// The PLL.
    Pll,
    /// The fast RC oscillator, divided.
    RcFast,
}

/// The system registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemRegs {
    layout: &'static Layout,
    /// Offsets from the first common register on.
    regs: RegisterFile,
    /// `SYSTEM_CORE_1_CONTROL_0_REG` and `SYSTEM_CORE_1_CONTROL_1_REG`, where there is a second core.
    core_1: [u32; 2],
    from_cpu: u8,
}

impl SystemRegs {
    /// The block after reset: the CPU runs from the crystal at 20 MHz, the second core is held in reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        SystemRegs {
            layout,
            regs: RegisterFile::new("system", BLOCK_BYTES, layout.reset, STORAGE),
            core_1: [CORE_1_CONTROL_RESET, 0],
            from_cpu: 0,
        }
    }

    /// Source of the CPU clock.
    pub fn cpu_clock_source(&self) -> CpuClockSource {
        match SOC_CLK_SEL.get(self.regs.get(SYSCLK_CONF)) {
            CLK_SEL_PLL => CpuClockSource::Pll,
            CLK_SEL_RC_FAST => CpuClockSource::RcFast,
            _ => CpuClockSource::Xtal,
        }
    }

    /// Period of the CPU clock, in ticks.
    pub fn cpu_period(&self) -> Ticks {
        let divider = Ticks::from(PRE_DIV_CNT.get(self.regs.get(SYSCLK_CONF))) + 1;
        match self.cpu_clock_source() {
            CpuClockSource::Xtal => TICKS_PER_XTAL * divider,
            CpuClockSource::RcFast => TICKS_PER_RC_FAST * divider,
            CpuClockSource::Pll => self.pll_period(),
        }
    }

    /// 80, 160 or 240 MHz; the last one only from 480 MHz, and where the chip can.
    fn pll_period(&self) -> Ticks {
        let conf = self.regs.get(CPU_PER_CONF);
        match CPUPERIOD_SEL.get(conf) {
            0 => 6,
            1 => 3,
            _ if PLL_FREQ_SEL.is_set(conf) && self.layout.pll_240_mhz => 2,
            _ => 3,
        }
    }

    /// Period of the APB clock, in ticks: 80 MHz with the PLL, the CPU's otherwise.
    pub fn apb_period(&self) -> Ticks {
        match self.cpu_clock_source() {
            CpuClockSource::Pll => TICKS_PER_APB,
            _ => self.cpu_period(),
        }
    }

    /// Whether the second core is held in reset; true on a chip without one.
    pub fn core_1_in_reset(&self) -> bool {
        !self.layout.second_core || CORE_1_RESETTING.is_set(self.core_1[0])
    }

    /// Whether the second core's clock is switched off.
    pub fn core_1_clock_gated(&self) -> bool {
        !CORE_1_CLKGATE_EN.is_set(self.core_1[0])
    }

    /// Whether the second core is stalled.
    pub fn core_1_run_stalled(&self) -> bool {
        CORE_1_RUNSTALL.is_set(self.core_1[0])
    }

    /// Bus address where the second core's ROM code jumps to; zero makes it wait.
    #[cfg(test)]
    pub fn core_1_boot_address(&self) -> u32 {
        self.core_1[1]
    }

    /// Peripherals held in reset, bit by peripheral (`SYSTEM_PERIP_RST_EN0_REG`, `SYSTEM_PERIP_RST_EN1_REG`).
    #[cfg(test)]
    pub fn peripherals_in_reset(&self) -> [u32; 2] {
        [PERIP_RST_EN0, PERIP_RST_EN1].map(|register| self.regs.get(register))
    }

    fn encrypt_control(&self, bit: Bits) -> bool {
        bit.is_set(self.regs.get(ENCRYPT_CONTROL))
    }

    /// Whether the manual-encryption unit may be used after a boot from flash.
    pub fn spi_manual_encrypt_enabled(&self) -> bool {
        self.encrypt_control(ENABLE_SPI_MANUAL_ENCRYPT)
    }

    /// Whether writes to external RAM are encrypted in download mode.
    #[cfg(test)]
    pub fn download_db_encrypt_enabled(&self) -> bool {
        self.encrypt_control(ENABLE_DOWNLOAD_DB_ENCRYPT)
    }

    /// Whether reads through the cache are decrypted in download mode.
    pub fn download_g0cb_decrypt_enabled(&self) -> bool {
        self.encrypt_control(ENABLE_DOWNLOAD_G0CB_DECRYPT)
    }

    /// Whether the manual-encryption unit may be used in download mode.
    pub fn download_manual_encrypt_enabled(&self) -> bool {
        self.encrypt_control(ENABLE_DOWNLOAD_MANUAL_ENCRYPT)
    }

    /// The offset from the first common register on; nothing for the registers of the second core.
    fn common_offset(&self, offset: u32) -> Option<u32> {
        offset.checked_sub(self.layout.first)
    }

    fn sysclk_conf(&self) -> u32 {
        let divides = self.cpu_clock_source() != CpuClockSource::Pll;
        let conf = CLK_XTAL_FREQ.replace(self.regs.get(SYSCLK_CONF), CRYSTAL_MHZ);
        CLK_DIV_EN.replace(conf, u32::from(divides))
    }

    fn write_from_cpu(&mut self, index: u32, value: u32) -> RegWrite {
        let bit = 1 << index;
        self.from_cpu = self.from_cpu & !bit | if value & 1 != 0 { bit } else { 0 };
        RegWrite::modelled(Effect::Interrupts)
    }
}

impl Device for SystemRegs {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == DATE {
            return RegRead::modelled(self.layout.date);
        }
        let Some(common) = self.common_offset(offset) else {
            return RegRead::modelled(self.core_1[usize::from(offset == CORE_1_CONTROL_1)]);
        };
        RegRead::modelled(match common {
            CPU_PERI_RST_EN
            | CPU_PER_CONF
            | PERIP_CLK_EN0..=PERIP_RST_EN1
            | CACHE_CONTROL
            | ENCRYPT_CONTROL => self.regs.get(common),
            CPU_INTR_FROM_CPU_0..=CPU_INTR_FROM_CPU_3 => {
                u32::from(self.from_cpu) >> ((common - CPU_INTR_FROM_CPU_0) / 4) & 1
            }
            SYSCLK_CONF => self.sysclk_conf(),
            _ => return self.regs.read_stored(common),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset == DATE {
            return RegWrite::stored();
        }
        let Some(common) = self.common_offset(offset) else {
            self.core_1[usize::from(offset != CORE_1_CONTROL_0)] = value;
            return RegWrite::modelled(Effect::CoreControl);
        };
        match common {
            CPU_PERI_RST_EN
            | CPU_PER_CONF
            | PERIP_CLK_EN0..=PERIP_RST_EN1
            | CACHE_CONTROL
            | ENCRYPT_CONTROL
            | SYSCLK_CONF => {
                self.regs.set(common, value);
                RegWrite::modelled(match common {
                    CPU_PER_CONF | SYSCLK_CONF => Effect::ClocksChanged,
                    CACHE_CONTROL => Effect::CacheChanged,
                    ENCRYPT_CONTROL => Effect::EncryptionControl,
                    _ => Effect::PeripheralControl,
                })
            }
            CPU_INTR_FROM_CPU_0..=CPU_INTR_FROM_CPU_3 => {
                self.write_from_cpu((common - CPU_INTR_FROM_CPU_0) / 4, value)
            }
            RTC_FASTMEM_CONFIG => {
                // The memory checksum is not modelled; at least it ends.
                let done = CRC_FINISH.put(CRC_START.get(value));
                self.regs
                    .write_stored(common, CRC_FINISH.replace(value, 0) | done)
            }
            _ => self.regs.write_stored(common, value),
        }
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.from_cpu)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = SystemRegs::new(self.layout);
    }
}

#[cfg(test)]
#[path = "system_tests.rs"]
mod tests;
