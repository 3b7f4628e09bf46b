//! Scenarios in checked form: every name resolved, every value possible.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloneproof::boot::{Scanner, Signature};
use cloneproof::chip::Chip;
use cloneproof::virtual_chip::FLASH_ID_LEN;
use regex::Regex;

use super::edit::Edit;
use super::secure_boot::SecureBoot;
use super::setup::EfuseSetup;
use crate::input::firmware::Firmware;
use crate::input::symbols::SharedSymbols;

/// One donor and the copies of its flash.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Name, unique by convention: the file's name without its ending.
    pub name: String,
    /// The scenario file.
    pub path: PathBuf,
    /// What is done, one sentence.
    pub description: String,
    /// Why it matters.
    pub why: Option<String>,
    /// The chip of donor and targets.
    pub chip: Chip,
    /// The donor's eFuses.
    pub donor: EfuseSetup,
    /// What the donor's flash holds.
    pub flash: Flash,
    /// How the app shows that it runs.
    pub sign_of_life: SignOfLife,
    /// How long that is waited for.
    pub patience: Patience,
    /// The chips that get the copy, at least one.
    pub targets: Vec<Target>,
    /// Seed of every chip's random number generator.
    pub seed: u64,
    /// Names for addresses in the firmware, where there is an ELF file.
    pub symbols: Option<SharedSymbols>,
}

impl Scenario {
    /// Every file that the scenario comes from: its own, those of the firmware, and the keys of the targets. None of
    /// them may be an output.
    pub fn inputs(&self) -> impl Iterator<Item = &Path> {
        let firmware = self.flash.firmware.inputs.iter().map(PathBuf::as_path);
        let keys = self.targets.iter().flat_map(Target::inputs);
        std::iter::once(self.path.as_path())
            .chain(firmware)
            .chain(keys)
    }
}

/// What the donor's flash holds, in plain.
#[derive(Debug, Clone)]
pub struct Flash {
    /// Size in bytes.
    pub size: u32,
    /// The firmware.
    pub firmware: Arc<Firmware>,
    /// How the donor's flash gets encrypted, where it is.
    pub provision: Provision,
}

/// How a donor's flash gets encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provision {
    /// In the factory: it lies encrypted in flash when the donor is powered on, if its eFuses switch encryption on.
    PreEncrypted,
    /// By the donor's own bootloader, which also burns the key, on the first boot.
    FirstBoot,
}

/// How long a sign of life is waited for, and a life must last, in microseconds of the chip's own time; nothing: the back
/// end's own measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    /// From the app's first instruction to its sign of life.
    pub within_us: Option<u64>,
    /// Without a panic or a reset, where no sign of life is named; else what is waited behind it.
    pub stays_us: Option<u64>,
}

/// What happened to a target before it gets the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Nothing: its eFuses are as they are named.
    None,
    /// It also has what the donor's eFuses hold after the donor's run, identity aside: keys that the donor generated on its
    /// first boot are known to nobody before.
    Inherits,
    /// It is a sibling: a device of the same build that had a first boot of its own.
    Sibling,
}

/// The unique ID of a target's flash chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashId {
    /// The donor's: a flash chip that can be programmed with any.
    Same,
    /// This one.
    Own([u8; FLASH_ID_LEN]),
}

/// How the app shows that it runs.
#[derive(Debug, Clone)]
pub enum SignOfLife {
    /// A line that contains this text.
    Text(String),
    /// A line that this expression matches somewhere.
    Regex(Regex),
    /// The app's first instruction.
    Entered,
    /// The app's code at this symbol, which lies at this address.
    Symbol(String, u32),
    /// A pin that is driven to a level.
    Gpio {
        /// Number of the pin.
        pin: u8,
        /// High or low.
        level: bool,
    },
    /// Output on the UART with this number.
    Uart(u8),
    /// None is named: the app is entered and runs on without a panic or a reset. Where only the console is known, the first
    /// line behind the bootloader's hand-over that is the app's own.
    AppStart,
}

impl SignOfLife {
    /// Whether none was named.
    pub fn is_default(&self) -> bool {
        matches!(self, SignOfLife::AppStart)
    }

    /// A scanner of the console that looks for it.
    pub fn scanner(&self) -> Scanner {
        match self.clone() {
            SignOfLife::Text(text) => Scanner::with_sign_of_life(move |line| line.contains(&text)),
            SignOfLife::Regex(regex) => {
                Scanner::with_sign_of_life(move |line| regex.is_match(line))
            }
            SignOfLife::AppStart
            | SignOfLife::Entered
            | SignOfLife::Symbol(..)
            | SignOfLife::Gpio { .. }
            | SignOfLife::Uart(_) => Scanner::with_app_start(),
        }
    }
}

/// What the attacker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// Copies the flash bit for bit.
    Copy,
    /// Writes the donor's firmware in plain text, as somebody does who has the files that were shipped.
    Plain,
}

impl Attack {
    /// The name in scenario files.
    pub const fn name(self) -> &'static str {
        match self {
            Attack::Copy => "copy",
            Attack::Plain => "plain",
        }
    }
}

impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A chip that gets the copy.
#[derive(Debug, Clone)]
pub struct Target {
    /// Name, unique in the scenario.
    pub name: String,
    /// Its own eFuses.
    pub efuses: EfuseSetup,
    /// What happened to it before it gets the copy.
    pub history: History,
    /// The unique ID of its flash chip, where it is not one of its own.
    pub flash_id: Option<FlashId>,
    /// How the donor's flash gets there.
    pub attack: Attack,
    /// What is changed in the copy.
    pub edits: Vec<Edit>,
    /// What must happen.
    pub expect: Expect,
}

impl Target {
    /// The key files of its secure boot and of what is changed in the copy.
    fn inputs(&self) -> impl Iterator<Item = &Path> {
        let own = self.efuses.secure_boot.iter().flat_map(SecureBoot::inputs);
        own.chain(self.edits.iter().filter_map(Edit::input))
    }
}

/// What must happen to a copy.
#[derive(Debug, Clone)]
pub enum Expect {
    /// It is refused, by this signature.
    Refused {
        /// The signature; its stage is the stage.
        signature: Signature,
        /// What the console line must match, besides.
        line: Option<Regex>,
    },
    /// It is refused, by whatever named signature.
    RefusedSomehow,
    /// It runs.
    Boots {
        /// What that means for the owner of the donor.
        finding: String,
    },
}
