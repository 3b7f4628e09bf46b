//! The scenario file that is being checked: errors underline a place in it.

use std::ops::Range;
use std::path::Path;

use regex::Regex;
use toml::Spanned;

use super::problem::{Problem, SetupError, problem};
use crate::base::error::Error;
use crate::base::source_error::SourceError;

pub(super) struct File<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

impl File<'_> {
    pub fn error(&self, problem: Problem) -> Box<SourceError> {
        let Problem {
            span,
            message,
            help,
        } = problem;
        SourceError::new(self.path, self.text, span, message, help)
    }

    /// The folder that paths in the file are relative to.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    pub fn setup_error(&self, error: SetupError) -> Error {
        match error {
            SetupError::Problem(problem) => Error::from(self.error(problem)),
            SetupError::File(error) => error,
        }
    }

    pub fn wrong(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Box<SourceError> {
        self.error(problem(span, message, help))
    }
}

pub(super) fn regex(file: &File, value: &Spanned<String>) -> Result<Regex, Box<SourceError>> {
    Regex::new(value.get_ref()).map_err(|error| {
        file.wrong(
            value.span(),
            format!("this is no regular expression: {error}"),
            "the syntax is that of the Rust crate regex; in TOML, 'single quotes' keep backslashes",
        )
    })
}
