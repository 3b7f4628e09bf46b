//! The parts of the report for people that tell about firmware, and the answer to `cloneproof check`.

use anstyle::Style;

use super::model::{CheckReport, FirmwareInfo};
use super::outcome::Answer;
use super::page::{BAD, DIM, GOOD, NOTE, Out, styled};

/// What the firmware says about itself, and what of it lies open.
pub(super) fn firmware_lines(out: &mut Out, firmware: &FirmwareInfo) {
    if let Some(app) = &firmware.app {
        let text = format!(
            "app {} version {}, ESP-IDF {}, built {}, secure version {}",
            app.name,
            app.version,
            app.idf_version,
            unless_empty(&app.built),
            app.secure_version
        );
        out.wrapped(13, DIM, &text);
    }
    if let Some(loader) = &firmware.bootloader {
        let text = format!(
            "bootloader version {}, ESP-IDF {}, built {}, secure version {}",
            loader.version,
            loader.idf_version,
            unless_empty(&loader.built),
            loader.secure_version
        );
        out.wrapped(13, DIM, &text);
    }
    let plain = &firmware.plaintext;
    let data = match plain.data.is_empty() {
        true => String::new(),
        false => format!(
            "; bytes in data partitions without flash encryption: {}",
            plain.data.join(", ")
        ),
    };
    let text = format!(
        "in plain text: {} of {} firmware bytes{data}",
        plain.plain_bytes, plain.firmware_bytes
    );
    out.wrapped(13, DIM, &text);
}

fn unless_empty(text: &str) -> &str {
    if text.is_empty() {
        "at an unknown time"
    } else {
        text
    }
}

/// The answer, and in short what it rests on; the evidence follows in the scenarios.
pub(super) fn check_lines(out: &mut Out, check: &CheckReport) {
    let style = match check.outcome {
        Answer::Refused => GOOD,
        Answer::Boots | Answer::Inconclusive => BAD,
    };
    out.line(0, styled(style, &check.sentence));
    out.blank();
    let megabytes = f64::from(check.flash_size) / f64::from(1 << 20);
    let build = format!("{} ({}), {megabytes} MB of flash", check.path, check.form);
    row(out, "build", Style::new(), &build);
    let encryption = format!("{}: {}", check.encryption, check.how);
    row(out, "encryption", Style::new(), &encryption);
    row(out, "secure boot", Style::new(), check.secure_boot.title());
    for line in &check.because {
        row(out, "copy", Style::new(), line);
    }
    if let Some(what_if) = &check.what_if {
        row(out, "what if", NOTE, what_if);
    }
    for note in &check.notes {
        row(out, "note", DIM, note);
    }
    out.blank();
}

fn row(out: &mut Out, name: &str, style: Style, text: &str) {
    out.labelled(2, name, 13, style, text);
}
