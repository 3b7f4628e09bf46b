//! Caches and flash MMU of the ESP32-C3.

use crate::emu::periph::later::extmem::{self, command, freeze};
use crate::emu::periph::later::mmu_table;

/// EXTMEM: the caches (ESP-IDF `components/soc/esp32c3/register/soc/extmem_reg.h`).
pub(in crate::emu) const EXTMEM: extmem::Layout = extmem::Layout {
    control: [0x00, 0x00],
    unified: true,
    commands: &[
        command(0x1c, 0b11, 1 << 2),
        command(0x28, 1, 1 << 1),
        command(0x34, 1, 1 << 1),
        freeze(0xcc),
    ],
    state: (0xb0, 0x1),
    interrupts: &[0x78, 0x84],
    fault_content: 0xa0,
    fault_address: 0xa4,
    reset: &[
        (0x04, 0x3),
        (0x08, 0x5),
        (0x1c, 0x4),
        (0x28, 0x1),
        (0x34, 0x2),
        (0x40, 0x8),
        (0x54, 0x4200_0000),
        (0x58, 0x427f_ffff),
        (0x5c, 0x3c00_0000),
        (0x60, 0x3c7f_ffff),
        (0x94, 0xffff_ffff),
        (0x9c, 0xffff_ffff),
        (0xac, 0x5),
        (0xb8, 0x7),
        (0xc8, 0x7),
        (0xd0, 0x1),
        (0xe0, 0x800),
        (0xe4, 0x800),
        (0xe8, 0xff),
        (0xf4, 0x800),
        (0xf8, 0x800),
        (0xfc, 0xf),
        (0x100, 0x1),
        (0x3fc, 0x0200_7160),
    ],
    storage: &[(0x00, 0xac), (0xb4, 0x100), (0x3fc, 0x3fc)],
};

/// The flash MMU's table (ESP-IDF `components/soc/esp32c3/include/soc/ext_mem_defs.h`).
pub(in crate::emu) const MMU: mmu_table::Layout = mmu_table::Layout {
    entries: 128,
    invalid: 1 << 8,
    external_ram: 0,
    page_mask: 0xff,
};
