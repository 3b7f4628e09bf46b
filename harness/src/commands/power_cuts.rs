//! `cloneproof power-cuts`: a table of what power cuts during a boot leave behind.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::options::{ChipArgs, ShowFormat, regex};
use super::output::print;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::input::dump;
use crate::proof::power_cut::{Cut, Outcome, Survey, survey};

/// The arguments of `power-cuts`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct PowerCutsArgs {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// Flash contents before the boot; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub flash: PathBuf,
    /// eFuses before the boot; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub efuse: PathBuf,
    /// A line of the console by which the app shows that it runs
    #[arg(long, value_name = "REGEX")]
    pub until: String,
    /// Number of points, spread evenly over all page programs, erases and eFuse burns
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub points: u32,
    /// Format of the table
    #[arg(long, value_enum, default_value_t)]
    pub format: ShowFormat,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    survey: &'a Survey,
}

/// Makes the survey and prints it.
///
/// # Errors
/// Where a file is wrong or the undisturbed boot does not reach the app.
pub fn power_cuts(args: &PowerCutsArgs) -> Result<Exit, Error> {
    let until = regex("--until", &args.until)?;
    let flash = dump::flash(args.chip.chip, &args.flash, dump::READ_FLASH)?;
    let efuses = dump::efuses(args.chip.chip, &args.efuse)?;
    let survey = survey(&flash, &efuses.bank, &until, args.points).map_err(|error| {
        Error::input(
            &args.flash,
            error,
            "see what it does with `cloneproof boot`, and name a line of its console with --until",
        )
    })?;
    let text = match args.format {
        ShowFormat::Table => table(&survey),
        ShowFormat::Json => {
            let document = Document {
                schema: "cloneproof-power-cuts/1",
                survey: &survey,
            };
            serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
        }
    };
    print(&text)?;
    Ok(Exit::Success)
}

fn table(survey: &Survey) -> String {
    let mut text = format!(
        "{} changes of flash and eFuses until the app runs; {} bytes of plaintext in flash before\n\n{:>8}  {:>10}  {:<28}  {:<28}  last change\n",
        survey.changes, survey.original_bytes, "cut", "plaintext", "power back", "blank clone"
    );
    for cut in survey.cuts.iter().chain([&survey.undisturbed]) {
        row(&mut text, cut);
    }
    let exposed = survey
        .cuts
        .iter()
        .filter(|cut| cut.clone == Outcome::Boots)
        .count();
    let lost = survey
        .cuts
        .iter()
        .filter(|cut| cut.power_back != Outcome::Boots)
        .count();
    let _ = writeln!(
        text,
        "\n{} cuts: after {lost} the device does not come up again, after {exposed} a clone on a blank chip runs",
        survey.cuts.len()
    );
    text
}

fn row(text: &mut String, cut: &Cut) {
    let _ = writeln!(
        text,
        "{:>8}  {:>10}  {:<28}  {:<28}  {}",
        cut.after,
        cut.plaintext_bytes,
        short(&cut.power_back),
        short(&cut.clone),
        cut.last
    );
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Boots => "boots".to_owned(),
        Outcome::Refused { signature, .. } => format!("refused ({signature})"),
        Outcome::Unclear { stop } => format!("unclear: {stop}"),
    }
}
