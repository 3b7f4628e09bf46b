//! `cloneproof audit`: a chip's configuration in, its weaknesses out.

use std::path::Path;

use cloneproof::audit::{self, FlashContents, Subject};

use super::{efuse, print};
use crate::audit::input::{self, Input};
use crate::audit::model::AuditReport;
use crate::audit::{prove, sarif};
use crate::backend::{Backend, builtin};
use crate::cli::{AuditArgs, AuditFormat};
use crate::error::{Error, Exit};
use crate::files;
use crate::report::human_audit;

/// Audits a configuration.
///
/// # Errors
/// Where an input is wrong, or the report cannot be written.
pub fn audit(args: &AuditArgs) -> Result<Exit, Error> {
    let input = open(args)?;
    if let Some(out) = &args.out {
        let inputs = [Some(&args.efuse), args.flash.as_ref(), args.build.as_ref()];
        let inputs: Vec<&Path> = inputs
            .into_iter()
            .flatten()
            .map(|path| path.as_path())
            .collect();
        files::refuse_overwrite(out, &inputs)?;
        files::check_writable(out)?;
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
    let file = efuse::read(args.chip, &args.efuse)?;
    if file.bank.fields().is_empty() {
        return Err(Error::usage(
            format!("the eFuse fields of {} are not known yet", args.chip),
            "nothing can be said about its configuration",
        ));
    }
    let flash = match (&args.flash, &args.build) {
        (Some(path), _) => Some((path.clone(), input::flash_file(args.chip, path)?)),
        (None, Some(path)) => Some((path.clone(), input::flash_of_build(&file.bank, path)?)),
        (None, None) => None,
    };
    Ok(Input {
        efuse_path: args.efuse.clone(),
        warnings: file.warnings.iter().map(ToString::to_string).collect(),
        efuses: file.bank,
        flash,
    })
}

fn hand_out(args: &AuditArgs, report: &AuditReport) -> Result<(), Error> {
    let text = match args.format {
        AuditFormat::Human => human_audit::render(report),
        AuditFormat::Json => report.json(),
        AuditFormat::Sarif => sarif::render(report),
    };
    match &args.out {
        Some(path) => {
            let plain = anstream::adapter::strip_str(&text).to_string();
            files::write(path, plain.as_bytes())
        }
        None => print(&text),
    }
}
