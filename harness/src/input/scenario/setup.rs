//! The eFuses of a chip as a scenario describes them, burned.

use cloneproof::efuse::EfuseBank;

use super::secure_boot::SecureBoot;

/// How the flash encryption of a chip is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// As the factory made it: encryption off.
    None,
    /// Encryption on, everything else still open: what ESP-IDF's development mode burns.
    Development,
    /// Encryption on for good, all doors closed: what ESP-IDF's release mode burns.
    Release,
}

impl Preset {
    /// The name in scenario files.
    pub const fn name(self) -> &'static str {
        match self {
            Preset::None => "none",
            Preset::Development => "development",
            Preset::Release => "release",
        }
    }
}

/// The eFuses of a chip as a scenario describes them, burned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfuseSetup {
    /// The burned bank.
    pub bank: EfuseBank,
    /// The flash encryption key as a key file holds it, where one was burned.
    pub key: Option<Vec<u8>>,
    /// What was asked for.
    pub preset: Preset,
    /// Secure boot, where it is on.
    pub secure_boot: Option<SecureBoot>,
}
