//! Tests of the QEMU back end with programs that only pretend, and with a real one where there is one.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cloneproof::boot::{BootReport, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use super::fake::{self, MACHINES, VERSION};
use super::*;

const MIB: usize = 1 << 20;
/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(400);
/// Environment variable that makes one test hold a chip until it is killed.
const HOLD: &str = "CLONEPROOF_TEST_HOLD";

fn power_on(flash_size: usize) -> PowerOn {
    PowerOn {
        flash: FlashImage::erased(flash_size),
        efuses: EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [2, 0, 0, 0, 0, 1]),
        strap: Strap::FlashBoot,
        seed: 0,
    }
}

fn limits(wall: Duration) -> RunLimits {
    RunLimits {
        cycles: u64::MAX,
        wall,
        resets: 3,
    }
}

fn locate(folder: &Path, chip: Chip) -> Result<Qemu, BackendError> {
    Qemu::locate(&[folder.to_owned()], &[chip])
}

fn fake_qemu(body: &str) -> (TempDir, Qemu) {
    let folder = tempfile::tempdir().unwrap();
    fake::qemu(folder.path(), VERSION, MACHINES, body);
    let qemu = locate(folder.path(), Chip::Esp32).unwrap();
    (folder, qemu)
}

fn chip(body: &str) -> (TempDir, AnyChip) {
    let (folder, qemu) = fake_qemu(body);
    let chip = qemu.build(power_on(4 * MIB)).unwrap();
    (folder, chip)
}

/// Runs until the console holds `text`.
fn run_until(chip: &mut AnyChip, wall: Duration, text: &str) -> BootReport {
    let mut seen = Vec::new();
    let mut watch = |new: &[u8]| {
        seen.extend_from_slice(new);
        match String::from_utf8_lossy(&seen).contains(text) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    chip.run(&limits(wall), &mut watch).unwrap()
}

fn run(chip: &mut AnyChip, wall: Duration) -> BootReport {
    let mut watch = |_: &[u8]| ControlFlow::Continue(());
    chip.run(&limits(wall), &mut watch).unwrap()
}

fn alive(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
}

/// The numbers that a fake wrote into a file, one a line.
fn pids(file: &Path, count: usize) -> Vec<i32> {
    let deadline = Instant::now() + LONG;
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        let pids: Vec<i32> = text.lines().filter_map(|line| line.parse().ok()).collect();
        if pids.len() == count && text.ends_with('\n') {
            return pids;
        }
        assert!(Instant::now() < deadline, "the fake wrote {text:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn assert_gone(pids: &[i32]) {
    let deadline = Instant::now() + LONG;
    while pids.iter().any(|&pid| alive(pid)) {
        assert!(Instant::now() < deadline, "an orphan is left of {pids:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_private_copies_are_for_their_owner() {
    let (_folder, mut chip) = chip("ls -ld . flash.bin efuse.bin");
    let report = run(&mut chip, LONG);
    let console = report.console_text();
    let modes: Vec<&str> = console.lines().map(|line| &line[..10]).collect();
    assert_eq!(
        modes.iter().filter(|mode| **mode == "drwx------").count(),
        1,
        "{console}"
    );
    assert_eq!(
        modes.iter().filter(|mode| **mode == "-rw-------").count(),
        2,
        "{console}"
    );
}

/// Starts a child of its own, tells both numbers, and hangs.
fn hanging_with_child(file: &Path) -> String {
    format!(
        "sleep 1000 & echo $! >> '{0}'; echo $$ >> '{0}'; echo started; wait",
        file.display()
    )
}

#[test]
fn a_chip_can_be_watched_paused_and_run_on() {
    let (_folder, mut chip) =
        chip("echo 'rst:0x1 (POWERON_RESET)'; echo first; sleep 0.3; echo second; sleep 1000");
    let report = run_until(&mut chip, LONG, "first");
    assert_eq!(report.stop, Stop::Watch);
    assert_eq!(report.backend, "qemu");
    assert!(!report.console_text().contains("second"));
    let report = run_until(&mut chip, LONG, "second");
    assert_eq!(report.stop, Stop::Watch);
    assert_eq!(
        report.console_text(),
        "rst:0x1 (POWERON_RESET)\nfirst\nsecond\n"
    );
}

#[test]
fn a_paused_chip_stands_still() {
    let (_folder, mut chip) = chip("while :; do echo tick; echo tick >> count; sleep 0.02; done");
    let report = run_until(&mut chip, LONG, "tick\ntick");
    assert_eq!(report.stop, Stop::Watch);
    std::thread::sleep(SHORT);
    let before = report.console_text().lines().count();
    // What waits in the pipe was printed before the pause: far less than the time paused would give.
    let after = run_until(&mut chip, LONG, "tick")
        .console_text()
        .lines()
        .count();
    assert!(after - before < 10, "{before} lines, then {after}");
}

#[test]
fn a_crash_is_told_with_its_words() {
    let (_folder, mut chip) = chip("echo banner; echo 'Assertion failed' >&2; exit 7");
    let report = run(&mut chip, LONG);
    let Stop::Exited { status } = &report.stop else {
        panic!("{:?}", report.stop);
    };
    assert_eq!(status, "exit status: 7, after \"Assertion failed\"");
    assert_eq!(report.console, b"banner\n");
    // Nothing more can happen to it.
    assert_eq!(run(&mut chip, LONG).stop, report.stop);
}

#[test]
fn a_signal_is_told() {
    let (_folder, mut chip) = chip("kill -ABRT $$");
    let Stop::Exited { status } = run(&mut chip, LONG).stop else {
        panic!("it ended");
    };
    assert!(status.contains("signal: 6"), "{status}");
}

#[test]
fn a_hang_ends_at_the_time_limit_and_leaves_no_process() {
    let pid_folder = tempfile::tempdir().unwrap();
    let file = pid_folder.path().join("pids");
    let (_folder, mut chip) = chip(&hanging_with_child(&file));
    assert_eq!(run_until(&mut chip, LONG, "started").stop, Stop::Watch);
    assert_eq!(run(&mut chip, SHORT).stop, Stop::TimeLimit);
    assert_gone(&pids(&file, 2));
}

#[test]
fn a_process_that_will_not_end_is_forced() {
    let pid_folder = tempfile::tempdir().unwrap();
    let file = pid_folder.path().join("pids");
    let body = format!(
        "trap '' TERM; {}; while :; do sleep 1; done",
        hanging_with_child(&file)
    );
    let (_folder, mut chip) = chip(&body);
    assert_eq!(run_until(&mut chip, LONG, "started").stop, Stop::Watch);
    assert_eq!(run(&mut chip, SHORT).stop, Stop::TimeLimit);
    assert_gone(&pids(&file, 2));
}

#[test]
fn dropping_a_chip_leaves_no_process_and_no_file() {
    let pid_folder = tempfile::tempdir().unwrap();
    let (file, place) = (
        pid_folder.path().join("pids"),
        pid_folder.path().join("place"),
    );
    let body = format!("pwd > '{}'; {}", place.display(), hanging_with_child(&file));
    let (_folder, mut chip) = chip(&body);
    run_until(&mut chip, LONG, "started");
    let private = fs::read_to_string(place).unwrap();
    assert!(Path::new(private.trim()).is_dir());
    drop(chip);
    assert_gone(&pids(&file, 2));
    assert!(!Path::new(private.trim()).exists());
}

#[test]
fn a_leader_that_ends_takes_its_children_along() {
    let pid_folder = tempfile::tempdir().unwrap();
    let file = pid_folder.path().join("pids");
    let (_folder, mut chip) = chip(&format!(
        "sleep 1000 & echo $! > '{}'; exit 0",
        file.display()
    ));
    let Stop::Exited { status } = run(&mut chip, LONG).stop else {
        panic!("it ended");
    };
    assert_eq!(status, "exit status: 0");
    assert_gone(&pids(&file, 1));
}

#[test]
fn a_flooded_console_is_bounded() {
    let (_folder, mut chip) = chip("exec yes flood");
    let report = run(&mut chip, LONG);
    let Stop::Exited { status } = &report.stop else {
        panic!("{:?}", report.stop);
    };
    assert!(status.contains("flooded"), "{status}");
    assert_eq!(report.console.len(), 8 * MIB);
}

#[test]
fn a_flooded_standard_error_keeps_its_end_only() {
    let (_folder, mut chip) = chip("yes noise | head -n 100000 >&2; echo last >&2; exit 1");
    let Stop::Exited { status } = run(&mut chip, LONG).stop else {
        panic!("it ended");
    };
    assert!(
        status.ends_with("last\"") && status.len() < 8192,
        "{} bytes",
        status.len()
    );
}

#[test]
fn a_reset_loop_is_counted() {
    let (_folder, mut chip) =
        chip("while :; do echo 'rst:0x10 (RTCWDT_RTC_RESET),boot:0x12'; sleep 0.01; done");
    let report = run(&mut chip, LONG);
    assert_eq!(report.stop, Stop::ResetLimit);
    assert!(report.resets.len() > 3);
    assert_eq!(report.resets[0].cause, "RTCWDT_RTC_RESET");
}

#[test]
fn the_chip_works_on_private_copies_that_can_be_read_back() {
    // Byte 13 of the eFuses holds CHIP_VER_REV1, which is burned: bit 0 of byte 92 (BLK3) is not.
    let (_folder, mut chip) = chip(
        "printf 'X' | dd of=flash.bin bs=1 seek=4096 conv=notrunc 2>/dev/null\n\
         printf '\\001' | dd of=efuse.bin bs=1 seek=92 conv=notrunc 2>/dev/null\necho done; sleep 1000",
    );
    let given = power_on(4 * MIB);
    assert_eq!(chip.flash().unwrap(), given.flash);
    assert_eq!(chip.efuses().unwrap(), given.efuses);
    run_until(&mut chip, LONG, "done");
    assert_eq!(chip.flash().unwrap().read_vec(4095, 3), [0xff, b'X', 0xff]);
    let efuses = chip.efuses().unwrap();
    assert_eq!(efuses.hardware_word(3, 0), 1);
    assert_eq!(efuses.revision(), ChipRevision::new(3, 0));
}

#[test]
fn files_that_make_no_sense_afterwards_are_errors() {
    let (_folder, mut chip) = chip("echo short > flash.bin; echo short > efuse.bin");
    run(&mut chip, LONG);
    let told = |error: BackendError| std::error::Error::source(&error).unwrap().to_string();
    let flash = told(chip.flash().unwrap_err());
    assert!(
        flash.starts_with("QEMU left 6 bytes in flash.bin"),
        "{flash}"
    );
    let efuses = told(chip.efuses().unwrap_err());
    assert!(
        efuses.starts_with("QEMU left 6 bytes in efuse.bin"),
        "{efuses}"
    );
}

#[test]
fn a_flash_that_this_version_cannot_run_is_refused() {
    let (_folder, qemu) = fake_qemu("exit 0");
    let error = qemu.build(power_on(8 * MIB)).err().unwrap();
    let BackendError::Build { source, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        source.to_string(),
        "QEMU 7.2.0 emulates 4 MiB of flash, not 8388608 bytes"
    );
}

#[test]
fn a_missing_qemu_names_what_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    fake::qemu(folder.path(), VERSION, "none   empty machine", "");
    let error = locate(folder.path(), Chip::Esp32).err().unwrap();
    let BackendError::Missing { what, remedy, .. } = error else {
        panic!("{error:?}");
    };
    assert!(what.contains("without the machine esp32"), "{what}");
    assert!(remedy.contains("--backend builtin"));
    let diagnosis = diagnose(&[folder.path().to_owned()]);
    // A refusal and its consequence for each machine.
    assert_eq!(diagnosis.facts.len(), 2 * super::command::PLAYED.len());
    assert!(diagnosis.facts.iter().all(|fact| !fact.good));
    assert!(diagnosis.remedy.is_some());
}

#[test]
fn a_found_qemu_is_described() {
    let folder = tempfile::tempdir().unwrap();
    fake::qemu(folder.path(), VERSION, MACHINES, "");
    let diagnosis = diagnose(&[folder.path().to_owned()]);
    let good: Vec<_> = diagnosis.facts.iter().filter(|fact| fact.good).collect();
    assert_eq!(good.len(), 2, "{:?}", diagnosis.facts);
    assert!(good[0].text.contains(VERSION), "{}", good[0].text);
    // The other two machines are missing.
    assert!(diagnosis.remedy.is_some());
}

#[test]
fn a_chip_whose_mask_rom_it_lacks_is_not_played() {
    let (_folder, qemu) = fake_qemu("exit 0");
    let esp32 = |major| {
        let revision = ChipRevision::new(major, 0);
        EfuseBank::factory(Chip::Esp32, revision, [2, 0, 0, 0, 0, 1])
    };
    assert_eq!(qemu.cannot_play(&esp32(3)), None);
    let why = qemu.cannot_play(&esp32(1)).unwrap();
    assert_eq!(
        why,
        "it runs the mask ROM of the esp32 v3.0, not that of v1.0"
    );
    let c3 = EfuseBank::blank(Chip::Esp32C3);
    let why = qemu.cannot_play(&c3).unwrap();
    assert_eq!(why, "it has no machine for the esp32c3");
}

/// Not a test of its own: the process that the next one kills.
#[test]
fn hold_a_chip_if_told_to() {
    let Some(file) = std::env::var_os(HOLD) else {
        return;
    };
    let (folder, mut chip) = chip(&hanging_with_child(Path::new(&file)));
    run(&mut chip, LONG);
    drop(folder);
}

#[test]
fn no_process_outlives_a_harness_that_is_interrupted_or_killed() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pids");
        let mut harness = Command::new(std::env::current_exe().unwrap())
            .args(["hold_a_chip_if_told_to", "--nocapture"])
            .env(HOLD, &file)
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pids = pids(&file, 2);
        kill_process(Pid::from_child(&harness), signal).unwrap();
        let status = harness.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        assert_gone(&pids);
        let deadline = Instant::now() + LONG;
        let left = || {
            let entries = fs::read_dir(folder.path()).unwrap().flatten();
            entries
                .filter(|entry| {
                    entry
                        .file_name()
                        .to_string_lossy()
                        .starts_with("cloneproof-")
                })
                .count()
        };
        while left() > 0 {
            assert!(
                Instant::now() < deadline,
                "private copies are left after {signal:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a_real_qemu_boots_its_rom_on_erased_flash() {
    for (chip, banner) in [
        (Chip::Esp32, "ets Jul 29 2019"),
        (Chip::Esp32C3, "ESP-ROM:esp32c3-api1-20210207"),
        (Chip::Esp32S3, "ESP-ROM:esp32s3-20210327"),
    ] {
        let qemu = match Qemu::locate(&[], &[chip]) {
            Ok(qemu) => qemu,
            Err(error) => {
                eprintln!("skipped for {chip}: a_real_qemu_boots_its_rom_on_erased_flash: {error}");
                continue;
            }
        };
        let given = PowerOn {
            efuses: EfuseBank::factory(chip, qemu.machines[0].names.rom_of, [2, 0, 0, 0, 0, 1]),
            ..power_on(4 * MIB)
        };
        let mut chip = qemu.build(given.clone()).unwrap();
        let report = run_until(&mut chip, LONG, "invalid header: 0xffffffff");
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert!(report.console_text().contains(banner));
        assert_eq!(report.gaps, []);
        assert_eq!(chip.flash().unwrap(), given.flash);
        assert_eq!(chip.efuses().unwrap(), given.efuses);
    }
}
