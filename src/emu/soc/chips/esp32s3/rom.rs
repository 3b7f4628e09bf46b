//! Mask ROMs of the ESP32-S3: where the image lies, and which revisions have which.

use crate::chip::ChipRevision;
use crate::emu::rom::{MaskRom, RomLayout, RomSpec};

/// TRM, "System and Memory": 384 KB, the last 128 KB on the data bus too.
const LAYOUT: RomLayout = RomLayout {
    size: 0x6_0000,
    len: 0x6_0000,
    alias: (0x3ff0_0000, 0x3ff2_0000, 0x14_0000),
};

pub(super) const ROM: RomSpec = RomSpec {
    layout: LAYOUT,
    espflash: espflash::target::Chip::Esp32s3,
    masks: MASKS,
};

const fn v(major: u8, minor: u8) -> ChipRevision {
    ChipRevision::new(major, minor)
}

/// One for all (ESP-IDF `components/esp_rom/roms.json`).
const MASKS: &[MaskRom] = &[MaskRom {
    from: v(0, 0),
    espflash: v(0, 0),
    revisions: &[v(0, 2), v(0, 1), v(0, 0)],
}];
