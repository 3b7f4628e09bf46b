//! Where the registers of the two families of eFuse controllers lie: the ESP32's and that of all later chips.
//!
//! Sources: ESP-IDF `components/soc/<chip>/register/soc/efuse_reg.h`.

use super::register_file::{ResetValues, StorageRanges};

/// Most words that one group of programming registers has.
pub(crate) const MAX_PROGRAM_WORDS: usize = 11;

/// A register of an eFuse controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
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
pub(crate) struct Layout {
    /// First read register and number of words of each block.
    pub read: &'static [(u32, usize)],
    /// First register and number of words of each group of programming registers.
    pub program: &'static [(u32, usize)],
    /// EFUSE_CLK, the first control register; the others follow in the same order in both families.
    pub clk: u32,
    /// The registers of coding errors.
    pub errors: &'static [u32],
    /// What other registers hold after a reset.
    pub reset: ResetValues,
    /// Registers that are storage.
    pub storage: StorageRanges,
    /// How programming and coding errors work.
    pub family: Family,
}

/// What differs beyond the places of registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// All four blocks are programmed at once, each from its own registers; one bit a unit of a coded block tells errors.
    Esp32,
    /// One block is programmed at a time, with check bytes; numbers and a bit for each block tell errors.
    Blocks {
        /// Places by which the bits that tell uncorrectable errors lie too high: one on the ESP32-C3, none else (ESP-IDF
        /// `components/hal/esp32c3/efuse_hal.c`, `efuse_hal_is_coding_error_in_block`).
        fail_bits_late: usize,
    },
}

/// EFUSE_RD_WR_DIS and what follows on the later chips: block after block.
pub(crate) const READ: &[(u32, usize)] = &[
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
pub(crate) const PROGRAM: &[(u32, usize)] = &[(0x00, MAX_PROGRAM_WORDS)];
/// EFUSE_RD_REPEAT_ERR0 to 4, EFUSE_RD_RS_ERR0 and 1.
pub(crate) const ERRORS: &[u32] = &[0x17c, 0x180, 0x184, 0x188, 0x190, 0x1c0, 0x1c4];
/// Index in [`ERRORS`] of EFUSE_RD_RS_ERR0.
pub(crate) const RS_ERR0: usize = 5;
/// Index in [`ERRORS`] of EFUSE_RD_RS_ERR1.
pub(crate) const RS_ERR1: usize = 6;

impl Layout {
    /// What lies at an offset.
    pub(crate) fn register(&self, offset: u32) -> Register {
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
    pub(crate) fn conf(&self) -> u32 {
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
