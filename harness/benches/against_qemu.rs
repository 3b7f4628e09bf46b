//! Power-on to the app's banner, built-in chip against Espressif's QEMU in one run: `cargo bench --bench against_qemu`.
//!
//! Names of chips as arguments (`-- esp32c3 esp32s3`) leave the others out. QEMU is found as `cloneproof doctor` finds it (`CLONEPROOF_QEMU_DIR`, PATH, ESP-IDF's places). Without one the bench
//! says so and measures nothing.

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseFormat;
use cloneproof_harness::backend::Backend;
use cloneproof_harness::backend::builtin::Builtin;
use cloneproof_harness::backend::qemu::Qemu;

fn boot_time(backend: &dyn Backend, chip: Chip, encrypted: bool) -> Duration {
    let power_on = support::donor(chip, encrypted);
    let start = Instant::now();
    let mut chip = backend
        .build(power_on)
        .expect("the back end builds the chip");
    support::boot_to_banner(chip.as_mut());
    start.elapsed()
}

/// The program as a user starts it, from its start to its end, which is the app's first line.
fn process_time(chip: Chip, encrypted: bool) -> Duration {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let power_on = support::donor(chip, encrypted);
    let (flash, efuse) = (
        folder.path().join("flash.bin"),
        folder.path().join("efuse.bin"),
    );
    std::fs::write(&flash, power_on.flash.to_vec()).expect("a file");
    std::fs::write(&efuse, power_on.efuses.to_file(EfuseFormat::Qemu)).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloneproof"));
    command
        .args([
            "boot",
            "--chip",
            chip.name(),
            "--until",
            "^cloneproof-hello",
            "--flash",
        ])
        .arg(&flash)
        .arg("--efuse")
        .arg(&efuse);
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    let time = start.elapsed();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    time
}

/// Median of several runs.
fn median(runs: usize, measure: impl Fn() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| measure()).collect();
    times.sort();
    times[times.len() / 2]
}

fn main() {
    // Which chips, if not all: a QEMU need not play every one.
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |chip: &Chip| named.iter().any(|name| name == chip.name());
    let some = Chip::BOOTABLE.iter().any(wanted);
    for chip in Chip::BOOTABLE {
        if some && !wanted(&chip) {
            continue;
        }
        match Qemu::locate(&[], &[chip]) {
            Ok(qemu) => compare(chip, &qemu),
            Err(error) => println!("{chip}: skipped, as it needs Espressif's QEMU: {error}"),
        }
    }
}

fn compare(chip: Chip, qemu: &Qemu) {
    println!("{chip}: {}", qemu.identity());
    // An encrypted ESP32 takes QEMU a minute.
    let slow = |encrypted| chip == Chip::Esp32 && encrypted;
    for (encrypted, what) in [(false, "plain donor"), (true, "encrypted donor")] {
        let runs = if slow(encrypted) { 1 } else { 5 };
        let builtin = median(11, || boot_time(&Builtin, chip, encrypted));
        let process = median(11, || process_time(chip, encrypted));
        let other = median(runs, || boot_time(qemu, chip, encrypted));
        let times = |ours: Duration| other.as_secs_f64() / ours.as_secs_f64();
        println!(
            "  {what}: built-in {builtin:.3?}, as a whole process {process:.3?} (medians of 11), QEMU {other:.3?} \
             (median of {runs}): {:.1} and {:.1} times",
            times(builtin),
            times(process)
        );
    }
}
