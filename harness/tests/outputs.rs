//! The files that the program writes: never over an input, over an existing file only by permission, and with keys
//! readable by their owner only.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat};

/// Commands that write `OUT`, with the inputs that it must not be and the option that lets it be replaced.
const COMMANDS: &[(&str, &[&str], &str)] = &[
    (
        "flash encrypt --key key.bin --address 0x1000 data.bin OUT",
        &["key.bin", "data.bin"],
        "--force",
    ),
    (
        "flash decrypt --key key.bin --address 0x1000 data.bin OUT",
        &["key.bin", "data.bin"],
        "--force",
    ),
    (
        "efuse new --revision v3.0 --mac 24:0a:c4:00:00:01 OUT",
        &[],
        "--force",
    ),
    (
        "efuse convert --to espefuse efuse.bin OUT",
        &["efuse.bin"],
        "--force",
    ),
    (
        "efuse burn efuse.bin OUT JTAG_DISABLE=1",
        &["efuse.bin"],
        "--replace",
    ),
    (
        "efuse protect --write BLOCK3 efuse.bin OUT",
        &["efuse.bin"],
        "--replace",
    ),
    (
        "efuse burn-key --key key.bin --purpose USER efuse.bin OUT",
        &["key.bin", "efuse.bin"],
        "--force",
    ),
    (
        "boot --flash flash.bin --efuse efuse.bin --cycles 1000 --save-flash OUT",
        &["flash.bin", "efuse.bin"],
        "--force",
    ),
    (
        "boot --flash flash.bin --efuse efuse.bin --cycles 1000 --save-efuse OUT",
        &["flash.bin", "efuse.bin"],
        "--force",
    ),
    ("key generate --scheme ecdsa256 OUT", &[], "--force"),
    ("key digest key.pem --out OUT", &["key.pem"], "--force"),
    ("key public key.pem --out OUT", &["key.pem"], "--force"),
];
/// Those that write what may hold keys.
const SECRET: [&str; 9] = [
    "flash decrypt",
    "efuse new",
    "efuse convert",
    "efuse burn ",
    "efuse protect",
    "efuse burn-key",
    "--save-flash",
    "--save-efuse",
    "key generate",
];
/// What stands in an output that exists already.
const OLD: &[u8] = b"old";

/// A folder with good inputs.
fn inputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [0x24, 10, 0, 0, 0, 1]);
    write("efuse.bin", &bank.to_file(EfuseFormat::Qemu));
    write("flash.bin", &vec![0xFF; 1 << 20]);
    write("key.bin", &(0..32).collect::<Vec<u8>>());
    write("data.bin", &[1; 64]);
    let made = run(folder.path(), "key generate --scheme ecdsa256 key.pem", "");
    assert_eq!(made.status.code(), Some(0));
    folder
}

fn run(folder: &Path, line: &str, out: &str) -> Output {
    let words = line.split(' ').filter(|word| !word.is_empty());
    Command::new(env!("CARGO_BIN_EXE_cloneproof"))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("RUST_LOG")
        .args(words.map(|word| if word == "OUT" { out } else { word }))
        .output()
        .unwrap()
}

#[track_caller]
fn refused(folder: &Path, line: &str, out: &str, why: &str) {
    let path = folder.join(out);
    let before = fs::read(&path).unwrap();
    let done = run(folder, line, out);
    let message = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{line} ({out}): {message}");
    assert!(message.contains(why), "{line} ({out}): {message}");
    assert!(fs::read(&path).unwrap() == before, "{line} changed {out}");
}

#[track_caller]
fn done(folder: &Path, line: &str, out: &str) {
    let done = run(folder, line, out);
    let message = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{line}: {message}");
}

#[test]
fn no_command_writes_over_its_input_by_whatever_path() {
    let folder = inputs();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub")).unwrap();
    for (line, inputs, force) in COMMANDS {
        let forced = format!("{line} {force}");
        for input in *inputs {
            refused(folder.path(), &forced, input, "input file");
            refused(
                folder.path(),
                &forced,
                &format!("sub/../{input}"),
                "input file",
            );
            fs::hard_link(at(input), at("hard")).unwrap();
            refused(folder.path(), &forced, "hard", "input file");
            fs::remove_file(at("hard")).unwrap();
            #[cfg(unix)]
            {
                std::os::unix::fs::symlink(input, at("soft")).unwrap();
                refused(folder.path(), &forced, "soft", "input file");
                fs::remove_file(at("soft")).unwrap();
            }
        }
    }
}

#[test]
fn what_exists_is_replaced_by_permission_only() {
    let folder = inputs();
    for (line, _, force) in COMMANDS {
        let out = folder.path().join("out");
        fs::write(&out, OLD).unwrap();
        refused(folder.path(), line, "out", force);
        done(folder.path(), &format!("{line} {force}"), "out");
        assert_ne!(fs::read(&out).unwrap(), OLD, "{line}");
        fs::remove_file(&out).unwrap();
        done(folder.path(), line, "out");
        assert_ne!(fs::read(&out).unwrap(), OLD, "{line}");
        fs::remove_file(&out).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn what_may_hold_keys_is_for_its_owner_and_nothing_gets_wider() {
    use std::os::unix::fs::PermissionsExt;
    let folder = inputs();
    let out = folder.path().join("out");
    let mode = || out.metadata().unwrap().permissions().mode() & 0o777;
    for (line, _, force) in COMMANDS {
        let secret = SECRET.iter().any(|part| line.contains(part));
        fs::write(&out, OLD).unwrap();
        fs::set_permissions(&out, fs::Permissions::from_mode(0o644)).unwrap();
        done(folder.path(), &format!("{line} {force}"), "out");
        assert_eq!(mode(), if secret { 0o600 } else { 0o644 }, "{line}");
        fs::set_permissions(&out, fs::Permissions::from_mode(0o600)).unwrap();
        done(folder.path(), &format!("{line} {force}"), "out");
        assert_eq!(mode(), 0o600, "{line}");
        fs::remove_file(&out).unwrap();
        done(folder.path(), line, "out");
        assert!(!secret || mode() == 0o600, "{line}");
        fs::remove_file(&out).unwrap();
    }
}

#[test]
fn a_report_replaces_a_report_but_no_file_that_it_is_about() {
    let folder = inputs();
    let line = "audit --efuse efuse.bin --flash flash.bin --out OUT";
    fs::write(folder.path().join("report"), OLD).unwrap();
    let audit = run(folder.path(), line, "report");
    assert_eq!(audit.status.code(), Some(1));
    assert_ne!(fs::read(folder.path().join("report")).unwrap(), OLD);
    refused(folder.path(), line, "efuse.bin", "input file");
    refused(folder.path(), line, "flash.bin", "input file");
}

#[test]
fn the_keys_of_attackers_are_inputs_of_a_scenario() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let scenarios = cloneproof_harness::input::scenario::find(&[folder]).unwrap();
    let mut attackers = 0;
    for path in scenarios {
        let scenario = cloneproof_harness::input::scenario::load(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| line.starts_with("key = ")) {
            let key = line.split('"').nth(1).unwrap();
            let mut inputs = scenario.inputs();
            assert!(inputs.any(|input| input.ends_with(key)), "{line}");
            attackers += 1;
        }
    }
    assert!(attackers > 0, "no scenario signs with another key");
}

#[test]
fn a_report_replaces_no_file_of_a_build() {
    let folder = inputs();
    let elf = include_bytes!("../../images/esp32-hello/esp32-hello.elf");
    fs::write(folder.path().join("app.elf"), elf).unwrap();
    let line = "audit --efuse efuse.bin --build app.elf --out OUT";
    refused(folder.path(), line, "app.elf", "input file");
    refused(
        folder.path(),
        "check app.elf --out OUT",
        "app.elf",
        "input file",
    );
}
