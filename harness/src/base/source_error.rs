//! Errors of text files such as scenarios, with the wrong place underlined.

use std::ops::Range;
use std::path::Path;

use miette::{Diagnostic, LabeledSpan, NamedSource};
use thiserror::Error;

/// Something wrong in a text file.
#[derive(Debug, Error, Diagnostic)]
#[error("{file}: {message}")]
pub struct SourceError {
    file: String,
    message: String,
    #[source_code]
    source_code: NamedSource<String>,
    #[label(collection, "here")]
    labels: Vec<LabeledSpan>,
    #[help]
    help: Option<String>,
}

impl SourceError {
    /// The error `message` about the bytes `span` of the file's text; `help` says what to do.
    pub fn new(
        path: &Path,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Box<SourceError> {
        let file = path.display().to_string();
        let help = help.into();
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        Box::new(SourceError {
            source_code: NamedSource::new(&file, text.to_owned()).with_language("TOML"),
            labels: vec![LabeledSpan::new_with_span(
                Some("here".to_owned()),
                start..end,
            )],
            file,
            message: message.into(),
            help: (!help.is_empty()).then_some(help),
        })
    }

    /// What is wrong, without file and place.
    pub fn message(&self) -> &str {
        &self.message
    }
}
