//! `cloneproof efuse diff`: two eFuse files compared field by field.

use std::fmt::Write;
use std::path::Path;

use cloneproof::chip::Chip;
use cloneproof::efuse::{EfuseBank, FieldSummary};
use serde_json::json;

use super::show::digits;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::commands::options::ShowFormat;
use crate::commands::output::print;
use crate::input::dump;

/// A word of a block where bits differ that belong to no field.
struct Unnamed {
    block: usize,
    word: usize,
    values: [u32; 2],
}

/// Compares what the hardware holds: read protection hides nothing.
pub fn diff(chip: Chip, first: &Path, second: &Path, format: ShowFormat) -> Result<Exit, Error> {
    let banks = [
        dump::efuses(chip, first)?.bank,
        dump::efuses(chip, second)?.bank,
    ];
    let fields = fields(&banks);
    let unnamed = unnamed(&banks);
    let differ = !fields.is_empty() || !unnamed.is_empty();
    print(&match format {
        ShowFormat::Table => table(&fields, &unnamed),
        ShowFormat::Json => to_json(chip, &fields, &unnamed),
    })?;
    Ok(if differ {
        Exit::Unexpected
    } else {
        Exit::Success
    })
}

/// The fields that differ in value. Where the tables of the two differ, the fields are those of the first.
fn fields(banks: &[EfuseBank; 2]) -> Vec<[FieldSummary; 2]> {
    let second = banks[1].summary();
    let pairs = banks[0].summary().into_iter().filter_map(|a| {
        let b = second.iter().find(|b| b.field.name == a.field.name)?;
        (a.value != b.value).then(|| [a, b.clone()])
    });
    pairs.collect()
}

/// Words with bits of no field that differ.
fn unnamed(banks: &[EfuseBank; 2]) -> Vec<Unnamed> {
    let [a, b] = banks;
    let words = (0..a.block_count())
        .flat_map(|block| (0..a.block_words(block)).map(move |word| (block, word)));
    let found = words.filter_map(|(block, word)| {
        let fields = a.fields().iter().filter(|field| field.block == block);
        let named = fields.fold(0, |mask, field| mask | field.mask(word));
        let values = [a, b].map(|bank| bank.payload_word(block, word) & !named);
        (values[0] != values[1]).then_some(Unnamed {
            block,
            word,
            values,
        })
    });
    found.collect()
}

fn table(fields: &[[FieldSummary; 2]], unnamed: &[Unnamed]) -> String {
    let mut out = String::new();
    let width = fields.iter().map(|[a, _]| a.field.name.len()).max();
    let width = width.unwrap_or(0);
    for [a, b] in fields {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "- {a:width$}\n+ {b:width$}");
    }
    for Unnamed {
        block,
        word,
        values: [a, b],
    } in unnamed
    {
        let _ = writeln!(
            out,
            "- block {block}, word {word}, bits of no field: {a:#010x}\n+ block {block}, word {word}, bits of no field: {b:#010x}"
        );
    }
    if out.is_empty() {
        out.push_str("no difference\n");
    }
    out
}

fn to_json(chip: Chip, fields: &[[FieldSummary; 2]], unnamed: &[Unnamed]) -> String {
    let side = |field: &FieldSummary| {
        json!({
            "value": digits(field),
            "read-protected": field.read_protected,
            "write-protected": field.write_protected,
        })
    };
    let field = |[a, b]: &[FieldSummary; 2]| {
        json!({
            "name": a.field.name,
            "block": a.field.block,
            "first": side(a),
            "second": side(b),
        })
    };
    let word = |found: &Unnamed| {
        json!({
            "block": found.block,
            "word": found.word,
            "first": format!("{:#010x}", found.values[0]),
            "second": format!("{:#010x}", found.values[1]),
        })
    };
    let value = json!({
        "schema": "cloneproof-efuse-diff/1",
        "chip": chip.name(),
        "same": fields.is_empty() && unnamed.is_empty(),
        "fields": fields.iter().map(field).collect::<Vec<_>>(),
        "bits-of-no-field": unnamed.iter().map(word).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
