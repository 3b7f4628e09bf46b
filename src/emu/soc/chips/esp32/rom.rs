//! Mask ROMs of the ESP32: where the image lies, and which revisions have which.

use crate::chip::ChipRevision;
use crate::emu::rom::{MaskRom, RomLayout, RomSpec};

/// TRM, "Embedded Memory": ROM 0 and ROM 1.
const LAYOUT: RomLayout = RomLayout {
    size: 0x7_0000,
    len: 0,
    alias: (0x3ff9_0000, 0x3ffa_0000, 0xd_0000),
};

pub(super) const ROM: RomSpec = RomSpec {
    layout: LAYOUT,
    espflash: espflash::target::Chip::Esp32,
    masks: MASKS,
};

const fn v(major: u8, minor: u8) -> ChipRevision {
    ChipRevision::new(major, minor)
}

/// The second mask came with v3.0 (ESP-IDF `components/esp_rom/roms.json`).
const MASKS: &[MaskRom] = &[
    MaskRom {
        from: v(3, 0),
        espflash: v(3, 0),
        revisions: &[v(3, 0), v(3, 1)],
    },
    MaskRom {
        from: v(0, 0),
        espflash: v(0, 0),
        revisions: &[v(1, 0), v(0, 0), v(2, 0)],
    },
];
