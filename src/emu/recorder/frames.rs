//! A set of frames of guest memory, as bits.

use crate::emu::memory::Frame;

/// Frames by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct FrameSet {
    words: Vec<u64>,
}

impl FrameSet {
    /// Whether a frame is in the set.
    #[inline(always)]
    pub fn contains(&self, frame: Frame) -> bool {
        let word = self.words.get(frame as usize / 64);
        word.is_some_and(|word| word >> (frame % 64) & 1 != 0)
    }

    /// Adds a frame; false if it was there.
    pub fn insert(&mut self, frame: Frame) -> bool {
        let index = frame as usize / 64;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        let bit = 1 << (frame % 64);
        let new = self.words[index] & bit == 0;
        self.words[index] |= bit;
        new
    }

    /// Takes a frame out.
    pub fn remove(&mut self, frame: Frame) {
        if let Some(word) = self.words.get_mut(frame as usize / 64) {
            *word &= !(1 << (frame % 64));
        }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let mut set = FrameSet::default();
        assert!(set.insert(70) && !set.insert(70) && set.insert(3));
        assert!(set.contains(70) && set.contains(3) && !set.contains(4) && !set.contains(1000));
        set.remove(70);
        set.remove(5000);
        assert!(!set.contains(70) && set.insert(70));
        set.clear();
        assert!(!set.contains(3));
    }
}
