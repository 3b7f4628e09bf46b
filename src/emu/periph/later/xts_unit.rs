//! The manual-encryption unit of the ESP32-C3 and ESP32-S3: turns plaintext into what a page program sends out.
//!
//! Registers: ESP-IDF `components/soc/esp32c3/register/soc/xts_aes_reg.h`, `components/soc/esp32s3/include/soc/
//! hwcrypto_reg.h` (`AES_XTS_*`; its base, 0x600cc000 on both chips, is in `soc.h`); use: `components/esp_hal_mspi/
//! esp32c3|esp32s3/include/hal/spi_flash_encrypted_ll.h`. The block has no interrupt lines.
//!
//! How an encrypted write goes, and what the system on chip does:
//! 1. Software sets `SYSTEM_ENABLE_SPI_MANUAL_ENCRYPT` (in download mode `SYSTEM_ENABLE_DOWNLOAD_MANUAL_ENCRYPT`, which the
//!    eFuse `DIS_DOWNLOAD_MANUAL_ENCRYPT` forbids) in `SYSTEM_EXTERNAL_DEVICE_ENCRYPT_DECRYPT_CONTROL_REG`; the system on
//!    chip calls `SpiMem::set_encrypting` of SPI1.
//! 2. Software stores line size, address (a multiple of it) and plaintext here and triggers. This block answers
//!    [`Effect::EncryptBuffer`]: encrypt [`XtsUnit::plaintext`] as it will lie at [`XtsUnit::address`], whether or not the
//!    eFuse counter switches encryption on, and hand the result to [`XtsUnit::set_result`].
//! 3. Software releases the result: now [`XtsUnit::ciphertext`] gives it. It programs the same bytes through SPI1: replace
//!    the beginning of the command's data by the ciphertext before the flash chip executes it.
//! 4. Software destroys the result.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const PLAIN_0: u32 = 0x00;
const PLAIN_15: u32 = 0x3c;
const LINESIZE: u32 = 0x40;
const DESTINATION: u32 = 0x44;
const PHYSICAL_ADDRESS: u32 = 0x48;
const TRIGGER: u32 = 0x4c;
const RELEASE: u32 = 0x50;
const DESTROY: u32 = 0x54;
const STATE: u32 = 0x58;
const DATE: u32 = 0x5c;

const ADDRESS: Bits = Bits::new(0, 30);
/// Default of `XTS_AES_DATE`.
const DATE_RESET: u32 = 538_969_635;

/// Bytes of the largest plaintext buffer.
const MAX_LINE: usize = 64;

/// What differs between the units of the chips.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Bytes of the plaintext buffer, which is the longest line too.
    pub buffer: usize,
    pub line_size: Bits,
}

/// What the state register reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Busy,
    Done,
    Released,
}

/// The manual-encryption unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XtsUnit {
    layout: &'static Layout,
    regs: RegisterFile,
    plain: [u8; MAX_LINE],
    result: Vec<u8>,
    line_size: u32,
    address: u32,
    state: State,
}

impl XtsUnit {
    /// The unit after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        let (reset, stored) = (
            &[(DATE, DATE_RESET)],
            &[(DESTINATION, DESTINATION), (DATE, DATE)],
        );
        XtsUnit {
            layout,
            regs: RegisterFile::new("xts_aes", BLOCK_BYTES, reset, stored),
            plain: [0; MAX_LINE],
            result: Vec::new(),
            line_size: 0,
            address: 0,
            state: State::Idle,
        }
    }

    /// Bytes of a line: 16, 32 or 64.
    fn line_bytes(&self) -> usize {
        // The reserved value 3 counts as the longest line.
        (16usize << self.line_size).min(self.layout.buffer)
    }

    /// The line to encrypt (16, 32 or 64 bytes), in the order in which it will lie in flash.
    pub fn plaintext(&self) -> &[u8] {
        // Software stores a line in the buffer where its address modulo the buffer's size says.
        let line = self.line_bytes();
        let start = self.address as usize % self.layout.buffer / line * line;
        &self.plain[start..start + line]
    }

    /// Flash offset (bytes) of the line, a multiple of its size.
    pub fn address(&self) -> u32 {
        self.address & !(self.line_bytes() as u32 - 1)
    }

    /// The system on chip hands over what [`Effect::EncryptBuffer`] asked for.
    pub fn set_result(&mut self, ciphertext: &[u8]) {
        if self.state == State::Busy {
            self.result = ciphertext.to_vec();
            self.state = State::Done;
        }
    }

    /// The bytes that an encrypted page program sends instead of its own; `None` unless they were released.
    pub fn ciphertext(&self) -> Option<&[u8]> {
        (self.state == State::Released).then_some(self.result.as_slice())
    }
}

impl Device for XtsUnit {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            PLAIN_0..=PLAIN_15 => {
                let at = (offset - PLAIN_0) as usize & !3;
                let mut word = [0; 4];
                word.copy_from_slice(&self.plain[at..at + 4]);
                u32::from_le_bytes(word)
            }
            LINESIZE => self.line_size,
            PHYSICAL_ADDRESS => self.address,
            TRIGGER | RELEASE | DESTROY => 0,
            STATE => self.state as u32,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let bit = value & 1 != 0;
        match offset {
            PLAIN_0..=PLAIN_15 => {
                let at = (offset - PLAIN_0) as usize & !3;
                self.plain[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
            LINESIZE => self.line_size = self.layout.line_size.get(value),
            PHYSICAL_ADDRESS => self.address = ADDRESS.get(value),
            TRIGGER if bit => {
                self.result.clear();
                self.state = State::Busy;
                return RegWrite::modelled(Effect::EncryptBuffer);
            }
            RELEASE if bit && self.state == State::Done => self.state = State::Released,
            DESTROY if bit => {
                self.result.clear();
                self.state = State::Idle;
            }
            TRIGGER | RELEASE | DESTROY | STATE => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        *self = XtsUnit::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::esp32c3::flash::XTS as ESP32C3;
    use crate::emu::soc::chips::esp32s3::flash::XTS as ESP32S3;

    fn fill(unit: &mut XtsUnit) {
        for word in 0..16 {
            unit.write(PLAIN_0 + 4 * word, word, 0);
        }
    }

    #[test]
    fn a_line_is_encrypted_on_trigger_and_seen_after_release() {
        let mut unit = XtsUnit::new(&ESP32C3);
        fill(&mut unit);
        unit.write(LINESIZE, 1, 0);
        unit.write(PHYSICAL_ADDRESS, 0x1_0020, 0);
        assert_eq!(unit.read(STATE, 0).value, 0);
        assert_eq!(unit.write(TRIGGER, 1, 0).effect, Effect::EncryptBuffer);
        assert_eq!(unit.read(STATE, 0).value, 1);
        assert_eq!(unit.address(), 0x1_0020);
        assert_eq!(unit.plaintext().len(), 32);
        assert_eq!(unit.plaintext()[28..], [7, 0, 0, 0]);
        // There is no result to release yet.
        unit.write(RELEASE, 1, 0);
        assert_eq!(unit.ciphertext(), None);
        unit.set_result(&[0x5a; 32]);
        assert_eq!(unit.read(STATE, 0).value, 2);
        assert_eq!(unit.ciphertext(), None);
        unit.write(RELEASE, 1, 0);
        assert_eq!(unit.read(STATE, 0).value, 3);
        assert_eq!(unit.ciphertext(), Some([0x5a; 32].as_slice()));
        unit.write(DESTROY, 1, 0);
        assert_eq!(unit.ciphertext(), None);
        assert_eq!(unit.read(STATE, 0).value, 0);
    }

    #[test]
    fn short_lines_lie_in_the_buffer_by_their_address() {
        let mut unit = XtsUnit::new(&ESP32C3);
        fill(&mut unit);
        unit.write(PHYSICAL_ADDRESS, 0x1_0010, 0);
        assert_eq!(unit.plaintext()[..4], [4, 0, 0, 0]);
        let mut unit = XtsUnit::new(&ESP32S3);
        fill(&mut unit);
        unit.write(LINESIZE, 1, 0);
        unit.write(PHYSICAL_ADDRESS, 0x1_0020, 0);
        assert_eq!(unit.plaintext()[..4], [8, 0, 0, 0]);
        unit.write(LINESIZE, 2, 0);
        assert_eq!(unit.plaintext().len(), 64);
        assert_eq!(unit.address(), 0x1_0000);
    }
}
