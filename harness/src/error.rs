//! What can go wrong on the host's side, and which exit code it ends with.

use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::backend::BackendError;
use crate::scenario::ScenarioError;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything is as expected.
    Success = 0,
    /// An expectation failed.
    Unexpected = 1,
    /// An input is wrong.
    BadInput = 2,
    /// Something of the environment is missing or fails.
    Environment = 3,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit as u8)
    }
}

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
    Scenario(#[from] Box<ScenarioError>),
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
