//! Pads: GPIO, IO_MUX and RTC IO of the ESP32-S3.

use crate::emu::periph::gpio;
use crate::emu::periph::gpio_layout::{
    BT_SELECT, ENA_LATER, ENA_LATER_NMI, GPIO_SIGMADELTA_MISC, GPIO_SIGMADELTA0, SDIO_SELECT,
    later_reset, pending,
};
use crate::emu::periph::register_file::Block;
use crate::emu::periph::rtc_io;

const GPIO_RESET: [(u32, u32); 56] = later_reset(0x100, 0x0190_7040);

/// GPIO (ESP-IDF `components/soc/esp32s3/register/soc/gpio_reg.h`).
pub(in crate::emu) const GPIO: gpio::Layout = gpio::Layout {
    pins: 54,
    reset: &GPIO_RESET,
    strap_flash_boot: 0x08,
    strap_uart_download: 0x00,
    pin0: 0x74,
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
    flash_boot: &[(0x08, 0x08)],
};

/// RTC IO (ESP-IDF `components/soc/esp32s3/register/soc/rtc_io_reg.h`). Storage: pins to touch control, date.
pub(in crate::emu) const RTC_IO: rtc_io::Layout = rtc_io::Layout {
    reset: &[
        (0x84, 0x5000_0000),
        (0x88, 0x4800_0000),
        (0x8c, 0x5000_0000),
        (0x90, 0x4800_0000),
        (0x94, 0x5000_0000),
        (0x98, 0x5000_0000),
        (0x9c, 0x4800_0000),
        (0xa0, 0x4000_0000),
        (0xa4, 0x4000_0000),
        (0xa8, 0x4000_0000),
        (0xac, 0x4000_0000),
        (0xb0, 0x4000_0000),
        (0xb4, 0x4000_0000),
        (0xb8, 0x4000_0000),
        (0xbc, 0x4000_0000),
        (0xc0, 0x4000_0000),
        (0xc4, 0x4000_0000),
        (0xc8, 0x4000_0000),
        (0xcc, 0x4000_0000),
        (0xd0, 0x5000_0000),
        (0xd4, 0x5000_0000),
        (0xd8, 0x5000_0000),
        (0x1fc, 0x0210_1180),
    ],
    storage: &[(0x28, 0xe8), (0x1fc, 0x1fc)],
    // Pad bits start at bit 10.
    inputs_high: 0xffff_fc00,
};

/// IO_MUX, up to `PERIPHS_IO_MUX_SPICLK_N_U`; date (ESP-IDF `components/soc/esp32s3/register/soc/io_mux_reg.h`).
pub(in crate::emu) const IO_MUX: Block = Block {
    name: "io_mux",
    size: 0x400,
    reset: &[],
    storage: &[(0, 0xc4), (0xfc, 0xfc)],
};
