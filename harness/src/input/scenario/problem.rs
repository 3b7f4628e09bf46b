//! What is wrong with a value of a scenario file, before it is told with the file's text.

use std::ops::Range;

use crate::base::error::Error;

/// What is wrong with a value, where, and what to do: the caller makes an error with the file's text of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its bytes in the file's text.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

/// Puts a problem together.
pub fn problem(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem {
        span,
        message: message.into(),
        help: help.into(),
    }
}

/// Why a value that may name a file cannot be taken.
#[derive(Debug)]
pub enum SetupError {
    /// The scenario is wrong.
    Problem(Problem),
    /// A file that it names is.
    File(Error),
}

impl From<Problem> for SetupError {
    fn from(problem: Problem) -> Self {
        SetupError::Problem(problem)
    }
}

impl From<Error> for SetupError {
    fn from(error: Error) -> Self {
        SetupError::File(error)
    }
}
