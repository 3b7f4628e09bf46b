//! Interrupt matrix and sources of the ESP32-C3.

use crate::emu::periph::later::interrupt_matrix;
use crate::emu::soc::later::description::Sources;

/// The interrupt matrix (ESP-IDF `components/soc/esp32c3/register/soc/interrupt_core0_reg.h`). Clock gate and date are
/// plain storage.
pub(in crate::emu) const MATRIX: interrupt_matrix::Layout = interrupt_matrix::Layout {
    sources: 62,
    cores: 1,
    rest: 0,
    status: 0xf8,
    controller: true,
    reset: &[(0x100, 1), (0x7fc, 0x0200_7210)],
    storage: &[(0x100, 0x100), (0x7fc, 0x7fc)],
};

/// Sources (ESP-IDF `components/soc/esp32c3/include/soc/interrupts.h`).
pub(super) const SOURCES: Sources = Sources {
    gpio: 16,
    spi1: 18,
    uart: &[21, 22],
    efuse: 24,
    usb_serial_jtag: 26,
    rtc: 27,
    timg: [32, 34],
    cache_ia: 36,
    systimer: 37,
    cache_acs: 61,
    gdma: 44,
    gdma_lines: 3,
    rsa: 47,
    aes: 48,
    sha: 49,
    from_cpu: 50,
};
