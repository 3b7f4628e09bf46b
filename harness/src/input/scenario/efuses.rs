//! The eFuses that a scenario gives a chip.

use std::ops::Range;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{CodingScheme, EfuseBank, FlashEncryption};
use cloneproof::hex;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::problem::{Problem, problem};
use super::raw::RawEfuses;
use super::secure_boot::SecureBoot;
use super::setup::{EfuseSetup, Preset};
use super::xts_keys;
use crate::base::text;

/// Burns the eFuses of a chip as a factory and a manufacturer would: identity, coding scheme, encryption, the rest.
///
/// `donor` is the donor's setup where the chip is a target: what `encryption-key = "same"` and a missing revision mean.
pub fn burn(
    chip: Chip,
    raw: &RawEfuses,
    donor: Option<&EfuseSetup>,
    secure_boot: Option<SecureBoot>,
) -> Result<EfuseSetup, Problem> {
    xts_keys::check_chip(chip, raw)?;
    let preset = preset(raw.preset)?;
    let coding = coding_scheme(raw.coding_scheme)?;
    let mut bank = factory(chip, raw, donor)?;
    if coding == CodingScheme::ThreeQuarter {
        set(&mut bank, raw.span.clone(), "CODING_SCHEME", 1)?;
    }
    check_readable(raw, preset)?;
    let key = match (raw.encryption_key, chip) {
        (Some(value), Chip::Esp32) => Some(key(value, coding, donor)?),
        (Some(value), _) => Some(xts_keys::encryption_key(chip, raw, value, donor)?),
        (None, _) => None,
    };
    if chip == Chip::Esp32 {
        encrypt(&mut bank, raw, preset, key.as_deref())?;
    } else {
        xts_keys::burn_keys(&mut bank, raw, donor)?;
        xts_keys::encrypt(&mut bank, raw, preset, key.as_deref())?;
    }
    if let (Some(secure_boot), Some(asked)) = (&secure_boot, raw.secure_boot) {
        secure_boot.burn(&mut bank).map_err(|error| {
            problem(
                asked.span(),
                format!("secure boot cannot be switched on: {error}"),
                "leave room for its keys, and burn its fields by secure-boot alone",
            )
        })?;
    }
    for (name, value) in raw.burn {
        let bits = u64::try_from(*value.get_ref()).map_err(|_| {
            problem(
                value.span(),
                format!("eFuse field {name} cannot be negative"),
                "give the bits to burn as a number from 0 up",
            )
        })?;
        set(&mut bank, value.span(), name, bits)?;
    }
    check_modelled(&bank, raw)?;
    check_coding(&bank, raw)?;
    Ok(EfuseSetup {
        bank,
        key,
        preset,
        secure_boot,
    })
}

/// First major revision whose eFuses have UART_DOWNLOAD_DIS (ESP-IDF `components/efuse/esp32/esp_efuse_table.csv`,
/// "Valid for ESP32 V3 and newer").
const UART_DOWNLOAD_DIS_MAJOR: u8 = 3;

/// Where a field is burned by name; else the whole table.
fn burned_at(raw: &RawEfuses, name: &str) -> Range<usize> {
    let mut burned = raw.burn.iter();
    let found = burned.find(|(burned, _)| burned.eq_ignore_ascii_case(name));
    found.map_or(raw.span.clone(), |(_, value)| value.span())
}

/// Refuses bits that the chip does not have, or with which no verdict can be had. What the emulator does not do that a
/// fuse asks for, it says at power-on.
fn check_modelled(bank: &EfuseBank, raw: &RawEfuses) -> Result<(), Problem> {
    // Names that a chip does not have are not burned on it.
    let revision = bank.revision();
    let is_burned = |name: &str| bank.field(name).is_ok_and(|field| bank.get(field) != 0);
    if revision.major < UART_DOWNLOAD_DIS_MAJOR && is_burned("UART_DOWNLOAD_DIS") {
        return Err(problem(
            burned_at(raw, "UART_DOWNLOAD_DIS"),
            format!("eFuse field UART_DOWNLOAD_DIS does not exist in revision {revision}"),
            "it exists from revision v3.0 on: remove it, or use a later revision",
        ));
    }
    if bank.flash_encryption_enabled()
        && let Some(why) = bank.flash_key_doubt()
    {
        return Err(problem(
            raw.span.clone(),
            format!("nobody knows which key the chip uses: {why}"),
            "burn one flash encryption key only",
        ));
    }
    if is_burned(SILENCING) {
        return Err(problem(
            burned_at(raw, SILENCING),
            format!("eFuse field {SILENCING} silences the ROM, whose lines a verdict rests on"),
            "remove it",
        ));
    }
    Ok(())
}

/// The field of the chips after the ESP32 that says when the ROM prints.
const SILENCING: &str = "UART_PRINT_CONTROL";

/// Refuses blocks that do not hold what CODING_SCHEME says: which key the hardware makes of them, nobody knows.
fn check_coding(bank: &EfuseBank, raw: &RawEfuses) -> Result<(), Problem> {
    let scheme = bank.coding_scheme();
    let span = burned_at(raw, "CODING_SCHEME");
    if scheme == CodingScheme::Repeat && bank.flash_encryption_enabled() {
        return Err(problem(
            span,
            "CODING_SCHEME is \"repeat\", with which no flash encryption key is known to work",
            "remove CODING_SCHEME, or use coding-scheme = \"3/4\"",
        ));
    }
    match bank.coding_errors().first() {
        Some((block, unit)) => Err(problem(
            span,
            format!(
                "BLOCK{block} is not coded as CODING_SCHEME \"{scheme}\" wants it (unit {unit})"
            ),
            "set coding-scheme = \"3/4\" instead of burning CODING_SCHEME: then the key is burned with its check bytes",
        )),
        None => Ok(()),
    }
}

/// `readable-key` says something about the key that a preset burns: without one nothing is protected anyway.
fn check_readable(raw: &RawEfuses, preset: Preset) -> Result<(), Problem> {
    match raw.readable_key {
        Some(value) if preset == Preset::None || raw.encryption_key.is_none() => Err(problem(
            value.span(),
            "readable-key needs a preset and an encryption-key",
            "without a preset the key is readable; keys with tables of their own have `readable`",
        )),
        _ => Ok(()),
    }
}

fn preset(raw: Option<&Spanned<String>>) -> Result<Preset, Problem> {
    let Some(value) = raw else {
        return Ok(Preset::None);
    };
    [Preset::None, Preset::Development, Preset::Release]
        .into_iter()
        .find(|preset| preset.name() == value.get_ref())
        .ok_or_else(|| {
            problem(
                value.span(),
                format!("unknown preset \"{}\"", value.get_ref()),
                "use \"none\", \"development\" or \"release\"",
            )
        })
}

fn coding_scheme(raw: Option<&Spanned<String>>) -> Result<CodingScheme, Problem> {
    match raw.map(|value| (value, value.get_ref().as_str())) {
        None | Some((_, "none")) => Ok(CodingScheme::None),
        Some((_, "3/4")) => Ok(CodingScheme::ThreeQuarter),
        Some((value, name)) => Err(problem(
            value.span(),
            format!("unknown coding scheme \"{name}\""),
            "use \"none\" or \"3/4\"",
        )),
    }
}

fn factory(chip: Chip, raw: &RawEfuses, donor: Option<&EfuseSetup>) -> Result<EfuseBank, Problem> {
    let mac = parse_mac(raw.mac)?;
    let revision = match (raw.revision, donor) {
        (Some(value), _) => parse_revision(value)?,
        (None, Some(donor)) => donor.bank.revision(),
        (None, None) => {
            return Err(problem(
                raw.span.clone(),
                "missing revision",
                "add e.g. revision = \"v3.0\"",
            ));
        }
    };
    let bank = EfuseBank::factory(chip, revision, mac);
    if bank.revision() != revision {
        let span = raw.revision.map_or(raw.span.clone(), Spanned::span);
        return Err(problem(
            span,
            format!("the eFuses of an {chip} cannot tell revision {revision}"),
            match chip {
                Chip::Esp32 => "use a revision that exists, such as v0.0, v1.0 or v3.0",
                _ => "use a revision that exists, such as v0.3 or v1.1",
            },
        ));
    }
    Ok(bank)
}

fn parse_revision(value: &Spanned<String>) -> Result<ChipRevision, Problem> {
    text::parse_revision(value.get_ref()).map_err(|what| {
        problem(
            value.span(),
            format!("\"{}\" {what}", value.get_ref()),
            "write major and minor number, e.g. \"v3.0\"",
        )
    })
}

fn parse_mac(value: &Spanned<String>) -> Result<text::Mac, Problem> {
    text::parse_mac(value.get_ref()).map_err(|what| {
        problem(
            value.span(),
            format!("\"{}\" {what}", value.get_ref()),
            "write six bytes of two hexadecimal digits, e.g. \"24:0a:c4:12:34:56\"",
        )
    })
}

/// The ESP32's key file's bytes: `same`, `generate:<seed>`, or hexadecimal digits.
fn key(
    value: &Spanned<String>,
    coding: CodingScheme,
    donor: Option<&EfuseSetup>,
) -> Result<Vec<u8>, Problem> {
    let text = value.get_ref();
    let len = coding.payload_len();
    if text == "same" {
        return donor.and_then(|donor| donor.key.clone()).ok_or_else(|| {
            problem(
                value.span(),
                "there is no donor's key that could be the same",
                "only a target can have the donor's key, and only where the donor has one",
            )
        });
    }
    if let Some(seed) = text.strip_prefix("generate:") {
        let digest = Sha256::new()
            .chain_update(b"cloneproof flash encryption key ")
            .chain_update(seed)
            .finalize();
        return Ok(digest[..len].to_vec());
    }
    match hex::decode(text) {
        Some(bytes) if bytes.len() == len => Ok(bytes),
        Some(bytes) => Err(problem(
            value.span(),
            format!(
                "the key has {} bytes, but coding scheme {coding} needs {len}",
                bytes.len()
            ),
            format!("write {} hexadecimal digits", len * 2),
        )),
        None => Err(problem(
            value.span(),
            "this is no encryption key",
            "write hexadecimal digits, \"generate:<any seed>\", or in a target \"same\"",
        )),
    }
}

fn encrypt(
    bank: &mut EfuseBank,
    raw: &RawEfuses,
    preset: Preset,
    key: Option<&[u8]>,
) -> Result<(), Problem> {
    let span = raw.encryption_key.map_or(raw.span.clone(), Spanned::span);
    let failed = |error: cloneproof::efuse::KeyError| {
        problem(
            span.clone(),
            error.to_string(),
            "correct the key or the coding scheme",
        )
    };
    let mut config = match (preset, key) {
        (Preset::None, key) => {
            if let Some(value) = raw.crypt_config {
                return Err(problem(
                    value.span(),
                    "crypt-config needs a preset that switches encryption on",
                    "add preset = \"release\" or \"development\", or remove crypt-config",
                ));
            }
            return key.map_or(Ok(()), |key| bank.burn_flash_key(key).map_err(failed));
        }
        (_, None) => {
            let span = raw.preset.map_or(raw.span.clone(), Spanned::span);
            return Err(problem(
                span,
                format!("preset \"{}\" needs an encryption key", preset.name()),
                "add encryption-key = \"generate:<any seed>\"",
            ));
        }
        (Preset::Development, Some(key)) => FlashEncryption::development(key),
        (Preset::Release, Some(key)) => FlashEncryption::release(key),
    };
    config.read_protect_key = !raw.readable_key.is_some_and(|value| *value.get_ref());
    if let Some(value) = raw.crypt_config {
        config.crypt_config = u8::try_from(*value.get_ref())
            .ok()
            .filter(|config| *config <= 0xF)
            .ok_or_else(|| {
                problem(
                    value.span(),
                    format!("crypt-config {} does not fit four bits", value.get_ref()),
                    "use a number from 0 to 0xF; ESP-IDF burns 0xF",
                )
            })?;
    }
    bank.burn_flash_encryption(&config).map_err(failed)
}

fn set(bank: &mut EfuseBank, span: Range<usize>, name: &str, bits: u64) -> Result<(), Problem> {
    let wrong = |message: String| {
        problem(
            span.clone(),
            message,
            "`cloneproof efuse show` lists the fields of a chip",
        )
    };
    let field = bank.field(name).map_err(|error| wrong(error.to_string()))?;
    bank.burn(field, bits)
        .map_err(|error| wrong(error.to_string()))?;
    if bank.get(field) & bits == bits {
        Ok(())
    } else {
        Err(wrong(format!(
            "eFuse field {} is write-protected at this point and keeps its value",
            field.name
        )))
    }
}
