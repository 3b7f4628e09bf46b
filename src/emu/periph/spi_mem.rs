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
/// Behind the data buffer, from its first register on, in bytes.
const BUFFER_END: u32 = BUFFER_BYTES as u32;
/// The second half of the data buffer (`SPI_W8`), from its first register on, in bytes.
const HIGH_PART: u32 = 0x20;

/// Where a design of the controller has its registers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub user: u32,
    pub user1: u32,
    pub user2: u32,
    pub mosi_dlen: u32,
    pub miso_dlen: u32,
    pub rd_status: u32,
    pub pin: u32,
    pub cache_fctrl: u32,
    pub buffer: u32,
    /// The state of the controller's state machine: zero when idle.
    pub state: u32,
    pub done: Done,
    /// The register that suspends and resumes programs and erases; its opcodes follow, shifted by so many bits.
    pub suspend: Option<(u32, u32)>,
    /// The address of user transactions stands in the low bits of `ADDR`, not in the high ones.
    pub low_address: bool,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// How the end of a transaction is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// By two bits of `SPI_SLAVE` at this offset: done, interrupt enabled.
    Slave(u32),
    /// By a set of interrupt registers: enable, clear, raw and status stand in this order from this offset on.
    Interrupts(u32),
}

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
/// `SPI_MEM_FLASH_SUS_CTRL` on the C3, `SPI_MEM_FLASH_SUS_CMD` on the S3: bit 0 resumes, bit 1 suspends.
const SUSPEND: u32 = 0x9c;
const SUSPEND_RESUME: Bits = Bits::bit(0);
const SUSPEND_SUSPEND: Bits = Bits::bit(1);
/// The interrupt registers, from the first on, in bytes.
const INT_ENA: u32 = 0x0;
const INT_CLR: u32 = 0x4;
const INT_RAW: u32 = 0x8;
const INT_ST: u32 = 0xc;
/// End of a transaction in the interrupt registers: `MST_ST_END` and `SLV_ST_END`.
const INT_TRANS_END: u32 = 0x18;
const SLAVE_TRANS_DONE: Bits = Bits::bit(4);
const SLAVE_TRANS_INTEN: Bits = Bits::bit(9);
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
    layout: &'static Layout,
    flash_on_cs0: bool,
    regs: RegisterFile,
    command: u32,
    destination: Destination,
    encrypting: bool,
}

impl SpiMem {
    /// A controller after reset. Only where `flash_on_cs0` do transactions reach the flash chip; elsewhere nothing answers.
    pub(crate) fn new(name: &'static str, flash_on_cs0: bool, layout: &'static Layout) -> Self {
        SpiMem {
            name,
            layout,
            flash_on_cs0,
            regs: RegisterFile::new(name, BLOCK_BYTES, layout.reset, layout.storage),
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

    /// Ends the running transaction: stores the received bytes and clears the command bit.
    pub fn complete(&mut self, received: &[u8]) {
        match self.destination {
            Destination::Nowhere => {}
            Destination::Buffer(first) => self.store(first, received),
            Destination::Status => {
                let mut word = [0; 4];
                let len = received.len().min(4);
                word[..len].copy_from_slice(&received[..len]);
                let old = self.regs.get(self.layout.rd_status) & 0xffff_0000;
                self.regs.set(
                    self.layout.rd_status,
                    old | (u32::from_le_bytes(word) & 0xffff),
                );
            }
        }
        self.destination = Destination::Nowhere;
        self.command = 0;
        let (register, bits) = match self.layout.done {
            Done::Slave(slave) => (slave, SLAVE_TRANS_DONE.mask()),
            Done::Interrupts(first) => (first + INT_RAW, INT_TRANS_END),
        };
        self.regs.set(register, self.regs.get(register) | bits);
    }

    fn store(&mut self, first: u32, received: &[u8]) {
        let room = (BUFFER_END - first) as usize;
        let received = &received[..received.len().min(room)];
        for (offset, chunk) in (self.layout.buffer + first..)
            .step_by(4)
            .zip(received.chunks(4))
        {
            let mut word = self.regs.get(offset).to_le_bytes();
            word[..chunk.len()].copy_from_slice(chunk);
            self.regs.set(offset, u32::from_le_bytes(word));
        }
    }

    fn buffer(&self, first: u32, len: usize) -> Vec<u8> {
        (first..BUFFER_END)
            .step_by(4)
            .flat_map(|offset| self.regs.get(self.layout.buffer + offset).to_le_bytes())
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
        if !self.flash_on_cs0 || PIN_CS0_DIS.is_set(self.regs.get(self.layout.pin)) {
            // Nothing drives the data line: it is pulled up.
            self.complete(&vec![0xff; transaction.read_len]);
            return RegWrite::modelled(Effect::Interrupts);
        }
        transaction.encrypted = self.encrypting && opcode::is_program(transaction.opcode);
        RegWrite::modelled(Effect::Flash(transaction))
    }

    /// Sends the command that suspends or resumes, with the opcode that software chose.
    fn suspend(&mut self, value: u32) -> RegWrite {
        let commands = SUSPEND_RESUME.mask() | SUSPEND_SUSPEND.mask();
        self.regs.set(SUSPEND, value & !commands);
        let (_, shift) = self.layout.suspend.unwrap_or_default();
        let opcodes = self.regs.get(SUSPEND + 4) >> shift;
        let opcode = if SUSPEND_RESUME.is_set(value) {
            opcodes as u8
        } else if SUSPEND_SUSPEND.is_set(value) {
            (opcodes >> 8) as u8
        } else {
            return RegWrite::stored();
        };
        self.destination = Destination::Nowhere;
        RegWrite::modelled(Effect::Flash(FlashCommand {
            opcode,
            ..FlashCommand::default()
        }))
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
                Destination::Buffer(0),
            ),
            Command::WriteEnable => (plain(opcode::WREN), Destination::Nowhere),
            Command::WriteDisable => (plain(opcode::WRDI), Destination::Nowhere),
            Command::ReadId => (
                FlashCommand {
                    read_len: 3,
                    ..plain(opcode::RDID)
                },
                Destination::Buffer(0),
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
                    data_out: self.buffer(0, ADDR_LENGTH.get(self.regs.get(ADDR)) as usize),
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
                Destination::Buffer(0),
            ),
            Command::HighPerformance => (plain(opcode::HPM), Destination::Nowhere),
            Command::Suspend => (plain(opcode::SUSPEND), Destination::Nowhere),
            Command::Resume => (plain(opcode::RESUME), Destination::Nowhere),
            Command::User => self.user_transaction(),
        }
    }

    fn write_status(&self) -> FlashCommand {
        let status = self.regs.get(self.layout.rd_status).to_le_bytes();
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
        let user = self.regs.get(self.layout.user);
        let opcode = if USER_COMMAND.is_set(user) {
            USER2_COMMAND_VALUE.get(self.regs.get(self.layout.user2)) as u8
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
                HIGH_PART
            } else {
                0
            };
            transaction.data_out = self.buffer(first, bytes(self.regs.get(self.layout.mosi_dlen)));
        }
        let mut destination = Destination::Nowhere;
        if USER_MISO.is_set(user) {
            let first = if USER_MISO_HIGHPART.is_set(user) {
                HIGH_PART
            } else {
                0
            };
            transaction.read_len = self.read_bytes();
            destination = Destination::Buffer(first);
        }
        (transaction, destination)
    }

    /// The address phase is sent from the top of `SPI_ADDR` down, on later designs as many of its low bits as there are
    /// to send (ESP-IDF `spimem_flash_ll_set_usr_address`). The dual and quad I/O reads append mode bits to their
    /// address, which the drivers count as address bits: ESP-IDF `spi_flash_hal_read`.
    fn user_address(&self, opcode: u8) -> u32 {
        let bits = USER1_ADDR_BITLEN.get(self.regs.get(self.layout.user1)) + 1;
        let address = self.regs.get(ADDR);
        let bits = match bits {
            25..=32 if opcode::has_mode_bits(opcode) => 24,
            bits => bits.min(32),
        };
        if self.layout.low_address {
            address & (u32::MAX >> (32 - bits))
        } else {
            address >> (32 - bits)
        }
    }

    fn interrupt_register(&self, first: u32, register: u32) -> u32 {
        let raw = self.regs.get(first + INT_RAW);
        match register {
            INT_ENA => self.regs.get(first + INT_ENA),
            INT_RAW => raw,
            INT_ST => raw & self.regs.get(first + INT_ENA),
            _ => 0,
        }
    }

    fn read_bytes(&self) -> usize {
        bytes(self.regs.get(self.layout.miso_dlen)).min(BUFFER_BYTES)
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
            _ if offset == self.layout.state && !self.layout.low_address => {
                RegRead::modelled(u32::from(self.command != 0))
            }
            _ => match self.layout.done {
                Done::Interrupts(first) if (first..first + 0x10).contains(&offset) => {
                    RegRead::modelled(self.interrupt_register(first, offset - first))
                }
                _ => self.regs.read_stored(offset),
            },
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match self.layout.done {
            Done::Slave(slave) if offset == slave => {
                self.regs.set(slave, value);
                return RegWrite::modelled(Effect::Interrupts);
            }
            Done::Interrupts(first) if (first..first + 0x10).contains(&offset) => {
                match offset - first {
                    INT_ENA => self.regs.set(offset, value),
                    INT_CLR => {
                        let raw = self.regs.get(first + INT_RAW);
                        self.regs.set(first + INT_RAW, raw & !value);
                    }
                    _ => {}
                }
                return RegWrite::modelled(Effect::Interrupts);
            }
            _ => {}
        }
        match offset {
            CMD => self.start(value),
            _ if self.layout.suspend.is_some_and(|(at, _)| at == offset) => self.suspend(value),
            _ if offset == self.layout.state && !self.layout.low_address => RegWrite::stored(),
            _ if offset == self.layout.cache_fctrl => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::CacheChanged)
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn interrupts(&self) -> u32 {
        match self.layout.done {
            Done::Slave(slave) => {
                let slave = self.regs.get(slave);
                u32::from(SLAVE_TRANS_DONE.is_set(slave) && SLAVE_TRANS_INTEN.is_set(slave))
            }
            Done::Interrupts(first) => u32::from(self.interrupt_register(first, INT_ST) != 0),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        *self = SpiMem::new(self.name, self.flash_on_cs0, self.layout);
    }
}

#[cfg(test)]
#[path = "spi_mem_tests.rs"]
mod tests;
