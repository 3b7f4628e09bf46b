//! Tests that are found when they run: one a scenario file, and those that need a program which may not be installed.
//! Without it they are ignored and say what is missing; with `CLONEPROOF_DEMAND_TOOLS` set they fail.

mod child;
mod espressif_qemu;
mod riscv;
mod scenarios;
mod tools;
mod vectors;
mod xtensa;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let parts: [fn() -> Vec<Trial>; 4] = [
        scenarios::trials,
        xtensa::trials,
        riscv::trials,
        espressif_qemu::trials,
    ];
    let trials = parts.iter().flat_map(|trials| trials()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
