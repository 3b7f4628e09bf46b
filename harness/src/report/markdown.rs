//! The report as Markdown: a table of verdicts, the findings, and the evidence.

use std::fmt::Write;

use super::model::{Report, ScenarioReport, TargetReport};

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = String::from("# cloneproof report\n\n");
    for backend in &report.backends {
        line(
            &mut out,
            format_args!("- Back end `{}`: {}", backend.name, text(&backend.identity)),
        );
    }
    let summary = &report.summary;
    line(
        &mut out,
        format_args!(
            "\n**{} of {} verdicts as expected**: {} refused, {} running, {} inconclusive.\n",
            summary.expected, summary.copies, summary.refused, summary.boots, summary.inconclusive
        ),
    );
    out.push_str("| Scenario | Copy onto | Back end | Verdict | Evidence | As expected |\n");
    out.push_str("|---|---|---|---|---|---|\n");
    for scenario in &report.scenarios {
        for target in &scenario.targets {
            row(&mut out, scenario, target);
        }
    }
    findings(&mut out, report);
    disagreements(&mut out, report);
    out.push_str("\n## Controls and evidence\n");
    for scenario in &report.scenarios {
        evidence(&mut out, scenario);
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// Text that stands in a table cell or sentence.
fn text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('|', "\\|");
    escaped.replace(['\n', '\r'], " ").replace('<', "&lt;")
}

/// Console text as code; back ticks and bars would end it.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

fn row(out: &mut String, scenario: &ScenarioReport, target: &TargetReport) {
    let verdict = &target.verdict;
    let what = match (verdict.outcome, verdict.stage, verdict.signature) {
        ("refused", Some(stage), Some(signature)) => format!("refused ({stage}: {signature})"),
        ("boots", ..) => "**runs**".to_owned(),
        (other, ..) => other.to_owned(),
    };
    let evidence = match &verdict.line {
        Some(line) => code(line),
        None => text(&verdict.reason),
    };
    line(
        out,
        format_args!(
            "| {} | {} | {} | {what} | {evidence} | {} |",
            scenario.name,
            target.name,
            scenario.backend,
            if target.as_expected { "yes" } else { "**no**" }
        ),
    );
}

fn findings(out: &mut String, report: &Report) {
    if report.summary.findings == 0 {
        return;
    }
    out.push_str("\n## Findings\n\n");
    for scenario in &report.scenarios {
        for target in scenario.targets.iter().filter(|target| target.as_expected) {
            if let Some(finding) = &target.finding {
                line(
                    out,
                    format_args!(
                        "- **{} / {}**: {}",
                        scenario.name,
                        target.name,
                        text(finding)
                    ),
                );
            }
        }
    }
}

fn disagreements(out: &mut String, report: &Report) {
    if report.disagreements.is_empty() {
        return;
    }
    out.push_str("\n## Back ends that disagree\n\n");
    for disagreement in &report.disagreements {
        line(
            out,
            format_args!(
                "- **{} / {}**: {}",
                disagreement.scenario,
                disagreement.target,
                text(&disagreement.verdicts.join("; "))
            ),
        );
        for fault in &disagreement.known_faults {
            line(out, format_args!("  - known fault of {}", text(fault)));
        }
    }
}

fn evidence(out: &mut String, scenario: &ScenarioReport) {
    line(
        out,
        format_args!(
            "\n### {} ({})\n\n{}\n",
            scenario.name,
            scenario.backend,
            text(&scenario.description)
        ),
    );
    let rom = scenario.donor.rom_sha256.as_deref().unwrap_or("unknown");
    line(
        out,
        format_args!(
            "- donor: {} {}, mask ROM SHA-256 {rom}",
            scenario.chip, scenario.donor.efuses.revision
        ),
    );
    line(
        out,
        format_args!(
            "- donor flash SHA-256 before {}",
            scenario.donor.flash_sha256_before
        ),
    );
    line(
        out,
        format_args!(
            "- donor flash SHA-256 after {}",
            scenario.donor.flash_sha256_after
        ),
    );
    let control = |chip: Option<&super::model::ChipReport>| match chip {
        Some(chip) => match &chip.sign_of_life {
            Some(life) => format!("booted to its app ({})", code(life)),
            None => format!("**did not boot**: {}", text(&chip.stop)),
        },
        None => "not run".to_owned(),
    };
    line(
        out,
        format_args!("- control donor: {}", control(Some(&scenario.donor))),
    );
    line(
        out,
        format_args!("- control twin: {}", control(scenario.twin.as_ref())),
    );
    for target in &scenario.targets {
        line(
            out,
            format_args!(
                "- {}: {} (fidelity {})",
                target.name,
                text(&target.verdict.reason),
                target.fidelity
            ),
        );
        for gap in target.chip.iter().flat_map(|chip| &chip.gaps) {
            line(out, format_args!("  - not modelled: {}", text(gap)));
        }
        if let Some(chip) = target.chip.as_ref().filter(|chip| chip.gap_count > 0) {
            let (all, behaviour) = (chip.gap_count, chip.behaviour_gaps);
            line(
                out,
                format_args!("  - not modelled in all: {all}, of which behaviour: {behaviour}"),
            );
        }
    }
}
