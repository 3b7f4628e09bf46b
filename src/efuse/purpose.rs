//! What a key block is for.

use std::fmt;
use std::str::FromStr;

/// What the hardware may use a key block for (ESP-IDF `components/efuse/esp32s3/include/esp_efuse_chip.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// Software only.
    User,
    /// Flash key of the first ESP32, in its block 1.
    FlashEncryption,
    /// Secure boot v1 of the first ESP32: the key in its block 2.
    SecureBootV1,
    /// Secure boot v2 of the first ESP32: the digest of the public key in its block 2.
    SecureBootV2,
    /// ECDSA accelerator, curve P-256 (older ones: any curve; reserved on chips without one).
    Ecdsa,
    /// ECDSA accelerator, curve P-192.
    EcdsaP192,
    /// ECDSA accelerator, curve P-384, lower half.
    EcdsaP384Low,
    /// ECDSA accelerator, curve P-384, upper half.
    EcdsaP384High,
    /// First half of the flash key of XTS-AES-256.
    XtsAes256Key1,
    /// Second half of the flash key of XTS-AES-256.
    XtsAes256Key2,
    /// Flash key of XTS-AES-128.
    XtsAes128Key,
    /// 128 bits from which the ESP32-C2 derives its flash key.
    XtsAes128DerivedKey,
    /// First half of the PSRAM key of XTS-AES-256.
    XtsAes256PsramKey1,
    /// Second half of the PSRAM key of XTS-AES-256.
    XtsAes256PsramKey2,
    /// PSRAM key of XTS-AES-128.
    XtsAes128PsramKey,
    /// Initial key of the Key Manager.
    KmInitKey,
    /// Digest of the key of the debug controller SDC.
    SdcKeyDigest,
    /// Digest of the one public key of secure boot v2 on the ESP32-C2, 128 bits.
    SecureBootDigest,
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

/// The purposes by the names that espefuse gives them (esptool `espefuse/efuse/<chip>/fields.py`).
pub(super) const NAMES: [(KeyPurpose, &str); 25] = [
    (KeyPurpose::User, "USER"),
    (KeyPurpose::FlashEncryption, "FLASH_ENCRYPTION"),
    (KeyPurpose::SecureBootV1, "SECURE_BOOT_V1"),
    (KeyPurpose::SecureBootV2, "SECURE_BOOT_V2"),
    (KeyPurpose::Ecdsa, "ECDSA_KEY"),
    (KeyPurpose::EcdsaP192, "ECDSA_KEY_P192"),
    (KeyPurpose::EcdsaP384Low, "ECDSA_KEY_P384_L"),
    (KeyPurpose::EcdsaP384High, "ECDSA_KEY_P384_H"),
    (KeyPurpose::XtsAes256Key1, "XTS_AES_256_KEY_1"),
    (KeyPurpose::XtsAes256Key2, "XTS_AES_256_KEY_2"),
    (KeyPurpose::XtsAes128Key, "XTS_AES_128_KEY"),
    (
        KeyPurpose::XtsAes128DerivedKey,
        "XTS_AES_128_KEY_DERIVED_FROM_128_EFUSE_BITS",
    ),
    (KeyPurpose::XtsAes256PsramKey1, "XTS_AES_256_PSRAM_KEY_1"),
    (KeyPurpose::XtsAes256PsramKey2, "XTS_AES_256_PSRAM_KEY_2"),
    (KeyPurpose::XtsAes128PsramKey, "XTS_AES_128_PSRAM_KEY"),
    (KeyPurpose::HmacDownAll, "HMAC_DOWN_ALL"),
    (KeyPurpose::HmacDownJtag, "HMAC_DOWN_JTAG"),
    (
        KeyPurpose::HmacDownDigitalSignature,
        "HMAC_DOWN_DIGITAL_SIGNATURE",
    ),
    (KeyPurpose::HmacUp, "HMAC_UP"),
    (KeyPurpose::SecureBootDigest0, "SECURE_BOOT_DIGEST0"),
    (KeyPurpose::SecureBootDigest1, "SECURE_BOOT_DIGEST1"),
    (KeyPurpose::SecureBootDigest2, "SECURE_BOOT_DIGEST2"),
    (KeyPurpose::SecureBootDigest, "SECURE_BOOT_DIGEST"),
    (KeyPurpose::KmInitKey, "KM_INIT_KEY"),
    (KeyPurpose::SdcKeyDigest, "SDC_KEY_DIGEST"),
];
/// What the names of codes begin with that a chip leaves to its users.
const CUSTOM: &str = "CUSTOM_";
/// Another name of [`KeyPurpose::Ecdsa`].
const ECDSA_P256: &str = "ECDSA_KEY_P256";

impl KeyPurpose {
    /// Whether a key of this purpose belongs to flash encryption.
    pub fn is_xts(self) -> bool {
        matches!(
            self,
            KeyPurpose::XtsAes256Key1
                | KeyPurpose::XtsAes256Key2
                | KeyPurpose::XtsAes128Key
                | KeyPurpose::XtsAes128DerivedKey
        )
    }

    /// Whether a key file is burned with its bytes reversed: the first ESP32's units, and the XTS and ECDSA units of the
    /// others, take the key that way.
    pub fn is_reversed(self) -> bool {
        matches!(self, KeyPurpose::FlashEncryption | KeyPurpose::SecureBootV1)
            || self.is_xts()
            || self.is_ecdsa()
            || matches!(
                self,
                KeyPurpose::XtsAes256PsramKey1
                    | KeyPurpose::XtsAes256PsramKey2
                    | KeyPurpose::XtsAes128PsramKey
            )
    }

    /// Whether a key of this purpose is a private key of the ECDSA accelerator.
    pub fn is_ecdsa(self) -> bool {
        matches!(
            self,
            KeyPurpose::Ecdsa
                | KeyPurpose::EcdsaP192
                | KeyPurpose::EcdsaP384Low
                | KeyPurpose::EcdsaP384High
        )
    }

    /// Whether `espefuse burn-key` hides a key of this purpose from software. Digests of public keys must stay readable:
    /// ROM reads them.
    pub fn is_secret(self) -> bool {
        self.is_reversed()
            || matches!(
                self,
                KeyPurpose::HmacDownAll
                    | KeyPurpose::HmacDownJtag
                    | KeyPurpose::HmacDownDigitalSignature
                    | KeyPurpose::HmacUp
                    | KeyPurpose::KmInitKey
                    | KeyPurpose::SdcKeyDigest
            )
    }

    /// Whether the hardware, or ROM, looks for the one key block with this purpose.
    pub(super) fn is_unique(self) -> bool {
        self.is_xts()
            || matches!(
                self,
                KeyPurpose::SecureBootDigest0
                    | KeyPurpose::SecureBootDigest1
                    | KeyPurpose::SecureBootDigest2
            )
    }
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(purpose, _)| purpose == self) {
            Some((_, name)) => f.pad(name),
            None => match self {
                KeyPurpose::Other(code) => f.pad(&format!("{CUSTOM}{code}")),
                _ => f.pad("RESERVED"),
            },
        }
    }
}

/// A name that is no key purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown key purpose \"{name}\"; known are {}", NAMES.map(|(_, name)| name).join(", "))]
pub struct UnknownPurpose {
    /// The name as given.
    pub name: String,
}

impl FromStr for KeyPurpose {
    type Err = UnknownPurpose;

    /// Reads a name as espefuse writes it, upper or lower case, `-` for `_`; `CUSTOM_n` is [`KeyPurpose::Other`].
    fn from_str(name: &str) -> Result<Self, UnknownPurpose> {
        let wanted = name.replace('-', "_").to_ascii_uppercase();
        if wanted == ECDSA_P256 {
            return Ok(KeyPurpose::Ecdsa);
        }
        let code = wanted.strip_prefix(CUSTOM).and_then(|n| n.parse().ok());
        if let Some(code) = code {
            return Ok(KeyPurpose::Other(code));
        }
        NAMES
            .iter()
            .find(|(_, name)| *name == wanted)
            .map(|(purpose, _)| *purpose)
            .ok_or_else(|| UnknownPurpose {
                name: name.to_owned(),
            })
    }
}
