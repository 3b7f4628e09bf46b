//! No command tells a piece of a private key, whatever is wrong with the file that it is in.

#[path = "../../../src/secure_boot/key_forms.rs"]
mod key_forms;

use std::fs;

use crate::support::{Folder, repository};
use cloneproof::hex;
use key_forms::{Form, forms, leak};

fn test_key(name: &str) -> String {
    let folder = repository().join("src/secure_boot/testdata");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// A folder with an image, and a scenario that asks for the key.
fn folder() -> Folder {
    let firmware = repository().join("images/esp32c3-hello");
    let scenario = format!(
        r#"
name = "signed"
description = "A signed device."
why = "The key file is damaged."
chip = "esp32c3"
[donor]
revision = "v0.3"
mac = "24:0a:c4:d0:00:01"
secure-boot = "v2"
signing-keys = ["key.pem"]
firmware = "{}"
[[target]]
name = "blank"
mac = "24:0a:c4:d0:00:02"
[target.expect]
verdict = "boots"
"#,
        firmware.display()
    );
    Folder::with(&[
        ("app.bin", &[0xE9; 4096]),
        ("signed.toml", scenario.as_bytes()),
    ])
}

/// Whether a command accepted its input, and all that it said and wrote.
fn run(folder: &Folder, line: &str) -> (bool, Vec<u8>) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut command = folder.command(&words);
    let output = command.env("RUST_BACKTRACE", "1").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code() != Some(2), said)
}

/// Every command that reads a private key; the first fails for the image where the key is right.
const COMMANDS: [&str; 7] = [
    "key digest key.pem",
    "sign --version 2 --key key.pem --out signed.bin app.bin",
    "sign --version 1 --key key.pem --out signed.bin app.bin",
    "verify --version 2 --key key.pem app.bin",
    "verify --version 1 --key key.pem app.bin",
    "key public --version 2 --key key.pem --out public.pem",
    "run signed.toml",
];

fn check(folder: &Folder, pem: &str, form: &Form) {
    folder.write("key.pem", &form.file);
    for command in COMMANDS {
        let _ = fs::remove_file(folder.path("public.pem"));
        // What a scenario with a readable key says is another test's; here it would only take its time.
        if form.read && command.starts_with("run") {
            continue;
        }
        let (accepted, said) = run(folder, command);
        assert!(!said.is_empty(), "{}: {command}", form.name);
        let found = leak(pem, &said);
        assert_eq!(
            found, None,
            "{}: {command} tells a piece of the key",
            form.name
        );
        if command.starts_with("key digest") {
            let said = String::from_utf8_lossy(&said);
            assert_eq!(accepted, form.read, "{}: {said}", form.name);
        }
    }
}

#[test]
fn rsa_keys() {
    let (folder, pem) = (folder(), test_key("test-rsa3072.pem"));
    for form in forms(&pem) {
        check(&folder, &pem, &form);
    }
}

#[test]
fn ec_keys() {
    let folder = folder();
    for name in [
        "test-ecdsa192.pem",
        "test-ecdsa256.pem",
        "forms/ecdsa256-pkcs8.pem",
    ] {
        let pem = test_key(name);
        for form in forms(&pem) {
            check(&folder, &pem, &form);
        }
    }
}

#[test]
fn keys_that_no_chip_takes() {
    let folder = folder();
    for name in [
        "rsa2048",
        "p521",
        "ed25519",
        "encrypted-pkcs8",
        "encrypted-sec1",
    ] {
        let pem = test_key(&format!("refused/{name}.pem"));
        for mut form in forms(&pem) {
            form.read = false;
            check(&folder, &pem, &form);
        }
    }
}
