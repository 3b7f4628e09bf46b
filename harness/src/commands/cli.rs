//! The command line as a whole: which commands there are, and who carries them out.

use clap::{CommandFactory, Parser, Subcommand};

use super::audit::AuditArgs;
use super::boot::BootArgs;
use super::check::CheckArgs;
use super::digest_bootloader::DigestBootloaderArgs;
use super::doctor::DoctorArgs;
use super::efuse::EfuseCommand;
use super::flash::FlashCommand;
use super::image::ImageCommand;
use super::key::KeyCommand;
use super::output::print_bytes;
use super::power_cuts::PowerCutsArgs;
use super::run::RunArgs;
use super::sign::SignArgs;
use super::verify::VerifyArgs;
use super::{
    audit, boot, check, digest_bootloader, doctor, efuse, flash, image, key, power_cuts, run, sign,
    verify,
};
use crate::base::error::Error;
use crate::base::exit::Exit;

/// Proves whether a bit-for-bit copy of an ESP32's flash runs on another chip.
///
/// Boots firmware on a virtual chip with real mask ROM, real bootloader and emulated eFuses, copies its flash onto
/// another virtual chip, and reports what happened, stage by stage.
///
/// Exit codes: 0 all as expected, 1 an expectation failed, 2 bad input, 3 something of the environment is missing.
#[derive(Debug, Parser)]
#[command(name = "cloneproof", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios and report a verdict on every copy
    Run(RunArgs),
    /// Say whether a copy of a device with this build would run on another chip
    Check(CheckArgs),
    /// List the weaknesses of a chip's configuration, and prove them
    Audit(AuditArgs),
    /// Boot one virtual chip and show its console
    Boot(BootArgs),
    /// Cut the power at many points of a boot that changes flash or eFuses, and show what each leaves behind
    PowerCuts(PowerCutsArgs),
    /// Encrypt or decrypt flash contents as the chip does
    #[command(subcommand)]
    Flash(FlashCommand),
    /// Make, change and look into eFuse files
    #[command(subcommand)]
    Efuse(EfuseCommand),
    /// Look into flash and app images
    #[command(subcommand)]
    Image(ImageCommand),
    /// Sign an image for secure boot
    #[command(visible_alias = "sign-data", disable_version_flag = true)]
    Sign(SignArgs),
    /// Verify the signatures of an image, with a key or as a chip with these eFuses does
    #[command(visible_alias = "verify-signature", disable_version_flag = true)]
    Verify(VerifyArgs),
    /// Compute the digest of a bootloader for secure boot v1 (ESP32)
    #[command(visible_alias = "digest-secure-bootloader")]
    DigestBootloader(DigestBootloaderArgs),
    /// Make and look into signing keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Say what is installed, what is not, and what to do about it
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

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
        Command::Sign(args) => sign::sign(&args),
        Command::Verify(args) => verify::verify(&args),
        Command::DigestBootloader(args) => digest_bootloader::digest_bootloader(&args),
        Command::Key(command) => key::key(&command),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    clap_complete::generate(shell, &mut command, "cloneproof", &mut script);
    print_bytes(&script)?;
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
