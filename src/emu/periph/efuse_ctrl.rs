//! The eFuse controller: read registers, programming registers and commands, over the bank of fuses.
//!
//! Registers, bits and operation codes: ESP-IDF `components/soc/esp32/register/soc/efuse_reg.h`,
//! `components/efuse/esp32/esp_efuse_utility.c`.
//!
//! Burned bits and new protections show in the read registers only after a read command or a reset. A command keeps its
//! bit set for a while: the rev 3 ROM's `_reload_efuses_and_check` resets the chip if it never sees the bit.
//!
//! Interrupt line: bit 0, source `ETS_EFUSE_INTR_SOURCE` (44).

use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Effect, RegRead, RegWrite};
use crate::efuse::EfuseBank;
use crate::emu::{TICKS_PER_US, Ticks};

/// Number of eFuse blocks.
const BLOCKS: usize = 4;
/// Words of each block.
const BLOCK_WORDS: [usize; BLOCKS] = [7, 8, 8, 8];

const BLOCK_BYTES: u32 = 0x200;
/// First read register of each block.
const RDATA: [u32; BLOCKS] = [0x00, 0x38, 0x58, 0x78];
/// First programming register of each block.
const WDATA: [u32; BLOCKS] = [0x1c, 0x98, 0xb8, 0xd8];
const CLK: u32 = 0xf8;
const CONF: u32 = 0xfc;
const STATUS: u32 = 0x100;
const CMD: u32 = 0x104;
const INT_RAW: u32 = 0x108;
const INT_ST: u32 = 0x10c;
const INT_ENA: u32 = 0x110;
const INT_CLR: u32 = 0x114;
const DAC_CONF: u32 = 0x118;
const DEC_STATUS: u32 = 0x11c;
const DATE: u32 = 0x1fc;

const RESET: ResetValues = &[
    (CLK, 0x4052),
    (CONF, 0x1_0000),
    (DAC_CONF, 0x28),
    (DATE, 0x1604_2600),
];
const STORAGE: StorageRanges = &[(CLK, CONF), (DAC_CONF, DAC_CONF), (DATE, DATE)];

const OP_CODE: Bits = Bits::new(0, 16);
const OP_PROGRAM: u32 = 0x5a5a;
const OP_READ: u32 = 0x5aa5;
const CMD_READ: u32 = 1 << 0;
const CMD_PROGRAM: u32 = 1 << 1;

/// How long a command is busy. Inferred: long enough for software that checks that the command began.
const READ_TICKS: Ticks = 10 * TICKS_PER_US;
const PROGRAM_TICKS: Ticks = 100 * TICKS_PER_US;

/// The eFuse controller with its bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseCtrl {
    bank: EfuseBank,
    regs: RegisterFile,
    read_data: [[u32; 8]; BLOCKS],
    write_data: [[u32; 8]; BLOCKS],
    coding_errors: u32,
    busy: Option<(u32, Ticks)>,
    int_raw: u32,
    int_ena: u32,
    burns: u64,
}

/// What an offset is.
enum Register {
    Read(usize, usize),
    Write(usize, usize),
    Other,
}

fn register(offset: u32) -> Register {
    let within = |first: u32, words: usize| {
        offset
            .checked_sub(first)
            .map(|distance| (distance / 4) as usize)
            .filter(|&word| word < words)
    };
    for block in 0..BLOCKS {
        if let Some(word) = within(RDATA[block], BLOCK_WORDS[block]) {
            return Register::Read(block, word);
        }
        if let Some(word) = within(WDATA[block], BLOCK_WORDS[block]) {
            return Register::Write(block, word);
        }
    }
    Register::Other
}

impl EfuseCtrl {
    /// A controller over `bank`, after reset: the read registers are loaded.
    pub fn new(bank: EfuseBank) -> Self {
        let mut efuse = EfuseCtrl {
            bank,
            regs: RegisterFile::new("efuse", BLOCK_BYTES, RESET, STORAGE),
            read_data: [[0; 8]; BLOCKS],
            write_data: [[0; 8]; BLOCKS],
            coding_errors: 0,
            busy: None,
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
    pub fn bank_mut(&mut self) -> &mut EfuseBank {
        &mut self.bank
    }

    /// The fuses, when the chip is not needed any more.
    pub fn take_bank(self) -> EfuseBank {
        self.bank
    }

    /// Number of programming commands carried out.
    pub fn burns(&self) -> u64 {
        self.burns
    }

    /// Loads the read registers from the fuses.
    fn latch(&mut self) {
        for (block, words) in BLOCK_WORDS.into_iter().enumerate() {
            for word in 0..words {
                self.read_data[block][word] = self.bank.software_word(block, word);
            }
        }
        self.coding_errors = coding_errors(&self.bank);
    }

    fn command(&mut self, value: u32, now: Ticks) -> RegWrite {
        let code = OP_CODE.get(self.regs.get(CONF));
        if value & CMD_READ != 0 && code == OP_READ {
            self.latch();
            self.busy = Some((CMD_READ, now + READ_TICKS));
            return RegWrite::modelled(Effect::Reconfigured);
        } else if value & CMD_PROGRAM != 0 && code == OP_PROGRAM {
            self.program();
            self.busy = Some((CMD_PROGRAM, now + PROGRAM_TICKS));
            return RegWrite::modelled(Effect::EfusesBurned);
        }
        RegWrite::stored()
    }

    /// Burns all four blocks. BLOCK0 comes last: its new protections must not bind the same operation.
    fn program(&mut self) {
        self.burns += 1;
        for block in (0..BLOCKS).rev() {
            let words = &self.write_data[block][..BLOCK_WORDS[block]];
            if words.iter().any(|&word| word != 0) {
                self.bank.burn_block(block, words);
            }
        }
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
}

/// `EFUSE_DEC_WARNINGS`: twelve bits. Inferred: one for each unit of BLOCK1 to BLOCK3, four a block, whose check bytes
/// do not fit.
fn coding_errors(bank: &EfuseBank) -> u32 {
    bank.coding_errors()
        .into_iter()
        .filter(|&(block, unit)| (1..BLOCKS).contains(&block) && unit < 4)
        .fold(0, |errors, (block, unit)| {
            errors | 1 << (4 * (block - 1) + unit)
        })
}

impl Device for EfuseCtrl {
    fn name(&self) -> &'static str {
        "efuse"
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        self.settle(now);
        RegRead::modelled(match register(offset) {
            Register::Read(block, word) => self.read_data[block][word],
            Register::Write(block, word) => self.write_data[block][word],
            Register::Other => match offset {
                CMD => self.busy.map_or(0, |(command, _)| command),
                INT_RAW => self.int_raw,
                INT_ST => self.int_raw & self.int_ena,
                INT_ENA => self.int_ena,
                INT_CLR | STATUS => 0,
                DEC_STATUS => self.coding_errors,
                _ => return self.regs.read_stored(offset),
            },
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        self.settle(now);
        match register(offset) {
            Register::Read(..) => return RegWrite::stored(),
            Register::Write(block, word) => {
                self.write_data[block][word] = value;
                return RegWrite::stored();
            }
            Register::Other => {}
        }
        match offset {
            CMD => return self.command(value, now),
            INT_ENA => self.int_ena = value,
            INT_CLR => self.int_raw &= !value,
            INT_RAW | INT_ST | STATUS | DEC_STATUS => {}
            _ => return self.regs.write_stored(offset, value),
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
        *self = EfuseCtrl::new(self.bank.clone());
        self.burns = burns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::Chip;

    fn controller() -> EfuseCtrl {
        EfuseCtrl::new(EfuseBank::blank(Chip::Esp32))
    }

    fn program(efuse: &mut EfuseCtrl, offset: u32, value: u32) {
        efuse.write(offset, value, 0);
        efuse.write(CONF, OP_PROGRAM, 0);
        assert_eq!(
            efuse.write(CMD, CMD_PROGRAM, 0).effect,
            Effect::EfusesBurned
        );
        efuse.write(offset, 0, 0);
    }

    fn reload(efuse: &mut EfuseCtrl) {
        efuse.write(CONF, OP_READ, 0);
        efuse.write(CMD, CMD_READ, 0);
    }

    #[test]
    fn a_burn_shows_after_the_read_command() {
        let mut efuse = controller();
        program(&mut efuse, WDATA[3], 0x1234_5678);
        assert_eq!(efuse.read(RDATA[3], 0).value, 0);
        assert_eq!(efuse.bank().hardware_word(3, 0), 0x1234_5678);
        reload(&mut efuse);
        assert_eq!(efuse.read(RDATA[3], 0).value, 0x1234_5678);
        assert_eq!(efuse.burns(), 1);
    }

    #[test]
    fn read_protection_hides_a_block_from_the_next_read_on() {
        let mut efuse = controller();
        program(&mut efuse, WDATA[1] + 4, 0xaaaa_5555);
        reload(&mut efuse);
        // RD_DIS of BLOCK1: BLOCK0 word 0, bit 16.
        program(&mut efuse, WDATA[0], 1 << 16);
        assert_eq!(efuse.read(RDATA[1] + 4, 0).value, 0xaaaa_5555);
        reload(&mut efuse);
        assert_eq!(efuse.read(RDATA[1] + 4, 0).value, 0);
        assert_eq!(efuse.bank().hardware_word(1, 1), 0xaaaa_5555);
    }

    #[test]
    fn a_protection_does_not_bind_the_operation_that_burns_it() {
        let mut efuse = controller();
        efuse.write(WDATA[1], 0xff, 0);
        // WR_DIS of BLOCK1: BLOCK0 word 0, bit 7.
        program(&mut efuse, WDATA[0], 1 << 7);
        assert_eq!(efuse.bank().hardware_word(1, 0), 0xff);
        program(&mut efuse, WDATA[1], 0xffff);
        assert_eq!(efuse.bank().hardware_word(1, 0), 0xff);
    }

    #[test]
    fn commands_need_their_operation_code_and_end_in_time() {
        let mut efuse = controller();
        efuse.write(WDATA[3], 1, 0);
        efuse.write(CONF, OP_READ, 0);
        assert_eq!(efuse.write(CMD, CMD_PROGRAM, 0).effect, Effect::None);
        assert_eq!(efuse.bank().hardware_word(3, 0), 0);
        efuse.write(INT_ENA, CMD_READ, 0);
        efuse.write(CMD, CMD_READ, 0);
        assert_eq!(efuse.read(CMD, 1).value, CMD_READ);
        assert_eq!(efuse.next_event(), Some(READ_TICKS));
        assert_eq!(efuse.interrupts(), 0);
        efuse.advance(READ_TICKS);
        assert_eq!(efuse.interrupts(), 1);
        assert_eq!(efuse.read(CMD, READ_TICKS).value, 0);
    }

    #[test]
    fn broken_three_quarter_coding_is_reported() {
        let mut efuse = controller();
        // CODING_SCHEME 1 (3/4): BLOCK0 word 6, bits 0-1.
        program(&mut efuse, WDATA[0] + 24, 1);
        // Bytes 1, 0, 0, 0, 0, 0: XOR 1, weighted sum 1.
        efuse.write(WDATA[2], 1, 0);
        program(&mut efuse, WDATA[2] + 4, 0x0101_0000);
        efuse.write(WDATA[2], 0, 0);
        program(&mut efuse, WDATA[3] + 8, 1);
        reload(&mut efuse);
        // BLOCK3, second group.
        assert_eq!(efuse.read(DEC_STATUS, 0).value, 1 << 9);
    }
}
