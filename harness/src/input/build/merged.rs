//! Takes a flash image apart that holds bootloader, partition table and apps at their places.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use cloneproof::chip::Chip;
use cloneproof::flash::SECTOR_SIZE;
use cloneproof::flash::app_image::{AppImage, IMAGE_MAGIC, SegmentUse};
use cloneproof::flash::partition::{PARTITION_TABLE_MAX_LEN, PartitionTable, TYPE_APP};

use super::config;
use super::layout::{Piece, Pieces, chip_name, not_bootable};
use super::model::{Build, Kind};
use crate::base::error::Error;

/// Behind this offset no partition table is looked for.
const LAST_TABLE: usize = 0x10_0000;

/// Reads a merged image, as `esptool merge-bin` or `espflash save-image --merge` write it, or a plain flash dump.
pub fn open(path: &Path, bytes: &[u8]) -> Result<Build, Error> {
    let (chip, loader) = bootloader(path, bytes)?;
    let (table_offset, table) = table(chip, path, bytes)?;
    let flash_size = flash_size(&bytes[loader.clone()], bytes.len());
    let end = (table_offset + PARTITION_TABLE_MAX_LEN).min(bytes.len());
    let known = vec![loader.clone(), table_offset..table_offset + SECTOR_SIZE];
    let others = others(path, bytes, &table, known);
    let piece = |name: &str, range: Range<usize>| Piece {
        name: name.to_owned(),
        path: path.to_owned(),
        offset: range.start as u32,
        bytes: bytes[range].to_vec(),
    };
    let security = config::security_of_bootloader(&bytes[loader.clone()]);
    let (firmware, table) = Pieces {
        chip,
        flash_size,
        bootloader: piece("bootloader", loader),
        table: piece("partition table", table_offset..end),
        others,
        plan: path.to_owned(),
    }
    .assemble()?;
    Ok(Build {
        path: path.to_owned(),
        kind: Kind::MergedImage,
        chip,
        flash_size,
        firmware: Arc::new(firmware),
        table,
        security,
        elf: None,
        inputs: vec![path.to_owned()],
        notes: Vec::new(),
    })
}

/// The chip whose bootloader it is, and where its image lies.
fn bootloader(path: &Path, bytes: &[u8]) -> Result<(Chip, Range<usize>), Error> {
    let images = offsets().into_iter().filter_map(|at| {
        let image = AppImage::parse(bytes.get(at..)?).ok()?;
        Some((at, image))
    });
    let images: Vec<(usize, AppImage)> = images.collect();
    for (at, image) in &images {
        let chip = Chip::BOOTABLE.into_iter().find(|chip| {
            let spec = chip.spec();
            spec.image_chip_id == image.header.chip_id && spec.bootloader_offset as usize == *at
        });
        // An app is mapped where a bootloader is loaded.
        let mapped = |chip: Chip| {
            let mut segments = image.segments.iter();
            segments.any(|segment| segment.use_on(chip) == SegmentUse::Mapped)
        };
        match chip {
            Some(chip) if mapped(chip) => return Err(single_image(path)),
            Some(chip) => return Ok((chip, *at..*at + image.len)),
            None => {}
        }
    }
    let foreign = |chip_id: u16| {
        let mut known = Chip::BOOTABLE.into_iter();
        known.all(|chip| chip.spec().image_chip_id != chip_id)
    };
    match images
        .iter()
        .find(|(_, image)| foreign(image.header.chip_id))
    {
        Some((_, image)) => Err(not_bootable(path, &chip_name(image.header.chip_id))),
        None => Err(no_bootloader(path, bytes)),
    }
}

/// The places at which the chips' mask ROMs look for a bootloader.
fn offsets() -> Vec<usize> {
    let all = Chip::ALL.into_iter();
    let mut offsets: Vec<usize> = all
        .map(|chip| chip.spec().bootloader_offset as usize)
        .collect();
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

fn single_image(path: &Path) -> Error {
    Error::input(
        path,
        "begins with an app image: it is a single image, not the contents of a flash",
        "name the build directory, or merge bootloader, table and app: `esptool merge-bin`",
    )
}

fn no_bootloader(path: &Path, bytes: &[u8]) -> Error {
    let mut places: Vec<u32> = Chip::BOOTABLE
        .map(|chip| chip.spec().bootloader_offset)
        .to_vec();
    places.sort_unstable();
    places.dedup();
    for at in &places {
        let rest = bytes.get(*at as usize..).unwrap_or_default();
        if rest.first() == Some(&IMAGE_MAGIC)
            && let Err(error) = AppImage::parse(rest)
        {
            return Error::input(
                path,
                format!("bootloader at {at:#x}: {error}"),
                "the file is half-written or damaged: build it again, to the end",
            );
        }
    }
    if bytes.first() == Some(&IMAGE_MAGIC) {
        return single_image(path);
    }
    let places: Vec<String> = places.iter().map(|at| format!("{at:#x}")).collect();
    let places = places.join(" or ");
    let written = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        rest[..rest.len().min(16)].iter().any(|byte| *byte != 0xFF)
    };
    match offsets().into_iter().find(written) {
        Some(at) => Error::input(
            path,
            format!(
                "has no bootloader at {places}: there is {:#04x} at {at:#x} in place of 0xe9",
                bytes[at]
            ),
            "give the flash in plain text, as it is before encryption, from offset 0 on",
        ),
        None => Error::input(
            path,
            format!("has no bootloader at {places}"),
            "give the contents of the flash from offset 0 on, with bootloader and partition table",
        ),
    }
}

/// The first partition table behind the bootloader: its place depends on the build's configuration.
fn table(chip: Chip, path: &Path, bytes: &[u8]) -> Result<(usize, PartitionTable), Error> {
    let default = chip.spec().partition_table_offset as usize;
    let sectors = (SECTOR_SIZE..LAST_TABLE.min(bytes.len())).step_by(SECTOR_SIZE);
    let read = |at: usize| bytes.get(at..).map(PartitionTable::parse);
    for at in std::iter::once(default).chain(sectors) {
        if let Some(Ok(table)) = read(at) {
            return Ok((at, table));
        }
    }
    let why = match read(default) {
        Some(Err(error)) => format!(" ({default:#x}: {error})"),
        _ => String::new(),
    };
    Err(Error::input(
        path,
        format!("has no partition table{why}"),
        "give the contents of the flash from offset 0 on, in plain text, with bootloader and partition table",
    ))
}

/// The header's size, or the file's where that is larger.
fn flash_size(bootloader: &[u8], len: usize) -> u32 {
    let header = AppImage::parse(bootloader).map_or(4 << 20, |image| image.header.flash_size());
    let file = len.next_power_of_two() as u64;
    u32::try_from(header.max(file)).unwrap_or(u32::MAX)
}

/// What the partitions hold, and what lies between all that is known.
fn others(
    path: &Path,
    bytes: &[u8],
    table: &PartitionTable,
    mut known: Vec<Range<usize>>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |name: &str, range: Range<usize>, least: usize| {
        let inside = range.start.min(bytes.len())..range.end.min(bytes.len());
        let content = &bytes[inside.clone()];
        let written = content.iter().rposition(|byte| *byte != 0xFF);
        if let Some(last) = written {
            let len = (last + 1).max(least).min(content.len());
            pieces.push(Piece {
                name: name.to_owned(),
                path: path.to_owned(),
                offset: inside.start as u32,
                bytes: content[..len].to_vec(),
            });
        }
    };
    for partition in &table.partitions {
        let start = partition.offset as usize;
        let range = start..start.saturating_add(partition.size as usize);
        let image = bytes.get(start..).map(AppImage::parse);
        let least = match image {
            // The last bytes of an image can be 0xFF.
            Some(Ok(image)) if partition.kind == TYPE_APP => image.len,
            _ => 0,
        };
        add(&partition.label, range.clone(), least);
        known.push(range);
    }
    known.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in known
        .into_iter()
        .chain(std::iter::once(bytes.len()..bytes.len()))
    {
        if range.start > at {
            add(&format!("data at {at:#x}"), at..range.start, 0);
        }
        at = at.max(range.end);
    }
    pieces
}
