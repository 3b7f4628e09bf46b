//! The internal I2C bus to the analogue parts: PLLs, bias, regulators.
//!
//! Command format: the ROMs' `rom_chip_i2c_readReg` and `rom_chip_i2c_writeReg`, a word a host at 0x3ff4e000 (0x6000e000
//! on the first chips): slave, register, data, write flag, busy flag. Slaves and registers: ESP-IDF `components/soc/
//! {esp32,esp32c3,esp32s3}/include/soc/regi2c_*.h`. The slaves' registers only hold what was written; a transfer takes no
//! time. On the chips after the ESP32 the PLL's calibration is over at all times, and so is that of the regulators'
//! references. The block has no interrupt lines.

use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;
/// `I2C_MST_BBPLL_CAL_DONE`.
const BBPLL_CAL_DONE: u32 = 1 << 24;
/// `I2C_ULP`, its register with `I2C_ULP_O_DONE_FLAG` (bit 0) and `I2C_ULP_BG_O_DONE_FLAG` (bit 3).
const ULP: u8 = 0x61;
const ULP_DONE_REGISTER: u8 = 3;
const ULP_DONE: u32 = 1 << 3 | 1 << 0;

const SLAVE: Bits = Bits::new(0, 8);
const REGISTER: Bits = Bits::new(8, 8);
const DATA: Bits = Bits::new(16, 8);
const WRITE: Bits = Bits::bit(24);

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Number of hosts, each with a register.
    pub hosts: u32,
    /// `I2C_MST_ANA_CONF0_REG`, which controls the PLL's calibration and tells that it is over, as the bus tells of that of
    /// the regulators' references; not on the ESP32.
    pub calibration: Option<u32>,
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The bus with its slaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegI2c {
    layout: &'static Layout,
    regs: RegisterFile,
    /// Host, slave and register number with the value written, sorted.
    slaves: Vec<((u8, u8, u8), u8)>,
}

impl RegI2c {
    /// The bus after reset, every slave register zero.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        RegI2c {
            layout,
            regs: RegisterFile::new("regi2c", BLOCK_BYTES, layout.reset, layout.storage),
            slaves: Vec::new(),
        }
    }

    /// The host whose register lies at an offset.
    fn host(&self, offset: u32) -> Option<u8> {
        (offset / 4 < self.layout.hosts).then_some((offset / 4) as u8)
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
        let data = u32::from(found.map_or(0, |index| self.slaves[index].1));
        let (_, slave, register) = place;
        let done =
            self.layout.calibration.is_some() && (slave, register) == (ULP, ULP_DONE_REGISTER);
        DATA.replace(command, if done { data | ULP_DONE } else { data })
    }
}

impl Device for RegI2c {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        let value = self.regs.get(offset);
        if self.host(offset).is_some() {
            RegRead::modelled(value)
        } else if self.layout.calibration == Some(offset) {
            RegRead::modelled(value | BBPLL_CAL_DONE)
        } else {
            self.regs.read_stored(offset)
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if let Some(host) = self.host(offset) {
            // The command's own bits only: the busy flag is never seen set.
            let command = value & (SLAVE.mask() | REGISTER.mask() | DATA.mask() | WRITE.mask());
            let answer = self.transfer(host, command);
            self.regs.set(offset, answer);
            RegWrite::stored()
        } else if self.layout.calibration == Some(offset) {
            self.regs.set(offset, value);
            RegWrite::stored()
        } else {
            self.regs.write_stored(offset, value)
        }
    }

    fn reset(&mut self, _now: Ticks) {
        *self = RegI2c::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32, esp32c3};

    #[test]
    fn written_values_are_read_back_per_slave_register() {
        let mut bus = RegI2c::new(&esp32::analog::REGI2C);
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

    #[test]
    fn the_later_chips_calibrations_are_over() {
        let mut esp32 = RegI2c::new(&esp32::analog::REGI2C);
        let mut c3 = RegI2c::new(&esp32c3::analog::REGI2C);
        assert!(!esp32.read(0x40, 0).modelled);
        c3.write(0x40, 1 << 3, 0);
        assert_eq!(c3.read(0x40, 0), RegRead::modelled(1 << 24 | 1 << 3));
        // As the ROM writes its command: a flag in bit 26, never busy.
        c3.write(0, 1 << 26 | 3 << 8 | 0x61, 0);
        assert_eq!(c3.read(0, 0).value, 9 << 16 | 3 << 8 | 0x61);
    }
}
