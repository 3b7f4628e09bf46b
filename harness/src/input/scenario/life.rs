//! How an app shows that it runs: the table `[sign-of-life]` of a scenario file.

use std::path::Path;

use cloneproof::chip::Chip;
use cloneproof::virtual_chip::FLASH_ID_LEN;
use object::{Object, ObjectSymbol};
use regex::Regex;
use toml::Spanned;

use super::file::{File, regex};
use super::model::{FlashId, Patience, SignOfLife};
use super::raw::{RawGpio, RawScenario, RawSignOfLife};
use crate::base::files;
use crate::base::source_error::SourceError;
use crate::input::firmware::Firmware;

/// Longest time that can be asked for, in seconds.
const MAX_SECONDS: f64 = 3600.0;
const WAYS: &str = "give one of text = \"…\", regex = '…', entered = true, symbol = \"…\", gpio = { pin = …, level = … } or uart = …";

/// A sign of life that may still need the firmware's symbols.
pub(super) struct Life<'a> {
    sign: Sign<'a>,
    /// How long it is waited for.
    pub patience: Patience,
}

enum Sign<'a> {
    Whole(SignOfLife),
    Symbol(&'a Spanned<String>),
}

/// Checks the table.
pub(super) fn check<'a>(
    file: &File,
    chip: Chip,
    raw: &'a Spanned<RawSignOfLife>,
) -> Result<Life<'a>, Box<SourceError>> {
    let table = raw.get_ref();
    let ways = [
        table.text.is_some(),
        table.regex.is_some(),
        table.entered.is_some(),
        table.symbol.is_some(),
        table.gpio.is_some(),
        table.uart.is_some(),
    ];
    if ways.iter().filter(|given| **given).count() != 1 {
        return Err(file.wrong(raw.span(), "a sign of life is one thing", WAYS));
    }
    let sign = if let Some(text) = &table.text {
        Sign::Whole(of_text(file, text)?)
    } else if let Some(value) = &table.regex {
        Sign::Whole(of_regex(file, value)?)
    } else if let Some(entered) = &table.entered {
        Sign::Whole(of_entry(file, entered)?)
    } else if let Some(gpio) = &table.gpio {
        Sign::Whole(of_gpio(file, chip, gpio)?)
    } else if let Some(uart) = &table.uart {
        Sign::Whole(of_uart(file, uart)?)
    } else {
        Sign::Symbol(
            table
                .symbol
                .as_ref()
                .ok_or_else(|| file.wrong(raw.span(), "a sign of life is one thing", WAYS))?,
        )
    };
    Ok(Life {
        sign,
        patience: Patience {
            within_us: seconds(file, table.within.as_ref())?,
            stays_us: seconds(file, table.stays.as_ref())?,
        },
    })
}

impl Life<'_> {
    /// The sign of life, with the address of its symbol in this firmware.
    pub fn sign(self, file: &File, firmware: &Firmware) -> Result<SignOfLife, Box<SourceError>> {
        let name = match self.sign {
            Sign::Whole(sign) => return Ok(sign),
            Sign::Symbol(name) => name,
        };
        let mut found = firmware.inputs.iter();
        match found.find_map(|path| address(path, name.get_ref())) {
            Some(address) => Ok(SignOfLife::Symbol(name.get_ref().clone(), address)),
            None => Err(file.wrong(
                name.span(),
                "no ELF file of the donor's firmware has this symbol",
                "name a function of the app, e.g. app_main, and give the donor's app as an ELF file",
            )),
        }
    }
}

/// The address of a function in an ELF file.
fn address(path: &Path, name: &str) -> Option<u32> {
    let bytes = files::read(path, files::MAX_FLASH_FILE).ok()?;
    let elf = object::File::parse(&*bytes).ok()?;
    let symbol = elf.symbols().find(|symbol| symbol.name() == Ok(name))?;
    u32::try_from(symbol.address()).ok()
}

fn of_text(file: &File, text: &Spanned<String>) -> Result<SignOfLife, Box<SourceError>> {
    match text.get_ref().trim().is_empty() {
        false => Ok(SignOfLife::Text(text.get_ref().clone())),
        true => Err(file.wrong(
            text.span(),
            "an empty text is in every line",
            "give a text that only the running app prints",
        )),
    }
}

fn of_regex(file: &File, value: &Spanned<String>) -> Result<SignOfLife, Box<SourceError>> {
    let expression = regex(file, value)?;
    match expression.is_match("") {
        false => Ok(SignOfLife::Regex(expression)),
        true => Err(file.wrong(
            value.span(),
            "this expression matches the empty string, so every line",
            "give an expression that only a line of the running app matches",
        )),
    }
}

fn of_entry(file: &File, entered: &Spanned<bool>) -> Result<SignOfLife, Box<SourceError>> {
    match entered.get_ref() {
        true => Ok(SignOfLife::Entered),
        false => Err(file.wrong(
            entered.span(),
            "an app that is not entered shows no life",
            "use entered = true",
        )),
    }
}

fn of_gpio(
    file: &File,
    chip: Chip,
    gpio: &Spanned<RawGpio>,
) -> Result<SignOfLife, Box<SourceError>> {
    let RawGpio { pin, level } = *gpio.get_ref();
    // The most that any chip of the family has (technical reference manuals, "IO MUX and GPIO Matrix").
    let pins = match chip {
        Chip::Esp32 => 40,
        Chip::Esp32S3 => 49,
        _ => 55,
    };
    match (pin < pins, level) {
        (true, 0 | 1) => Ok(SignOfLife::Gpio {
            pin,
            level: level == 1,
        }),
        _ => Err(file.wrong(
            gpio.span(),
            format!("the {chip} has no such pin, or a pin no such level"),
            format!("use a pin from 0 to {} and level 0 or 1", pins - 1),
        )),
    }
}

fn of_uart(file: &File, uart: &Spanned<u8>) -> Result<SignOfLife, Box<SourceError>> {
    match *uart.get_ref() {
        number @ 0..=2 => Ok(SignOfLife::Uart(number)),
        _ => Err(file.wrong(uart.span(), "there is no such UART", "use 0, 1 or 2")),
    }
}

/// A time in seconds, as microseconds.
fn seconds(file: &File, value: Option<&Spanned<f64>>) -> Result<Option<u64>, Box<SourceError>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let seconds = *value.get_ref();
    match seconds > 0.0 && seconds <= MAX_SECONDS {
        true => Ok(Some((seconds * 1e6) as u64)),
        false => Err(file.wrong(
            value.span(),
            "this is no time to wait",
            format!("give seconds of the chip's own time, more than 0 and at most {MAX_SECONDS}"),
        )),
    }
}

/// The unique ID of a target's flash chip.
pub(super) fn flash_id(file: &File, value: &Spanned<String>) -> Result<FlashId, Box<SourceError>> {
    if value.get_ref() == "same" {
        return Ok(FlashId::Same);
    }
    let bytes = cloneproof::hex::decode(value.get_ref());
    match bytes.and_then(|bytes| <[u8; FLASH_ID_LEN]>::try_from(bytes).ok()) {
        Some(id) => Ok(FlashId::Own(id)),
        None => Err(file.wrong(
            value.span(),
            "this is no unique ID of a flash chip",
            format!(
                "use \"same\", which is the donor's, or {} hexadecimal digits",
                2 * FLASH_ID_LEN
            ),
        )),
    }
}

/// The sign of life that the firmware's manifest tells, for a scenario that has none of its own.
pub(super) fn of_manifest(
    file: &File,
    scenario: &RawScenario,
    firmware: &Firmware,
) -> Result<SignOfLife, Box<SourceError>> {
    match firmware.sign_of_life.as_deref().map(Regex::new) {
        Some(Ok(regex)) if !regex.is_match("") => Ok(SignOfLife::Regex(regex)),
        _ => Err(file.wrong(
            scenario.donor.span(),
            "nothing tells how the donor's app shows that it runs",
            "add a table [sign-of-life] with text = \"…\" or regex = '…'",
        )),
    }
}
