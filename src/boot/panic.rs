//! Panics on the console: what ESP-IDF, the mask ROM and Rust firmware print when they give up.
//!
//! Sources: ESP-IDF `components/esp_system/panic.c` (`esp_panic_handler`), `port/panic_handler.c`, `port/arch/xtensa/
//! panic_arch.c` (register dump), `port/arch/xtensa/debug_helpers.c` (`Backtrace: pc:sp …`), `port/arch/riscv/panic_arch.c`
//! (register dump and stack memory, no backtrace), `components/newlib/src/assert.c`; the string constants of the ESP32's mask ROMs; `core::panic::PanicHookInfo` and the crate esp-backtrace.
//!
//! Everything is bounded: a guest that floods the console cannot make the scanner grow.

use std::fmt;

use super::log_line;

/// Panics that are kept; more are counted.
pub const MAX_PANICS: usize = 32;
/// Longest line that is looked at, in bytes: a backtrace of a hundred frames fits.
const MAX_LINE: usize = 4096;
/// Most lines of a dump: after them it is over, whatever follows.
const MAX_DUMP_LINES: usize = 80;
/// Most registers and backtrace entries of a dump.
const MAX_ENTRIES: usize = 128;
/// Most words of a stack: ESP-IDF shows 256.
const MAX_STACK_WORDS: usize = 512;
/// Longest text that is kept of a line, in characters.
const MAX_TEXT: usize = 300;

/// Who gave up, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PanicKind {
    /// ESP-IDF's `Guru Meditation Error`: a CPU exception or a watchdog.
    Guru,
    /// `abort()`.
    Abort,
    /// A failed assertion.
    Assert,
    /// ESP-IDF's `ESP_ERROR_CHECK`.
    ErrorCheck,
    /// A task's stack overflowed, or a stack canary was overwritten.
    Stack,
    /// A CPU exception while only the mask ROM's handlers were installed.
    RomException,
    /// A Rust panic.
    Rust,
}

impl PanicKind {
    /// Stable kebab-case name.
    pub const fn id(self) -> &'static str {
        match self {
            PanicKind::Guru => "guru-meditation",
            PanicKind::Abort => "abort",
            PanicKind::Assert => "assert",
            PanicKind::ErrorCheck => "error-check",
            PanicKind::Stack => "stack",
            PanicKind::RomException => "rom-exception",
            PanicKind::Rust => "rust-panic",
        }
    }
}

/// A panic with its dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// Who gave up, and how.
    pub kind: PanicKind,
    /// The core, where the dump tells it.
    pub core: Option<u8>,
    /// Cause: the exception's name, the failed assertion, or the message.
    pub cause: String,
    /// The line that began it, without colours and control characters.
    pub line: String,
    /// Number of that line since power-on; the first line has number 1.
    pub line_number: u64,
    /// Registers of the dump by name, in its order.
    pub registers: Vec<(String, u32)>,
    /// The frames of its backtrace, innermost first, as `(pc, sp)`; esp-backtrace prints no stack pointers.
    pub backtrace: Vec<(u32, Option<u32>)>,
    /// Words of the stack as (address, value) in the dump's order: ESP-IDF shows them where it makes no backtrace.
    pub stack: Vec<(u32, u32)>,
    /// ESP-IDF found the stack damaged (`|<-CORRUPTED`).
    pub corrupted: bool,
}

impl Panic {
    /// The instruction that failed, where the dump tells it.
    pub fn pc(&self) -> Option<u32> {
        let register = |name| self.register(name).filter(|&pc| pc != 0);
        let first = self.backtrace.first().map(|&(pc, _)| pc);
        register("PC")
            .or_else(|| register("MEPC"))
            .or(first)
            .or_else(|| register("epc1"))
    }

    /// The return address register, where the dump of a RISC-V core tells it: the caller of a function that calls none.
    pub fn return_address(&self) -> Option<u32> {
        self.register("RA").filter(|&address| address != 0)
    }

    /// A register of the dump.
    pub fn register(&self, name: &str) -> Option<u32> {
        let found = self.registers.iter().find(|(other, _)| other == name);
        found.map(|&(_, value)| value)
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PanicKind::Guru => write!(f, "Guru Meditation Error: {}", self.cause),
            PanicKind::Abort => write!(f, "abort(): {}", self.cause),
            PanicKind::Assert => write!(f, "assertion failed: {}", self.cause),
            PanicKind::ErrorCheck => write!(f, "ESP_ERROR_CHECK failed: {}", self.cause),
            PanicKind::Stack => f.write_str(&self.cause),
            PanicKind::RomException => write!(f, "Fatal exception: {}", self.cause),
            PanicKind::Rust => write!(f, "Rust panic: {}", self.cause),
        }?;
        match self.core {
            Some(core) => write!(f, ", core {core}"),
            None => Ok(()),
        }
    }
}

/// Finds panics in console output as it arrives.
#[derive(Debug, Default)]
pub struct PanicScanner {
    partial: Vec<u8>,
    lines: u64,
    open: Option<Open>,
    found: Vec<Panic>,
    count: u64,
}

#[derive(Debug)]
struct Open {
    panic: Panic,
    lines: usize,
    /// The message of a Rust panic stands on the next line.
    wants_message: bool,
    /// Behind `Backtrace:` with nothing on its line: one address a line follows.
    listing: bool,
}

impl PanicScanner {
    /// A scanner at power-on.
    pub fn new() -> PanicScanner {
        PanicScanner::default()
    }

    /// Takes the next bytes of the console.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' || byte == b'\r' {
                self.end_line();
            } else if self.partial.len() < MAX_LINE {
                self.partial.push(byte);
            }
        }
    }

    /// The console has ended: what was printed of a dump is all of it.
    pub fn finish(&mut self) {
        self.end_line();
        self.close();
    }

    /// The panics whose dumps are over, oldest first; of more than [`MAX_PANICS`] the first ones.
    pub fn panics(&self) -> &[Panic] {
        &self.found
    }

    /// How many panics there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn end_line(&mut self) {
        if self.partial.is_empty() {
            return;
        }
        let text = log_line::clean(&String::from_utf8_lossy(&self.partial));
        self.partial.clear();
        let (before, banner) = log_line::split_banner(&text);
        if !before.is_empty() {
            self.lines += 1;
            self.line(before);
        }
        if banner.is_some() {
            self.lines += 1;
            self.close();
        }
    }

    fn line(&mut self, line: &str) {
        let awaited = self.open.as_ref().is_some_and(|open| open.wants_message);
        let begun = begin(line, self.lines).filter(|_| !awaited);
        if let Some(panic) = begun {
            self.begin(panic);
        } else if self.open.as_mut().is_some_and(|open| open.take(line)) {
            self.close();
        }
    }

    fn begin(&mut self, panic: Panic) {
        if let Some(open) = &mut self.open
            && panic.kind == PanicKind::Abort
            && open.explains_abort()
        {
            // The reason came first, abort() carries it out.
            open.panic.core = panic.core.or(open.panic.core);
            open.panic.registers.extend(panic.registers);
            return;
        }
        self.close();
        self.open = Some(Open {
            wants_message: panic.kind == PanicKind::Rust && panic.registers.is_empty(),
            panic,
            lines: 0,
            listing: false,
        });
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.count += 1;
            if self.found.len() < MAX_PANICS {
                self.found.push(open.panic);
            }
        }
    }
}

/// The panics that a whole console shows, oldest first, at most [`MAX_PANICS`].
pub fn panics(console: &[u8]) -> Vec<Panic> {
    let mut scanner = PanicScanner::new();
    scanner.feed(console);
    scanner.finish();
    scanner.found
}

impl Open {
    fn explains_abort(&self) -> bool {
        let reason = matches!(
            self.panic.kind,
            PanicKind::Assert | PanicKind::ErrorCheck | PanicKind::Stack | PanicKind::Rust
        );
        reason && self.panic.backtrace.is_empty()
    }

    /// Takes a line of the dump; true if it was the last one.
    fn take(&mut self, line: &str) -> bool {
        self.lines += 1;
        if line.starts_with("Rebooting...") || self.lines > MAX_DUMP_LINES {
            return true;
        }
        if let Some((_, entries)) = line.split_once("Backtrace:") {
            self.panic.corrupted |= entries.contains("|<-CORRUPTED");
            let entries = entries.split_whitespace().map_while(entry);
            self.panic.backtrace.extend(entries.take(MAX_ENTRIES));
            self.wants_message = false;
            self.listing = self.panic.backtrace.is_empty();
            return !self.listing;
        }
        if self.listing {
            return self.take_listed(line);
        }
        if self.wants_message {
            self.wants_message = false;
            let cause = format!("{}: {line}", self.panic.cause);
            self.panic.cause = bounded(&cause);
            self.panic.registers.extend(trapped(line));
            return false;
        }
        if let Some(core) = line.strip_prefix("Core ").and_then(first_number) {
            self.panic.core.get_or_insert(core);
        }
        if let Some(words) = stack_line(line) {
            let room = MAX_STACK_WORDS.saturating_sub(self.panic.stack.len());
            self.panic.stack.extend(words.into_iter().take(room));
            return false;
        }
        let room = MAX_ENTRIES.saturating_sub(self.panic.registers.len());
        self.panic
            .registers
            .extend(registers(line).into_iter().take(room));
        false
    }

    /// esp-backtrace: `0x400d1234` and perhaps a name, one a line.
    fn take_listed(&mut self, line: &str) -> bool {
        match line.split_whitespace().next().and_then(entry) {
            Some(entry) if self.panic.backtrace.len() < MAX_ENTRIES => {
                self.panic.backtrace.push(entry);
                false
            }
            _ => !self.panic.backtrace.is_empty() || line.len() > 2,
        }
    }
}

fn bounded(text: &str) -> String {
    text.trim().chars().take(MAX_TEXT).collect()
}

fn first_number(text: &str) -> Option<u8> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}

/// `0x400d1234:0x3ffb0000`, or an address alone.
fn entry(text: &str) -> Option<(u32, Option<u32>)> {
    match text.split_once(':') {
        Some((pc, sp)) => Some((hex(pc)?, hex(sp))),
        None => Some((hex(text)?, None)),
    }
}

/// `PC      : 0x400d1234  PS      : 0x00060030  …` or `epc1=0x400d1234, epc2=0x00000000, …`.
fn registers(line: &str) -> Vec<(String, u32)> {
    let spaced = line.replace([':', '=', ','], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let pairs = words.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Vec::new();
    }
    let value = |pair: &[&str]| hex(pair[1]).map(|value| (pair[0].to_owned(), value));
    pairs.map(value).collect::<Option<_>>().unwrap_or_default()
}

/// `3fc8c5d0: 0x00000000 0x3fc8cde8 …`: words of the stack from that address on.
fn stack_line(line: &str) -> Option<Vec<(u32, u32)>> {
    let (address, values) = line.split_once(": ")?;
    if address.len() != 8 {
        return None;
    }
    let start = u32::from_str_radix(address, 16).ok()?;
    let addresses = (0..).map(|index: u32| start.wrapping_add(index.wrapping_mul(4)));
    let word = |(address, value)| Some((address, hex(value)?));
    addresses.zip(values.split_whitespace()).map(word).collect()
}

/// The panic that a line begins.
fn begin(line: &str, line_number: u64) -> Option<Panic> {
    let (kind, cause, core) = guru(line)
        .or_else(|| abort(line))
        .or_else(|| rom(line))
        .or_else(|| reason(line))
        .or_else(|| rust(line))?;
    let called_at = |text: &str| Some(("PC".to_owned(), hex(text.split(' ').next()?)?));
    let registers = match kind {
        PanicKind::Abort => after(line, "at PC ")
            .and_then(called_at)
            .into_iter()
            .collect(),
        PanicKind::Rust => trapped(line),
        _ => Vec::new(),
    };
    Some(Panic {
        kind,
        core,
        cause: bounded(&cause),
        line: bounded(line),
        line_number,
        registers,
        backtrace: Vec::new(),
        stack: Vec::new(),
        corrupted: false,
    })
}

type Begin = (PanicKind, String, Option<u8>);

fn after<'a>(line: &'a str, text: &str) -> Option<&'a str> {
    line.split_once(text).map(|(_, rest)| rest)
}

fn guru(line: &str) -> Option<Begin> {
    let rest = after(line, "Guru Meditation Error: Core")?;
    let (_, cause) = rest.split_once("panic'ed (")?;
    // Some causes have brackets themselves: the last one closes.
    let cause = match cause.split_once("). ") {
        Some((cause, _)) => cause,
        None => cause
            .trim_end_matches(['.', ' '])
            .strip_suffix(')')
            .unwrap_or(cause),
    };
    Some((PanicKind::Guru, cause.to_owned(), first_number(rest)))
}

fn abort(line: &str) -> Option<Begin> {
    let rest = after(line, "abort() was called at PC ")?;
    let core = after(rest, "on core ").and_then(first_number);
    Some((PanicKind::Abort, format!("called at {rest}"), core))
}

fn rom(line: &str) -> Option<Begin> {
    let (number, name) = line.strip_prefix("Fatal exception (")?.split_once("): ")?;
    number.parse::<u8>().ok()?;
    Some((PanicKind::RomException, name.to_owned(), None))
}

fn reason(line: &str) -> Option<Begin> {
    let (kind, cause) = if let Some(cause) = line.strip_prefix("assert failed: ") {
        (PanicKind::Assert, cause)
    } else if line.starts_with("assertion \"") && line.contains("\" failed: file \"") {
        (PanicKind::Assert, line)
    } else if let Some(cause) = line.strip_prefix("ESP_ERROR_CHECK failed: ") {
        (PanicKind::ErrorCheck, cause)
    } else if line.starts_with("***ERROR*** A stack overflow in task ")
        || line.starts_with("Stack smashing protect failure!")
    {
        (PanicKind::Stack, line)
    } else {
        return None;
    };
    Some((kind, cause.to_owned(), None))
}

/// `Exception 'Load access fault' mepc=0x42001234, mtval=0x00000004`, by esp-backtrace on a RISC-V core.
fn trapped(line: &str) -> Vec<(String, u32)> {
    let values = line
        .strip_prefix("Exception '")
        .and_then(|rest| after(rest, "' "));
    let registers = values.map(registers).unwrap_or_default();
    let upper = |(name, value): (String, u32)| (name.to_ascii_uppercase(), value);
    registers.into_iter().map(upper).collect()
}

fn rust(line: &str) -> Option<Begin> {
    if !trapped(line).is_empty() {
        return Some((PanicKind::Rust, line.to_owned(), None));
    }
    let place = match line.strip_prefix("panicked at ") {
        Some(place) => place,
        None if line.starts_with("thread '") => after(line, "' panicked at ")?,
        // esp-backtrace before 0.15.
        None => line.strip_prefix("!! A panic occured in ")?,
    };
    let place = place.trim_end_matches(':');
    Some((PanicKind::Rust, place.to_owned(), None))
}

#[cfg(test)]
#[path = "panic_tests.rs"]
mod tests;
