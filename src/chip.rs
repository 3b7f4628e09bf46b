//! The chips that are modelled and every constant that differs between them.

use std::fmt;
use std::str::FromStr;

/// A chip of the ESP32 family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Chip {
    /// The first ESP32: two Xtensa LX6 cores.
    Esp32,
}

impl Chip {
    /// Every chip that is modelled.
    pub const ALL: [Chip; 1] = [Chip::Esp32];

    /// The name that Espressif's tools use on the command line, lower case without a hyphen.
    pub const fn name(self) -> &'static str {
        match self {
            Chip::Esp32 => "esp32",
        }
    }

    /// The constants of this chip.
    pub const fn spec(self) -> &'static ChipSpec {
        match self {
            Chip::Esp32 => &ESP32,
        }
    }
}

impl fmt::Display for Chip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Chip {
    type Err = UnknownChip;

    fn from_str(name: &str) -> Result<Self, UnknownChip> {
        Chip::ALL
            .into_iter()
            .find(|chip| chip.name() == name)
            .ok_or_else(|| UnknownChip {
                name: name.to_owned(),
            })
    }
}

/// A chip name that is not modelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown chip \"{name}\": the modelled chips are esp32")]
pub struct UnknownChip {
    /// The name as given.
    pub name: String,
}

/// A chip revision as ESP-IDF counts it: v`major`.`minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChipRevision {
    /// Wafer major version.
    pub major: u8,
    /// Wafer minor version.
    pub minor: u8,
}

impl ChipRevision {
    /// Revision v`major`.`minor`.
    pub const fn new(major: u8, minor: u8) -> Self {
        ChipRevision { major, minor }
    }

    /// The revision as one number, `major * 100 + minor`, the form of ESP-IDF's image headers.
    pub const fn number(self) -> u16 {
        self.major as u16 * 100 + self.minor as u16
    }
}

impl fmt::Display for ChipRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

/// What differs by chip.
#[derive(Debug)]
pub struct ChipSpec {
    /// `chip_id` of the image header (ESP-IDF `esp_app_format.h`).
    pub image_chip_id: u16,
    /// Flash offset of the second-stage bootloader, in bytes.
    pub bootloader_offset: u32,
    /// Flash offset where the default configuration puts the partition table, in bytes.
    pub partition_table_offset: u32,
    /// Size of a page of the flash MMU, in bytes.
    pub mmu_page_size: u32,
}

const ESP32: ChipSpec = ChipSpec {
    image_chip_id: 0,
    bootloader_offset: 0x1000,
    partition_table_offset: 0x8000,
    mmu_page_size: 0x1_0000,
};
