//! `cloneproof efuse`: eFuse files shown, made, changed and compared.

mod diff;
mod write;

use std::fmt::Write;

use cloneproof::efuse::{EfuseFile, FieldSummary};
use serde_json::json;

use super::print;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::text::mac;
use crate::cli::{EfuseCommand, ShowFormat};
use crate::input::dump;

/// Shows, makes, changes or compares eFuse files.
///
/// # Errors
/// Where a file cannot be read or written or is none, or the chip refuses a burn.
pub fn efuse(command: &EfuseCommand) -> Result<Exit, Error> {
    match command {
        EfuseCommand::Show { file, chip, format } => {
            let efuses = dump::efuses(*chip, file)?;
            print(&match format {
                ShowFormat::Table => table(&efuses),
                ShowFormat::Json => json(&efuses),
            })?;
        }
        EfuseCommand::New(args) => write::new(args)?,
        EfuseCommand::Convert { io, to, replace } => {
            write::convert(io, (*to).into(), replace.rule())?;
        }
        EfuseCommand::Burn(args) => write::burn(args)?,
        EfuseCommand::BurnKey(args) => write::burn_key(args)?,
        EfuseCommand::Protect(args) => write::protect(args)?,
        EfuseCommand::Diff {
            chip,
            first,
            second,
            format,
        } => return diff::diff(*chip, first, second, *format),
    }
    Ok(Exit::Success)
}

fn table(file: &EfuseFile) -> String {
    let bank = &file.bank;
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "{} {}, MAC {}, flash encryption {}, coding scheme {} (file of {})\n",
        bank.chip(),
        bank.revision(),
        mac(bank.mac()),
        if bank.flash_encryption_enabled() {
            "on"
        } else {
            "off"
        },
        bank.coding_scheme(),
        file.format
    );
    let width = bank.fields().iter().map(|field| field.name.len()).max();
    let width = width.unwrap_or(0);
    let mut block = usize::MAX;
    for field in bank.summary() {
        if field.field.block != block {
            block = field.field.block;
            let _ = writeln!(out, "block {block}");
        }
        let _ = writeln!(out, "  {field:width$}  {}", field.field.what);
    }
    for warning in &file.warnings {
        let _ = writeln!(out, "warning: {warning}");
    }
    out
}

fn json(file: &EfuseFile) -> String {
    let bank = &file.bank;
    let value = json!({
        "schema": "cloneproof-efuse/1",
        "chip": bank.chip().name(),
        "revision": bank.revision().to_string(),
        "mac": mac(bank.mac()),
        "flash-encryption": bank.flash_encryption_enabled(),
        "coding-scheme": bank.coding_scheme().to_string(),
        "format": file.format.to_string(),
        "fields": bank.summary().iter().map(field).collect::<Vec<_>>(),
        "warnings": file.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn field(summary: &FieldSummary) -> serde_json::Value {
    json!({
        "name": summary.field.name,
        "block": summary.field.block,
        "bit": summary.field.bit,
        "bits": summary.field.bits,
        "value": digits(summary),
        "read-protected": summary.read_protected,
        "write-protected": summary.write_protected,
    })
}

/// A field's value: numbers most significant byte first, blocks as they lie in the registers.
fn digits(summary: &FieldSummary) -> String {
    let digits = |bytes: &mut dyn Iterator<Item = &u8>| -> String {
        bytes.map(|byte| format!("{byte:02x}")).collect()
    };
    match summary.field.bits {
        0..=64 => format!("0x{}", digits(&mut summary.value.iter().rev())),
        _ => digits(&mut summary.value.iter()),
    }
}
