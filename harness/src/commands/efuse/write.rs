//! `cloneproof efuse new|convert|burn|burn-key`: eFuse files made and changed.

use cloneproof::efuse::{BurnOutcome, EfuseBank, EfuseFile, EfuseFormat, Field, KeyProtection};

use super::read;
use crate::cli::{EfuseBurn, EfuseIo, EfuseKey, EfuseNew};
use crate::error::Error;
use crate::files;

const SHOW: &str =
    "`cloneproof efuse show` lists the fields of a chip, their values and protections";

/// Writes the file of a chip that leaves the factory.
pub fn new(args: &EfuseNew) -> Result<(), Error> {
    let bank = EfuseBank::factory(args.chip, args.revision, args.mac);
    let (chip, revision) = (args.chip, args.revision);
    if bank.revision() != revision {
        return Err(Error::usage(
            format!("the eFuses of an {chip} cannot tell revision {revision}"),
            "use a revision that exists",
        ));
    }
    files::write(&args.output, &bank.to_file(args.format.into()))
}

/// Converts a file.
pub fn convert(io: &EfuseIo, format: EfuseFormat) -> Result<(), Error> {
    let file = open(io)?;
    files::write(&io.output, &file.bank.to_file(format))
}

/// Burns fields, then protections.
pub fn burn(args: &EfuseBurn) -> Result<(), Error> {
    let mut file = open(&args.io)?;
    let bank = &mut file.bank;
    for (name, value) in &args.fields {
        let field = field(bank, &args.io, name)?;
        let outcome = bank.burn(field, *value);
        let outcome = outcome.map_err(|error| Error::input(&args.io.input, error, SHOW))?;
        check(&args.io, field, outcome)?;
    }
    for name in &args.read_protect {
        let field = field(bank, &args.io, name)?;
        if field.rd_dis.is_none() {
            return Err(unprotectable(&args.io, field, "read"));
        }
        let outcome = bank.read_protect(field);
        check(&args.io, &bank.table().rd_dis, outcome)?;
    }
    for name in &args.write_protect {
        let field = field(bank, &args.io, name)?;
        if field.wr_dis.is_none() {
            return Err(unprotectable(&args.io, field, "write"));
        }
        let outcome = bank.write_protect(field);
        check(&args.io, &bank.table().wr_dis, outcome)?;
    }
    files::write(&args.io.output, &bank.to_file(file.format))
}

/// Burns a key with its purpose.
pub fn burn_key(args: &EfuseKey) -> Result<(), Error> {
    let mut file = open(&args.io)?;
    let key = files::read(&args.key, files::MAX_SMALL_FILE)?;
    let usual = KeyProtection::usual(args.purpose);
    let protection = KeyProtection {
        read: usual.read && !args.no_read_protect,
        write: !args.no_write_protect,
        ..usual
    };
    let burned = file
        .bank
        .burn_key(args.block, args.purpose, &key, protection);
    burned.map_err(|error| Error::input(&args.io.input, error, SHOW))?;
    files::write(&args.io.output, &file.bank.to_file(file.format))
}

/// Reads the input and warns of what is odd about it.
fn open(io: &EfuseIo) -> Result<EfuseFile, Error> {
    files::refuse_overwrite(&io.output, &[&io.input])?;
    let file = read(io.chip, &io.input)?;
    for warning in &file.warnings {
        tracing::warn!("{}: {warning}", io.input.display());
    }
    Ok(file)
}

fn field(bank: &EfuseBank, io: &EfuseIo, name: &str) -> Result<&'static Field, Error> {
    bank.field(name)
        .map_err(|error| Error::input(&io.input, error, SHOW))
}

fn check(io: &EfuseIo, field: &Field, outcome: BurnOutcome) -> Result<(), Error> {
    match outcome {
        BurnOutcome::Burned => Ok(()),
        BurnOutcome::Protected => Err(Error::input(
            &io.input,
            format!("eFuse field {} is write-protected", field.name),
            SHOW,
        )),
    }
}

fn unprotectable(io: &EfuseIo, field: &Field, what: &str) -> Error {
    let problem = format!("eFuse field {} cannot be {what}-protected", field.name);
    Error::input(&io.input, problem, SHOW)
}
