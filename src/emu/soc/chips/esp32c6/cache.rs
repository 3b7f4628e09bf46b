//! Cache and flash MMU of the ESP32-C6.

use crate::emu::periph::lp::{l1_cache, mmu_items};

/// The cache (ESP-IDF `components/soc/esp32c6/register/soc/extmem_reg.h`). Storage: settings, areas of locks, preloads and
/// autoloads, object tags, date.
pub(in crate::emu) const CACHE: l1_cache::Layout = l1_cache::Layout {
    reset: &[
        (0x24, 0x5_0000),
        (0x28, 0x5_0000),
        (0x30, 0x3_0000),
        (0x34, 0x3_0000),
        (0x84, 0x3fff_3fff),
        (0x9c, 0x3f),
        (0x250, 0x4000_0000),
        (0x254, 0x254),
        (0x3fc, 0x0220_2080),
    ],
    storage: &[
        (0x20, 0x28),
        (0x30, 0x84),
        (0x8c, 0x94),
        (0x9c, 0xa4),
        (0xdc, 0xe0),
        (0x138, 0x144),
        (0x238, 0x24c),
        (0x3fc, 0x3fc),
    ],
};

/// The flash MMU (ESP-IDF `components/soc/esp32c6/include/soc/ext_mem_defs.h`).
pub(in crate::emu) const MMU: mmu_items::Layout = mmu_items::Layout {
    entries: 256,
    valid: 1 << 9,
    sensitive: 1 << 10,
    page: 0x1ff,
    reset: &[(0x08, 0x1320_0004)],
};
