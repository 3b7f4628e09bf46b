//! The internal I2C bus to the analogue parts: PLLs, bias, regulators.
//!
//! Command format: the ROM's `rom_chip_i2c_readReg` and `rom_chip_i2c_writeReg`, a word a host at 0x3ff4e000 (0x6000e000):
//! slave, register, data, write flag, busy flag. Slaves and registers: ESP-IDF `components/soc/esp32/include/soc/
//! regi2c_{defs,bbpll,apll}.h`. The slaves' registers only hold what was written; a transfer takes no time. The block has
//! no interrupt lines.

use super::bits::Bits;
use super::register_file::{RegisterFile, StorageRanges};
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;
const HOST_0: u32 = 0x00;
const HOST_7: u32 = 0x1c;
/// `ANA_CONFIG_REG`, `ANA_CONFIG2_REG`: which slaves are connected.
const ANA_CONFIG: u32 = 0x44;
const ANA_CONFIG2: u32 = 0x48;
const STORAGE: StorageRanges = &[(ANA_CONFIG, ANA_CONFIG2)];

const SLAVE: Bits = Bits::new(0, 8);
const REGISTER: Bits = Bits::new(8, 8);
const DATA: Bits = Bits::new(16, 8);
const WRITE: Bits = Bits::bit(24);

/// The bus with its slaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegI2c {
    regs: RegisterFile,
    /// Host, slave and register number with the value written, sorted.
    slaves: Vec<((u8, u8, u8), u8)>,
}

impl Default for RegI2c {
    fn default() -> Self {
        RegI2c::new()
    }
}

impl RegI2c {
    /// The bus after reset, every slave register zero.
    pub fn new() -> Self {
        RegI2c {
            regs: RegisterFile::new("regi2c", BLOCK_BYTES, &[], STORAGE),
            slaves: Vec::new(),
        }
    }

    /// Runs a command; returns the word that software then reads, not busy.
    fn transfer(&mut self, host: u8, command: u32) -> u32 {
        let place = (host, SLAVE.get(command) as u8, REGISTER.get(command) as u8);
        let found = self.slaves.binary_search_by_key(&place, |entry| entry.0);
        if WRITE.is_set(command) {
            let data = DATA.get(command) as u8;
            match found {
                Ok(index) => self.slaves[index].1 = data,
                Err(index) => self.slaves.insert(index, (place, data)),
            }
            return command & !WRITE.mask();
        }
        let data = found.map_or(0, |index| self.slaves[index].1);
        DATA.replace(command, u32::from(data))
    }
}

impl Device for RegI2c {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            HOST_0..=HOST_7 => RegRead::modelled(self.regs.get(offset)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            HOST_0..=HOST_7 => {
                // The command's own bits only: the busy flag is never seen set.
                let command = value & (SLAVE.mask() | REGISTER.mask() | DATA.mask() | WRITE.mask());
                let answer = self.transfer((offset / 4) as u8, command);
                self.regs.set(offset, answer);
                RegWrite::stored()
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        *self = RegI2c::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_values_are_read_back_per_slave_register() {
        let mut bus = RegI2c::new();
        // Host 4, slave 0x66 (the PLL), register 11, data 0xc3.
        bus.write(0x10, 1 << 24 | 0xc3 << 16 | 11 << 8 | 0x66, 0);
        assert_eq!(bus.read(0x10, 0).value & 1 << 25, 0);
        bus.write(0x10, 11 << 8 | 0x66, 0);
        assert_eq!(bus.read(0x10, 0).value >> 16 & 0xff, 0xc3);
        bus.write(0x10, 12 << 8 | 0x66, 0);
        assert_eq!(bus.read(0x10, 0).value >> 16 & 0xff, 0);
        bus.write(0x0c, 11 << 8 | 0x66, 0);
        assert_eq!(bus.read(0x0c, 0).value >> 16 & 0xff, 0);
    }
}
