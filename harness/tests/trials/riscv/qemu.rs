//! Runs a test program on QEMU's `virt` machine, where one is installed.

use std::path::Path;
use std::process::Command;

use crate::child;
use crate::riscv::program::{BASE, Program, Record};

const BINARY: &str = "qemu-system-riscv32";

/// The core whose instructions are the ESP32-C3's: RV32IMC, machine and user mode, memory protection.
const CPU: &str = "lowrisc-ibex";

/// Whether there is a QEMU that has the core, or what is missing.
pub fn installed() -> Result<(), String> {
    let output = Command::new(BINARY)
        .args(["-M", "virt", "-cpu", "help"])
        .output();
    let names = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match names {
        Ok(names) if names.split_whitespace().any(|name| name == CPU) => Ok(()),
        _ => Err(format!("no {BINARY} with {CPU} on the PATH")),
    }
}

/// Results by case and operand set.
pub fn run(program: &Program, folder: &Path) -> Vec<Vec<Record>> {
    let image = folder.join("program.bin");
    std::fs::write(&image, &program.image).expect("a writable temporary folder");
    let mut command = Command::new(BINARY);
    command
        .args(["-M", "virt", "-cpu", CPU, "-bios", "none"])
        .args(["-display", "none", "-monitor", "none", "-serial", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-device")
        .arg(format!("loader,file={},addr={BASE:#x}", image.display()));
    program.results(&child::output(&mut command))
}
