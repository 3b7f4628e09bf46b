//! Where on the console boots and stages begin, as the record of what ran has it.

use std::collections::VecDeque;

use super::record::ExecutionRecord;
use super::signature::Stage;

/// The boundaries that a scanner has yet to cross.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Bytes of the console that were taken.
    fed: usize,
    /// Console bytes before which a boot (the ROM's stage) or another stage begins, in order.
    ahead: VecDeque<(usize, Stage)>,
    /// The number of the newest boot that was taken over, and its stage.
    known: Option<(u64, Stage)>,
}

impl Recorded {
    /// Takes over what is new.
    pub fn follow(&mut self, record: &ExecutionRecord) {
        for boot in &record.boots {
            let before = match self.known {
                Some((number, _)) if boot.number < number => continue,
                Some((number, stage)) if boot.number == number => Some(stage),
                _ => None,
            };
            let loaded = boot.loaded.as_ref().map(|(moment, _)| moment.console);
            let app = boot.app.as_ref().map(|app| app.first.console);
            let stages = [
                (Stage::Rom, Some(boot.console)),
                (Stage::Bootloader, loaded),
                (Stage::App, app),
            ];
            for (stage, console) in stages {
                if let Some(console) =
                    console.filter(|_| before.is_none_or(|before| stage > before))
                {
                    self.ahead.push_back((console, stage));
                    self.known = Some((boot.number, stage));
                }
            }
        }
    }

    /// The next boundary, if all bytes before it were taken.
    pub fn next(&mut self) -> Option<Stage> {
        let &(console, stage) = self.ahead.front()?;
        if console > self.fed {
            return None;
        }
        self.ahead.pop_front();
        Some(stage)
    }

    /// Another byte is taken: true if a boundary lies before it.
    pub fn count_byte(&mut self) -> bool {
        let crosses = self
            .ahead
            .front()
            .is_some_and(|&(console, _)| console <= self.fed);
        self.fed += 1;
        crosses
    }
}
