//! Interrupt matrix and sources of the ESP32-S3.

use crate::emu::periph::later::interrupt_matrix;
use crate::emu::soc::later::description::Sources;

/// The interrupt matrix (ESP-IDF `components/soc/esp32s3/register/soc/interrupt_core0_reg.h`). Clock gate and date are
/// plain storage.
pub(in crate::emu) const MATRIX: interrupt_matrix::Layout = interrupt_matrix::Layout {
    sources: 99,
    cores: 2,
    rest: 16,
    status: 0x18c,
    controller: false,
    reset: &[
        (0x19c, 1),
        (0x7fc, 0x0201_2300),
        (0x99c, 1),
        (0xffc, 0x0201_2300),
    ],
    storage: &[
        (0x19c, 0x19c),
        (0x7fc, 0x7fc),
        (0x99c, 0x99c),
        (0xffc, 0xffc),
    ],
};

/// Sources (ESP-IDF `components/soc/esp32s3/include/soc/interrupts.h`).
pub(super) const SOURCES: Sources = Sources {
    gpio: 16,
    spi1: 20,
    uart: &[27, 28, 29],
    efuse: 36,
    usb_serial_jtag: 96,
    rtc: 39,
    timg: [50, 53],
    cache_ia: 56,
    systimer: 57,
    cache_acs: 94,
    gdma: 66,
    gdma_lines: 10,
    rsa: 76,
    aes: 77,
    sha: 78,
    from_cpu: 79,
};
