//! Puts the pieces of a build together and finds what does not fit: the same checks for every form of a build.

use std::path::{Path, PathBuf};

use cloneproof::chip::{Chip, names};
use cloneproof::flash::FlashImage;
use cloneproof::flash::app_image::{AppImage, AppImageError};
use cloneproof::flash::build::{self, FlashPart};
use cloneproof::flash::partition::{Partition, PartitionError, PartitionTable, TYPE_APP};
use sha2::{Digest, Sha256};

use crate::base::error::Error;
use crate::input::firmware::{self, Firmware, PARTITION_TABLE};

/// Bytes of a build, from a file, with a place in flash.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Name for reports and messages.
    pub name: String,
    /// The file that it comes from.
    pub path: PathBuf,
    /// Offset in flash, in bytes.
    pub offset: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The pieces of a build, unchecked.
#[derive(Debug, Clone)]
pub struct Pieces {
    /// The chip.
    pub chip: Chip,
    /// Size of the flash in bytes.
    pub flash_size: u32,
    /// The second-stage bootloader.
    pub bootloader: Piece,
    /// The partition table.
    pub table: Piece,
    /// Everything else.
    pub others: Vec<Piece>,
    /// The file that says where the pieces go: errors about places name it.
    pub plan: PathBuf,
}

/// The name of a chip by its id.
pub fn chip_name(id: u16) -> String {
    let mut all = Chip::ALL.into_iter();
    let known = all.find(|chip| chip.spec().image_chip_id == id);
    known.map_or_else(|| format!("chip id {id}"), |chip| chip.to_string())
}

/// The error that a build is for a chip that cloneproof cannot boot.
pub fn not_bootable(path: &Path, chip: &str) -> Error {
    Error::input(
        path,
        format!("the build is for {chip}, which cannot be booted yet"),
        format!("cloneproof boots {} so far", names(&Chip::BOOTABLE)),
    )
}

/// Checks that these are the bytes of an image for this chip.
pub fn check_image(chip: Chip, path: &Path, what: &str, bytes: &[u8]) -> Result<(), Error> {
    let image = AppImage::parse_verified(bytes).map_err(|error| {
        let remedy = match error {
            AppImageError::Magic { .. } => {
                "give the image as the build made it, in plain text: cloneproof encrypts it itself"
            }
            _ => "the file is half-written or damaged: build it again, to the end",
        };
        Error::input(path, format!("{what}: {error}"), remedy)
    })?;
    let found = image.header.chip_id;
    if found != chip.spec().image_chip_id {
        return Err(Error::input(
            path,
            format!(
                "{what}: its header (offset 0xc) says {} (chip id {found}), the build is for {chip}",
                chip_name(found)
            ),
            "the build mixes chips: `idf.py fullclean`, `idf.py set-target`, and build again",
        ));
    }
    Ok(())
}

impl Pieces {
    /// Checks the pieces and puts them together.
    ///
    /// # Errors
    /// The first thing that does not fit, with its file and place.
    pub fn assemble(self) -> Result<(Firmware, PartitionTable), Error> {
        FlashImage::check_size_for(self.chip, self.flash_size as usize).map_err(|error| {
            Error::input(
                &self.plan,
                error,
                "correct the flash size of the build (menuconfig: Serial flasher config)",
            )
        })?;
        let loader = &self.bootloader;
        check_image(self.chip, &loader.path, "bootloader", &loader.bytes)?;
        let table = self.table()?;
        let app = self.check_others(&table)?;
        let name = app.name.clone();
        let sha256 = Sha256::digest(&app.bytes).into();
        let parts = self.parts();
        build::compose(self.flash_size as usize, &parts).map_err(|error| {
            let remedy = "move or shrink a part: the partition table's offset, the partitions, or the flash size";
            Error::input(&self.plan, error, remedy)
        })?;
        let firmware = Firmware {
            name,
            sha256,
            encrypted: firmware::encrypted(self.chip, &parts, &table),
            parts,
            sign_of_life: None,
            // The build names all its files itself: `Build::inputs`.
            inputs: Vec::new(),
        };
        Ok((firmware, table))
    }

    fn table(&self) -> Result<PartitionTable, Error> {
        let wrong = |error: PartitionError| {
            let remedy = "correct the partition table and build again, to the end";
            Error::input(&self.table.path, error, remedy)
        };
        let table = PartitionTable::parse(&self.table.bytes).map_err(wrong)?;
        table
            .check(self.table.offset, self.flash_size as usize)
            .map_err(wrong)?;
        Ok(table)
    }

    /// Checks what lies in partitions; hands back the app that starts first.
    fn check_others(&self, table: &PartitionTable) -> Result<&Piece, Error> {
        let mut apps = Vec::new();
        for piece in &self.others {
            let Some(partition) = partition_of(table, piece.offset) else {
                self.refuse_stray_image(table, piece)?;
                continue;
            };
            if partition.kind == TYPE_APP {
                self.check_app(partition, piece)?;
                apps.push(piece);
            }
            self.check_size(partition, piece)?;
        }
        let first = table.app().map(|partition| partition.offset);
        let starts = apps.iter().find(|piece| Some(piece.offset) == first);
        starts.or(apps.first()).copied().ok_or_else(|| {
            Error::input(
                &self.plan,
                "nothing is written into an app partition: the build has no app",
                "build again, to the end; the partition table must have the partition that the app is for",
            )
        })
    }

    /// An app image outside all app partitions would never be started.
    fn refuse_stray_image(&self, table: &PartitionTable, piece: &Piece) -> Result<(), Error> {
        if AppImage::parse(&piece.bytes).is_err() {
            return Ok(());
        }
        let apps = table.partitions.iter().filter(|p| p.kind == TYPE_APP);
        let places: Vec<String> = apps.map(|p| format!("{:#x}", p.offset)).collect();
        let places = match places.is_empty() {
            true => "none".to_owned(),
            false => places.join(", "),
        };
        Err(Error::input(
            &self.plan,
            format!(
                "{} is an app image for {:#x}, where the partition table has no partition; app partitions: {places}",
                piece.name, piece.offset
            ),
            "the table and the app are of different builds: build again, to the end",
        ))
    }

    fn check_app(&self, partition: &Partition, piece: &Piece) -> Result<(), Error> {
        if piece.offset != partition.offset {
            return Err(Error::input(
                &self.plan,
                format!(
                    "{} is for {:#x}, inside partition \"{}\", which begins at {:#x}",
                    piece.name, piece.offset, partition.label, partition.offset
                ),
                "the table and the app are of different builds: build again, to the end",
            ));
        }
        check_image(self.chip, &piece.path, &piece.name, &piece.bytes)
    }

    fn check_size(&self, partition: &Partition, piece: &Piece) -> Result<(), Error> {
        let room = partition.size as usize - (piece.offset - partition.offset) as usize;
        if piece.bytes.len() <= room {
            return Ok(());
        }
        Err(Error::input(
            &piece.path,
            format!(
                "{} has {:#x} bytes, partition \"{}\" at {:#x} has {:#x}",
                piece.name,
                piece.bytes.len(),
                partition.label,
                partition.offset,
                partition.size
            ),
            "enlarge the partition in the partition table, or make the app smaller",
        ))
    }

    fn parts(&self) -> Vec<FlashPart> {
        let part =
            |name: &str, piece: &Piece| FlashPart::new(name, piece.offset, piece.bytes.clone());
        let mut parts = vec![
            part("bootloader", &self.bootloader),
            part(PARTITION_TABLE, &self.table),
        ];
        parts.extend(self.others.iter().map(|piece| part(&piece.name, piece)));
        parts
    }
}

/// The partition that an offset lies in.
fn partition_of(table: &PartitionTable, offset: u32) -> Option<&Partition> {
    let mut all = table.partitions.iter();
    all.find(|p| offset >= p.offset && offset - p.offset < p.size)
}
