//! The commands of the program, one file each.

pub mod audit;
pub mod boot;
pub mod check;
pub mod doctor;
pub mod efuse;
pub mod flash;
pub mod image;
pub mod power_cuts;
pub mod run;
pub mod secure_boot;

use std::io::Write;

use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::cli::{Cli, Command};

/// Carries a command out.
///
/// # Errors
/// Where an input or the environment is wrong; a failed expectation is an exit code.
pub fn execute(cli: Cli) -> Result<Exit, Error> {
    match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::check(&args),
        Command::Audit(args) => audit::audit(&args),
        Command::Boot(args) => boot::boot(&args),
        Command::PowerCuts(args) => power_cuts::power_cuts(&args),
        Command::Flash(command) => flash::flash(&command),
        Command::Efuse(command) => efuse::efuse(&command),
        Command::Image(command) => image::image(&command),
        Command::Sign(args) => secure_boot::sign(&args),
        Command::Verify(args) => secure_boot::verify(&args),
        Command::DigestBootloader(args) => secure_boot::digest_bootloader(&args),
        Command::Key(command) => secure_boot::key(&command),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    let mut command = <Cli as clap::CommandFactory>::command();
    clap_complete::generate(shell, &mut command, "cloneproof", &mut script);
    print_bytes(&script)?;
    Ok(Exit::Success)
}

/// Prints text, colours only where standard output is a terminal that wants them.
///
/// # Errors
/// Where standard output cannot be written; a reader that went away is none.
pub fn print(text: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    written(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
}

/// Prints bytes as they are.
///
/// # Errors
/// Where standard output cannot be written; a reader that went away is none.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Error> {
    let mut stdout = std::io::stdout().lock();
    written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

fn written(result: std::io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}
