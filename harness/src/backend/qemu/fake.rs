//! Programs that pretend to be QEMU, for the tests: shell scripts in a folder of their own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the real one says to `--version`.
pub const VERSION: &str = "QEMU emulator version 7.2.0 (a fake)";
/// What the real one says to `-M help`, shortened.
pub const MACHINES: &str = "Supported machines are:\nesp32                Espressif ESP32 machine\n\
                            none                 empty machine";

/// Writes an executable script. Another process writes it: a file that this one had open for writing could be held open
/// by a child that another test is just starting, and then not be executed.
pub fn write_script(path: &Path, body: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut shell = Command::new("/bin/sh")
        .args(["-c", r#"cat > "$1" && chmod 755 "$1""#, "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = shell.stdin.take().unwrap();
    pipe.write_all(format!("#!/bin/sh\n{body}\n").as_bytes())
        .unwrap();
    drop(pipe);
    assert!(shell.wait().unwrap().success());
}

/// Writes a QEMU for Xtensa that answers as the real one, and plays the chip with `body`.
pub fn qemu(folder: &Path, version: &str, machines: &str, body: &str) -> PathBuf {
    write_qemu(folder, "qemu-system-xtensa", version, machines, body)
}

/// The same under another name.
pub fn program(folder: &Path, name: &str, machines: &str, body: &str) -> PathBuf {
    write_qemu(folder, name, VERSION, machines, body)
}

fn write_qemu(folder: &Path, name: &str, version: &str, machines: &str, body: &str) -> PathBuf {
    let program = folder.join(name);
    let script = format!(
        "case \"$1 $2\" in\n'--version ') echo '{version}'; exit;;\n\
         '-M help') echo '{machines}'; exit;;\nesac\n{body}"
    );
    write_script(&program, &script);
    program
}
