//! Interrupt matrix, controller and sources of the ESP32-C6.

use crate::emu::periph::later::interrupt_matrix;
use crate::emu::periph::lp::{from_cpu, plic};
use crate::emu::soc::lp::description::Sources;

/// The interrupt matrix (ESP-IDF `components/soc/esp32c6/register/soc/interrupt_matrix_reg.h`). Clock gate and date are
/// plain storage.
pub(in crate::emu) const MATRIX: interrupt_matrix::Layout = interrupt_matrix::Layout {
    sources: 77,
    cores: 1,
    rest: 0,
    status: 0x134,
    controller: false,
    reset: &[(0x140, 1), (0x7fc, 0x0220_3110)],
    storage: &[(0x140, 0x140), (0x7fc, 0x7fc)],
};

/// The core's interrupt controller. Its last register is the mask ROM's (`_init`): no header names it.
pub(in crate::emu) const PLIC: plic::Layout = plic::Layout {
    reset: &[],
    storage: &[(0x3fc, 0x3fc)],
};

/// INTPRI (ESP-IDF `components/soc/esp32c6/register/soc/intpri_reg.h`).
pub(in crate::emu) const FROM_CPU: from_cpu::Layout = from_cpu::Layout {
    first: 0x90,
    reset: &[(0xa0, 0x0220_1090), (0xa4, 1)],
    storage: &[(0xa0, 0xa4)],
};

/// Sources (ESP-IDF `components/soc/esp32c6/include/soc/interrupts.h`).
pub(super) const SOURCES: Sources = Sources {
    efuse: 14,
    lp_timer: 15,
    lp_wdt: 18,
    from_cpu: 22,
    cache: 28,
    gpio: 30,
    spi1: 40,
    uart: &[43, 44],
    usb_serial_jtag: 48,
    timg: [51, 54],
    systimer: 57,
    gdma: 66,
    gdma_lines: 6,
    aes: 73,
    sha: 74,
    rsa: 75,
};
