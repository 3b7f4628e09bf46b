//! What a report says, in the form in which the JSON report shows it.
//!
//! The fields of this module are the JSON schema: a change that breaks a reader needs a new [`SCHEMA`].

use std::fmt;

use cloneproof::boot::{PanicKind, Signature, Stage};
use cloneproof::efuse::CodingScheme;
use serde::{Serialize, Serializer};

use super::executed::BootLine;
use super::outcome::{Answer, Cipher, Ending, Expected, Fidelity, Key, Outcome, Reason};
use crate::base::text::{as_text, as_text_if};
use crate::input::build::suite::Encryption;
use crate::input::build::{Kind, SecureBoot};
use crate::input::scenario::Attack;
use crate::proof::observe::Evidence;

/// Name and version of the JSON schema.
pub const SCHEMA: &str = "cloneproof-report/2";

/// The report of one run of the program.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of cloneproof.
    pub version: &'static str,
    /// The back ends that ran.
    pub backends: Vec<BackendInfo>,
    /// Totals.
    pub summary: Summary,
    /// The scenarios, one entry a back end.
    pub scenarios: Vec<ScenarioReport>,
    /// Where the back ends' verdicts differ.
    pub disagreements: Vec<Disagreement>,
    /// The answer to `cloneproof check`; absent in the report of `cloneproof run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckReport>,
}

impl Report {
    /// Whether every verdict that could be had is as expected, and there is one. Disagreeing back ends cannot all be.
    pub fn is_success(&self) -> bool {
        let summary = &self.summary;
        summary.expected > 0 && summary.expected + summary.not_applicable == summary.copies
    }
}

/// The answer to the question whether a copy of a build runs on another chip.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CheckReport {
    /// The build, as it was named.
    pub path: String,
    /// In which form it was given.
    #[serde(serialize_with = "as_text")]
    pub form: Kind,
    /// `refused`, `boots` or `inconclusive`: of the copy on chips that do not have the donor's key.
    pub outcome: Answer,
    /// The answer as a sentence.
    pub sentence: String,
    /// Every copy in a line.
    pub because: Vec<String>,
    /// Size of the flash in bytes.
    pub flash_size: u32,
    /// `none`, `pre-encrypted` or `first-boot`: how the donor's flash was encrypted.
    #[serde(serialize_with = "as_text")]
    pub encryption: Encryption,
    /// What the build's configuration says about encryption, and where.
    pub how: String,
    /// `off`, `version 1` or `version 2`: secure boot as the build configures it.
    #[serde(serialize_with = "as_text")]
    pub secure_boot: SecureBoot,
    /// Of a build that encrypts nothing: what encryption would give.
    pub what_if: Option<String>,
    /// What the user should know besides.
    pub notes: Vec<String>,
}

impl CheckReport {
    /// Whether the copy is proven not to run.
    pub fn is_success(&self) -> bool {
        self.outcome == Answer::Refused
    }
}

/// A back end.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BackendInfo {
    /// Short name.
    pub name: String,
    /// What it is and in which version.
    pub identity: String,
}

/// Totals over all copies.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Copies judged.
    pub copies: usize,
    /// Verdicts as expected.
    pub expected: usize,
    /// Copies that were refused.
    pub refused: usize,
    /// Copies that run.
    pub boots: usize,
    /// Copies of which nothing can be said.
    pub inconclusive: usize,
    /// Copies that the back end could not stand for.
    pub not_applicable: usize,
    /// Expected weaknesses that were demonstrated.
    pub findings: usize,
}

/// A scenario on one back end.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScenarioReport {
    /// Name.
    pub name: String,
    /// The scenario file, as it was named.
    pub file: String,
    /// What is done.
    pub description: String,
    /// Why it matters.
    pub why: Option<String>,
    /// The chip.
    pub chip: String,
    /// Name of the back end.
    pub backend: String,
    /// Whether every verdict that could be had is as expected, and there is one.
    pub as_expected: bool,
    /// The firmware in the donor's flash.
    pub firmware: FirmwareInfo,
    /// The donor's run: the first control.
    pub donor: ChipReport,
    /// The twin's run: the second control; absent where the donor failed.
    pub twin: Option<ChipReport>,
    /// The copies.
    pub targets: Vec<TargetReport>,
}

/// The firmware in the donor's flash.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FirmwareInfo {
    /// Name of the image, or of the app's file.
    pub name: String,
    /// SHA-256 of the app's file, as hexadecimal digits.
    pub sha256: String,
    /// First word at the bootloader's place in the flash that is copied, as it lies there, `0x…`: what a chip without the
    /// key reads as the image header.
    pub header: String,
    /// Flash ranges that are encrypted, `0x…-0x…` (end exclusive), empty where encryption is off.
    pub encrypted: Vec<String>,
    /// What the app's descriptor says; absent where it has none.
    pub app: Option<AppInfo>,
    /// What the bootloader's descriptor says; absent where it has none (before ESP-IDF v5.1).
    pub bootloader: Option<BootloaderInfo>,
    /// What lies open in the flash that is copied.
    pub plaintext: PlaintextInfo,
}

/// An app's descriptor (`esp_app_desc`).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppInfo {
    /// Name of the project.
    pub name: String,
    /// Version of the app.
    pub version: String,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// Date and time of the build.
    pub built: String,
    /// Secure version, for anti-rollback.
    pub secure_version: u32,
}

/// A bootloader's descriptor (`esp_bootloader_desc`).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootloaderInfo {
    /// Version of the bootloader.
    pub version: u32,
    /// Version of ESP-IDF.
    pub idf_version: String,
    /// Date and time of the build, empty where it was built reproducibly.
    pub built: String,
    /// Secure version, for anti-rollback.
    pub secure_version: u8,
}

/// What whoever reads the flash chip sees in plain text.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlaintextInfo {
    /// Bytes of bootloader, partition table and apps, without erased blocks.
    pub firmware_bytes: usize,
    /// How many of them lie in flash as they were built.
    pub plain_bytes: usize,
    /// Data partitions that flash encryption leaves alone and that hold something, `label: bytes`.
    pub data: Vec<String>,
}

/// A copy.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetReport {
    /// Name of the target.
    pub name: String,
    /// What the attacker does.
    #[serde(serialize_with = "as_text")]
    pub attack: Attack,
    /// What the attacker changed in the copy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<String>,
    /// What is expected.
    pub expected: Expected,
    /// What is known.
    pub verdict: VerdictReport,
    /// Whether that is as expected.
    pub as_expected: bool,
    /// What the verdict rests on: `exact` or `modelled`.
    pub fidelity: Fidelity,
    /// What a copy that runs means for the owner of the donor.
    pub finding: Option<String>,
    /// The target's run; absent where a control failed.
    pub chip: Option<ChipReport>,
}

impl TargetReport {
    /// Whether the back end could not stand for donor or target.
    pub fn is_not_applicable(&self) -> bool {
        self.verdict.outcome == Outcome::NotApplicable
    }
}

impl ScenarioReport {
    /// Whether the back end could not stand for any chip of the scenario's copies, and why.
    pub fn not_applicable(&self) -> Option<&Reason> {
        let reason = &self.targets.first()?.verdict.reason;
        let all = self.targets.iter().all(TargetReport::is_not_applicable);
        all.then_some(reason)
    }
}

/// A verdict.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct VerdictReport {
    /// `refused`, `boots`, `inconclusive` or `not-applicable`.
    pub outcome: Outcome,
    /// The verdict as a sentence.
    pub reason: Reason,
    /// Who refused.
    #[serde(serialize_with = "as_text_if")]
    pub stage: Option<Stage>,
    /// By which signature.
    #[serde(serialize_with = "as_text_if")]
    pub signature: Option<Signature>,
    /// The console line that decides: the refusal, or the app's sign of life.
    pub line: Option<String>,
    /// Its number since power-on.
    pub line_number: Option<u64>,
    /// What it rests on: `executed` or `console`.
    #[serde(serialize_with = "as_text")]
    pub evidence: Evidence,
    /// Where the chip was when it refused: function of the mask ROM or of the firmware, where that is known.
    pub place: Option<String>,
    /// How often the refusal appeared.
    pub count: Option<u64>,
}

impl VerdictReport {
    /// Whether another back end says the same: same outcome, same signature, and of nothing known the same reason.
    pub fn agrees(&self, other: &VerdictReport) -> bool {
        self.outcome == other.outcome
            && self.signature == other.signature
            && (self.outcome != Outcome::Inconclusive || self.reason == other.reason)
    }
}

/// A verdict in short.
impl fmt::Display for VerdictReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.outcome, self.signature) {
            (Outcome::Inconclusive, _) => write!(f, "inconclusive ({})", self.reason),
            (outcome, Some(signature)) => write!(f, "{outcome} ({signature})"),
            (outcome, None) => outcome.fmt(f),
        }
    }
}

/// A chip's run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChipReport {
    /// The eFuses at power-on.
    pub efuses: EfuseReport,
    /// eFuse fields that the run burned, `NAME: before -> after`.
    pub burned: Vec<String>,
    /// SHA-256 of the mask ROM that ran.
    pub rom_sha256: Option<String>,
    /// SHA-256 of the flash at power-on.
    pub flash_sha256_before: String,
    /// SHA-256 of the flash after the run.
    pub flash_sha256_after: String,
    /// The app's sign of life.
    pub sign_of_life: Option<String>,
    /// Why the run ended, as a sentence.
    pub stop: Ending,
    /// Resets after power-on.
    pub resets: Vec<String>,
    /// What was executed, boot by boot; absent where the back end has only a console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boots: Option<Vec<BootLine>>,
    /// Emulated CPU cycles; 0 where the back end does not count.
    pub cycles: u64,
    /// Guest instructions; 0 where the back end does not count.
    pub instructions: u64,
    /// Panics on the console, the first ones; absent where there was none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub panics: Vec<PanicReport>,
    /// What was touched and is not modelled, missing behaviour first; of many the first ones.
    pub gaps: Vec<String>,
    /// How many there are in all.
    pub gap_count: usize,
    /// How many of them are missing behaviour.
    pub behaviour_gaps: usize,
    /// The console as text; of a long one the beginning and the end.
    pub console: Vec<String>,
}

/// A panic on the console of a chip.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PanicReport {
    /// `guru-meditation`, `abort`, `assert`, `error-check`, `stack`, `rom-exception` or `rust-panic`.
    #[serde(serialize_with = "panic_kind")]
    pub kind: PanicKind,
    /// The core, where the firmware tells it.
    pub core: Option<u8>,
    /// Exception, assertion or message.
    pub cause: String,
    /// The console line that began it.
    pub line: String,
    /// Its number since power-on.
    pub line_number: u64,
    /// The instruction that failed, `0x…`.
    pub pc: Option<String>,
    /// Registers of the dump, `NAME: 0x…`.
    pub registers: Vec<String>,
    /// Addresses of the backtrace, `0x…`, innermost first.
    pub backtrace: Vec<String>,
    /// Whether the firmware found its stack damaged.
    pub corrupted: bool,
}

/// The eFuses that matter for cloning.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct EfuseReport {
    /// Chip revision, `v3.0`.
    pub revision: String,
    /// Factory MAC address.
    pub mac: String,
    /// Whether flash encryption is on.
    pub flash_encryption: bool,
    /// FLASH_CRYPT_CNT of the ESP32, SPI_BOOT_CRYPT_CNT of the later chips.
    pub flash_crypt_cnt: u64,
    /// FLASH_CRYPT_CONFIG of the ESP32; 0 on the later chips, which have none.
    pub flash_crypt_config: u8,
    /// `AES-256` (the ESP32's own), `XTS-AES-128` or `XTS-AES-256`.
    pub cipher: Cipher,
    /// CODING_SCHEME.
    #[serde(serialize_with = "as_text")]
    pub coding_scheme: CodingScheme,
    /// `blank`, or the first eight digits of the key's SHA-256: tells keys apart without showing them.
    pub key: Key,
    /// Whether software cannot read the key.
    pub key_read_protected: bool,
    /// Whether the key cannot be changed.
    pub key_write_protected: bool,
}

/// A copy on which two back ends do not agree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Disagreement {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the target.
    pub target: String,
    /// Each back end's verdict, `name: verdict`.
    pub verdicts: Vec<BackendVerdict>,
    /// Known faults of a back end that can explain it, `name: fault`.
    pub known_faults: Vec<String>,
}

/// What one of the back ends says of such a copy; in JSON `name: verdict`.
#[derive(Debug, Clone)]
pub struct BackendVerdict {
    /// Name of the back end.
    pub backend: String,
    /// Its verdict.
    pub verdict: VerdictReport,
}

impl fmt::Display for BackendVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.backend, self.verdict)
    }
}

impl Serialize for BackendVerdict {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        as_text(self, to)
    }
}

fn panic_kind<S: Serializer>(kind: &PanicKind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(kind.id())
}
