//! What the chips' secure boot v2 can do.
//!
//! Schemes and slots: ESP-IDF `components/soc/<chip>/include/soc/soc_caps.h` (`SOC_SECURE_BOOT_V2_RSA` and `_ECC`,
//! `SOC_EFUSE_SECURE_BOOT_KEY_DIGESTS`). What ROM checks: code of the mask-ROM ELFs (espflash 4.7.0, `resources/roms`) of
//! the ESP32 rev 300, C2 rev 100, C3 rev 300, C5 rev 100 and C6 rev 0. Inferred for the others: as the C3 where RSA is
//! all, else as the C6.

use crate::chip::Chip;
use crate::secure_boot::Scheme;

/// What one chip's secure boot v2 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecureBootSpec {
    /// The schemes that ROM verifies.
    pub schemes: &'static [Scheme],
    /// Blocks of the sector that ROM tries.
    pub blocks: usize,
    /// Digests of public keys that the eFuses hold.
    pub slots: usize,
    /// Bytes of a public key's digest that count.
    pub digest_len: usize,
    /// ROM looks at the version of a block; where it does not, it takes every block for RSA.
    pub checks_version: bool,
    /// ROM refuses at once, and says so, where no digest is trusted.
    pub needs_digest: bool,
}

use Scheme::{Ecdsa192, Ecdsa256, Ecdsa384, Rsa3072};

const RSA: SecureBootSpec = SecureBootSpec {
    schemes: &[Rsa3072],
    blocks: 3,
    slots: 3,
    digest_len: 32,
    checks_version: false,
    needs_digest: true,
};
const BOTH: SecureBootSpec = SecureBootSpec {
    schemes: &[Rsa3072, Ecdsa192, Ecdsa256],
    checks_version: true,
    ..RSA
};
const ESP32: SecureBootSpec = SecureBootSpec {
    slots: 1,
    needs_digest: false,
    ..RSA
};
const ESP32C2: SecureBootSpec = SecureBootSpec {
    schemes: &[Ecdsa192, Ecdsa256],
    blocks: 1,
    slots: 1,
    digest_len: 16,
    ..BOTH
};
const ESP32C5: SecureBootSpec = SecureBootSpec {
    schemes: &[Rsa3072, Ecdsa192, Ecdsa256, Ecdsa384],
    ..BOTH
};
const ESP32C61: SecureBootSpec = SecureBootSpec {
    schemes: &[Ecdsa192, Ecdsa256],
    ..BOTH
};
const ESP32S31: SecureBootSpec = SecureBootSpec {
    schemes: &[Rsa3072],
    ..BOTH
};

/// The chip's secure boot v2; `None` where ESP-IDF does not support it (`SOC_SECURE_BOOT_SUPPORTED`).
pub fn supported(chip: Chip) -> Option<&'static SecureBootSpec> {
    match chip {
        Chip::Esp32 => Some(&ESP32),
        Chip::Esp32S2 | Chip::Esp32S3 | Chip::Esp32C3 | Chip::Esp32H21 => Some(&RSA),
        Chip::Esp32C6 | Chip::Esp32H2 | Chip::Esp32P4 => Some(&BOTH),
        Chip::Esp32C2 => Some(&ESP32C2),
        Chip::Esp32C5 => Some(&ESP32C5),
        Chip::Esp32C61 => Some(&ESP32C61),
        Chip::Esp32S31 => Some(&ESP32S31),
        Chip::Esp32H4 => None,
    }
}
