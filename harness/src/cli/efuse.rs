//! The command line of `cloneproof efuse`: every doc comment here is help text.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseFormat, KeyPurpose};

use super::ShowFormat;
use crate::identity;

#[derive(Debug, Subcommand)]
pub enum EfuseCommand {
    /// Show the fields of an eFuse file
    Show {
        /// eFuse file of QEMU (ESP32 124 bytes, ESP32-C3 and -S3 1024) or of espefuse (288, 512)
        file: PathBuf,
        /// The chip
        #[arg(long, default_value = "esp32")]
        chip: Chip,
        /// Format
        #[arg(long, value_enum, default_value_t)]
        format: ShowFormat,
    },
    /// Make the eFuse file of a chip that leaves the factory
    New(EfuseNew),
    /// Convert an eFuse file between QEMU's format and espefuse's
    Convert {
        #[command(flatten)]
        io: EfuseIo,
        /// Format of the output file
        #[arg(long, value_enum)]
        to: FileFormat,
    },
    /// Burn fields and protections, with the chip's rules
    Burn(EfuseBurn),
    /// Burn a key into a key block with a purpose (ESP32-C3, ESP32-S3)
    BurnKey(EfuseKey),
}

/// Format of an eFuse file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FileFormat {
    /// The drive of QEMU's eFuse device
    #[default]
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
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// eFuse file to read
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// eFuse file to write, of the same format unless said otherwise
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct EfuseNew {
    /// The chip
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// Chip revision, e.g. v3.0
    #[arg(long, value_name = "REVISION", value_parser = identity::parse_revision)]
    pub revision: ChipRevision,
    /// Factory MAC address, e.g. 24:0a:c4:12:34:56
    #[arg(long, value_name = "MAC", value_parser = identity::parse_mac)]
    pub mac: identity::Mac,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub format: FileFormat,
    /// eFuse file to write
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct EfuseBurn {
    #[command(flatten)]
    pub io: EfuseIo,
    /// Fields with the bits to burn, e.g. JTAG_DISABLE=1
    #[arg(value_name = "FIELD=VALUE", value_parser = identity::parse_assignment)]
    pub fields: Vec<(String, u64)>,
    /// Write-protect a field and those that share its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub write_protect: Vec<String>,
    /// Hide a field from software, and those that share its protection; can be given more than once
    #[arg(long, value_name = "FIELD")]
    pub read_protect: Vec<String>,
}

#[derive(Debug, Args)]
pub struct EfuseKey {
    #[command(flatten)]
    pub io: EfuseIo,
    /// Number of the key block: 0 is KEY0
    #[arg(long, value_name = "N")]
    pub block: usize,
    /// Key file, 32 bytes
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// What the key is for, e.g. XTS_AES_128_KEY
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: KeyPurpose,
    /// Leave the key readable by software
    #[arg(long)]
    pub no_read_protect: bool,
    /// Leave the key writable
    #[arg(long)]
    pub no_write_protect: bool,
}
