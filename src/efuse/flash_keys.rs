//! The key of flash encryption with XTS-AES as the eFuses hold it, and the one key block of the ESP32-C2.

use sha2::{Digest, Sha256};

use super::bank::{BurnOutcome, EfuseBank};
use super::burn_error::BurnError;
use super::key_error::KeyError;
use super::keys::{KeyProtection, check_burn};
use super::purpose::KeyPurpose;
use super::tables::esp32c2::{
    BLOCK_KEY0_HI_128 as UPPER, BLOCK_KEY0_LOW_128 as LOWER, XTS_KEY_LENGTH_256,
};
use crate::chip::{Chip, CipherSpec};

/// Bytes of a key block.
const BLOCK_LEN: usize = 32;
/// Bytes of one half of it.
const HALF_LEN: usize = 16;

/// The key that the flash encryption hardware gets, in the byte order of a key file: the data's half first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XtsKey {
    /// 256 bits for XTS-AES-128.
    Aes128([u8; 32]),
    /// 512 bits for XTS-AES-256.
    Aes256([u8; 64]),
}

impl XtsKey {
    /// The key's bytes: 32 or 64.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            XtsKey::Aes128(key) => key,
            XtsKey::Aes256(key) => key,
        }
    }

    /// The key that the ESP32-C2 derives from 128 bits: SHA-256 of the key file (esptool `espsecure/__init__.py`,
    /// `_load_hardware_key`).
    pub fn derived(key_file: &[u8; 16]) -> Self {
        XtsKey::Aes128(Sha256::digest(key_file).into())
    }

    /// The key from the blocks by purpose, each in register order, which is that of a key file reversed.
    ///
    /// A block of either half makes it a key of 512 bits, whatever else there is; the half without a block is zero. A key
    /// of 256 bits without a block is zero, too: ESP32-S3 technical reference manual, chapter "External Memory Encryption
    /// and Decryption (XTS_AES)", section "Key", table of the key by Key_A, Key_B and Key_C. A chip without XTS-AES-256
    /// knows only Key_C. Inferred: of several blocks with the same purpose the first counts.
    pub(crate) fn from_blocks(
        aes_256: bool,
        block: impl Fn(KeyPurpose) -> Option<[u8; 32]>,
    ) -> Self {
        let part = |purpose| {
            let mut block = block(purpose)?;
            block.reverse();
            Some(block)
        };
        if aes_256 {
            let first = part(KeyPurpose::XtsAes256Key1);
            let second = part(KeyPurpose::XtsAes256Key2);
            if first.is_some() || second.is_some() {
                let mut key = [0; 64];
                key[..32].copy_from_slice(&first.unwrap_or_default());
                key[32..].copy_from_slice(&second.unwrap_or_default());
                return XtsKey::Aes256(key);
            }
        }
        XtsKey::Aes128(part(KeyPurpose::XtsAes128Key).unwrap_or_default())
    }
}

impl EfuseBank {
    /// The key that the flash encryption hardware of a chip with XTS-AES gets from these eFuses, whether or not
    /// encryption is switched on. A missing key, or a missing half of a 512-bit one, counts as zeros.
    ///
    /// The ESP32-C2 takes its whole key block, or without XTS_KEY_LENGTH_256 a key derived from the lower half.
    pub fn flash_xts_key(&self) -> XtsKey {
        if self.chip() == Chip::Esp32C2 {
            return self.shared_flash_key();
        }
        let aes_256 = matches!(
            self.chip().spec().flash_cipher,
            CipherSpec::Xts { aes_256: true, .. }
        );
        XtsKey::from_blocks(aes_256, |purpose| {
            Some(self.key_block(self.key_slot_of(purpose)?))
        })
    }

    /// Why nobody can say which key the flash encryption hardware of a chip with XTS-AES makes of these eFuses, if so: key
    /// blocks that contradict each other, a block whose check bytes are beyond repair, or a key in the block that the
    /// hardware cannot use.
    pub fn flash_key_doubt(&self) -> Option<&'static str> {
        const XTS: [KeyPurpose; 3] = [
            KeyPurpose::XtsAes128Key,
            KeyPurpose::XtsAes256Key1,
            KeyPurpose::XtsAes256Key2,
        ];
        if self.chip() == Chip::Esp32 || self.chip() == Chip::Esp32C2 {
            return None;
        }
        let slots = |purpose: KeyPurpose| {
            (0..self.key_slots()).filter(move |&slot| self.key_purpose(slot) == Some(purpose))
        };
        let used = XTS.map(|purpose| slots(purpose).count());
        let faulty = |slot: usize| {
            let slots = self.table().key_slots;
            slots.get(slot).is_none_or(|slot| !slot.xts)
        };
        let broken = |slot: usize| {
            let block = self.table().key_slots.get(slot).map(|slot| slot.key.block);
            block.is_some_and(|block| self.block_errors(block).failed)
        };
        if used.iter().any(|&count| count > 1) {
            Some("two key blocks have the same purpose for flash encryption")
        } else if used[0] > 0 && used[1] + used[2] > 0 {
            Some("there are keys for XTS-AES-128 and for XTS-AES-256")
        } else if XTS.into_iter().flat_map(slots).any(faulty) {
            Some("a flash encryption key lies in a block that the hardware cannot use for one")
        } else if XTS.into_iter().flat_map(slots).any(broken) {
            Some("the check bytes of a flash encryption key are beyond repair")
        } else {
            None
        }
    }

    fn shared_flash_key(&self) -> XtsKey {
        let mut block = self.payload(LOWER.block);
        if self.get(&XTS_KEY_LENGTH_256) == 1 {
            block.reverse();
            return XtsKey::Aes128(block);
        }
        let mut half: [u8; HALF_LEN] = std::array::from_fn(|i| block[i]);
        half.reverse();
        XtsKey::derived(&half)
    }

    /// Burns a key into the ESP32-C2's one key block: a flash key of 32 bytes into the whole, one of 16 bytes into the
    /// lower half, a digest of 16 bytes (of 32 the first 16) into the upper half. On an error nothing is burned.
    ///
    /// The check bytes cover the whole block, so the halves can only be burned together: see
    /// [`EfuseBank::burn_shared_keys`].
    pub(super) fn burn_shared_key(
        &mut self,
        slot: usize,
        purpose: KeyPurpose,
        key_file: &[u8],
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        let (chip, slots) = (self.chip(), 1);
        if slot != 0 {
            return Err(KeyError::NoSlot { chip, slot, slots });
        }
        self.burn_shared_keys(&[(purpose, key_file)], protection)
    }

    /// Burns what belongs into the ESP32-C2's one key block in one operation, as `espefuse burn-key` does with one or two
    /// keys: a flash key of 128 bits and a digest share the block. On an error nothing is burned.
    ///
    /// # Errors
    /// Where the chip is another, a length or a combination is wrong, the block is in use or protected.
    pub fn burn_shared_keys(
        &mut self,
        keys: &[(KeyPurpose, &[u8])],
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        let chip = self.chip();
        if chip != Chip::Esp32C2 {
            let what = "a shared key block";
            return Err(KeyError::OtherChip { chip, what });
        }
        let mut payload = [0; BLOCK_LEN];
        let mut taken = [false; BLOCK_LEN];
        let name = "BLOCK_KEY0";
        let now = self.get_software_shared();
        for &(purpose, key_file) in keys {
            let (place, bytes) = self.shared_part(purpose, key_file)?;
            if taken[place.clone()].contains(&true) {
                return Err(KeyError::SlotInUse { name, purpose });
            }
            taken[place.clone()].fill(true);
            // What is burned already is left out.
            if now[place.clone()] != bytes {
                payload[place].copy_from_slice(&bytes);
            }
        }
        let mut next = self.clone();
        if payload != [0; BLOCK_LEN] {
            next.burn_shared_block(&payload)?;
        }
        for (purpose, _) in keys {
            next.settle_shared_key(*purpose, protection)?;
        }
        *self = next;
        Ok(())
    }

    /// The key block as software reads it.
    fn get_software_shared(&self) -> [u8; BLOCK_LEN] {
        let mut bytes = [0; BLOCK_LEN];
        bytes[..HALF_LEN].copy_from_slice(&self.get_software_bytes(&LOWER));
        bytes[HALF_LEN..].copy_from_slice(&self.get_software_bytes(&UPPER));
        bytes
    }

    fn burn_shared_block(&mut self, payload: &[u8; BLOCK_LEN]) -> Result<(), KeyError> {
        let name = "BLOCK_KEY0";
        if self.hides_some(LOWER.block) {
            return Err(BurnError::Hidden { name }.into());
        }
        let purpose = self.shared_purpose();
        match self.burn_payload(LOWER.block, payload) {
            Some(outcome) => check_burn(outcome, &LOWER),
            None => Err(KeyError::SlotInUse { name, purpose }),
        }
    }

    /// The bytes of the block that a key takes, and what they become.
    fn shared_part(
        &self,
        purpose: KeyPurpose,
        key_file: &[u8],
    ) -> Result<(std::ops::Range<usize>, Vec<u8>), KeyError> {
        let chip = self.chip();
        let place = match purpose {
            KeyPurpose::User | KeyPurpose::XtsAes128Key => 0..BLOCK_LEN,
            KeyPurpose::XtsAes128DerivedKey => 0..HALF_LEN,
            KeyPurpose::SecureBootDigest => HALF_LEN..BLOCK_LEN,
            _ => return Err(KeyError::Purpose { chip, purpose }),
        };
        let mut bytes = key_file.to_vec();
        if purpose == KeyPurpose::SecureBootDigest && bytes.len() == BLOCK_LEN {
            bytes.truncate(HALF_LEN);
        }
        if bytes.len() != place.len() {
            return Err(KeyError::PurposeLength {
                chip,
                purpose,
                got: key_file.len(),
                wanted: place.len(),
            });
        }
        if purpose.is_reversed() {
            bytes.reverse();
        }
        Ok((place, bytes))
    }

    /// The length bit and the protections of a key that was burned.
    fn settle_shared_key(
        &mut self,
        purpose: KeyPurpose,
        protection: KeyProtection,
    ) -> Result<(), KeyError> {
        if purpose == KeyPurpose::XtsAes128Key {
            let outcome = self.burn(&XTS_KEY_LENGTH_256, 1);
            check_burn(
                outcome.unwrap_or(BurnOutcome::Protected),
                &XTS_KEY_LENGTH_256,
            )?;
        }
        let table = self.table();
        if protection.read && purpose.is_secret() {
            check_burn(self.read_protect(&LOWER), &table.rd_dis)?;
            if purpose == KeyPurpose::XtsAes128Key {
                check_burn(self.read_protect(&UPPER), &table.rd_dis)?;
            }
        }
        if protection.write {
            check_burn(self.write_protect(&LOWER), &table.wr_dis)?;
        }
        Ok(())
    }

    /// What the ESP32-C2's key block is for, as far as the other fields tell.
    fn shared_purpose(&self) -> KeyPurpose {
        if self.get(&XTS_KEY_LENGTH_256) == 1 {
            return KeyPurpose::XtsAes128Key;
        }
        let block = self.payload(LOWER.block);
        match block.split_at(HALF_LEN) {
            (low, _) if low.iter().any(|&byte| byte != 0) => KeyPurpose::XtsAes128DerivedKey,
            _ => KeyPurpose::SecureBootDigest,
        }
    }
}

#[cfg(test)]
mod tests;
