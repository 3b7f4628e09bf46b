//! What can go wrong on the host's side, and which exit code it ends with.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::exit::Exit;
use super::source_error::SourceError;

/// An error of the command line program.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// A file that was named cannot be read.
    #[error("failed to read {}", path.display())]
    #[diagnostic(help("check that the file exists and that you may read it"))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was read from a file makes no sense.
    #[error("{}: {problem}", path.display())]
    #[diagnostic(help("{remedy}"))]
    Input {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where in the file.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The options do not fit together or cannot be.
    #[error("{problem}")]
    #[diagnostic(help("{remedy}"))]
    Usage {
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A scenario file is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenario(#[from] Box<SourceError>),
    /// A back end is missing or failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Backend(#[from] BackendError),
    /// The debugger's connection cannot be opened, or failed.
    #[error("failed to serve GDB")]
    #[diagnostic(help("check that no other program has the port, or name another one"))]
    Debugger {
        /// Why.
        source: io::Error,
    },
    /// The operating system gives no random numbers.
    #[error("failed to draw random numbers: {0}")]
    Random(String),
    /// Standard output cannot be written.
    #[error("failed to write to standard output")]
    Stdout(#[source] io::Error),
}

impl Error {
    /// An input error about the contents of a file.
    pub fn input(path: &Path, problem: impl ToString, remedy: impl Into<String>) -> Error {
        Error::Input {
            path: path.to_owned(),
            problem: problem.to_string(),
            remedy: remedy.into(),
        }
    }

    /// An input error about the options.
    pub fn usage(problem: impl Into<String>, remedy: impl Into<String>) -> Error {
        Error::Usage {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// The exit code that this error ends the program with.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Read { .. } | Error::Input { .. } | Error::Usage { .. } | Error::Scenario(_) => {
                Exit::BadInput
            }
            Error::Write { .. }
            | Error::Backend(_)
            | Error::Debugger { .. }
            | Error::Random(_)
            | Error::Stdout(_) => Exit::Environment,
        }
    }
}

type Source = Box<dyn StdError + Send + Sync>;

/// A failure of a back end: never something that the guest did.
#[derive(Debug, Error, Diagnostic)]
pub enum BackendError {
    /// The chip cannot be built.
    #[error("failed to build a chip on back end {backend}")]
    Build {
        /// Name of the back end.
        backend: &'static str,
        /// Why.
        source: Source,
    },
    /// The chip failed on the host's side.
    #[error("back end {backend} failed")]
    Run {
        /// Name of the back end.
        backend: &'static str,
        /// Why.
        source: Source,
    },
    /// Something that the back end needs is not there.
    #[error("back end {backend} is not available: {what}")]
    #[diagnostic(help("{remedy}"))]
    Missing {
        /// Name of the back end.
        backend: &'static str,
        /// What is not there.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// The back end cannot do what was asked.
    #[error("back end {backend} cannot {what}")]
    Unsupported {
        /// Name of the back end.
        backend: &'static str,
        /// What it cannot do.
        what: &'static str,
    },
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
