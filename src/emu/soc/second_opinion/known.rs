//! Where our registers and those of the peripheral access crates differ, and who is right: reads `known.txt`.

use std::fs;

use crate::chip::Chip;

/// The list.
const LIST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/emu/soc/second_opinion/known.txt"
);

/// A line of the list.
pub struct Known {
    /// Register as the difference names it; `*` once, for any text.
    pub pattern: String,
    /// Chips that differ.
    chips: Vec<String>,
}

impl Known {
    /// True if this line explains a difference of the chip's register.
    pub fn explains(&self, register: &str) -> bool {
        match self.pattern.split_once('*') {
            Some((start, end)) => register
                .strip_prefix(start)
                .is_some_and(|rest| rest.ends_with(end)),
            None => register == self.pattern,
        }
    }
}

/// The lines of a chip.
pub fn of(chip: Chip) -> Vec<Known> {
    let name = chip.to_string();
    let list = fs::read_to_string(LIST).unwrap_or_else(|error| panic!("{LIST}: {error}"));
    let lines = list.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(known)
        .filter(|known| known.chips.contains(&name))
        .collect()
}

/// `chip,chip register reason`
fn known(line: &str) -> Known {
    let mut words = line.split_whitespace();
    let (Some(chips), Some(pattern)) = (words.next(), words.next()) else {
        panic!("no chips and register: {line}");
    };
    assert!(words.next().is_some(), "no reason: {line}");
    Known {
        pattern: pattern.to_owned(),
        chips: chips.split(',').map(str::to_owned).collect(),
    }
}
