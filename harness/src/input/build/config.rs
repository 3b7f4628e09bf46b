//! What a build's configuration says about security: `sdkconfig`, or failing that the bootloader's texts.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::files;

/// Whether and how a build's bootloader encrypts the flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypts {
    /// It does not.
    Never,
    /// On the first boot, and the chip can be taken back to plain text later.
    Development,
    /// On the first boot, for good.
    Release,
    /// It does not, and refuses to boot from a flash that is not encrypted already.
    Demands,
}

/// The secure boot that a build is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecureBoot {
    /// None.
    Off,
    /// Version 1.
    V1,
    /// Version 2.
    V2,
}

impl SecureBoot {
    /// For a report.
    pub const fn title(self) -> &'static str {
        match self {
            SecureBoot::Off => "off",
            SecureBoot::V1 => "version 1",
            SecureBoot::V2 => "version 2",
        }
    }
}

impl fmt::Display for SecureBoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// What is known of a build's security.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// Flash encryption.
    pub encrypts: Encrypts,
    /// How that is known, as a sentence without full stop.
    pub how: String,
    /// Secure boot.
    pub secure_boot: SecureBoot,
}

/// A configuration as Kconfig writes it, keys without `CONFIG_`.
#[derive(Debug, Clone, Default)]
pub struct SdkConfig {
    path: PathBuf,
    values: BTreeMap<String, String>,
}

impl SdkConfig {
    /// The configuration of a build directory: what CMake wrote when it configured the build, else the project's.
    pub fn find(folder: &Path) -> Result<Option<SdkConfig>, Error> {
        let places = [
            folder.join("config").join("sdkconfig.json"),
            folder.join("sdkconfig"),
            folder.join("..").join("sdkconfig"),
        ];
        match places.into_iter().find(|path| path.is_file()) {
            Some(path) => SdkConfig::read(&path).map(Some),
            None => Ok(None),
        }
    }

    fn read(path: &Path) -> Result<SdkConfig, Error> {
        let text = files::read_text(path, files::MAX_SMALL_FILE)?;
        let values = match path.extension().is_some_and(|end| end == "json") {
            true => json(&text).map_err(|problem| {
                let remedy = "the build is half-written: run `idf.py build` again, to its end";
                Error::input(path, problem, remedy)
            })?,
            false => kconfig(&text),
        };
        Ok(SdkConfig {
            path: path.to_owned(),
            values,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A value as text.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// A number in decimal or, behind `0x`, in hexadecimal digits.
    pub fn number(&self, key: &str) -> Option<u32> {
        parse_number(self.get(key)?)
    }

    fn on(&self, key: &str) -> bool {
        self.get(key) == Some("y")
    }

    /// What it says about security.
    pub fn security(&self) -> Security {
        let (encrypts, key) = if self.on("SECURE_FLASH_REQUIRE_ALREADY_ENABLED") {
            (Encrypts::Demands, "SECURE_FLASH_REQUIRE_ALREADY_ENABLED")
        } else if !self.on("SECURE_FLASH_ENC_ENABLED") && !self.on("FLASH_ENCRYPTION_ENABLED") {
            (Encrypts::Never, "")
        } else if self.on("SECURE_FLASH_ENCRYPTION_MODE_RELEASE") {
            (Encrypts::Release, "SECURE_FLASH_ENCRYPTION_MODE_RELEASE")
        } else {
            // Before ESP-IDF v4.0 there was no release mode.
            (
                Encrypts::Development,
                "SECURE_FLASH_ENC_ENABLED in development mode",
            )
        };
        let file = self.path.display();
        let how = match encrypts {
            Encrypts::Never => format!("{file} does not set CONFIG_SECURE_FLASH_ENC_ENABLED"),
            _ => format!("{file} sets CONFIG_{key}"),
        };
        let secure_boot = match (self.on("SECURE_BOOT"), self.on("SECURE_BOOT_V2_ENABLED")) {
            (_, true) => SecureBoot::V2,
            (true, false) => SecureBoot::V1,
            (false, false) if self.on("SECURE_BOOT_ENABLED") => SecureBoot::V1,
            (false, false) => SecureBoot::Off,
        };
        Security {
            encrypts,
            how,
            secure_boot,
        }
    }
}

/// `0x8000` or `32768`.
pub fn parse_number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn json(text: &str) -> Result<BTreeMap<String, String>, String> {
    let values: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::Bool(true) => "y".to_owned(),
        serde_json::Value::Bool(false) => "n".to_owned(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(values.into_iter().map(|(k, v)| (k, text(v))).collect())
}

/// `CONFIG_X=y`, `CONFIG_X="text"`, `CONFIG_X=0x8000`; everything else is a comment.
fn kconfig(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (key, value) = line.trim().strip_prefix("CONFIG_")?.split_once('=')?;
        Some((key.to_owned(), value.trim_matches('"').to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

/// Texts that only a bootloader has that encrypts (ESP-IDF `components/bootloader_support/src/flash_encryption/
/// flash_encrypt.c`, before v5.0 `src/esp32/flash_encrypt.c`; errors are the last that a lower log level removes).
const ENCRYPTING: [&str; 4] = [
    "Failed to encrypt bootloader in place",
    "Encryption flash contents failed",
    "Generating new flash encryption key",
    "Encrypting partition ",
];
/// What it says where encryption must be on already (same file).
const DEMANDING: &str = "SECURE_FLASH_REQUIRE_ALREADY_ENABLED";
/// What only one in development mode says (`flash_encryption_secure_features.c`).
const DEVELOPMENT: &str = "Not disabling UART bootloader encryption";
/// Log tags of the two versions of secure boot.
const SECURE_BOOT: [(&str, SecureBoot); 2] = [
    ("secure_boot_v2", SecureBoot::V2),
    ("secure_boot_v1", SecureBoot::V1),
];

/// What a bootloader's texts say about security, where there is no configuration.
pub fn security_of_bootloader(image: &[u8]) -> Security {
    let has = |text: &str| {
        image
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let (encrypts, text) = if has(DEMANDING) {
        (Encrypts::Demands, DEMANDING)
    } else if let Some(text) = ENCRYPTING.into_iter().find(|text| has(text)) {
        let mode = match has(DEVELOPMENT) {
            true => Encrypts::Development,
            false => Encrypts::Release,
        };
        (mode, text)
    } else {
        (Encrypts::Never, "")
    };
    let how = match encrypts {
        Encrypts::Never => {
            "no sdkconfig was found, and the bootloader has none of the texts of one that encrypts"
                .to_owned()
        }
        _ => format!("no sdkconfig was found, but the bootloader holds the text \"{text}\""),
    };
    let secure_boot = SECURE_BOOT.into_iter().find(|(tag, _)| has(tag));
    Security {
        encrypts,
        how,
        secure_boot: secure_boot.map_or(SecureBoot::Off, |(_, version)| version),
    }
}

/// Whether a bootloader whose configuration says that it encrypts cannot be that bootloader: its log is on, and none of
/// the texts is there.
pub fn contradicts(config: &SdkConfig, image: &[u8]) -> bool {
    let speaks = config
        .number("BOOTLOADER_LOG_LEVEL")
        .is_some_and(|level| level > 0);
    let encrypts =
        |how: &Security| matches!(how.encrypts, Encrypts::Development | Encrypts::Release);
    speaks && encrypts(&config.security()) && !encrypts(&security_of_bootloader(image))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> SdkConfig {
        SdkConfig {
            path: "sdkconfig".into(),
            values: kconfig(text),
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let text = "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=\"x y\"\nCONFIG_D=0x8000\n";
        let from_text = kconfig(text);
        let from_json = json(r#"{"A": false, "B": true, "C": "x y", "D": 32768}"#).unwrap();
        assert_eq!(from_text.get("B"), from_json.get("B"));
        assert_eq!(from_text.get("C"), from_json.get("C"));
        let number = |text: &str| parse_number(text).unwrap();
        assert_eq!(number(&from_text["D"]), number(&from_json["D"]));
        assert!(json("{").is_err());
    }

    #[test]
    fn modes_of_encryption() {
        let mode = |text: &str| config(text).security().encrypts;
        assert_eq!(mode(""), Encrypts::Never);
        let on = "CONFIG_SECURE_FLASH_ENC_ENABLED=y\n";
        assert_eq!(mode(on), Encrypts::Development);
        let release = format!("{on}CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y\n");
        assert_eq!(mode(&release), Encrypts::Release);
        let demands = format!("{release}CONFIG_SECURE_FLASH_REQUIRE_ALREADY_ENABLED=y\n");
        assert_eq!(mode(&demands), Encrypts::Demands);
        let boot = |text: &str| config(text).security().secure_boot;
        assert_eq!(boot("CONFIG_SECURE_BOOT=y"), SecureBoot::V1);
        assert_eq!(
            boot("CONFIG_SECURE_BOOT=y\nCONFIG_SECURE_BOOT_V2_ENABLED=y"),
            SecureBoot::V2
        );
    }

    #[test]
    fn texts_of_bootloaders() {
        let image = |text: &str| [b"\xe9abc", text.as_bytes(), b"\0"].concat();
        let of = |text: &str| security_of_bootloader(&image(text)).encrypts;
        assert_eq!(of("Loaded app from partition"), Encrypts::Never);
        assert_eq!(
            of("Generating new flash encryption key..."),
            Encrypts::Release
        );
        let development = format!("{} {DEVELOPMENT}", ENCRYPTING[0]);
        assert_eq!(of(&development), Encrypts::Development);
        let on = config("CONFIG_SECURE_FLASH_ENC_ENABLED=y\nCONFIG_BOOTLOADER_LOG_LEVEL=3");
        assert!(contradicts(&on, &image("")));
        assert!(!contradicts(&on, &image(ENCRYPTING[1])));
        let silent = config("CONFIG_SECURE_FLASH_ENC_ENABLED=y\nCONFIG_BOOTLOADER_LOG_LEVEL=0");
        assert!(!contradicts(&silent, &image("")));
    }
}
