//! The descriptors of apps and bootloaders: ESP-IDF `components/esp_app_format/include/esp_app_desc.h` and
//! `components/esp_bootloader_format/include/esp_bootloader_desc.h`.

use std::ops::Range;

/// What an app says about itself (`esp_app_desc_t`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppDescriptor {
    /// Secure version, for anti-rollback.
    pub secure_version: u32,
    /// Version of the app.
    pub version: String,
    /// Name of the project.
    pub project: String,
    /// Time of the build.
    pub time: String,
    /// Date of the build.
    pub date: String,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// SHA-256 of the ELF file.
    pub elf_sha256: [u8; 32],
}

impl AppDescriptor {
    /// Bytes of a descriptor.
    pub const LEN: usize = 256;
    /// Its first word.
    pub const MAGIC: u32 = 0xABCD_5432;

    /// Reads the descriptor at the start of `bytes`, if there is one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let raw: &[u8; Self::LEN] = bytes.first_chunk()?;
        let word = |at: usize| u32::from_le_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]]);
        if word(0) != Self::MAGIC {
            return None;
        }
        let text = |place: Range<usize>| text(&raw[place]);
        let mut elf_sha256 = [0; 32];
        elf_sha256.copy_from_slice(&raw[144..176]);
        Some(AppDescriptor {
            secure_version: word(4),
            version: text(16..48),
            project: text(48..80),
            time: text(80..96),
            date: text(96..112),
            idf_version: text(112..144),
            elf_sha256,
        })
    }
}

/// What a second-stage bootloader says about itself (`esp_bootloader_desc_t`, ESP-IDF v5.1 and later).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootloaderDescriptor {
    /// Secure version, for the bootloader's own anti-rollback (ESP-IDF v5.5 and later; zero before).
    pub secure_version: u8,
    /// Version of the bootloader (`CONFIG_BOOTLOADER_PROJECT_VER`).
    pub version: u32,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// Date and time of the build.
    pub date_time: String,
}

impl BootloaderDescriptor {
    /// Bytes of a descriptor.
    pub const LEN: usize = 80;
    /// Its first byte.
    pub const MAGIC: u8 = 0x50;

    /// Reads the descriptor at the start of `bytes`, if there is one. One byte of magic proves little: the version of
    /// ESP-IDF must be text as well.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let raw: &[u8; Self::LEN] = bytes.first_chunk()?;
        let idf_version = text(&raw[8..40]);
        let plausible =
            !idf_version.is_empty() && idf_version.bytes().all(|b| b.is_ascii_graphic());
        if raw[0] != Self::MAGIC || !plausible {
            return None;
        }
        Some(BootloaderDescriptor {
            secure_version: raw[3],
            version: u32::from_le_bytes([raw[4], raw[5], raw[6], raw[7]]),
            idf_version,
            date_time: text(&raw[40..64]),
        })
    }
}

/// The text up to the first zero byte.
fn text(raw: &[u8]) -> String {
    let text = raw.split(|&byte| byte == 0).next().unwrap_or(&[]);
    String::from_utf8_lossy(text).into_owned()
}
