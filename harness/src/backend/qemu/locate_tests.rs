//! Tests of the search, with fake programs.

use tempfile::TempDir;

use super::super::command;
use super::super::fake::{self, MACHINES, VERSION};
use super::*;
use cloneproof::chip::Chip;

const OTHER_MACHINES: &str = "Supported machines are:\nnone                 empty machine\n\
                              sim                  sim machine (esp32 it is not)";

fn esp32() -> &'static ChipNames {
    command::names(Chip::Esp32).unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn named(path: &Path) -> Places {
    Places {
        option: vec![path.to_owned()],
        ..Places::default()
    }
}

fn only_refusal(search: &Search) -> &Refusal {
    assert_eq!(search.found, None);
    assert_eq!(search.refused.len(), 1, "{search:?}");
    &search.refused[0].why
}

#[test]
fn a_named_folder_may_be_that_of_the_installation() {
    for below in BELOW {
        let dir = folder();
        let program = fake::qemu(&dir.path().join(below), VERSION, MACHINES, "");
        let search = search(esp32(), &named(dir.path()));
        let found = search.found.expect(below);
        assert_eq!(found.program, program);
        assert_eq!(found.origin, Origin::Option);
        assert_eq!(found.version.to_string(), "7.2.0");
        assert_eq!(found.version_line, VERSION);
        assert_eq!(found.rom_sha256, None);
    }
}

#[test]
fn a_named_folder_without_the_program_ends_the_search() {
    let (empty, good) = (folder(), folder());
    fake::qemu(good.path(), VERSION, MACHINES, "");
    for variable in [false, true] {
        let mut places = Places {
            path: vec![good.path().to_owned()],
            ..Places::default()
        };
        let named = vec![empty.path().to_owned()];
        match variable {
            true => places.variable = named,
            false => places.option = named,
        }
        assert_eq!(only_refusal(&search(esp32(), &places)), &Refusal::Absent);
    }
}

#[test]
fn the_option_comes_before_the_environment() {
    let (first, second) = (folder(), folder());
    fake::qemu(first.path(), VERSION, MACHINES, "");
    fake::qemu(second.path(), VERSION, MACHINES, "");
    let places = Places {
        option: vec![first.path().to_owned()],
        variable: vec![second.path().to_owned()],
        ..Places::default()
    };
    let found = search(esp32(), &places).found.unwrap();
    assert!(found.program.starts_with(first.path()));
}

#[test]
fn a_program_without_the_machine_is_passed_over_on_path() {
    let (other, good) = (folder(), folder());
    fake::qemu(other.path(), VERSION, OTHER_MACHINES, "");
    fake::qemu(good.path(), VERSION, MACHINES, "");
    let places = Places {
        path: vec![other.path().to_owned(), good.path().to_owned()],
        ..Places::default()
    };
    let search = search(esp32(), &places);
    assert_eq!(search.refused.len(), 1);
    assert!(matches!(
        search.refused[0].why,
        Refusal::Machine {
            machine: "esp32",
            ..
        }
    ));
    let found = search.found.unwrap();
    assert_eq!(found.origin, Origin::Path);
    assert!(found.program.starts_with(good.path()));
}

#[test]
fn one_program_under_two_names_is_refused_once() {
    let (other, links) = (folder(), folder());
    fake::qemu(other.path(), VERSION, OTHER_MACHINES, "");
    let link = links.path().join("bin");
    std::os::unix::fs::symlink(other.path(), &link).unwrap();
    let places = Places {
        path: vec![other.path().to_owned(), link],
        ..Places::default()
    };
    only_refusal(&search(esp32(), &places));
}

#[test]
fn of_esp_idf_the_newest_is_taken() {
    let tools = folder();
    for version in [
        "esp_develop_9.2.2_20260417",
        "esp_develop_10.0.1_20270101",
        "esp_develop_8.0.0",
    ] {
        let below = format!("tools/qemu-xtensa/{version}/qemu/bin");
        fake::qemu(&tools.path().join(below), VERSION, MACHINES, "");
    }
    let places = Places {
        idf_tools: vec![tools.path().to_owned()],
        ..Places::default()
    };
    let found = search(esp32(), &places).found.unwrap();
    assert_eq!(found.origin, Origin::EspIdf);
    assert!(
        found.program.to_string_lossy().contains("10.0.1"),
        "{found:?}"
    );
}

#[test]
fn the_rom_beside_it_is_hashed_through_a_link() {
    let (dir, links) = (folder(), folder());
    let program = fake::qemu(&dir.path().join("bin"), VERSION, MACHINES, "");
    let data = dir.path().join("share/qemu");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("esp32-v3-rom.bin"), "abc").unwrap();
    std::os::unix::fs::symlink(program, links.path().join("qemu-system-xtensa")).unwrap();
    let found = search(esp32(), &named(links.path())).found.unwrap();
    // The published SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    assert_eq!(found.rom_sha256.unwrap()[..4], [0xba, 0x78, 0x16, 0xbf]);
}

#[test]
fn a_program_that_tells_no_version_is_refused() {
    for said in [
        "",
        "QEMU emulator version ",
        "QEMU emulator version x.y",
        "gcc 12",
        "QEMU emulator version 7",
    ] {
        let dir = folder();
        fake::qemu(dir.path(), said, MACHINES, "");
        let search = search(esp32(), &named(dir.path()));
        assert!(
            matches!(only_refusal(&search), Refusal::Version { .. }),
            "{said}: {search:?}"
        );
    }
}

#[test]
fn versions_of_distributions_and_of_the_fork_are_read() {
    for (line, wanted) in [
        (
            "QEMU emulator version 9.2.2 (esp_develop_9.2.2_20260417)",
            "9.2.2",
        ),
        (
            "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)",
            "7.2.22",
        ),
        ("QEMU emulator version 8.1.3-dirty", "8.1.3"),
        ("QEMU emulator version 10.0", "10.0.0"),
    ] {
        assert_eq!(parse_version(line).unwrap().to_string(), wanted);
    }
}

#[test]
fn a_program_that_crashes_is_refused_with_its_words() {
    let dir = folder();
    fake::write_script(
        &dir.path().join("qemu-system-xtensa"),
        "echo 'no such library' >&2; exit 127",
    );
    let search = search(esp32(), &named(dir.path()));
    let Refusal::Failed {
        question,
        status,
        stderr,
    } = only_refusal(&search)
    else {
        panic!("{search:?}");
    };
    assert_eq!(*question, "--version");
    assert!(status.contains("127"), "{status}");
    assert_eq!(stderr, "no such library");
}

#[test]
fn a_program_that_hangs_or_never_ends_its_answer_is_refused() {
    for body in ["sleep 1000", "yes"] {
        let dir = folder();
        fake::write_script(&dir.path().join("qemu-system-xtensa"), body);
        let mut places = named(dir.path());
        places.patience = Duration::from_millis(300);
        let search = search(esp32(), &places);
        assert!(
            matches!(only_refusal(&search), Refusal::Silent { .. }),
            "{body}: {search:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_program_is_refused() {
    let dir = folder();
    std::fs::write(dir.path().join("qemu-system-xtensa"), [0; 64]).unwrap();
    let search = search(esp32(), &named(dir.path()));
    assert!(
        matches!(only_refusal(&search), Refusal::Start(_)),
        "{search:?}"
    );
}

fn named_chip(chip: Chip) -> &'static ChipNames {
    command::names(chip).unwrap()
}

#[test]
fn each_chip_has_its_own_program_and_machine() {
    let dir = folder();
    fake::qemu(dir.path(), VERSION, MACHINES, "exit 1");
    let places = named(dir.path());
    assert!(search(esp32(), &places).found.is_some());
    // The same program without the machine, and another program that is not there.
    let s3 = search(named_chip(Chip::Esp32S3), &places);
    assert!(matches!(
        only_refusal(&s3),
        Refusal::Machine {
            machine: "esp32s3",
            ..
        }
    ));
    let c3 = search(named_chip(Chip::Esp32C3), &places);
    assert_eq!(only_refusal(&c3), &Refusal::Absent);
    assert!(c3.refused[0].program.ends_with("qemu-system-riscv32"));
}

#[test]
fn two_folders_or_that_of_esp_idf_hold_the_programs_of_two_instruction_sets() {
    let (tools, xtensa, riscv) = (folder(), folder(), folder());
    let machines = "esp32c3   Espressif";
    let below = |tool: &str| tools.path().join(format!("tools/{tool}/v9/qemu/bin"));
    fake::qemu(&below("qemu-xtensa"), VERSION, MACHINES, "");
    fake::program(&below("qemu-riscv32"), "qemu-system-riscv32", machines, "");
    fake::qemu(xtensa.path(), VERSION, MACHINES, "");
    fake::program(riscv.path(), "qemu-system-riscv32", machines, "");
    let apart = Places {
        option: vec![xtensa.path().to_owned(), riscv.path().to_owned()],
        ..Places::default()
    };
    for places in [named(tools.path()), apart] {
        for chip in [Chip::Esp32, Chip::Esp32C3] {
            let found = search(named_chip(chip), &places).found.expect("found");
            assert_eq!(found.origin, Origin::Option);
            assert_eq!(found.timer, Some(named_chip(chip).timers[0]));
        }
    }
}

#[test]
fn the_name_of_the_timer_is_asked_where_it_differs_by_version() {
    for (body, wanted) in [
        ("exit 0", Some("timer.esp32s3.timg")),
        (
            "case \"$2\" in *c3*) exit 0;; esac; exit 1",
            Some("timer.esp32c3.timg"),
        ),
        ("exit 1", None),
    ] {
        let dir = folder();
        let program = "qemu-system-xtensa";
        fake::program(dir.path(), program, "esp32s3   Espressif", body);
        let found = search(named_chip(Chip::Esp32S3), &named(dir.path())).found;
        assert_eq!(found.unwrap().timer, wanted);
    }
}
