//! What an attacker can carry away: the eFuses as far as software can read them.

use super::bank::EfuseBank;

impl EfuseBank {
    /// The eFuses of a chip that got everything that software can read of this one: hidden blocks and fields are blank.
    pub fn readable_part(&self) -> EfuseBank {
        let mut bank = EfuseBank::blank(self.chip());
        bank.set_apb_ctrl_date_bit31(self.apb_ctrl_date_bit31());
        for block in 0..self.block_count() {
            let count = self.block_words(block);
            let seen = |word| self.software_word(block, word);
            let hidden = (0..count).any(|word| seen(word) != self.payload_word(block, word));
            if block != 0 && !hidden {
                // With its check bits.
                bank.copy_block(block, self);
                continue;
            }
            for word in 0..count {
                bank.set_raw(block, word, seen(word));
            }
        }
        bank
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Chip, ChipRevision};
    use crate::efuse::EncryptionMode;

    #[test]
    fn hidden_keys_stay_behind() {
        for (chip, major) in [(Chip::Esp32, 3), (Chip::Esp32C3, 0), (Chip::Esp32S3, 0)] {
            let mac = [0x24, 0x0A, 0xC4, 1, 2, 3];
            let mut bank = EfuseBank::factory(chip, ChipRevision::new(major, 1), mac);
            assert_eq!(bank.readable_part(), bank);
            bank.burn_encryption_mode(EncryptionMode::Release, &[7; 32])
                .unwrap();
            let seen = bank.readable_part();
            assert!(seen.flash_key_bytes().iter().all(|&byte| byte == 0));
            assert!(seen.flash_encryption_enabled() && seen.coding_errors().is_empty());
            assert_eq!((seen.mac(), seen.revision()), (mac, bank.revision()));
            assert_eq!(seen.wr_dis(), bank.wr_dis());
        }
    }

    #[test]
    fn readable_keys_come_along_with_their_code() {
        let mut bank = EfuseBank::blank(Chip::Esp32);
        bank.burn(bank.field("CODING_SCHEME").unwrap(), 1).unwrap();
        bank.burn_flash_key(&[9; 24]).unwrap();
        assert_eq!(bank.readable_part(), bank);
    }
}
