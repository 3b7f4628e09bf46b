//! The flash cipher of the ESP32: AES-256 whose key is tweaked by the flash address every 32 bytes.
//!
//! Sources: ESP32 technical reference manual, chapter "Flash Encryption"; esptool `espsecure/__init__.py`. Reading
//! uses AES encryption and writing AES decryption, on blocks whose bytes are reversed.

use aes::hazmat::Block8;

use super::BLOCK_SIZE;
use super::aes_batch::{BLOCKS, KEYS, Schedule};
use super::batch::in_batches;

/// Bytes of flash that share a key.
const UNIT_SIZE: usize = 32;
/// Bytes that are worked on together.
const BATCH_SIZE: usize = BLOCKS * BLOCK_SIZE;

/// The key bits that each bit of FLASH_CRYPT_CONFIG tweaks, as first and last bit from the most significant on.
const TWEAK_RANGES: [(usize, usize); 4] = [(0, 66), (67, 131), (132, 194), (195, 255)];

/// The ESP32's flash cipher with its key.
#[derive(Debug, Clone)]
pub struct Esp32Cipher {
    /// The key, most significant word first.
    key: [u64; 4],
    /// Key bits that the address tweaks.
    tweaked: [u64; 4],
}

impl Esp32Cipher {
    /// The cipher with a key in the byte order of a key file and FLASH_CRYPT_CONFIG, whose low four bits count.
    pub fn new(key: &[u8; 32], crypt_config: u8) -> Self {
        let (words, _) = key.as_chunks::<8>();
        let mut big_endian = [0; 4];
        for (to, bytes) in big_endian.iter_mut().zip(words) {
            *to = u64::from_be_bytes(*bytes);
        }
        Esp32Cipher {
            key: big_endian,
            tweaked: tweaked_bits(crypt_config),
        }
    }

    /// Decrypts the whole blocks of `data`, which lie at `offset` in flash.
    pub fn decrypt(&self, offset: u32, data: &mut [u8]) {
        let mut schedule = Schedule::new();
        for_each_batch(offset, data, |address, batch| {
            schedule.for_encrypting(&self.batch_keys(address));
            on_reversed(batch, |blocks| schedule.encrypt(blocks));
        });
    }

    /// Encrypts the whole blocks of `data`, which will lie at `offset` in flash.
    pub fn encrypt(&self, offset: u32, data: &mut [u8]) {
        let mut schedule = Schedule::new();
        for_each_batch(offset, data, |address, batch| {
            schedule.for_decrypting(&self.batch_keys(address));
            on_reversed(batch, |blocks| schedule.decrypt(blocks));
        });
    }

    /// The keys of the units from `address` on, most significant word first.
    #[inline]
    fn batch_keys(&self, address: u32) -> [[u64; 4]; KEYS] {
        let mut keys = [self.key; KEYS];
        for (number, key) in keys.iter_mut().enumerate() {
            let tweak = tweak(address.wrapping_add((number * UNIT_SIZE) as u32));
            for (word, (tweak, mask)) in key.iter_mut().zip(tweak.iter().zip(self.tweaked)) {
                *word ^= tweak & mask;
            }
        }
        keys
    }
}

/// What is XORed into the key at this address, most significant word first, if every key bit is tweaked.
///
/// With `a` for the 19 address bits 23 to 5, the 256 bits are, from the most significant on:
/// `a a a`, the low 10 bits of `a`, `a a a`, its low 8 bits, `a a a`, its low 6 bits, `a a a`, its low 4 bits.
#[inline]
fn tweak(address: u32) -> [u64; 4] {
    let a = u64::from(address >> 5 & 0x7_FFFF);
    let thrice = a << 38 | a << 19 | a;
    [
        thrice << 7 | (a & 0x3FF) >> 3,
        (a & 0x7) << 61 | thrice << 4 | (a & 0xFF) >> 4,
        (a & 0xF) << 60 | thrice << 3 | (a & 0x3F) >> 3,
        (a & 0x7) << 61 | thrice << 4 | a & 0xF,
    ]
}

/// The key bits that FLASH_CRYPT_CONFIG lets the address tweak, most significant word first.
fn tweaked_bits(crypt_config: u8) -> [u64; 4] {
    let mut bits = [0; 4];
    for (number, (first, last)) in TWEAK_RANGES.into_iter().enumerate() {
        if crypt_config >> number & 1 == 1 {
            for bit in first..=last {
                bits[bit / 64] |= 1 << (63 - bit % 64);
            }
        }
    }
    bits
}

/// Cuts the whole blocks of `data` into batches and calls `f` with each and its address, a multiple of [`UNIT_SIZE`].
#[inline]
fn for_each_batch(offset: u32, data: &mut [u8], mut f: impl FnMut(u32, &mut [u8; BATCH_SIZE])) {
    in_batches(offset, UNIT_SIZE as u32, data, |mut address, batches| {
        for batch in batches {
            f(address, batch);
            address = address.wrapping_add(BATCH_SIZE as u32);
        }
    });
}

/// Runs `f` over the blocks of a batch, each with its bytes reversed before and after.
#[inline]
fn on_reversed(batch: &mut [u8; BATCH_SIZE], f: impl FnOnce(&mut Block8)) {
    let mut blocks = Block8::default();
    let (pieces, _) = batch.as_chunks_mut::<BLOCK_SIZE>();
    for (block, piece) in blocks.iter_mut().zip(pieces.iter()) {
        *block = reversed(piece).into();
    }
    f(&mut blocks);
    for (block, piece) in blocks.iter().zip(pieces.iter_mut()) {
        *piece = reversed(&block.0);
    }
}

#[inline]
fn reversed(block: &[u8; BLOCK_SIZE]) -> [u8; BLOCK_SIZE] {
    u128::from_le_bytes(*block).to_be_bytes()
}

#[cfg(test)]
mod tests;
