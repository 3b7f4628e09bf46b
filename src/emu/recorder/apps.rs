//! The apps that a bootloader can start: found in flash as the chip reads it, compared with what lies in RAM.

use sha2::{Digest, Sha256};

use crate::boot::{AppImageRun, FlashView, ImageLayout, ImageRun, Segment};
use crate::emu::bus::System;
use crate::emu::memory::{FRAME_SIZE, Memory};
use crate::flash::partition::{PARTITION_TABLE_MAX_LEN, PartitionTable, TYPE_APP};

/// App images lie at multiples of this many bytes: a page of the flash MMU.
const IMAGE_ALIGNMENT: u32 = 0x1_0000;
/// Where a partition table can lie: `CONFIG_PARTITION_TABLE_OFFSET` is a multiple of a sector, behind the bootloader.
const SECTOR: u32 = 0x1000;
const TABLE_END: u32 = 0x10_0000;
/// First bytes of a table's first entry (ESP-IDF `esp_flash_partitions.h`).
const TABLE_MAGIC: [u8; 2] = [0xAA, 0x50];
/// Bytes at both ends of a segment that are compared before an entry is believed; all of it is hashed then.
const SAMPLE: usize = 64;
/// Most apps that are looked at.
const MAX_CANDIDATES: usize = 24;

/// Guest memory, to be looked at.
pub(super) struct Reader<'a, S> {
    pub soc: &'a S,
    pub memory: &'a Memory,
    pub core: usize,
}

impl<S: System> Reader<'_, S> {
    /// `len` bytes from an address on, handed over piece by piece; false where memory ends before.
    fn pieces(&self, mut address: u32, len: usize, mut piece: impl FnMut(&[u8])) -> bool {
        let mut buffer = [0; FRAME_SIZE];
        let mut left = len;
        while left > 0 {
            let want = left.min(FRAME_SIZE);
            let count = self
                .soc
                .look(self.memory, self.core, address, &mut buffer[..want]);
            if count == 0 {
                return false;
            }
            piece(&buffer[..count]);
            address = address.wrapping_add(count as u32);
            left -= count;
        }
        true
    }

    /// SHA-256 of what lies in RAM where segments were loaded.
    fn digest<'s>(&self, segments: impl Iterator<Item = &'s Segment>) -> [u8; 32] {
        let mut hash = Sha256::new();
        for segment in segments {
            self.pieces(segment.address, segment.len as usize, |piece| {
                hash.update(piece)
            });
        }
        hash.finalize().into()
    }

    /// Whether `bytes` lie at an address.
    fn holds(&self, address: u32, bytes: &[u8]) -> bool {
        let mut found = Vec::with_capacity(bytes.len());
        self.pieces(address, bytes.len(), |piece| found.extend_from_slice(piece)) && found == bytes
    }
}

/// An app image that may be started.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    layout: ImageLayout,
    partition: Option<(String, u8)>,
    /// Addresses with the bytes that lie there once it is loaded.
    samples: Vec<(u32, Vec<u8>)>,
}

impl Candidate {
    fn new(view: &FlashView, layout: ImageLayout, partition: Option<(String, u8)>) -> Self {
        let mut samples = Vec::new();
        for segment in layout.loaded(view.chip) {
            let len = (segment.len as usize).min(SAMPLE) as u32;
            for skip in [0, segment.len - len] {
                let offset = layout.offset.checked_add(segment.at + skip);
                let bytes = offset.and_then(|offset| view.read(offset, len as usize));
                samples.extend(bytes.map(|bytes| (segment.address.wrapping_add(skip), bytes)));
            }
        }
        Candidate {
            layout,
            partition,
            samples,
        }
    }

    /// Address of its first instruction.
    pub fn entry(&self) -> u32 {
        self.layout.entry
    }

    /// Whether its segments seem to lie in RAM.
    pub fn is_loaded<S: System>(&self, reader: &Reader<'_, S>) -> bool {
        let mut samples = self.samples.iter();
        samples.all(|(address, bytes)| reader.holds(*address, bytes))
    }

    /// Whether a flash offset lies in the image.
    pub fn holds(&self, offset: u32) -> bool {
        let start = self.layout.offset;
        (start..start.saturating_add(self.layout.len)).contains(&offset)
    }

    /// The image as it runs now.
    pub fn run<S: System>(&self, view: FlashView, reader: &Reader<'_, S>) -> AppImageRun {
        AppImageRun {
            image: image_run(view, self.layout.clone(), reader),
            partition: self.partition.clone(),
        }
    }
}

fn image_run<S: System>(view: FlashView, layout: ImageLayout, reader: &Reader<'_, S>) -> ImageRun {
    let digest = reader.digest(layout.loaded(view.chip));
    ImageRun::new(view, layout, digest)
}

/// The image in the bootloader's place.
pub(super) fn bootloader(view: &FlashView) -> Option<Candidate> {
    let layout = view.image(view.chip.spec().bootloader_offset)?;
    Some(Candidate::new(view, layout, None))
}

/// The apps that the partition table names; without a table, every image at a page of the flash MMU.
pub(super) fn candidates(view: &FlashView) -> Vec<Candidate> {
    let listed: Vec<Candidate> = match table(view) {
        Some(table) => {
            let apps = table.partitions.iter().filter(|part| part.kind == TYPE_APP);
            apps.filter_map(|part| {
                let layout = view.image(part.offset)?;
                let partition = Some((part.label.clone(), part.subtype));
                Some(Candidate::new(view, layout, partition))
            })
            .take(MAX_CANDIDATES)
            .collect()
        }
        None => Vec::new(),
    };
    if !listed.is_empty() {
        return listed;
    }
    let end = u32::try_from(view.flash.size()).unwrap_or(u32::MAX);
    (0..end)
        .step_by(IMAGE_ALIGNMENT as usize)
        .filter(|&offset| offset != view.chip.spec().bootloader_offset)
        .filter_map(|offset| Some(Candidate::new(view, view.image(offset)?, None)))
        .take(MAX_CANDIDATES)
        .collect()
}

/// The partition table: at its default place, else the first that is found.
fn table(view: &FlashView) -> Option<PartitionTable> {
    let read = |offset: u32| {
        let first = view.read(offset, TABLE_MAGIC.len())?;
        if first != TABLE_MAGIC {
            return None;
        }
        let bytes = view.read(offset, PARTITION_TABLE_MAX_LEN)?;
        PartitionTable::parse(&bytes).ok()
    };
    let default = view.chip.spec().partition_table_offset;
    let others = (SECTOR..TABLE_END).step_by(SECTOR as usize);
    std::iter::once(default).chain(others).find_map(read)
}

/// The image around a flash offset that is executed in place and that no table names.
pub(super) fn around<S: System>(
    view: &FlashView,
    reader: &Reader<'_, S>,
    offset: u32,
) -> Option<AppImageRun> {
    let starts = (0..=offset / IMAGE_ALIGNMENT).rev();
    let bootloader = view.chip.spec().bootloader_offset;
    let layout = starts
        .map(|page| page * IMAGE_ALIGNMENT)
        .chain([bootloader])
        .find_map(|start| {
            let layout = view.image(start)?;
            (start <= offset && offset < start.saturating_add(layout.len)).then_some(layout)
        })?;
    Some(AppImageRun {
        image: image_run(view.clone(), layout, reader),
        partition: None,
    })
}
