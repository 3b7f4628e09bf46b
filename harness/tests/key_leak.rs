//! No command tells a piece of a private key, whatever is wrong with the file that it is in.

#[path = "../../src/secure_boot/key_forms.rs"]
mod key_forms;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use cloneproof::hex;
use key_forms::{Form, forms, leak};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn test_key(name: &str) -> String {
    fs::read_to_string(root().join("src/secure_boot/testdata").join(name)).unwrap()
}

/// A folder with the key in one of its forms, an image and a scenario that asks for it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("app.bin", &[0xE9; 4096]);
        let firmware = root().join("images/esp32c3-hello");
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
        folder.write("signed.toml", scenario.as_bytes());
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    /// Whether a command accepted its input, and all that it said and wrote.
    fn run(&self, arguments: &str) -> (bool, Vec<u8>) {
        let output = Command::new(env!("CARGO_BIN_EXE_cloneproof"))
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .env("RUST_BACKTRACE", "1")
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code() != Some(2), said)
    }
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
        let _ = fs::remove_file(folder.0.path().join("public.pem"));
        // What a scenario with a readable key says is another test's; here it would only take its time.
        if form.read && command.starts_with("run") {
            continue;
        }
        let (accepted, said) = folder.run(command);
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
    let (folder, pem) = (Folder::new(), test_key("test-rsa3072.pem"));
    for form in forms(&pem) {
        check(&folder, &pem, &form);
    }
}

#[test]
fn ec_keys() {
    let folder = Folder::new();
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
    let folder = Folder::new();
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
