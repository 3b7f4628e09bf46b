//! The flash-encryption block: turns 32 bytes of plaintext into what a page program sends out.
//!
//! Registers: ESP-IDF `components/soc/esp32/include/soc/flash_encryption_reg.h`; use: `components/esp_hal_mspi/esp32/
//! include/hal/spi_flash_encrypted_ll.h`, the ROM's `SPI_Prepare_Encrypt_Data` and `SPI_Encrypt_Write`. The block has no
//! interrupt lines.
//!
//! How an encrypted write goes, and what the system on chip does:
//! 1. Software sets `DPORT_SPI_ENCRYPT_ENABLE`. `Dport` answers `EncryptionControl`; the system on chip calls
//!    `SpiMem::set_encrypting` of SPI1 with `Dport::spi_encrypt_enabled()`, and in download mode also with the eFuse
//!    `DISABLE_DL_ENCRYPT` clear (TRM, "External Memory Encryption and Decryption").
//! 2. Software stores the flash address (a multiple of 32) and eight words here and writes `START`. This block answers
//!    [`Effect::EncryptBuffer`]: encrypt [`FlashCrypt::plaintext`] as it will lie at [`FlashCrypt::address`] with the
//!    cipher of the present eFuses, whether or not their counter switches encryption on, and hand the result to
//!    [`FlashCrypt::set_result`]. `DONE` then reads 1.
//! 3. Software programs the same 32 bytes through SPI1. The command comes with `encrypted` set: replace its first
//!    bytes, up to 32, by [`FlashCrypt::ciphertext`] before the flash chip executes it.

use crate::emu::Ticks;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// Bytes that one operation encrypts.
pub const BUFFER_BYTES: usize = 32;

const BLOCK_BYTES: u32 = 0x400;
const BUFFER_0: u32 = 0x00;
const BUFFER_7: u32 = 0x1c;
const START: u32 = 0x20;
const ADDRESS: u32 = 0x24;
const DONE: u32 = 0x28;

/// The flash-encryption block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashCrypt {
    regs: RegisterFile,
    plaintext: [u8; BUFFER_BYTES],
    ciphertext: [u8; BUFFER_BYTES],
    address: u32,
    done: bool,
}

impl Default for FlashCrypt {
    fn default() -> Self {
        FlashCrypt::new()
    }
}

impl FlashCrypt {
    /// The block after reset.
    pub fn new() -> Self {
        FlashCrypt {
            regs: RegisterFile::unmodelled("flash_crypt", BLOCK_BYTES),
            plaintext: [0; BUFFER_BYTES],
            ciphertext: [0; BUFFER_BYTES],
            address: 0,
            done: false,
        }
    }

    /// The bytes to encrypt, in the order in which they will lie in flash.
    pub fn plaintext(&self) -> &[u8; BUFFER_BYTES] {
        &self.plaintext
    }

    /// Flash offset (bytes) of the buffer.
    pub fn address(&self) -> u32 {
        self.address
    }

    /// The system on chip hands over what [`Effect::EncryptBuffer`] asked for.
    pub fn set_result(&mut self, ciphertext: [u8; BUFFER_BYTES]) {
        self.ciphertext = ciphertext;
        self.done = true;
    }

    /// The bytes that an encrypted page program sends instead of its own.
    pub fn ciphertext(&self) -> &[u8; BUFFER_BYTES] {
        &self.ciphertext
    }
}

impl Device for FlashCrypt {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            // The buffer cannot be read back.
            BUFFER_0..=BUFFER_7 | START => RegRead::modelled(0),
            ADDRESS => RegRead::modelled(self.address),
            DONE => RegRead::modelled(u32::from(self.done)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            BUFFER_0..=BUFFER_7 => {
                let at = (offset - BUFFER_0) as usize & !3;
                self.plaintext[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
            START if value & 1 != 0 => {
                self.done = false;
                return RegWrite::modelled(Effect::EncryptBuffer);
            }
            START => {}
            ADDRESS => self.address = value,
            DONE => self.done &= value & 1 != 0,
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        *self = FlashCrypt::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffer_is_encrypted_on_start() {
        let mut block = FlashCrypt::new();
        for word in 0..8 {
            block.write(BUFFER_0 + 4 * word, 0x0403_0201 + word, 0);
        }
        block.write(ADDRESS, 0x1_0020, 0);
        assert_eq!(block.read(DONE, 0).value, 0);
        assert_eq!(block.write(START, 1, 0).effect, Effect::EncryptBuffer);
        assert_eq!(block.address(), 0x1_0020);
        assert_eq!(block.plaintext()[..4], [1, 2, 3, 4]);
        assert_eq!(block.plaintext()[28..], [8, 2, 3, 4]);
        assert_eq!(block.read(DONE, 0).value, 0);
        block.set_result([0x5a; BUFFER_BYTES]);
        assert_eq!(block.read(DONE, 0).value, 1);
        assert_eq!(block.ciphertext(), &[0x5a; BUFFER_BYTES]);
        // The plaintext cannot be read back.
        assert_eq!(block.read(BUFFER_0, 0), RegRead::modelled(0));
    }
}
