//! No orphan process ever: what is killed and removed if the program is interrupted, whatever it is doing.
//!
//! Child processes live in groups of their own, so a Ctrl-C on the terminal does not reach them. Three nets hold them:
//! owners kill on drop; signals that end the program are caught here and kill first; and for a program that is killed
//! outright, each group has a guard process that notices the end of a pipe.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

/// What one running group leaves behind.
struct Live {
    group: Pid,
    folder: Option<PathBuf>,
}

/// Every running group. Held while a group is started, and for ever by the thread that ends the program.
static LIVE: Mutex<BTreeMap<u32, Live>> = Mutex::new(BTreeMap::new());

/// The shell waits for the end of its standard input, which the kernel closes when this program is gone.
const GUARD: &str = r#"read -r _; kill -s KILL -- "-$1"; [ -z "$2" ] || rm -rf -- "$2""#;

/// A child in a process group of its own that cannot outlive this program.
#[derive(Debug)]
pub struct Leashed {
    /// The leader of the group.
    pub child: Child,
    group: Pid,
    guard: Option<Child>,
}

impl Leashed {
    /// Starts `command`; `folder`, if any, is removed when the program is interrupted.
    ///
    /// # Errors
    /// Those of starting a process.
    pub fn spawn(command: &mut Command, folder: Option<&Path>) -> io::Result<Leashed> {
        catch_signals();
        let mut live = lock();
        let child = command.process_group(0).spawn()?;
        let group = Pid::from_child(&child);
        let kept = Live {
            group,
            folder: folder.map(Path::to_owned),
        };
        live.insert(child.id(), kept);
        Ok(Leashed {
            guard: guard(child.id(), folder),
            child,
            group,
        })
    }

    /// Sends a signal to the whole group. A group that is gone is no error.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Leashed {
    fn drop(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            let _ = guard.kill();
            let _ = guard.wait();
        }
        // Before the leader is reaped: until then its number cannot belong to anybody else.
        self.signal(Signal::KILL);
        let _ = self.child.wait();
        lock().remove(&self.child.id());
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<u32, Live>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Without a shell there is no guard, and the other two nets must do.
fn guard(group: u32, folder: Option<&Path>) -> Option<Child> {
    Command::new("/bin/sh")
        .args(["-c", GUARD, "guard"])
        .arg(group.to_string())
        .arg(folder.unwrap_or(Path::new("")))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()
}

fn catch_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Where that fails, the guards still do their work.
        if let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) {
            thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    end_everything();
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
            });
        }
    });
}

/// Kills every group and removes its folder. Nothing can be started any more: the lock is never given back.
fn end_everything() {
    let live = lock();
    for entry in live.values() {
        let _ = kill_process_group(entry.group, Signal::KILL);
    }
    for folder in live.values().filter_map(|entry| entry.folder.as_ref()) {
        let _ = std::fs::remove_dir_all(folder);
    }
    std::mem::forget(live);
}
