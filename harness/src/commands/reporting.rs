//! What `run` and `check` share: scenarios are run with a progress bar, and their report is handed out.

use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::options::ReportOutArgs;
use crate::backend::{Backend, Budget};
use crate::base::error::Error;
use crate::input::scenario::Scenario;
use crate::proof::run::{self, Outcome};
use crate::report::{self, Report};

/// The report that a command makes.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[command(flatten)]
    pub out: ReportOutArgs,
}

/// Format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// JSON with a versioned schema
    Json,
    /// JUnit XML for continuous integration
    Junit,
    /// Markdown for issues and summaries
    Markdown,
}

/// Runs scenarios with a progress bar, `jobs` at a time.
pub fn play(
    scenarios: &[Scenario],
    backends: &[Box<dyn Backend>],
    budget: impl Fn(&dyn Backend) -> Budget + Sync,
    jobs: usize,
) -> Vec<Outcome> {
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

impl ReportArgs {
    /// Prints or writes a report.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn hand_out(&self, report: &Report, time: Duration) -> Result<(), Error> {
        self.out.hand_out(&render(report, self.format))?;
        if self.format == Format::Human || self.out.is_file() {
            told(report, time);
        }
        Ok(())
    }
}

/// The report in a format; for people with colours.
fn render(report: &Report, format: Format) -> String {
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
