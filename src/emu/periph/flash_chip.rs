//! The SPI NOR flash chip: commands, status registers and the bytes themselves.
//!
//! It identifies as a GigaDevice GD25Q of the image's size, the chip that Espressif's emulator also takes. Sources:
//! GD25Q32C data sheet (commands, status registers, protection table), JEDEC JESD216 (discoverable parameters).
//! Programming and erasing take no time: `WIP` is never seen set.

use std::ops::Range;

use super::FlashCommand;
use super::flash_opcode as opcode;
use crate::flash::FlashImage;

/// Size of a program page, in bytes.
pub const PROGRAM_PAGE_BYTES: u32 = 256;

const JEDEC_MANUFACTURER: u8 = 0xc8;
const JEDEC_MEMORY_TYPE: u8 = 0x40;
const SECTOR: u32 = 0x1000;
const BLOCK_32K: u32 = 0x8000;
const BLOCK_64K: u32 = 0x1_0000;

/// Status register 1: write enable latch.
const WEL: u8 = 1 << 1;
/// Status register 1: block protection BP0-BP2, BP3 (bottom), BP4 (sectors).
const BP_SHIFT: u32 = 2;
const BP_BOTTOM: u8 = 1 << 5;
const BP_SECTORS: u8 = 1 << 6;
const STATUS1_WRITABLE: u8 = 0xfc;
/// Status register 2: quad enable, protection complement.
const QE: u8 = 1 << 1;
const CMP: u8 = 1 << 6;
/// Bit W4 of the set-burst command: no wrap (data sheet, "Set Burst with Wrap").
const WRAP_OFF: u8 = 1 << 4;
const STATUS2_WRITABLE: u8 = 0x7b;
const STATUS3_WRITABLE: u8 = 0x60;

/// What a command did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlashOutcome {
    /// The bytes read, as many as the command asked for.
    pub data: Vec<u8>,
    /// Flash offsets (bytes) whose contents may have changed.
    pub changed: Option<Range<u32>>,
    /// What the model does not know about this command: to be recorded as a gap.
    pub unmodelled: Option<&'static str>,
}

/// The flash chip. Cloning shares the contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashChip {
    image: FlashImage,
    unique_id: [u8; 16],
    status: [u8; 3],
    volatile_write: bool,
    reset_enabled: bool,
    power_down: bool,
    four_byte: bool,
    programs: u64,
    erases: u64,
}

impl FlashChip {
    /// A chip with these contents (a power of two of bytes), freshly powered on, protection off.
    pub fn new(image: FlashImage) -> Self {
        FlashChip {
            image,
            unique_id: *b"cloneproof-flash",
            status: [0; 3],
            volatile_write: false,
            reset_enabled: false,
            power_down: false,
            four_byte: false,
            programs: 0,
            erases: 0,
        }
    }

    /// The same chip with this unique ID: copying flash contents does not copy it.
    pub fn with_unique_id(mut self, unique_id: [u8; 16]) -> Self {
        self.unique_id = unique_id;
        self
    }

    /// The contents.
    pub fn image(&self) -> &FlashImage {
        &self.image
    }

    /// Number of page programs carried out.
    pub fn programs(&self) -> u64 {
        self.programs
    }

    /// Number of erases carried out.
    pub fn erases(&self) -> u64 {
        self.erases
    }

    /// Whether reads on four data lines work (`QE`).
    pub fn quad_enabled(&self) -> bool {
        self.status[1] & QE != 0
    }

    /// JEDEC identification: manufacturer, memory type, capacity (log2 of bytes).
    pub fn jedec_id(&self) -> [u8; 3] {
        let capacity = self.image.size().max(1).ilog2() as u8;
        [JEDEC_MANUFACTURER, JEDEC_MEMORY_TYPE, capacity]
    }

    /// Power is switched off and on: volatile state is lost, contents and status registers stay.
    pub fn power_cycle(&mut self) {
        self.status[0] &= !WEL;
        self.volatile_write = false;
        self.reset_enabled = false;
        self.power_down = false;
        self.four_byte = false;
    }

    /// Runs one command. Nothing happens on a program or erase without write enable or in a protected area.
    pub fn execute(&mut self, command: &FlashCommand) -> FlashOutcome {
        let reset_was_enabled = std::mem::take(&mut self.reset_enabled);
        if self.power_down && command.opcode != opcode::RES {
            return reply(command, &[]);
        }
        match command.opcode {
            opcode::WREN => self.status[0] |= WEL,
            opcode::WRDI => self.status[0] &= !WEL,
            opcode::WREN_VOLATILE => self.volatile_write = true,
            opcode::RDSR => return repeat(command, self.status[0]),
            opcode::RDSR2 => return repeat(command, self.status[1]),
            opcode::RDSR3 => return repeat(command, self.status[2]),
            opcode::WRSR => self.write_status(0, &command.data_out),
            opcode::WRSR2 => self.write_status(1, &command.data_out),
            opcode::WRSR3 => self.write_status(2, &command.data_out),
            opcode::RDID => return reply(command, &self.jedec_id()),
            opcode::RDMID => return reply(command, &[JEDEC_MANUFACTURER, self.device_id()]),
            opcode::RDUID => return reply(command, &self.unique_id),
            opcode::RDSFDP => return self.read_sfdp(command),
            opcode::RESET_ENABLE => self.reset_enabled = true,
            opcode::RESET if reset_was_enabled => self.power_cycle(),
            opcode::DP => self.power_down = true,
            opcode::RES => {
                self.power_down = false;
                return repeat(command, self.device_id());
            }
            opcode::SET_BURST => return set_burst(command),
            opcode::EN4B => self.four_byte = true,
            opcode::EX4B => self.four_byte = false,
            // Nothing runs that could be suspended; the others need no model.
            opcode::RESET | opcode::SUSPEND | opcode::RESUME | opcode::HPM | opcode::MODE_RESET => {
            }
            _ => return self.execute_array(command),
        }
        reply(command, &[])
    }

    /// The commands that read, program or erase the array.
    fn execute_array(&mut self, command: &FlashCommand) -> FlashOutcome {
        match command.opcode {
            opcode::READ
            | opcode::READ_FAST
            | opcode::READ_DUAL
            | opcode::READ_DIO
            | opcode::READ_4B
            | opcode::READ_FAST_4B
            | opcode::READ_DUAL_4B
            | opcode::READ_DIO_4B => self.read(command),
            opcode::READ_QUAD | opcode::READ_QIO | opcode::READ_QUAD_4B | opcode::READ_QIO_4B => {
                let quad_enabled = self.quad_enabled();
                let mut outcome = self.read(command);
                if !quad_enabled {
                    outcome.unmodelled = Some("flash read on four lines with QE clear");
                }
                outcome
            }
            code if opcode::is_program(code) => self.program(command),
            opcode::SE | opcode::SE_4B => self.erase(command, SECTOR),
            opcode::BE_32K | opcode::BE_32K_4B => self.erase(command, BLOCK_32K),
            opcode::BE_64K | opcode::BE_64K_4B => self.erase(command, BLOCK_64K),
            opcode::CE | opcode::CE_ALT => self.erase_chip(command),
            _ => FlashOutcome {
                unmodelled: Some("unknown flash command"),
                ..reply(command, &[])
            },
        }
    }

    fn size(&self) -> u32 {
        u32::try_from(self.image.size()).unwrap_or(u32::MAX)
    }

    fn device_id(&self) -> u8 {
        self.jedec_id()[2].wrapping_sub(1)
    }

    /// The command's address within the chip: address lines above its size do not exist.
    fn address(&self, command: &FlashCommand) -> Option<u32> {
        let address = command.address?;
        address.checked_rem(self.size())
    }

    fn read(&self, command: &FlashCommand) -> FlashOutcome {
        let Some(start) = self.address(command) else {
            return without_address(command);
        };
        let mut data = vec![0xff; command.read_len];
        let mut offset = start;
        let mut rest = data.as_mut_slice();
        // A read that reaches the end goes on at the beginning.
        while !rest.is_empty() {
            let here = rest.len().min((self.size() - offset) as usize);
            let (now, later) = rest.split_at_mut(here);
            self.image.read(offset, now);
            rest = later;
            offset = 0;
        }
        FlashOutcome {
            data,
            ..FlashOutcome::default()
        }
    }

    fn program(&mut self, command: &FlashCommand) -> FlashOutcome {
        let Some(start) = self.address(command) else {
            return without_address(command);
        };
        let mut outcome = reply(command, &[]);
        if !self.take_write_enable() || command.data_out.is_empty() {
            return outcome;
        }
        let page = start & !(PROGRAM_PAGE_BYTES - 1);
        if self.is_protected(page, PROGRAM_PAGE_BYTES) {
            return outcome;
        }
        // The page latch: addresses wrap within the page, later bytes replace earlier ones.
        let mut latch = [0xff; PROGRAM_PAGE_BYTES as usize];
        let first = (start - page) as usize;
        for (index, &byte) in command.data_out.iter().enumerate() {
            latch[(first + index) % latch.len()] = byte;
        }
        let end = first + command.data_out.len();
        let touched = if end <= latch.len() {
            first..end
        } else {
            0..latch.len()
        };
        let changed = page + touched.start as u32..page + touched.end as u32;
        self.image.program(changed.start, &latch[touched]);
        self.programs += 1;
        outcome.changed = Some(changed);
        outcome
    }

    fn erase(&mut self, command: &FlashCommand, len: u32) -> FlashOutcome {
        let Some(address) = self.address(command) else {
            return without_address(command);
        };
        let start = address & !(len - 1);
        self.erase_range(command, start..start.saturating_add(len).min(self.size()))
    }

    fn erase_chip(&mut self, command: &FlashCommand) -> FlashOutcome {
        self.erase_range(command, 0..self.size())
    }

    fn erase_range(&mut self, command: &FlashCommand, range: Range<u32>) -> FlashOutcome {
        let mut outcome = reply(command, &[]);
        let len = range.end - range.start;
        if !self.take_write_enable() || self.is_protected(range.start, len) {
            return outcome;
        }
        self.image.erase(range.start, len);
        self.erases += 1;
        outcome.changed = Some(range);
        outcome
    }

    /// Whether writing is enabled; it ends with the command that asks.
    fn take_write_enable(&mut self) -> bool {
        let enabled = self.status[0] & WEL != 0;
        self.status[0] &= !WEL;
        enabled
    }

    fn write_status(&mut self, first: usize, data: &[u8]) {
        const WRITABLE: [u8; 3] = [STATUS1_WRITABLE, STATUS2_WRITABLE, STATUS3_WRITABLE];
        let volatile = std::mem::take(&mut self.volatile_write);
        if !self.take_write_enable() && !volatile {
            return;
        }
        let registers = self.status.iter_mut().zip(WRITABLE).skip(first);
        // Only register 1 can be followed by the next register's byte.
        let len = if first == 0 { 2 } else { 1 };
        for ((register, writable), &value) in registers.zip(data.iter().take(len)) {
            *register = *register & !writable | value & writable;
        }
    }

    /// Whether any byte of the range is write-protected (data sheet, "protected area size").
    fn is_protected(&self, start: u32, len: u32) -> bool {
        let level = self.status[0] >> BP_SHIFT & 7;
        let size = self.size();
        let protected = match level {
            0 => 0,
            7 => size,
            _ if self.status[0] & BP_SECTORS != 0 => SECTOR << (level - 1).min(3),
            _ => BLOCK_64K << (level - 1),
        }
        .min(size);
        let area = if self.status[0] & BP_BOTTOM != 0 {
            0..protected
        } else {
            size - protected..size
        };
        let end = start.saturating_add(len);
        if self.status[1] & CMP == 0 {
            start < area.end && area.start < end
        } else {
            start < area.start || end > area.end
        }
    }

    fn read_sfdp(&self, command: &FlashCommand) -> FlashOutcome {
        let table = sfdp(self.image.size() as u64);
        let start = command.address.unwrap_or(0) as usize;
        reply(command, table.get(start..).unwrap_or(&[]))
    }
}

/// Sets burst with wrap: reads that start again within a line of the cache. Switching it off is the state after reset.
fn set_burst(command: &FlashCommand) -> FlashOutcome {
    let off = command
        .data_out
        .last()
        .is_none_or(|byte| byte & WRAP_OFF != 0);
    FlashOutcome {
        unmodelled: (!off).then_some("flash reads with wrap"),
        ..reply(command, &[])
    }
}

/// The answer `data`, padded with 0xFF (the line is pulled up) or cut to what was asked for.
fn reply(command: &FlashCommand, data: &[u8]) -> FlashOutcome {
    let mut data = data.to_vec();
    data.resize(command.read_len, 0xff);
    FlashOutcome {
        data,
        ..FlashOutcome::default()
    }
}

/// The answer of a register that is sent again and again as long as it is clocked.
fn repeat(command: &FlashCommand, byte: u8) -> FlashOutcome {
    reply(command, &vec![byte; command.read_len])
}

fn without_address(command: &FlashCommand) -> FlashOutcome {
    FlashOutcome {
        unmodelled: Some("flash array command without an address"),
        ..reply(command, &[])
    }
}

/// Discoverable parameters: header, one parameter header, the basic table of nine words (JESD216).
fn sfdp(size: u64) -> Vec<u8> {
    const TABLE_AT: u8 = 0x30;
    let mut bytes = Vec::with_capacity(0x54);
    bytes.extend_from_slice(b"SFDP");
    bytes.extend_from_slice(&[0, 1, 0, 0xff]);
    bytes.extend_from_slice(&[0, 0, 1, 9, TABLE_AT, 0, 0, 0xff]);
    bytes.resize(usize::from(TABLE_AT), 0xff);
    let density_bits = (size * 8).saturating_sub(1) as u32;
    let words: [u32; 9] = [
        // 4 KiB erase by 0x20, 64-byte or larger write granularity, 1-1-2, 1-2-2, 1-4-4 and 1-1-4 reads.
        0xfff1_20e5,
        density_bits,
        // 1-4-4: 4 wait clocks, 2 mode clocks; 1-1-4: 8 wait clocks.
        0x6b08_eb44,
        // 1-1-2: 8 wait clocks; 1-2-2: 4 mode clocks.
        0xbb80_3b08,
        0xffff_ffee,
        0xff00_ffff,
        0xff00_ffff,
        // Erase types: 4 KiB, 32 KiB, 64 KiB.
        0x520f_200c,
        0xff00_d810,
    ];
    for word in words {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
#[path = "flash_chip_tests.rs"]
mod tests;
