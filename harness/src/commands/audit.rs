//! `cloneproof audit`: a chip's configuration in, its weaknesses out.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cloneproof::audit::{self, FlashContents, Subject};

use super::options::{ChipArgs, JobsArgs, ReportOutArgs};
use crate::audit::human;
use crate::audit::input::{self, Input};
use crate::audit::model::AuditReport;
use crate::audit::{prove, sarif};
use crate::backend::{Backend, builtin};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::input::dump;

/// The arguments of `audit`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// eFuses of the chip, as QEMU or espefuse keep them
    #[arg(long, value_name = "FILE")]
    pub efuse: PathBuf,
    /// Contents of its flash, as they lie there
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    pub flash: Option<PathBuf>,
    /// Build that is in its flash: an ESP-IDF build directory, a merged flash image, or an app as an ELF file
    #[arg(long, value_name = "DIR")]
    pub build: Option<PathBuf>,
    /// Run the proof of each weakness on the built-in chips
    #[arg(long)]
    pub prove: bool,
    #[command(flatten)]
    pub jobs: JobsArgs,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: AuditFormat,
    #[command(flatten)]
    pub out: ReportOutArgs,
}

/// Format of an audit's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum AuditFormat {
    /// For people, by severity
    #[default]
    Human,
    /// JSON with a versioned schema
    Json,
    /// SARIF 2.1.0 for code scanning
    Sarif,
}

const WHOLE_FLASH: &str = "give the whole contents of the flash chip, from offset 0 on";

/// Audits a configuration.
///
/// # Errors
/// Where an input is wrong, or the report cannot be written.
pub fn audit(args: &AuditArgs) -> Result<Exit, Error> {
    let input = open(args)?;
    args.out.check(input.files.iter().map(PathBuf::as_path))?;
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
            prove::prove(&input, &audit.findings, &backends, args.jobs.count())
        }
        false => vec![None; audit.findings.len()],
    };
    let report = AuditReport::new(&input, &audit, shown);
    args.out.hand_out(&render(args.format, &report))?;
    Ok(match report.clean {
        true => Exit::Success,
        false => Exit::Unexpected,
    })
}

fn open(args: &AuditArgs) -> Result<Input, Error> {
    let file = dump::efuses(args.chip.chip, &args.efuse)?;
    if file.bank.fields().is_empty() {
        return Err(Error::usage(
            format!("the eFuse fields of {} are not known yet", args.chip.chip),
            "nothing can be said about its configuration",
        ));
    }
    let mut files = vec![args.efuse.clone()];
    let flash = match (&args.flash, &args.build) {
        (Some(path), _) => {
            files.push(path.clone());
            Some((
                path.clone(),
                dump::flash(args.chip.chip, path, WHOLE_FLASH)?,
            ))
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

fn render(format: AuditFormat, report: &AuditReport) -> String {
    match format {
        AuditFormat::Human => human::render(report),
        AuditFormat::Json => report.json(),
        AuditFormat::Sarif => sarif::render(report),
    }
}
