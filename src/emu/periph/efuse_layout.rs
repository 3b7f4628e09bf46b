//! Where the registers of the two families of eFuse controllers lie: the ESP32's and that of all later chips.
//!
//! Sources: ESP-IDF `components/soc/<chip>/register/soc/efuse_reg.h`.

use super::register_file::{ResetValues, StorageRanges};
use crate::chip::Chip;

/// Most words that one group of programming registers has.
pub(super) const MAX_PROGRAM_WORDS: usize = 11;

/// A register of an eFuse controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    /// Word of a block as software sees it.
    Read(usize, usize),
    /// Word of a group of programming registers.
    Program(usize, usize),
    /// EFUSE_CONF.
    Conf,
    /// EFUSE_STATUS.
    Status,
    /// EFUSE_CMD.
    Cmd,
    /// EFUSE_INT_RAW.
    IntRaw,
    /// EFUSE_INT_ST.
    IntSt,
    /// EFUSE_INT_ENA.
    IntEna,
    /// EFUSE_INT_CLR.
    IntClr,
    /// A register of coding errors: its number.
    Error(usize),
    /// Anything else: storage, or unknown.
    Other,
}

/// The registers of one controller. Offsets in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// First read register and number of words of each block.
    pub read: &'static [(u32, usize)],
    /// First register and number of words of each group of programming registers.
    pub program: &'static [(u32, usize)],
    /// EFUSE_CLK, the first control register; the others follow in the same order in both families.
    clk: u32,
    /// The registers of coding errors.
    errors: &'static [u32],
    /// What other registers hold after a reset.
    pub reset: ResetValues,
    /// Registers that are storage.
    pub storage: StorageRanges,
    /// How programming and coding errors work.
    pub family: Family,
}

/// What differs beyond the places of registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// All four blocks are programmed at once, each from its own registers; one bit a unit of a coded block tells errors.
    Esp32,
    /// One block is programmed at a time, with check bytes; numbers and a bit for each block tell errors.
    Blocks {
        /// Places by which the bits that tell uncorrectable errors lie too high: one on the ESP32-C3, none else (ESP-IDF
        /// `components/hal/esp32c3/efuse_hal.c`, `efuse_hal_is_coding_error_in_block`).
        fail_bits_late: usize,
    },
}

/// First read and programming registers of the ESP32's blocks.
const ESP32_READ: &[(u32, usize)] = &[(0x00, 7), (0x38, 8), (0x58, 8), (0x78, 8)];
const ESP32_PROGRAM: &[(u32, usize)] = &[(0x1c, 7), (0x98, 8), (0xb8, 8), (0xd8, 8)];
const ESP32_CLK: u32 = 0xf8;
const ESP32_CONF: u32 = 0xfc;
const ESP32_DAC_CONF: u32 = 0x118;
const ESP32_DEC_STATUS: u32 = 0x11c;
/// EFUSE_DATE of every chip.
const DATE: u32 = 0x1fc;

/// EFUSE_RD_WR_DIS and what follows: block after block.
const READ: &[(u32, usize)] = &[
    (0x2c, 6),
    (0x44, 6),
    (0x5c, 8),
    (0x7c, 8),
    (0x9c, 8),
    (0xbc, 8),
    (0xdc, 8),
    (0xfc, 8),
    (0x11c, 8),
    (0x13c, 8),
    (0x15c, 8),
];
/// EFUSE_PGM_DATA0 to 7 and EFUSE_PGM_CHECK_VALUE0 to 2.
const PROGRAM: &[(u32, usize)] = &[(0x00, MAX_PROGRAM_WORDS)];
const CLK: u32 = 0x1c8;
const CONF: u32 = 0x1cc;
const DAC_CONF: u32 = 0x1e8;
const RD_TIM_CONF: u32 = 0x1ec;
/// EFUSE_WR_TIM_CONF1 and 2 on the ESP32-C3, EFUSE_WR_TIM_CONF0 to 2 on the ESP32-S3.
const WR_TIM: [u32; 3] = [0x1f0, 0x1f4, 0x1f8];
/// EFUSE_RD_REPEAT_ERR0 to 4, EFUSE_RD_RS_ERR0 and 1.
const ERRORS: &[u32] = &[0x17c, 0x180, 0x184, 0x188, 0x190, 0x1c0, 0x1c4];
/// Index in [`ERRORS`] of EFUSE_RD_RS_ERR0.
pub(super) const RS_ERR0: usize = 5;
/// Index in [`ERRORS`] of EFUSE_RD_RS_ERR1.
pub(super) const RS_ERR1: usize = 6;

const STORAGE: StorageRanges = &[(CLK, CONF), (DAC_CONF, WR_TIM[2]), (DATE, DATE)];
const CLK_RESET: u32 = 0x2;
const DAC_CONF_RESET: u32 = 0x1_fe1c;
const RD_TIM_RESET: u32 = 0x1200_0000;
const PWR_ON_RESET: u32 = 0x28_8000;
const PWR_OFF_RESET: u32 = 0x190;

static ESP32: Layout = Layout {
    read: ESP32_READ,
    program: ESP32_PROGRAM,
    clk: ESP32_CLK,
    errors: &[ESP32_DEC_STATUS],
    reset: &[
        (ESP32_CLK, 0x4052),
        (ESP32_CONF, 0x1_0000),
        (ESP32_DAC_CONF, 0x28),
        (DATE, 0x1604_2600),
    ],
    storage: &[
        (ESP32_CLK, ESP32_CONF),
        (ESP32_DAC_CONF, ESP32_DAC_CONF),
        (DATE, DATE),
    ],
    family: Family::Esp32,
};

static ESP32C3: Layout = Layout {
    read: READ,
    program: PROGRAM,
    clk: CLK,
    errors: ERRORS,
    reset: &[
        (CLK, CLK_RESET),
        (DAC_CONF, DAC_CONF_RESET),
        (RD_TIM_CONF, RD_TIM_RESET),
        (WR_TIM[0], PWR_ON_RESET),
        (WR_TIM[1], PWR_OFF_RESET),
        (DATE, 0x200_7200),
    ],
    storage: STORAGE,
    family: Family::Blocks { fail_bits_late: 1 },
};

static ESP32S3: Layout = Layout {
    read: READ,
    program: PROGRAM,
    clk: CLK,
    errors: ERRORS,
    reset: &[
        (CLK, CLK_RESET),
        (DAC_CONF, DAC_CONF_RESET),
        (RD_TIM_CONF, RD_TIM_RESET),
        (WR_TIM[1], PWR_ON_RESET),
        (WR_TIM[2], PWR_OFF_RESET),
        (DATE, 0x210_1290),
    ],
    storage: STORAGE,
    family: Family::Blocks { fail_bits_late: 0 },
};

impl Layout {
    /// The controller of a chip; that of a chip which cannot be booted is the ESP32-S3's.
    pub(super) fn of(chip: Chip) -> &'static Layout {
        match chip {
            Chip::Esp32 => &ESP32,
            Chip::Esp32C3 => &ESP32C3,
            _ => &ESP32S3,
        }
    }

    /// What lies at an offset.
    pub(super) fn register(&self, offset: u32) -> Register {
        if let Some((block, word)) = find(self.read, offset) {
            return Register::Read(block, word);
        }
        if let Some((group, word)) = find(self.program, offset) {
            return Register::Program(group, word);
        }
        if let Some(number) = self.errors.iter().position(|&error| error == offset) {
            return Register::Error(number);
        }
        const IN_ORDER: [Register; 7] = [
            Register::Conf,
            Register::Status,
            Register::Cmd,
            Register::IntRaw,
            Register::IntSt,
            Register::IntEna,
            Register::IntClr,
        ];
        let behind = offset.checked_sub(self.clk + 4).map(|bytes| bytes / 4);
        let found = behind.and_then(|number| IN_ORDER.get(number as usize));
        found.copied().unwrap_or(Register::Other)
    }

    /// The offset of EFUSE_CONF.
    pub(super) fn conf(&self) -> u32 {
        self.clk + 4
    }
}

/// Group and word of a register in groups of registers.
fn find(groups: &[(u32, usize)], offset: u32) -> Option<(usize, usize)> {
    groups
        .iter()
        .enumerate()
        .find_map(|(group, &(first, words))| {
            let word = (offset.checked_sub(first)? / 4) as usize;
            (word < words).then_some((group, word))
        })
}
