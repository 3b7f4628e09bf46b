//! The file behind QEMU's eFuse drive: the stored words of every block, little-endian, one block after the other.
//!
//! Source: the fork's `include/hw/nvram/esp32_efuse.h` and `esp_efuse.h`; 124 bytes on the ESP32, else 1024, of which the
//! fork uses the blocks alone.

use cloneproof::efuse::{EfuseBank, EfuseFormat};

/// Block that holds the protections: burned last, so that they do not keep the others from being burned.
const PROTECTIONS: usize = 0;

/// The eFuses as the hardware holds them.
pub fn to_bytes(efuses: &EfuseBank) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..efuses.block_count())
        .flat_map(|block| (0..efuses.block_words(block)).map(move |word| (block, word)))
        .flat_map(|(block, word)| efuses.hardware_word(block, word).to_le_bytes())
        .collect();
    bytes.resize(EfuseFormat::Qemu.len(efuses.chip()), 0);
    bytes
}

/// The eFuses in such a file, on a chip that otherwise is `like`; nothing if the size is not right.
pub fn from_bytes(bytes: &[u8], like: &EfuseBank) -> Option<EfuseBank> {
    if bytes.len() != EfuseFormat::Qemu.len(like.chip()) {
        return None;
    }
    let words: Vec<u32> = bytes
        .chunks(4)
        .map(|word| word.try_into().map(u32::from_le_bytes))
        .collect::<Result<_, _>>()
        .ok()?;
    let mut rest = words.as_slice();
    let mut blocks = Vec::new();
    for block in 0..like.block_count() {
        let (words, after) = rest.split_at_checked(like.block_words(block))?;
        blocks.push((block, words));
        rest = after;
    }
    let mut bank = EfuseBank::blank(like.chip());
    bank.set_apb_ctrl_date_bit31(like.apb_ctrl_date_bit31());
    blocks.sort_by_key(|(block, _)| *block == PROTECTIONS);
    for (block, words) in blocks {
        bank.burn_block(block, words);
    }
    Some(bank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloneproof::chip::{Chip, ChipRevision};

    #[test]
    fn a_factory_chip_is_the_file_that_the_fork_starts_with() {
        // MAC aside, the fork's documentation gives byte 13 = 0x80 and byte 22 = 0x10 for revision 3.
        let bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [2, 0, 0, 0, 0, 1]);
        let bytes = to_bytes(&bank);
        assert_eq!(bytes.len(), 124);
        assert_eq!((bytes[13], bytes[22]), (0x80, 0x10));
        assert_eq!(from_bytes(&bytes, &bank), Some(bank));
    }

    #[test]
    fn every_bit_survives_whatever_is_protected() {
        let mut state = 1_u32;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(124)
        .collect();
        let blank = EfuseBank::blank(Chip::Esp32);
        for fill in [bytes, vec![0xff; 124], vec![0; 124]] {
            let bank = from_bytes(&fill, &blank).unwrap();
            assert_eq!(to_bytes(&bank), fill);
        }
    }

    #[test]
    fn later_chips_have_the_blocks_at_the_start_of_1024_bytes() {
        for chip in [Chip::Esp32C3, Chip::Esp32S3] {
            let mut bank = EfuseBank::blank(chip);
            bank.burn_block(4, &[0x0403_0201]);
            let bytes = to_bytes(&bank);
            assert_eq!(bytes.len(), 1024);
            // The fork's esp_efuse.h: two blocks of 6 words and two of 8 before KEY0.
            assert_eq!(bytes[112..116], [1, 2, 3, 4]);
            assert_eq!(from_bytes(&bytes, &bank), Some(bank));
        }
    }

    #[test]
    fn another_size_is_refused() {
        let blank = EfuseBank::blank(Chip::Esp32);
        for size in [0, 1, 120, 123, 125, 128, 1024] {
            assert_eq!(from_bytes(&vec![0; size], &blank), None, "{size}");
        }
    }
}
