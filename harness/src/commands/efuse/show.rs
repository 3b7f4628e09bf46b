//! `cloneproof efuse show`: the fields of an eFuse file.

use std::fmt::Write;

use cloneproof::efuse::{EfuseFile, FieldSummary};
use cloneproof::hex;
use serde_json::json;

use crate::base::text::mac;

/// The fields of a chip as a table.
pub fn table(file: &EfuseFile) -> String {
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

/// The same as JSON.
pub fn json(file: &EfuseFile) -> String {
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
pub fn digits(summary: &FieldSummary) -> String {
    match summary.field.bits {
        0..=64 => {
            let value: Vec<u8> = summary.value.iter().rev().copied().collect();
            format!("0x{}", hex::encode(value))
        }
        _ => hex::encode(&summary.value),
    }
}
