//! The program from outside: exit codes, messages, and that nothing is ever overwritten.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat};

/// A folder with good inputs, made anew for each test.
struct Inputs {
    folder: tempfile::TempDir,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Inputs {
    fn new() -> Inputs {
        let inputs = Inputs {
            folder: tempfile::tempdir().unwrap(),
        };
        let bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [0x24, 10, 0, 0, 0, 1]);
        inputs.write("efuse.bin", &bank.to_file(EfuseFormat::Qemu));
        inputs.write("flash.bin", &vec![0xFF; 1 << 20]);
        inputs.write("short.bin", &[0xFF; 1000]);
        inputs.write("odd.bin", &vec![0xFF; (1 << 20) + 4096]);
        inputs.write("empty.bin", &[]);
        inputs.write("key.bin", &[7; 32]);
        for len in [16, 24, 32, 64] {
            inputs.write(&format!("key-{len}.bin"), &(0..len).collect::<Vec<u8>>());
        }
        inputs.write("data.bin", &[1; 64]);
        inputs.write("data-17.bin", &[1; 17]);
        inputs.write("broken.toml", b"name = \"x\"\nnonsense = 1\n");
        inputs.write("noise.bin", &[0x12, 0x34, 0x56, 0x78, 0x9A]);
        inputs.write("cut-image.bin", &[0xE9, 3, 2, 0x20, 0, 0, 0, 0]);
        inputs.write("cut-table.bin", &[0xAA, 0x50, 1, 2]);
        inputs
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloneproof"));
        command
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env_remove("RUST_LOG")
            .args(arguments);
        command
    }

    /// Everything in the folder, to see that nothing changed.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let bytes = fs::read(&path).unwrap();
                (path, bytes)
            })
            .collect();
        all.sort();
        all
    }
}

#[test]
fn bad_input_is_named_and_changes_nothing() {
    // Arguments; exit code; what the message must name.
    let table: &[(&str, i32, &[&str])] = &[
        ("", 2, &["Usage"]),
        ("frobnicate", 2, &["frobnicate"]),
        ("run nowhere", 2, &["nowhere"]),
        ("run .", 2, &["broken.toml", "nonsense"]),
        (
            "run broken.toml",
            2,
            &["broken.toml", "unknown field `nonsense`"],
        ),
        ("run broken.toml --jobs 0", 2, &["--jobs"]),
        ("run broken.toml --format xml", 2, &["xml"]),
        ("boot --flash none --efuse efuse.bin", 2, &["none"]),
        ("boot --flash flash.bin --efuse none", 2, &["none"]),
        (
            "boot --flash short.bin --efuse efuse.bin",
            2,
            &["short.bin", "1000"],
        ),
        ("boot --flash odd.bin --efuse efuse.bin", 2, &["odd.bin"]),
        (
            "boot --flash empty.bin --efuse efuse.bin",
            2,
            &["empty.bin"],
        ),
        ("boot --flash . --efuse efuse.bin", 2, &["directory"]),
        (
            "boot --flash flash.bin --efuse short.bin",
            2,
            &["short.bin", "1000 bytes"],
        ),
        (
            "boot --flash flash.bin --efuse efuse.bin --until (",
            2,
            &["--until"],
        ),
        (
            "boot --flash flash.bin --efuse efuse.bin --time-limit 0",
            2,
            &["--time-limit"],
        ),
        (
            "boot --flash flash.bin --efuse efuse.bin --save-flash flash.bin",
            2,
            &["input file"],
        ),
        (
            "boot --flash flash.bin --efuse efuse.bin --save-efuse efuse.bin",
            2,
            &["input file"],
        ),
        (
            "boot --flash flash.bin --efuse efuse.bin --save-efuse x --save-flash x",
            2,
            &["same file"],
        ),
        (
            "boot --chip esp9 --flash flash.bin --efuse efuse.bin",
            2,
            &["esp9"],
        ),
        (
            "flash encrypt --key none --address 0 data.bin out",
            2,
            &["none"],
        ),
        (
            "flash encrypt --key short.bin --address 0 data.bin out",
            2,
            &["short.bin", "1000 bytes"],
        ),
        (
            "flash encrypt --key key.bin --address 8 data.bin out",
            2,
            &["0x8", "multiple of 16"],
        ),
        (
            "flash encrypt --key key.bin --address x data.bin out",
            2,
            &["--address"],
        ),
        (
            "flash encrypt --key key.bin --address 0 data-17.bin out",
            2,
            &["17 bytes", "multiple of 16"],
        ),
        (
            "flash decrypt --key key.bin --address 0xfffffff0 data.bin out",
            2,
            &["16 MB"],
        ),
        (
            "flash encrypt --key key.bin --address 0xfffff0 data.bin out",
            2,
            &["64 bytes", "0xfffff0", "16 MB", "address in flash"],
        ),
        (
            "flash encrypt --key key.bin --address 0x40080000 data.bin out",
            2,
            &["16 MB"],
        ),
        (
            "flash encrypt --key key.bin --address 0 empty.bin out",
            2,
            &["empty.bin: is empty"],
        ),
        (
            "flash decrypt --key key.bin --address 0 empty.bin out",
            2,
            &["empty.bin: is empty"],
        ),
        (
            "flash decrypt --key key.bin --address 0 --crypt-config 16 data.bin out",
            2,
            &["four bits"],
        ),
        (
            "flash encrypt --chip esp32 --key key-64.bin --address 0 data.bin out",
            2,
            &["key-64.bin", "64 bytes", "32 bytes, or 24 bytes"],
        ),
        (
            "flash encrypt --chip esp32c3 --key key-64.bin --address 0 data.bin out",
            2,
            &["key-64.bin", "XTS-AES-256", "esp32c3", "holds 32 bytes"],
        ),
        (
            "flash decrypt --chip esp32s3 --key key-16.bin --address 0 data.bin out",
            2,
            &["key-16.bin", "128 bits", "esp32s3", "64 bytes"],
        ),
        (
            "flash decrypt --chip esp32c2 --key key-24.bin --address 0 data.bin out",
            2,
            &["key-24.bin", "24 bytes", "16 bytes to derive"],
        ),
        (
            "flash encrypt --chip esp32s3 --key key-64.bin --address 0 --crypt-config 0xf data.bin out",
            2,
            &["--crypt-config", "esp32s3", "FLASH_CRYPT_CONFIG"],
        ),
        (
            "flash encrypt --chip esp32c3 --key key-32.bin --address 0xfffffff0 data.bin out",
            2,
            &["4 GB"],
        ),
        (
            "flash encrypt --chip esp32c3 --key key-32.bin --address 0x18 data.bin out",
            2,
            &["0x18", "multiple of 16"],
        ),
        (
            "flash encrypt --key key.bin --address 0 data.bin data.bin",
            2,
            &["input file"],
        ),
        (
            "flash encrypt --key key.bin --address 0 data.bin key.bin",
            2,
            &["input file"],
        ),
        (
            "flash encrypt --key key.bin --address 0 data.bin nowhere/out",
            3,
            &["nowhere"],
        ),
        ("efuse show short.bin", 2, &["short.bin", "124"]),
        ("efuse show none", 2, &["none"]),
        (
            "efuse show efuse.bin --chip esp32c3",
            2,
            &["124 bytes", "esp32 machine", "not of esp32c3"],
        ),
        (
            "efuse show efuse.bin --chip esp32p4",
            2,
            &["124 bytes", "not of esp32p4"],
        ),
        (
            "efuse new --revision v9.0 --mac 24:0a:c4:00:00:01 x",
            2,
            &["cannot tell revision v9.0"],
        ),
        (
            "efuse new --revision v3 --mac 24:0a:c4:00:00:01 x",
            2,
            &["no chip revision"],
        ),
        (
            "efuse new --revision v3.0 --mac 25:0a:c4:00:00:01 x",
            2,
            &["multicast"],
        ),
        (
            "efuse new --chip esp32h2 --revision v0.1 --mac 24:0a:c4:00:00:01 --format qemu x",
            2,
            &["QEMU has no esp32h2"],
        ),
        ("efuse protect efuse.bin x", 2, &["nothing to protect"]),
        (
            "efuse protect efuse.bin x --write NO_SUCH",
            2,
            &["no eFuse field or block \"NO_SUCH\""],
        ),
        (
            "efuse protect efuse.bin efuse.bin --write MAC",
            2,
            &["input file"],
        ),
        ("efuse diff efuse.bin short.bin", 2, &["short.bin"]),
        (
            "efuse burn-key --key key.bin --key key.bin --purpose USER efuse.bin x",
            2,
            &["differ in number"],
        ),
        (
            "efuse convert --to qemu efuse.bin efuse.bin",
            2,
            &["input file"],
        ),
        ("efuse convert --to qemu short.bin x", 2, &["short.bin"]),
        ("efuse burn efuse.bin x NO_SUCH=1", 2, &["NO_SUCH"]),
        (
            "efuse burn efuse.bin x JTAG_DISABLE=2",
            2,
            &["does not fit"],
        ),
        ("efuse burn efuse.bin x JTAG_DISABLE", 2, &["NAME=1"]),
        (
            "efuse burn efuse.bin x --read-protect JTAG_DISABLE",
            2,
            &["cannot be read-protected"],
        ),
        (
            "efuse burn-key --block 0 --key key.bin --purpose USER efuse.bin x",
            2,
            &["block 0 of the ESP32 cannot have the purpose USER"],
        ),
        (
            "efuse burn-key --block 0 --key key.bin --purpose XTS efuse.bin x",
            2,
            &["unknown key purpose"],
        ),
        ("image info empty.bin", 2, &["empty"]),
        ("image info noise.bin", 2, &["noise.bin", "12"]),
        ("image info cut-image.bin", 2, &["cut-image.bin"]),
        ("image info cut-table.bin", 2, &["cut-table.bin"]),
    ];
    let inputs = Inputs::new();
    let before = inputs.contents();
    for (arguments, code, names) in table {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let output = inputs.command(&words).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(*code), "{arguments}: {message}");
        // The message may be wrapped.
        let flat = message.replace(['\n', '│'], " ");
        let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
        for name in *names {
            assert!(flat.contains(name), "{arguments}: {name:?} not in {flat}");
        }
        assert!(!message.contains("panicked"), "{arguments}: {message}");
    }
    assert!(inputs.contents() == before, "something was changed");
}

#[test]
fn encryption_and_decryption_are_inverse() {
    let inputs = Inputs::new();
    let run = |chip: Chip, key, direction, from, to| {
        let options = [
            "--chip",
            chip.name(),
            "--key",
            key,
            "--address",
            "0x1030",
            "--force",
        ];
        let words = [&["flash", direction], &options[..], &[from, to]].concat();
        let output = inputs.command(&words).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{chip}: {message}");
        assert_eq!(message, "", "{chip}");
        inputs.read(to)
    };
    for chip in Chip::ALL {
        let run = |key| {
            let encrypted = run(chip, key, "encrypt", "data.bin", "cipher.bin");
            let back = run(chip, key, "decrypt", "cipher.bin", "plain.bin");
            assert_eq!(back, inputs.read("data.bin"));
            encrypted
        };
        let encrypted = run("key-32.bin");
        assert_ne!(encrypted, inputs.read("data.bin"));
        match chip {
            Chip::Esp32 => assert_ne!(run("key-24.bin"), encrypted),
            Chip::Esp32C2 => assert_ne!(run("key-16.bin"), encrypted),
            Chip::Esp32S3 => assert_ne!(run("key-64.bin"), encrypted),
            _ => {}
        }
    }
}

/// espsecure refuses to encrypt with such a key; the chips do not.
#[test]
fn equal_halves_of_a_key_are_warned_of() {
    let inputs = Inputs::new();
    let words = "flash encrypt --chip esp32c3 --key key.bin --address 0 data.bin out";
    let words: Vec<&str> = words.split(' ').collect();
    let output = inputs.command(&words).output().unwrap();
    assert!(output.status.success());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in ["WARN", "key.bin", "halves", "equal"] {
        assert!(message.contains(part), "{message}");
    }
    assert_ne!(inputs.read("out"), inputs.read("data.bin"));
}

#[test]
fn an_erased_flash_is_refused_by_the_rom_and_inputs_stay() {
    let inputs = Inputs::new();
    let before = inputs.contents();
    let boot = |more: &[&str]| {
        let base = [
            "boot",
            "--flash",
            "flash.bin",
            "--efuse",
            "efuse.bin",
            "--cycles",
            "30000000",
        ];
        inputs.command(&[&base, more].concat()).output().unwrap()
    };
    let found = boot(&["--until", "^invalid header: 0xffffffff$"]);
    let console = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(0), "{console}");
    assert!(console.starts_with("ets Jul 29 2019 12:21:46"), "{console}");
    assert!(
        console.contains("stopped: the awaited line appeared"),
        "{console}"
    );
    assert_eq!(boot(&["--until", "never printed"]).status.code(), Some(1));
    assert_eq!(boot(&[]).status.code(), Some(0));
    assert!(inputs.contents() == before, "something was changed");
    let saved = boot(&["--save-flash", "f", "--save-efuse", "e"]);
    assert_eq!(saved.status.code(), Some(0));
    assert!(inputs.read("f") == inputs.read("flash.bin"));
    assert!(inputs.read("e") == inputs.read("efuse.bin"));
}

#[test]
fn traces_go_to_standard_error() {
    let inputs = Inputs::new();
    for (trace, text) in [("mmio", "write"), ("insn", "core 0 40000400")] {
        let output = inputs
            .command(&["boot", "--flash", "flash.bin", "--efuse", "efuse.bin"])
            .args(["--cycles", "20000", "--trace", trace])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let traced = String::from_utf8_lossy(&output.stderr);
        assert!(traced.contains(text), "{trace}: {traced}");
    }
}

#[test]
fn efuse_files_are_shown() {
    let inputs = Inputs::new();
    let table = inputs
        .command(&["efuse", "show", "efuse.bin"])
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(
        table.contains("esp32 v3.0, MAC 24:0a:00:00:00:01"),
        "{table}"
    );
    assert!(table.contains("FLASH_CRYPT_CNT"), "{table}");
    let json = inputs
        .command(&["efuse", "show", "efuse.bin", "--format", "json"])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["mac"], "24:0a:00:00:00:01");
    assert_eq!(json["flash-encryption"], false);
}

#[test]
fn efuse_files_are_made_and_changed() {
    let inputs = Inputs::new();
    let run = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = inputs.command(&words).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line}: {text}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for chip in ["esp32c3", "esp32s3"] {
        let name = |what: &str| format!("{chip}-{what}");
        let (new, keyed, on, back) = (name("new"), name("keyed"), name("on"), name("back"));
        run(&format!(
            "efuse new --chip {chip} --revision v0.3 --mac 24:0a:c4:00:00:01 {new}"
        ));
        run(&format!(
            "efuse burn-key --chip {chip} --block 2 --key key.bin --purpose xts-aes-128-key {new} {keyed}"
        ));
        run(&format!(
            "efuse burn --chip {chip} {keyed} {on} SPI_BOOT_CRYPT_CNT=7 --write-protect SPI_BOOT_CRYPT_CNT"
        ));
        run(&format!(
            "efuse convert --chip {chip} --to espefuse {on} {back}"
        ));
        let table = run(&format!("efuse show --chip {chip} {back}"));
        for text in [
            "v0.3, MAC 24:0a:c4:00:00:01, flash encryption on",
            "(file of espefuse)",
            "KEY_PURPOSE_2                     = 0x4 (write-protected)",
            "(hidden from software, write-protected)",
            "SPI_BOOT_CRYPT_CNT                = 0x7 (write-protected)",
        ] {
            assert!(table.contains(text), "{text}: {table}");
        }
        assert_eq!(
            (inputs.read(&on).len(), inputs.read(&back).len()),
            (1024, 512)
        );
    }
}

/// Every chip's file is made, burned, protected and compared; the exit code tells a difference.
#[test]
fn efuse_files_of_every_chip_are_compared() {
    let inputs = Inputs::new();
    let run = |line: &str, code: i32| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = inputs.command(&words).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{line}: {text}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for chip in Chip::ALL {
        let name = |what: &str| format!("{chip}-{what}");
        let (new, burned, protected) = (name("new"), name("burned"), name("protected"));
        let counter = EfuseBank::blank(chip).table().crypt_cnt.name;
        run(
            &format!("efuse new --chip {chip} --revision v1.0 --mac 24:0a:c4:00:00:01 {new}"),
            0,
        );
        run(
            &format!("efuse burn --chip {chip} {new} {burned} {counter}=1"),
            0,
        );
        run(
            &format!("efuse protect --chip {chip} {burned} {protected} --write {counter}"),
            0,
        );
        run(
            &format!("efuse burn --chip {chip} {protected} x {counter}=3"),
            2,
        );
        let same = run(&format!("efuse diff --chip {chip} {new} {new}"), 0);
        assert_eq!(same, "no difference\n");
        let table = run(&format!("efuse diff --chip {chip} {new} {protected}"), 1);
        let sides = [
            format!("- {counter} = 0x0\n"),
            format!("+ {counter} = 0x1 ("),
        ];
        for side in sides {
            let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
            let side = side.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(table.contains(&side), "{side}: {table}");
        }
        let json = format!("efuse diff --chip {chip} --format json {new} {burned}");
        let json: serde_json::Value = serde_json::from_str(&run(&json, 1)).unwrap();
        assert_eq!(json["same"], false);
        assert_eq!(json["fields"][0]["name"], counter);
        assert_eq!(json["fields"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_scenario_runs_and_reports_in_every_format() {
    let inputs = Inputs::new();
    let scenario = repository().join("scenarios/1-unprotected-copy.toml");
    let scenario = scenario.to_str().unwrap();
    for (format, text) in [
        ("human", "1 of 1 verdicts as expected"),
        ("json", "\"schema\": \"cloneproof-report/1\""),
        ("junit", "<testsuites"),
        ("markdown", "| unprotected-copy |"),
    ] {
        let output = inputs
            .command(&["run", scenario, "--format", format])
            .output()
            .unwrap();
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{report}");
        assert!(report.contains(text), "{report}");
        assert!(!report.contains('\u{1b}'), "colours in a pipe");
        inputs
            .command(&["run", scenario, "--format", format, "--out", "report"])
            .assert()
            .success()
            .stdout("");
        assert_eq!(inputs.read("report"), report.as_bytes());
    }
}

#[test]
fn a_failed_expectation_is_exit_code_one() {
    let inputs = Inputs::new();
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
    let output = inputs.command(&["run", "wrong.toml"]).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("THE COPY RUNS"), "{report}");
    assert!(report.contains("NOT AS EXPECTED"), "{report}");
}

#[test]
fn a_report_never_overwrites_what_a_scenario_is_made_of() {
    let inputs = Inputs::new();
    let copy = |from: &str, to: &str| {
        fs::create_dir_all(inputs.folder.path().join(to)).unwrap();
        for entry in fs::read_dir(repository().join(from)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            fs::copy(&path, inputs.folder.path().join(to).join(name)).unwrap();
        }
    };
    copy("images/esp32-hello", "hello");
    copy("images/esp32-encrypting-bootloader", "loader");
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
        let before = inputs.read(out);
        // What the filter leaves out is protected, too.
        let output = inputs
            .command(&[
                "run",
                "s.toml",
                "parts.toml",
                "--filter",
                "^none",
                "--out",
                out,
            ])
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{out}: {message}");
        assert!(message.contains("input file"), "{out}: {message}");
        assert!(inputs.read(out) == before, "{out} was changed");
    }
}

#[test]
fn what_stops_a_report_is_told_before_the_run() {
    let inputs = Inputs::new();
    let path = repository().join("scenarios/1-unprotected-copy.toml");
    let path = path.to_str().unwrap();
    // With a filter that matches nothing: had the run come first, the filter would be the error.
    let arguments = ["run", path, "--filter", "^none", "--out", "nowhere/report"];
    let output = inputs.command(&arguments).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(
        message.contains("failed to write nowhere/report"),
        "{message}"
    );
    let firmware = repository().join("images/esp32-hello");
    let firmware = firmware.to_str().unwrap().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap();
    let text = text.replace("../images/esp32-hello", &firmware);
    inputs.write("first.toml", text.as_bytes());
    inputs.write("second.toml", text.as_bytes());
    let output = inputs
        .command(&["run", "first.toml", "second.toml"])
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    for text in ["two scenarios are named", "first.toml", "second.toml"] {
        assert!(message.contains(text), "{text}: {message}");
    }
}

#[test]
fn doctor_and_completions_work() {
    let inputs = Inputs::new();
    let doctor = inputs.command(&["doctor"]).output().unwrap();
    let text = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert_eq!(doctor.status.code(), Some(0), "{text}");
    assert!(
        text.contains("mask ROM of esp32 v3.0, SHA-256 9115bbcd"),
        "{text}"
    );
    let completions = inputs.command(&["completions", "bash"]).output().unwrap();
    assert!(String::from_utf8_lossy(&completions.stdout).contains("_cloneproof"));
}

#[test]
fn images_are_described() {
    let inputs = Inputs::new();
    inputs
        .command(&["image", "info", "flash.bin"])
        .assert()
        .success();
}
