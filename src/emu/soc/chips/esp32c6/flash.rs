//! Controllers of the flash and its manual encryption of the ESP32-C6.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::later::xts_unit;
use crate::emu::periph::spi_mem::{self, Done};

/// SPI0 and SPI1 (ESP-IDF `components/soc/esp32c6/register/soc/spi_mem_reg.h`). Storage: transactions, timing, permissions,
/// FIFOs, which are empty, date. What suspends programs and erases by itself is not modelled.
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
    done: Done::Interrupts(0xc0),
    suspend: None,
    low_address: true,
    reset: &[
        (0x08, 0x802c_a00c),
        (0x0c, 0x28e0_0ffc),
        (0x10, 0x2c21),
        (0x14, 0x0003_0103),
        (0x18, 0x8000_0000),
        (0x1c, 0x5c00_0047),
        (0x20, 0x7000_0000),
        (0x34, 0x2),
        (0x3c, 0xc000_0000),
        (0x40, 0x0055_c070),
        (0x44, 0xc040_0000),
        (0x50, 0x0003_0103),
        (0x54, 0x200),
        (0x98, 0x0005_0001),
        (0x9c, 0x0800_2000),
        (0xa0, 0x0005_7575),
        (0xa4, 0x7a7a_0000),
        (0xd4, 0x3020),
        (0x100, 0x3),
        (0x104, 0x3),
        (0x108, 0x3),
        (0x10c, 0x3),
        (0x114, 0x00ff_ffff),
        (0x118, 0x01ff_ffff),
        (0x11c, 0x02ff_ffff),
        (0x120, 0x1000),
        (0x124, 0x1000),
        (0x128, 0x1000),
        (0x12c, 0x1000),
        (0x168, 0x0100_5000),
        (0x170, 0xfc00_0000),
        (0x180, 0x1),
        (0x200, 0x1),
        (0x3fc, 0x0220_2160),
    ],
    storage: &[
        (0x04, 0x98),
        (0xa0, 0xa4),
        (0xd4, 0x12c),
        (0x168, 0x170),
        (0x180, 0x18c),
        (0x200, 0x200),
        (0x3fc, 0x3fc),
    ],
};

/// The unit, at SPI0's offset 0x300: lines of 16, 32 and 64 bytes (ESP-IDF `components/soc/esp32c6/register/soc/
/// xts_aes_reg.h`).
pub(in crate::emu) const XTS: xts_unit::Layout = xts_unit::Layout {
    buffer: 64,
    line_size: Bits::new(0, 2),
};
