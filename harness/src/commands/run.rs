//! `cloneproof run`: scenarios in, verdicts out.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use cloneproof::chip::Chip;
use indicatif::{ProgressBar, ProgressStyle};
use regex::Regex;

use super::print;
use crate::backend::{self, Backend, Budget};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers, Replace};
use crate::cli::{Format, RunArgs};
use crate::input::scenario::{self, Scenario};
use crate::proof::run::{self, Outcome};
use crate::report::{self, Report};

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
    if let Some(out) = &args.out {
        let inputs: Vec<_> = all.iter().flat_map(Scenario::inputs).collect();
        files::check_output(out, Replace::Always, &inputs)?;
    }
    let scenarios = chosen(all, args.filter.as_deref())?;
    let chips: Vec<Chip> = scenarios.iter().map(|scenario| scenario.chip).collect();
    let backends = backend::choose(args.backend, &args.qemu.qemu_dir, &chips)?;
    let began = Instant::now();
    let report = execute(args, &scenarios, &backends);
    hand_out(&report, args.format, args.out.as_deref(), began.elapsed())?;
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
    let filter = filter
        .map(|filter| {
            Regex::new(filter).map_err(|error| {
                Error::usage(
                    format!("--filter is no regular expression: {error}"),
                    "the syntax is that of the Rust crate regex",
                )
            })
        })
        .transpose()?;
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
    let budget = |backend: &dyn Backend| {
        let budget = backend.budget();
        Budget {
            cycles: args.cycles.unwrap_or(budget.cycles),
            wall: args.time_limit.unwrap_or(budget.wall),
            ..budget
        }
    };
    let outcomes = play(scenarios, backends, budget, args.jobs);
    report::build(scenarios, backends, &outcomes)
}

/// Runs scenarios with a progress bar; without a number of jobs as many at a time as there are processors.
pub fn play(
    scenarios: &[Scenario],
    backends: &[Box<dyn Backend>],
    budget: impl Fn(&dyn Backend) -> Budget + Sync,
    jobs: Option<u16>,
) -> Vec<Outcome> {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.map_or_else(processors, usize::from);
    let bar = progress((scenarios.len() * backends.len()) as u64);
    let outcomes = run::run(scenarios, backends, budget, jobs, || bar.inc(1));
    bar.finish_and_clear();
    outcomes
}

/// A progress bar on standard error, if that is a terminal.
fn progress(len: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} scenarios, {elapsed}");
    let bar = ProgressBar::new(len);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.tick();
    bar
}

/// Prints or writes a report.
///
/// # Errors
/// Where it cannot be written.
pub fn hand_out(
    report: &Report,
    format: Format,
    out: Option<&Path>,
    time: Duration,
) -> Result<(), Error> {
    let text = render(report, format);
    match out {
        Some(path) => files::write(
            path,
            Readers::Everyone,
            anstream::adapter::strip_str(&text).to_string().as_bytes(),
        )?,
        None => print(&text)?,
    }
    if format == Format::Human || out.is_some() {
        told(report, time);
    }
    Ok(())
}

/// The report in a format; for people with colours.
pub fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Human => report::human::render(report),
        Format::Json => report::json::render(report),
        Format::Junit => report::junit::render(report),
        Format::Markdown => report::markdown::render(report),
    }
}

/// What differs from run to run goes to standard error: reports are the same every time.
fn told(report: &Report, time: Duration) {
    let scenarios = report.scenarios.len();
    let copies = report.summary.copies;
    eprintln!(
        "{scenarios} scenario{}, {copies} cop{}, {:.1} s",
        if scenarios == 1 { "" } else { "s" },
        if copies == 1 { "y" } else { "ies" },
        time.as_secs_f64()
    );
}
