//! The eFuse controller: read registers, programming registers and commands, over the bank of fuses.
//!
//! Registers, bits and operation codes: ESP-IDF `components/soc/<chip>/register/soc/efuse_reg.h`,
//! `components/efuse/<chip>/esp_efuse_utility.c`, `components/hal/<chip>/efuse_hal.c`.
//!
//! Burned bits and new protections show in the read registers only after a read command or a reset. A command keeps its
//! bit set for a while: the ESP32 rev 3 ROM's `_reload_efuses_and_check` resets the chip if it never sees the bit.
//!
//! The ESP32 programs all blocks at once, the later chips the one that the command names. Where the copies of block 0 on
//! those differ, its error registers (`EFUSE_RD_REPEAT_ERR0` to `4`) tell the bits.
//!
//! Interrupt line: bit 0, source `ETS_EFUSE_INTR_SOURCE`.

use super::bits::Bits;
pub(crate) use super::efuse_layout::{ERRORS, Family, Layout, PROGRAM, READ};
use super::efuse_layout::{MAX_PROGRAM_WORDS, RS_ERR0, RS_ERR1, Register};
use super::register_file::RegisterFile;
use super::{Device, Effect, RegRead, RegWrite};
use crate::efuse::EfuseBank;
use crate::efuse::reed_solomon::{BlockErrors, CHECK_LEN};
use crate::emu::{TICKS_PER_US, Ticks};

const BLOCK_BYTES: u32 = 0x200;
/// Most blocks and most words of one.
const MAX_BLOCKS: usize = 11;
const MAX_WORDS: usize = 8;
/// Most groups of programming registers.
const MAX_GROUPS: usize = 4;

const OP_CODE: Bits = Bits::new(0, 16);
const OP_PROGRAM: u32 = 0x5a5a;
const OP_READ: u32 = 0x5aa5;
const CMD_READ: u32 = 1 << 0;
const CMD_PROGRAM: u32 = 1 << 1;
/// EFUSE_BLK_NUM of EFUSE_CMD: the block to program, on the later chips.
const CMD_BLOCK: Bits = Bits::new(2, 4);

/// How long a command is busy. Inferred: long enough for software that checks that the command began.
const READ_TICKS: Ticks = 10 * TICKS_PER_US;
const PROGRAM_TICKS: Ticks = 100 * TICKS_PER_US;

/// The eFuse controller with its bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseCtrl {
    bank: EfuseBank,
    layout: &'static Layout,
    regs: RegisterFile,
    read_data: [[u32; MAX_WORDS]; MAX_BLOCKS],
    write_data: [[u32; MAX_PROGRAM_WORDS]; MAX_GROUPS],
    coding_errors: [u32; 2],
    repeat_errors: [u32; RS_ERR0],
    busy: Option<(u32, Ticks)>,
    block_number: u32,
    int_raw: u32,
    int_ena: u32,
    burns: u64,
}

impl EfuseCtrl {
    /// The controller of the bank's chip, after reset: the read registers are loaded.
    pub(crate) fn new(layout: &'static Layout, bank: EfuseBank) -> Self {
        let mut efuse = EfuseCtrl {
            bank,
            layout,
            regs: RegisterFile::new("efuse", BLOCK_BYTES, layout.reset, layout.storage),
            read_data: Default::default(),
            write_data: Default::default(),
            coding_errors: [0; 2],
            repeat_errors: [0; RS_ERR0],
            busy: None,
            block_number: 0,
            int_raw: 0,
            int_ena: 0,
            burns: 0,
        };
        efuse.latch();
        efuse
    }

    /// The fuses as they are.
    pub fn bank(&self) -> &EfuseBank {
        &self.bank
    }

    /// The fuses, for changes from outside the chip; software sees them after a read command or a reset.
    #[cfg(test)]
    pub fn bank_mut(&mut self) -> &mut EfuseBank {
        &mut self.bank
    }

    /// Number of programming commands carried out.
    pub fn burns(&self) -> u64 {
        self.burns
    }

    /// Loads the read registers from the fuses.
    fn latch(&mut self) {
        for (block, words) in self.read_data.iter_mut().enumerate() {
            *words = self.bank.software_block(block);
        }
        // The first register is that of word 1: WR_DIS has no copies.
        self.repeat_errors = std::array::from_fn(|number| self.bank.repeat_errors(number + 1));
        self.coding_errors = match self.layout.family {
            Family::Esp32 => [unit_errors(&self.bank), 0],
            Family::Blocks { fail_bits_late } => block_errors(&self.bank, fail_bits_late),
        };
    }

    fn command(&mut self, value: u32, now: Ticks) -> RegWrite {
        let code = OP_CODE.get(self.regs.get(self.layout.conf()));
        if self.layout.family != Family::Esp32 {
            self.block_number = CMD_BLOCK.get(value);
        }
        if value & CMD_READ != 0 && code == OP_READ {
            self.latch();
            self.busy = Some((CMD_READ, now + READ_TICKS));
            return RegWrite::modelled(Effect::EfusesRead);
        } else if value & CMD_PROGRAM != 0 && code == OP_PROGRAM {
            self.program();
            self.busy = Some((CMD_PROGRAM, now + PROGRAM_TICKS));
            return RegWrite::modelled(Effect::EfusesBurned);
        }
        RegWrite::stored()
    }

    fn program(&mut self) {
        self.burns += 1;
        match self.layout.family {
            Family::Esp32 => self.program_all(),
            Family::Blocks { .. } => self.program_one(self.block_number as usize),
        }
    }

    /// Burns all four blocks. BLOCK0 comes last: its new protections must not bind the same operation.
    fn program_all(&mut self) {
        for (block, &(_, words)) in self.layout.program.iter().enumerate().rev() {
            let words = &self.write_data[block][..words];
            if words.iter().any(|&word| word != 0) {
                self.bank.burn_block(block, words);
            }
        }
    }

    /// Burns one block with the check bytes that software gives. Words behind the end of a short block are lost.
    fn program_one(&mut self, block: usize) {
        let (data, check_words) = self.write_data[0].split_at(MAX_WORDS);
        let count = self.bank.block_words(block).min(MAX_WORDS);
        let mut check = [0; CHECK_LEN];
        for (place, word) in check.as_chunks_mut::<4>().0.iter_mut().zip(check_words) {
            *place = word.to_le_bytes();
        }
        self.bank.burn_coded_block(block, &data[..count], &check);
    }

    /// Ends a command whose time is over.
    fn settle(&mut self, now: Ticks) {
        if let Some((command, end)) = self.busy
            && end <= now
        {
            self.busy = None;
            self.int_raw |= command;
        }
    }

    fn error_register(&self, number: usize) -> u32 {
        match (self.layout.family, number) {
            (Family::Esp32, _) | (_, RS_ERR0) => self.coding_errors[0],
            (_, RS_ERR1) => self.coding_errors[1],
            (_, number) => self.repeat_errors.get(number).copied().unwrap_or(0),
        }
    }
}

/// `EFUSE_DEC_WARNINGS`: twelve bits. Inferred: one for each unit of BLOCK1 to BLOCK3, four a block, whose check bytes
/// do not fit.
fn unit_errors(bank: &EfuseBank) -> u32 {
    bank.coding_errors()
        .into_iter()
        .filter(|&(block, unit)| (1..4).contains(&block) && unit < 4)
        .fold(0, |errors, (block, unit)| {
            errors | 1 << (4 * (block - 1) + unit)
        })
}

/// `EFUSE_RD_RS_ERR0` and `1`: four bits for each block from BLOCK1 on, the number of wrong bytes in the lower three and
/// a bit for too many of them, which may lie `late` blocks too high (the last one has no place then).
fn block_errors(bank: &EfuseBank, late: usize) -> [u32; 2] {
    const BITS: usize = 4;
    const FAIL: u64 = 8;
    let mut errors = 0u64;
    for block in 1..bank.block_count() {
        let BlockErrors { corrected, failed } = bank.block_errors(block);
        errors |= u64::from(corrected) << (BITS * (block - 1));
        if failed && block + late < bank.block_count() {
            errors |= FAIL << (BITS * (block - 1 + late));
        }
    }
    [errors as u32, (errors >> 32) as u32]
}

impl Device for EfuseCtrl {
    fn name(&self) -> &'static str {
        "efuse"
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        self.settle(now);
        RegRead::modelled(match self.layout.register(offset) {
            Register::Read(block, word) => self.read_data[block][word],
            Register::Program(group, word) => self.write_data[group][word],
            Register::Cmd => {
                let busy = self.busy.map_or(0, |(command, _)| command);
                CMD_BLOCK.put(self.block_number) | busy
            }
            Register::IntRaw => self.int_raw,
            Register::IntSt => self.int_raw & self.int_ena,
            Register::IntEna => self.int_ena,
            Register::IntClr | Register::Status => 0,
            Register::Error(number) => self.error_register(number),
            Register::Conf | Register::Other => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        self.settle(now);
        match self.layout.register(offset) {
            Register::Read(..) => return RegWrite::stored(),
            Register::Program(group, word) => {
                self.write_data[group][word] = value;
                return RegWrite::stored();
            }
            Register::Cmd => return self.command(value, now),
            Register::IntEna => self.int_ena = value,
            Register::IntClr => self.int_raw &= !value,
            Register::IntRaw | Register::IntSt | Register::Status | Register::Error(_) => {}
            Register::Conf | Register::Other => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        self.busy.map(|(_, end)| end)
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        self.settle(now);
        Effect::Interrupts
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw & self.int_ena != 0)
    }

    fn reset(&mut self, _now: Ticks) {
        let burns = self.burns;
        *self = EfuseCtrl::new(self.layout, self.bank.clone());
        self.burns = burns;
    }
}

#[cfg(test)]
mod tests;
