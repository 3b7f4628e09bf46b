//! Building flash contents: bootloader and app image through `espflash`, and composing parts to a flash image.

use std::panic::{AssertUnwindSafe, catch_unwind};

use espflash::flasher::{FlashData, FlashSettings, FlashSize};
use espflash::image_format::idf::IdfBootloaderFormat;
use espflash::target::{Chip as EspflashChip, XtalFrequency};

use super::app_image::{AppImage, AppImageError};
use super::partition::{PartitionError, PartitionTable};
use super::{FlashImage, FlashSizeError};
use crate::chip::Chip;

mod bootloader;
mod elf;

pub use bootloader::bootloader_image_from_elf;

/// Flash contents that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The flash size is impossible.
    #[error(transparent)]
    Size(#[from] FlashSizeError),
    /// The image header has no code for the flash size.
    #[error("flash size of {size} bytes cannot be written into an image header: the least is 1 MB")]
    HeaderSize {
        /// The size as given, in bytes.
        size: usize,
    },
    /// Nothing is known of this chip's memory.
    #[error("images for {chip} cannot be built: that works for {}", crate::chip::names(&Chip::BOOTABLE))]
    Chip {
        /// The chip.
        chip: Chip,
    },
    /// The ELF file is none that an app image can be made of.
    #[error("ELF file cannot be made an app image: {reason}")]
    Elf {
        /// What is wrong with it.
        reason: String,
    },
    /// The built image is wrong.
    #[error("built app image cannot be used: {0}")]
    Image(#[from] AppImageError),
    /// The partition table is wrong.
    #[error(transparent)]
    Partitions(#[from] PartitionError),
    /// The partition table has no app partition.
    #[error("partition table has no app partition")]
    NoAppPartition,
    /// A part is larger than the room for it.
    #[error("{part} of {len:#x} bytes does not fit the {room:#x} bytes from {offset:#x} on")]
    TooLarge {
        /// Name of the part.
        part: String,
        /// Its size, in bytes.
        len: usize,
        /// Its offset in flash, in bytes.
        offset: u32,
        /// The room, in bytes.
        room: usize,
    },
    /// Two parts overlap.
    #[error("{part} at {offset:#x} overlaps {other}, which ends at {end:#x}")]
    Overlap {
        /// Name of the part.
        part: String,
        /// Its offset in flash, in bytes.
        offset: u32,
        /// Name of the part before it.
        other: String,
        /// The offset behind the part before it, in bytes.
        end: usize,
    },
}

/// Bytes with a place in flash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlashPart {
    /// Name for messages, e.g. `"bootloader"`.
    pub name: String,
    /// Offset in flash, in bytes.
    pub offset: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl FlashPart {
    /// A part of this name.
    pub fn new(name: &str, offset: u32, bytes: Vec<u8>) -> Self {
        FlashPart {
            name: name.to_owned(),
            offset,
            bytes,
        }
    }
}

/// The second-stage bootloader that `espflash` ships: ESP-IDF's default configuration, 40 MHz crystal, DIO mode, with
/// `flash_size` (bytes) in its header.
///
/// # Errors
/// Where the flash size has no code in the header.
pub fn stock_bootloader(chip: Chip, flash_size: usize) -> Result<Vec<u8>, BuildError> {
    let (bootloader, _) = espflash_parts(chip, &elf::smallest(), flash_size)?;
    Ok(bootloader)
}

/// The app image of an ELF file, checked, with `flash_size` (bytes) in its header.
///
/// # Errors
/// Where the ELF file is none for this chip, or the image would be wrong.
pub fn app_image_from_elf(
    chip: Chip,
    elf: &[u8],
    flash_size: usize,
) -> Result<Vec<u8>, BuildError> {
    elf::check(chip, elf)?;
    let (_, app) = espflash_parts(chip, elf, flash_size)?;
    let image = AppImage::parse_verified(&app)?;
    image.check_mapping(chip)?;
    Ok(app)
}

/// Bootloader, partition table (at the chip's default place) and app of an ELF file, ready to [`compose`].
///
/// # Errors
/// Where a part cannot be built, or does not fit its place.
pub fn parts_from_elf(
    chip: Chip,
    elf: &[u8],
    table: &PartitionTable,
    flash_size: usize,
) -> Result<Vec<FlashPart>, BuildError> {
    let spec = chip.spec();
    table.check(spec.partition_table_offset, flash_size)?;
    let partition = table.app().ok_or(BuildError::NoAppPartition)?;
    let app = app_image_from_elf(chip, elf, flash_size)?;
    if app.len() > partition.size as usize {
        return Err(BuildError::TooLarge {
            part: "app".to_owned(),
            len: app.len(),
            offset: partition.offset,
            room: partition.size as usize,
        });
    }
    let bootloader = stock_bootloader(chip, flash_size)?;
    Ok(vec![
        FlashPart::new("bootloader", spec.bootloader_offset, bootloader),
        FlashPart::new(
            "partition table",
            spec.partition_table_offset,
            table.to_bytes()?,
        ),
        FlashPart::new("app", partition.offset, app),
    ])
}

/// A flash of `size` bytes with the parts in it and everything else erased.
///
/// # Errors
/// Where the size is impossible, a part ends behind the flash, or parts overlap.
pub fn compose(size: usize, parts: &[FlashPart]) -> Result<FlashImage, BuildError> {
    FlashImage::check_size(size)?;
    let mut flash = FlashImage::erased(size);
    let mut sorted: Vec<&FlashPart> = parts.iter().collect();
    sorted.sort_by_key(|part| part.offset);
    let mut before: Option<(&FlashPart, usize)> = None;
    for part in sorted {
        let start = part.offset as usize;
        let room = size.saturating_sub(start);
        if part.bytes.len() > room {
            return Err(BuildError::TooLarge {
                part: part.name.clone(),
                len: part.bytes.len(),
                offset: part.offset,
                room,
            });
        }
        if let Some((other, end)) = before.filter(|&(_, end)| end > start) {
            return Err(BuildError::Overlap {
                part: part.name.clone(),
                offset: part.offset,
                other: other.name.clone(),
                end,
            });
        }
        flash.write(part.offset, &part.bytes);
        before = Some((part, start + part.bytes.len()));
    }
    Ok(flash)
}

/// Bootloader and app image as `espflash` makes them.
fn espflash_parts(
    chip: Chip,
    elf: &[u8],
    flash_size: usize,
) -> Result<(Vec<u8>, Vec<u8>), BuildError> {
    let settings = FlashSettings::new(None, Some(header_size(flash_size)?), None);
    let target = match chip {
        Chip::Esp32 => EspflashChip::Esp32,
        Chip::Esp32C3 => EspflashChip::Esp32c3,
        Chip::Esp32S3 => EspflashChip::Esp32s3,
        Chip::Esp32C6 => EspflashChip::Esp32c6,
        _ => return Err(BuildError::Chip { chip }),
    };
    let crystal = XtalFrequency::_40Mhz;
    let data = FlashData::new(settings, 0, None, target, crystal);
    // espflash asserts where it does not expect what an ELF file holds; `elf::check` refuses what is known of that.
    let built = catch_unwind(AssertUnwindSafe(|| {
        let format = IdfBootloaderFormat::new(elf, &data, None, None, None, None)?;
        let parts = format.flash_segments().map(|part| part.data.into_owned());
        Ok::<_, espflash::Error>(parts.collect::<Vec<_>>())
    }));
    let reason = match built {
        Ok(Ok(parts)) => match <[Vec<u8>; 3]>::try_from(parts) {
            Ok([bootloader, _table, app]) => return Ok((bootloader, app)),
            Err(_) => "espflash made other parts than bootloader, table and app".to_owned(),
        },
        Ok(Err(error)) => error.to_string(),
        Err(_) => "espflash gave up on it".to_owned(),
    };
    Err(BuildError::Elf { reason })
}

fn header_size(size: usize) -> Result<FlashSize, BuildError> {
    Ok(match size >> 20 {
        1 => FlashSize::_1Mb,
        2 => FlashSize::_2Mb,
        4 => FlashSize::_4Mb,
        8 => FlashSize::_8Mb,
        16 => FlashSize::_16Mb,
        _ => return Err(BuildError::HeaderSize { size }),
    })
}

#[cfg(test)]
mod tests;
