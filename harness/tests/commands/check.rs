//! `cloneproof check` from outside, on builds made of our own images: answers, exit codes, formats.

use std::fs;

use cloneproof::chip::Chip;
use cloneproof::flash::build;
use cloneproof::flash::partition::PartitionTable;
use serde_json::Value;

use crate::support::{Folder, repository};

const FLASH_SIZE: usize = 2 << 20;
const NEVER: &str = "A bit-for-bit copy of this device's flash does NOT run on another chip.";
const RUNS: &str = "A bit-for-bit copy of this device's flash RUNS on another chip.";

fn image(name: &str) -> Vec<u8> {
    let folder = repository().join("images");
    fs::read(folder.join(name).join(format!("{name}.elf"))).unwrap()
}

fn stock_bootloader() -> Vec<u8> {
    build::stock_bootloader(Chip::Esp32, FLASH_SIZE).unwrap()
}

/// Makes a build directory with this bootloader and configuration; the folder's name is `build`.
fn project(bootloader: &[u8], sdkconfig: &str) -> Folder {
    let folder = Folder::new();
    let elf = image("esp32-hello");
    let app = build::app_image_from_elf(Chip::Esp32, &elf, FLASH_SIZE).unwrap();
    let table = PartitionTable::single_app().to_bytes().unwrap();
    let args = r#"{
        "flash_settings": {"flash_mode": "dio", "flash_size": "2MB", "flash_freq": "40m"},
        "flash_files": {
            "0x1000": "bootloader/bootloader.bin",
            "0x8000": "partition_table/partition-table.bin",
            "0x10000": "hello.bin"
        },
        "extra_esptool_args": {"chip": "esp32"}
    }"#;
    let files: [(&str, &[u8]); 5] = [
        ("bootloader/bootloader.bin", bootloader),
        ("partition_table/partition-table.bin", &table),
        ("hello.bin", &app),
        ("flasher_args.json", args.as_bytes()),
        ("config/sdkconfig.json", sdkconfig.as_bytes()),
    ];
    for (name, bytes) in files {
        folder.write(&format!("build/{name}"), bytes);
    }
    folder
}

fn plain() -> Folder {
    project(&stock_bootloader(), r#"{"IDF_TARGET": "esp32"}"#)
}

/// Exit code and standard output of a check in `folder`.
fn check(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let ran = folder.run_words(&[&["check"], arguments].concat());
    (ran.code, ran.out)
}

fn json(folder: &Folder, arguments: &[&str]) -> (i32, Value) {
    let (code, text) = check(folder, &[arguments, &["--format", "json"]].concat());
    (code, serde_json::from_str(&text).unwrap())
}

fn outcomes(scenario: &Value) -> Vec<(String, String)> {
    let targets = scenario["targets"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let signature = |target: &Value| match &target["verdict"] {
        verdict if verdict["signature"].is_string() => text(&verdict["signature"]),
        verdict => text(&verdict["outcome"]),
    };
    targets
        .map(|target| (text(&target["name"]), signature(target)))
        .collect()
}

fn owned(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = list.iter();
    pairs
        .map(|(name, what)| ((*name).to_owned(), (*what).to_owned()))
        .collect()
}

/// What the suite gives where the flash is encrypted.
const ENCRYPTED: [(&str, &str); 6] = [
    ("blank-v3.0", "invalid-header"),
    ("other-key-v3.0", "invalid-header"),
    ("blank-v1.0", "flash-read-error"),
    ("other-key-v1.0", "flash-read-error"),
    ("custom-mac-v3.0", "invalid-header"),
    ("same-key-v3.0", "boots"),
];

#[test]
fn a_build_that_does_not_encrypt_runs_anywhere() {
    let folder = plain();
    let (code, report) = json(&folder, &["build"]);
    assert_eq!(code, 1);
    let answer = &report["check"];
    assert_eq!(answer["sentence"], RUNS);
    assert_eq!(answer["outcome"], "boots");
    assert_eq!(answer["encryption"], "none");
    let what_if = answer["what-if"].as_str().unwrap();
    assert!(what_if.contains("would NOT run"), "{what_if}");
    assert_eq!(report["scenarios"][0]["name"], "copy");
    assert_eq!(
        outcomes(&report["scenarios"][0]),
        owned(&[
            ("blank-v3.0", "boots"),
            ("blank-v1.0", "boots"),
            ("custom-mac-v3.0", "boots")
        ])
    );
    assert_eq!(outcomes(&report["scenarios"][1]), owned(&ENCRYPTED));
    let firmware = &report["scenarios"][0]["firmware"];
    let plaintext = &firmware["plaintext"];
    assert_eq!(plaintext["plain-bytes"], plaintext["firmware-bytes"]);
    // Both have descriptors: espflash's bootloader ESP-IDF's, our app one of its own.
    assert!(firmware["bootloader"]["idf-version"].is_string());
    assert_eq!(firmware["app"]["name"], "cloneproof-hello");
    let line = report["scenarios"][0]["donor"]["sign-of-life"].as_str();
    assert!(line.unwrap().starts_with("cloneproof-hello: esp32 v3.0"));
}

#[test]
fn pre_encrypted_it_runs_nowhere_else() {
    let folder = plain();
    let (code, report) = json(&folder, &["build", "--encryption", "pre-encrypted"]);
    assert_eq!(code, 0);
    assert_eq!(report["check"]["sentence"], NEVER);
    assert_eq!(report["scenarios"].as_array().unwrap().len(), 1);
    assert_eq!(outcomes(&report["scenarios"][0]), owned(&ENCRYPTED));
    assert_eq!(
        report["scenarios"][0]["firmware"]["plaintext"]["plain-bytes"],
        0
    );
    // Another seed is another key, and nothing else.
    let header = |report: &Value| report["scenarios"][0]["firmware"]["header"].clone();
    let arguments = ["build", "--encryption", "pre-encrypted", "--seed", "2"];
    let (code, other) = json(&folder, &arguments);
    assert_eq!(code, 0);
    assert_ne!(header(&report), header(&other));
}

#[test]
fn a_bootloader_that_encrypts_does_so_on_the_donor() {
    let elf = image("esp32-encrypting-bootloader");
    let loader = build::bootloader_image_from_elf(Chip::Esp32, &elf, FLASH_SIZE).unwrap();
    let config =
        r#"{"SECURE_FLASH_ENC_ENABLED": true, "SECURE_FLASH_ENCRYPTION_MODE_RELEASE": true}"#;
    let folder = project(&loader, config);
    // The seed makes the key: under one in 256, what another chip decrypts begins like an image, and the older ROM loads it.
    let (code, report) = json(&folder, &["build", "--seed", "2"]);
    assert_eq!(code, 0, "{}", report["check"]["sentence"]);
    assert_eq!(report["check"]["sentence"], NEVER);
    assert_eq!(report["check"]["encryption"], "first-boot");
    let scenario = &report["scenarios"][0];
    // A device of the same build with a first boot of its own has a key of its own.
    let mut expected = owned(&ENCRYPTED);
    expected.insert(5, ("sibling-v3.0".to_owned(), "invalid-header".to_owned()));
    assert_eq!(outcomes(scenario), expected);
    assert_eq!(scenario["firmware"]["plaintext"]["plain-bytes"], 0);
    let burned = scenario["donor"]["burned"].to_string();
    assert!(
        burned.contains("FLASH_CRYPT_CNT") && burned.contains("BLOCK1"),
        "{burned}"
    );
    // Without sdkconfig the bootloader's texts tell.
    fs::remove_file(folder.path("build/config/sdkconfig.json")).unwrap();
    let (code, report) = json(&folder, &["build", "--seed", "2"]);
    assert_eq!(
        (code, &report["check"]["encryption"]),
        (0, &"first-boot".into())
    );
    assert!(
        report["check"]["how"]
            .as_str()
            .unwrap()
            .contains("holds the text")
    );
}

#[test]
fn a_bootloader_that_should_encrypt_and_does_not_proves_nothing() {
    let folder = project(
        &stock_bootloader(),
        r#"{"SECURE_FLASH_ENC_ENABLED": true, "BOOTLOADER_LOG_LEVEL": 3}"#,
    );
    let (code, report) = json(&folder, &["build"]);
    assert_eq!(code, 1);
    assert_eq!(report["check"]["outcome"], "inconclusive");
    let notes = report["check"]["notes"].to_string();
    assert!(
        notes.contains("did not switch flash encryption on"),
        "{notes}"
    );
    assert!(notes.contains("are they of the same build"), "{notes}");
}

#[test]
fn an_elf_file_and_a_merged_image() {
    let folder = plain();
    let loader = stock_bootloader();
    folder.write("app.elf", &image("esp32-hello"));
    let app = folder.read("build/hello.bin");
    let table = PartitionTable::single_app().to_bytes().unwrap();
    let mut flash = vec![0xFF; 0x10000 + app.len()];
    flash[0x1000..0x1000 + loader.len()].copy_from_slice(&loader);
    flash[0x8000..0x8000 + table.len()].copy_from_slice(&table);
    flash[0x10000..].copy_from_slice(&app);
    folder.write("merged.bin", &flash);
    for (file, form) in [
        ("app.elf", "ELF file"),
        ("merged.bin", "merged flash image"),
    ] {
        let arguments = [
            file,
            "--encryption",
            "pre-encrypted",
            "--expect",
            "^heartbeat 2",
        ];
        let (code, report) = json(&folder, &arguments);
        assert_eq!(
            (code, &report["check"]["sentence"]),
            (0, &NEVER.into()),
            "{file}"
        );
        assert!(report["check"]["form"].as_str().unwrap().starts_with(form));
        assert_eq!(
            report["scenarios"][0]["donor"]["sign-of-life"],
            "heartbeat 2"
        );
    }
}

#[test]
fn a_banner_that_never_comes_is_inconclusive() {
    let folder = plain();
    let arguments = ["build", "--expect", "never printed", "--cycles", "60000000"];
    let (code, report) = json(&folder, &arguments);
    assert_eq!(code, 1);
    let answer = &report["check"];
    assert_eq!(answer["outcome"], "inconclusive");
    let sentence = answer["sentence"].as_str().unwrap();
    // What was last seen, and where the chip was.
    for part in ["remains open", "last line is \"", "core 0 at 0x"] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(answer["notes"].to_string().contains("--expect"));
    let (code, text) = check(&folder, &arguments);
    assert_eq!(code, 1);
    assert!(text.contains("the end of its console:"), "{text}");
}

#[test]
fn every_format_begins_with_the_answer() {
    let folder = plain();
    let arguments = |format| ["build", "--encryption", "pre-encrypted", "--format", format];
    let (code, human) = check(&folder, &arguments("human"));
    assert_eq!(code, 0);
    assert!(human.starts_with(NEVER), "{human}");
    let (code, markdown) = check(&folder, &arguments("markdown"));
    assert_eq!(code, 0);
    assert!(markdown.contains(&format!("**{NEVER}**")), "{markdown}");
    let (code, junit) = check(&folder, &arguments("junit"));
    assert_eq!((code, junit.matches("<failure").count()), (0, 0));
    assert_eq!(junit.matches("<testcase").count(), 7);
    snapshot("check_human", &human);
    let (code, junit) = check(&folder, &["build", "--format", "junit"]);
    // The answer, and the three copies that run.
    assert_eq!((code, junit.matches("<failure").count()), (1, 4));
}

/// What the emulator does not model yet may change; so may the version.
fn snapshot(name: &str, text: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("touched "))
        .map(|line| line.replace(version, "[version]"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("../snapshots");
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A build, and what is none.
fn inputs() -> Folder {
    let folder = plain();
    folder.write("build/cut.elf", b"\x7fELF");
    fs::create_dir(folder.path("empty")).unwrap();
    folder
}

refused! {
    inputs();
    no_path: "check" => 2 ["<PATH>"];
    nothing_there: "check nowhere" => 2 ["nowhere"];
    an_empty_folder: "check empty" => 2 ["flasher_args.json", "help"];
    the_folder_above: "check ." => 2 ["flasher_args.json", "name the build directory"];
    a_cut_elf: "check build/cut.elf" => 2 ["cut.elf", "half-written"];
    a_single_image: "check build/hello.bin" => 2 ["single image"];
    a_broken_pattern: "check build --expect (" => 2 ["--expect"];
    a_flash_too_small: "check build --flash-size 1MB" => 2 ["--flash-size", "2097152"];
    out_over_the_app: "check build --out build/hello.bin" => 2 ["input file"];
}
