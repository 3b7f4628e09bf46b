//! Images that ran, and what lies in flash in their place: as the chip deciphers it, read only when it is asked for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::chip::Chip;
use crate::flash::FlashImage;
use crate::flash_cipher::FlashCipher;

/// Deciphering starts at a multiple of this many bytes: the largest unit of the flash ciphers.
const UNIT: usize = 128;
const MAGIC: u8 = 0xE9;
const HEADER_LEN: usize = 24;
const SEGMENT_HEADER_LEN: usize = 8;
const MAX_SEGMENTS: usize = 16;
const CHECKSUM_ALIGNMENT: usize = 16;
const HASH_LEN: usize = 32;
/// Segments below this address are not loaded (ESP-IDF `esp_image_format.c`, `should_load`).
const FIRST_LOADED_ADDRESS: u32 = 0x1000_0000;

/// Flash as a chip reads it at one moment.
#[derive(Debug, Clone)]
pub struct FlashView {
    /// The chip.
    pub chip: Chip,
    /// The bytes that are stored.
    pub flash: FlashImage,
    /// The cipher between bus and flash, if reads are deciphered.
    pub cipher: Option<FlashCipher>,
}

impl FlashView {
    /// `len` bytes from `offset` on; nothing where they do not lie in the flash.
    pub fn read(&self, offset: u32, len: usize) -> Option<Vec<u8>> {
        let from = offset as usize;
        let end = from.checked_add(len)?;
        if end > self.flash.size() {
            return None;
        }
        let start = from / UNIT * UNIT;
        let stop = end.next_multiple_of(UNIT).min(self.flash.size());
        let mut data = self.flash.read_vec(start as u32, stop - start);
        if let Some(cipher) = &self.cipher {
            cipher.decrypt(start as u32, &mut data);
        }
        Some(data[from - start..end - start].to_vec())
    }

    /// The structure of the image at an offset, if one is there.
    pub fn image(&self, offset: u32) -> Option<ImageLayout> {
        let header = self.read(offset, HEADER_LEN)?;
        let count = usize::from(header[1]);
        if header[0] != MAGIC || count > MAX_SEGMENTS {
            return None;
        }
        let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let mut segments = Vec::with_capacity(count);
        let mut at = HEADER_LEN;
        for _ in 0..count {
            let raw = self.read(offset.checked_add(at as u32)?, SEGMENT_HEADER_LEN)?;
            let (address, len) = (word(&raw), word(&raw[4..]) as usize);
            at += SEGMENT_HEADER_LEN;
            segments.push(Segment {
                address,
                at: at as u32,
                len: len as u32,
            });
            at = at.checked_add(len).filter(|&at| at <= self.flash.size())?;
        }
        let mut len = at / CHECKSUM_ALIGNMENT * CHECKSUM_ALIGNMENT + CHECKSUM_ALIGNMENT;
        if header[HEADER_LEN - 1] == 1 {
            len += HASH_LEN;
        }
        Some(ImageLayout {
            offset,
            entry: word(&header[4..]),
            segments,
            len: len as u32,
        })
    }
}

/// A segment of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Address where the bytes are loaded or mapped.
    pub address: u32,
    /// Offset of the bytes in the image.
    pub at: u32,
    /// Their number.
    pub len: u32,
}

/// Where the parts of an image in flash are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageLayout {
    /// Flash offset of its header, in bytes.
    pub offset: u32,
    /// Address of its first instruction.
    pub entry: u32,
    /// Its segments.
    pub segments: Vec<Segment>,
    /// Bytes of the whole image: with padding, checksum and hash.
    pub len: u32,
}

impl ImageLayout {
    /// The segments that are copied to RAM before it runs.
    pub fn loaded(&self, chip: Chip) -> impl Iterator<Item = &Segment> {
        let mapped = chip.spec().mapped;
        self.segments.iter().filter(move |segment| {
            segment.address >= FIRST_LOADED_ADDRESS
                && !mapped.iter().any(|range| range.contains(&segment.address))
        })
    }
}

/// Bytes that are deciphered and hashed when somebody asks, once for all copies.
#[derive(Clone)]
struct Stored {
    inner: Arc<StoredInner>,
}

struct StoredInner {
    view: FlashView,
    layout: ImageLayout,
    digests: OnceLock<Option<Digests>>,
}

#[derive(Clone, Copy)]
struct Digests {
    whole: [u8; 32],
    loaded: [u8; 32],
    sound: bool,
}

impl Stored {
    fn new(view: FlashView, layout: ImageLayout) -> Self {
        Stored {
            inner: Arc::new(StoredInner {
                view,
                layout,
                digests: OnceLock::new(),
            }),
        }
    }

    fn digests(&self) -> Option<Digests> {
        *self.inner.digests.get_or_init(|| self.inner.read())
    }
}

impl StoredInner {
    fn read(&self) -> Option<Digests> {
        let layout = &self.layout;
        let bytes = self.view.read(layout.offset, layout.len as usize)?;
        let mut loaded = Sha256::new();
        for segment in layout.loaded(self.view.chip) {
            let from = segment.at as usize;
            loaded.update(bytes.get(from..from + segment.len as usize)?);
        }
        let sound = crate::flash::app_image::AppImage::parse_verified(&bytes).is_ok();
        Some(Digests {
            whole: Sha256::digest(&bytes).into(),
            loaded: loaded.finalize().into(),
            sound,
        })
    }
}

/// An image whose code ran.
#[derive(Clone)]
pub struct ImageRun {
    /// Flash offset of its header, in bytes.
    pub flash_offset: u32,
    /// Address of its first instruction, as its header has it.
    pub entry: u32,
    /// SHA-256 of what lay in RAM at the addresses of its loaded segments when its first instruction ran.
    pub memory_sha256: [u8; 32],
    stored: Stored,
}

impl ImageRun {
    /// The image with this layout, of which this was found in RAM.
    pub fn new(view: FlashView, layout: ImageLayout, memory_sha256: [u8; 32]) -> Self {
        ImageRun {
            flash_offset: layout.offset,
            entry: layout.entry,
            memory_sha256,
            stored: Stored::new(view, layout),
        }
    }

    /// SHA-256 of the whole image as the chip deciphers it; nothing where it does not lie in the flash.
    pub fn sha256(&self) -> Option<[u8; 32]> {
        Some(self.stored.digests()?.whole)
    }

    /// Whether what lay in RAM is what the image in flash says, byte for byte.
    pub fn is_as_stored(&self) -> bool {
        let digests = self.stored.digests();
        digests.is_some_and(|digests| digests.loaded == self.memory_sha256)
    }

    /// Whether the image's own checksum and hash are right.
    pub fn is_sound(&self) -> bool {
        self.stored.digests().is_some_and(|digests| digests.sound)
    }

    /// Bytes of the whole image.
    pub fn len(&self) -> u32 {
        self.stored.inner.layout.len
    }

    /// True for an image without a byte, which there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for ImageRun {
    fn eq(&self, other: &Self) -> bool {
        self.flash_offset == other.flash_offset
            && self.entry == other.entry
            && self.memory_sha256 == other.memory_sha256
            && self.sha256() == other.sha256()
    }
}

impl Eq for ImageRun {}

impl fmt::Debug for ImageRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageRun")
            .field("flash_offset", &self.flash_offset)
            .field("entry", &self.entry)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// An app image whose code ran, and its partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppImageRun {
    /// The image.
    pub image: ImageRun,
    /// Label and subtype of the partition that holds it, where a table names one.
    pub partition: Option<(String, u8)>,
}
