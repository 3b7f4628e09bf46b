//! `cloneproof image info`: what an app image, a partition table or a whole flash image holds.

mod signatures;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use cloneproof::chip::Chip;
use cloneproof::flash::FlashImage;
use cloneproof::flash::app_image::{AppImage, SegmentUse};
use cloneproof::flash::partition::{PARTITION_TABLE_MAX_LEN, Partition, PartitionTable, TYPE_APP};

use super::options::{ChipArgs, ShowArgs};
use super::output::print;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files;
use crate::base::text::without_controls;

/// First byte of an app image.
const IMAGE_MAGIC: u8 = 0xE9;
/// First bytes of a partition table.
const TABLE_MAGIC: [u8; 2] = [0xAA, 0x50];
const ELF_MAGIC: &[u8; 4] = b"\x7fELF";

/// The commands of `image`; every doc comment here is help text.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Show what an app image, a partition table or a whole flash image holds
    Info {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        chip: ChipArgs,
    },
    /// Show the signatures of secure boot v2 that an image carries
    #[command(visible_alias = "signature-info-v2")]
    Signatures {
        /// The signed image
        file: PathBuf,
        #[command(flatten)]
        format: ShowArgs,
    },
}

/// Shows what a file holds.
///
/// # Errors
/// Where the file cannot be read or is none of what is known.
pub fn image(command: &ImageCommand) -> Result<Exit, Error> {
    let (file, chip) = match command {
        ImageCommand::Info { file, chip } => (file, chip.chip),
        ImageCommand::Signatures { file, format } => {
            return signatures::signatures(file, format.format);
        }
    };
    let bytes = files::read(file, files::MAX_FLASH_FILE)?;
    print(&describe(chip, file, &bytes)?)?;
    Ok(Exit::Success)
}

fn describe(chip: Chip, path: &Path, bytes: &[u8]) -> Result<String, Error> {
    let mut out = String::new();
    if bytes.is_empty() {
        return Err(Error::input(
            path,
            "is empty",
            "check that this is the right file",
        ));
    }
    if bytes.starts_with(ELF_MAGIC) {
        return Err(Error::input(
            path,
            "is an ELF file, not an image",
            "convert it, e.g. with `espflash save-image`; scenarios take ELF files as they are",
        ));
    }
    if FlashImage::check_size_for(chip, bytes.len()).is_ok() && !bytes.starts_with(&[IMAGE_MAGIC]) {
        whole_flash(&mut out, chip, bytes);
    } else if bytes.starts_with(&[IMAGE_MAGIC]) {
        app_image(&mut out, 0, chip, path, bytes)?;
    } else if bytes.starts_with(&TABLE_MAGIC) {
        let table = table(bytes).map_err(|error| {
            Error::input(
                path,
                error,
                "check that this is a whole binary partition table",
            )
        })?;
        partitions(&mut out, 0, &table);
    } else {
        return Err(Error::input(
            path,
            format!(
                "is neither an app image (first byte 0xe9) nor a partition table (aa 50) nor a whole flash: \
                 it begins with {:02x?} and has {} bytes",
                &bytes[..bytes.len().min(4)],
                bytes.len()
            ),
            "an encrypted image must be decrypted first: `cloneproof flash decrypt`",
        ));
    }
    Ok(out)
}

fn line(out: &mut String, indent: usize, text: std::fmt::Arguments) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{:indent$}{text}", "");
}

fn table(bytes: &[u8]) -> Result<PartitionTable, cloneproof::flash::partition::PartitionError> {
    PartitionTable::parse(&bytes[..bytes.len().min(PARTITION_TABLE_MAX_LEN)])
}

fn app_image(
    out: &mut String,
    indent: usize,
    chip: Chip,
    path: &Path,
    bytes: &[u8],
) -> Result<(), Error> {
    let image = AppImage::parse(bytes).map_err(|error| {
        Error::input(
            path,
            error,
            "check that the image is whole and not encrypted",
        )
    })?;
    image_lines(out, indent, chip, &image, bytes);
    Ok(())
}

fn image_lines(out: &mut String, indent: usize, chip: Chip, image: &AppImage, bytes: &[u8]) {
    let header = &image.header;
    line(
        out,
        indent,
        format_args!("app image of {} bytes", image.len),
    );
    line(
        out,
        indent,
        format_args!("  entry point    {:#010x}", header.entry),
    );
    let right = if header.chip_id == chip.spec().image_chip_id {
        format!(" ({chip})")
    } else {
        format!(" (not {chip})")
    };
    line(
        out,
        indent,
        format_args!("  chip id        {}{right}", header.chip_id),
    );
    line(
        out,
        indent,
        format_args!(
            "  chip revision  {} to {}",
            revision(header.min_revision),
            revision(header.max_revision)
        ),
    );
    line(
        out,
        indent,
        format_args!(
            "  flash          mode {}, speed code {:#x}, {} MB",
            header.spi_mode,
            header.spi_speed,
            header.flash_size() >> 20
        ),
    );
    for (number, segment) in image.segments.iter().enumerate() {
        let how = match segment.use_on(chip) {
            SegmentUse::Loaded => "loaded",
            SegmentUse::Mapped => "mapped",
            SegmentUse::Padding => "padding",
        };
        line(
            out,
            indent,
            format_args!(
                "  segment {number:<6} {:#010x}  {:#8x} bytes at {:#08x}  {how}",
                segment.address,
                segment.data.len(),
                segment.data.start
            ),
        );
    }
    let state = match image.verify(bytes) {
        Ok(()) if image.hash_at.is_some() => "checksum and SHA-256 are right".to_owned(),
        Ok(()) => "checksum is right, no SHA-256 appended".to_owned(),
        Err(error) => format!("WRONG: {error}"),
    };
    line(out, indent, format_args!("  integrity      {state}"));
    if let Some(app) = image.descriptor(bytes) {
        line(
            out,
            indent,
            format_args!(
                "  project        {} version {} (ESP-IDF {})",
                without_controls(&app.project),
                without_controls(&app.version),
                without_controls(&app.idf_version)
            ),
        );
    }
}

fn revision(number: u16) -> String {
    match number {
        u16::MAX => "any".to_owned(),
        _ => format!("v{}.{}", number / 100, number % 100),
    }
}

fn partitions(out: &mut String, indent: usize, table: &PartitionTable) {
    line(
        out,
        indent,
        format_args!(
            "partition table with {} partitions{}",
            table.partitions.len(),
            if table.has_md5 {
                ", MD5 right"
            } else {
                ", no MD5"
            }
        ),
    );
    for partition in &table.partitions {
        line(
            out,
            indent,
            format_args!("  {}", without_controls(&partition.to_string())),
        );
    }
}

fn whole_flash(out: &mut String, chip: Chip, bytes: &[u8]) {
    let spec = chip.spec();
    line(out, 0, format_args!("flash of {} bytes", bytes.len()));
    at(out, chip, "bootloader", spec.bootloader_offset, bytes);
    let place = spec.partition_table_offset;
    let found = bytes.get(place as usize..).map(table);
    match found {
        Some(Ok(table)) => {
            line(out, 0, format_args!("{place:#08x}  partition table"));
            partitions(out, 2, &table);
            for partition in table.partitions.iter().filter(|p| p.kind == TYPE_APP) {
                app(out, chip, partition, bytes);
            }
        }
        Some(Err(error)) => line(
            out,
            0,
            format_args!("{place:#08x}  no partition table in plain text: {error}"),
        ),
        None => line(
            out,
            0,
            format_args!("{place:#08x}  behind the end of the flash"),
        ),
    }
}

fn app(out: &mut String, chip: Chip, partition: &Partition, bytes: &[u8]) {
    let name = format!("partition \"{}\"", without_controls(&partition.label));
    at(out, chip, &name, partition.offset, bytes);
}

/// What lies at an offset where an image should be.
fn at(out: &mut String, chip: Chip, name: &str, offset: u32, bytes: &[u8]) {
    let rest = bytes.get(offset as usize..).unwrap_or_default();
    let head = &rest[..rest.len().min(16)];
    if head.is_empty() {
        line(
            out,
            0,
            format_args!("{offset:#08x}  {name}: behind the end of the flash"),
        );
    } else if head.iter().all(|byte| *byte == 0xFF) {
        line(out, 0, format_args!("{offset:#08x}  {name}: erased"));
    } else {
        match AppImage::parse(rest) {
            Ok(image) => {
                line(out, 0, format_args!("{offset:#08x}  {name}"));
                image_lines(out, 2, chip, &image, rest);
            }
            Err(error) => line(
                out,
                0,
                format_args!(
                    "{offset:#08x}  {name}: no image in plain text (encrypted or damaged): {error}; it begins with {:02x?}",
                    &head[..head.len().min(4)]
                ),
            ),
        }
    }
}
