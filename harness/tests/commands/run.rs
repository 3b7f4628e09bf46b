//! `cloneproof run`: scenarios, reports, and that no report overwrites what a scenario is made of.

use std::fs;

use crate::bad_input::inputs;
use crate::support::{Folder, repository};

#[test]
fn a_scenario_runs_and_reports_in_every_format() {
    let inputs = inputs();
    let scenario = repository().join("scenarios/1-unprotected-copy.toml");
    let scenario = scenario.to_str().unwrap();
    for (format, text) in [
        ("human", "1 of 1 verdicts as expected"),
        ("json", "\"schema\": \"cloneproof-report/2\""),
        ("junit", "<testsuites"),
        ("markdown", "| unprotected-copy |"),
    ] {
        let arguments = ["run", scenario, "--format", format];
        let ran = inputs.run_words(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert!(ran.out.contains(text), "{}", ran.out);
        assert!(!ran.out.contains('\u{1b}'), "colours in a pipe");
        let quiet = inputs.run_words(&[&arguments[..], &["--out", "report"]].concat());
        assert_eq!((quiet.code, quiet.out.as_str()), (0, ""));
        assert_eq!(inputs.read("report"), ran.out.as_bytes());
    }
}

#[test]
fn a_failed_expectation_is_exit_code_one() {
    let inputs = inputs();
    let path = repository().join("scenarios/1-unprotected-copy.toml");
    let firmware = repository().join("images/esp32-hello");
    let text = fs::read_to_string(path).unwrap();
    let expect = text.find("verdict = ").unwrap();
    let text = format!(
        "{}verdict = \"refused\"\nstage = \"rom\"\nsignature = \"invalid-header\"\n",
        &text[..expect]
    );
    let firmware = firmware.to_str().unwrap().replace('\\', "/");
    let text = text.replace("../images/esp32-hello", &firmware);
    inputs.write("wrong.toml", text.as_bytes());
    inputs.expect(1, "run wrong.toml", &["THE COPY RUNS", "NOT AS EXPECTED"]);
}

fn copy(folder: &Folder, from: &str, to: &str) {
    for entry in fs::read_dir(repository().join(from)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        folder.write(&format!("{to}/{name}"), &fs::read(&path).unwrap());
    }
}

#[test]
fn a_report_never_overwrites_what_a_scenario_is_made_of() {
    let inputs = inputs();
    copy(&inputs, "images/esp32-hello", "hello");
    copy(&inputs, "images/esp32-encrypting-bootloader", "loader");
    let path = repository().join("scenarios/1-unprotected-copy.toml");
    let text = fs::read_to_string(path).unwrap();
    let old = "firmware = \"../images/esp32-hello\"";
    assert!(text.contains(old), "{text}");
    let new = "firmware = \"hello\"\nbootloader = \"loader\"";
    inputs.write("s.toml", text.replace(old, new).as_bytes());
    let table = cloneproof::flash::partition::PartitionTable::single_app();
    inputs.write("table.bin", &table.to_bytes().unwrap());
    let new = "app = \"hello/esp32-hello.elf\"\npartition-table = \"table.bin\"";
    let name = ("\"unprotected-copy\"", "\"parts\"");
    let parts = text.replace(old, new).replace(name.0, name.1);
    let parts = format!("{parts}\n[sign-of-life]\ntext = \"heartbeat\"\n");
    inputs.write("parts.toml", parts.as_bytes());
    for out in [
        "s.toml",
        "parts.toml",
        "table.bin",
        "hello/esp32-hello.elf",
        "hello/manifest.toml",
        "hello/chip.h",
        "loader/esp32-encrypting-bootloader.elf",
        "./loader/../loader/manifest.toml",
        "loader/link.ld",
    ] {
        // What the filter leaves out is protected, too.
        let line = format!("run s.toml parts.toml --filter ^none --out {out}");
        inputs.refuses(&line, 2, &["input file"]);
    }
}

#[test]
fn what_stops_a_report_is_told_before_the_run() {
    let inputs = inputs();
    let path = repository().join("scenarios/1-unprotected-copy.toml");
    let path = path.to_str().unwrap();
    // With a filter that matches nothing: had the run come first, the filter would be the error.
    let ran = inputs.run_words(&["run", path, "--filter", "^none", "--out", "nowhere/report"]);
    let text = ran.flat();
    assert_eq!(ran.code, 3, "{text}");
    assert!(text.contains("failed to write nowhere/report"), "{text}");
    let firmware = repository().join("images/esp32-hello");
    let firmware = firmware.to_str().unwrap().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap();
    let text = text.replace("../images/esp32-hello", &firmware);
    inputs.write("first.toml", text.as_bytes());
    inputs.write("second.toml", text.as_bytes());
    let named = ["two scenarios are named", "first.toml", "second.toml"];
    inputs.expect(2, "run first.toml second.toml", &named);
}
