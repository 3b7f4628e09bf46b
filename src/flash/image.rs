//! The exact bytes of a flash chip, in copy-on-write pages.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::chip::Chip;

/// Size of a copy-on-write page, in bytes.
pub const PAGE_SIZE: usize = 4096;
/// Size of an erase sector, in bytes.
pub const SECTOR_SIZE: usize = 4096;
/// Size of the largest flash that any chip of the family addresses, in bytes: 128 MB (ESP-IDF `esp_app_format.h`,
/// `ESP_IMAGE_FLASH_SIZE_128MB`).
pub const MAX_FLASH_SIZE: usize = 128 << 20;
/// Size of the smallest flash that images are made for, in bytes: 256 KB (esptool `--flash-size`).
pub const MIN_FLASH_SIZE: usize = 256 << 10;

/// What an erased page reads as; shared by all images.
static ERASED: [u8; PAGE_SIZE] = [0xFF; PAGE_SIZE];

/// A flash size that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlashSizeError {
    /// The size is no whole number of pages.
    #[error("flash size of {size} bytes is not a multiple of {PAGE_SIZE} bytes")]
    NotPages {
        /// Size as given, in bytes.
        size: usize,
    },
    /// There are no bytes.
    #[error("flash image is empty")]
    Empty,
    /// The size is beyond every chip's reach.
    #[error("flash size of {size} bytes is larger than {MAX_FLASH_SIZE} bytes")]
    TooLarge {
        /// Size as given, in bytes.
        size: usize,
    },
    /// No flash chip for this chip has such a size.
    #[error(
        "flash size of {size} bytes does not fit an {chip}: it must be a power of two from {min} to {max} bytes",
        min = MIN_FLASH_SIZE
    )]
    NotForChip {
        /// Size as given, in bytes.
        size: usize,
        /// The chip.
        chip: Chip,
        /// Largest size that the chip addresses, in bytes.
        max: usize,
    },
}

/// Flash contents. Cloning shares the pages.
#[derive(Clone)]
pub struct FlashImage {
    /// `None` is an erased page.
    pages: Vec<Option<Arc<[u8; PAGE_SIZE]>>>,
}

impl FlashImage {
    /// An erased flash (all 0xFF) of `size` bytes, a multiple of [`PAGE_SIZE`] (rounded down to one, and to
    /// [`MAX_FLASH_SIZE`] at most; [`FlashImage::check_size`] tells beforehand).
    pub fn erased(size: usize) -> Self {
        FlashImage {
            pages: vec![None; size.min(MAX_FLASH_SIZE) / PAGE_SIZE],
        }
    }

    /// The flash whose bytes are `bytes`, from offset 0.
    ///
    /// # Errors
    /// Where the length is zero, no multiple of [`PAGE_SIZE`], or above [`MAX_FLASH_SIZE`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FlashSizeError> {
        Self::check_size(bytes.len())?;
        let (pages, _) = bytes.as_chunks::<PAGE_SIZE>();
        let pages = pages
            .iter()
            .map(|page| (*page != ERASED).then(|| Arc::new(*page)))
            .collect();
        Ok(FlashImage { pages })
    }

    /// Whether an image of `size` bytes can be made.
    ///
    /// # Errors
    /// Where the size is zero, no multiple of [`PAGE_SIZE`], or above [`MAX_FLASH_SIZE`].
    pub fn check_size(size: usize) -> Result<(), FlashSizeError> {
        match size {
            0 => Err(FlashSizeError::Empty),
            size if size > MAX_FLASH_SIZE => Err(FlashSizeError::TooLarge { size }),
            size if !size.is_multiple_of(PAGE_SIZE) => Err(FlashSizeError::NotPages { size }),
            _ => Ok(()),
        }
    }

    /// Whether a flash of `size` bytes can be soldered to `chip`: a power of two, and not beyond the chip's reach.
    ///
    /// # Errors
    /// [`FlashSizeError::NotForChip`] where it cannot.
    pub fn check_size_for(chip: Chip, size: usize) -> Result<(), FlashSizeError> {
        let max = chip.spec().max_flash_size;
        if size.is_power_of_two() && (MIN_FLASH_SIZE..=max).contains(&size) {
            return Ok(());
        }
        Err(FlashSizeError::NotForChip { size, chip, max })
    }

    /// Size in bytes.
    pub fn size(&self) -> usize {
        self.pages.len() * PAGE_SIZE
    }

    /// The page with number `index` (byte offset / [`PAGE_SIZE`]); an erased one beyond the end.
    pub fn page(&self, index: usize) -> &[u8; PAGE_SIZE] {
        match self.pages.get(index) {
            Some(Some(page)) => page,
            _ => &ERASED,
        }
    }

    /// Copies bytes from `offset` (bytes) on into `out`; beyond the end reads 0xFF.
    pub fn read(&self, offset: u32, out: &mut [u8]) {
        let mut position = offset as usize;
        let mut rest = out;
        while !rest.is_empty() {
            let start = position % PAGE_SIZE;
            let len = rest.len().min(PAGE_SIZE - start);
            let (now, later) = rest.split_at_mut(len);
            now.copy_from_slice(&self.page(position / PAGE_SIZE)[start..start + len]);
            position += len;
            rest = later;
        }
    }

    /// `len` bytes from `offset` on, at most up to the end of the flash.
    pub fn read_vec(&self, offset: u32, len: usize) -> Vec<u8> {
        let len = len.min(self.size().saturating_sub(offset as usize));
        let mut out = vec![0; len];
        self.read(offset, &mut out);
        out
    }

    /// All bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.read_vec(0, self.size())
    }

    /// SHA-256 of all bytes.
    pub fn sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for index in 0..self.pages.len() {
            hash.update(self.page(index));
        }
        hash.finalize().into()
    }

    /// Programs `data` at `offset` as NOR flash does: bits can only go from 1 to 0. Bytes beyond the end are ignored.
    pub fn program(&mut self, offset: u32, data: &[u8]) {
        self.for_each_page(offset, data.len(), |slot, place, from| {
            let data = &data[from..from + place.len()];
            if data.iter().all(|&byte| byte == 0xFF) {
                return;
            }
            for (cell, byte) in page_mut(slot)[place].iter_mut().zip(data) {
                *cell &= byte;
            }
        });
    }

    /// Sets `len` bytes from `offset` on to 0xFF (the caller aligns to sectors or blocks).
    pub fn erase(&mut self, offset: u32, len: u32) {
        self.for_each_page(offset, len as usize, |slot, place, _| {
            if place.len() == PAGE_SIZE {
                *slot = None;
            } else if slot.is_some() {
                page_mut(slot)[place].fill(0xFF);
            }
        });
    }

    /// Overwrites bytes from `offset` on, as a programmer that erases first would. Bytes beyond the end are ignored.
    pub fn write(&mut self, offset: u32, data: &[u8]) {
        self.for_each_page(offset, data.len(), |slot, place, from| {
            let len = place.len();
            page_mut(slot)[place].copy_from_slice(&data[from..from + len]);
        });
    }

    /// Calls `f` for each page that `len` bytes from `offset` on touch, with the place within the page and the number
    /// of bytes before it.
    fn for_each_page(
        &mut self,
        offset: u32,
        len: usize,
        mut f: impl FnMut(&mut Option<Arc<[u8; PAGE_SIZE]>>, Range<usize>, usize),
    ) {
        let first = offset as usize;
        let end = first.saturating_add(len).min(self.size());
        let mut position = first;
        while position < end {
            let start = position % PAGE_SIZE;
            let stop = (start + (end - position)).min(PAGE_SIZE);
            f(
                &mut self.pages[position / PAGE_SIZE],
                start..stop,
                position - first,
            );
            position += stop - start;
        }
    }

    /// The byte ranges where the two images differ, in units of `granularity` bytes (1: exact; neighbours joined).
    /// Where the sizes differ, what only one image has counts as different.
    pub fn differing_ranges(&self, other: &FlashImage, granularity: usize) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let granularity = granularity.clamp(1, PAGE_SIZE);
        let common = self.pages.len().min(other.pages.len());
        for index in (0..common).filter(|&index| !self.shares_page(other, index)) {
            let (mine, theirs) = (self.page(index), other.page(index));
            let units = mine.chunks(granularity).zip(theirs.chunks(granularity));
            let mut start = index * PAGE_SIZE;
            for (a, b) in units {
                if a != b {
                    push_joined(&mut ranges, start..start + a.len());
                }
                start += a.len();
            }
        }
        let (short, long) = (self.size().min(other.size()), self.size().max(other.size()));
        if short < long {
            push_joined(&mut ranges, short..long);
        }
        ranges
    }

    /// Whether both images hold the very same page, which spares the comparison.
    fn shares_page(&self, other: &FlashImage, index: usize) -> bool {
        match (&self.pages[index], &other.pages[index]) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// The page's bytes for writing, copied first where they are shared.
fn page_mut(slot: &mut Option<Arc<[u8; PAGE_SIZE]>>) -> &mut [u8; PAGE_SIZE] {
    Arc::make_mut(slot.get_or_insert_with(|| Arc::new(ERASED)))
}

fn push_joined(ranges: &mut Vec<Range<usize>>, new: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if last.end == new.start => last.end = new.end,
        _ => ranges.push(new),
    }
}

impl PartialEq for FlashImage {
    fn eq(&self, other: &Self) -> bool {
        self.pages.len() == other.pages.len()
            && (0..self.pages.len()).all(|index| {
                self.shares_page(other, index) || self.page(index) == other.page(index)
            })
    }
}

impl Eq for FlashImage {}

impl fmt::Debug for FlashImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.pages.iter().filter(|page| page.is_some()).count();
        f.debug_struct("FlashImage")
            .field("size", &self.size())
            .field("written_pages", &written)
            .finish()
    }
}

#[cfg(test)]
mod tests;
