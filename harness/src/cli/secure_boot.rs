//! The command line of `cloneproof sign`, `verify`, `digest-bootloader` and `key`: every doc comment here is help text.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cloneproof::chip::Chip;
use cloneproof::secure_boot::Scheme;

use super::{ReplaceArgs, ShowFormat};

/// Version of secure boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// ESP32: ECDSA signature behind each app, keyed digest of the bootloader
    #[value(name = "1")]
    V1,
    /// ESP32 v3.0 and every later chip: sector of signatures behind bootloader and app
    #[value(name = "2")]
    V2,
}

#[derive(Debug, Args)]
pub struct OutArgs {
    /// File to write
    #[arg(long = "out", short, alias = "output", value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

#[derive(Debug, Args)]
pub struct SignArgs {
    /// Version of secure boot
    #[arg(long, short, value_enum)]
    pub version: Version,
    /// Private key in PEM form; for version 2 up to three times
    #[arg(
        long,
        short,
        alias = "keyfile",
        value_name = "KEY.pem",
        required = true
    )]
    pub key: Vec<PathBuf>,
    /// Keep the signatures that the image carries already (version 2)
    #[arg(long, short, conflicts_with = "replace_signatures")]
    pub append_signatures: bool,
    /// Take off the signatures that the image carries already (version 2)
    #[arg(long)]
    pub replace_signatures: bool,
    /// Refuse what this chip would refuse: an image for another chip, a scheme that it does not verify
    #[arg(long)]
    pub chip: Option<Chip>,
    #[command(flatten)]
    pub out: OutArgs,
    /// Image to sign; padded to whole sectors of 4096 bytes (version 2)
    pub image: PathBuf,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("trust").required(true).args(["key", "digest_key", "efuse"])))]
pub struct VerifyArgs {
    /// Version of secure boot
    #[arg(long, short, value_enum)]
    pub version: Version,
    /// Public or private key in PEM form; for version 1 also a public key of 64 bytes
    #[arg(long, short, alias = "keyfile", value_name = "KEY")]
    pub key: Option<PathBuf>,
    /// Key of the bootloader's digest, 32 or 24 bytes: the file is flash contents from offset 0 on (version 1)
    #[arg(long, value_name = "KEY.bin")]
    pub digest_key: Option<PathBuf>,
    /// eFuse file: say what the chip with these eFuses decides, and why
    #[arg(long, value_name = "FILE")]
    pub efuse: Option<PathBuf>,
    /// The chip that the eFuses are of
    #[arg(long, default_value = "esp32")]
    pub chip: Chip,
    /// Who verifies with the eFuses (version 2)
    #[arg(long, value_enum, default_value_t)]
    pub stage: Stage,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub format: ShowFormat,
    /// Signed image
    pub image: PathBuf,
}

/// Who verifies an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Stage {
    /// The mask ROM verifies a bootloader
    #[default]
    Rom,
    /// The bootloader verifies an app
    Bootloader,
}

#[derive(Debug, Args)]
pub struct DigestBootloaderArgs {
    /// Secure boot key, 32 bytes, or 24 with coding scheme 3/4
    #[arg(long, short, alias = "keyfile", value_name = "KEY.bin")]
    pub key: PathBuf,
    /// File with the initial value, 128 bytes, for tests [default: drawn at random]
    #[arg(long, value_name = "FILE")]
    pub iv: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
    /// Bootloader image of the ESP32
    pub image: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a signing key
    #[command(visible_alias = "generate-signing-key")]
    Generate {
        /// Scheme of the key: rsa3072, ecdsa192, ecdsa256 (the only one of secure boot v1) or ecdsa384
        #[arg(long, short)]
        scheme: Scheme,
        #[command(flatten)]
        replace: ReplaceArgs,
        /// File to write, in PEM form, readable by its owner only
        #[arg(value_name = "KEY.pem")]
        file: PathBuf,
    },
    /// Show the digest of a public key that secure boot v2 keeps in the eFuses
    #[command(visible_alias = "digest-sbv2-public-key")]
    Digest {
        /// Public or private key in PEM form
        #[arg(value_name = "KEY.pem")]
        key: PathBuf,
        /// The chip: the ESP32-C2 keeps 16 bytes of the digest, the others 32
        #[arg(long, default_value = "esp32")]
        chip: Chip,
        /// Write the digest's bytes to this file instead, for `efuse burn-key`
        #[arg(long, short, alias = "output", value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        replace: ReplaceArgs,
    },
    /// Extract the public key of a private one
    #[command(visible_alias = "extract-public-key", disable_version_flag = true)]
    Public {
        /// Version of secure boot: 64 bytes for 1, PEM for 2
        #[arg(long, short, value_enum, default_value = "2")]
        version: Version,
        /// Private key in PEM form
        #[arg(value_name = "KEY.pem")]
        key: PathBuf,
        #[command(flatten)]
        out: OutArgs,
    },
}
