//! A chip's eFuse blocks: burning, protection, reading as software and as hardware.

use super::coding::{CODED_LEN, CodingScheme};
use super::tables::esp32;
use crate::chip::Chip;

/// The eFuses of one chip, as the hardware holds them (before any coding scheme is decoded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseBank {
    chip: Chip,
    blocks: Vec<Vec<u32>>,
    apb_ctrl_date_bit31: bool,
}

/// What a burn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BurnOutcome {
    /// All requested bits are set now.
    Burned,
    /// The block or some of its fields are write-protected: those bits were ignored.
    Protected,
}

impl EfuseBank {
    /// A bank with every bit zero.
    pub fn blank(chip: Chip) -> Self {
        let words: &[usize] = match chip {
            Chip::Esp32 => &esp32::BLOCK_WORDS,
            Chip::Esp32C2 => &[2, 3, 8, 8],
            _ => &[6, 6, 8, 8, 8, 8, 8, 8, 8, 8, 8],
        };
        EfuseBank {
            chip,
            blocks: words.iter().map(|&count| vec![0; count]).collect(),
            apb_ctrl_date_bit31: false,
        }
    }

    /// The chip.
    pub fn chip(&self) -> Chip {
        self.chip
    }

    /// Number of blocks.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Number of stored 32-bit words of a block; zero where there is no such block.
    pub fn block_words(&self, block: usize) -> usize {
        self.blocks.get(block).map_or(0, Vec::len)
    }

    /// Bit 31 of APB_CTRL_DATE (0x3FF6_607C), which tells revision 3 of the ESP32 from revision 2.
    ///
    /// It is wired into the silicon and no eFuse, but belongs to the chip as its revision does (ESP-IDF
    /// `components/hal/esp32/efuse_hal.c`, `efuse_hal_get_major_chip_version`).
    pub fn apb_ctrl_date_bit31(&self) -> bool {
        self.apb_ctrl_date_bit31
    }

    /// Makes the bank that of a chip whose APB_CTRL_DATE has bit 31 set or clear.
    pub fn set_apb_ctrl_date_bit31(&mut self, set: bool) {
        self.apb_ctrl_date_bit31 = set;
    }

    /// Word `word` of block `block` as software reads it from the controller's read registers: zero where the block is
    /// read-protected, payload words where a coding scheme applies. Zero where there is no such word.
    pub fn software_word(&self, block: usize, word: usize) -> u32 {
        self.payload_word(block, word) & !self.hidden_mask(block, word)
    }

    /// Word `word` of block `block` as the bits are, protection and coding ignored. Zero where there is no such word.
    pub fn hardware_word(&self, block: usize, word: usize) -> u32 {
        let word = self.blocks.get(block).and_then(|words| words.get(word));
        word.copied().unwrap_or(0)
    }

    /// Word `word` of the payload of block `block`: read protection ignored, coding taken off.
    pub fn payload_word(&self, block: usize, word: usize) -> u32 {
        if !self.is_coded(block) {
            return self.hardware_word(block, word);
        }
        let payload = self.payload(block);
        let (words, _) = payload.as_chunks::<4>();
        words
            .get(word)
            .map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The payload of block 1, 2 or 3 in its first [`CodingScheme::payload_len`] bytes, read protection ignored.
    pub fn payload(&self, block: usize) -> [u8; CODED_LEN] {
        self.coding_scheme().decode(&self.stored(block))
    }

    /// The 32 stored bytes of block 1, 2 or 3; a shorter block is padded with zeros.
    pub(super) fn stored(&self, block: usize) -> [u8; CODED_LEN] {
        let mut stored = [0; CODED_LEN];
        let (places, _) = stored.as_chunks_mut::<4>();
        for (word, place) in places.iter_mut().enumerate() {
            *place = self.hardware_word(block, word).to_le_bytes();
        }
        stored
    }

    /// The coding scheme of blocks 1 to 3 as the hardware applies it.
    pub fn coding_scheme(&self) -> CodingScheme {
        let word = self.hardware_word(0, esp32::CODING_SCHEME.bit / 32);
        CodingScheme::from_bits(word >> (esp32::CODING_SCHEME.bit % 32))
    }

    /// Whether the block is stored with check bits.
    pub fn is_coded(&self, block: usize) -> bool {
        block != 0 && self.coding_scheme() != CodingScheme::None
    }

    /// Units of the coded blocks whose check bytes do not fit, as block and unit numbers
    /// (see [`CodingScheme::errors`]).
    pub fn coding_errors(&self) -> Vec<(usize, usize)> {
        let scheme = self.coding_scheme();
        (1..self.block_count())
            .flat_map(|block| {
                let errors = scheme.errors(&self.stored(block));
                errors.into_iter().map(move |unit| (block, unit))
            })
            .collect()
    }

    /// The write protection bits, WR_DIS.
    pub fn wr_dis(&self) -> u32 {
        self.hardware_word(0, 0) & esp32::WR_DIS.mask(0)
    }

    /// The read protection bits, RD_DIS.
    pub fn rd_dis(&self) -> u32 {
        (self.hardware_word(0, 0) & esp32::RD_DIS.mask(0)) >> esp32::RD_DIS.bit
    }

    /// Burns `bits` into word `word` of `block` with the chip's rules: only sets bits, and write-protected bits stay.
    pub fn burn_word(&mut self, block: usize, word: usize, bits: u32) -> BurnOutcome {
        let mut words = vec![0; self.block_words(block)];
        match words.get_mut(word) {
            Some(slot) => *slot = bits,
            None => return absent(&[bits]),
        }
        self.burn_block(block, &words)
    }

    /// Burns a whole block in one programming operation (protection as it was before the operation).
    ///
    /// The words are stored as they are: software encodes before it burns (ESP-IDF
    /// `esp_efuse_utility_apply_34_encoding`). Words and blocks that the chip does not have count as protected.
    pub fn burn_block(&mut self, block: usize, words: &[u32]) -> BurnOutcome {
        let count = self.block_words(block);
        let masks: Vec<u32> = (0..count)
            .map(|word| self.protected_mask(block, word))
            .collect();
        let mut ignored = false;
        let Some(stored) = self.blocks.get_mut(block) else {
            return absent(words);
        };
        for ((slot, bits), mask) in stored.iter_mut().zip(words).zip(masks) {
            *slot |= bits & !mask;
            ignored |= bits & !*slot != 0;
        }
        if ignored {
            return BurnOutcome::Protected;
        }
        absent(words.get(count..).unwrap_or(&[]))
    }

    /// Sets bits without regard to protection: what the factory burned before it protected, and what files say.
    pub(super) fn set_raw(&mut self, block: usize, word: usize, bits: u32) {
        if let Some(slot) = self.blocks.get_mut(block).and_then(|b| b.get_mut(word)) {
            *slot |= bits;
        }
    }

    /// Bits of a stored word that no burn can change any more.
    fn protected_mask(&self, block: usize, word: usize) -> u32 {
        let wr_dis = self.wr_dis();
        if block != 0 {
            let bit = esp32::WR_DIS_BLOCK + (block as u32).min(3);
            return if wr_dis >> bit & 1 == 1 { u32::MAX } else { 0 };
        }
        self.mask_of(0, word, |field| {
            field.wr_dis.is_some_and(|bit| wr_dis >> bit & 1 == 1)
        })
    }

    /// Bits of a payload word that software does not see.
    fn hidden_mask(&self, block: usize, word: usize) -> u32 {
        let rd_dis = self.rd_dis();
        match block {
            0 => self.mask_of(0, word, |field| {
                field.rd_dis.is_some_and(|bit| rd_dis >> bit & 1 == 1)
            }),
            1..=3 if rd_dis >> (block - 1) & 1 == 1 => u32::MAX,
            _ => 0,
        }
    }

    fn mask_of(
        &self,
        block: usize,
        word: usize,
        wanted: impl Fn(&super::field::Field) -> bool,
    ) -> u32 {
        self.fields()
            .iter()
            .filter(|field| field.block == block && wanted(field))
            .fold(0, |mask, field| mask | field.mask(word))
    }
}

/// The outcome of a burn into words that do not exist.
fn absent(words: &[u32]) -> BurnOutcome {
    if words.iter().all(|&bits| bits == 0) {
        BurnOutcome::Burned
    } else {
        BurnOutcome::Protected
    }
}

#[cfg(test)]
mod tests;
