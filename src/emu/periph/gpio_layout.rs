//! Where the GPIO block of each chip has its registers, its pins, straps and reset values.
//!
//! Source: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/gpio_reg.h`. Straps of the later chips: the
//! ESP32-C3's ROM boots from flash with bit 3 set, and downloads over UART or USB with bits 3 and 2 being 01 (its `main`);
//! Observed on an ESP32-S3 board: `boot:0x0 (DOWNLOAD(USB/UART0))` (YD-ESP32-S3 issue 2).

use super::register_file::{ResetValues, StorageRanges};

pub(crate) const BT_SELECT: u32 = 0x00;
pub(crate) const SDIO_SELECT: u32 = 0x1c;
pub(crate) const GPIO_SIGMADELTA0: u32 = 0xf00;
pub(crate) const GPIO_SIGMADELTA_MISC: u32 = 0xf24;

/// `GPIO_PIN_INT_ENA`: APP interrupt, APP NMI, PRO interrupt, PRO NMI.
pub(crate) const ENA_APP: u32 = 1 << 0;
pub(crate) const ENA_APP_NMI: u32 = 1 << 1;
pub(crate) const ENA_PRO: u32 = 1 << 2;
pub(crate) const ENA_PRO_NMI: u32 = 1 << 3;
/// The same on the later chips: interrupt, NMI.
pub(crate) const ENA_LATER: u32 = 1 << 0;
pub(crate) const ENA_LATER_NMI: u32 = 1 << 1;

/// A register that shows the pins that interrupt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PendingRegister {
    pub offset: u32,
    /// Enables of a pin that count here; none for the registers of the SDIO slave.
    pub enables: u32,
    /// The pins from 32 on.
    pub high: bool,
}

pub(crate) const fn pending(offset: u32, enables: u32, high: bool) -> PendingRegister {
    PendingRegister {
        offset,
        enables,
        high,
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub pins: usize,
    /// First of the pins' configuration registers.
    pub pin0: u32,
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub pending: &'static [PendingRegister],
    /// Enables of a pin, by interrupt line.
    pub lines: &'static [u32],
    /// `GPIO_STRAP_REG` for booting from flash and for download over UART, as the ROM's banner prints it.
    pub strap_flash_boot: u32,
    pub strap_uart_download: u32,
    /// Strap patterns, each with the mask of the pins that count, with which the chip boots from flash (ESP-IDF
    /// `boot_mode.h`, `ETS_IS_FLASH_BOOT`, `ETS_IS_FAST_FLASH_BOOT`).
    pub flash_boot: &'static [(u32, u32)],
}

impl Layout {
    pub fn pin_mask(&self) -> u64 {
        (1 << self.pins) - 1
    }
}

/// Offset of `GPIO_FUNC0_OUT_SEL_CFG_REG` of the later chips.
pub(crate) const FUNC0_OUT_SEL_CFG: u32 = 0x554;

/// Reset values of the later chips: outputs driven by the GPIO registers, clock gate, date.
pub(crate) const fn later_reset<const ENTRIES: usize>(
    select: u32,
    date: u32,
) -> [(u32, u32); ENTRIES] {
    let mut values = [(0, 0); ENTRIES];
    let mut pin = 0;
    while pin + 2 < ENTRIES {
        values[pin] = (FUNC0_OUT_SEL_CFG + 4 * pin as u32, select);
        pin += 1;
    }
    values[ENTRIES - 2] = (0x62c, 1);
    values[ENTRIES - 1] = (0x6fc, date);
    values
}
