//! Power-on to the app's banner, built-in chip against Espressif's QEMU in one run: `cargo bench --bench against_qemu`.
//!
//! QEMU is found as `cloneproof doctor` finds it (`CLONEPROOF_QEMU_DIR`, PATH, ESP-IDF's places). Without one the bench
//! says so and measures nothing.

mod support;

use std::time::{Duration, Instant};

use cloneproof::chip::Chip;
use cloneproof_harness::backend::Backend;
use cloneproof_harness::backend::builtin::Builtin;
use cloneproof_harness::backend::qemu::Qemu;

fn boot_time(backend: &dyn Backend, encrypted: bool) -> Duration {
    let power_on = support::donor(encrypted);
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

fn main() {
    let qemu = match Qemu::locate(&[], &[Chip::Esp32]) {
        Ok(qemu) => qemu,
        Err(error) => {
            println!("skipped: against_qemu needs Espressif's QEMU: {error}");
            return;
        }
    };
    println!("{}", qemu.identity());
    for (encrypted, what, qemu_runs) in [(false, "plain donor", 5), (true, "encrypted donor", 1)] {
        let builtin = median(11, || boot_time(&Builtin, encrypted));
        let other = median(qemu_runs, || boot_time(&qemu, encrypted));
        let ratio = other.as_secs_f64() / builtin.as_secs_f64();
        println!(
            "{what}: built-in {builtin:.3?} (median of 11), QEMU {other:.3?} (median of {qemu_runs}): {ratio:.0} times"
        );
    }
}
