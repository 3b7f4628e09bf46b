//! The memory of the RSA accelerators of all chips, and the arithmetic on the numbers in it.
//!
//! Four blocks of 512 bytes follow each other from offset 0: M, Z, Y, X. Numbers are little-endian words.
//!
//! An operation's time is in proportion to its multiplications. Inferred: `2 n^2` APB clocks a multiplication of `n`
//! words. `M'` and `R^2 mod M` are not used: results are those of correct ones.

use num_bigint::BigUint;

use crate::emu::{TICKS_PER_APB, Ticks};

/// Words of one memory block.
pub(super) const MEM_WORDS: usize = 128;

/// A memory block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    M,
    Z,
    Y,
    X,
}

/// The four memory blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BignumMemory {
    /// The blocks one after another, as they lie in the address space.
    words: Vec<u32>,
}

impl BignumMemory {
    /// Cleared memory.
    pub(super) fn new() -> Self {
        BignumMemory {
            words: vec![0; 4 * MEM_WORDS],
        }
    }

    /// The word at `offset` (bytes) from the first block's start.
    pub(super) fn get(&self, offset: u32) -> u32 {
        self.words.get((offset / 4) as usize).copied().unwrap_or(0)
    }

    /// Stores the word at `offset` (bytes) from the first block's start.
    pub(super) fn set(&mut self, offset: u32, value: u32) {
        if let Some(word) = self.words.get_mut((offset / 4) as usize) {
            *word = value;
        }
    }

    /// Stores a number at the beginning of a block, least significant byte first.
    pub(super) fn load(&mut self, memory: Memory, number: &[u8]) {
        let start = memory as usize * MEM_WORDS;
        let block = &mut self.words[start..start + MEM_WORDS];
        for (word, bytes) in block.iter_mut().zip(number.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }

    /// Z = X^Y mod M on numbers of `words` words, at most [`MEM_WORDS`]; the time it takes.
    pub(super) fn power(&mut self, words: usize) -> Ticks {
        let exponent = self.number(Memory::Y, 0, words);
        let modulus = self.number(Memory::M, 0, words);
        let result = if modulus == BigUint::ZERO {
            BigUint::ZERO
        } else {
            self.number(Memory::X, 0, words).modpow(&exponent, &modulus)
        };
        self.store_z(&result, words);
        duration(exponent.bits() + exponent.count_ones() + 2, words)
    }

    /// Z = X Y mod M on numbers of `words` words; the time it takes.
    pub(super) fn modular_product(&mut self, words: usize) -> Ticks {
        let modulus = self.number(Memory::M, 0, words);
        let result = if modulus == BigUint::ZERO {
            BigUint::ZERO
        } else {
            self.number(Memory::X, 0, words) * self.number(Memory::Y, 0, words) % modulus
        };
        self.store_z(&result, words);
        duration(2, words)
    }

    /// Z = X Z for a product of `words` words, Z's operand in the upper half of its words; the time it takes.
    pub(super) fn product(&mut self, words: usize) -> Ticks {
        let half = words / 2;
        let product = self.number(Memory::X, 0, half) * self.number(Memory::Z, half, half);
        self.store_z(&product, words);
        duration(1, half)
    }

    /// Z = X Z R^-1 mod M, with R = 2^(bits of `words` words); the time it takes.
    pub(super) fn montgomery(&mut self, words: usize) -> Ticks {
        let modulus = self.number(Memory::M, 0, words);
        let r = BigUint::from(1u8) << (32 * words);
        // Without a modulus there is nothing to invert; with an even one R has no inverse.
        let inverse = (modulus != BigUint::ZERO)
            .then(|| r.modinv(&modulus))
            .flatten();
        let result = inverse.map_or(BigUint::ZERO, |inverse| {
            let product = self.number(Memory::X, 0, words) * self.number(Memory::Z, 0, words);
            product * inverse % &modulus
        });
        self.store_z(&result, words);
        duration(1, words)
    }

    /// `words` words of a block, from its word `first` on, as a number.
    fn number(&self, memory: Memory, first: usize, words: usize) -> BigUint {
        let start = memory as usize * MEM_WORDS + first;
        BigUint::new(self.words[start..start + words].to_vec())
    }

    fn store_z(&mut self, value: &BigUint, words: usize) {
        let start = Memory::Z as usize * MEM_WORDS;
        let digits = value.iter_u32_digits().chain(std::iter::repeat(0));
        for (word, digit) in self.words[start..start + words].iter_mut().zip(digits) {
            *word = digit;
        }
    }
}

fn duration(multiplications: u64, words: usize) -> Ticks {
    multiplications * 2 * (words * words) as u64 * TICKS_PER_APB
}
