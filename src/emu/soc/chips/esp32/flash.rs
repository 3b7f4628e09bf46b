//! The flash of the ESP32: its controllers, and manual encryption where the chip has it.

use crate::emu::periph::spi_mem::{self, Done};

/// SPI0 to SPI3 (ESP-IDF `components/soc/esp32/register/soc/spi_reg.h`).
pub(in crate::emu) const SPI: spi_mem::Layout = spi_mem::Layout {
    user: 0x1c,
    user1: 0x20,
    user2: 0x24,
    mosi_dlen: 0x28,
    miso_dlen: 0x2c,
    rd_status: 0x10,
    pin: 0x34,
    cache_fctrl: 0x50,
    buffer: 0x80,
    state: 0xf8,
    done: Done::Slave(0x38),
    suspend: None,
    low_address: false,
    reset: &[
        (0x08, 0x0020_a400),
        (0x0c, 0x5fff_0000),
        (0x14, 0x11),
        (0x18, 0x8000_3043),
        (0x1c, 0x8000_0040),
        (0x20, 0x5c00_0007),
        (0x24, 0x7000_0000),
        (0x34, 0x6),
        (0x38, 0x200),
        (0x3c, 0x0200_0000),
        (0x54, 0x15c0_4830),
        (0xf0, 0x800a_0050),
        (0xf4, 0x800f_0000),
        (0x100, 0x200),
        (0x3fc, 0x0160_4270),
    ],
    storage: &[(0x04, 0x64), (0x80, 0xc0), (0xf0, 0xfc), (0x3fc, 0x3fc)],
};
