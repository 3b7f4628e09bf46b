//! Mask ROM of the ESP32-C6: where the image lies, and which revisions have it.

use crate::chip::ChipRevision;
use crate::emu::rom::{MaskRom, RomLayout, RomSpec};

/// 320 KB, at the same addresses for code and data (ESP-IDF `components/soc/esp32c6/include/soc/soc.h`, SOC_IROM_MASK).
const LAYOUT: RomLayout = RomLayout {
    size: 0x5_0000,
    len: 0x5_0000,
    alias: (0, 0, 0),
};

const fn v(major: u8, minor: u8) -> ChipRevision {
    ChipRevision::new(major, minor)
}

/// One for all revisions (ESP-IDF `components/esp_rom/roms.json`).
pub(super) const ROM: RomSpec = RomSpec {
    layout: LAYOUT,
    espflash: espflash::target::Chip::Esp32c6,
    masks: &[MaskRom {
        from: v(0, 0),
        espflash: v(0, 0),
        revisions: &[v(0, 1), v(0, 2), v(0, 0)],
    }],
};
