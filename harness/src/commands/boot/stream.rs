//! The console of a chip that is booted: handed on, searched, and its panics decoded.

use std::ops::ControlFlow;

use cloneproof::boot::PanicScanner;
use cloneproof::virtual_chip::Watch;
use regex::Regex;

use crate::base::error::Error;
use crate::commands::output::{print, print_bytes};
use crate::input::symbols::Symbols;
use crate::proof::diagnose;

/// Hands the console on as it appears, looks for a line, and names the functions of panics.
pub struct Stream {
    until: Option<Regex>,
    line: Vec<u8>,
    /// Whether the line was seen.
    pub matched: bool,
    failed: Option<Error>,
    /// The panics that there were.
    pub panics: PanicScanner,
    /// Panics that were decoded already.
    told: usize,
    /// Names for addresses.
    pub symbols: Symbols,
}

/// Longest line that is looked at.
const MAX_LINE: usize = 4096;

impl Stream {
    /// With nothing seen yet.
    pub fn new(until: Option<Regex>, symbols: Symbols) -> Stream {
        Stream {
            until,
            line: Vec::new(),
            matched: false,
            failed: None,
            panics: PanicScanner::new(),
            told: 0,
            symbols,
        }
    }

    /// The console has ended.
    ///
    /// # Errors
    /// Where it could not be handed on.
    pub fn finish(mut self) -> Result<Stream, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.panics.finish();
        self.tell_panics(true)?;
        Ok(self)
    }

    /// With an ELF given, panics are decoded as soon as their dumps are complete.
    fn tell_panics(&mut self, at_line_start: bool) -> Result<(), Error> {
        let new = &self.panics.panics()[self.told..];
        if new.is_empty() || !self.symbols.has_elf() {
            return Ok(());
        }
        let mut text = String::from(if at_line_start { "" } else { "\n" });
        for line in new
            .iter()
            .flat_map(|panic| diagnose::panic(panic, &self.symbols))
        {
            text += &format!("cloneproof: {line}\n");
        }
        self.told += new.len();
        print(&text)
    }

    fn look(&mut self, new: &[u8]) {
        let Some(until) = &self.until else {
            return;
        };
        for &byte in new {
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&self.line);
                self.matched |= until.is_match(line.trim_end());
                self.line.clear();
            } else if self.line.len() < MAX_LINE {
                self.line.push(byte);
            }
        }
    }
}

impl Watch for Stream {
    fn console(&mut self, new: &[u8]) -> ControlFlow<()> {
        self.panics.feed(new);
        let told = print_bytes(new).and_then(|()| self.tell_panics(new.ends_with(b"\n")));
        self.failed = told.err();
        self.look(new);
        if self.matched || self.failed.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
