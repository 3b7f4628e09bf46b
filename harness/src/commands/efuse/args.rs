//! The arguments of `cloneproof efuse`; every doc comment here is help text.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cloneproof::chip::ChipRevision;
use cloneproof::efuse::{EfuseFormat, KeyPurpose};

use crate::base::files::Replace;
use crate::base::text;
use crate::commands::options::{ChipArgs, ReplaceArgs};

/// Format of an eFuse file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// The drive of QEMU's eFuse device (ESP32, ESP32-C3, ESP32-S3)
    Qemu,
    /// The file of `espefuse --virt --path-efuse-file`
    Espefuse,
}

impl From<FileFormat> for EfuseFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Qemu => EfuseFormat::Qemu,
            FileFormat::Espefuse => EfuseFormat::Espefuse,
        }
    }
}

#[derive(Debug, Args)]
pub struct EfuseIo {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// eFuse file to read
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// eFuse file to write, of the same format unless said otherwise
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct EfuseNew {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// Chip revision, e.g. v3.0
    #[arg(long, value_name = "REVISION", value_parser = text::parse_revision)]
    pub revision: ChipRevision,
    /// Factory MAC address, e.g. 24:0a:c4:12:34:56
    #[arg(long, value_name = "MAC", value_parser = text::parse_mac)]
    pub mac: text::Mac,
    /// Format [default: qemu where QEMU has the chip, else espefuse]
    #[arg(long, value_enum)]
    pub format: Option<FileFormat>,
    /// eFuse file to write
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

/// Whether an output file that exists may be replaced, where `--force` is about something else.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ReplaceOutArgs {
    /// Replace the file to write if it exists
    #[arg(long)]
    replace: bool,
}

impl ReplaceOutArgs {
    /// What happens to an output file that exists.
    pub fn rule(self) -> Replace {
        match self.replace {
            true => Replace::Always,
            false => Replace::Never {
                unless: "--replace",
            },
        }
    }
}

#[derive(Debug, Args)]
pub struct EfuseBurn {
    #[command(flatten)]
    pub io: EfuseIo,
    /// Fields with the bits to burn, e.g. JTAG_DISABLE=1 or CUSTOM_MAC=0x010203040506
    #[arg(value_name = "FIELD=VALUE", value_parser = text::parse_assignment)]
    pub fields: Vec<(String, Vec<u8>)>,
    /// Write-protect a field or block (BLOCK3) and what shares its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub write_protect: Vec<String>,
    /// Hide a field or block from software, and what shares its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub read_protect: Vec<String>,
    /// Burn also what only a careful tool refuses: hiding what ROM must read, faults of chips, unknown purposes
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub replace: ReplaceOutArgs,
}

#[derive(Debug, Args)]
pub struct EfuseProtect {
    #[command(flatten)]
    pub io: EfuseIo,
    /// Hide a field or block (BLOCK3) from software, and what shares its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub read: Vec<String>,
    /// Write-protect a field or block and what shares its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub write: Vec<String>,
    /// Protect also what ROM or software must be able to read
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub replace: ReplaceOutArgs,
}

#[derive(Debug, Args)]
pub struct EfuseKey {
    #[command(flatten)]
    pub io: EfuseIo,
    /// Number of the key block: 0 is KEY0, on the ESP32 the block's own number [default: a free one that fits]
    #[arg(long, value_name = "N")]
    pub block: Vec<usize>,
    /// Key file, 32 bytes (ESP32 with 3/4 coding 24; ESP32-C2 also 16)
    #[arg(long, value_name = "FILE", required = true)]
    pub key: Vec<PathBuf>,
    /// What the key is for, e.g. XTS_AES_128_KEY; ESP32: FLASH_ENCRYPTION, SECURE_BOOT_V1, SECURE_BOOT_V2, USER.
    /// Further keys: --key, --purpose and --block once more each, in the same order
    #[arg(long, value_name = "PURPOSE", required = true)]
    pub purpose: Vec<KeyPurpose>,
    /// Leave the keys readable by software
    #[arg(long)]
    pub no_read_protect: bool,
    /// Leave the keys writable
    #[arg(long)]
    pub no_write_protect: bool,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}
