//! Which public keys a chip trusts: the digests in its eFuses.

use super::chips;
use crate::chip::{Chip, ChipRevision};
use crate::efuse::{EfuseBank, KeyPurpose};

/// eFuses that do not say which keys are trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The chip has no secure boot v2.
    #[error("{chip} has no secure boot v2 that ESP-IDF supports")]
    Chip {
        /// The chip.
        chip: Chip,
    },
    /// The chip's revision has no secure boot v2.
    #[error("{chip} {revision} has no secure boot v2; it came with v3.0")]
    Revision {
        /// The chip.
        chip: Chip,
        /// The revision.
        revision: ChipRevision,
    },
    /// A field that tells is in no table.
    #[error("eFuse field {name} of {chip} is not modelled")]
    Unknown {
        /// The chip.
        chip: Chip,
        /// Name of the field.
        name: String,
    },
}

/// One place for the digest of a public key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DigestSlot {
    /// The digest, of as many bytes as count; `None` where there is none.
    pub digest: Option<Vec<u8>>,
    /// Its KEY_REVOKE bit is burned.
    pub revoked: bool,
}

/// What the eFuses say of secure boot v2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKeys {
    /// Secure boot v2 is switched on.
    pub enabled: bool,
    /// A key of which a signature fails is revoked at once.
    pub aggressive: bool,
    /// P-384 with SHA-384 is chosen in place of the other schemes (ESP32-C5).
    pub sha_384: bool,
    /// The digests.
    pub slots: Vec<DigestSlot>,
}

impl TrustedKeys {
    /// Reads them as the chip's software does: what is read-protected counts as zeros.
    ///
    /// ESP32: block 2, whole. ESP32-C2: the upper half of its key block. The other chips: the first key block of each of
    /// the purposes SECURE_BOOT_DIGEST0 to 2.
    ///
    /// # Errors
    /// Where the chip has no secure boot v2, or its eFuses are not modelled.
    pub fn of(efuses: &EfuseBank) -> Result<Self, TrustError> {
        let chip = efuses.chip();
        let spec = chips::supported(chip).ok_or(TrustError::Chip { chip })?;
        match chip {
            Chip::Esp32 => esp32(efuses),
            Chip::Esp32C2 => Ok(TrustedKeys {
                enabled: bit(efuses, "SECURE_BOOT_EN")?,
                aggressive: false,
                sha_384: false,
                slots: vec![DigestSlot {
                    // Its lower half may hold the key of flash encryption (ESP-IDF
                    // `components/efuse/esp32c2/esp_efuse_table.csv`, `KEY0.SB_128BIT`).
                    digest: Some(software_bytes(efuses, 3).split_off(spec.digest_len)),
                    revoked: false,
                }],
            }),
            _ => later(efuses, spec.slots),
        }
    }

    /// The slots that hold a digest and are not revoked.
    pub fn usable(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(number, slot)| match (&slot.digest, slot.revoked) {
            (Some(digest), false) => Some((number, digest.as_slice())),
            _ => None,
        })
    }
}

const PURPOSES: [KeyPurpose; 3] = [
    KeyPurpose::SecureBootDigest0,
    KeyPurpose::SecureBootDigest1,
    KeyPurpose::SecureBootDigest2,
];

fn esp32(efuses: &EfuseBank) -> Result<TrustedKeys, TrustError> {
    let enabled = bit(efuses, "ABS_DONE_1")?;
    let (chip, revision) = (efuses.chip(), efuses.revision());
    if revision.major < 3 {
        return Err(TrustError::Revision { chip, revision });
    }
    Ok(TrustedKeys {
        enabled,
        aggressive: false,
        sha_384: false,
        slots: vec![DigestSlot {
            digest: Some(software_bytes(efuses, 2)),
            revoked: false,
        }],
    })
}

fn later(efuses: &EfuseBank, slots: usize) -> Result<TrustedKeys, TrustError> {
    let mut read = Vec::new();
    for (number, purpose) in PURPOSES.into_iter().take(slots).enumerate() {
        let field = efuses.key_slot_of(purpose);
        let field = field.and_then(|slot| efuses.key_field(slot));
        read.push(DigestSlot {
            digest: field.map(|field| software_bytes(efuses, field.block)),
            revoked: bit(efuses, &format!("SECURE_BOOT_KEY_REVOKE{number}"))?,
        });
    }
    Ok(TrustedKeys {
        enabled: bit(efuses, "SECURE_BOOT_EN")?,
        aggressive: bit(efuses, "SECURE_BOOT_AGGRESSIVE_REVOKE")?,
        // Few chips have it.
        sha_384: bit(efuses, "SECURE_BOOT_SHA384_EN").unwrap_or(false),
        slots: read,
    })
}

fn bit(efuses: &EfuseBank, name: &str) -> Result<bool, TrustError> {
    match efuses.field(name) {
        Ok(field) => Ok(efuses.get(field) != 0),
        Err(_) => Err(TrustError::Unknown {
            chip: efuses.chip(),
            name: name.to_owned(),
        }),
    }
}

fn software_bytes(efuses: &EfuseBank, block: usize) -> Vec<u8> {
    let words = efuses.software_block(block).into_iter();
    words.flat_map(u32::to_le_bytes).collect()
}
