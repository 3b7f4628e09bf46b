//! Scenario files as they are written: every key known, nothing checked yet.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::base::source_error::SourceError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScenario {
    pub name: Spanned<String>,
    pub description: Spanned<String>,
    #[serde(default)]
    pub why: Option<String>,
    pub chip: Spanned<String>,
    pub donor: Spanned<RawDonor>,
    #[serde(default)]
    pub sign_of_life: Option<Spanned<RawSignOfLife>>,
    #[serde(default, rename = "target")]
    pub targets: Vec<Spanned<RawTarget>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawDonor {
    #[serde(default)]
    pub firmware: Option<Spanned<String>>,
    #[serde(default)]
    pub app: Option<Spanned<String>>,
    #[serde(default)]
    pub bootloader: Option<Spanned<String>>,
    #[serde(default)]
    pub partition_table: Option<Spanned<String>>,
    #[serde(default)]
    pub provision: Option<Spanned<String>>,
    #[serde(default)]
    pub flash_size: Option<Spanned<String>>,
    // The eFuses. Written out here and in the target: serde cannot both flatten and refuse unknown keys.
    pub revision: Spanned<String>,
    pub mac: Spanned<String>,
    #[serde(default)]
    pub preset: Option<Spanned<String>>,
    #[serde(default)]
    pub encryption_key: Option<Spanned<String>>,
    #[serde(default)]
    pub crypt_config: Option<Spanned<i64>>,
    #[serde(default)]
    pub coding_scheme: Option<Spanned<String>>,
    #[serde(default)]
    pub cipher: Option<Spanned<String>>,
    #[serde(default)]
    pub key_blocks: Option<Spanned<Vec<Spanned<i64>>>>,
    #[serde(default)]
    pub readable_key: Option<Spanned<bool>>,
    #[serde(default, rename = "key")]
    pub keys: Vec<Spanned<RawKey>>,
    #[serde(default)]
    pub secure_boot: Option<Spanned<String>>,
    #[serde(default)]
    pub signing_keys: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub digest_key: Option<Spanned<String>>,
    #[serde(default)]
    pub burn: BTreeMap<String, Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSignOfLife {
    #[serde(default)]
    pub text: Option<Spanned<String>>,
    #[serde(default)]
    pub regex: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawTarget {
    pub name: Spanned<String>,
    #[serde(default)]
    pub attack: Option<Spanned<String>>,
    #[serde(default, rename = "edit")]
    pub edits: Vec<RawEdit>,
    pub expect: Spanned<RawExpect>,
    #[serde(default)]
    pub revision: Option<Spanned<String>>,
    pub mac: Spanned<String>,
    #[serde(default)]
    pub preset: Option<Spanned<String>>,
    #[serde(default)]
    pub encryption_key: Option<Spanned<String>>,
    #[serde(default)]
    pub crypt_config: Option<Spanned<i64>>,
    #[serde(default)]
    pub coding_scheme: Option<Spanned<String>>,
    #[serde(default)]
    pub cipher: Option<Spanned<String>>,
    #[serde(default)]
    pub key_blocks: Option<Spanned<Vec<Spanned<i64>>>>,
    #[serde(default)]
    pub readable_key: Option<Spanned<bool>>,
    #[serde(default, rename = "key")]
    pub keys: Vec<Spanned<RawKey>>,
    #[serde(default)]
    pub secure_boot: Option<Spanned<String>>,
    #[serde(default)]
    pub signing_keys: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub digest_key: Option<Spanned<String>>,
    #[serde(default)]
    pub burn: BTreeMap<String, Spanned<i64>>,
}

/// A change of the copy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawEdit {
    pub part: Spanned<String>,
    pub what: Spanned<String>,
    #[serde(default)]
    pub key: Option<Spanned<String>>,
}

/// A key block of a chip with key purposes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawKey {
    pub block: Spanned<i64>,
    pub purpose: Spanned<String>,
    pub value: Spanned<String>,
    #[serde(default)]
    pub readable: bool,
    #[serde(default)]
    pub writable: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawExpect {
    pub verdict: Spanned<String>,
    #[serde(default)]
    pub stage: Option<Spanned<String>>,
    #[serde(default)]
    pub signature: Option<Spanned<String>>,
    #[serde(default)]
    pub line: Option<Spanned<String>>,
    #[serde(default)]
    pub finding: Option<Spanned<String>>,
}

/// The values of one chip, still raw.
pub struct RawEfuses<'a> {
    /// Where the table stands, for problems that have no place of their own.
    pub span: Range<usize>,
    pub revision: Option<&'a Spanned<String>>,
    pub mac: &'a Spanned<String>,
    pub preset: Option<&'a Spanned<String>>,
    pub encryption_key: Option<&'a Spanned<String>>,
    pub crypt_config: Option<&'a Spanned<i64>>,
    pub coding_scheme: Option<&'a Spanned<String>>,
    pub cipher: Option<&'a Spanned<String>>,
    pub key_blocks: Option<&'a Spanned<Vec<Spanned<i64>>>>,
    pub readable_key: Option<&'a Spanned<bool>>,
    pub keys: &'a [Spanned<RawKey>],
    pub secure_boot: Option<&'a Spanned<String>>,
    pub signing_keys: Option<&'a Spanned<Vec<Spanned<String>>>>,
    pub digest_key: Option<&'a Spanned<String>>,
    pub burn: &'a BTreeMap<String, Spanned<i64>>,
}

impl RawDonor {
    /// The donor's eFuses; `span` is the place of its table.
    pub fn efuses(&self, span: Range<usize>) -> RawEfuses<'_> {
        RawEfuses {
            span,
            revision: Some(&self.revision),
            mac: &self.mac,
            preset: self.preset.as_ref(),
            encryption_key: self.encryption_key.as_ref(),
            crypt_config: self.crypt_config.as_ref(),
            coding_scheme: self.coding_scheme.as_ref(),
            cipher: self.cipher.as_ref(),
            key_blocks: self.key_blocks.as_ref(),
            readable_key: self.readable_key.as_ref(),
            keys: &self.keys,
            secure_boot: self.secure_boot.as_ref(),
            signing_keys: self.signing_keys.as_ref(),
            digest_key: self.digest_key.as_ref(),
            burn: &self.burn,
        }
    }
}

impl RawTarget {
    /// The target's eFuses; `span` is the place of its table.
    pub fn efuses(&self, span: Range<usize>) -> RawEfuses<'_> {
        RawEfuses {
            span,
            revision: self.revision.as_ref(),
            mac: &self.mac,
            preset: self.preset.as_ref(),
            encryption_key: self.encryption_key.as_ref(),
            crypt_config: self.crypt_config.as_ref(),
            coding_scheme: self.coding_scheme.as_ref(),
            cipher: self.cipher.as_ref(),
            key_blocks: self.key_blocks.as_ref(),
            readable_key: self.readable_key.as_ref(),
            keys: &self.keys,
            secure_boot: self.secure_boot.as_ref(),
            signing_keys: self.signing_keys.as_ref(),
            digest_key: self.digest_key.as_ref(),
            burn: &self.burn,
        }
    }
}

/// Reads the text of a scenario file.
pub fn parse(path: &Path, text: &str) -> Result<RawScenario, Box<SourceError>> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        SourceError::new(path, text, span, error.message(), remedy(error.message()))
    })
}

fn remedy(message: &str) -> &'static str {
    if message.starts_with("unknown field") {
        "correct the key or remove it; the scenarios that come with cloneproof show every key in use"
    } else if message.starts_with("missing field") {
        "add the key; the scenarios that come with cloneproof show every key in use"
    } else {
        "correct the file; it must be TOML v1.0"
    }
}
