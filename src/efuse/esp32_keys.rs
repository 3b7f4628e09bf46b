//! Keys of the first ESP32, whose blocks have their purpose for good.

use super::bank::EfuseBank;
use super::burn_error::BurnError;
use super::coding::{CODED_LEN, CodingScheme};
use super::field::Field;
use super::key_error::KeyError;
use super::keys::{KeyProtection, check_burn};
use super::purpose::KeyPurpose;
use super::tables::esp32::{BLOCK1, BLOCK2, CUSTOM_MAC};

/// Fields that have the protection of blocks 1 to 3.
const PLACES: [Field; 3] = [BLOCK1, BLOCK2, CUSTOM_MAC];

impl EfuseBank {
    /// Burns a key into block 1, 2 or 3 as `espefuse burn-key` does; coding applied. On an error nothing is burned.
    pub(super) fn burn_esp32_key(
        &mut self,
        block: usize,
        purpose: KeyPurpose,
        key_file: &[u8],
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        let (chip, scheme) = (self.chip(), self.coding_scheme());
        let places = match purpose {
            KeyPurpose::User => 1..4,
            KeyPurpose::FlashEncryption => 1..2,
            KeyPurpose::SecureBootV1 | KeyPurpose::SecureBootV2 => 2..3,
            _ => return Err(KeyError::Purpose { chip, purpose }),
        };
        if !places.contains(&block) {
            return Err(KeyError::Esp32Block { block, purpose });
        }
        if scheme == CodingScheme::Repeat {
            return Err(KeyError::Scheme { scheme });
        }
        let (got, wanted) = (key_file.len(), scheme.payload_len());
        if got != wanted {
            return Err(KeyError::PurposeLength {
                chip,
                purpose,
                got,
                wanted,
            });
        }
        let mut payload = [0; CODED_LEN];
        payload[..got].copy_from_slice(key_file);
        if purpose.is_reversed() {
            payload[..got].reverse();
        }
        let mut next = self.clone();
        next.burn_over(block, &payload)?;
        let (place, table) = (&PLACES[block - 1], self.table());
        if protection.read {
            check_burn(next.read_protect(place), &table.rd_dis)?;
        }
        if protection.write {
            check_burn(next.write_protect(place), &table.wr_dis)?;
        }
        *self = next;
        Ok(())
    }

    /// Burns a whole block; what is set already must be in the new contents too.
    fn burn_over(&mut self, block: usize, payload: &[u8; CODED_LEN]) -> Result<(), BurnError> {
        let name = self.block_name(block);
        let now = self.payload(block);
        if self.hides_some(block) {
            return Err(BurnError::Hidden { name });
        }
        let cleared = |(old, new): (&u8, &u8)| old & !new != 0;
        let same = payload.iter().zip(&now).all(|(new, old)| new & !old == 0);
        if same {
            return Ok(());
        }
        if now.iter().zip(payload).any(cleared) {
            let now = now.to_vec();
            return Err(BurnError::Clears { name, now });
        }
        self.burn_checked(block, payload)
    }
}
