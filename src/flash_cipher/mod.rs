//! The ciphers between flash and bus, chosen by the chip and its eFuses.

use crate::efuse::EfuseBank;

/// A keyed flash cipher. (SKELETON)
#[derive(Clone)]
pub struct FlashCipher {}

impl FlashCipher {
    /// The cipher that the hardware uses with these eFuses, whether or not encryption is switched on.
    pub fn from_efuses(_efuses: &EfuseBank) -> Self {
        todo!()
    }

    /// Decrypts `data`, which lies at flash offset `offset`; both multiples of 16 bytes.
    pub fn decrypt(&self, _offset: u32, _data: &mut [u8]) {
        todo!()
    }

    /// Encrypts `data`, which will lie at flash offset `offset`; both multiples of 16 bytes.
    pub fn encrypt(&self, _offset: u32, _data: &mut [u8]) {
        todo!()
    }
}
