//! Guest memory in 4 KB frames: one flat arena while it runs, copy-on-write pages in snapshots.

use std::sync::Arc;

/// Size of a frame, in bytes.
pub const FRAME_SIZE: usize = 4096;

/// Number of a frame in the arena.
pub type Frame = u32;

type Page = [u8; FRAME_SIZE];

/// Guest code may write the frame.
const WRITABLE: u8 = 1;
/// The frame differs from the page of the last snapshot.
const DIRTY: u8 = 2;
/// Instructions were decoded from the frame.
const CODE: u8 = 4;

/// All memory of a machine.
#[derive(Debug, Clone)]
pub struct Memory {
    bytes: Vec<u8>,
    flags: Vec<u8>,
    saved: Vec<Arc<Page>>,
    free: Vec<Frame>,
    stale_code: Vec<Frame>,
    zero: Arc<Page>,
}

/// The contents of a [`Memory`] at one moment; pages that did not change are shared between snapshots.
#[derive(Debug, Clone)]
pub struct MemorySnapshot {
    pages: Vec<Arc<Page>>,
    flags: Vec<u8>,
    free: Vec<Frame>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            bytes: Vec::new(),
            flags: Vec::new(),
            saved: Vec::new(),
            free: Vec::new(),
            stale_code: Vec::new(),
            zero: Arc::new([0; FRAME_SIZE]),
        }
    }
}

impl Memory {
    /// Adds `len` bytes (rounded up to frames) of zeroed memory and returns the first frame.
    pub(crate) fn add_region(&mut self, len: usize, writable: bool) -> Frame {
        let first = self.flags.len();
        let count = len.div_ceil(FRAME_SIZE);
        self.bytes.resize((first + count) * FRAME_SIZE, 0);
        self.flags
            .resize(first + count, if writable { WRITABLE } else { 0 });
        self.saved.resize(first + count, Arc::clone(&self.zero));
        first as Frame
    }

    /// A frame for derived contents (a decrypted flash page): read-only to the guest.
    pub(crate) fn allocate(&mut self) -> Frame {
        match self.free.pop() {
            Some(frame) => frame,
            None => self.add_region(FRAME_SIZE, false),
        }
    }

    /// Gives a frame of [`Memory::allocate`] back; code decoded from it is dropped.
    pub(crate) fn release(&mut self, frame: Frame) {
        self.forget_code(frame);
        self.free.push(frame);
    }

    /// Notes that the guest is about to write the frame. Returns true if later writes need no notice.
    pub(crate) fn note_write(&mut self, frame: Frame) -> bool {
        let Some(flags) = self.flags.get_mut(frame as usize) else {
            return false;
        };
        *flags |= DIRTY;
        if *flags & CODE != 0 {
            *flags &= !CODE;
            self.stale_code.push(frame);
        }
        true
    }

    /// Notes that instructions are decoded from the frame. Returns true if that is new.
    pub(crate) fn note_code(&mut self, frame: Frame) -> bool {
        match self.flags.get_mut(frame as usize) {
            Some(flags) if *flags & CODE == 0 => {
                *flags |= CODE;
                true
            }
            _ => false,
        }
    }

    fn forget_code(&mut self, frame: Frame) {
        if let Some(flags) = self.flags.get_mut(frame as usize)
            && *flags & CODE != 0
        {
            *flags &= !CODE;
            self.stale_code.push(frame);
        }
    }

    /// Frames whose decoded code is out of date since the last call.
    pub(crate) fn take_stale_code(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.stale_code)
    }

    /// True if [`Memory::take_stale_code`] would return frames.
    pub(crate) fn has_stale_code(&self) -> bool {
        !self.stale_code.is_empty()
    }

    /// The bytes of the whole arena.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the whole arena, for writes that were noted by [`Memory::note_write`].
    #[inline(always)]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The bytes of one frame.
    ///
    /// # Panics
    /// If there is no such frame; frame numbers come from this memory only.
    pub(crate) fn frame(&self, frame: Frame) -> &[u8] {
        &self.bytes[frame as usize * FRAME_SIZE..][..FRAME_SIZE]
    }

    /// Host-side write into frames from `frame` on.
    ///
    /// # Panics
    /// If the bytes do not fit.
    pub(crate) fn load(&mut self, frame: Frame, offset: usize, data: &[u8]) {
        let start = frame as usize * FRAME_SIZE + offset;
        self.bytes[start..start + data.len()].copy_from_slice(data);
        for touched in start / FRAME_SIZE..(start + data.len()).div_ceil(FRAME_SIZE) {
            self.flags[touched] |= DIRTY;
            self.forget_code(touched as Frame);
        }
    }

    /// Saves the contents; costs a copy of the frames that changed since the last snapshot.
    ///
    /// The caller must drop every "later writes need no notice" it holds.
    pub(crate) fn snapshot(&mut self) -> MemorySnapshot {
        for (index, flags) in self.flags.iter_mut().enumerate() {
            if *flags & DIRTY != 0 {
                let mut page = [0; FRAME_SIZE];
                page.copy_from_slice(&self.bytes[index * FRAME_SIZE..][..FRAME_SIZE]);
                self.saved[index] = Arc::new(page);
                *flags &= !DIRTY;
            }
        }
        MemorySnapshot {
            pages: self.saved.clone(),
            flags: self.flags.clone(),
            free: self.free.clone(),
        }
    }

    /// Puts the contents of a snapshot of this memory back; costs a copy of the frames that differ.
    pub(crate) fn restore(&mut self, snapshot: &MemorySnapshot) {
        let old_frames = self.flags.len();
        self.bytes.resize(snapshot.pages.len() * FRAME_SIZE, 0);
        self.saved
            .resize(snapshot.pages.len(), Arc::clone(&self.zero));
        for (index, page) in snapshot.pages.iter().enumerate() {
            let same = index < old_frames
                && self.flags[index] & DIRTY == 0
                && Arc::ptr_eq(&self.saved[index], page);
            if !same {
                self.bytes[index * FRAME_SIZE..][..FRAME_SIZE].copy_from_slice(&page[..]);
                self.saved[index] = Arc::clone(page);
                self.stale_code.push(index as Frame);
            }
        }
        // Code decoded since the snapshot stays valid where the bytes are the same; the flag only says "watch writes".
        self.flags = snapshot.flags.iter().map(|flags| flags | CODE).collect();
        self.free.clone_from(&snapshot.free);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_share_what_did_not_change() {
        let mut memory = Memory::default();
        let first = memory.add_region(3 * FRAME_SIZE, true);
        memory.load(first, 10, &[1, 2, 3]);
        let before = memory.snapshot();
        assert!(memory.note_write(first + 1));
        memory.bytes_mut()[FRAME_SIZE + 5] = 9;
        let after = memory.snapshot();
        assert!(Arc::ptr_eq(&before.pages[0], &after.pages[0]));
        assert!(!Arc::ptr_eq(&before.pages[1], &after.pages[1]));

        memory.restore(&before);
        assert_eq!(memory.frame(first)[10..13], [1, 2, 3]);
        assert_eq!(memory.frame(first + 1)[5], 0);
        memory.restore(&after);
        assert_eq!(memory.frame(first + 1)[5], 9);
    }

    #[test]
    fn writes_to_code_are_noticed_once() {
        let mut memory = Memory::default();
        let frame = memory.add_region(FRAME_SIZE, true);
        assert!(memory.note_code(frame));
        assert!(!memory.note_code(frame));
        assert!(memory.note_write(frame));
        assert_eq!(memory.take_stale_code(), [frame]);
        assert!(memory.note_write(frame));
        assert!(!memory.has_stale_code());
    }
}
