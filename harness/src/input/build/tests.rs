//! Builds made of our own image, whole and broken in every way that has a message of its own.

use std::fs;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::flash::build;
use cloneproof::flash::partition::{Partition, PartitionTable, TYPE_APP};

use super::suite::{self, Encryption, Wishes};
use super::test_project::{FLASH_SIZE, Project, app, app_of, assert_names, elf, message};
use super::{Build, Encrypts, Kind, SecureBoot, open};
use crate::input::scenario::{Expect, History, SignOfLife};

#[test]
fn a_whole_build() {
    let project = Project::new();
    let build = project.open();
    assert_eq!(
        (build.kind, build.chip),
        (Kind::BuildDirectory, Chip::Esp32)
    );
    assert_eq!(build.flash_size as usize, FLASH_SIZE);
    assert_eq!(build.security.encrypts, Encrypts::Never);
    assert_eq!(build.security.secure_boot, SecureBoot::Off);
    assert_eq!(build.elf, Some(project.path("hello.elf")));
    assert_eq!(build.firmware.parts.len(), 3);
    assert!(build.allows(ChipRevision::new(0, 0)) && build.allows(ChipRevision::new(3, 0)));
    // The whole sectors of bootloader, table and app.
    let starts: Vec<u32> = build.firmware.encrypted.iter().map(|r| r.start).collect();
    assert_eq!(starts, [0x1000, 0x8000, 0x10000]);
    assert!(build.notes.is_empty(), "{:?}", build.notes);
}

#[test]
fn the_three_forms_hold_the_same_parts() {
    let project = Project::new();
    let directory = project.open();
    project.write("merged.bin", &project.merged());
    let merged = open(&project.path("merged.bin")).unwrap();
    assert_eq!(merged.kind, Kind::MergedImage);
    let bytes = |build: &Build| {
        build::compose(FLASH_SIZE, &build.firmware.parts)
            .unwrap()
            .sha256()
    };
    assert_eq!(bytes(&merged), bytes(&directory));
    assert_eq!(merged.firmware.encrypted, directory.firmware.encrypted);
    // Cut off behind the app, as merge-bin leaves it.
    let short = project.merged()[..0x10000 + app().len()].to_vec();
    project.write("short.bin", &short);
    assert_eq!(
        bytes(&open(&project.path("short.bin")).unwrap()),
        bytes(&merged)
    );
    let elf = open(&project.path("hello.elf")).unwrap();
    assert_eq!(elf.kind, Kind::Elf);
    assert_eq!(elf.firmware.parts[2].bytes, app());
    assert_names(
        &elf.notes.join(" "),
        &["stock bootloader", "cloneproof check"],
    );
}

#[test]
fn data_at_its_place_is_kept() {
    let project = Project::new();
    let mut flash = project.merged();
    flash[0x9000..0x9008].copy_from_slice(b"password");
    flash[0x20..0x24].copy_from_slice(b"seal");
    project.write("merged.bin", &flash);
    let build = open(&project.path("merged.bin")).unwrap();
    let again = build::compose(FLASH_SIZE, &build.firmware.parts).unwrap();
    assert_eq!(again.to_vec(), flash);
    // ESP-IDF encrypts neither.
    assert_eq!(build.firmware.encrypted.len(), 3);
}

#[test]
fn a_table_elsewhere_is_found() {
    let project = Project::new();
    let mut table = PartitionTable::single_app();
    table.partitions[0].offset = 0x12000;
    table.partitions[1].offset = 0x18000;
    table.partitions[2].offset = 0x20000;
    project.table(&table);
    project.args("0x1000", "0xb000", "0x20000", "4MB");
    project.config(r#"{"IDF_TARGET": "esp32", "PARTITION_TABLE_OFFSET": 45056}"#);
    project.write("merged.bin", &project.merged());
    let merged = open(&project.path("merged.bin")).unwrap();
    assert_eq!(merged.firmware.encrypted[1], 0xB000..0xC000);
    // The configuration knows better than flasher_args.json where the bootloader looks.
    project.args("0x1000", "0x8000", "0x20000", "4MB");
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "0x8000",
            "sdkconfig.json",
            "0xb000",
            "build again",
        ],
    );
}

#[test]
fn half_written_builds() {
    let project = Project::new();
    project.change("flasher_args.json", |bytes| bytes.truncate(200));
    assert_names(
        &project.refused(),
        &["flasher_args.json", "line 4", "half-written"],
    );
    project.write("flasher_args.json", b"{}");
    assert_names(&project.refused(), &["flasher_args.json", "flash_files"]);
    project.args("0x1000", "0x8000", "0x10000", "4MB");
    project.change("config/sdkconfig.json", |bytes| bytes.truncate(10));
    assert_names(&project.refused(), &["sdkconfig.json", "half-written"]);
    project.config("{}");
    project.change("hello.bin", |bytes| bytes.truncate(1000));
    assert_names(
        &project.refused(),
        &["hello.bin", "ends at 0x3e8", "build it again"],
    );
    project.write("hello.bin", b"");
    assert_names(&project.refused(), &["hello.bin", "is empty"]);
    fs::remove_file(project.path("hello.bin")).unwrap();
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "\"0x10000\"",
            "hello.bin",
            "does not exist",
        ],
    );
    fs::remove_file(project.path("flasher_args.json")).unwrap();
    assert_names(
        &project.refused(),
        &["holds no flasher_args.json", "idf.py build"],
    );
}

#[test]
fn the_project_in_place_of_its_build_directory() {
    let project = Project::new();
    project.write("outer/build/flasher_args.json", b"{}");
    let text = message(&project.path("outer"));
    assert_names(
        &text,
        &["holds no flasher_args.json", "name the build directory"],
    );
    let text = message(&project.path("flasher_args.json"));
    assert_names(&text, &["part of a build directory"]);
}

#[test]
fn no_bootloader() {
    let project = Project::new();
    project.replace(
        "flasher_args.json",
        r#""0x1000": "bootloader/bootloader.bin","#,
        "",
    );
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "no bootloader for 0x1000",
            "idf.py build",
        ],
    );
    // With secure boot ESP-IDF leaves it out on purpose.
    project
        .config(r#"{"IDF_TARGET": "esp32", "SECURE_BOOT": true, "SECURE_BOOT_V2_ENABLED": true}"#);
    let build = project.open();
    assert_eq!(build.security.secure_boot, SecureBoot::V2);
    assert_names(&build.notes.join(" "), &["bootloader.bin was taken"]);

    let project = Project::new();
    let mut flash = project.merged();
    flash[0x1000..0x8000].fill(0xFF);
    project.write("merged.bin", &flash);
    assert_names(
        &message(&project.path("merged.bin")),
        &["no bootloader at 0x0 or 0x1000"],
    );
    flash[0x1000..0x1010].fill(0x5A);
    project.write("merged.bin", &flash);
    assert_names(
        &message(&project.path("merged.bin")),
        &["0x5a", "plain text"],
    );
    project.write("merged.bin", &app());
    assert_names(
        &message(&project.path("merged.bin")),
        &["single image", "merge"],
    );
}

#[test]
fn wrong_places() {
    let project = Project::new();
    project.args("0x0", "0x8000", "0x10000", "4MB");
    assert_names(&project.refused(), &["flasher_args.json", "0x0", "0x1000"]);
    project.args("0x1000", "0x8000", "0x11000", "4MB");
    assert_names(
        &project.refused(),
        &["hello.bin", "0x11000", "factory", "0x10000"],
    );
    project.args("0x1000", "0x8000", "0x200000", "4MB");
    assert_names(
        &project.refused(),
        &["hello.bin", "0x200000", "no partition", "0x10000"],
    );
    project.args("0x1000", "0x8000", "10 000", "4MB");
    assert_names(
        &project.refused(),
        &["flash_files", "10 000", "no flash offset"],
    );
    project.args("0x1000", "0x8000", "0x10000", "4 MB");
    assert_names(&project.refused(), &["flash_size", "4 MB"]);
    project.args("0x1000", "0x8000", "0x10000", "1MB");
    assert_names(
        &project.refused(),
        &["partition-table.bin", "factory", "0x100000"],
    );
}

#[test]
fn overlaps() {
    let project = Project::new();
    project.args("0x1000", "0x4000", "0x10000", "4MB");
    project.config("{}");
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "partition table at 0x4000 overlaps bootloader",
        ],
    );
    let project = Project::new();
    let mut table = PartitionTable::single_app();
    table.partitions[1].offset = 0xE000;
    project.table(&table);
    assert_names(
        &project.refused(),
        &["partition-table.bin", "phy_init", "0xe000, inside", "nvs"],
    );
}

#[test]
fn an_app_larger_than_its_partition() {
    let project = Project::new();
    let mut table = PartitionTable::single_app();
    table.partitions[2].size = 0x1000;
    project.table(&table);
    assert_names(
        &project.refused(),
        &[
            "hello.bin",
            "partition \"factory\" at 0x10000 has 0x1000",
            "enlarge",
        ],
    );
}

#[test]
fn a_file_larger_than_the_flash() {
    let project = Project::new();
    project.write("data.bin", &[1; 0x2000]);
    project.replace(
        "flasher_args.json",
        r#""flash_files": {"#,
        r#""flash_files": { "0x3ff000": "data.bin","#,
    );
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "data.bin of 0x2000 bytes",
            "0x3ff000",
            "flash size",
        ],
    );
}

#[test]
fn damaged_files() {
    let project = Project::new();
    project.change("hello.bin", |bytes| bytes[0x100] ^= 1);
    assert_names(
        &project.refused(),
        &["hello.bin", "checksum", "build it again"],
    );
    let project = Project::new();
    project.change("bootloader/bootloader.bin", |bytes| bytes[0] = 0x5A);
    assert_names(
        &project.refused(),
        &["bootloader.bin", "0x5a", "plain text"],
    );
    let project = Project::new();
    project.change("partition_table/partition-table.bin", |bytes| bytes[4] ^= 1);
    assert_names(&project.refused(), &["partition-table.bin", "MD5"]);
    let project = Project::new();
    let app = Partition::new("app2", TYPE_APP, 0x10, 0x20_0000, 0x10_0000);
    project.table(&PartitionTable::new(vec![app]));
    project.replace("flasher_args.json", r#""0x10000": "hello.bin","#, "");
    assert_names(&project.refused(), &["flasher_args.json", "has no app"]);
}

/// The same image for another chip: only the header's chip id differs, checksum and hash are right again.
fn for_chip(image: &[u8], id: u16) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bytes = image.to_vec();
    bytes[12..14].copy_from_slice(&id.to_le_bytes());
    // The checksum covers the segments only; the hash covers all before it.
    let hash_at = bytes.len() - 32;
    let hash = Sha256::digest(&bytes[..hash_at]);
    bytes[hash_at..].copy_from_slice(&hash);
    bytes
}

#[test]
fn other_chips() {
    let project = Project::new();
    project.write("hello.bin", &for_chip(&app(), 5));
    assert_names(
        &project.refused(),
        &["hello.bin", "0xc", "esp32c3", "fullclean"],
    );
    let project = Project::new();
    project.replace(
        "flasher_args.json",
        r#""chip": "esp32""#,
        r#""chip": "esp32c3""#,
    );
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json: is for esp32c3",
            "sdkconfig.json says esp32",
        ],
    );
    project.config("{}");
    assert_names(
        &project.refused(),
        &["bootloader: is for 0x1000", "ROM of the esp32c3", "0x0"],
    );
    project.replace("flasher_args.json", "esp32c3", "esp32h2");
    assert_names(
        &project.refused(),
        &[
            "flasher_args.json",
            "esp32h2, which cannot be booted yet",
            "esp32, esp32c3, esp32s3",
        ],
    );
    let loader = build::stock_bootloader(Chip::Esp32C3, FLASH_SIZE).unwrap();
    for (id, name) in [(16, "esp32h2"), (999, "chip id 999")] {
        let mut flash = vec![0xFF; FLASH_SIZE];
        flash[..loader.len()].copy_from_slice(&for_chip(&loader, id));
        project.write("other.bin", &flash);
        let message = message(&project.path("other.bin"));
        assert_names(&message, &[name, "cannot be booted yet"]);
    }
}

#[test]
fn every_bootable_chip_in_every_form() {
    for chip in Chip::BOOTABLE {
        let project = Project::of(chip);
        let directory = project.open();
        let loader = chip.spec().bootloader_offset;
        let starts: Vec<u32> = directory.firmware.parts.iter().map(|p| p.offset).collect();
        assert_eq!(starts, [loader, 0x8000, 0x10000], "{chip}");
        project.write("merged.bin", &project.merged());
        for name in ["", "merged.bin", "hello.elf"] {
            let build = open(&project.path(name)).unwrap();
            assert_eq!(build.chip, chip, "{name}");
            assert_eq!(build.firmware.parts[2].bytes, app_of(chip), "{name}");
        }
        // An app alone is no flash, although it may begin where a bootloader would.
        project.write("app.bin", &app_of(chip));
        let message = message(&project.path("app.bin"));
        assert_names(&message, &["app.bin", "a single image"]);
    }
}

#[test]
fn a_build_for_a_later_chip_gets_its_revisions() {
    for (chip, wanted) in [
        (
            Chip::Esp32C3,
            &["blank-v0.3", "blank-v1.1", "blank-v0.2"][..],
        ),
        (Chip::Esp32S3, &["blank-v0.2"]),
    ] {
        let project = Project::of(chip);
        // Any revision.
        project.change("bootloader/bootloader.bin", |bytes| accept_all(bytes));
        project.change("hello.bin", |bytes| accept_all(bytes));
        let build = project.open();
        let wishes = wishes(Encryption::FirstBoot);
        let scenarios = suite::scenarios(&build, &wishes).unwrap();
        let blank = scenarios[0].targets.iter().map(|t| t.name.as_str());
        let blank: Vec<&str> = blank.filter(|name| name.starts_with("blank")).collect();
        assert_eq!(blank, wanted);
        assert_eq!(scenarios[0].donor.bank.chip(), chip);
    }
}

/// Makes an image one for all revisions.
fn accept_all(bytes: &mut [u8]) {
    // min_chip_rev, min_chip_rev_full, max_chip_rev_full (ESP-IDF esp_app_format.h).
    bytes[14..17].fill(0);
    bytes[17..19].fill(0xFF);
    rehash(bytes);
}

#[test]
fn elf_files_that_are_not_for_this_chip() {
    let project = Project::new();
    let machine = |number: u16| {
        let mut elf = elf();
        elf[18..20].copy_from_slice(&number.to_le_bytes());
        project.write("other.elf", &elf);
        message(&project.path("other.elf"))
    };
    assert_names(
        &machine(243),
        &["other.elf", "outside the memory of the esp32c3"],
    );
    assert_names(&machine(40), &["other.elf", "another architecture", "40"]);
    project.write("cut.elf", &elf()[..10]);
    assert_names(
        &message(&project.path("cut.elf")),
        &["cut.elf", "ends at 0xa"],
    );
    project.write("cut.elf", &elf()[..1000]);
    assert_names(&message(&project.path("cut.elf")), &["cut.elf", "ELF"]);
}

#[test]
fn other_files() {
    let project = Project::new();
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("text", b"hello"),
        ("noise", &[7; 5000]),
    ] {
        project.write(name, bytes);
        assert_names(&message(&project.path(name)), &[name]);
    }
    let error = open(&project.path("none")).unwrap_err();
    assert_names(&error.to_string(), &["failed to read", "none"]);
    let mut flash = project.merged();
    flash[0x8000..0x9000].fill(0xFF);
    project.write("merged.bin", &flash);
    assert_names(
        &message(&project.path("merged.bin")),
        &["no partition table", "0x8000"],
    );
}

#[test]
fn encryption_follows_the_configuration() {
    let project = Project::new();
    let encryption = |json: &str| {
        project.config(json);
        let build = project.open();
        (Encryption::of(&build), build)
    };
    assert_eq!(encryption("{}").0, Encryption::None);
    let on = r#"{"SECURE_FLASH_ENC_ENABLED": true, "BOOTLOADER_LOG_LEVEL": 3}"#;
    let (chosen, build) = encryption(on);
    assert_eq!(chosen, Encryption::FirstBoot);
    // The stock bootloader does not: it is of another build.
    assert_names(&build.notes.join(" "), &["same build"]);
    let demands = r#"{"SECURE_FLASH_REQUIRE_ALREADY_ENABLED": true}"#;
    assert_eq!(encryption(demands).0, Encryption::PreEncrypted);
    // Without a configuration the bootloader's texts tell.
    fs::remove_file(project.path("config/sdkconfig.json")).unwrap();
    assert_eq!(Encryption::of(&project.open()), Encryption::None);
    project.change("bootloader/bootloader.bin", |bytes| {
        let at = bytes.len() - 200;
        let text = b"Generating new flash encryption key...";
        bytes[at..at + text.len()].copy_from_slice(text);
        rehash(bytes);
    });
    let build = project.open();
    assert_eq!(Encryption::of(&build), Encryption::FirstBoot);
    assert_names(&build.security.how, &["no sdkconfig", "Generating new"]);
}

/// Makes checksum and hash of an image with a hash right again.
fn rehash(bytes: &mut [u8]) {
    use sha2::{Digest, Sha256};
    let image = cloneproof::flash::app_image::AppImage::parse(bytes).unwrap();
    let data = image.segments.iter().flat_map(|s| &bytes[s.data.clone()]);
    bytes[image.checksum_at] = data.fold(0xEF, |sum, byte| sum ^ byte);
    let at = image.hash_at.unwrap();
    let hash = Sha256::digest(&bytes[..at]);
    bytes[at..at + 32].copy_from_slice(&hash);
}

fn wishes(encryption: Encryption) -> Wishes {
    Wishes {
        encryption,
        sign_of_life: SignOfLife::AppStart,
        seed: 1,
    }
}

#[test]
fn the_standard_suite() {
    let build = Project::new().open();
    let names = |encryption| {
        let scenarios = suite::scenarios(&build, &wishes(encryption)).unwrap();
        let list = |targets: &[crate::input::scenario::Target]| {
            targets.iter().map(|t| t.name.clone()).collect::<Vec<_>>()
        };
        let named = scenarios.iter().map(|s| (s.name.clone(), list(&s.targets)));
        named.collect::<Vec<_>>()
    };
    let keyed = [
        "blank-v3.0",
        "other-key-v3.0",
        "blank-v1.0",
        "other-key-v1.0",
        "custom-mac-v3.0",
        "same-key-v3.0",
    ];
    let plain = names(Encryption::None);
    assert_eq!(plain[0].1, ["blank-v3.0", "blank-v1.0", "custom-mac-v3.0"]);
    assert_eq!(plain[1].1, keyed);
    let first_boot = &names(Encryption::FirstBoot)[0].1;
    assert!(first_boot.iter().any(|name| name == "sibling-v3.0"));
    assert_eq!(first_boot.len(), keyed.len() + 1);
    assert_eq!(names(Encryption::PreEncrypted).len(), 1);
    let scenarios = suite::scenarios(&build, &wishes(Encryption::PreEncrypted)).unwrap();
    let macs: std::collections::BTreeSet<_> = scenarios[0]
        .targets
        .iter()
        .map(|t| t.efuses.bank.mac())
        .collect();
    assert_eq!(macs.len(), keyed.len());
    for target in &scenarios[0].targets {
        let must_run = matches!(target.expect, Expect::Boots { .. });
        assert_eq!(
            must_run,
            target.history == History::Inherits,
            "{}",
            target.name
        );
        assert_ne!(
            target.efuses.bank.flash_key(),
            scenarios[0].donor.bank.flash_key()
        );
    }
}

#[test]
fn revisions_that_the_build_does_not_accept_are_left_out() {
    let project = Project::new();
    project.change("hello.bin", |bytes| {
        // min_rev_full, in hundredths (ESP-IDF esp_app_format.h).
        bytes[15..17].copy_from_slice(&300u16.to_le_bytes());
        rehash(bytes);
    });
    let build = project.open();
    assert!(!build.allows(ChipRevision::new(1, 0)));
    let scenarios = suite::scenarios(&build, &wishes(Encryption::None)).unwrap();
    let names: Vec<&str> = scenarios[0]
        .targets
        .iter()
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(names, ["blank-v3.0", "custom-mac-v3.0"]);
    project.change("hello.bin", |bytes| {
        bytes[15..17].copy_from_slice(&900u16.to_le_bytes());
        rehash(bytes);
    });
    let error = suite::scenarios(&project.open(), &wishes(Encryption::None)).unwrap_err();
    assert_names(&error.to_string(), &["accept none of the chip revisions"]);
}
