//! `cloneproof run`: scenarios in, verdicts out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use cloneproof::chip::Chip;

use super::options::{BackendArgs, JobsArgs, LimitArgs, regex};
use super::reporting::{ReportArgs, play};
use crate::backend::Backend;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::input::scenario::{self, Scenario};
use crate::report::{self, Report};

/// The arguments of `run`; every doc comment here is help text.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario files, or folders with scenario files
    #[arg(default_value = "scenarios")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub backend: BackendArgs,
    /// Run only scenarios whose name this regular expression matches
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    #[command(flatten)]
    pub jobs: JobsArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Runs scenarios and reports.
///
/// # Errors
/// Where a scenario is wrong, a back end is missing, or the report cannot be written.
pub fn run(args: &RunArgs) -> Result<Exit, Error> {
    let paths = scenario::find(&args.paths)?;
    // Every file is checked, also those that the filter leaves out: a broken scenario never goes unnoticed, and the
    // report overwrites none of their inputs.
    let all: Vec<Scenario> = paths
        .iter()
        .map(|path| scenario::load(path))
        .collect::<Result<_, _>>()?;
    different_names(&all)?;
    args.report
        .out
        .check(all.iter().flat_map(Scenario::inputs))?;
    let scenarios = chosen(all, args.filter.as_deref())?;
    let chips: Vec<Chip> = scenarios.iter().map(|scenario| scenario.chip).collect();
    let backends = args.backend.choose(&chips)?;
    let began = Instant::now();
    let report = execute(args, &scenarios, &backends);
    args.report.hand_out(&report, began.elapsed())?;
    Ok(match report.is_success() {
        true => Exit::Success,
        false => Exit::Unexpected,
    })
}

/// Reports tell scenarios apart by their names.
fn different_names(scenarios: &[Scenario]) -> Result<(), Error> {
    let mut known: BTreeMap<&str, &Path> = BTreeMap::new();
    for scenario in scenarios {
        if let Some(other) = known.insert(&scenario.name, &scenario.path) {
            return Err(Error::usage(
                format!(
                    "two scenarios are named \"{}\": {} and {}",
                    scenario.name,
                    other.display(),
                    scenario.path.display()
                ),
                "give every scenario its own name, and name every file once",
            ));
        }
    }
    Ok(())
}

/// The scenarios whose names the filter matches.
fn chosen(all: Vec<Scenario>, filter: Option<&str>) -> Result<Vec<Scenario>, Error> {
    let filter = filter.map(|text| regex("--filter", text)).transpose()?;
    let count = all.len();
    let chosen: Vec<Scenario> = all
        .into_iter()
        .filter(|scenario| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.is_match(&scenario.name))
        })
        .collect();
    if chosen.is_empty() {
        return Err(Error::usage(
            format!("none of {count} scenarios has a name that the filter matches"),
            "leave --filter away to run them all",
        ));
    }
    Ok(chosen)
}

fn execute(args: &RunArgs, scenarios: &[Scenario], backends: &[Box<dyn Backend>]) -> Report {
    let budget = |backend: &dyn Backend| args.limits.of(backend.budget());
    let outcomes = play(scenarios, backends, budget, args.jobs.count());
    report::build(scenarios, backends, &outcomes)
}
