//! A chip's eFuse blocks: burning, protection, reading as software and as hardware.

use super::coding::{CODED_LEN, CodingScheme};
use super::field::Field;
use super::reed_solomon::{self, BlockErrors, CHECK_LEN};
use super::tables::{self, BlockCoding, ChipTable, RevisionFields};
use crate::chip::{Chip, ChipRevision};

/// The eFuses of one chip, as the hardware holds them (before any coding scheme is decoded).
///
/// Block 0 of the chips from the ESP32-S2 on is stored four times; one copy stands for all until a fault tells them apart
/// (see [`EfuseBank::flip`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseBank {
    chip: Chip,
    blocks: Vec<Block>,
    apb_ctrl_date_bit31: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    words: Vec<u32>,
    /// Reed-Solomon check bytes as burned; zero where the block has none.
    check: [u8; CHECK_LEN],
    /// The second to fourth copy of block 0; empty while all are the same.
    copies: Vec<Vec<u32>>,
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
        let blank = |words| Block {
            words: vec![0; words],
            check: [0; CHECK_LEN],
            copies: Vec::new(),
        };
        let specs = tables::of(chip).blocks.iter();
        EfuseBank {
            chip,
            blocks: specs.map(|spec| blank(spec.words)).collect(),
            apb_ctrl_date_bit31: false,
        }
    }

    /// The chip.
    pub fn chip(&self) -> Chip {
        self.chip
    }

    /// Everything about the chip's eFuses that is data; which it is may follow from the chip revision that is burned.
    pub fn table(&self) -> &'static ChipTable {
        let first = tables::of(self.chip);
        match first.later {
            Some((from, table)) if self.stored_revision(first) >= from => table,
            _ => first,
        }
    }

    /// The revision of a chip whose table depends on it, from the bits as they are.
    fn stored_revision(&self, table: &ChipTable) -> ChipRevision {
        let RevisionFields::Wafer(fields) = table.revision else {
            return ChipRevision::new(0, 0);
        };
        let raw = |field: &Field| field.low_bits(|word| self.hardware_word(field.block, word));
        fields.join(raw)
    }

    /// Number of blocks.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Number of stored 32-bit words of a block; zero where there is no such block.
    pub fn block_words(&self, block: usize) -> usize {
        self.blocks.get(block).map_or(0, |block| block.words.len())
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

    /// All words of a block as software reads them; see [`EfuseBank::software_word`].
    pub fn software_block(&self, block: usize) -> [u32; 8] {
        let payload = self.payload(block);
        let (words, _) = payload.as_chunks::<4>();
        std::array::from_fn(|word| u32::from_le_bytes(words[word]) & !self.hidden_mask(block, word))
    }

    /// Word `word` of block `block` as the bits are, protection and coding ignored. Zero where there is no such word.
    pub fn hardware_word(&self, block: usize, word: usize) -> u32 {
        let block = self.blocks.get(block);
        block.map_or(0, |block| block.word(word))
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

    /// The payload of a block other than block 0 in its first [`CodingScheme::payload_len`] bytes, read protection
    /// ignored. Reed-Solomon errors are corrected where that is possible.
    pub fn payload(&self, block: usize) -> [u8; CODED_LEN] {
        let stored = self.stored(block);
        match self.coding_scheme() {
            CodingScheme::ReedSolomon if block != 0 => {
                reed_solomon::correct(&stored, &self.check_bytes(block)).0
            }
            scheme if block != 0 => scheme.decode(&stored),
            _ => stored,
        }
    }

    /// The stored bytes of a block without Reed-Solomon check bytes; a block shorter than 32 bytes is padded with zeros.
    pub(super) fn stored(&self, block: usize) -> [u8; CODED_LEN] {
        let mut stored = [0; CODED_LEN];
        let (places, _) = stored.as_chunks_mut::<4>();
        for (word, place) in places.iter_mut().enumerate() {
            *place = self.hardware_word(block, word).to_le_bytes();
        }
        stored
    }

    /// The Reed-Solomon check bytes of a block as they are burned; zero where the block has none.
    pub fn check_bytes(&self, block: usize) -> [u8; CHECK_LEN] {
        let block = self.blocks.get(block);
        block.map_or([0; CHECK_LEN], |block| block.check)
    }

    /// Whether nothing is burned in the block.
    pub fn is_blank(&self, block: usize) -> bool {
        self.blocks.get(block).is_none_or(|block| {
            block.words.iter().all(|&word| word == 0) && block.check == [0; CHECK_LEN]
        })
    }

    /// The coding scheme of the blocks other than block 0 as the hardware applies it.
    pub fn coding_scheme(&self) -> CodingScheme {
        match tables::of(self.chip).coding {
            BlockCoding::ReedSolomon => CodingScheme::ReedSolomon,
            BlockCoding::Selected(field) => {
                CodingScheme::from_bits(self.hardware_word(0, field.bit / 32) >> (field.bit % 32))
            }
        }
    }

    /// Whether the block is stored with check bits.
    pub fn is_coded(&self, block: usize) -> bool {
        block != 0 && self.coding_scheme() != CodingScheme::None
    }

    /// Units of the coded blocks whose check bytes do not fit, as block and unit numbers
    /// (see [`CodingScheme::errors`]; with Reed-Solomon a block is one unit).
    pub fn coding_errors(&self) -> Vec<(usize, usize)> {
        let scheme = self.coding_scheme();
        (1..self.block_count())
            .flat_map(|block| {
                let mut errors = scheme.errors(&self.stored(block));
                if self.block_errors(block) != BlockErrors::default() {
                    errors.push(0);
                }
                errors.into_iter().map(move |unit| (block, unit))
            })
            .collect()
    }

    /// What the hardware finds wrong with a block that has Reed-Solomon check bytes; nothing with any other.
    pub fn block_errors(&self, block: usize) -> BlockErrors {
        if block == 0 || self.coding_scheme() != CodingScheme::ReedSolomon {
            return BlockErrors::default();
        }
        reed_solomon::correct(&self.stored(block), &self.check_bytes(block)).1
    }

    /// The write protection bits, WR_DIS.
    pub fn wr_dis(&self) -> u32 {
        self.get(&self.table().wr_dis) as u32
    }

    /// The read protection bits, RD_DIS.
    pub fn rd_dis(&self) -> u32 {
        self.get(&self.table().rd_dis) as u32
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
    /// The ESP32 stores the words as they are: software encodes before it burns (ESP-IDF
    /// `esp_efuse_utility_apply_34_encoding`). Reed-Solomon check bytes are those of these words, as software computes
    /// them: a second burn into the same block breaks them. Words and blocks that the chip does not have count as
    /// protected.
    pub fn burn_block(&mut self, block: usize, words: &[u32]) -> BurnOutcome {
        let mut data = [0; CODED_LEN];
        for (place, word) in data.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        self.burn_coded_block(block, words, &reed_solomon::check_bytes(&data))
    }

    /// Burns a whole block and these Reed-Solomon check bytes, right or wrong, in one programming operation. A block
    /// without check bytes ignores them.
    pub fn burn_coded_block(
        &mut self,
        block: usize,
        words: &[u32],
        check: &[u8; CHECK_LEN],
    ) -> BurnOutcome {
        let count = self.block_words(block);
        let masks: Vec<u32> = (0..count)
            .map(|word| self.protected_mask(block, word))
            .collect();
        let has_check = block != 0 && self.coding_scheme() == CodingScheme::ReedSolomon;
        let whole = has_check && !masks.contains(&u32::MAX);
        let mut ignored = false;
        let Some(stored) = self.blocks.get_mut(block) else {
            return absent(words);
        };
        for ((slot, bits), mask) in stored.words.iter_mut().zip(words).zip(&masks) {
            *slot |= bits & !mask;
            ignored |= bits & !*slot != 0;
        }
        for copy in &mut stored.copies {
            for ((slot, bits), mask) in copy.iter_mut().zip(words).zip(&masks) {
                *slot |= bits & !mask;
            }
        }
        if whole {
            for (place, bits) in stored.check.iter_mut().zip(check) {
                *place |= bits;
            }
        }
        if ignored {
            return BurnOutcome::Protected;
        }
        absent(words.get(count..).unwrap_or(&[]))
    }

    /// Sets bits without regard to protection: what the factory burned before it protected, and what files say.
    /// Reed-Solomon check bytes follow.
    pub(super) fn set_raw(&mut self, block: usize, word: usize, bits: u32) {
        let slot = self.blocks.get_mut(block);
        if let Some(slot) = slot.and_then(|block| block.words.get_mut(word)) {
            *slot |= bits;
        }
        let copies = self.blocks.get_mut(block).map(|block| &mut block.copies);
        for slot in copies
            .into_iter()
            .flatten()
            .filter_map(|copy| copy.get_mut(word))
        {
            *slot |= bits;
        }
        if block != 0 && self.coding_scheme() == CodingScheme::ReedSolomon {
            let check = reed_solomon::check_bytes(&self.stored(block));
            if let Some(block) = self.blocks.get_mut(block) {
                block.check = check;
            }
        }
    }

    /// Sets the bits of a field without regard to protection; bits that do not fit are left out.
    pub(super) fn set_field(&mut self, field: &Field, value: u64) {
        let shifted = u128::from(value) << (field.bit % 32);
        for step in 0..3 {
            let word = field.bit / 32 + step;
            let bits = (shifted >> (32 * step)) as u32 & field.mask(word);
            if bits != 0 {
                self.set_raw(field.block, word, bits);
            }
        }
    }

    /// Takes over a block of another bank of the same chip, check bytes included.
    pub(super) fn copy_block(&mut self, block: usize, other: &EfuseBank) {
        if let (Some(to), Some(from)) = (self.blocks.get_mut(block), other.blocks.get(block)) {
            *to = from.clone();
        }
    }

    /// Bits of a stored word that no burn can change any more.
    fn protected_mask(&self, block: usize, word: usize) -> u32 {
        let wr_dis = self.wr_dis();
        let spec = self.table().blocks.get(block);
        if let Some(bit) = spec.and_then(|spec| spec.wr_dis) {
            return if wr_dis >> bit & 1 == 1 { u32::MAX } else { 0 };
        }
        self.mask_of(block, word, |field| {
            field.wr_dis.is_some_and(|bit| wr_dis >> bit & 1 == 1)
        })
    }

    /// Bits of a payload word that software does not see.
    fn hidden_mask(&self, block: usize, word: usize) -> u32 {
        let rd_dis = self.rd_dis();
        let spec = self.table().blocks.get(block);
        if let Some(bit) = spec.and_then(|spec| spec.rd_dis) {
            return if rd_dis >> bit & 1 == 1 { u32::MAX } else { 0 };
        }
        self.mask_of(block, word, |field| {
            field.rd_dis.is_some_and(|bit| rd_dis >> bit & 1 == 1)
        })
    }

    /// Whether software does not see some bits of a block.
    pub(super) fn hides_some(&self, block: usize) -> bool {
        (0..self.block_words(block)).any(|word| self.hidden_mask(block, word) != 0)
    }

    fn mask_of(&self, block: usize, word: usize, wanted: impl Fn(&Field) -> bool) -> u32 {
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

mod faults;
#[cfg(test)]
mod tests;
