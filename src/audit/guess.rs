//! Flash encryption keys that anybody can guess.

use std::fmt;

use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash_cipher::xts_halves_equal;

/// What is weak about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// No key was burned: all bits are zero.
    Blank,
    /// One byte, again and again.
    Repeated(u8),
    /// Every byte is one more, or one less, than the one before.
    Counting,
    /// The halves of an XTS key are equal.
    EqualHalves,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weakness::Blank => f.write_str("no key was burned: the cipher works with zeros"),
            Weakness::Repeated(byte) => {
                write!(f, "the key is the byte {byte:#04x} again and again")
            }
            Weakness::Counting => f.write_str("the bytes of the key count up or down"),
            Weakness::EqualHalves => {
                f.write_str("the halves of the key are equal, which takes the tweak's secret away")
            }
        }
    }
}

/// What is weak about the flash encryption key, if something is. Of a key that is unknown nothing can be said: zeros that
/// stand in place of a hidden key are not the key.
pub(super) fn weakness(bank: &EfuseBank) -> Option<Weakness> {
    if bank.flash_key_is_unseen() {
        return None;
    }
    // What the hardware extends a shorter key with, says nothing about the key.
    let key = own_bytes(bank);
    let step = |step: u8| {
        key.windows(2)
            .all(|pair| pair[1] == pair[0].wrapping_add(step))
    };
    let xts = bank.chip() != Chip::Esp32;
    match key.first() {
        None => Some(Weakness::Blank),
        Some(0) if step(0) => Some(Weakness::Blank),
        Some(&byte) if step(0) => Some(Weakness::Repeated(byte)),
        _ if step(1) || step(u8::MAX) => Some(Weakness::Counting),
        _ if xts && xts_halves_equal(&key) => Some(Weakness::EqualHalves),
        _ => None,
    }
}

/// The bytes that were burned, in the order of a key file: 24 with 3/4 coding, 32, or 64.
fn own_bytes(bank: &EfuseBank) -> Vec<u8> {
    let mut key = bank.flash_key_bytes();
    if bank.chip() == Chip::Esp32 {
        key.truncate(bank.coding_scheme().payload_len());
    }
    key
}

/// The key file that an attacker would try, where the flash encryption key is one that can be guessed; empty where no key
/// was burned.
pub fn guessed_key(bank: &EfuseBank) -> Option<Vec<u8>> {
    match weakness(bank)? {
        Weakness::Blank => Some(Vec::new()),
        Weakness::Repeated(_) | Weakness::Counting => Some(own_bytes(bank)),
        Weakness::EqualHalves => None,
    }
}
