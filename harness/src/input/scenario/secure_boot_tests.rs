//! Tests of secure boot in scenario files: what is wrong is named where it stands.

use super::tests::error_in;
use super::xts_tests::GOOD;

const DONOR: &str = "preset = \"release\"\ncipher";

/// The error of a scenario whose donor also has these keys: message, and what it marks.
#[track_caller]
fn donor_error(keys: &str, message: &str, mark: &str) {
    let with = format!("{keys}\n{DONOR}");
    let (text, help, marked) = error_in(GOOD, &[(DONOR, &with)]);
    assert!(text.contains(message), "{keys}: {text}");
    assert!(!help.is_empty(), "{keys}");
    assert_eq!(marked, mark, "{keys}");
}

#[test]
fn what_secure_boot_cannot_be_is_named() {
    let key = "signing-keys = [\"a.pem\"]";
    donor_error(
        "secure-boot = \"v3\"",
        "unknown version of secure boot",
        "\"v3\"",
    );
    donor_error(
        "secure-boot = \"v1\"",
        "the esp32s3 has no secure boot v1",
        "\"v1\"",
    );
    donor_error("secure-boot = \"v2\"", "needs signing-keys", "\"v2\"");
    donor_error(
        "secure-boot = \"same\"",
        "no donor's secure boot",
        "\"same\"",
    );
    donor_error(key, "but no secure-boot", "[\"a.pem\"]");
    let four = "[\"a\", \"b\", \"c\", \"d\"]";
    let too_many = format!("secure-boot = \"v2\"\nsigning-keys = {four}");
    donor_error(&too_many, "4 keys, but the esp32s3 trusts 1 to 3", four);
}

#[test]
fn edits_that_cannot_be_are_named() {
    let target = "[target.expect]";
    let edits = [
        (
            "part = \"table\"\nwhat = \"modify\"",
            "unknown part",
            "\"table\"",
        ),
        (
            "part = \"app\"\nwhat = \"burn\"",
            "unknown edit",
            "\"burn\"",
        ),
        (
            "part = \"app\"\nwhat = \"sign\"",
            "whoever signs needs a key",
            "\"sign\"",
        ),
        (
            "part = \"app\"\nwhat = \"modify\"\nkey = \"a.pem\"",
            "only \"sign\" takes a key",
            "\"a.pem\"",
        ),
    ];
    for (edit, message, mark) in edits {
        let with = format!("[[target.edit]]\n{edit}\n{target}");
        let (text, _, marked) = error_in(GOOD, &[(target, &with)]);
        assert!(text.contains(message), "{edit}: {text}");
        assert_eq!(marked, mark, "{edit}");
    }
}
