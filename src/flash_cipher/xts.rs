//! The flash cipher of every chip but the first ESP32: XTS-AES in data units of 128 bytes.
//!
//! Sources: esptool `espsecure/__init__.py`, `_flash_encryption_operation_aes_xts`; IEEE Std 1619-2007 for XTS-AES.
//! A unit's tweak is its address in flash, and the bytes of the whole unit are reversed before and after: its last block
//! is the first of XTS. A block depends on no other block of its unit, so a piece of a unit is as good as the whole.

use std::slice::from_mut;
use std::{array, fmt};

use aes::cipher::inout::InOutBuf;
use aes::cipher::typenum::U16;
use aes::cipher::{
    BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
    BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, KeyInit,
};
use aes::{Aes128, Aes128Enc, Aes256, Aes256Enc, Block};

use super::BLOCK_SIZE;
use super::batch::in_batches;

/// Bytes of flash that share a tweak.
const UNIT_SIZE: usize = 128;
const UNIT_BLOCKS: usize = UNIT_SIZE / BLOCK_SIZE;
/// Units that go through the back ends of `aes` in one call, from the most to the fewest: each call has a price, since the
/// crate lays out its round keys anew (0.1 us with AVX-512). The second is a page that the emulator fetches.
const LONG_ROW: usize = 256;
const PAGE_ROW: usize = 32;
/// Units that are worked on together. Their blocks are the most that a back end of `aes` takes side by side.
const BATCH_UNITS: usize = 8;

type Unit = [u8; UNIT_SIZE];

/// XTS-AES with its key, as the chips apply it to flash.
#[derive(Clone)]
pub struct XtsCipher {
    keys: Box<Keys>,
}

#[derive(Clone)]
enum Keys {
    Aes128 { data: Aes128, tweak: Aes128Enc },
    Aes256 { data: Aes256, tweak: Aes256Enc },
}

impl fmt::Debug for XtsCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.keys {
            Keys::Aes128 { .. } => "XtsCipher(XTS-AES-128)",
            Keys::Aes256 { .. } => "XtsCipher(XTS-AES-256)",
        })
    }
}

impl XtsCipher {
    /// XTS-AES-128 with a 256-bit key in the byte order of a key file: first the key of the data, then of the tweak.
    pub fn aes_128(key: &[u8; 32]) -> Self {
        let (keys, _) = key.as_chunks::<16>();
        let keys = Keys::Aes128 {
            data: Aes128::new(&keys[0].into()),
            tweak: Aes128Enc::new(&keys[1].into()),
        };
        XtsCipher {
            keys: Box::new(keys),
        }
    }

    /// XTS-AES-256 with a 512-bit key in the byte order of a key file: first the key of the data, then of the tweak.
    pub fn aes_256(key: &[u8; 64]) -> Self {
        let (keys, _) = key.as_chunks::<32>();
        let keys = Keys::Aes256 {
            data: Aes256::new(&keys[0].into()),
            tweak: Aes256Enc::new(&keys[1].into()),
        };
        XtsCipher {
            keys: Box::new(keys),
        }
    }

    /// Decrypts the whole blocks of `data`, which lie at `offset` in flash.
    pub fn decrypt(&self, offset: u32, data: &mut [u8]) {
        in_batches(offset, UNIT_SIZE as u32, data, |address, units| {
            self.run::<true>(address, units);
        });
    }

    /// Encrypts the whole blocks of `data`, which will lie at `offset` in flash.
    pub fn encrypt(&self, offset: u32, data: &mut [u8]) {
        in_batches(offset, UNIT_SIZE as u32, data, |address, units| {
            self.run::<false>(address, units);
        });
    }

    fn run<const DECRYPT: bool>(&self, address: u32, units: &mut [Unit]) {
        let (address, units) = self.run_rows::<DECRYPT, LONG_ROW>(address, units);
        let (address, units) = self.run_rows::<DECRYPT, PAGE_ROW>(address, units);
        let (mut address, units) = self.run_rows::<DECRYPT, BATCH_UNITS>(address, units);
        for unit in units {
            let mut tweak = [Block::default()];
            self.fill_in_tweaks(address, &mut tweak);
            let batches = Batches {
                units: from_mut(array::from_mut(unit)),
                tweaks: &[tweak],
            };
            self.run_batches::<DECRYPT, 1>(batches);
            address = address.wrapping_add(UNIT_SIZE as u32);
        }
    }

    /// Runs the whole rows of `ROW` units, a multiple of [`BATCH_UNITS`]; returns the units that are left and the address
    /// of the first.
    fn run_rows<'a, const DECRYPT: bool, const ROW: usize>(
        &self,
        mut address: u32,
        units: &'a mut [Unit],
    ) -> (u32, &'a mut [Unit]) {
        let (rows, rest) = units.as_chunks_mut::<ROW>();
        for row in rows {
            let mut tweaks = [Block::default(); ROW];
            self.fill_in_tweaks(address, &mut tweaks);
            let (units, _) = row.as_chunks_mut::<BATCH_UNITS>();
            let (tweaks, _) = tweaks.as_chunks();
            self.run_batches::<DECRYPT, _>(Batches { units, tweaks });
            address = address.wrapping_add((ROW * UNIT_SIZE) as u32);
        }
        (address, rest)
    }

    fn run_batches<const DECRYPT: bool, const UNITS: usize>(&self, batches: Batches<'_, UNITS>) {
        match (&*self.keys, DECRYPT) {
            (Keys::Aes128 { data, .. }, true) => data.decrypt_with_backend(batches),
            (Keys::Aes128 { data, .. }, false) => data.encrypt_with_backend(batches),
            (Keys::Aes256 { data, .. }, true) => data.decrypt_with_backend(batches),
            (Keys::Aes256 { data, .. }, false) => data.encrypt_with_backend(batches),
        }
    }

    /// Fills in the encrypted tweaks of the units from `address` on.
    #[inline]
    fn fill_in_tweaks(&self, mut address: u32, tweaks: &mut [Block]) {
        for tweak in tweaks.iter_mut() {
            *tweak = u128::from(address).to_le_bytes().into();
            address = address.wrapping_add(UNIT_SIZE as u32);
        }
        match &*self.keys {
            Keys::Aes128 { tweak, .. } => tweak.encrypt_blocks(tweaks),
            Keys::Aes256 { tweak, .. } => tweak.encrypt_blocks(tweaks),
        }
    }
}

/// Units in batches and their encrypted tweaks, to be run through a back end of `aes`: everything is inlined into the
/// function that the crate compiles for the processor it found, so that what is around the rounds is made for it, too.
struct Batches<'a, const UNITS: usize> {
    units: &'a mut [[Unit; UNITS]],
    tweaks: &'a [[Block; UNITS]],
}

impl<const UNITS: usize> BlockSizeUser for Batches<'_, UNITS> {
    type BlockSize = U16;
}

impl<const UNITS: usize> BlockCipherEncClosure for Batches<'_, UNITS> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        self.for_each(|blocks| {
            let (rows, rest) = InOutBuf::from(blocks).into_chunks();
            for row in rows {
                backend.encrypt_par_blocks(row);
            }
            for block in rest {
                backend.encrypt_block(block);
            }
        });
    }
}

impl<const UNITS: usize> BlockCipherDecClosure for Batches<'_, UNITS> {
    #[inline(always)]
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        self.for_each(|blocks| {
            let (rows, rest) = InOutBuf::from(blocks).into_chunks();
            for row in rows {
                backend.decrypt_par_blocks(row);
            }
            for block in rest {
                backend.decrypt_block(block);
            }
        });
    }
}

impl<const UNITS: usize> Batches<'_, UNITS> {
    /// Runs `cipher` over the blocks of each batch, in the order of XTS and between the two XORs.
    #[inline(always)]
    fn for_each(self, cipher: impl Fn(&mut [Block])) {
        let mut blocks = [[Block::default(); UNIT_BLOCKS]; UNITS];
        let mut masks = [[0; UNIT_BLOCKS]; UNITS];
        for (units, tweaks) in self.units.iter_mut().zip(self.tweaks) {
            for number in 0..UNITS {
                masks[number] = powers(&tweaks[number]);
                enter(&units[number], &masks[number], &mut blocks[number]);
            }
            cipher(blocks.as_flattened_mut());
            for number in 0..UNITS {
                leave(&blocks[number], &masks[number], &mut units[number]);
            }
        }
    }
}

/// The masks of a unit's blocks: the encrypted tweak times 1, x, x^2, … in GF(2^128) (IEEE Std 1619-2007, section 5.2).
#[inline(always)]
fn powers(tweak: &Block) -> [u128; UNIT_BLOCKS] {
    let mut power = u128::from_le_bytes(tweak.0);
    let mut masks = [0; UNIT_BLOCKS];
    for mask in &mut masks {
        *mask = power;
        let carry = (power as i128 >> 127) as u128 & 0x87;
        power = power << 1 ^ carry;
    }
    masks
}

/// The blocks of a unit with all its bytes reversed, each XORed with its mask.
#[inline(always)]
fn enter(unit: &Unit, masks: &[u128; UNIT_BLOCKS], blocks: &mut [Block; UNIT_BLOCKS]) {
    let (pieces, _) = unit.as_chunks::<BLOCK_SIZE>();
    for ((block, mask), piece) in blocks.iter_mut().zip(masks).zip(pieces.iter().rev()) {
        *block = (u128::from_be_bytes(*piece) ^ mask).to_le_bytes().into();
    }
}

/// Puts the blocks back into the unit, the way that [`enter`] took them.
#[inline(always)]
fn leave(blocks: &[Block; UNIT_BLOCKS], masks: &[u128; UNIT_BLOCKS], unit: &mut Unit) {
    let (pieces, _) = unit.as_chunks_mut::<BLOCK_SIZE>();
    for ((block, mask), piece) in blocks.iter().zip(masks).zip(pieces.iter_mut().rev()) {
        *piece = (u128::from_le_bytes(block.0) ^ mask).to_be_bytes();
    }
}

#[cfg(test)]
mod tests;
