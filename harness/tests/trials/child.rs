//! Another emulator as a child process: its output, within a time limit.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program takes about a second; one that went astray never ends.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What `command` writes to standard output until it ends.
pub fn output(command: &mut Command) -> Vec<u8> {
    let mut child = command
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
    output.expect("a readable pipe")
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
