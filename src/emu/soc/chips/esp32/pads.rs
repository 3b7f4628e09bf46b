//! Pads: GPIO, IO_MUX and RTC IO of the ESP32.

use crate::emu::periph::gpio;
use crate::emu::periph::gpio_layout::{
    BT_SELECT, ENA_APP, ENA_APP_NMI, ENA_PRO, ENA_PRO_NMI, GPIO_SIGMADELTA_MISC, GPIO_SIGMADELTA0,
    SDIO_SELECT, pending,
};
use crate::emu::periph::register_file::Block;
use crate::emu::periph::rtc_io;

/// GPIO (ESP-IDF `components/soc/esp32/register/soc/gpio_reg.h`).
pub(in crate::emu) const GPIO: gpio::Layout = gpio::Layout {
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
    flash_boot: &[(0x10, 0x10), (0x1c, 0x08), (0x1f, 0x0c)],
};

/// RTC IO (ESP-IDF `components/soc/esp32/register/soc/rtc_io_reg.h`). Storage: pins to date.
pub(in crate::emu) const RTC_IO: rtc_io::Layout = rtc_io::Layout {
    reset: &[
        (0x84, 0x8000_0000),
        (0x88, 0x8000_0000),
        (0x8c, 0x8410_0010),
        (0x90, 0x6600_0000),
        (0x94, 0x5200_0000),
        (0x98, 0x4a00_0000),
        (0x9c, 0x5200_0000),
        (0xa0, 0x4a00_0000),
        (0xa4, 0x5200_0000),
        (0xa8, 0x5200_0000),
        (0xac, 0x4a00_0000),
        (0xb0, 0x4200_0000),
        (0xb4, 0x0200_0000),
        (0xb8, 0x0200_0000),
        (0xc8, 0x0160_3160),
    ],
    storage: &[(0x28, 0xc8)],
    // Pad bits start at bit 14.
    inputs_high: 0xffff_c000,
};

/// IO_MUX, up to `PERIPHS_IO_MUX_GPIO24_U` (ESP-IDF `components/soc/esp32/register/soc/io_mux_reg.h`).
pub(in crate::emu) const IO_MUX: Block = Block {
    name: "io_mux",
    size: 0x400,
    reset: &[],
    storage: &[(0, 0x90)],
};
