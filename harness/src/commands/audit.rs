//! `cloneproof audit`: a chip's configuration in, its weaknesses out.

use std::path::{Path, PathBuf};

use cloneproof::audit::{self, FlashContents, Subject};

use super::print;
use crate::audit::human;
use crate::audit::input::{self, Input};
use crate::audit::model::AuditReport;
use crate::audit::{prove, sarif};
use crate::backend::{Backend, builtin};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers, Replace};
use crate::cli::{AuditArgs, AuditFormat};
use crate::input::dump;

const WHOLE_FLASH: &str = "give the whole contents of the flash chip, from offset 0 on";

/// Audits a configuration.
///
/// # Errors
/// Where an input is wrong, or the report cannot be written.
pub fn audit(args: &AuditArgs) -> Result<Exit, Error> {
    let input = open(args)?;
    if let Some(out) = &args.out {
        let inputs: Vec<&Path> = input.files.iter().map(PathBuf::as_path).collect();
        files::check_output(out, Replace::Always, &inputs)?;
    }
    let contents = input
        .flash
        .as_ref()
        .map(|(_, flash)| FlashContents::read(&input.efuses, flash));
    let audit = audit::audit(&Subject {
        efuses: &input.efuses,
        flash: contents.as_ref(),
    });
    let shown = match args.prove {
        true => {
            let backends: [Box<dyn Backend>; 1] = [Box::new(builtin::Builtin)];
            let processors = || std::thread::available_parallelism().map_or(1, usize::from);
            let jobs = args.jobs.map_or_else(processors, usize::from);
            prove::prove(&input, &audit.findings, &backends, jobs)
        }
        false => vec![None; audit.findings.len()],
    };
    let report = AuditReport::new(&input, &audit, shown);
    hand_out(args, &report)?;
    Ok(match report.clean {
        true => Exit::Success,
        false => Exit::Unexpected,
    })
}

fn open(args: &AuditArgs) -> Result<Input, Error> {
    let file = dump::efuses(args.chip, &args.efuse)?;
    if file.bank.fields().is_empty() {
        return Err(Error::usage(
            format!("the eFuse fields of {} are not known yet", args.chip),
            "nothing can be said about its configuration",
        ));
    }
    let mut files = vec![args.efuse.clone()];
    let flash = match (&args.flash, &args.build) {
        (Some(path), _) => {
            files.push(path.clone());
            Some((path.clone(), dump::flash(args.chip, path, WHOLE_FLASH)?))
        }
        (None, Some(path)) => {
            let (flash, of_build) = input::flash_of_build(&file.bank, path)?;
            files.extend(of_build);
            Some((path.clone(), flash))
        }
        (None, None) => None,
    };
    Ok(Input {
        efuse_path: args.efuse.clone(),
        warnings: file.warnings.iter().map(ToString::to_string).collect(),
        efuses: file.bank,
        flash,
        files,
    })
}

fn hand_out(args: &AuditArgs, report: &AuditReport) -> Result<(), Error> {
    let text = match args.format {
        AuditFormat::Human => human::render(report),
        AuditFormat::Json => report.json(),
        AuditFormat::Sarif => sarif::render(report),
    };
    match &args.out {
        Some(path) => {
            let plain = anstream::adapter::strip_str(&text).to_string();
            files::write(path, Readers::Everyone, plain.as_bytes())
        }
        None => print(&text),
    }
}
