//! Flash as the caches show it: decrypted page by page, on first use.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::efuse::EfuseBank;
use crate::emu::memory::{FRAME_SIZE, Frame, Memory};
use crate::flash::FlashImage;
use crate::flash_cipher::FlashCipher;

/// The frames of flash pages that were read through a cache.
///
/// Real caches can hold lines that no longer agree with the flash until software flushes them; here the frames of a
/// changed range are dropped at once, as after a flush.
#[derive(Debug, Clone)]
pub struct FlashCache {
    /// By page number and whether it is shown decrypted, where the chip decrypts.
    frames: BTreeMap<(u32, bool), Frame>,
    cipher: FlashCipher,
    decrypting: bool,
    stale: Vec<Frame>,
}

impl FlashCache {
    /// An empty cache over the cipher of these eFuses, not decrypting yet.
    pub fn new(efuses: &EfuseBank) -> Self {
        FlashCache {
            frames: BTreeMap::new(),
            cipher: FlashCipher::from_efuses(efuses),
            decrypting: false,
            stale: Vec::new(),
        }
    }

    /// The cipher between bus and flash.
    pub fn cipher(&self) -> &FlashCipher {
        &self.cipher
    }

    /// True if reads are decrypted.
    pub fn decrypting(&self) -> bool {
        self.decrypting
    }

    /// Takes over the eFuses' key and settings. Returns true if cached pages were dropped.
    pub fn configure(&mut self, efuses: &EfuseBank, decrypting: bool) -> bool {
        self.cipher = FlashCipher::from_efuses(efuses);
        self.decrypting = decrypting;
        self.drop_all()
    }

    /// The frame that shows flash offset `offset` (bytes). Offsets beyond the chip wrap: it ignores those address bits.
    pub fn frame(&mut self, memory: &mut Memory, flash: &FlashImage, offset: u32) -> Frame {
        self.frame_of(memory, flash, offset, true)
    }

    /// The same where each page of the MMU says whether it is to be decrypted (`sensitive`).
    pub fn frame_of(
        &mut self,
        memory: &mut Memory,
        flash: &FlashImage,
        offset: u32,
        sensitive: bool,
    ) -> Frame {
        for frame in self.stale.drain(..) {
            memory.release(frame);
        }
        let pages = (flash.size() / FRAME_SIZE).max(1) as u32;
        let page = offset / FRAME_SIZE as u32 % pages;
        if let Some(&frame) = self.frames.get(&(page, sensitive)) {
            return frame;
        }
        let mut data = *flash.page(page as usize);
        if self.decrypting && sensitive {
            self.cipher.decrypt(page * FRAME_SIZE as u32, &mut data);
        }
        let frame = memory.allocate();
        memory.load(frame, 0, &data);
        self.frames.insert((page, sensitive), frame);
        frame
    }

    /// What [`FlashCache::frame`] would show of the page that flash offset `offset` (bytes) lies in; nothing is kept.
    pub fn peek(&self, memory: &Memory, flash: &FlashImage, offset: u32) -> Vec<u8> {
        self.peek_of(memory, flash, offset, true)
    }

    /// What [`FlashCache::frame_of`] would show.
    pub fn peek_of(
        &self,
        memory: &Memory,
        flash: &FlashImage,
        offset: u32,
        sensitive: bool,
    ) -> Vec<u8> {
        let pages = (flash.size() / FRAME_SIZE).max(1) as u32;
        let page = offset / FRAME_SIZE as u32 % pages;
        if let Some(&frame) = self.frames.get(&(page, sensitive)) {
            return memory.frame(frame).to_vec();
        }
        let mut data = *flash.page(page as usize);
        if self.decrypting && sensitive {
            self.cipher.decrypt(page * FRAME_SIZE as u32, &mut data);
        }
        data.to_vec()
    }

    /// Drops the pages of a range of flash offsets. Returns true if there were any.
    pub fn drop_range(&mut self, range: &Range<u32>) -> bool {
        let first = range.start / FRAME_SIZE as u32;
        let last = range.end.div_ceil(FRAME_SIZE as u32).max(first);
        let pages: Vec<(u32, bool)> = self
            .frames
            .range((first, false)..(last, false))
            .map(|(&page, _)| page)
            .collect();
        for page in &pages {
            self.stale.extend(self.frames.remove(page));
        }
        !pages.is_empty()
    }

    fn drop_all(&mut self) -> bool {
        let any = !self.frames.is_empty();
        self.stale
            .extend(std::mem::take(&mut self.frames).into_values());
        any
    }
}
