//! The chips that are modelled and every constant that differs between them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A chip of the ESP32 family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Chip {
    /// The first ESP32: two Xtensa LX6 cores.
    Esp32,
    /// ESP32-S2: one Xtensa LX7 core.
    Esp32S2,
    /// ESP32-S3: two Xtensa LX7 cores.
    Esp32S3,
    /// ESP32-C2: one RISC-V core.
    Esp32C2,
    /// ESP32-C3: one RISC-V core.
    Esp32C3,
    /// ESP32-C5: one RISC-V core.
    Esp32C5,
    /// ESP32-C6: one RISC-V core.
    Esp32C6,
    /// ESP32-C61: one RISC-V core.
    Esp32C61,
    /// ESP32-H2: one RISC-V core.
    Esp32H2,
    /// ESP32-H21: one RISC-V core.
    Esp32H21,
    /// ESP32-H4: two RISC-V cores.
    Esp32H4,
    /// ESP32-P4: two RISC-V cores.
    Esp32P4,
    /// ESP32-S31: two RISC-V cores.
    Esp32S31,
}

impl Chip {
    /// Every chip whose eFuses and flash cipher are modelled.
    pub const ALL: [Chip; 13] = [
        Chip::Esp32,
        Chip::Esp32S2,
        Chip::Esp32S3,
        Chip::Esp32C2,
        Chip::Esp32C3,
        Chip::Esp32C5,
        Chip::Esp32C6,
        Chip::Esp32C61,
        Chip::Esp32H2,
        Chip::Esp32H21,
        Chip::Esp32H4,
        Chip::Esp32P4,
        Chip::Esp32S31,
    ];

    /// The name that Espressif's tools use on the command line, lower case without a hyphen.
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// The constants of this chip.
    pub const fn spec(self) -> &'static ChipSpec {
        match self {
            Chip::Esp32 => &ESP32,
            Chip::Esp32S2 => &ESP32S2,
            Chip::Esp32S3 => &ESP32S3,
            Chip::Esp32C2 => &ESP32C2,
            Chip::Esp32C3 => &ESP32C3,
            Chip::Esp32C5 => &ESP32C5,
            Chip::Esp32C6 => &ESP32C6,
            Chip::Esp32C61 => &ESP32C61,
            Chip::Esp32H2 => &ESP32H2,
            Chip::Esp32H21 => &ESP32H21,
            Chip::Esp32H4 => &ESP32H4,
            Chip::Esp32P4 => &ESP32P4,
            Chip::Esp32S31 => &ESP32S31,
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
#[error("unknown chip \"{name}\": the modelled chips are {}", names(&Chip::ALL))]
pub struct UnknownChip {
    /// The name as given.
    pub name: String,
}

/// The names of chips, for messages.
pub fn names(chips: &[Chip]) -> String {
    let names: Vec<&str> = chips.iter().map(|chip| chip.name()).collect();
    names.join(", ")
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

/// An eFuse field with an effect on the silicon that the emulator does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct UnmodelledFuse {
    /// Name of the field.
    pub field: &'static str,
    /// What it does, as the rest of a sentence on it.
    pub effect: &'static str,
    /// Whether it keeps a chip from booting, or changes how it reads its flash: nothing of a run without that counts.
    pub decides: bool,
}

impl UnmodelledFuse {
    /// What is to be said of a chip on which the field has this value.
    pub fn describe(&self, value: u64) -> String {
        let UnmodelledFuse { field, effect, .. } = self;
        format!("eFuse field {field} is {value:#x}: it {effect}, which is not modelled")
    }

    /// A field that keeps a chip from booting, or changes how it reads its flash.
    pub(crate) const fn deciding(field: &'static str, effect: &'static str) -> Self {
        UnmodelledFuse {
            field,
            effect,
            decides: true,
        }
    }

    /// A field that changes what is around a boot: pins, voltages, cores.
    pub(crate) const fn bearing(field: &'static str, effect: &'static str) -> Self {
        UnmodelledFuse {
            field,
            effect,
            decides: false,
        }
    }
}

/// What differs by chip.
#[derive(Debug)]
pub struct ChipSpec {
    /// The name that Espressif's tools use on the command line.
    pub name: &'static str,
    /// `chip_id` of the image header (ESP-IDF `esp_app_format.h`).
    pub image_chip_id: u16,
    /// Flash offset of the second-stage bootloader, in bytes.
    pub bootloader_offset: u32,
    /// Flash offset where the default configuration puts the partition table, in bytes.
    pub partition_table_offset: u32,
    /// Size of a page of the flash MMU, in bytes.
    pub mmu_page_size: u32,
    /// The cipher between bus and flash.
    pub flash_cipher: CipherSpec,
    /// Instruction set of the cores.
    pub isa: Isa,
    /// Largest flash that the chip reaches with 24-bit addresses, in bytes.
    pub max_flash_size: usize,
    /// Addresses at which the cache shows flash: constants first, then code. Empty where the chip cannot be booted.
    pub mapped: &'static [Range<u32>],
    /// Addresses at which sections of an app can lie. Empty where the chip cannot be booted.
    pub memory: &'static [Range<u32>],
}

/// The flash ciphers of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CipherSpec {
    /// The first ESP32's AES-256 with an address-tweaked key.
    AddressTweaked,
    /// XTS-AES.
    Xts {
        /// XTS-AES-256 with a 512-bit key is offered besides XTS-AES-128 (`SOC_FLASH_ENCRYPTION_XTS_AES_256`).
        aes_256: bool,
        /// The 256-bit key of XTS-AES-128 can be derived from 128 bits (`SOC_FLASH_ENCRYPTION_XTS_AES_128_DERIVED`).
        derived: bool,
    },
}

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    /// Xtensa LX6 or LX7.
    Xtensa,
    /// RISC-V, 32 bits.
    RiscV,
}

const XTS_128: CipherSpec = CipherSpec::Xts {
    aes_256: false,
    derived: false,
};
const XTS_256: CipherSpec = CipherSpec::Xts {
    aes_256: true,
    derived: false,
};

const ESP32: ChipSpec = ChipSpec {
    name: "esp32",
    image_chip_id: 0,
    bootloader_offset: 0x1000,
    partition_table_offset: 0x8000,
    mmu_page_size: 0x1_0000,
    flash_cipher: CipherSpec::AddressTweaked,
    isa: Isa::Xtensa,
    // ESP-IDF refuses larger ones for the ESP32: its SPI flash driver sends 24-bit addresses (components/spi_flash).
    max_flash_size: 16 << 20,
    // ESP-IDF components/soc/esp32/include/soc/soc.h: SOC_DROM_LOW to _HIGH, SOC_IROM_LOW to _HIGH.
    mapped: &[0x3F40_0000..0x3F80_0000, 0x400D_0000..0x4040_0000],
    // The same file: SOC_DROM, SOC_EXTRAM_DATA, SOC_RTC_DRAM, SOC_DRAM (with the RAM below it that the ROM uses),
    // SOC_IRAM (with the caches), SOC_RTC_IRAM, SOC_IROM, SOC_RTC_DATA.
    memory: &[
        0x3F40_0000..0x3F80_0000,
        0x3F80_0000..0x3FC0_0000,
        0x3FF8_0000..0x3FF8_2000,
        0x3FFA_E000..0x4000_0000,
        0x4007_0000..0x400C_0000,
        0x400C_0000..0x400C_2000,
        0x400D_0000..0x4040_0000,
        0x5000_0000..0x5000_2000,
    ],
};
const ESP32S2: ChipSpec = ChipSpec {
    name: "esp32s2",
    image_chip_id: 2,
    flash_cipher: XTS_256,
    mapped: &[],
    memory: &[],
    ..ESP32
};
const ESP32S3: ChipSpec = ChipSpec {
    name: "esp32s3",
    image_chip_id: 9,
    bootloader_offset: 0,
    flash_cipher: XTS_256,
    // ESP-IDF components/soc/esp32s3/include/soc/soc.h: SOC_DROM, SOC_IROM; then SOC_DRAM, SOC_IRAM, RTC memories.
    mapped: &[0x3C00_0000..0x3E00_0000, 0x4200_0000..0x4400_0000],
    memory: &[
        0x3C00_0000..0x3E00_0000,
        0x3FC8_8000..0x3FD0_0000,
        0x4037_0000..0x403E_0000,
        0x4200_0000..0x4400_0000,
        0x5000_0000..0x5000_2000,
        0x600F_E000..0x6010_0000,
    ],
    ..ESP32
};
const ESP32C3: ChipSpec = ChipSpec {
    name: "esp32c3",
    image_chip_id: 5,
    bootloader_offset: 0,
    flash_cipher: XTS_128,
    isa: Isa::RiscV,
    // ESP-IDF components/soc/esp32c3/include/soc/soc.h: SOC_DROM, SOC_IROM; then SOC_DRAM, SOC_IRAM, SOC_RTC.
    mapped: &[0x3C00_0000..0x3C80_0000, 0x4200_0000..0x4280_0000],
    memory: &[
        0x3C00_0000..0x3C80_0000,
        0x3FC8_0000..0x3FCE_0000,
        0x4037_C000..0x403E_0000,
        0x4200_0000..0x4280_0000,
        0x5000_0000..0x5000_2000,
    ],
    ..ESP32
};
/// What the RISC-V chips that cannot be booted share.
const RISCV: ChipSpec = ChipSpec {
    mapped: &[],
    memory: &[],
    ..ESP32C3
};
const ESP32C2: ChipSpec = ChipSpec {
    name: "esp32c2",
    image_chip_id: 12,
    flash_cipher: CipherSpec::Xts {
        aes_256: false,
        derived: true,
    },
    ..RISCV
};
/// One window for constants and code.
const C6_WINDOW: [Range<u32>; 1] = [Range {
    start: 0x4200_0000,
    end: 0x4300_0000,
}];
const ESP32C6: ChipSpec = ChipSpec {
    name: "esp32c6",
    image_chip_id: 13,
    // ESP-IDF components/soc/esp32c6/include/soc/soc.h: SOC_IROM, which is SOC_DROM too; then SOC_IRAM, SOC_RTC.
    mapped: &C6_WINDOW,
    memory: &[
        0x4080_0000..0x4088_0000,
        0x4200_0000..0x4300_0000,
        0x5000_0000..0x5000_4000,
    ],
    ..RISCV
};
const ESP32H2: ChipSpec = ChipSpec {
    name: "esp32h2",
    image_chip_id: 16,
    ..RISCV
};
const ESP32P4: ChipSpec = ChipSpec {
    name: "esp32p4",
    image_chip_id: 18,
    bootloader_offset: 0x2000,
    flash_cipher: XTS_256,
    ..RISCV
};
const ESP32C61: ChipSpec = ChipSpec {
    name: "esp32c61",
    image_chip_id: 20,
    ..RISCV
};
const ESP32C5: ChipSpec = ChipSpec {
    name: "esp32c5",
    image_chip_id: 23,
    bootloader_offset: 0x2000,
    flash_cipher: XTS_256,
    ..RISCV
};
const ESP32H21: ChipSpec = ChipSpec {
    name: "esp32h21",
    image_chip_id: 25,
    ..RISCV
};
const ESP32H4: ChipSpec = ChipSpec {
    name: "esp32h4",
    image_chip_id: 28,
    bootloader_offset: 0x2000,
    flash_cipher: XTS_256,
    ..RISCV
};
const ESP32S31: ChipSpec = ChipSpec {
    name: "esp32s31",
    image_chip_id: 32,
    bootloader_offset: 0x2000,
    flash_cipher: XTS_256,
    ..RISCV
};
