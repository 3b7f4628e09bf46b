//! A chip's eFuse blocks: burning, protection, reading as software and as hardware. (SKELETON)

use crate::chip::{Chip, ChipRevision};

/// The eFuses of one chip, as the hardware holds them (before any coding scheme is decoded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseBank {
    chip: Chip,
    blocks: Vec<Vec<u32>>,
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
        EfuseBank {
            chip,
            blocks: vec![vec![0; 7], vec![0; 8], vec![0; 8], vec![0; 8]],
        }
    }

    /// A bank as it leaves the factory: MAC with CRC and chip revision burned, nothing else.
    pub fn factory(_chip: Chip, _revision: ChipRevision, _mac: [u8; 6]) -> Self {
        todo!()
    }

    /// The chip.
    pub fn chip(&self) -> Chip {
        self.chip
    }

    /// The chip revision that the eFuses tell (ESP32: with the APB_CTRL_DATE bit that belongs to it).
    pub fn revision(&self) -> ChipRevision {
        todo!()
    }

    /// Word `word` of block `block` as software reads it from the controller's read registers: zero where the block is
    /// read-protected, payload words where a coding scheme applies.
    pub fn software_word(&self, _block: usize, _word: usize) -> u32 {
        todo!()
    }

    /// Word `word` of block `block` as the bits are, protection and coding ignored.
    pub fn hardware_word(&self, block: usize, word: usize) -> u32 {
        self.blocks[block][word]
    }

    /// Burns `bits` into word `word` of `block` with the chip's rules: only sets bits, and write-protected bits stay.
    pub fn burn_word(&mut self, _block: usize, _word: usize, _bits: u32) -> BurnOutcome {
        todo!()
    }

    /// Burns a whole block in one programming operation (protection as it was before the operation).
    pub fn burn_block(&mut self, _block: usize, _words: &[u32]) -> BurnOutcome {
        todo!()
    }
}
