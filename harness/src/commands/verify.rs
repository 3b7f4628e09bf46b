//! `cloneproof verify`: whether a signature holds, and what a chip would decide.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cloneproof::chip::Chip;
use cloneproof::hex;
use cloneproof::secure_boot::VerifyingKey;
use cloneproof::secure_boot::v1::{self, V1Error};
use cloneproof::secure_boot::v2::{
    self, BlockVerdict, Checker, Decision, Refusal, SignatureBlock, Verification,
};
use serde_json::{Value, json};

use super::options::{ShowArgs, ShowFormat};
use super::output::print;
use super::secure_boot::{
    Version, digest_key, key_error, problem_row, v1_error, verify_error, verifying_key,
};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files;
use crate::input::dump;

/// The arguments of `verify`; every doc comment here is help text.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("trust").required(true).args(["key", "digest_key", "efuse"])))]
pub struct VerifyArgs {
    /// Version of secure boot
    #[arg(long, short, value_enum)]
    pub version: Version,
    /// Public or private key in PEM form; for version 1 also a public key of 64 bytes
    #[arg(long, short, alias = "keyfile", value_name = "KEY")]
    pub key: Option<PathBuf>,
    /// Key of the bootloader's digest, 32 or 24 bytes: the file is flash contents from offset 0 on (version 1)
    #[arg(long, value_name = "KEY.bin")]
    pub digest_key: Option<PathBuf>,
    /// eFuse file: say what the chip with these eFuses decides, and why
    #[arg(long, value_name = "FILE")]
    pub efuse: Option<PathBuf>,
    /// The chip that the eFuses are of
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// Who verifies with the eFuses (version 2)
    #[arg(long, value_enum, default_value_t)]
    pub stage: Stage,
    #[command(flatten)]
    pub format: ShowArgs,
    /// Signed image
    pub image: PathBuf,
}

/// Who verifies an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Stage {
    /// The mask ROM verifies a bootloader
    #[default]
    Rom,
    /// The bootloader verifies an app
    Bootloader,
}

/// One line of the answer.
struct Answer {
    holds: bool,
    sentence: String,
    /// One row for each block, and the name of its verdict.
    blocks: Vec<(String, &'static str)>,
}

impl Answer {
    fn plain(holds: bool, sentence: impl Into<String>) -> Self {
        Answer {
            holds,
            sentence: sentence.into(),
            blocks: Vec::new(),
        }
    }
}

/// Verifies an image.
///
/// # Errors
/// Where a file cannot be read or is none that could hold a signature. A signature that does not hold is an exit code.
pub fn verify(args: &VerifyArgs) -> Result<Exit, Error> {
    let image = files::read(&args.image, files::MAX_FLASH_FILE)?;
    let answer = match (args.version, &args.key, &args.digest_key, &args.efuse) {
        (Version::V1, Some(key), ..) => app_v1(args, &image, key)?,
        (Version::V1, _, Some(key), _) => bootloader_v1(args, &image, &digest_key(key)?)?,
        (Version::V1, _, _, Some(file)) => {
            let efuses = dump::efuses(args.chip, file)?.bank;
            bootloader_v1(args, &image, &v1::key_of(&efuses))?
        }
        (Version::V2, Some(key), ..) => with_key(args, &image, &verifying_key(key)?)?,
        (Version::V2, _, _, Some(file)) => with_efuses(args, &image, file)?,
        _ => {
            return Err(Error::usage(
                "--digest-key is for the bootloader's digest of secure boot v1",
                "name --key or --efuse",
            ));
        }
    };
    print(&match args.format.format {
        ShowFormat::Table => table(&args.image, &answer),
        ShowFormat::Json => json(&answer),
    })?;
    Ok(match answer.holds {
        true => Exit::Success,
        false => Exit::Unexpected,
    })
}

fn table(path: &Path, answer: &Answer) -> String {
    let verdict = match answer.holds {
        true => "verified",
        false => "REFUSED",
    };
    let mut out = format!("{}: {verdict}: {}\n", path.display(), answer.sentence);
    for (number, (row, _)) in answer.blocks.iter().enumerate() {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "  block {number}: {row}");
    }
    out
}

fn json(answer: &Answer) -> String {
    let blocks = answer.blocks.iter();
    let blocks: Vec<Value> = blocks
        .map(|(row, name)| json!({ "verdict": name, "why": row }))
        .collect();
    let value = json!({
        "schema": "cloneproof-verify/1",
        "verified": answer.holds,
        "why": answer.sentence,
        "blocks": blocks,
    });
    format!("{value:#}\n")
}

fn app_v1(args: &VerifyArgs, image: &[u8], path: &Path) -> Result<Answer, Error> {
    let file = files::read(path, files::MAX_SMALL_FILE)?;
    let key = v1::public_key(&file).map_err(|error| key_error(path, &error))?;
    let key = key.map_err(|error| v1_error(path, &error))?;
    match v1::verify_app(image, &key) {
        Ok(()) => Ok(Answer::plain(true, "the app is signed with this key")),
        Err(error @ V1Error::Scheme { .. }) => Err(v1_error(path, &error)),
        Err(error @ (V1Error::Unsigned { .. } | V1Error::Misplaced { .. })) => {
            Err(v1_error(&args.image, &error))
        }
        Err(error) => Ok(Answer::plain(false, error.to_string())),
    }
}

fn bootloader_v1(args: &VerifyArgs, flash: &[u8], key: &[u8; 32]) -> Result<Answer, Error> {
    match v1::verify_bootloader(key, flash) {
        Ok(()) => Ok(Answer::plain(
            true,
            "the digest at 0x80 is the bootloader's with this key",
        )),
        Err(error @ (V1Error::Digest | V1Error::NoDigest)) => {
            Ok(Answer::plain(false, error.to_string()))
        }
        Err(error) => Err(v1_error(&args.image, &error)),
    }
}

/// As `espsecure verify-signature`: whether one of the blocks is signed with this key.
fn with_key(args: &VerifyArgs, file: &[u8], key: &VerifyingKey) -> Result<Answer, Error> {
    let fail = |error| verify_error(&args.image, &error);
    let (image, blocks) = v2::blocks(file).map_err(fail)?;
    let rows: Vec<_> = blocks.iter().map(|block| row(image, block, key)).collect();
    let holds = rows.iter().any(|(_, name)| *name == "verified");
    let sentence = match holds {
        true => format!("the image is signed with this {} key", key.scheme()),
        false => format!("no signature of the image is by this {} key", key.scheme()),
    };
    Ok(Answer {
        holds,
        sentence,
        blocks: rows,
    })
}

fn row(image: &[u8], block: &SignatureBlock, key: &VerifyingKey) -> (String, &'static str) {
    let scheme = match block.check() {
        Ok(scheme) => scheme,
        Err(problem) => return problem_row(&problem),
    };
    let digest = scheme.image_digest(image);
    if block.image_digest(scheme) != digest {
        return image_digest_row();
    }
    if block.key_digest(scheme) != v2::key_digest(key) {
        let by = hex::encode(block.key_digest(scheme));
        return (
            format!("signed with another key, {scheme} {by}"),
            "other-key",
        );
    }
    match key.verify(&digest, &block.signature(scheme)) {
        true => ("signed with this key".to_owned(), "verified"),
        false => (
            "names this key, but the signature is not its".to_owned(),
            "wrong-signature",
        ),
    }
}

fn image_digest_row() -> (String, &'static str) {
    let row = "the image was changed after it was signed: its digest is another";
    (row.to_owned(), "image-digest")
}

fn with_efuses(args: &VerifyArgs, file: &[u8], path: &Path) -> Result<Answer, Error> {
    let efuses = dump::efuses(args.chip, path)?.bank;
    let checker = match args.stage {
        Stage::Rom => Checker::Rom,
        Stage::Bootloader => Checker::Bootloader,
    };
    let found =
        v2::verify(&efuses, file, checker).map_err(|error| verify_error(&args.image, &error))?;
    Ok(Answer {
        holds: found.accepted(),
        sentence: sentence(&found),
        blocks: found.blocks.iter().map(verdict_row).collect(),
    })
}

fn sentence(found: &Verification) -> String {
    let mut text = match found.decision {
        Decision::Accepted { block, slot } => {
            format!("block {block} is signed with the key of digest slot {slot}")
        }
        Decision::Refused(Refusal::NoMagic { found }) => {
            format!("there is no signature block: the sector begins with {found:#04x}")
        }
        Decision::Refused(Refusal::NoTrustedKey) => {
            "the eFuses trust no key: no digest is burned, or all are revoked".to_owned()
        }
        Decision::Refused(Refusal::ImageHash) => {
            "the SHA-256 behind the image is missing or wrong".to_owned()
        }
        Decision::Refused(_) => "no block is accepted".to_owned(),
    };
    for slot in found.revoked() {
        let _ = write!(text, "; the chip revokes the key of digest slot {slot}");
    }
    if !found.enabled {
        text += "; secure boot is off in these eFuses, so the chip does not ask";
    }
    text
}

fn verdict_row(verdict: &BlockVerdict) -> (String, &'static str) {
    match verdict {
        BlockVerdict::Verified { slot } => (
            format!("verified with the key of digest slot {slot}"),
            "verified",
        ),
        BlockVerdict::Unusable(problem) => problem_row(problem),
        BlockVerdict::Scheme { scheme } => {
            (format!("the chip does not verify {scheme} here"), "scheme")
        }
        BlockVerdict::ImageDigest => image_digest_row(),
        BlockVerdict::UntrustedKey { digest } => (
            format!("its key is not in the eFuses: {}", hex::encode(digest)),
            "untrusted-key",
        ),
        BlockVerdict::RevokedKey { slot } => (
            format!("its key, of digest slot {slot}, is revoked"),
            "revoked-key",
        ),
        BlockVerdict::WrongSignature { slot, .. } => (
            format!("its key, of digest slot {slot}, is trusted, but the signature is wrong"),
            "wrong-signature",
        ),
        _ => ("not looked at".to_owned(), "not-reached"),
    }
}
