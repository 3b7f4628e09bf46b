//! AES accelerator: one block at a time, keys of 128, 192 and 256 bits.
//!
//! Registers: ESP-IDF `components/soc/esp32/include/soc/hwcrypto_reg.h`; use: the ROM's `ets_aes_setkey`, `ets_aes_crypt` and
//! `ets_aes_set_endian`, whose arguments name the bits of the endian register. An operation takes no time. The block has
//! no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::aes_modes::BlockCipher;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const START: u32 = 0x00;
const IDLE: u32 = 0x04;
const MODE: u32 = 0x08;
const KEY_0: u32 = 0x10;
const KEY_7: u32 = 0x2c;
const TEXT_0: u32 = 0x30;
const TEXT_3: u32 = 0x3c;
const ENDIAN: u32 = 0x40;

const MODE_KEY: Bits = Bits::new(0, 2);
const MODE_DECRYPT: Bits = Bits::bit(2);
const KEY_128: u32 = 0;
const KEY_192: u32 = 1;

/// A set bit leaves the order as stored, a clear one reverses it.
const ENDIAN_KEY_BYTES: Bits = Bits::bit(0);
const ENDIAN_KEY_WORDS: Bits = Bits::bit(1);
const ENDIAN_IN_BYTES: Bits = Bits::bit(2);
const ENDIAN_IN_WORDS: Bits = Bits::bit(3);
const ENDIAN_OUT_BYTES: Bits = Bits::bit(4);
const ENDIAN_OUT_WORDS: Bits = Bits::bit(5);
/// Inferred from drivers that never write the register and store text and key as little-endian words.
const ENDIAN_RESET: u32 = 0x3f;

/// The AES accelerator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aes {
    regs: RegisterFile,
    mode: u32,
    endian: u32,
    key: [u32; 8],
    text: [u32; 4],
}

impl Default for Aes {
    fn default() -> Self {
        Aes::new()
    }
}

impl Aes {
    /// The accelerator after reset.
    pub fn new() -> Self {
        Aes {
            regs: RegisterFile::unmodelled("aes", BLOCK_BYTES),
            mode: 0,
            endian: ENDIAN_RESET,
            key: [0; 8],
            text: [0; 4],
        }
    }

    fn start(&mut self) {
        let key_words = match MODE_KEY.get(self.mode) {
            KEY_128 => 4,
            KEY_192 => 6,
            _ => 8,
        };
        let key = self.bytes(&self.key[..key_words], ENDIAN_KEY_WORDS, ENDIAN_KEY_BYTES);
        let text = self.bytes(&self.text, ENDIAN_IN_WORDS, ENDIAN_IN_BYTES);
        let mut block = [0; 16];
        block.copy_from_slice(&text);
        if let Some(cipher) = BlockCipher::new(&key) {
            if MODE_DECRYPT.is_set(self.mode) {
                cipher.decrypt(&mut block);
            } else {
                cipher.encrypt(&mut block);
            }
        }
        let mut result = [0; 4];
        for (word, bytes) in result.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        let ordered = self.bytes(&result, ENDIAN_OUT_WORDS, ENDIAN_OUT_BYTES);
        for (word, bytes) in self.text.iter_mut().zip(ordered.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }

    /// The words as a byte string, in the orders that the endian register asks for.
    fn bytes(&self, words: &[u32], word_order: Bits, byte_order: Bits) -> Vec<u8> {
        let mut words = words.to_vec();
        if !word_order.is_set(self.endian) {
            words.reverse();
        }
        let keep = byte_order.is_set(self.endian);
        words
            .into_iter()
            .flat_map(|word| {
                if keep {
                    word.to_le_bytes()
                } else {
                    word.to_be_bytes()
                }
            })
            .collect()
    }
}

impl Device for Aes {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            START => 0,
            IDLE => 1,
            MODE => self.mode,
            KEY_0..=KEY_7 => self.key[((offset - KEY_0) / 4) as usize],
            TEXT_0..=TEXT_3 => self.text[((offset - TEXT_0) / 4) as usize],
            ENDIAN => self.endian,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            START if value & 1 != 0 => self.start(),
            START | IDLE => {}
            MODE => self.mode = value,
            KEY_0..=KEY_7 => self.key[((offset - KEY_0) / 4) as usize] = value,
            TEXT_0..=TEXT_3 => self.text[((offset - TEXT_0) / 4) as usize] = value,
            ENDIAN => self.endian = value,
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Aes::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: u128 = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff;

    fn load(aes: &mut Aes, offset: u32, bytes: &[u8]) {
        for (offset, word) in (offset..).step_by(4).zip(bytes.chunks(4)) {
            aes.write(offset, u32::from_le_bytes(word.try_into().unwrap()), 0);
        }
    }

    fn text(aes: &mut Aes) -> u128 {
        let bytes: Vec<u8> = (TEXT_0..=TEXT_3)
            .step_by(4)
            .flat_map(|offset| aes.read(offset, 0).value.to_le_bytes())
            .collect();
        u128::from_be_bytes(bytes.try_into().unwrap())
    }

    /// FIPS 197, appendix C: the key is 00 01 02 ..., the plaintext 00 11 22 ... ff.
    fn check(mode: u32, key_bytes: u8, cipher: u128) {
        let mut aes = Aes::new();
        let key: Vec<u8> = (0..key_bytes).collect();
        load(&mut aes, KEY_0, &key);
        load(&mut aes, TEXT_0, &PLAIN.to_be_bytes());
        aes.write(MODE, mode, 0);
        aes.write(START, 1, 0);
        assert_eq!(aes.read(IDLE, 0).value, 1);
        assert_eq!(text(&mut aes), cipher);
        aes.write(MODE, mode | 4, 0);
        aes.write(START, 1, 0);
        assert_eq!(text(&mut aes), PLAIN);
    }

    #[test]
    fn fips_197_aes_128() {
        check(0, 16, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a);
    }

    #[test]
    fn fips_197_aes_192() {
        check(1, 24, 0xdda9_7ca4_864c_dfe0_6eaf_70a0_ec0d_7191);
    }

    #[test]
    fn fips_197_aes_256() {
        check(2, 32, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089);
    }

    #[test]
    fn the_endian_register_reverses_orders() {
        let mut aes = Aes::new();
        let key: Vec<u8> = (0..16).collect();
        load(&mut aes, KEY_0, &key);
        // Bytes within words reversed on the way in and out.
        for (offset, word) in (TEXT_0..).step_by(4).zip(PLAIN.to_be_bytes().chunks(4)) {
            aes.write(offset, u32::from_be_bytes(word.try_into().unwrap()), 0);
        }
        aes.write(ENDIAN, 0x3f & !(1 << 2 | 1 << 4), 0);
        aes.write(START, 1, 0);
        assert_eq!(aes.read(TEXT_0, 0).value, 0x69c4_e0d8);
    }
}
