//! Text for people: lines, labels, wrapping and colours, from which reports for people are put together.

use std::fmt::{Display, Write};

use anstyle::{AnsiColor, Style};

/// What stands out.
pub const BOLD: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What should be noticed.
pub const NOTE: Style = AnsiColor::Yellow.on_default().bold();
/// Columns of text; evidence lines are cut to them where that loses nothing that matters.
const WIDTH: usize = 100;

/// The text of a report, line by line.
#[derive(Debug, Default)]
pub struct Out {
    text: String,
}

impl Out {
    /// A line.
    pub fn line(&mut self, indent: usize, text: impl Display) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A label, and behind it in column `column` text in lines of at most `WIDTH` columns.
    pub fn labelled(
        &mut self,
        indent: usize,
        label: &str,
        column: usize,
        style: Style,
        text: &str,
    ) {
        let begin = self.text.len();
        self.wrapped(indent + column, style, text);
        // The wrapped text leaves room for the label in its first line.
        let room = begin + indent..begin + indent + label.len();
        if self
            .text
            .get(room.clone())
            .is_some_and(|room| room.bytes().all(|b| b == b' '))
        {
            self.text.replace_range(room, label);
        }
    }

    /// Text in lines of at most `WIDTH` columns.
    pub fn wrapped(&mut self, indent: usize, style: Style, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH
            {
                self.line(indent, styled(style, &line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(indent, styled(style, &line));
        }
    }
}

/// Text in a style.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
