//! Runs a test program on QEMU's `virt` machine, where one is installed.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{BASE, Program, Record};

const BINARY: &str = "qemu-system-riscv32";

/// The core whose instructions are the ESP32-C3's: RV32IMC, machine and user mode, memory protection.
pub const CPU: &str = "lowrisc-ibex";

/// A program takes about a second; one that went astray never ends.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// True if there is a QEMU that has the core.
pub fn installed() -> bool {
    let output = Command::new(BINARY)
        .args(["-M", "virt", "-cpu", "help"])
        .output();
    output.is_ok_and(|output| {
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        names.split_whitespace().any(|name| name == CPU)
    })
}

/// Results by case and operand set.
pub fn run(program: &Program, folder: &Path) -> Vec<Vec<Record>> {
    let image = folder.join("program.bin");
    std::fs::write(&image, &program.image).expect("a writable temporary folder");
    let mut child = Command::new(BINARY)
        .args(["-M", "virt", "-cpu", CPU, "-bios", "none"])
        .args(["-display", "none", "-monitor", "none", "-serial", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-device")
        .arg(format!("loader,file={},addr={BASE:#x}", image.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("QEMU was there a moment ago");
    let mut stdout = child.stdout.take().expect("stdout is a pipe");
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    wait(&mut child);
    let output = reader.join().expect("the reader does not panic");
    program.results(&output.expect("a readable pipe"))
}

fn wait(child: &mut Child) {
    let start = Instant::now();
    while child.try_wait().expect("a child of ours").is_none() {
        if start.elapsed() > TIME_LIMIT {
            child.kill().expect("a child of ours");
            child.wait().expect("a child of ours");
            panic!("QEMU did not end within {TIME_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
