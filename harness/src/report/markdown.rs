//! The report as Markdown: a table of verdicts, the findings, and the evidence.

use std::fmt::Write;

use super::model::{CheckReport, FirmwareInfo, Report, ScenarioReport, TargetReport};
use super::outcome::Outcome;

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = String::from("# cloneproof report\n\n");
    if let Some(check) = &report.check {
        answer(&mut out, check);
    }
    for backend in &report.backends {
        line(
            &mut out,
            format_args!("- Back end `{}`: {}", backend.name, text(&backend.identity)),
        );
    }
    let summary = &report.summary;
    let not_applicable = match summary.not_applicable {
        0 => String::new(),
        number => format!(", {number} not applicable on their back end"),
    };
    line(
        &mut out,
        format_args!(
            "\n**{} of {} verdicts as expected**: {} refused, {} running, {} inconclusive{not_applicable}.\n",
            summary.expected,
            summary.copies - summary.not_applicable,
            summary.refused,
            summary.boots,
            summary.inconclusive
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

/// The answer to `cloneproof check`.
fn answer(out: &mut String, check: &CheckReport) {
    line(out, format_args!("**{}**\n", text(&check.sentence)));
    let build = format!("{} ({})", check.path, check.form);
    line(out, format_args!("- build: {}", text(&build)));
    let encryption = format!("{} ({})", check.encryption, check.how);
    line(out, format_args!("- encryption: {}", text(&encryption)));
    line(out, format_args!("- secure boot: {}", check.secure_boot));
    for copy in &check.because {
        line(out, format_args!("- copy: {}", text(copy)));
    }
    if let Some(what_if) = &check.what_if {
        line(out, format_args!("- what if: {}", text(what_if)));
    }
    for note in &check.notes {
        line(out, format_args!("- note: {}", text(note)));
    }
    out.push('\n');
}

/// What the firmware says about itself, and what of it lies open.
fn firmware(out: &mut String, firmware: &FirmwareInfo) {
    line(out, format_args!("- firmware: {}", text(&firmware.name)));
    if let Some(app) = &firmware.app {
        let facts = format!(
            "{} version {}, ESP-IDF {}, built {}, secure version {}",
            app.name, app.version, app.idf_version, app.built, app.secure_version
        );
        line(out, format_args!("- app: {}", text(&facts)));
    }
    if let Some(loader) = &firmware.bootloader {
        let facts = format!(
            "version {}, ESP-IDF {}, secure version {}",
            loader.version, loader.idf_version, loader.secure_version
        );
        line(out, format_args!("- bootloader: {}", text(&facts)));
    }
    let plain = &firmware.plaintext;
    line(
        out,
        format_args!(
            "- in plain text: {} of {} firmware bytes",
            plain.plain_bytes, plain.firmware_bytes
        ),
    );
    for data in &plain.data {
        line(
            out,
            format_args!(
                "- bytes without flash encryption in partition {}",
                text(data)
            ),
        );
    }
}

fn row(out: &mut String, scenario: &ScenarioReport, target: &TargetReport) {
    let verdict = &target.verdict;
    let what = match (verdict.outcome, verdict.stage, verdict.signature) {
        (Outcome::Refused, Some(stage), Some(signature)) => {
            format!("refused ({stage}: {signature})")
        }
        (Outcome::Boots, ..) => "**runs**".to_owned(),
        (Outcome::Starts, ..) => "**starts**".to_owned(),
        (other, ..) => other.to_string(),
    };
    let evidence = match &verdict.line {
        Some(line) => code(line),
        None => text(&verdict.reason.to_string()),
    };
    line(
        out,
        format_args!(
            "| {} | {} | {} | {what} | {evidence} | {} |",
            scenario.name,
            target.name,
            scenario.backend,
            match target.as_expected {
                _ if target.is_not_applicable() => "-",
                true => "yes",
                false => "**no**",
            }
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
        let verdicts = disagreement.verdicts.iter();
        let verdicts: Vec<String> = verdicts.map(ToString::to_string).collect();
        line(
            out,
            format_args!(
                "- **{} / {}**: {}",
                disagreement.scenario,
                disagreement.target,
                text(&verdicts.join("; "))
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
    firmware(out, &scenario.firmware);
    let control = |chip: Option<&super::model::ChipReport>| match chip {
        Some(chip) => match &chip.sign_of_life {
            Some(life) => format!("booted to its app ({})", code(life)),
            None => format!("**did not boot**: {}", text(&chip.stop.to_string())),
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
                text(&target.verdict.reason.to_string()),
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
