//! eFuse files of QEMU and of espefuse, read and written.
//!
//! Sources: Espressif's QEMU fork, `hw/nvram/esp32_efuse.c` and `esp32c3_efuse.c` (the read registers of all blocks,
//! little-endian, one after the other); esptool `espefuse/efuse/emulate_efuse_controller_base.py`, `esp32/mem_definition.py`
//! and `esp32c3/mem_definition.py` (the controller's register space, the whole file byte-reversed).

use std::fmt;
use std::ops::Range;

use super::bank::EfuseBank;
use super::coding::CODED_LEN;
use super::tables::{self, esp32};
use super::warnings::{EfuseWarning, warnings};
use crate::chip::Chip;

/// Size of the eFuse file of QEMU's `esp32` machine, in bytes.
pub const QEMU_ESP32_LEN: usize = 124;
/// Size of the file of `espefuse --chip esp32 --virt --path-efuse-file`, in bytes.
pub const ESPEFUSE_ESP32_LEN: usize = 288;
/// Size of the eFuse file of QEMU's `esp32c3` and `esp32s3` machines, in bytes; the blocks fill the first 336.
pub const QEMU_LEN: usize = 1024;
/// Size of the file of `espefuse --virt --path-efuse-file` for all later chips, in bytes.
pub const ESPEFUSE_LEN: usize = 512;
/// All sizes of files, in bytes, and whose they are.
const LENS: [(usize, &str); 4] = [
    (QEMU_ESP32_LEN, "QEMU's esp32 machine"),
    (ESPEFUSE_ESP32_LEN, "espefuse for the ESP32"),
    (QEMU_LEN, "QEMU's esp32c3 and esp32s3 machines"),
    (ESPEFUSE_LEN, "espefuse for the chips after the ESP32"),
];

/// Offset of each block's read registers in the register space of the ESP32's controller
/// (ESP-IDF `components/soc/esp32/register/soc/efuse_reg.h`, `EFUSE_BLKn_RDATA0_REG`).
const ESP32_READ_REGISTERS: [usize; 4] = [0x00, 0x38, 0x58, 0x78];
/// Offset of the read registers of block 0 in that of the later chips; the other blocks follow without a gap
/// (ESP-IDF `components/soc/esp32c3/register/soc/efuse_reg.h`, `EFUSE_RD_WR_DIS_REG`).
const READ_REGISTERS: usize = 0x2c;

/// The two file formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EfuseFormat {
    /// The drive of QEMU's eFuse device. It stores what was burned; a coding scheme is not decoded.
    Qemu,
    /// The file of espefuse's virtual mode. It stores what software reads: decoded payload, and zeros where espefuse
    /// itself burned a read protection.
    Espefuse,
}

impl EfuseFormat {
    /// The format in which files of this chip are kept unless asked otherwise: QEMU's where QEMU has the chip.
    pub const fn usual(chip: Chip) -> Self {
        match chip {
            Chip::Esp32 | Chip::Esp32C3 | Chip::Esp32S3 => EfuseFormat::Qemu,
            _ => EfuseFormat::Espefuse,
        }
    }

    /// Whether there are such files of this chip: QEMU has three chips, espefuse all.
    pub const fn has(self, chip: Chip) -> bool {
        matches!(
            (self, EfuseFormat::usual(chip)),
            (EfuseFormat::Espefuse, _) | (_, EfuseFormat::Qemu)
        )
    }

    /// Size of a file for this chip, in bytes.
    pub const fn len(self, chip: Chip) -> usize {
        match (self, chip) {
            (EfuseFormat::Qemu, Chip::Esp32) => QEMU_ESP32_LEN,
            (EfuseFormat::Espefuse, Chip::Esp32) => ESPEFUSE_ESP32_LEN,
            (EfuseFormat::Qemu, _) => QEMU_LEN,
            (EfuseFormat::Espefuse, _) => ESPEFUSE_LEN,
        }
    }
}

impl fmt::Display for EfuseFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EfuseFormat::Qemu => "QEMU",
            EfuseFormat::Espefuse => "espefuse",
        })
    }
}

/// A file that is no eFuse file of the chip.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EfuseFileError {
    /// The size is another.
    #[error(
        "eFuse file of {len} bytes: for {chip} it must have {}{} bytes (espefuse)",
        if EfuseFormat::Qemu.has(*.chip) { format!("{} (QEMU) or ", EfuseFormat::Qemu.len(*.chip)) } else { String::new() },
        EfuseFormat::Espefuse.len(*.chip)
    )]
    Length {
        /// The chip.
        chip: Chip,
        /// Bytes as given.
        len: usize,
    },
    /// The size is that of another chip's file.
    #[error("eFuse file of {len} bytes is one of {whose}, not of {chip}")]
    OtherChip {
        /// The chip.
        chip: Chip,
        /// Bytes as given.
        len: usize,
        /// Whose files have this size.
        whose: &'static str,
    },
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseFile {
    /// The eFuses.
    pub bank: EfuseBank,
    /// The format, known by the size.
    pub format: EfuseFormat,
    /// What is odd about them.
    pub warnings: Vec<EfuseWarning>,
}

impl EfuseFile {
    /// Reads a file of either format for this chip.
    ///
    /// No file tells bit 31 of APB_CTRL_DATE: a chip whose eFuses say revision 2 or later is taken for revision 3, so
    /// revision 2 is not told apart from it.
    ///
    /// # Errors
    /// Where the size is none of the two.
    pub fn parse(chip: Chip, bytes: &[u8]) -> Result<Self, EfuseFileError> {
        let formats = [EfuseFormat::Qemu, EfuseFormat::Espefuse];
        let len = bytes.len();
        let fits = |format: &EfuseFormat| format.has(chip) && format.len(chip) == len;
        let Some(format) = formats.into_iter().find(fits) else {
            let other = LENS.iter().find(|(other, _)| *other == len);
            return Err(match other {
                Some((_, whose)) => EfuseFileError::OtherChip { chip, len, whose },
                None => EfuseFileError::Length { chip, len },
            });
        };
        let mut bank = match format {
            EfuseFormat::Qemu => read_qemu(chip, bytes),
            EfuseFormat::Espefuse => read_espefuse(chip, bytes),
        };
        if chip == Chip::Esp32 {
            let third = bank.get(&esp32::CHIP_VER_REV1) & bank.get(&esp32::CHIP_VER_REV2);
            bank.set_apb_ctrl_date_bit31(third == 1);
        }
        let warnings = warnings(&bank);
        Ok(EfuseFile {
            bank,
            format,
            warnings,
        })
    }
}

impl EfuseBank {
    /// The bank as a file, with everything that the hardware holds: read protection hides nothing.
    ///
    /// For [`EfuseFormat::Espefuse`] coded blocks lose their check bytes (espefuse computes them), and espefuse zeroes
    /// read-protected blocks when it next burns anything into the file. Reed-Solomon check bytes have no place in either
    /// format.
    pub fn to_file(&self, format: EfuseFormat) -> Vec<u8> {
        let len = format.len(self.chip());
        match format {
            EfuseFormat::Qemu => {
                let mut file: Vec<u8> = (0..self.block_count())
                    .flat_map(|block| (0..self.block_words(block)).map(move |word| (block, word)))
                    .flat_map(|(block, word)| self.hardware_word(block, word).to_le_bytes())
                    .collect();
                file.resize(len, 0);
                file
            }
            EfuseFormat::Espefuse => {
                let mut registers = vec![0; len];
                for (block, place) in espefuse_places(self.chip()).enumerate() {
                    let (words, _) = registers[place].as_chunks_mut::<4>();
                    for (number, word) in words.iter_mut().enumerate() {
                        *word = self.payload_word(block, number).to_le_bytes();
                    }
                }
                registers.reverse();
                registers
            }
        }
    }
}

/// Places of the blocks' read registers in espefuse's register space.
fn espefuse_places(chip: Chip) -> impl Iterator<Item = Range<usize>> {
    let blocks = tables::of(chip).blocks.iter();
    let mut next = READ_REGISTERS;
    blocks.enumerate().map(move |(block, spec)| {
        let start = match chip {
            Chip::Esp32 => ESP32_READ_REGISTERS[block],
            _ => next,
        };
        next = start + spec.words * 4;
        start..next
    })
}

fn read_qemu(chip: Chip, bytes: &[u8]) -> EfuseBank {
    let mut bank = EfuseBank::blank(chip);
    let mut rest = bytes;
    for block in 0..bank.block_count() {
        let (now, later) = rest.split_at(bank.block_words(block) * 4);
        set_block(&mut bank, block, now);
        rest = later;
    }
    bank
}

fn read_espefuse(chip: Chip, bytes: &[u8]) -> EfuseBank {
    let mut bank = EfuseBank::blank(chip);
    let registers: Vec<u8> = bytes.iter().rev().copied().collect();
    // Block 0 comes first: it tells the coding scheme of the others.
    for (block, place) in espefuse_places(chip).enumerate() {
        let read = &registers[place];
        if bank.is_coded(block) {
            let mut payload = [0; CODED_LEN];
            for (to, byte) in payload.iter_mut().zip(read) {
                *to = *byte;
            }
            let stored = bank.coding_scheme().encode(&payload);
            set_block(&mut bank, block, &stored);
        } else {
            set_block(&mut bank, block, read);
        }
    }
    bank
}

fn set_block(bank: &mut EfuseBank, block: usize, bytes: &[u8]) {
    let (words, _) = bytes.as_chunks::<4>();
    for (number, word) in words.iter().enumerate() {
        bank.set_raw(block, number, u32::from_le_bytes(*word));
    }
}

#[cfg(test)]
mod tests;
