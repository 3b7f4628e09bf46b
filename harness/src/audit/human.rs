//! The report of an audit for people, by severity.

use anstyle::Style;
use cloneproof::audit::Severity;

use super::model::{AuditReport, FindingReport, ProofReport};
use super::prove::Result;
use crate::report::page::{BAD, BOLD, DIM, GOOD, NOTE, Out, styled};

/// Columns of the labels.
const LABELS: usize = 7;

/// The report for people.
pub fn render(report: &AuditReport) -> String {
    let mut out = Out::default();
    head(&mut out, report);
    for severity in [Severity::High, Severity::Medium, Severity::Note] {
        let all = report.findings.iter();
        let all: Vec<&FindingReport> = all.filter(|finding| finding.severity == severity).collect();
        if all.is_empty() {
            continue;
        }
        out.blank();
        let (title, style) = match severity {
            Severity::High => ("HIGH", BAD),
            Severity::Medium => ("MEDIUM", NOTE),
            Severity::Note => ("NOTES", BOLD),
        };
        out.line(0, styled(style, title));
        for finding in all {
            lines(&mut out, finding);
        }
    }
    summary(&mut out, report);
    out.into_text()
}

fn head(out: &mut Out, report: &AuditReport) {
    let encryption = match report.flash_encryption {
        true => "on",
        false => "off",
    };
    out.line(
        0,
        format_args!(
            "{} {}, MAC {}: flash encryption {encryption}, secure boot {}",
            report.chip, report.revision, report.mac, report.secure_boot
        ),
    );
    let flash = match &report.flash_file {
        Some(flash) => format!(", flash {flash}"),
        None => String::new(),
    };
    out.line(0, format_args!("eFuses {}{flash}", report.efuse_file));
    for warning in &report.warnings {
        out.wrapped(0, NOTE, &format!("warning: {warning}"));
    }
}

fn lines(out: &mut Out, finding: &FindingReport) {
    let plain = Style::new();
    out.line(
        2,
        format_args!("{}: {}", styled(BOLD, finding.id), finding.title),
    );
    out.labelled(4, "found", LABELS, plain, &finding.found);
    out.labelled(4, "why", LABELS, plain, finding.why);
    out.labelled(4, "mend", LABELS, plain, finding.mend);
    if !finding.burn.is_empty() {
        match finding.can_be_mended {
            true => out.labelled(4, "burn", LABELS, plain, &finding.burn.join(" ")),
            false => out.labelled(
                4,
                "burn",
                LABELS,
                BAD,
                &format!(
                    "too late, a protection stands against it: {}",
                    finding.burn.join(" ")
                ),
            ),
        }
    }
    proof(out, &finding.proof);
}

fn proof(out: &mut Out, proof: &ProofReport) {
    let text = format!("{}: {}", proof.scenario, proof.what);
    out.labelled(4, "proof", LABELS, DIM, &text);
    let Some(shown) = &proof.result else {
        return;
    };
    let (word, style) = match shown.result {
        Result::Shown => ("SHOWN", BAD),
        Result::NotShown => ("not shown", GOOD),
        Result::Inconclusive => ("OPEN", NOTE),
    };
    out.wrapped(4 + LABELS, style, &format!("{word}: {}", shown.what));
    if let (Some(line), Some(number)) = (&shown.console_line, shown.line_number) {
        out.line(
            4 + LABELS,
            format_args!("console line {number}: \"{line}\""),
        );
    }
}

fn summary(out: &mut Out, report: &AuditReport) {
    let [high, medium, notes] =
        [Severity::High, Severity::Medium, Severity::Note].map(|severity| report.count(severity));
    out.blank();
    let verdict = match report.clean {
        true => styled(GOOD, "no weakness found"),
        false => styled(BAD, format_args!("{} weaknesses", high + medium)),
    };
    let (passed, none) = (report.passed.len(), report.not_applicable.len());
    out.line(
        0,
        format_args!("{verdict}: {high} high, {medium} medium; {notes} notes"),
    );
    out.line(
        0,
        format_args!(
            "{passed} checks passed, {none} do not apply, {} could not be made",
            report.unknown.len()
        ),
    );
    let mut whys: Vec<&str> = report.unknown.iter().map(|unknown| unknown.why).collect();
    whys.sort_unstable();
    whys.dedup();
    for why in whys {
        let of = report.unknown.iter().filter(|unknown| unknown.why == why);
        let ids: Vec<&str> = of.map(|unknown| unknown.id).collect();
        out.wrapped(2, DIM, &format!("{why}: {}", ids.join(", ")));
    }
}
