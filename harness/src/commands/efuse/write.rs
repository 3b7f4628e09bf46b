//! `cloneproof efuse new|convert|burn|burn-key|protect`: eFuse files made and changed.

use std::path::{Path, PathBuf};

use cloneproof::chip::Chip;
use cloneproof::efuse::{
    BurnError, BurnPlan, EfuseBank, EfuseFile, EfuseFormat, Field, KeyProtection, KeyPurpose,
};

use super::args::{EfuseBurn, EfuseIo, EfuseKey, EfuseNew, EfuseProtect};
use crate::base::error::Error;
use crate::base::files::{self, Readers, Replace};
use crate::input::dump;

const SHOW: &str =
    "`cloneproof efuse show` lists the fields of a chip, their values and protections";
const FORCE: &str = "the chip itself would do it: --force burns it nevertheless";

/// Writes the file of a chip that leaves the factory.
pub fn new(args: &EfuseNew) -> Result<(), Error> {
    files::check_output(&args.output, args.replace.rule(), &[])?;
    let bank = EfuseBank::factory(args.chip.chip, args.revision, args.mac);
    let (chip, revision) = (args.chip.chip, args.revision);
    if bank.revision() != revision {
        return Err(Error::usage(
            format!("the eFuses of an {chip} cannot tell revision {revision}"),
            "use a revision that exists",
        ));
    }
    let format = args.format.map(EfuseFormat::from);
    let format = format.unwrap_or(EfuseFormat::usual(chip));
    check_format(chip, format)?;
    files::write(&args.output, Readers::Owner, &bank.to_file(format))
}

/// Converts a file.
pub fn convert(io: &EfuseIo, format: EfuseFormat, replace: Replace) -> Result<(), Error> {
    check_format(io.chip.chip, format)?;
    let file = open(io, replace, &[])?;
    files::write(&io.output, Readers::Owner, &file.bank.to_file(format))
}

fn check_format(chip: Chip, format: EfuseFormat) -> Result<(), Error> {
    if format.has(chip) {
        return Ok(());
    }
    Err(Error::usage(
        format!("QEMU has no {chip}: there is no such eFuse file"),
        "use the format of espefuse",
    ))
}

/// Burns fields and protections.
pub fn burn(args: &EfuseBurn) -> Result<(), Error> {
    let (io, force) = (&args.io, args.force);
    let mut file = open(io, args.replace.rule(), &[])?;
    let mut fields = Vec::new();
    for (name, value) in &args.fields {
        let field = file.bank.field(name);
        let field = field.map_err(|error| Error::input(&io.input, error, SHOW))?;
        fields.push((field, value.clone()));
    }
    let plan = BurnPlan {
        fields,
        ..protection(io, &file.bank, &args.read_protect, &args.write_protect)?
    };
    carry_out(io, &mut file, BurnPlan { force, ..plan })
}

/// Burns protections.
pub fn protect(args: &EfuseProtect) -> Result<(), Error> {
    let (io, force) = (&args.io, args.force);
    if args.read.is_empty() && args.write.is_empty() {
        return Err(Error::usage(
            "nothing to protect".to_owned(),
            "name fields with --read and --write",
        ));
    }
    let mut file = open(io, args.replace.rule(), &[])?;
    let plan = protection(io, &file.bank, &args.read, &args.write)?;
    carry_out(io, &mut file, BurnPlan { force, ..plan })
}

/// A plan of protections alone.
fn protection(
    io: &EfuseIo,
    bank: &EfuseBank,
    read: &[String],
    write: &[String],
) -> Result<BurnPlan, Error> {
    let named = |names: &[String]| -> Result<Vec<&'static Field>, BurnError> {
        let fields = names.iter().map(|name| bank.fields_named(name));
        Ok(fields.collect::<Result<Vec<_>, _>>()?.concat())
    };
    let refused = |error: BurnError| Error::input(&io.input, error, SHOW);
    Ok(BurnPlan {
        read_protect: named(read).map_err(refused)?,
        write_protect: named(write).map_err(refused)?,
        ..BurnPlan::default()
    })
}

fn carry_out(io: &EfuseIo, file: &mut EfuseFile, plan: BurnPlan) -> Result<(), Error> {
    file.bank.burn_plan(&plan).map_err(|error| {
        let remedy = if error.can_be_forced() { FORCE } else { SHOW };
        Error::input(&io.input, error, remedy)
    })?;
    files::write(&io.output, Readers::Owner, &file.bank.to_file(file.format))
}

/// Burns keys with their purposes.
pub fn burn_key(args: &EfuseKey) -> Result<(), Error> {
    let count = args.key.len();
    if args.purpose.len() != count || !(args.block.is_empty() || args.block.len() == count) {
        return Err(Error::usage(
            "keys, purposes and blocks differ in number".to_owned(),
            "give --key, --purpose and --block (or no --block at all) equally often",
        ));
    }
    let mut file = open(&args.io, args.replace.rule(), &args.key)?;
    let mut keys = Vec::new();
    for (path, purpose) in args.key.iter().zip(&args.purpose) {
        keys.push((*purpose, files::read(path, files::MAX_SMALL_FILE)?));
    }
    let bank = &mut file.bank;
    let burned = if bank.chip() == Chip::Esp32C2 && count > 1 {
        let keys: Vec<_> = keys.iter().map(|(p, key)| (*p, key.as_slice())).collect();
        bank.burn_shared_keys(&keys, chosen(args, KeyPurpose::XtsAes128DerivedKey))
    } else {
        let mut keys = keys.iter().enumerate();
        keys.try_for_each(|(index, (purpose, key))| {
            let block = args.block.get(index).copied();
            let block = block.unwrap_or_else(|| usual_block(bank, *purpose));
            bank.burn_key(block, *purpose, key, chosen(args, *purpose))
        })
    };
    burned.map_err(|error| Error::input(&args.io.input, error, SHOW))?;
    files::write(
        &args.io.output,
        Readers::Owner,
        &file.bank.to_file(file.format),
    )
}

/// What to protect.
fn chosen(args: &EfuseKey, purpose: KeyPurpose) -> KeyProtection {
    let usual = KeyProtection::usual(purpose);
    KeyProtection {
        read: usual.read && !args.no_read_protect,
        write: !args.no_write_protect,
        ..usual
    }
}

/// The block where a key goes unless it is said. Where none is free, the burn into the first says why.
fn usual_block(bank: &EfuseBank, purpose: KeyPurpose) -> usize {
    match (bank.chip(), purpose) {
        (Chip::Esp32, KeyPurpose::FlashEncryption) => 1,
        (Chip::Esp32, KeyPurpose::User) => 3,
        (Chip::Esp32, _) => 2,
        _ => bank.free_key_slot(purpose).unwrap_or(0),
    }
}

/// Reads the input and warns of what is odd about it; neither it nor one of `others` is the output.
fn open(io: &EfuseIo, replace: Replace, others: &[PathBuf]) -> Result<EfuseFile, Error> {
    let inputs: Vec<&Path> = std::iter::once(&io.input)
        .chain(others)
        .map(PathBuf::as_path)
        .collect();
    files::check_output(&io.output, replace, &inputs)?;
    let file = dump::efuses(io.chip.chip, &io.input)?;
    for warning in &file.warnings {
        tracing::warn!("{}: {warning}", io.input.display());
    }
    Ok(file)
}
