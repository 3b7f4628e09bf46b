//! The command line: every doc comment here is help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cloneproof::chip::Chip;

mod audit;
mod efuse;
mod secure_boot;

pub use audit::{AuditArgs, AuditFormat};
pub use efuse::{EfuseBurn, EfuseCommand, EfuseIo, EfuseKey, EfuseNew, EfuseProtect, FileFormat};
pub use secure_boot::{
    DigestBootloaderArgs, KeyCommand, OutArgs, SignArgs, Stage, VerifyArgs, Version,
};

use crate::backend::{Choice, Trace};
use crate::base::files::Replace;
use crate::input::build::suite::Encryption;

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

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario files, or folders with scenario files
    #[arg(default_value = "scenarios")]
    pub paths: Vec<PathBuf>,
    /// What the virtual chips run on
    #[arg(long, value_enum, default_value_t)]
    pub backend: Choice,
    #[command(flatten)]
    pub qemu: QemuArgs,
    /// Run only scenarios whose name this regular expression matches
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    /// Scenarios to run at the same time [default: number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Emulated CPU cycles that a chip may run before it is given up
    #[arg(long, value_name = "N")]
    pub cycles: Option<u64>,
    /// Seconds that a chip may run before it is given up
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<std::time::Duration>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// An ESP-IDF build directory, a merged flash image, or an app as an ELF file
    pub path: PathBuf,
    /// How the device's flash gets encrypted [default: as the build is configured]
    #[arg(long, value_enum)]
    pub encryption: Option<Encryption>,
    /// Size of the device's flash, at least that of the build: 1MB, 2MB, 4MB, 8MB or 16MB [default: the build's]
    #[arg(long, value_name = "SIZE", value_parser = flash_size)]
    pub flash_size: Option<u32>,
    /// Console line that shows that the app runs [default: the app's first own line]
    #[arg(long, value_name = "REGEX")]
    pub expect: Option<String>,
    /// What the virtual chips run on
    #[arg(long, value_enum, default_value_t)]
    pub backend: Choice,
    #[command(flatten)]
    pub qemu: QemuArgs,
    /// Chips to run at the same time, at most [default: number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Seed of keys and random numbers
    #[arg(long, value_name = "N", default_value_t = crate::base::seed::SEED)]
    pub seed: u64,
    /// Emulated CPU cycles that a chip may run before it is given up
    #[arg(long, value_name = "N")]
    pub cycles: Option<u64>,
    /// Seconds that a chip may run before it is given up
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<std::time::Duration>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub struct BootArgs {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// Flash contents; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub flash: PathBuf,
    /// eFuses, as QEMU or espefuse keep them; the file itself is never changed
    #[arg(long, value_name = "FILE")]
    pub efuse: PathBuf,
    /// What the virtual chip runs on
    #[arg(long, value_enum, default_value_t)]
    pub backend: Single,
    #[command(flatten)]
    pub qemu: QemuArgs,
    /// Stop when a line of the console matches; it is a failure if none does
    #[arg(long, value_name = "REGEX")]
    pub until: Option<String>,
    /// Stop after this many seconds
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<std::time::Duration>,
    /// Stop after this many emulated CPU cycles [default: 2000000000]
    #[arg(long, value_name = "N")]
    pub cycles: Option<u64>,
    /// Write a trace to standard error
    #[arg(long, value_enum)]
    pub trace: Option<Trace>,
    /// Cut the power right behind the N-th page program, flash erase or eFuse burn (built-in chips)
    #[arg(long, value_name = "N")]
    pub power_cut_after: Option<u64>,
    /// ELF file of the firmware: panics, stops and gaps are told with function, file and line; may be repeated, e.g. for
    /// app and bootloader
    #[arg(long, value_name = "FILE")]
    pub elf: Vec<PathBuf>,
    /// Wait for GDB at this address (`:1234` listens on this machine only) and let it drive the chip
    #[arg(long, value_name = "ADDRESS")]
    pub gdb: Option<crate::gdb::Address>,
    /// Save the flash contents afterwards
    #[arg(long, value_name = "FILE")]
    pub save_flash: Option<PathBuf>,
    /// Save the eFuses afterwards, in the form of the file that was read
    #[arg(long, value_name = "FILE")]
    pub save_efuse: Option<PathBuf>,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

/// Whether an output file that exists may be replaced.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ReplaceArgs {
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

impl ReplaceArgs {
    /// What happens to an output file that exists.
    pub fn rule(self) -> Replace {
        match self.force {
            true => Replace::Always,
            false => Replace::Never { unless: "--force" },
        }
    }
}

#[derive(Debug, Args)]
pub struct PowerCutsArgs {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
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

/// Where Espressif's fork of QEMU is.
#[derive(Debug, Clone, Default, Args)]
pub struct QemuArgs {
    /// Folder of Espressif's QEMU; may be given again for the other instruction set [default: CLONEPROOF_QEMU_DIR, else
    /// PATH, else ESP-IDF's tools]
    #[arg(long, value_name = "DIR")]
    pub qemu_dir: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub qemu: QemuArgs,
}

/// What one virtual chip runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Single {
    /// The built-in emulator
    #[default]
    Builtin,
    /// Espressif's fork of QEMU
    Qemu,
}

#[derive(Debug, Subcommand)]
pub enum FlashCommand {
    /// Encrypt as espsecure does
    Encrypt(CipherArgs),
    /// Decrypt as espsecure does
    Decrypt(CipherArgs),
}

#[derive(Debug, Args)]
pub struct CipherArgs {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// Key file: for esp32 of 32 bytes, or 24 bytes for coding scheme 3/4; for the other chips of 32 bytes (XTS-AES-128),
    /// 64 bytes (XTS-AES-256, where the chip has it) or 16 bytes (esp32c2)
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Flash address of the first byte, a multiple of 16
    #[arg(long, value_name = "ADDRESS", value_parser = number)]
    pub address: u32,
    /// FLASH_CRYPT_CONFIG, 0 to 0xf, for esp32 only [default: 0xf]
    #[arg(long, value_name = "N", value_parser = number)]
    pub crypt_config: Option<u32>,
    /// Input file, its size a multiple of 16 bytes
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Output file
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

/// Format of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ShowFormat {
    /// A table for people
    #[default]
    Table,
    /// JSON
    Json,
}

#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Show what an app image, a partition table or a whole flash image holds
    Info {
        /// The file
        file: PathBuf,
        /// The chip
        #[arg(long, default_value = "esp32")]
        chip: Chip,
    },
    /// Show the signatures of secure boot v2 that an image carries
    #[command(visible_alias = "signature-info-v2")]
    Signatures {
        /// The signed image
        file: PathBuf,
        /// Format
        #[arg(long, value_enum, default_value_t)]
        format: ShowFormat,
    },
}

/// Parses a number in decimal or, behind `0x`, in hexadecimal digits.
fn number(text: &str) -> Result<u32, String> {
    let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|error| format!("{error}: write e.g. 65536 or 0x10000"))
}

/// Parses a flash size as esptool writes it.
fn flash_size(text: &str) -> Result<u32, String> {
    let sizes = [1u32, 2, 4, 8, 16];
    let size = sizes.into_iter().find(|size| text == format!("{size}MB"));
    size.map(|size| size << 20)
        .ok_or_else(|| "use 1MB, 2MB, 4MB, 8MB or 16MB".to_owned())
}

/// Parses a positive number of seconds.
fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let value: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    if value > 0.0 && value <= 86_400.0 {
        Ok(std::time::Duration::from_secs_f64(value))
    } else {
        Err("must be more than 0 and at most 86400 seconds".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn numbers_and_seconds() {
        assert_eq!(number("0x1000"), Ok(4096));
        assert_eq!(number("16"), Ok(16));
        assert!(number("x").is_err());
        assert!(number("0x1_0000_0000").is_err());
        assert_eq!(flash_size("4MB"), Ok(4 << 20));
        assert!(flash_size("3MB").is_err() && flash_size("4").is_err());
        assert!(seconds("0").is_err());
        assert!(seconds("-1").is_err());
        assert!(seconds("NaN").is_err());
        assert_eq!(seconds("0.5"), Ok(std::time::Duration::from_millis(500)));
    }
}
