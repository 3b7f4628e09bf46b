//! The `cloneproof` command.

use std::process::ExitCode;

use clap::Parser;
use cloneproof_harness::commands::{self, Cli};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // RUST_LOG=info says more. The guest's console is data and never goes through here.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .init();
    match commands::execute(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = error.exit();
            // Fancy on a terminal, plain elsewhere; NO_COLOR is honoured.
            eprintln!("{:?}", miette::Report::new(error));
            exit.into()
        }
    }
}
