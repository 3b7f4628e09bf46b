//! Tests of scenario files: what is accepted, and that every mistake is named and underlined.

use std::path::Path;

use miette::Diagnostic;

use super::{Expect, checked, raw};
use crate::base::error::Error;

/// A scenario whose app file does not exist: everything else is checked before the files are read.
const GOOD: &str = r#"
name = "x"
description = "y"
chip = "esp32"
[sign-of-life]
text = "alive"
[donor]
revision = "v3.0"
mac = "24:0a:c4:00:00:01"
preset = "release"
encryption-key = "generate:1"
app = "no-such-file.elf"
[[target]]
name = "blank"
mac = "24:0a:c4:00:00:02"
[target.expect]
verdict = "refused"
stage = "rom"
signature = "invalid-header"
"#;

fn check(text: &str) -> Result<super::Scenario, Error> {
    let path = Path::new("some/scenario.toml");
    checked::check(path, text, raw::parse(path, text)?)
}

/// The message, the help and the underlined text of the error that a changed scenario gives.
#[track_caller]
fn error_of(from: &str, to: &str) -> (String, String, String) {
    error_of_all(&[(from, to)])
}

/// The same for a donor with one more eFuse field.
#[track_caller]
fn error_burning(changes: &[(&str, &str)], burn: &str) -> (String, String, String) {
    let burn = format!("[donor.burn]\n{burn}\n[[target]]");
    error_of_all(&[changes, &[("[[target]]", burn.as_str())]].concat())
}

#[track_caller]
fn error_of_all(changes: &[(&str, &str)]) -> (String, String, String) {
    error_in(GOOD, changes)
}

/// The same for another scenario.
#[track_caller]
pub(super) fn error_in(good: &str, changes: &[(&str, &str)]) -> (String, String, String) {
    let mut text = good.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    match check(&text) {
        Err(Error::Scenario(error)) => {
            let label = error.labels().unwrap().next().unwrap();
            let marked = text[label.offset()..label.offset() + label.len()].to_owned();
            let help = error
                .help()
                .map_or_else(String::new, |help| help.to_string());
            assert!(error.to_string().starts_with("some/scenario.toml: "));
            (error.message().to_owned(), help, marked)
        }
        other => panic!("{changes:?}: {other:?}"),
    }
}

#[test]
fn the_good_scenario_fails_only_for_its_missing_file() {
    match check(GOOD) {
        Err(Error::Read { path, .. }) => assert!(path.ends_with("some/no-such-file.elf")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_mistake_is_named_and_underlined() {
    // What is replaced, by what; what the message says; what is underlined.
    let table = [
        (
            "chip = \"esp32\"",
            "chip = \"esp9\"",
            "unknown chip",
            "\"esp9\"",
        ),
        ("chip = \"esp32\"", "chip = 32", "invalid type", "32"),
        (
            "description",
            "descripton",
            "unknown field `descripton`",
            "descripton",
        ),
        (
            "preset =",
            "pre-set =",
            "unknown field `pre-set`",
            "pre-set",
        ),
        ("stage =", "stages =", "unknown field `stages`", "stages"),
        ("name = \"x\"", "name = \"X y\"", "no name", "\"X y\""),
        ("text = \"alive\"", "text = \" \"", "empty text", "\" \""),
        (
            "text = \"alive\"",
            "regex = '('",
            "no regular expression",
            "'('",
        ),
        (
            "text = \"alive\"",
            "regex = '(x)?'",
            "matches the empty string",
            "'(x)?'",
        ),
        ("\"v3.0\"", "\"three\"", "no chip revision", "\"three\""),
        ("\"v3.0\"", "\"v7.0\"", "cannot tell revision", "\"v7.0\""),
        (
            "24:0a:c4:00:00:01",
            "24:0a:c4:00:00",
            "no MAC",
            "\"24:0a:c4:00:00\"",
        ),
        (
            "24:0a:c4:00:00:01",
            "25:0a:c4:00:00:01",
            "multicast",
            "\"25:0a:c4:00:00:01\"",
        ),
        ("\"release\"", "\"relase\"", "unknown preset", "\"relase\""),
        ("\"generate:1\"", "\"same\"", "no donor's key", "\"same\""),
        ("\"generate:1\"", "\"abcd\"", "has 2 bytes", "\"abcd\""),
        ("\"generate:1\"", "\"xyz\"", "no encryption key", "\"xyz\""),
        ("\"generate:1\"", "\"abc\"", "no encryption key", "\"abc\""),
        (
            "24:0a:c4:00:00:01",
            "24:+a:c4:00:00:01",
            "no MAC",
            "\"24:+a:c4:00:00:01\"",
        ),
        (
            "encryption-key = \"generate:1\"",
            "",
            "needs an encryption key",
            "\"release\"",
        ),
        (
            "preset = \"release\"",
            "crypt-config = 1",
            "needs a preset",
            "1",
        ),
        (
            "preset = \"release\"",
            "preset = \"release\"\ncrypt-config = 16",
            "four bits",
            "16",
        ),
        (
            "[[target]]",
            "provision = \"some-day\"\n[[target]]",
            "unknown provision",
            "\"some-day\"",
        ),
        (
            "[[target]]",
            "provision = \"first-boot\"\n[[target]]",
            "encryption on before its first boot",
            "\"first-boot\"",
        ),
        (
            "preset = \"release\"",
            "coding-scheme = \"2/3\"",
            "unknown coding scheme",
            "\"2/3\"",
        ),
        (
            "[[target]]",
            "[donor.burn]\nNO_SUCH = 1\n[[target]]",
            "no eFuse field",
            "1",
        ),
        (
            "[[target]]",
            "[donor.burn]\nJTAG_DISABLE = 2\n[[target]]",
            "does not fit",
            "2",
        ),
        (
            "[[target]]",
            "[donor.burn]\nJTAG_DISABLE = -1\n[[target]]",
            "negative",
            "-1",
        ),
        (
            "[[target]]",
            "[donor.burn]\nUART_DOWNLOAD_DIS = 1\n[[target]]",
            "write-protected",
            "1",
        ),
        (
            "app = \"no-such-file.elf\"",
            "app = \"a\"\nflash-size = \"3MB\"",
            "unknown flash size",
            "\"3MB\"",
        ),
        (
            "\"refused\"",
            "\"refuses\"",
            "unknown verdict",
            "\"refuses\"",
        ),
        (
            "stage = \"rom\"",
            "stage = \"app\"",
            "printed by the mask ROM",
            "\"app\"",
        ),
        (
            "stage = \"rom\"",
            "stage = \"romm\"",
            "unknown stage",
            "\"romm\"",
        ),
        (
            "\"invalid-header\"",
            "\"invalid-heder\"",
            "unknown signature",
            "\"invalid-heder\"",
        ),
        (
            "[target.expect]",
            "attack = \"move\"\n[target.expect]",
            "unknown attack",
            "\"move\"",
        ),
    ];
    for (from, to, message, marked) in table {
        let (text, _, underlined) = error_of(from, to);
        assert!(text.contains(message), "{to}: {text}");
        assert_eq!(underlined, marked, "{to}: {text}");
    }
}

#[test]
fn efuses_that_would_mislead_are_refused() {
    let none = ("preset = \"release\"", "preset = \"none\"");
    let old = ("\"v3.0\"", "\"v1.0\"");
    // What is changed; what is burned; what the message and the help say.
    let table = [
        (none, "CODING_SCHEME = 1", "BLOCK1 is not coded", "3/4"),
        (none, "CODING_SCHEME = 2", "BLOCK1 is not coded", "3/4"),
        (
            ("\"generate:1\"", "\"generate:2\""),
            "CODING_SCHEME = 1",
            "BLOCK1 is not coded",
            "3/4",
        ),
        (
            ("\"generate:1\"", "\"generate:2\""),
            "coding_scheme = 2",
            "CODING_SCHEME is \"repeat\"",
            "3/4",
        ),
    ];
    for (change, burn, message, remedy) in table {
        let (text, help, marked) = error_burning(&[change], burn);
        assert!(text.contains(message), "{burn}: {text}");
        assert!(help.contains(remedy), "{burn}: {help}");
        assert!(burn.ends_with(&format!("= {marked}")), "{burn}: {marked}");
    }
    for revision in [old, ("\"v3.0\"", "\"v2.0\"")] {
        let (text, help, marked) = error_burning(&[none, revision], "UART_DOWNLOAD_DIS = 1");
        assert!(text.contains("UART_DOWNLOAD_DIS does not exist"), "{text}");
        assert!(help.contains("from revision v3.0 on"), "{help}");
        assert_eq!(marked, "1");
    }
    let burn = "[donor.burn]\nUART_DOWNLOAD_DIS = 1\n[[target]]";
    let right = GOOD.replace(none.0, none.1).replace("[[target]]", burn);
    assert!(matches!(check(&right), Err(Error::Read { .. })));
}

#[test]
fn signs_are_no_hexadecimal_digits() {
    let key = "+1".repeat(32);
    let (text, ..) = error_of("generate:1", &key);
    assert!(text.contains("no encryption key"), "{text}");
    let good = GOOD.replace("generate:1", &"f1".repeat(32));
    assert!(matches!(check(&good), Err(Error::Read { .. })));
}

#[test]
fn what_is_missing_is_named() {
    let (text, help, _) = error_of("verdict = \"refused\"\n", "");
    assert!(text.contains("missing field `verdict`"), "{text}");
    assert!(help.contains("add the key"), "{help}");
    let (text, ..) = error_of("signature = \"invalid-header\"", "");
    assert!(text.contains("named stage and signature"), "{text}");
    let (text, ..) = error_of("app = \"no-such-file.elf\"", "");
    assert!(text.contains("either firmware or app"), "{text}");
    let (text, _, marked) = error_of("verdict = \"refused\"", "verdict = \"boots\"");
    assert!(text.contains("no refusal") && marked == "\"rom\"", "{text}");
}

#[test]
fn an_unknown_signature_is_told_the_known_ones() {
    let (_, help, _) = error_of("\"invalid-header\"", "\"nothing\"");
    assert!(help.contains("flash-read-error"), "{help}");
}

#[test]
fn targets_have_different_names() {
    let target = &GOOD[GOOD.find("[[target]]").unwrap()..];
    let twice = format!("{GOOD}{target}");
    let error = check(&twice).unwrap_err();
    assert!(
        error.to_string().contains("another target \"blank\""),
        "{error}"
    );
    let none = &GOOD[..GOOD.find("[[target]]").unwrap()];
    let error = check(none).unwrap_err();
    assert!(error.to_string().contains("no target"), "{error}");
}

#[test]
fn text_that_is_no_toml() {
    for text in ["", "name", "[[[", "name = \"x\"\nname = \"y\"", "\u{0}"] {
        assert!(matches!(check(text), Err(Error::Scenario(_))), "{text:?}");
    }
}

#[test]
fn the_scenarios_of_the_repository_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let files = super::find(&[folder]).unwrap();
    assert!(files.len() >= 7);
    let mut names = std::collections::BTreeSet::new();
    for file in files {
        let scenario = super::load(&file).unwrap_or_else(|error| panic!("{error:?}"));
        assert!(names.insert(scenario.name), "two scenarios of one name");
        for target in &scenario.targets {
            assert_ne!(target.efuses.bank.mac(), scenario.donor.bank.mac());
            if let Expect::Boots { finding } = &target.expect {
                assert!(finding.ends_with('.'));
            }
        }
    }
}
