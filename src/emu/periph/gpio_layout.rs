//! Where the GPIO block of each chip has its registers, its pins, straps and reset values.
//!
//! Source: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/gpio_reg.h`. Straps of the later chips: the
//! ESP32-C3's ROM boots from flash with bit 3 set, and downloads over UART or USB with bits 3 and 2 being 01 (its `main`);
//! Observed on an ESP32-S3 board: `boot:0x0 (DOWNLOAD(USB/UART0))` (YD-ESP32-S3 issue 2).

use super::Model;
use super::register_file::{ResetValues, StorageRanges};

const BT_SELECT: u32 = 0x00;
const SDIO_SELECT: u32 = 0x1c;
const GPIO_SIGMADELTA0: u32 = 0xf00;
const GPIO_SIGMADELTA_MISC: u32 = 0xf24;

/// `GPIO_PIN_INT_ENA`: APP interrupt, APP NMI, PRO interrupt, PRO NMI.
pub(super) const ENA_APP: u32 = 1 << 0;
pub(super) const ENA_APP_NMI: u32 = 1 << 1;
pub(super) const ENA_PRO: u32 = 1 << 2;
pub(super) const ENA_PRO_NMI: u32 = 1 << 3;
/// The same on the later chips: interrupt, NMI.
pub(super) const ENA_LATER: u32 = 1 << 0;
pub(super) const ENA_LATER_NMI: u32 = 1 << 1;

/// A register that shows the pins that interrupt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PendingRegister {
    pub offset: u32,
    /// Enables of a pin that count here; none for the registers of the SDIO slave.
    pub enables: u32,
    /// The pins from 32 on.
    pub high: bool,
}

pub(super) const fn pending(offset: u32, enables: u32, high: bool) -> PendingRegister {
    PendingRegister {
        offset,
        enables,
        high,
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
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
}

impl Layout {
    pub fn of(model: Model) -> &'static Layout {
        match model {
            Model::Esp32 => &ESP32,
            Model::Esp32C3 => &ESP32C3,
            Model::Esp32S3 => &ESP32S3,
        }
    }

    pub fn pin_mask(&self) -> u64 {
        (1 << self.pins) - 1
    }
}

pub(super) const ESP32: Layout = Layout {
    pins: 40,
    pin0: 0x88,
    reset: &[],
    // Pin configuration and signal matrix.
    storage: &[
        (BT_SELECT, BT_SELECT),
        (SDIO_SELECT, SDIO_SELECT),
        (0x88, 0x5cc),
        // Sigma-delta outputs (ESP-IDF `gpio_sd_reg.h`): the pins carry nothing here, the settings only read back.
        (GPIO_SIGMADELTA0, GPIO_SIGMADELTA_MISC),
    ],
    pending: &[
        pending(0x60, ENA_APP, false),
        pending(0x64, ENA_APP_NMI, false),
        pending(0x68, ENA_PRO, false),
        pending(0x6c, ENA_PRO_NMI, false),
        pending(0x70, 0, false),
        pending(0x74, ENA_APP, true),
        pending(0x78, ENA_APP_NMI, true),
        pending(0x7c, ENA_PRO, true),
        pending(0x80, ENA_PRO_NMI, true),
        pending(0x84, 0, true),
    ],
    lines: &[ENA_PRO, ENA_PRO_NMI, ENA_APP, ENA_APP_NMI],
    strap_flash_boot: 0x12,
    strap_uart_download: 0x0f,
};

/// Offset of `GPIO_FUNC0_OUT_SEL_CFG_REG` of the later chips.
pub(super) const FUNC0_OUT_SEL_CFG: u32 = 0x554;

/// Reset values of the later chips: outputs driven by the GPIO registers, clock gate, date.
pub(super) const fn later_reset<const ENTRIES: usize>(
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

pub(super) const ESP32C3_RESET: [(u32, u32); 28] = later_reset(0x80, 0x0200_6130);
pub(super) const ESP32S3_RESET: [(u32, u32); 56] = later_reset(0x100, 0x0190_7040);

pub(super) const ESP32C3: Layout = Layout {
    pins: 26,
    pin0: 0x74,
    reset: &ESP32C3_RESET,
    // Pin configuration and signal matrix, clock gate and date, sigma-delta outputs.
    storage: &[
        (BT_SELECT, BT_SELECT),
        (SDIO_SELECT, SDIO_SELECT),
        (0x74, 0x148),
        (0x154, 0x628),
        (0x62c, 0x62c),
        (0x6fc, 0x6fc),
        (GPIO_SIGMADELTA0, GPIO_SIGMADELTA_MISC),
    ],
    pending: &[
        pending(0x5c, ENA_LATER, false),
        pending(0x60, ENA_LATER_NMI, false),
        pending(0x64, 0, false),
        pending(0x68, ENA_LATER, true),
        pending(0x6c, ENA_LATER_NMI, true),
        pending(0x70, 0, true),
    ],
    lines: &[ENA_LATER, ENA_LATER_NMI],
    strap_flash_boot: 0x0c,
    strap_uart_download: 0x04,
};

pub(super) const ESP32S3: Layout = Layout {
    pins: 54,
    reset: &ESP32S3_RESET,
    strap_flash_boot: 0x08,
    strap_uart_download: 0x00,
    ..ESP32C3
};
