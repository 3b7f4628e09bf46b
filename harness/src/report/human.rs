//! The report for people, with colours as ANSI sequences: whoever prints it strips them where they do not belong.

use anstyle::Style;
use cloneproof::efuse::CodingScheme;

use super::human_check::{check_lines, firmware_lines};
use super::model::{ChipReport, EfuseReport, Report, ScenarioReport, TargetReport};
use super::outcome::{Cipher, Key, Outcome};
use super::page::{BAD, BOLD, DIM, GOOD, NOTE, Out, styled};

/// Console lines that are shown where a verdict is not as expected.
const EXCERPT: usize = 12;

/// The report for people.
pub fn render(report: &Report) -> String {
    let mut out = Out::default();
    if let Some(check) = &report.check {
        check_lines(&mut out, check);
    }
    for backend in &report.backends {
        out.line(
            0,
            format_args!("Back end {}: {}", backend.name, backend.identity),
        );
    }
    for scenario in &report.scenarios {
        scenario_lines(&mut out, scenario);
    }
    disagreements(&mut out, report);
    findings(&mut out, report);
    summary(&mut out, report);
    out.into_text()
}

fn scenario_lines(out: &mut Out, scenario: &ScenarioReport) {
    out.blank();
    let not_applicable = scenario.not_applicable();
    let mark = match (not_applicable, scenario.as_expected) {
        (Some(_), _) => styled(NOTE, "n/a "),
        (None, true) => styled(GOOD, "ok  "),
        (None, false) => styled(BAD, "FAIL"),
    };
    let backend = styled(DIM, format_args!("[{}]", scenario.backend));
    out.line(
        0,
        format_args!("{mark} {} {backend}", styled(BOLD, &scenario.name)),
    );
    out.wrapped(5, Style::new(), &scenario.description);
    if let Some(reason) = not_applicable {
        out.wrapped(5, NOTE, &format!("not applicable: {reason}"));
        return;
    }
    if let Some(why) = &scenario.why {
        out.wrapped(5, DIM, why);
    }
    donor(out, scenario);
    for target in &scenario.targets {
        target_lines(out, &scenario.chip, target);
    }
}

fn donor(out: &mut Out, scenario: &ScenarioReport) {
    let chip = &scenario.donor;
    out.line(
        5,
        format_args!("donor   {}", describe(&scenario.chip, &chip.efuses)),
    );
    let firmware = &scenario.firmware;
    let encrypted = match firmware.encrypted.is_empty() {
        true => "flash in plain text".to_owned(),
        false => format!("encrypted in flash: {}", firmware.encrypted.join(", ")),
    };
    out.line(13, format_args!("firmware {}, {encrypted}", firmware.name));
    firmware_lines(out, firmware);
    let header = &firmware.header;
    out.line(
        13,
        styled(
            DIM,
            format_args!("first word of the bootloader in flash: {header}"),
        ),
    );
    control(out, chip);
    rom(out, chip);
    flash(out, chip);
    burned(out, chip);
    gaps(out, chip, chip.sign_of_life.is_none());
    match &scenario.twin {
        Some(twin) => {
            out.line(
                5,
                "twin    same eFuses, the donor's flash as it was left, bit for bit",
            );
            control(out, twin);
            if twin.sign_of_life.is_none() {
                gaps(out, twin, true);
            }
        }
        None => out.line(5, "twin    not run"),
    }
}

fn describe(chip: &str, efuses: &EfuseReport) -> String {
    let encryption = if efuses.flash_encryption {
        let how = match efuses.cipher {
            Cipher::Aes256 => format!("config {:#x}", efuses.flash_crypt_config),
            xts @ (Cipher::XtsAes128 | Cipher::XtsAes256) => xts.to_string(),
        };
        format!("flash encryption on ({how})")
    } else {
        "flash encryption off".to_owned()
    };
    let key = match &efuses.key {
        Key::Blank => "no key".to_owned(),
        Key::Unknown => "a hidden key that reads as zeros".to_owned(),
        Key::Named(id) => format!(
            "key #{id}{}{}",
            match efuses.coding_scheme {
                CodingScheme::None | CodingScheme::ReedSolomon => String::new(),
                coded => format!(" coded {coded}"),
            },
            match (efuses.key_read_protected, efuses.key_write_protected) {
                (true, true) => ", protected",
                (true, false) => ", read-protected only",
                (false, true) => ", write-protected only",
                (false, false) => ", unprotected",
            }
        ),
    };
    format!(
        "{chip} {}, MAC {}, {encryption}, {key}",
        efuses.revision, efuses.mac
    )
}

fn control(out: &mut Out, chip: &ChipReport) {
    match (&chip.sign_of_life, chip.stop.is_alive()) {
        (Some(life), true) => out.line(
            13,
            format_args!("control holds: booted to its app (\"{life}\")"),
        ),
        (None, true) => out.line(13, "control holds: booted to its app, which ran on"),
        (_, false) => {
            let text = format!("control FAILED: did not boot to its app; {}", chip.stop);
            out.line(13, styled(BAD, text));
            excerpt(out, chip);
        }
    }
}

/// The newest app that the chip entered.
fn entered(out: &mut Out, chip: &ChipReport) {
    let boots = chip.boots.iter().flatten();
    if let Some(app) = boots.rev().find_map(|boot| boot.app.as_ref()) {
        out.wrapped(13, DIM, &app.describe());
    }
}

fn rom(out: &mut Out, chip: &ChipReport) {
    let sum = chip.rom_sha256.as_deref().unwrap_or("unknown");
    out.line(13, styled(DIM, format_args!("mask ROM SHA-256 {sum}")));
}

fn flash(out: &mut Out, chip: &ChipReport) {
    let before = &chip.flash_sha256_before;
    out.line(
        13,
        styled(DIM, format_args!("flash SHA-256 {before} before")),
    );
    let after = match chip.flash_sha256_after == *before {
        true => "              the same after the run: these bytes are copied".to_owned(),
        false => format!(
            "              {} after: these bytes are copied",
            chip.flash_sha256_after
        ),
    };
    out.line(13, styled(DIM, after));
}

fn burned(out: &mut Out, chip: &ChipReport) {
    if !chip.burned.is_empty() {
        let list = chip.burned.join(", ");
        out.wrapped(13, DIM, &format!("eFuses burned by the run: {list}"));
    }
}

/// Gaps that a person sees of a chip whose verdict is as expected.
const FEW_GAPS: usize = 3;

/// A target's gaps, missing behaviour first: the first few where the verdict is as expected.
fn target_gaps(out: &mut Out, chip: &ChipReport, in_full: bool) {
    let shown = match in_full {
        true => chip.gaps.len(),
        false => chip.gaps.len().min(FEW_GAPS.max(chip.behaviour_gaps)),
    };
    for gap in &chip.gaps[..shown] {
        out.line(13, styled(DIM, format_args!("not modelled: {gap}")));
    }
    let more = chip.gap_count - shown;
    if more > 0 {
        let text = format!("not modelled: and {more} more (--format json lists them)");
        out.line(13, styled(DIM, text));
    }
}

/// A chip whose verdict is as expected touched what does not matter: the JSON report lists it.
fn gaps(out: &mut Out, chip: &ChipReport, in_full: bool) {
    if in_full {
        for gap in &chip.gaps {
            out.line(13, styled(DIM, format_args!("not modelled: {gap}")));
        }
    } else if !chip.gaps.is_empty() {
        let number = chip.gap_count;
        let text = format!(
            "touched {number} register{} that the emulator does not model (--format json lists them)",
            if number == 1 { "" } else { "s" }
        );
        out.line(13, styled(DIM, text));
    }
}

fn target_lines(out: &mut Out, chip_name: &str, target: &TargetReport) {
    let about = match &target.chip {
        Some(chip) => describe(chip_name, &chip.efuses),
        None => "not run".to_owned(),
    };
    out.line(
        5,
        format_args!("target  {}: {about}", styled(BOLD, &target.name)),
    );
    if !target.edits.is_empty() {
        let text = format!("the copy was changed: {}", target.edits.join(", "));
        out.wrapped(13, Style::new(), &text);
    }
    if target.is_not_applicable() {
        let text = format!("NOT APPLICABLE: {}", target.verdict.reason);
        out.wrapped(13, NOTE, &text);
        return;
    }
    let style = match (target.as_expected, target.verdict.outcome) {
        (false, _) => BAD,
        (true, Outcome::Boots | Outcome::Starts) => NOTE,
        (true, _) => GOOD,
    };
    let verdict = match (target.verdict.stage, target.verdict.signature) {
        (Some(stage), Some(signature)) => {
            format!("REFUSED by {} ({signature})", stage.title())
        }
        _ if target.verdict.outcome == Outcome::Boots => "THE COPY RUNS".to_owned(),
        _ if target.verdict.outcome == Outcome::Starts => "THE COPY STARTS".to_owned(),
        _ => "INCONCLUSIVE".to_owned(),
    };
    out.line(13, styled(style, verdict));
    out.wrapped(13, Style::new(), &target.verdict.reason.to_string());
    if let (Some(line), Some(number)) = (&target.verdict.line, target.verdict.line_number) {
        out.line(13, format_args!("console line {number}: \"{line}\""));
    }
    if let (None, Some(place)) = (&target.verdict.line, &target.verdict.place) {
        out.line(13, format_args!("without a word; {place}"));
    }
    if let Some(chip) = &target.chip {
        entered(out, chip);
    }
    match target.as_expected {
        true => out.line(
            13,
            format_args!("as expected; fidelity {}", target.fidelity),
        ),
        false => {
            let text = format!("NOT AS EXPECTED: expected {}", target.expected);
            out.line(13, styled(BAD, text));
        }
    }
    if let Some(chip) = &target.chip {
        target_gaps(out, chip, !target.as_expected);
    }
    if let Some(chip) = target.chip.as_ref().filter(|_| !target.as_expected) {
        out.line(13, format_args!("stopped: {}", chip.stop));
        excerpt(out, chip);
    }
}

/// Panics, and the end of the console.
fn excerpt(out: &mut Out, chip: &ChipReport) {
    for panic in &chip.panics {
        let place = panic
            .pc
            .as_deref()
            .map_or(String::new(), |pc| format!(" at {pc}"));
        let text = format!("panic ({}): {}{place}", panic.kind.id(), panic.line);
        out.wrapped(13, BAD, &text);
        if !panic.backtrace.is_empty() {
            out.wrapped(15, DIM, &format!("backtrace {}", panic.backtrace.join(" ")));
        }
    }
    let lines: Vec<&String> = chip
        .console
        .iter()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        out.line(13, "console: silent");
        return;
    }
    out.line(13, "the end of its console:");
    for line in &lines[lines.len().saturating_sub(EXCERPT)..] {
        out.line(15, styled(DIM, format_args!("| {line}")));
    }
}

fn disagreements(out: &mut Out, report: &Report) {
    if report.disagreements.is_empty() {
        return;
    }
    out.blank();
    out.line(0, styled(BAD, "Back ends that disagree"));
    for disagreement in &report.disagreements {
        out.line(
            2,
            format_args!("{} / {}", disagreement.scenario, disagreement.target),
        );
        for verdict in &disagreement.verdicts {
            out.wrapped(4, Style::new(), &verdict.to_string());
        }
        for fault in &disagreement.known_faults {
            out.wrapped(4, DIM, &format!("known fault of {fault}"));
        }
    }
}

fn findings(out: &mut Out, report: &Report) {
    if report.summary.findings == 0 {
        return;
    }
    out.blank();
    out.line(
        0,
        styled(NOTE, "Findings: weaknesses that were shown to be real"),
    );
    for scenario in &report.scenarios {
        for target in scenario.targets.iter().filter(|target| target.as_expected) {
            if let Some(finding) = &target.finding {
                let place = format!("{} / {} [{}]", scenario.name, target.name, scenario.backend);
                out.line(2, place);
                out.wrapped(4, Style::new(), finding);
            }
        }
    }
}

fn summary(out: &mut Out, report: &Report) {
    let summary = &report.summary;
    out.blank();
    let style = if report.is_success() { GOOD } else { BAD };
    let not_applicable = match summary.not_applicable {
        0 => String::new(),
        number => format!(", {number} not applicable on their back end"),
    };
    let head = format!(
        "{} of {} verdicts as expected",
        summary.expected,
        summary.copies - summary.not_applicable
    );
    out.line(
        0,
        format_args!(
            "{}: {} refused, {} running, {} inconclusive{not_applicable}",
            styled(style, head),
            count(summary.refused, "copy", "copies"),
            summary.boots,
            summary.inconclusive
        ),
    );
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
