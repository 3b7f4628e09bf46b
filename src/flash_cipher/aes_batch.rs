//! AES-256 of eight blocks under four keys, two blocks to a key.
//!
//! The ESP32 changes its key every 32 bytes, so most of the work is expanding keys and setting up the cipher. The
//! `aes` crate is made for many blocks under one key: here its whole ciphers take nearly twice as long as this
//! schedule, which hands the crate rounds of eight blocks.
//!
//! Source: FIPS 197. Keys and data are those of flash images under test: table look-ups may depend on them.

use aes::Block;
use aes::hazmat::{
    Block8, cipher_round_par, equiv_inv_cipher_round_par, inv_mix_columns, mix_columns,
};

/// Keys in a batch.
pub(super) const KEYS: usize = 4;
/// Blocks in a batch.
pub(super) const BLOCKS: usize = 2 * KEYS;

const ROUNDS: usize = 14;
/// Words of a key.
const KEY_WORDS: usize = 8;

/// The S-box, by FIPS 197 section 5.1.1.
const SBOX: [u8; 256] = sbox();
/// The S-box four times, shifted to the place of each byte of a little-endian word.
static SUB_WORD: [[u32; 256]; 4] = sub_word_tables();

/// A batch of keys, ready for one direction: two equal keys a pair, round by round.
pub(super) struct Schedule {
    rounds: [Block8; ROUNDS + 1],
}

impl Schedule {
    /// A schedule to be filled.
    pub(super) fn new() -> Self {
        Schedule {
            rounds: [Block8::default(); ROUNDS + 1],
        }
    }

    /// Fills in the schedule for encrypting under these keys, of which each is given as big-endian words, most
    /// significant first.
    #[inline]
    pub(super) fn for_encrypting(&mut self, keys: &[[u64; 4]; KEYS]) {
        self.expand(keys, |round| round);
    }

    /// Fills in the schedule for decrypting under these keys, by the equivalent inverse cipher (FIPS 197 section
    /// 5.3.5).
    #[inline]
    pub(super) fn for_decrypting(&mut self, keys: &[[u64; 4]; KEYS]) {
        self.expand(keys, |round| ROUNDS - round);
        for keys in &mut self.rounds[1..ROUNDS] {
            for number in (0..BLOCKS).step_by(2) {
                inv_mix_columns(&mut keys[number]);
                keys[number + 1] = keys[number];
            }
        }
    }

    /// Expands the keys; `place` says where the key of a round is kept.
    #[inline]
    fn expand(&mut self, keys: &[[u64; 4]; KEYS], place: impl Fn(usize) -> usize) {
        for (number, key) in keys.iter().enumerate() {
            let mut put = |round, words| {
                let key = to_block(words);
                self.rounds[place(round)][2 * number] = key;
                self.rounds[place(round)][2 * number + 1] = key;
            };
            let mut words = first_words(key);
            for step in 0..ROUNDS / 2 {
                let [a, b, c, d, e, f, g, h] = words;
                put(2 * step, [a, b, c, d]);
                put(2 * step + 1, [e, f, g, h]);
                next_words(&mut words, 1 << step);
            }
            let [a, b, c, d, ..] = words;
            put(ROUNDS, [a, b, c, d]);
        }
    }

    /// Encrypts the blocks, with a schedule for encrypting.
    #[inline]
    pub(super) fn encrypt(&self, blocks: &mut Block8) {
        self.run(blocks, cipher_round_par, inv_mix_columns);
    }

    /// Decrypts the blocks, with a schedule for decrypting.
    #[inline]
    pub(super) fn decrypt(&self, blocks: &mut Block8) {
        self.run(blocks, equiv_inv_cipher_round_par, mix_columns);
    }

    /// Runs the rounds. The last has no column mixing: `unmix` takes it back.
    #[inline]
    fn run(
        &self,
        blocks: &mut Block8,
        round: impl Fn(&mut Block8, &Block8),
        unmix: impl Fn(&mut Block),
    ) {
        let [first, middle @ .., last] = &self.rounds;
        add_keys(blocks, first);
        for keys in middle {
            round(blocks, keys);
        }
        round(blocks, &Block8::default());
        blocks.iter_mut().for_each(unmix);
        add_keys(blocks, last);
    }
}

#[inline]
fn add_keys(blocks: &mut Block8, keys: &Block8) {
    for (block, key) in blocks.iter_mut().zip(keys) {
        *block = (u128::from_ne_bytes(block.0) ^ u128::from_ne_bytes(key.0))
            .to_ne_bytes()
            .into();
    }
}

/// The key's words with the first byte lowest.
#[inline]
fn first_words(key: &[u64; 4]) -> [u32; KEY_WORDS] {
    let mut words = [0; KEY_WORDS];
    for (pair, long) in words.chunks_exact_mut(2).zip(key) {
        pair[0] = ((long >> 32) as u32).swap_bytes();
        pair[1] = (*long as u32).swap_bytes();
    }
    words
}

/// The next eight words of the schedule.
#[inline]
fn next_words(words: &mut [u32; KEY_WORDS], constant: u32) {
    words[0] ^= sub_word(words[7].rotate_right(8)) ^ constant;
    words[1] ^= words[0];
    words[2] ^= words[1];
    words[3] ^= words[2];
    words[4] ^= sub_word(words[3]);
    words[5] ^= words[4];
    words[6] ^= words[5];
    words[7] ^= words[6];
}

#[inline]
fn sub_word(word: u32) -> u32 {
    let [a, b, c, d] = word.to_le_bytes().map(usize::from);
    SUB_WORD[0][a] ^ SUB_WORD[1][b] ^ SUB_WORD[2][c] ^ SUB_WORD[3][d]
}

#[inline]
fn to_block(words: [u32; 4]) -> Block {
    let [a, b, c, d] = words.map(u128::from);
    (a | b << 32 | c << 64 | d << 96).to_le_bytes().into()
}

/// The S-box from its definition: the inverse in GF(2^8), then an affine map. 3 generates the field's units, and its
/// inverse is 0xF6: `power` and `inverse` go through all of them side by side.
const fn sbox() -> [u8; 256] {
    let mut table = [0x63; 256];
    let (mut power, mut inverse) = (1u8, 1u8);
    let mut count = 0;
    while count < 255 {
        let spread = inverse
            ^ inverse.rotate_left(1)
            ^ inverse.rotate_left(2)
            ^ inverse.rotate_left(3)
            ^ inverse.rotate_left(4);
        table[power as usize] = spread ^ 0x63;
        power = multiply(power, 3);
        inverse = multiply(inverse, 0xF6);
        count += 1;
    }
    table
}

/// Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
const fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a = (a << 1) ^ if a & 0x80 != 0 { 0x1B } else { 0 };
        b >>= 1;
    }
    product
}

const fn sub_word_tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut byte = 0;
        while byte < 256 {
            tables[place][byte] = (SBOX[byte] as u32) << (8 * place);
            byte += 1;
        }
        place += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use aes::Aes256;
    use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
    use proptest::prelude::*;

    #[test]
    fn s_box_of_the_standard() {
        // FIPS 197, figure 7: corners and the fixed example of section 5.1.1, {53} to {ed}.
        let known = [
            (0x00, 0x63),
            (0x0F, 0x76),
            (0x53, 0xED),
            (0xF0, 0x8C),
            (0xFF, 0x16),
        ];
        for (from, to) in known {
            assert_eq!(SBOX[from], to, "{from:#x}");
        }
    }

    proptest! {
        /// Each pair of blocks comes out as the `aes` crate's own cipher makes it.
        #[test]
        fn agrees_with_the_whole_cipher(keys: [[u64; 4]; KEYS], data: [[u8; 16]; BLOCKS]) {
            let blocks: Block8 = Array::from(data.map(Block::from));
            let (mut encrypted, mut decrypted) = (blocks, blocks);
            let mut schedule = Schedule::new();
            schedule.for_encrypting(&keys);
            schedule.encrypt(&mut encrypted);
            schedule.for_decrypting(&keys);
            schedule.decrypt(&mut decrypted);
            for (number, block) in blocks.iter().enumerate() {
                let mut key = [0; 32];
                for (bytes, word) in key.chunks_exact_mut(8).zip(keys[number / 2]) {
                    bytes.copy_from_slice(&word.to_be_bytes());
                }
                let cipher = Aes256::new(&key.into());
                let (mut forth, mut back) = (*block, *block);
                cipher.encrypt_block(&mut forth);
                cipher.decrypt_block(&mut back);
                prop_assert_eq!(encrypted[number], forth);
                prop_assert_eq!(decrypted[number], back);
            }
        }
    }
}
