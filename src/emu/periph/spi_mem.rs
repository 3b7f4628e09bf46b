//! SPI controllers: the flash controllers SPI0 and SPI1, and the general-purpose SPI2 and SPI3 of the same design.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/esp32/register/soc/spi_reg.h`. How the ROM and the drivers
//! use them: ESP-IDF `components/esp_rom/patches/esp_rom_spiflash.c`, `components/esp_hal_mspi/esp32/include/hal/spi_flash_ll.h`.
//!
//! Writing a bit of `SPI_CMD` starts a transaction. The system on chip runs it on the flash chip and hands the received
//! bytes to [`SpiMem::complete`]; until then the bit stays set. Transactions take no time. DMA is not modelled.
//!
//! Interrupt line: bit 0, sources `ETS_SPI0_INTR_SOURCE` (28) to `ETS_SPI3_INTR_SOURCE` (31).

use super::bits::Bits;
use super::flash_opcode as opcode;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Effect, FlashCommand, RegRead, RegWrite};
use crate::emu::Ticks;

/// Size of the data buffer `SPI_W0`-`SPI_W15`, in bytes.
pub const BUFFER_BYTES: usize = 64;

const BLOCK_BYTES: u32 = 0x400;
const CMD: u32 = 0x00;
const ADDR: u32 = 0x04;
const CTRL: u32 = 0x08;
const CTRL1: u32 = 0x0c;
const RD_STATUS: u32 = 0x10;
const CTRL2: u32 = 0x14;
const CLOCK: u32 = 0x18;
const USER: u32 = 0x1c;
const USER1: u32 = 0x20;
const USER2: u32 = 0x24;
const MOSI_DLEN: u32 = 0x28;
const MISO_DLEN: u32 = 0x2c;
const PIN: u32 = 0x34;
const SLAVE: u32 = 0x38;
const SLAVE1: u32 = 0x3c;
const CACHE_FCTRL: u32 = 0x50;
const CACHE_SCTRL: u32 = 0x54;
const SLV_RD_BIT: u32 = 0x64;
const W0: u32 = 0x80;
const W8: u32 = 0xa0;
const TX_CRC: u32 = 0xc0;
const EXT0: u32 = 0xf0;
const EXT1: u32 = 0xf4;
const EXT2: u32 = 0xf8;
const EXT3: u32 = 0xfc;
const DATE: u32 = 0x3fc;

const RESET: ResetValues = &[
    (CTRL, 0x0020_a400),
    (CTRL1, 0x5fff_0000),
    (CTRL2, 0x11),
    (CLOCK, 0x8000_3043),
    (USER, 0x8000_0040),
    (USER1, 0x5c00_0007),
    (USER2, 0x7000_0000),
    (PIN, 0x6),
    (SLAVE, 0x200),
    (SLAVE1, 0x0200_0000),
    (CACHE_SCTRL, 0x15c0_4030),
    (EXT0, 0x800a_0050),
    (EXT1, 0x800f_0000),
    (0x100, 0x200),
    (DATE, 0x0160_4270),
];
const STORAGE: StorageRanges = &[(ADDR, SLV_RD_BIT), (W0, TX_CRC), (EXT0, EXT3), (DATE, DATE)];

const CTRL_WRSR_2B: Bits = Bits::bit(22);
const CTRL_FREAD_QIO: Bits = Bits::bit(24);
const CTRL_FREAD_DIO: Bits = Bits::bit(23);
const CTRL_FREAD_QUAD: Bits = Bits::bit(20);
const CTRL_FREAD_DUAL: Bits = Bits::bit(14);
const CTRL_FASTRD_MODE: Bits = Bits::bit(13);
const USER_COMMAND: Bits = Bits::bit(31);
const USER_ADDR: Bits = Bits::bit(30);
const USER_MISO: Bits = Bits::bit(28);
const USER_MOSI: Bits = Bits::bit(27);
const USER_MOSI_HIGHPART: Bits = Bits::bit(25);
const USER_MISO_HIGHPART: Bits = Bits::bit(24);
const USER1_ADDR_BITLEN: Bits = Bits::new(26, 6);
const USER2_COMMAND_VALUE: Bits = Bits::new(0, 16);
const DLEN: Bits = Bits::new(0, 24);
const PIN_CS0_DIS: Bits = Bits::bit(0);
const SLAVE_TRANS_DONE: Bits = Bits::bit(4);
const SLAVE_TRANS_INTEN: Bits = Bits::bit(9);
const CACHE_REQ_EN: Bits = Bits::bit(0);
/// Address and length as the dedicated commands take them: ESP-IDF `spi_flash_hal_program_page`.
const ADDR_LOW24: Bits = Bits::new(0, 24);
const ADDR_LENGTH: Bits = Bits::new(24, 8);

/// A command that a bit of `SPI_CMD` starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Read,
    WriteEnable,
    WriteDisable,
    ReadId,
    ReadStatus,
    WriteStatus,
    PageProgram,
    SectorErase,
    BlockErase,
    ChipErase,
    PowerDown,
    Release,
    HighPerformance,
    User,
    Suspend,
    Resume,
}

impl Command {
    /// The commands by their bit of `SPI_CMD`.
    const BITS: [(u8, Command); 16] = [
        (31, Command::Read),
        (30, Command::WriteEnable),
        (29, Command::WriteDisable),
        (28, Command::ReadId),
        (27, Command::ReadStatus),
        (26, Command::WriteStatus),
        (25, Command::PageProgram),
        (24, Command::SectorErase),
        (23, Command::BlockErase),
        (22, Command::ChipErase),
        (21, Command::PowerDown),
        (20, Command::Release),
        (19, Command::HighPerformance),
        (18, Command::User),
        (17, Command::Suspend),
        (16, Command::Resume),
    ];

    fn from_register(value: u32) -> Option<Command> {
        Command::BITS
            .into_iter()
            .find(|&(bit, _)| value & (1 << bit) != 0)
            .map(|(_, command)| command)
    }
}

/// Where the received bytes of the running transaction go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Nowhere,
    /// The data buffer from this register on.
    Buffer(u32),
    Status,
}

/// One SPI controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpiMem {
    name: &'static str,
    flash_on_cs0: bool,
    regs: RegisterFile,
    command: u32,
    destination: Destination,
    encrypting: bool,
}

impl SpiMem {
    /// A controller after reset. Only where `flash_on_cs0` do transactions reach the flash chip; elsewhere nothing answers.
    pub fn new(name: &'static str, flash_on_cs0: bool) -> Self {
        SpiMem {
            name,
            flash_on_cs0,
            regs: RegisterFile::new(name, BLOCK_BYTES, RESET, STORAGE),
            command: 0,
            destination: Destination::Nowhere,
            encrypting: false,
        }
    }

    /// The system on chip says whether writes go out encrypted (`Dport::spi_encrypt_enabled` and the boot mode allow it):
    /// page programs are then marked [`FlashCommand::encrypted`].
    pub fn set_encrypting(&mut self, encrypting: bool) {
        self.encrypting = encrypting;
    }

    /// Whether the cache may fetch through this controller (`SPI_CACHE_REQ_EN`; meaningful for SPI0).
    pub fn cache_requests_enabled(&self) -> bool {
        CACHE_REQ_EN.is_set(self.regs.get(CACHE_FCTRL))
    }

    /// Ends the running transaction: stores the received bytes and clears the command bit.
    pub fn complete(&mut self, received: &[u8]) {
        match self.destination {
            Destination::Nowhere => {}
            Destination::Buffer(first) => self.store(first, received),
            Destination::Status => {
                let mut word = [0; 4];
                let len = received.len().min(4);
                word[..len].copy_from_slice(&received[..len]);
                let old = self.regs.get(RD_STATUS) & 0xffff_0000;
                self.regs
                    .set(RD_STATUS, old | (u32::from_le_bytes(word) & 0xffff));
            }
        }
        self.destination = Destination::Nowhere;
        self.command = 0;
        let slave = self.regs.get(SLAVE) | SLAVE_TRANS_DONE.mask();
        self.regs.set(SLAVE, slave);
    }

    fn store(&mut self, first: u32, received: &[u8]) {
        let room = (TX_CRC - first) as usize;
        let received = &received[..received.len().min(room)];
        for (offset, chunk) in (first..).step_by(4).zip(received.chunks(4)) {
            let mut word = self.regs.get(offset).to_le_bytes();
            word[..chunk.len()].copy_from_slice(chunk);
            self.regs.set(offset, u32::from_le_bytes(word));
        }
    }

    fn buffer(&self, first: u32, len: usize) -> Vec<u8> {
        (first..TX_CRC)
            .step_by(4)
            .flat_map(|offset| self.regs.get(offset).to_le_bytes())
            .take(len)
            .collect()
    }

    fn start(&mut self, value: u32) -> RegWrite {
        let Some(command) = Command::from_register(value) else {
            self.command = 0;
            return RegWrite::stored();
        };
        self.command = value;
        let (mut transaction, destination) = self.transaction(command);
        self.destination = destination;
        if !self.flash_on_cs0 || PIN_CS0_DIS.is_set(self.regs.get(PIN)) {
            // Nothing drives the data line: it is pulled up.
            self.complete(&vec![0xff; transaction.read_len]);
            return RegWrite::modelled(Effect::Interrupts);
        }
        transaction.encrypted = self.encrypting && opcode::is_program(transaction.opcode);
        RegWrite::modelled(Effect::Flash(transaction))
    }

    fn transaction(&self, command: Command) -> (FlashCommand, Destination) {
        let plain = |opcode| FlashCommand {
            opcode,
            ..FlashCommand::default()
        };
        let address = Some(ADDR_LOW24.get(self.regs.get(ADDR)));
        match command {
            Command::Read => (
                FlashCommand {
                    address,
                    read_len: self.read_bytes(),
                    ..plain(self.read_opcode())
                },
                Destination::Buffer(W0),
            ),
            Command::WriteEnable => (plain(opcode::WREN), Destination::Nowhere),
            Command::WriteDisable => (plain(opcode::WRDI), Destination::Nowhere),
            Command::ReadId => (
                FlashCommand {
                    read_len: 3,
                    ..plain(opcode::RDID)
                },
                Destination::Buffer(W0),
            ),
            Command::ReadStatus => (
                FlashCommand {
                    read_len: 1,
                    ..plain(opcode::RDSR)
                },
                Destination::Status,
            ),
            Command::WriteStatus => (self.write_status(), Destination::Nowhere),
            Command::PageProgram => (
                FlashCommand {
                    address,
                    data_out: self.buffer(W0, ADDR_LENGTH.get(self.regs.get(ADDR)) as usize),
                    ..plain(opcode::PP)
                },
                Destination::Nowhere,
            ),
            Command::SectorErase => (
                FlashCommand {
                    address,
                    ..plain(opcode::SE)
                },
                Destination::Nowhere,
            ),
            Command::BlockErase => (
                FlashCommand {
                    address,
                    ..plain(opcode::BE_64K)
                },
                Destination::Nowhere,
            ),
            Command::ChipErase => (plain(opcode::CE), Destination::Nowhere),
            Command::PowerDown => (plain(opcode::DP), Destination::Nowhere),
            Command::Release => (
                FlashCommand {
                    read_len: 1,
                    ..plain(opcode::RES)
                },
                Destination::Buffer(W0),
            ),
            Command::HighPerformance => (plain(opcode::HPM), Destination::Nowhere),
            Command::Suspend => (plain(opcode::SUSPEND), Destination::Nowhere),
            Command::Resume => (plain(opcode::RESUME), Destination::Nowhere),
            Command::User => self.user_transaction(),
        }
    }

    fn write_status(&self) -> FlashCommand {
        let status = self.regs.get(RD_STATUS).to_le_bytes();
        let len = if CTRL_WRSR_2B.is_set(self.regs.get(CTRL)) {
            2
        } else {
            1
        };
        FlashCommand {
            opcode: opcode::WRSR,
            data_out: status[..len].to_vec(),
            ..FlashCommand::default()
        }
    }

    fn user_transaction(&self) -> (FlashCommand, Destination) {
        let user = self.regs.get(USER);
        let opcode = if USER_COMMAND.is_set(user) {
            USER2_COMMAND_VALUE.get(self.regs.get(USER2)) as u8
        } else {
            0
        };
        let mut transaction = FlashCommand {
            opcode,
            ..FlashCommand::default()
        };
        if USER_ADDR.is_set(user) {
            transaction.address = Some(self.user_address(opcode));
        }
        if USER_MOSI.is_set(user) {
            let first = if USER_MOSI_HIGHPART.is_set(user) {
                W8
            } else {
                W0
            };
            transaction.data_out = self.buffer(first, bytes(self.regs.get(MOSI_DLEN)));
        }
        let mut destination = Destination::Nowhere;
        if USER_MISO.is_set(user) {
            let first = if USER_MISO_HIGHPART.is_set(user) {
                W8
            } else {
                W0
            };
            transaction.read_len = self.read_bytes();
            destination = Destination::Buffer(first);
        }
        (transaction, destination)
    }

    /// The address phase is sent from the top of `SPI_ADDR` down. The dual and quad I/O reads append mode bits to their
    /// address, which the drivers count as address bits: ESP-IDF `spi_flash_hal_read`.
    fn user_address(&self, opcode: u8) -> u32 {
        let bits = USER1_ADDR_BITLEN.get(self.regs.get(USER1)) + 1;
        let address = self.regs.get(ADDR);
        let bits = match bits {
            25..=32 if opcode::has_mode_bits(opcode) => 24,
            bits => bits.min(32),
        };
        address >> (32 - bits)
    }

    fn read_bytes(&self) -> usize {
        bytes(self.regs.get(MISO_DLEN)).min(BUFFER_BYTES)
    }

    fn read_opcode(&self) -> u8 {
        let ctrl = self.regs.get(CTRL);
        if !CTRL_FASTRD_MODE.is_set(ctrl) {
            opcode::READ
        } else if CTRL_FREAD_QIO.is_set(ctrl) {
            opcode::READ_QIO
        } else if CTRL_FREAD_DIO.is_set(ctrl) {
            opcode::READ_DIO
        } else if CTRL_FREAD_QUAD.is_set(ctrl) {
            opcode::READ_QUAD
        } else if CTRL_FREAD_DUAL.is_set(ctrl) {
            opcode::READ_DUAL
        } else {
            opcode::READ_FAST
        }
    }
}

/// Bytes that a length register, in bits less one, stands for.
fn bytes(dlen: u32) -> usize {
    (DLEN.get(dlen) as usize + 1).div_ceil(8)
}

impl Device for SpiMem {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            CMD => RegRead::modelled(self.command),
            // SPI_ST: the controller's state, zero when idle.
            EXT2 => RegRead::modelled(u32::from(self.command != 0)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            CMD => self.start(value),
            EXT2 => RegWrite::stored(),
            SLAVE => {
                self.regs.set(SLAVE, value);
                RegWrite::modelled(Effect::Interrupts)
            }
            CACHE_FCTRL => {
                self.regs.set(CACHE_FCTRL, value);
                RegWrite::modelled(Effect::Reconfigured)
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn interrupts(&self) -> u32 {
        let slave = self.regs.get(SLAVE);
        u32::from(SLAVE_TRANS_DONE.is_set(slave) && SLAVE_TRANS_INTEN.is_set(slave))
    }

    fn reset(&mut self, _now: Ticks) {
        *self = SpiMem::new(self.name, self.flash_on_cs0);
    }
}

#[cfg(test)]
#[path = "spi_mem_tests.rs"]
mod tests;
