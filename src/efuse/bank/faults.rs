//! Faults of single stored bits: injected, outvoted and reported.
//!
//! Sources: ESP32-C3 technical reference manual, chapter "eFuse Controller", section "Data Storage in eFuse" (block 0 is
//! stored four times but for WR_DIS, the others with Reed-Solomon check bytes); ESP-IDF
//! `components/soc/esp32c3/register/soc/efuse_reg.h`, `EFUSE_RD_REPEAT_ERR0_REG` and those behind it.

use super::{Block, EfuseBank};
use crate::efuse::coding::CodingScheme;
use crate::efuse::reed_solomon::{CHECK_LEN, DATA_LEN};
use crate::efuse::tables::{self, BlockCoding};

/// Copies of block 0.
const COPIES: usize = 4;
/// The word of block 0 that is stored once: WR_DIS.
const SINGLE: usize = 0;

impl Block {
    /// A word as the hardware reads it. Inferred: where copies differ, most of them decide bit by bit, and of two against
    /// two the burned ones, since a fuse fails by not being burned.
    pub(super) fn word(&self, word: usize) -> u32 {
        let first = self.words.get(word).copied().unwrap_or(0);
        let others = self.copies.iter().filter_map(|copy| copy.get(word));
        let words: Vec<u32> = std::iter::once(first).chain(others.copied()).collect();
        let [a, b, c, d] = words[..] else {
            return first;
        };
        (a & b) | (c & d) | ((a | b) & (c | d))
    }
}

impl EfuseBank {
    /// Turns a stored bit around, whatever protects it: a fuse that was not burned well, or has lost its state. Returns
    /// whether there is such a bit.
    ///
    /// Bits count from the first stored word. With Reed-Solomon coding those of the check bytes follow from bit 256 on;
    /// block 0 of such chips has four copies, one behind the other, of which WR_DIS (the first word) is in the first one
    /// alone. Files hold no copies and no check bytes: such faults do not outlive the bank.
    pub fn flip(&mut self, block: usize, bit: usize) -> bool {
        let later = tables::of(self.chip()).coding == BlockCoding::ReedSolomon;
        let coded = self.coding_scheme() == CodingScheme::ReedSolomon;
        let Some(stored) = self.blocks.get_mut(block) else {
            return false;
        };
        let bits = stored.words.len() * 32;
        let place = if block == 0 && later {
            return flip_copy(stored, bit / bits, bit % bits);
        } else if coded && bit >= DATA_LEN * 8 {
            let bit = bit - DATA_LEN * 8;
            if bit < CHECK_LEN * 8 {
                stored.check[bit / 8] ^= 1 << (bit % 8);
            }
            return bit < CHECK_LEN * 8;
        } else {
            stored.words.get_mut(bit / 32)
        };
        place.map(|word| *word ^= 1 << (bit % 32)).is_some()
    }

    /// The bits of a word of block 0 in which its four copies differ: what `EFUSE_RD_REPEAT_ERR0` tells of word 1, and
    /// those behind it of the words that follow. Nothing where a chip stores one copy.
    pub fn repeat_errors(&self, word: usize) -> u32 {
        let Some(block) = self.blocks.first() else {
            return 0;
        };
        let first = block.words.get(word).copied().unwrap_or(0);
        let others = block.copies.iter().filter_map(|copy| copy.get(word));
        others.fold(0, |errors, copy| errors | (copy ^ first))
    }
}

fn flip_copy(block: &mut Block, copy: usize, bit: usize) -> bool {
    let word = bit / 32;
    if copy >= COPIES || (word == SINGLE && copy != 0) {
        return false;
    }
    if word == SINGLE {
        for copy in block.copies.iter_mut().chain([&mut block.words]) {
            copy[word] ^= 1 << bit;
        }
        return true;
    }
    if block.copies.is_empty() {
        block.copies = vec![block.words.clone(); COPIES - 1];
    }
    let place = match copy.checked_sub(1) {
        Some(other) => &mut block.copies[other],
        None => &mut block.words,
    };
    place[word] ^= 1 << (bit % 32);
    if block.copies.iter().all(|copy| *copy == block.words) {
        block.copies.clear();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::Chip;
    use crate::efuse::{KeyProtection, KeyPurpose};

    /// Up to six wrong bytes of payload and check bytes are corrected, seven are reported.
    #[test]
    fn wrong_bytes_of_a_key_block() {
        for chip in Chip::ALL.into_iter().filter(|chip| *chip != Chip::Esp32) {
            let mut bank = EfuseBank::blank(chip);
            let block = if chip == Chip::Esp32C2 { 3 } else { 4 };
            let key: [u8; 32] = std::array::from_fn(|i| i as u8);
            bank.burn_key(0, KeyPurpose::XtsAes128Key, &key, KeyProtection::NONE)
                .unwrap();
            let flash_key = bank.flash_xts_key();
            for wrong in 1..=7 {
                // Every sixth byte, the last two of them check bytes.
                assert!(bank.flip(block, (wrong - 1) * 6 * 8 + wrong), "{chip}");
                let errors = bank.block_errors(block);
                assert_eq!(errors.failed, wrong == 7, "{chip}: {wrong}");
                if wrong < 7 {
                    assert_eq!(errors.corrected, wrong as u32, "{chip}");
                    assert_eq!(bank.flash_xts_key(), flash_key, "{chip}");
                }
                assert_eq!(bank.coding_errors(), [(block, 0)], "{chip}");
            }
            assert_ne!(bank.flash_xts_key(), flash_key, "{chip}");
            assert!(!bank.flip(block, 256 + 96) && !bank.flip(99, 0));
        }
    }

    #[test]
    fn copies_of_block_0_outvote_a_fault() {
        for chip in Chip::ALL.into_iter().filter(|chip| *chip != Chip::Esp32) {
            let mut bank = EfuseBank::blank(chip);
            let counter = bank.table().crypt_cnt;
            bank.burn(&counter, 1).unwrap();
            let healthy = bank.clone();
            let bits = bank.block_words(0) * 32;
            let (word, mask) = (counter.bit / 32, 1 << (counter.bit % 32));
            for copy in [3, 0] {
                assert!(bank.flip(0, copy * bits + counter.bit));
                assert_eq!((bank.get(&counter), bank.repeat_errors(word)), (1, mask));
            }
            bank.flip(0, bits + counter.bit);
            assert_eq!((bank.get(&counter), bank.repeat_errors(word)), (0, mask));
            // A second burn mends it.
            bank.burn(&counter, 1).unwrap();
            assert_eq!((bank.get(&counter), bank.repeat_errors(word)), (1, 0));
            assert_eq!(bank.hardware_word(0, word), healthy.hardware_word(0, word));
            assert!(!bank.flip(0, 4 * bits) && !bank.flip(0, bits));
            assert!(bank.flip(0, 3));
            assert_eq!((bank.wr_dis(), bank.repeat_errors(0)), (8, 0));
        }
    }

    #[test]
    fn a_turned_bit_of_three_quarter_coding_is_reported() {
        let mut bank = EfuseBank::blank(Chip::Esp32);
        bank.burn(&tables::esp32::CODING_SCHEME, 1).unwrap();
        bank.burn_flash_key(&[7; 24]).unwrap();
        assert_eq!(bank.coding_errors(), []);
        assert!(bank.flip(1, 64 * 2 + 5));
        assert_eq!(bank.coding_errors(), [(1, 2)]);
        assert!(bank.flip(1, 64 * 2 + 5) && !bank.flip(1, 256));
        assert_eq!(bank.coding_errors(), []);
    }
}
