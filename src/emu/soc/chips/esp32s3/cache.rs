//! Caches and flash MMU of the ESP32-S3.

use crate::emu::periph::later::extmem::{self, command, freeze};
use crate::emu::periph::later::mmu_table;

/// EXTMEM: the caches (ESP-IDF `components/soc/esp32s3/register/soc/extmem_reg.h`).
pub(in crate::emu) const EXTMEM: extmem::Layout = extmem::Layout {
    control: [0x60, 0x00],
    unified: false,
    commands: &[
        command(0x1c, 0b11, 1 << 2),
        command(0x28, 0b111, 1 << 3),
        command(0x34, 1, 1 << 1),
        command(0x40, 1, 1 << 1),
        command(0x7c, 0b11, 1 << 2),
        command(0x88, 1, 1 << 1),
        command(0x94, 1, 1 << 1),
        freeze(0x150),
        freeze(0x154),
    ],
    state: (0x130, 0x1001),
    interrupts: &[0xdc, 0xe8, 0xf4],
    fault_content: 0x120,
    fault_address: 0x124,
    reset: &[
        (0x04, 0x3),
        (0x08, 0x5),
        (0x1c, 0x4),
        (0x28, 0x1),
        (0x34, 0x2),
        (0x40, 0x2),
        (0x4c, 0x8),
        (0x64, 0x3),
        (0x68, 0x5),
        (0x7c, 0x4),
        (0x88, 0x1),
        (0x94, 0x2),
        (0xa0, 0x8),
        (0xb4, 0x4400_0000),
        (0xb8, 0x47ff_ffff),
        (0x104, 0xffff_ffff),
        (0x10c, 0xffff_ffff),
        (0x114, 0xffff_ffff),
        (0x11c, 0xffff_ffff),
        (0x12c, 0x5),
        (0x138, 0x7),
        (0x14c, 0x7),
        (0x150, 0x4),
        (0x154, 0x4),
        (0x158, 0x1),
        (0x15c, 0x1),
        (0x164, 0x1),
        (0x3fc, 0x0201_2310),
    ],
    storage: &[
        (0x00, 0x12c),
        (0x134, 0x164),
        (0x180, 0x18c),
        (0x3fc, 0x3fc),
    ],
};

/// The flash MMU's table (ESP-IDF `components/soc/esp32s3/include/soc/ext_mem_defs.h`).
pub(in crate::emu) const MMU: mmu_table::Layout = mmu_table::Layout {
    entries: 512,
    invalid: 1 << 14,
    external_ram: 1 << 15,
    page_mask: 0x3fff,
};
