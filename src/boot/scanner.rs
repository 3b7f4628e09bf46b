//! Reads a console as it arrives: lines, boots, stages, refusals, and the app's sign of life.
//!
//! Everything is bounded: a guest that floods the console cannot make the scanner grow.

use std::fmt;

use super::app_start::{AppStart, LOADED, is_panic};
use super::log_line::{self, LogLine};
use super::record::ExecutionRecord;
use super::recorded::Recorded;
use super::signature::{Signature, Stage};

/// Longest line that is kept, in bytes; the rest of a longer line is dropped.
pub const MAX_LINE: usize = 512;
/// Boots whose traces are kept: the first one and the newest ones.
pub const MAX_BOOTS: usize = 64;

/// The last thing that ESP-IDF's bootloader prints before it enters the app (IDF `bootloader_support/src/
/// bootloader_utility.c`, `load_image`). What follows comes from the app.
const HAND_OVER: &str = "Disabling RNG early entropy source...";
/// The same of this project's own bootloaders (`images/common/boot/secure-main.c`,
/// `images/esp32-encrypting-bootloader/main.c`): log tag and message.
const OWN_HAND_OVER: (&str, &str) = ("cloneproof-boot", "Starting the app at 0x");
/// Log tags of the first lines of an ESP-IDF app (IDF `components/esp_system/port/cpu_start.c`, `esp_app_format`).
const APP_TAGS: [&str; 2] = ["cpu_start", "app_init"];
/// Log tags of ESP-IDF's second-stage bootloader (IDF `components/bootloader_support/src` and below, `components/efuse/src`)
/// and of this project's own: what they say before the hand-over is no sign of life of the app.
const BOOTLOADER_TAGS: [&str; 23] = [
    "boot",
    "boot_comm",
    "bootloader_common",
    "bootloader_console",
    "bootloader_flash",
    "bootloader_init",
    "bootloader_mmap",
    "bootloader_random",
    "bootloader_utility",
    "boot.esp32",
    "boot.esp32c3",
    "boot.esp32s3",
    "cloneproof-boot",
    "efuse",
    "esp_efuse",
    "esp_image",
    "flash_encrypt",
    "flash_parts",
    "qio_mode",
    "secure_boot",
    "secure_boot_v1",
    "secure_boot_v2",
    "secure_boot_sign",
];

/// A signature found on the console, once per boot; repetitions are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which one.
    pub signature: Signature,
    /// Who printed it.
    pub stage: Stage,
    /// The line at its first appearance in this boot, without colours and control characters.
    pub line: String,
    /// Number of that line since power-on; the first line has number 1.
    pub line_number: u64,
    /// How often it appeared in this boot, other numbers in the line included.
    pub count: u64,
}

/// A line of the console, numbered since power-on from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLine {
    /// Number since power-on; the first line has number 1.
    pub number: u64,
    /// The line without colours and control characters.
    pub text: String,
}

/// What one pass through the boot chain left on the console, from one ROM banner to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Number of this boot since power-on, from 0.
    pub number: u64,
    /// The ROM's banner, e.g. `ets Jul 29 2019 12:21:46` or `ESP-ROM:esp32c3-api1-20210207`; `None` for what was printed before any banner.
    pub banner: Option<NumberedLine>,
    /// The ROM's line with reset cause and straps, e.g. `rst:0x1 (POWERON_RESET),boot:0x12 (SPI_FAST_FLASH_BOOT)`.
    pub reset: Option<String>,
    /// The furthest stage that spoke or was entered.
    pub stage: Stage,
    /// Refusals that the boot chain did not get past, in order of first appearance, one a signature.
    pub refusals: Vec<Match>,
    /// The line by which the app showed that it runs.
    pub sign_of_life: Option<NumberedLine>,
    /// Non-empty lines after banner, reset line and the ROM's line about the PC at the reset.
    pub lines: u64,
}

impl Boot {
    fn new(number: u64, banner: Option<NumberedLine>) -> Boot {
        Boot {
            number,
            banner,
            reset: None,
            stage: Stage::Rom,
            refusals: Vec::new(),
            sign_of_life: None,
            lines: 0,
        }
    }

    /// The refusal by `signature`, if this boot shows it.
    pub fn refusal(&self, signature: Signature) -> Option<&Match> {
        self.refusals.iter().find(|m| m.signature == signature)
    }
}

/// What counts as an app's sign of life.
#[derive(Default)]
enum SignOfLife {
    /// Nothing.
    #[default]
    None,
    /// A line behind the ROM's `entry 0x…` for which this is true.
    Line(Box<dyn Fn(&str) -> bool + Send + Sync>),
    /// The first line behind the bootloader's hand-over that is the app's own.
    AppStart(AppStart),
}

/// Finds boots, stages and signatures in console output as it arrives.
///
/// A refusal counts only where it can be one: a ROM line after the ROM's banner and before `entry 0x…`, a bootloader
/// line only with its log prefix and before the hand-over to the app, and none at all once the app has shown its sign of
/// life in that boot. What the boot chain then went past (a second attempt, another partition) was no refusal. So an app
/// that prints such text is not mistaken for a refused boot. A banner begins a boot only if the ROM's reset line follows
/// it, and, where the back end tells the resets, only after one of them.
#[derive(Default)]
pub struct Scanner {
    partial: Vec<u8>,
    lines: u64,
    boots: Vec<Boot>,
    boot_count: u64,
    sign_of_life: SignOfLife,
    news: u64,
    /// A banner whose reset line has not come yet.
    banner: Option<NumberedLine>,
    /// Resets since power-on, where the back end tells them.
    resets: Option<u64>,
    /// How many resets there had been at the newest banner that counts.
    resets_at_banner: Option<u64>,
    /// What the back end's record says of who prints from which byte on; nothing where there is only the console.
    recorded: Option<Recorded>,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("lines", &self.lines)
            .field("boots", &self.boots)
            .finish_non_exhaustive()
    }
}

impl Scanner {
    /// A scanner that takes no line for the app's sign of life.
    pub fn new() -> Scanner {
        Scanner::default()
    }

    /// A scanner that takes a line behind the ROM's `entry 0x…` for the app's sign of life if the predicate says so.
    pub fn with_sign_of_life(
        is_sign_of_life: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Scanner {
        Scanner {
            sign_of_life: SignOfLife::Line(Box::new(is_sign_of_life)),
            ..Scanner::default()
        }
    }

    /// A scanner that takes the app's first own line behind the bootloader's hand-over for its sign of life: neither
    /// ESP-IDF's start-up log, nor an error, nor a panic's dump, nor a refusal.
    pub fn with_app_start() -> Scanner {
        Scanner {
            sign_of_life: SignOfLife::AppStart(AppStart::default()),
            ..Scanner::default()
        }
    }

    /// Boots and stages are those of a record from now on, not those that the text tells: [`Scanner::follow`] must be
    /// called before the bytes that go with it.
    pub fn by_record(mut self) -> Scanner {
        self.recorded = Some(Recorded::default());
        self
    }

    /// Takes over what is new in the record of what ran.
    pub fn follow(&mut self, record: &ExecutionRecord) {
        if let Some(recorded) = &mut self.recorded {
            recorded.follow(record);
            self.cross();
        }
    }

    /// Crosses the boundaries between boots and stages that have been reached.
    fn cross(&mut self) {
        while let Some(stage) = self.recorded.as_mut().and_then(Recorded::next) {
            // What stands before it belongs to the one who printed it, line end or not.
            if !self.partial.is_empty() {
                self.end_line();
            }
            match (stage, self.boots.last_mut()) {
                (Stage::Rom, _) | (_, None) => self.begin_boot(None),
                (_, Some(boot)) => {
                    // The boot chain went past what it complained about.
                    boot.refusals.clear();
                    boot.stage = stage;
                    self.news += 1;
                }
            }
        }
    }

    /// Takes the next bytes of the console.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(recorded) = &mut self.recorded
                && recorded.count_byte()
            {
                self.cross();
            }
            if byte == b'\n' || byte == b'\r' {
                self.end_line();
            } else if self.partial.len() < MAX_LINE {
                self.partial.push(byte);
            } else if self.recorded.is_some() {
                // Some apps print without line ends.
                self.end_line();
                self.partial.push(byte);
            }
        }
    }

    /// The chip has been reset so often since power-on: without another reset no banner begins another boot.
    pub fn resets(&mut self, resets: u64) {
        self.resets = Some(resets);
    }

    /// Nothing more comes for now: an unfinished line of the app counts if it is the sign of life.
    pub fn look_at_unfinished_line(&mut self) {
        let app = self
            .boots
            .last()
            .is_some_and(|boot| boot.stage == Stage::App);
        if let (true, SignOfLife::Line(is_it)) = (app, &self.sign_of_life) {
            let text = log_line::clean(&String::from_utf8_lossy(&self.partial));
            if !text.is_empty() && is_it(&text) {
                self.end_line();
            }
        }
    }

    /// The console has ended: what was printed of the last line counts as a line.
    pub fn finish(&mut self) {
        self.end_line();
        if let Some(banner) = self.banner.take() {
            self.begin_boot(Some(banner));
        }
    }

    /// The boots since power-on, oldest first; of more than [`MAX_BOOTS`] the first one and the newest ones.
    pub fn boots(&self) -> &[Boot] {
        &self.boots
    }

    /// The number of boots since power-on.
    pub fn boot_count(&self) -> u64 {
        self.boot_count
    }

    /// The number of non-empty lines since power-on.
    pub fn line_count(&self) -> u64 {
        self.lines
    }

    /// The boot that is running.
    pub fn current(&self) -> Option<&Boot> {
        self.boots.last()
    }

    /// Every refusal in every boot, oldest first.
    pub fn refusals(&self) -> impl Iterator<Item = &Match> {
        self.boots.iter().flat_map(|boot| &boot.refusals)
    }

    /// How often `signature` appeared since power-on, in all boots that are kept.
    pub fn total(&self, signature: Signature) -> u64 {
        self.refusals()
            .filter(|m| m.signature == signature)
            .map(|m| m.count)
            .sum()
    }

    /// The number of boots up to the running one, in unbroken sequence, that showed `signature` and ended in a reset.
    pub fn ended_in(&self, signature: Signature) -> u64 {
        let ended = self.boots.iter().rev().skip(1);
        ended
            .take_while(|boot| boot.refusal(signature).is_some())
            .map(|_| 1)
            .sum()
    }

    /// The number of lines since power-on that were no repetition of a refusal within its boot.
    pub fn news(&self) -> u64 {
        self.news
    }

    fn end_line(&mut self) {
        let text = log_line::clean(&String::from_utf8_lossy(&self.partial));
        self.partial.clear();
        if self.recorded.is_some() {
            if !text.is_empty() {
                let line = self.number(&text);
                self.recorded_line(line);
            }
            return;
        }
        // A reset in the middle of a line leaves the banner on the same line.
        let (before, banner) = log_line::split_banner(&text);
        if !before.is_empty() {
            let line = self.number(before);
            match self.banner.take() {
                Some(banner) if log_line::is_build_line(&line.text) => {
                    self.banner = Some(banner);
                    return;
                }
                Some(banner) if is_reset_line(&line.text) => self.begin_boot(Some(banner)),
                Some(text) => self.text(text),
                None => {}
            }
            self.text(line);
        }
        if let Some(banner) = banner {
            let line = self.number(banner);
            if let Some(text) = self.banner.take() {
                self.text(text);
            }
            match self.may_boot() {
                true => self.banner = Some(line),
                false => self.text(line),
            }
        }
    }

    /// Whether a banner can be the ROM's: after power-on or after another reset.
    fn may_boot(&self) -> bool {
        match (self.resets, self.resets_at_banner) {
            (Some(now), Some(then)) => now > then,
            _ => true,
        }
    }

    fn text(&mut self, line: NumberedLine) {
        if self.boots.is_empty() {
            self.begin_boot(None);
        }
        self.line(line);
    }

    fn number(&mut self, text: &str) -> NumberedLine {
        self.lines += 1;
        NumberedLine {
            number: self.lines,
            text: text.to_owned(),
        }
    }

    fn begin_boot(&mut self, banner: Option<NumberedLine>) {
        if self.boots.len() == MAX_BOOTS {
            self.boots.remove(1);
        }
        if banner.is_some() {
            self.resets_at_banner = self.resets;
        }
        self.news += 1;
        self.boots.push(Boot::new(self.boot_count, banner));
        self.boot_count += 1;
        if let SignOfLife::AppStart(start) = &mut self.sign_of_life {
            *start = AppStart::default();
        }
    }

    /// A line whose boot and stage the record tells.
    fn recorded_line(&mut self, line: NumberedLine) {
        let Some(boot) = self.boots.last_mut() else {
            return;
        };
        if boot.stage == Stage::Rom && boot.lines == 0 {
            if boot.banner.is_none() && log_line::split_banner(&line.text).1.is_some() {
                boot.banner = Some(line);
                return;
            }
            if is_reset_line(&line.text) {
                boot.reset = Some(line.text);
                return;
            }
            let about_rom =
                log_line::is_build_line(&line.text) || log_line::is_saved_pc(&line.text);
            if boot.banner.is_some() && about_rom {
                return;
            }
        }
        boot.lines += 1;
        if boot.stage == Stage::App {
            self.app_line(line);
            return;
        }
        match refusal_by_record(boot.stage, &line.text) {
            Some(signature) => {
                self.news += u64::from(boot.refusal(signature).is_none());
                record(boot, signature, line);
            }
            None => self.news += 1,
        }
    }

    /// A line of an app: its sign of life, or its own refusal.
    fn app_line(&mut self, line: NumberedLine) {
        let Some(boot) = self.boots.last_mut() else {
            return;
        };
        if boot.sign_of_life.is_some() {
            return;
        }
        let alive = match &mut self.sign_of_life {
            SignOfLife::None => false,
            SignOfLife::Line(is_it) => !is_panic(&line.text) && is_it(&line.text),
            SignOfLife::AppStart(start) => start.is(&line.text),
        };
        self.news += 1;
        if alive {
            boot.sign_of_life = Some(line);
        } else if let Some(signature) = refusal_by_record(Stage::App, &line.text) {
            record(boot, signature, line);
        }
    }

    fn line(&mut self, line: NumberedLine) {
        let Some(boot) = self.boots.last_mut() else {
            return;
        };
        if boot.stage == Stage::Rom && is_reset_line(&line.text) {
            boot.reset = Some(line.text);
            return;
        }
        if boot.stage == Stage::Rom && boot.lines == 0 && log_line::is_saved_pc(&line.text) {
            return;
        }
        boot.lines += 1;
        if boot.sign_of_life.is_some() {
            return;
        }
        let alive = match &mut self.sign_of_life {
            SignOfLife::None => false,
            SignOfLife::Line(is_it) => {
                boot.stage != Stage::Rom
                    && !is_bootloaders(boot.stage, &line.text)
                    && is_it(&line.text)
            }
            SignOfLife::AppStart(start) => {
                refusal(boot, &line.text).is_none()
                    && match boot.stage {
                        Stage::Rom => false,
                        Stage::Bootloader => start.is_behind_bootloader(&line.text),
                        Stage::App => start.is(&line.text),
                    }
            }
        };
        if alive {
            boot.stage = Stage::App;
            boot.sign_of_life = Some(line);
            return;
        }
        if let Some((signature, stage)) = refusal(boot, &line.text) {
            boot.stage = stage;
            self.news += u64::from(boot.refusal(signature).is_none());
            record(boot, signature, line);
        } else {
            self.news += 1;
            let stage = next_stage(boot.stage, &line.text);
            if stage != boot.stage || is_app_loaded(boot.stage, &line.text) {
                // The boot chain went past what it complained about: a later attempt, or another partition.
                boot.refusals.clear();
            }
            boot.stage = stage;
        }
    }
}

/// Whether this is the ROM's line with reset cause and straps, the next one after its banner (both ROM revisions).
fn is_reset_line(line: &str) -> bool {
    line.starts_with("rst:0x")
}

/// The refusal that a line means which `stage` is known to have printed.
fn refusal_by_record(stage: Stage, line: &str) -> Option<Signature> {
    let log = LogLine::parse(line);
    match (stage, log) {
        (Stage::Bootloader, Some(log)) if log.level == b'E' || log.level == b'W' => {
            Signature::of_line(log.message, stage)
        }
        (Stage::Bootloader, Some(_)) => None,
        (Stage::Bootloader, None) => Signature::of_rom_line_in_bootloader(line),
        (Stage::Rom, _) => Signature::of_line(line, stage),
        (Stage::App, log) => Signature::of_line(log.map_or(line, |log| log.message), stage),
    }
}

/// Whether the second-stage bootloader printed this, by its log tag.
fn is_bootloaders(stage: Stage, line: &str) -> bool {
    stage == Stage::Bootloader
        && LogLine::parse(line).is_some_and(|log| BOOTLOADER_TAGS.contains(&log.tag))
}

/// The refusal that a line means in the present state of the boot, and who printed it.
fn refusal(boot: &Boot, line: &str) -> Option<(Signature, Stage)> {
    let stage = boot.stage;
    let found = match stage {
        // Before the first banner nobody knows who speaks.
        Stage::Rom if boot.banner.is_none() => None,
        Stage::Rom => Signature::of_line(line, stage),
        Stage::Bootloader => match LogLine::parse(line) {
            Some(log) if log.level == b'E' || log.level == b'W' => {
                Signature::of_line(log.message, stage)
            }
            Some(_) => None,
            None => Signature::of_rom_line_in_bootloader(line),
        },
        Stage::App => None,
    };
    let from_app = || {
        // A bootloader whose log is switched off hands over without a word.
        let message = LogLine::parse(line).map_or(line, |log| log.message);
        (stage != Stage::Rom)
            .then(|| Signature::of_line(message, Stage::App))
            .flatten()
            .map(|signature| (signature, Stage::App))
    };
    found.map(|signature| (signature, stage)).or_else(from_app)
}

fn record(boot: &mut Boot, signature: Signature, line: NumberedLine) {
    match boot.refusals.iter_mut().find(|m| m.signature == signature) {
        Some(known) => known.count += 1,
        None => boot.refusals.push(Match {
            signature,
            stage: boot.stage,
            line: line.text,
            line_number: line.number,
            count: 1,
        }),
    }
}

/// The stage after a line that refuses nothing. The ROM's last word is `entry 0x…` (both ROM revisions).
fn next_stage(stage: Stage, line: &str) -> Stage {
    match stage {
        Stage::Rom if line.starts_with("entry 0x") => Stage::Bootloader,
        Stage::Bootloader => match LogLine::parse(line) {
            Some(log) if is_hand_over(&log) || APP_TAGS.contains(&log.tag) => Stage::App,
            _ => stage,
        },
        _ => stage,
    }
}

fn is_hand_over(log: &LogLine) -> bool {
    let (tag, message) = OWN_HAND_OVER;
    log.message == HAND_OVER || (log.tag == tag && log.message.starts_with(message))
}

/// Whether the bootloader says that it loaded an app after all (IDF `bootloader_support/src/bootloader_utility.c`,
/// `try_load_partition`).
fn is_app_loaded(stage: Stage, line: &str) -> bool {
    stage == Stage::Bootloader
        && LogLine::parse(line).is_some_and(|log| log.message.starts_with(LOADED))
}

#[cfg(test)]
#[path = "scanner_tests.rs"]
mod tests;
