//! The report of an audit: what JSON shows, and what the other formats are made of.

use cloneproof::audit::{self, Audit, Finding, LINTS, Severity, Subject};
use serde::{Serialize, Serializer};

use super::input::Input;
use super::prove::Shown;
use crate::base::text::mac;

/// Name and version of the JSON schema; the number grows when a key goes away or changes its meaning.
pub const SCHEMA: &str = "cloneproof-audit/1";

/// The report.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of cloneproof.
    pub version: &'static str,
    /// Name of the chip.
    pub chip: &'static str,
    /// Chip revision.
    pub revision: String,
    /// Factory MAC address.
    pub mac: String,
    /// The eFuse file.
    pub efuse_file: String,
    /// The flash file, or the build.
    pub flash_file: Option<String>,
    /// Whether flash encryption is on.
    pub flash_encryption: bool,
    /// `off`, `v1` or `v2`.
    pub secure_boot: &'static str,
    /// Whether nothing worse than notes was found.
    pub clean: bool,
    /// What is odd about the eFuse file.
    pub warnings: Vec<String>,
    /// What was found, the worst first.
    pub findings: Vec<FindingReport>,
    /// Lints that apply and found nothing.
    pub passed: Vec<&'static str>,
    /// Lints about something that this configuration does not have.
    pub not_applicable: Vec<&'static str>,
    /// Lints that could not be decided.
    pub unknown: Vec<UnknownReport>,
}

/// One weakness.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FindingReport {
    /// The lint.
    pub id: &'static str,
    /// `high`, `medium` or `note`.
    #[serde(serialize_with = "by_name")]
    pub severity: Severity,
    /// What is wrong.
    pub title: &'static str,
    /// The facts.
    pub found: String,
    /// Why it matters.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// Arguments of `cloneproof efuse burn` that mend it; empty where burns do not.
    pub burn: Vec<String>,
    /// Whether these burns are still possible.
    pub can_be_mended: bool,
    /// The eFuse fields that it is about.
    pub fields: Vec<&'static str>,
    /// The place in flash.
    pub flash_range: Option<FlashRange>,
    /// The proof.
    pub proof: ProofReport,
}

/// Bytes of the flash.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FlashRange {
    /// The first one.
    pub start: u32,
    /// The one behind the last.
    pub end: u32,
}

/// How a weakness is proven.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProofReport {
    /// Name of the scenario; `none` where no run can show it.
    pub scenario: &'static str,
    /// What the scenario shows; why there is none.
    pub what: &'static str,
    /// What the run gave, where it was run.
    pub result: Option<Shown>,
}

/// A lint that could not be decided.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct UnknownReport {
    /// The lint.
    pub id: &'static str,
    /// Why.
    pub why: &'static str,
}

impl AuditReport {
    /// The report of an audit; `shown` holds what the proof of each finding gave, in the order of the findings.
    pub fn new(input: &Input, audit: &Audit, shown: Vec<Option<Shown>>) -> Self {
        let subject = Subject::of(&input.efuses);
        let findings = audit.findings.iter().zip(shown);
        let path = |path: &std::path::Path| path.display().to_string();
        AuditReport {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            chip: input.efuses.chip().name(),
            revision: input.efuses.revision().to_string(),
            mac: mac(input.efuses.mac()),
            efuse_file: path(&input.efuse_path),
            flash_file: input.flash.as_ref().map(|(from, _)| path(from)),
            flash_encryption: subject.encrypts(),
            secure_boot: match (subject.secure_boot_v2(), subject.secure_boot_v1()) {
                (true, _) => "v2",
                (false, true) => "v1",
                (false, false) => "off",
            },
            clean: audit.is_clean(),
            warnings: input.warnings.clone(),
            findings: findings
                .map(|(finding, shown)| report(finding, shown))
                .collect(),
            passed: audit.passed.iter().map(|lint| lint.id).collect(),
            not_applicable: audit.not_applicable.iter().map(|lint| lint.id).collect(),
            unknown: audit
                .unknown
                .iter()
                .map(|(lint, why)| UnknownReport { id: lint.id, why })
                .collect(),
        }
    }

    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let all = self.findings.iter();
        all.filter(|finding| finding.severity == severity).count()
    }

    /// The report as indented JSON with a final newline.
    pub fn json(&self) -> String {
        // The model has string keys only and no floats: it cannot fail to serialise.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn report(finding: &Finding, shown: Option<Shown>) -> FindingReport {
    let (lint, evidence) = (finding.lint, &finding.evidence);
    let proof = evidence.proof.unwrap_or(lint.proof);
    FindingReport {
        id: lint.id,
        severity: finding.severity,
        title: lint.title,
        found: evidence.what.clone(),
        why: lint.why,
        mend: lint.mend,
        burn: evidence.fixes.iter().map(ToString::to_string).collect(),
        can_be_mended: finding.can_be_mended,
        fields: evidence.fields.clone(),
        flash_range: evidence.place.clone().map(|place| FlashRange {
            start: place.start,
            end: place.end,
        }),
        proof: ProofReport {
            scenario: proof.name(),
            what: proof.what(),
            result: shown,
        },
    }
}

fn by_name<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.name())
}

/// The lint of this name.
pub fn lint(id: &str) -> Option<&'static audit::Lint> {
    let mut all = LINTS.iter().copied().flatten();
    all.find(|lint| lint.id == id)
}
