//! Keys and flash encryption in the eFuses of the chips with XTS-AES, as a scenario describes them.
//!
//! In `[donor]` or `[[target]]`, besides what every chip has (`preset`, `encryption-key`, `readable-key`, `burn`):
//!
//! ```toml
//! # "xts-aes-128" (32 bytes of key) unless said otherwise; the ESP32-S3 also has "xts-aes-256" (64 bytes). Where the key
//! # is written out, its length tells.
//! cipher = "xts-aes-256"
//! encryption-key = "generate:<any seed>"
//! # Key blocks for it, one for every 32 bytes; the first free ones if nothing is said.
//! key-blocks = [0, 1]
//! # Software can read the key: a mistake in the factory. Works on the ESP32, too.
//! readable-key = true
//!
//! # Any other key. A preset without `encryption-key` burns everything else and takes the keys from here.
//! [[target.key]]
//! block = 2                    # KEY2
//! purpose = "HMAC_UP"          # espefuse's name
//! value = "generate:<seed>"    # or 64 hexadecimal digits; in a target also "same" (the donor's encryption key of 32
//!                              # bytes), "same-1" and "same-2" (the halves of one of 64 bytes)
//! readable = true              # if nothing is said, as `espefuse burn-key` protects
//! writable = true
//! ```

use std::ops::Range;

use cloneproof::chip::{Chip, CipherSpec};
use cloneproof::efuse::{EfuseBank, KeyError, KeyProtection, KeyPurpose, XtsEncryption};
use cloneproof::hex;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::problem::{Problem, problem};
use super::raw::{RawEfuses, RawKey};
use super::setup::{EfuseSetup, Preset};

/// Bytes of a key block.
const BLOCK_LEN: usize = 32;
const CIPHERS: [(&str, usize); 2] = [("xts-aes-128", BLOCK_LEN), ("xts-aes-256", 2 * BLOCK_LEN)];

/// Refuses what only the chips of the other cipher have.
pub fn check_chip(chip: Chip, raw: &RawEfuses) -> Result<(), Problem> {
    let wrong = |span: Option<Range<usize>>, key: &str, what: &str| match span {
        Some(span) => Err(problem(
            span,
            format!("{key} is not for the {chip}, which has {what}"),
            format!("remove {key}, or use another chip"),
        )),
        None => Ok(()),
    };
    if chip == Chip::Esp32 {
        let what = "one flash encryption key, in block 1";
        wrong(raw.cipher.map(Spanned::span), "cipher", what)?;
        wrong(raw.key_blocks.map(Spanned::span), "key-blocks", what)?;
        return wrong(raw.keys.first().map(Spanned::span), "key", what);
    }
    let span = raw.crypt_config.map(Spanned::span);
    wrong(span, "crypt-config", "XTS-AES")?;
    let span = raw.coding_scheme.map(Spanned::span);
    wrong(span, "coding-scheme", "Reed-Solomon coding always")
}

/// The bytes of `encryption-key` as a key file holds them: `same`, `generate:<seed>`, or hexadecimal digits.
pub fn encryption_key(
    chip: Chip,
    raw: &RawEfuses,
    value: &Spanned<String>,
    donor: Option<&EfuseSetup>,
) -> Result<Vec<u8>, Problem> {
    let wanted = match raw.cipher {
        Some(cipher) => Some(key_len(chip, cipher)?),
        None => None,
    };
    let text = value.get_ref();
    let key = if text == "same" {
        donors_key(value, donor)?.to_vec()
    } else if let Some(seed) = text.strip_prefix("generate:") {
        generate(seed, wanted.unwrap_or(BLOCK_LEN))
    } else {
        hex::decode(text).ok_or_else(|| no_key(value.span()))?
    };
    if let (Some(cipher), Some(wanted)) = (raw.cipher, wanted)
        && key.len() != wanted
    {
        return Err(problem(
            value.span(),
            format!(
                "the key has {} bytes, but {} needs {wanted}",
                key.len(),
                cipher.get_ref()
            ),
            format!("write {} hexadecimal digits, or change cipher", wanted * 2),
        ));
    }
    Ok(key)
}

fn key_len(chip: Chip, cipher: &Spanned<String>) -> Result<usize, Problem> {
    let known = CIPHERS.iter().find(|(name, _)| name == cipher.get_ref());
    let Some(&(name, len)) = known else {
        return Err(problem(
            cipher.span(),
            format!("unknown cipher \"{}\"", cipher.get_ref()),
            "use \"xts-aes-128\" or \"xts-aes-256\"",
        ));
    };
    let long = matches!(chip.spec().flash_cipher, CipherSpec::Xts { aes_256, .. } if aes_256);
    if len > BLOCK_LEN && !long {
        return Err(problem(
            cipher.span(),
            format!("the {chip} has no {name}"),
            "use \"xts-aes-128\", or another chip",
        ));
    }
    Ok(len)
}

/// A key that is made from a seed. The first half is what the ESP32's key would be.
fn generate(seed: &str, len: usize) -> Vec<u8> {
    let half = |prefix: &[u8]| {
        Sha256::new()
            .chain_update(prefix)
            .chain_update(seed)
            .finalize()
    };
    let mut key = half(b"cloneproof flash encryption key ").to_vec();
    key.extend(half(b"cloneproof flash encryption key, second half "));
    key.truncate(len);
    key
}

fn donors_key<'a>(
    value: &Spanned<String>,
    donor: Option<&'a EfuseSetup>,
) -> Result<&'a [u8], Problem> {
    let key = donor.and_then(|donor| donor.key.as_deref());
    key.ok_or_else(|| {
        problem(
            value.span(),
            "there is no donor's key that could be the same",
            "only a target can have the donor's key, and only where the donor has one",
        )
    })
}

fn no_key(span: Range<usize>) -> Problem {
    problem(
        span,
        "this is no encryption key",
        "write hexadecimal digits, \"generate:<any seed>\", or in a target \"same\"",
    )
}

/// Burns the keys that have tables of their own.
pub fn burn_keys(
    bank: &mut EfuseBank,
    raw: &RawEfuses,
    donor: Option<&EfuseSetup>,
) -> Result<(), Problem> {
    for key in raw.keys {
        burn_key(bank, key, donor)?;
    }
    Ok(())
}

fn burn_key(
    bank: &mut EfuseBank,
    table: &Spanned<RawKey>,
    donor: Option<&EfuseSetup>,
) -> Result<(), Problem> {
    let raw = table.get_ref();
    let purpose = raw.purpose.get_ref().parse::<KeyPurpose>();
    let purpose = purpose.map_err(|error| {
        problem(
            raw.purpose.span(),
            format!("unknown key purpose \"{}\"", error.name),
            error.to_string(),
        )
    })?;
    let slot = block_number(bank, &raw.block)?;
    let value = key_value(&raw.value, donor)?;
    let usual = KeyProtection::usual(purpose);
    let protection = KeyProtection {
        read: usual.read && !raw.readable,
        write: usual.write && !raw.writable,
        ..usual
    };
    bank.burn_key(slot, purpose, &value, protection)
        .map_err(|error| {
            let span = match error {
                KeyError::Purpose { .. } | KeyError::Duplicate { .. } => raw.purpose.span(),
                KeyError::PurposeLength { .. } => raw.value.span(),
                _ => raw.block.span(),
            };
            problem(
                span,
                error.to_string(),
                "`cloneproof efuse show` lists key blocks and purposes of a chip",
            )
        })
}

fn block_number(bank: &EfuseBank, value: &Spanned<i64>) -> Result<usize, Problem> {
    let slot = usize::try_from(*value.get_ref()).ok();
    slot.filter(|&slot| slot < bank.key_slots()).ok_or_else(|| {
        problem(
            value.span(),
            format!("{} has no key block {}", bank.chip(), value.get_ref()),
            format!(
                "use a number from 0 to {}",
                bank.key_slots().saturating_sub(1)
            ),
        )
    })
}

/// The 32 bytes of one key block.
fn key_value(value: &Spanned<String>, donor: Option<&EfuseSetup>) -> Result<Vec<u8>, Problem> {
    let text = value.get_ref().as_str();
    if let Some(seed) = text.strip_prefix("generate:") {
        return Ok(generate(seed, BLOCK_LEN));
    }
    // The half, and the length that the donor's key must have.
    let (half, len) = match text {
        "same" => (0, BLOCK_LEN),
        "same-1" => (0, 2 * BLOCK_LEN),
        "same-2" => (1, 2 * BLOCK_LEN),
        _ => return hex::decode(text).ok_or_else(|| no_key(value.span())),
    };
    let key = donors_key(value, donor)?;
    if key.len() != len {
        return Err(problem(
            value.span(),
            format!(
                "\"{text}\" needs a donor's key of {len} bytes; it has {}",
                key.len()
            ),
            "use \"same\" for a key of 32 bytes, \"same-1\" and \"same-2\" for the halves of one of 64",
        ));
    }
    Ok(key
        .iter()
        .skip(half * BLOCK_LEN)
        .take(BLOCK_LEN)
        .copied()
        .collect())
}

/// Burns the preset and the encryption key.
pub fn encrypt(
    bank: &mut EfuseBank,
    raw: &RawEfuses,
    preset: Preset,
    key: Option<&[u8]>,
) -> Result<(), Problem> {
    let slots = slots(bank, raw)?;
    let key = key.unwrap_or_default();
    let mut config = match preset {
        Preset::None if key.is_empty() => return Ok(()),
        Preset::None => {
            let burned = bank.burn_xts_key(key, &slots, KeyProtection::NONE);
            return burned.map_err(|error| key_problem(raw, &error));
        }
        Preset::Development => XtsEncryption::development(key),
        Preset::Release => XtsEncryption::release(key),
    };
    if key.is_empty() && raw.keys.is_empty() {
        let span = raw.preset.map_or(raw.span.clone(), Spanned::span);
        return Err(problem(
            span,
            format!("preset \"{}\" needs an encryption key", preset.name()),
            "add encryption-key = \"generate:<any seed>\", or tables with keys",
        ));
    }
    config.slots = slots;
    config.key_protection.read &= !raw.readable_key.is_some_and(|value| *value.get_ref());
    let burned = bank.burn_xts_encryption(&config);
    burned.map_err(|error| key_problem(raw, &error))
}

fn slots(bank: &EfuseBank, raw: &RawEfuses) -> Result<Vec<usize>, Problem> {
    let Some(blocks) = raw.key_blocks else {
        return Ok(Vec::new());
    };
    if raw.encryption_key.is_none() {
        return Err(problem(
            blocks.span(),
            "key-blocks without an encryption-key",
            "add encryption-key, or give the keys tables of their own",
        ));
    }
    let blocks = blocks.get_ref().iter();
    blocks.map(|block| block_number(bank, block)).collect()
}

fn key_problem(raw: &RawEfuses, error: &KeyError) -> Problem {
    let key = raw.encryption_key.map(Spanned::span);
    let blocks = raw.key_blocks.map(Spanned::span);
    let span = match error {
        KeyError::XtsLength { .. } | KeyError::Duplicate { .. } => key,
        _ => blocks.or(key),
    };
    problem(
        span.unwrap_or(raw.span.clone()),
        error.to_string(),
        "correct the key, its key blocks, or the tables with other keys",
    )
}
