//! A QEMU process: console without blocking, the end of its standard error, pause, orderly and forced end.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use super::interrupt::Leashed;

/// Bytes that are read from a pipe at once.
const CHUNK: usize = 4096;
/// Chunks that wait to be looked at; then the process has to wait too.
const QUEUE: usize = 64;
/// Bytes of standard error that are kept.
const TAIL: usize = 2048;
/// Time between two looks whether a silent process is still there.
const TICK: Duration = Duration::from_millis(100);
/// Time that a process gets to end by itself once it is asked to.
const GRACE: Duration = Duration::from_secs(2);

/// What the console gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// New output.
    Bytes(Vec<u8>),
    /// Nothing for as long as was waited.
    Quiet,
    /// The process is gone and nothing more will come.
    Ended,
}

/// A running process with its console on standard output.
#[derive(Debug)]
pub struct Process {
    leashed: Leashed,
    console: Receiver<Vec<u8>>,
    errors: Arc<Mutex<VecDeque<u8>>>,
    /// Disconnected once standard error has been read to its end.
    errors_read: Receiver<()>,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts a program in the folder, which is removed with it if the harness is interrupted.
    ///
    /// # Errors
    /// Those of starting a process.
    pub fn start(program: &Path, args: &[OsString], folder: Option<&Path>) -> io::Result<Process> {
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        let mut leashed = Leashed::spawn(&mut command, folder)?;
        let (sender, console) = sync_channel(QUEUE);
        let errors = Arc::new(Mutex::new(VecDeque::new()));
        if let Some(pipe) = leashed.child.stdout.take() {
            thread::spawn(move || forward(pipe, &sender));
        }
        let (reading, errors_read) = sync_channel(0);
        if let Some(pipe) = leashed.child.stderr.take() {
            let errors = Arc::clone(&errors);
            thread::spawn(move || {
                keep_tail(pipe, &errors);
                drop(reading);
            });
        }
        Ok(Process {
            leashed,
            console,
            errors,
            errors_read,
            status: None,
        })
    }

    /// Waits for output, at most this long.
    pub fn next(&mut self, patience: Duration) -> Event {
        match self.console.recv_timeout(patience.min(TICK)) {
            Ok(bytes) => Event::Bytes(bytes),
            Err(RecvTimeoutError::Disconnected) => Event::Ended,
            Err(RecvTimeoutError::Timeout) => {
                if self.has_exited() {
                    // A child of its own may still hold the pipe open.
                    self.leashed.signal(Signal::KILL);
                }
                Event::Quiet
            }
        }
    }

    /// Stops the clock of the whole group.
    pub fn pause(&self) {
        self.leashed.signal(Signal::STOP);
    }

    /// Lets the group go on.
    pub fn resume(&self) {
        self.leashed.signal(Signal::CONT);
    }

    /// Asks the process to end, so that it writes back what it still holds, and forces it if it does not.
    pub fn quit(&mut self) -> Option<ExitStatus> {
        self.leashed.signal(Signal::TERM);
        self.resume();
        self.wait(GRACE)
    }

    /// The status once the process has ended; it is killed if it does not within the time.
    pub fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        while !self.has_exited() && Instant::now() < deadline {
            // A process that waits for its console to be read cannot end.
            if let Err(RecvTimeoutError::Disconnected) = self.console.recv_timeout(TICK / 10) {
                thread::sleep(TICK / 10);
            }
        }
        if self.status.is_none() {
            self.leashed.signal(Signal::KILL);
            self.status = self.leashed.child.wait().ok();
            // What it said last may still be in the pipe.
            let _ = self.errors_read.recv_timeout(GRACE);
        }
        self.status
    }

    /// What the process said last on standard error, at most 2 KiB.
    pub fn last_words(&self) -> String {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = errors.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    /// Whether the leader has ended; it stays unreaped, so that its group's number remains its own.
    fn has_exited(&self) -> bool {
        if self.status.is_some() {
            return true;
        }
        let pid = rustix::process::Pid::from_child(&self.leashed.child);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::Pid(pid), options), Ok(Some(_)))
    }
}

fn forward(mut pipe: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut buffer = [0; CHUNK];
    loop {
        match pipe.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(count) => {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        }
    }
}

fn keep_tail(mut pipe: impl Read, tail: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; CHUNK];
    loop {
        match pipe.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(count) => {
                let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
                tail.extend(&buffer[..count]);
                let excess = tail.len().saturating_sub(TAIL);
                tail.drain(..excess);
            }
        }
    }
}

/// A command's output, for programs that end by themselves.
#[derive(Debug)]
pub struct Output {
    /// Exit status, if it ended in time.
    pub status: Option<ExitStatus>,
    /// Standard output, cut at the limit.
    pub stdout: String,
    /// The end of standard error.
    pub stderr: String,
}

/// Runs a program to its end, with bounds on its time and on the bytes that are kept of its output.
///
/// # Errors
/// Those of starting a process.
pub fn output(program: &Path, args: &[&str], time: Duration, bytes: usize) -> io::Result<Output> {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let mut process = Process::start(program, &args, None)?;
    let deadline = Instant::now() + time;
    let mut stdout = Vec::new();
    let mut ended = false;
    while !ended && stdout.len() < bytes && Instant::now() < deadline {
        match process.next(deadline.saturating_duration_since(Instant::now())) {
            Event::Bytes(new) => stdout.extend(new),
            Event::Quiet => {}
            Event::Ended => ended = true,
        }
    }
    stdout.truncate(bytes);
    let patience = if ended { GRACE } else { Duration::ZERO };
    let status = process.wait(patience).filter(|_| ended);
    Ok(Output {
        status,
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: process.last_words(),
    })
}
