//! Pads: GPIO, IO_MUX of the ESP32-C6.

use crate::emu::periph::gpio;
use crate::emu::periph::gpio_layout::{
    BT_SELECT, ENA_LATER, ENA_LATER_NMI, GPIO_SIGMADELTA_MISC, GPIO_SIGMADELTA0, SDIO_SELECT,
    later_reset, pending,
};
use crate::emu::periph::register_file::Block;

const GPIO_RESET: [(u32, u32); 33] = later_reset(0x80, 0x0220_1120);

/// GPIO (ESP-IDF `components/soc/esp32c6/register/soc/gpio_reg.h`). Straps: `components/soc/esp32c6/include/soc/boot_mode.h`,
/// and the ROM's `main`: bit 3 boots from flash, bits 3 and 2 being 01 download over UART or USB.
pub(in crate::emu) const GPIO: gpio::Layout = gpio::Layout {
    pins: 31,
    pin0: 0x74,
    reset: &GPIO_RESET,
    // Pin configuration and signal matrix, clock gate and date, sigma-delta outputs.
    storage: &[
        (BT_SELECT, BT_SELECT),
        (SDIO_SELECT, SDIO_SELECT),
        (0x74, 0xec),
        (0x154, 0x5d8),
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
    flash_boot: &[(0x08, 0x08)],
};

/// IO_MUX, up to `PERIPHS_IO_MUX_SPID_U`; date (ESP-IDF `components/soc/esp32c6/register/soc/io_mux_reg.h`).
pub(in crate::emu) const IO_MUX: Block = Block {
    name: "io_mux",
    size: 0x400,
    reset: &[(0x00, 0x1def), (0xfc, 0x0220_1060)],
    storage: &[(0, 0x7c), (0xfc, 0xfc)],
};
