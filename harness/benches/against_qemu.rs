//! Power-on to the app's banner, built-in chip against Espressif's QEMU in one run: `cargo bench --bench against_qemu`.
//!
//! QEMU is found as `cloneproof doctor` finds it (`CLONEPROOF_QEMU_DIR`, PATH, ESP-IDF's places). Without one the bench
//! says so and measures nothing.

mod support;

use std::time::{Duration, Instant};

use cloneproof::boot::Stop;
use cloneproof::chip::Chip;
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

/// Median of several runs.
fn median(runs: usize, measure: impl Fn() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| measure()).collect();
    times.sort();
    times[times.len() / 2]
}

/// Whether this QEMU gets there at all: some versions fail on some chips.
fn boots(qemu: &Qemu, chip: Chip, encrypted: bool) -> bool {
    let mut chip = qemu
        .build(support::donor(chip, encrypted))
        .expect("the back end builds the chip");
    support::run_to_banner(chip.as_mut(), Duration::from_secs(60)).stop == Stop::Watch
}

fn compare(chip: Chip, encrypted: bool, qemu: &Qemu) {
    if !boots(qemu, chip, encrypted) {
        println!("{chip} skipped: this QEMU does not boot it");
        return;
    }
    // The fork decrypts the ESP32's flash slowly: half a minute a boot.
    let qemu_runs = if chip == Chip::Esp32 && encrypted {
        1
    } else {
        5
    };
    let builtin = median(11, || boot_time(&Builtin, chip, encrypted));
    let other = median(qemu_runs, || boot_time(qemu, chip, encrypted));
    let what = if encrypted { "encrypted" } else { "plain" };
    let ratio = other.as_secs_f64() / builtin.as_secs_f64();
    println!(
        "{what} {chip}: built-in {builtin:.3?} (median of 11), QEMU {other:.3?} (median of {qemu_runs}): {ratio:.1} times"
    );
}

fn main() {
    for chip in Chip::BOOTABLE {
        let qemu = match Qemu::locate(&[], &[chip]) {
            Ok(qemu) => qemu,
            Err(error) => {
                println!("{chip} skipped: against_qemu needs Espressif's QEMU: {error}");
                continue;
            }
        };
        println!("{}", qemu.identity());
        for encrypted in [false, true] {
            let bank = support::donor(chip, encrypted).efuses;
            match qemu.cannot_play(&bank) {
                None => compare(chip, encrypted, &qemu),
                Some(why) => println!("{chip} skipped: QEMU cannot stand for it: {why}"),
            }
        }
    }
}
