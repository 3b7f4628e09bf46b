//! Key blocks and their purposes: what the chips from the ESP32-S2 on use in place of fixed key blocks.

use super::bank::EfuseBank;

/// What the hardware may use a key block for (ESP-IDF `components/efuse/esp32s3/include/esp_efuse_chip.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Software only.
    User,
    /// ECDSA accelerator (reserved on chips without one).
    Ecdsa,
    /// First half of the flash key of XTS-AES-256.
    XtsAes256Key1,
    /// Second half of the flash key of XTS-AES-256.
    XtsAes256Key2,
    /// Flash key of XTS-AES-128.
    XtsAes128Key,
    /// HMAC in downstream mode, for JTAG and digital signature.
    HmacDownAll,
    /// HMAC in downstream mode, to switch JTAG on again.
    HmacDownJtag,
    /// HMAC in downstream mode, for the digital signature peripheral.
    HmacDownDigitalSignature,
    /// HMAC in upstream mode, for software.
    HmacUp,
    /// Digest of the first public key of secure boot v2.
    SecureBootDigest0,
    /// Digest of the second public key of secure boot v2.
    SecureBootDigest1,
    /// Digest of the third public key of secure boot v2.
    SecureBootDigest2,
    /// A code without a meaning on this chip.
    Other(u8),
}

impl EfuseBank {
    /// Number of key blocks with a purpose; 0 on the ESP32.
    pub fn key_slots(&self) -> usize {
        0
    }

    /// What key block `slot` (0 is KEY0) is for.
    pub fn key_purpose(&self, _slot: usize) -> Option<KeyPurpose> {
        None
    }

    /// The 32 bytes of key block `slot` as the hardware holds them, in register order: read protection ignored.
    pub fn key_block(&self, _slot: usize) -> [u8; 32] {
        [0; 32]
    }

    /// The first key block with this purpose.
    pub fn key_slot_of(&self, purpose: KeyPurpose) -> Option<usize> {
        (0..self.key_slots()).find(|&slot| self.key_purpose(slot) == Some(purpose))
    }
}
