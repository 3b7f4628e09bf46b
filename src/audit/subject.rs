//! What is audited: eFuses by field name, and the flash where it is known.

use super::contents::FlashContents;
use crate::efuse::{EfuseBank, Field};

/// A configuration to audit.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The eFuses, as the hardware holds them.
    pub efuses: &'a EfuseBank,
    /// What lies in the flash, if that is known.
    pub flash: Option<&'a FlashContents>,
}

/// First major revision of the ESP32 with secure boot v2 and UART_DOWNLOAD_DIS (ESP-IDF
/// `components/efuse/esp32/esp_efuse_table.csv`, "Valid for ESP32 V3 and newer"; `secure_boot.c`,
/// `chip_supports_sbv2`).
const ESP32_V3: u8 = 3;

impl<'a> Subject<'a> {
    /// eFuses alone.
    pub fn of(efuses: &'a EfuseBank) -> Self {
        Subject {
            efuses,
            flash: None,
        }
    }

    /// The field of this name, if this chip (in its revision) has it.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        if name == "UART_DOWNLOAD_DIS" && self.efuses.revision().major < ESP32_V3 {
            return None;
        }
        self.efuses.field(name).ok()
    }

    /// The value of a field, if the chip has it.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.field(name).map(|field| self.efuses.get(field))
    }

    /// Whether the chip has the field and it is not zero.
    pub fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != 0)
    }

    /// Whether the chip has the field and it is zero.
    pub fn is_open(&self, name: &str) -> bool {
        self.value(name) == Some(0)
    }

    /// Those of these fields that the chip has and that are zero.
    pub fn open<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        let all = names.iter().copied();
        all.filter(|name| self.is_open(name)).collect()
    }

    /// Whether the chip has any of these fields.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.field(name).is_some())
    }

    /// Whether the chip has the field and it can no longer be burned.
    pub fn is_locked(&self, name: &str) -> bool {
        let field = self.field(name);
        field.is_some_and(|field| self.efuses.is_write_protected(field))
    }

    /// Whether flash encryption is on.
    pub fn encrypts(&self) -> bool {
        self.efuses.flash_encryption_enabled()
    }

    /// Whether secure boot v2 is on: ABS_DONE_1 of an ESP32 of revision 3 on, SECURE_BOOT_EN elsewhere.
    pub fn secure_boot_v2(&self) -> bool {
        let esp32 = self.efuses.revision().major >= ESP32_V3 && self.is_set("ABS_DONE_1");
        esp32 || self.is_set("SECURE_BOOT_EN")
    }

    /// Whether secure boot v1 is on, and v2, which goes before it, is not.
    pub fn secure_boot_v1(&self) -> bool {
        self.is_set("ABS_DONE_0") && !self.secure_boot_v2()
    }

    /// Whether the chip is an ESP32 that can have secure boot v2.
    pub fn is_esp32_v3(&self) -> bool {
        self.field("ABS_DONE_1").is_some() && self.efuses.revision().major >= ESP32_V3
    }

    /// Whether ROM download mode is closed, or is the secure one, which neither reads memory nor runs code.
    pub fn download_is_harmless(&self) -> bool {
        [
            "UART_DOWNLOAD_DIS",
            "DIS_DOWNLOAD_MODE",
            "ENABLE_SECURITY_DOWNLOAD",
        ]
        .iter()
        .any(|name| self.is_set(name))
    }
}

/// Field names with their values, for a sentence.
pub(super) fn zero(names: &[&str]) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("{name} = 0")).collect();
    all.join(", ")
}
