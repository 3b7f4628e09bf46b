//! AES accelerator of the ESP32-C3 and ESP32-S3: single blocks by registers, messages in block modes by DMA.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/aes_ll.h`; TRM, "AES Accelerator". Both chips have the same block: keys of 128 and 256
//! bits, no GCM. Words hold bytes least significant first. An operation takes no time once its data is there.
//!
//! Interrupt line: bit 0, source `ETS_AES_INTR_SOURCE` (ESP32-C3 48, ESP32-S3 77): an operation by DMA is complete.

use super::dma_client::DmaClient;
use super::gdma::PERIPHERAL_AES;
use crate::emu::Ticks;
use crate::emu::periph::aes_modes::{BLOCK_BYTES as CIPHER_BLOCK, BlockCipher, Mode, Operation};
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const KEY_0: u32 = 0x00;
const KEY_7: u32 = 0x1c;
const TEXT_IN_0: u32 = 0x20;
const TEXT_IN_3: u32 = 0x2c;
const TEXT_OUT_0: u32 = 0x30;
const TEXT_OUT_3: u32 = 0x3c;
const MODE: u32 = 0x40;
const TRIGGER: u32 = 0x48;
const STATE: u32 = 0x4c;
const IV_0: u32 = 0x50;
const IV_3: u32 = 0x5c;
const DMA_ENABLE: u32 = 0x90;
const BLOCK_MODE: u32 = 0x94;
const BLOCK_NUM: u32 = 0x98;
const INC_SEL: u32 = 0x9c;
const INT_CLEAR: u32 = 0xac;
const INT_ENABLE: u32 = 0xb0;
const DMA_EXIT: u32 = 0xb8;

const MODE_KEY: Bits = Bits::new(0, 2);
const MODE_DECRYPT: Bits = Bits::bit(2);
const MODE_BITS: Bits = Bits::new(0, 3);
const BLOCK_MODE_BITS: Bits = Bits::new(0, 3);
const KEY_128: u32 = 0;
const KEY_256: u32 = 2;

/// What `AES_STATE_REG` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Busy,
    Done,
}

/// The AES accelerator with DMA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AesDma {
    regs: RegisterFile,
    mode: u32,
    key: [u8; 32],
    text_in: [u8; CIPHER_BLOCK],
    text_out: [u8; CIPHER_BLOCK],
    iv: [u8; CIPHER_BLOCK],
    state: State,
    dma: bool,
    block_mode: u32,
    block_num: u32,
    wide_counter: bool,
    /// Bytes that the operation by DMA still waits for.
    left: usize,
    /// The beginning of a block whose end did not come yet.
    partial: Vec<u8>,
    interrupt: bool,
    interrupt_enabled: bool,
}

impl Default for AesDma {
    fn default() -> Self {
        AesDma::new()
    }
}

impl AesDma {
    /// The accelerator after reset.
    pub fn new() -> Self {
        AesDma {
            regs: RegisterFile::unmodelled("aes", BLOCK_BYTES),
            mode: 0,
            key: [0; 32],
            text_in: [0; CIPHER_BLOCK],
            text_out: [0; CIPHER_BLOCK],
            iv: [0; CIPHER_BLOCK],
            state: State::Idle,
            dma: false,
            block_mode: 0,
            block_num: 0,
            wide_counter: false,
            left: 0,
            partial: Vec::new(),
            interrupt: false,
            interrupt_enabled: false,
        }
    }

    /// AES under the present key; `None` for a reserved key length.
    fn cipher(&self) -> Option<BlockCipher> {
        match MODE_KEY.get(self.mode) {
            KEY_128 => BlockCipher::new(&self.key[..16]),
            KEY_256 => BlockCipher::new(&self.key),
            _ => None,
        }
    }

    /// The operation by DMA that the registers ask for; `None` for a reserved block mode.
    fn operation(&self) -> Option<Operation> {
        Some(Operation {
            mode: Mode::from_register(self.block_mode)?,
            decrypt: MODE_DECRYPT.is_set(self.mode),
            wide_counter: self.wide_counter,
        })
    }

    fn trigger(&mut self) -> RegWrite {
        let Some(cipher) = self.cipher() else {
            return self.regs.write_stored(TRIGGER, 1);
        };
        if !self.dma {
            self.text_out = self.text_in;
            if MODE_DECRYPT.is_set(self.mode) {
                cipher.decrypt(&mut self.text_out);
            } else {
                cipher.encrypt(&mut self.text_out);
            }
            self.state = State::Idle;
            return RegWrite::stored();
        }
        if self.operation().is_none() {
            return self.regs.write_stored(TRIGGER, 1);
        }
        self.partial.clear();
        self.left = (self.block_num as usize).saturating_mul(CIPHER_BLOCK);
        if self.left == 0 {
            self.finish();
            return RegWrite::modelled(Effect::Interrupts);
        }
        self.state = State::Busy;
        RegWrite::modelled(Effect::DmaTransfer)
    }

    fn finish(&mut self) {
        self.state = State::Done;
        self.interrupt = true;
    }
}

/// The word at `at` (bytes) of a register array.
fn word(bytes: &[u8], at: u32) -> u32 {
    let at = at as usize & !3;
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn set_word(bytes: &mut [u8], at: u32, value: u32) {
    let at = at as usize & !3;
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

impl DmaClient for AesDma {
    fn peripheral(&self) -> u8 {
        PERIPHERAL_AES
    }

    fn wants(&self) -> Option<usize> {
        (self.left != 0).then_some(self.left)
    }

    fn sends(&self) -> bool {
        true
    }

    fn process(&mut self, data: &[u8], _now: Ticks) -> Vec<u8> {
        let (Some(cipher), Some(operation)) = (self.cipher(), self.operation()) else {
            // Software changed the mode while the operation ran: there is nothing to compute any more.
            self.left = 0;
            return Vec::new();
        };
        let data = &data[..data.len().min(self.left)];
        self.left -= data.len();
        self.partial.extend_from_slice(data);
        let whole = self.partial.len() / CIPHER_BLOCK * CIPHER_BLOCK;
        let rest = self.partial.split_off(whole);
        let mut output = std::mem::replace(&mut self.partial, rest);
        for bytes in output.chunks_exact_mut(CIPHER_BLOCK) {
            let mut block = [0; CIPHER_BLOCK];
            block.copy_from_slice(bytes);
            operation.run(&cipher, &mut self.iv, &mut block);
            bytes.copy_from_slice(&block);
        }
        if self.left == 0 {
            self.finish();
        }
        output
    }
}

impl Device for AesDma {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            KEY_0..=KEY_7 => word(&self.key, offset - KEY_0),
            TEXT_IN_0..=TEXT_IN_3 => word(&self.text_in, offset - TEXT_IN_0),
            TEXT_OUT_0..=TEXT_OUT_3 => word(&self.text_out, offset - TEXT_OUT_0),
            MODE => self.mode,
            TRIGGER | INT_CLEAR | DMA_EXIT => 0,
            STATE => self.state as u32,
            IV_0..=IV_3 => word(&self.iv, offset - IV_0),
            DMA_ENABLE => u32::from(self.dma),
            BLOCK_MODE => self.block_mode,
            BLOCK_NUM => self.block_num,
            INC_SEL => u32::from(self.wide_counter),
            INT_ENABLE => u32::from(self.interrupt_enabled),
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let bit = value & 1 != 0;
        match offset {
            KEY_0..=KEY_7 => set_word(&mut self.key, offset - KEY_0, value),
            TEXT_IN_0..=TEXT_IN_3 => set_word(&mut self.text_in, offset - TEXT_IN_0, value),
            TEXT_OUT_0..=TEXT_OUT_3 => set_word(&mut self.text_out, offset - TEXT_OUT_0, value),
            MODE => self.mode = MODE_BITS.get(value),
            // A trigger while an operation runs is lost.
            TRIGGER if bit && self.left == 0 => return self.trigger(),
            TRIGGER | STATE => {}
            IV_0..=IV_3 => set_word(&mut self.iv, offset - IV_0, value),
            DMA_ENABLE => self.dma = bit,
            BLOCK_MODE => self.block_mode = BLOCK_MODE_BITS.get(value),
            BLOCK_NUM => self.block_num = value,
            INC_SEL => self.wide_counter = bit,
            INT_CLEAR => {
                self.interrupt &= !bit;
                return RegWrite::modelled(Effect::Interrupts);
            }
            INT_ENABLE => {
                self.interrupt_enabled = bit;
                return RegWrite::modelled(Effect::Interrupts);
            }
            // ESP-IDF writes 0: any write counts.
            DMA_EXIT => {
                self.state = State::Idle;
                self.left = 0;
                self.partial.clear();
            }
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.interrupt && self.interrupt_enabled)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = AesDma::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: u128 = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff;

    fn load(aes: &mut AesDma, offset: u32, bytes: &[u8]) {
        for (offset, word) in (offset..).step_by(4).zip(bytes.chunks(4)) {
            aes.write(offset, u32::from_le_bytes(word.try_into().unwrap()), 0);
        }
    }

    fn output(aes: &mut AesDma) -> u128 {
        let bytes: Vec<u8> = (TEXT_OUT_0..=TEXT_OUT_3)
            .step_by(4)
            .flat_map(|offset| aes.read(offset, 0).value.to_le_bytes())
            .collect();
        u128::from_be_bytes(bytes.try_into().unwrap())
    }

    /// FIPS 197, appendix C: the key is 00 01 02 ..., the plaintext 00 11 22 ... ff.
    fn check(mode: u32, key_bytes: u8, cipher: u128) {
        let mut aes = AesDma::new();
        let key: Vec<u8> = (0..key_bytes).collect();
        load(&mut aes, KEY_0, &key);
        load(&mut aes, TEXT_IN_0, &PLAIN.to_be_bytes());
        aes.write(MODE, mode, 0);
        aes.write(TRIGGER, 1, 0);
        assert_eq!(aes.read(STATE, 0).value, 0);
        assert_eq!(output(&mut aes), cipher);
        load(&mut aes, TEXT_IN_0, &cipher.to_be_bytes());
        aes.write(MODE, mode | 4, 0);
        aes.write(TRIGGER, 1, 0);
        assert_eq!(output(&mut aes), PLAIN);
    }

    #[test]
    fn fips_197_by_registers() {
        check(0, 16, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a);
        check(2, 32, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089);
    }

    #[test]
    fn reserved_modes_are_gaps() {
        let mut aes = AesDma::new();
        aes.write(MODE, 1, 0);
        assert!(!aes.write(TRIGGER, 1, 0).modelled);
        aes.write(MODE, 0, 0);
        aes.write(DMA_ENABLE, 1, 0);
        aes.write(BLOCK_MODE, 6, 0);
        assert!(!aes.write(TRIGGER, 1, 0).modelled);
        assert_eq!(aes.wants(), None);
    }

    #[test]
    fn no_blocks_are_done_at_once() {
        let mut aes = AesDma::new();
        aes.write(DMA_ENABLE, 1, 0);
        aes.write(INT_ENABLE, 1, 0);
        aes.write(TRIGGER, 1, 0);
        assert_eq!((aes.read(STATE, 0).value, aes.interrupts()), (2, 1));
        aes.write(INT_CLEAR, 1, 0);
        assert_eq!(aes.interrupts(), 0);
    }
}
