//! The report as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning.

use std::collections::BTreeMap;

use cloneproof::audit::{LINTS, Lint, Severity};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString,
    PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor,
    Result as SarifResult, ResultLevel, Run, Sarif, Tool, ToolComponent,
};

use super::model::{AuditReport, FindingReport};

const VERSION: &str = "2.1.0";
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as indented JSON with a final newline.
pub fn render(report: &AuditReport) -> String {
    let lints: Vec<&Lint> = LINTS.iter().copied().flatten().collect();
    let driver = ToolComponent::builder()
        .name("cloneproof")
        .semantic_version(report.version)
        .rules(lints.iter().map(|lint| rule(lint)).collect::<Vec<_>>())
        .build();
    let results = report.findings.iter();
    let results: Vec<SarifResult> = results
        .map(|finding| {
            let index = lints.iter().position(|lint| lint.id == finding.id);
            result(report, finding, index.unwrap_or(0) as i64)
        })
        .collect();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .results(results)
        .properties(properties([
            ("chip", json!(report.chip)),
            ("revision", json!(report.revision)),
            ("passed", json!(report.passed)),
            ("unknown", json!(report.unknown)),
        ]))
        .build();
    let sarif = Sarif::builder()
        .version(VERSION)
        .schema(SCHEMA)
        .runs(vec![run])
        .build();
    // String keys only and no floats: it cannot fail to serialise.
    let mut text = serde_json::to_string_pretty(&sarif).unwrap_or_default();
    text.push('\n');
    text
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Note => ResultLevel::Note,
    }
}

fn properties<const N: usize>(pairs: [(&str, Value); N]) -> PropertyBag {
    let pairs = pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    PropertyBag::builder()
        .additional_properties(pairs.collect::<BTreeMap<_, _>>())
        .build()
}

fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn rule(lint: &Lint) -> ReportingDescriptor {
    let configuration = ReportingConfiguration::builder()
        .level(json!(level(lint.severity)))
        .build();
    ReportingDescriptor::builder()
        .id(lint.id)
        .short_description(text(lint.title))
        .full_description(text(lint.why))
        .help(text(lint.mend))
        .default_configuration(configuration)
        .properties(properties([("proof", json!(lint.proof.name()))]))
        .build()
}

fn result(report: &AuditReport, finding: &FindingReport, index: i64) -> SarifResult {
    let message = format!("{}: {}. {}", finding.title, finding.found, finding.mend);
    SarifResult::builder()
        .rule_id(finding.id)
        .rule_index(index)
        .level(level(finding.severity))
        .message(Message::builder().text(message).build())
        .locations(vec![location(report, finding)])
        .properties(properties([
            ("severity", json!(finding.severity.name())),
            ("proof", json!(finding.proof)),
            ("burn", json!(finding.burn)),
            ("can-be-mended", json!(finding.can_be_mended)),
        ]))
        .build()
}

/// The eFuse file with the fields, or the place in the flash.
fn location(report: &AuditReport, finding: &FindingReport) -> Location {
    let file = |uri: &str| ArtifactLocation::builder().uri(as_uri(uri)).build();
    if let (Some(range), Some(flash)) = (finding.flash_range, &report.flash_file) {
        let region = Region::builder()
            .byte_offset(i64::from(range.start))
            .byte_length(i64::from(range.end) - i64::from(range.start))
            .build();
        let place = PhysicalLocation::builder()
            .artifact_location(file(flash))
            .region(region)
            .build();
        return Location::builder().physical_location(place).build();
    }
    let place = PhysicalLocation::builder()
        .artifact_location(file(&report.efuse_file))
        .build();
    let fields = finding.fields.iter().map(|name| {
        LogicalLocation::builder()
            .name(*name)
            .kind("eFuse field")
            .build()
    });
    let location = Location::builder().physical_location(place);
    match finding.fields.is_empty() {
        true => location.build(),
        false => location
            .logical_locations(fields.collect::<Vec<_>>())
            .build(),
    }
}

/// A path as a relative reference of RFC 3986: what is no character of one becomes %XX.
fn as_uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
