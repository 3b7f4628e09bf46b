//! The flash of the ESP32-S3: its controllers, and manual encryption where the chip has it.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::later::xts_unit;
use crate::emu::periph::spi_mem::{self, Done};

/// SPI0 and SPI1 (ESP-IDF `components/soc/esp32s3/register/soc/spi_mem_reg.h`).
pub(in crate::emu) const SPI_MEM: spi_mem::Layout = spi_mem::Layout {
    user: 0x18,
    user1: 0x1c,
    user2: 0x20,
    mosi_dlen: 0x24,
    miso_dlen: 0x28,
    rd_status: 0x2c,
    pin: 0x34,
    cache_fctrl: 0x3c,
    buffer: 0x58,
    state: 0x54,
    done: Done::Interrupts(0xf0),
    suspend: Some((0x9c, 1)),
    low_address: true,
    reset: &[
        (0x08, 0x002c_a000),
        (0x0c, 0xffc),
        (0x10, 0x21),
        (0x14, 0x0003_0103),
        (0x18, 0x8000_0000),
        (0x1c, 0x5c00_0007),
        (0x20, 0x7000_0000),
        (0x34, 0x2),
        (0x54, 0x200),
        (0xa0, 0xeaf4),
    ],
    storage: &[(0x04, 0xec), (0x3fc, 0x3fc)],
};

/// The unit: lines of 16, 32 and 64 bytes.
pub(in crate::emu) const XTS: xts_unit::Layout = xts_unit::Layout {
    buffer: 64,
    line_size: Bits::new(0, 2),
};
