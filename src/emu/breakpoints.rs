//! Addresses before which execution stops, as every core's cache of decoded code keeps them.

use super::memory::FRAME_SIZE;

/// Most breakpoints at a time.
const MAX_BREAKPOINTS: usize = 1024;

/// The breakpoints of a machine.
///
/// The slots at their addresses, and all at the same offset of other pages, take the path of instructions that lie in two
/// pages, so that the usual path need not ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Breakpoints {
    addresses: Vec<u32>,
    /// The breakpoint that the next instruction there does not stop at.
    pass: Option<u32>,
    /// Addresses that execution only tells of.
    observed: Vec<u32>,
}

/// What [`Breakpoints::set`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// It is new: slots at its offset are out of date.
    New,
    /// It was there already.
    Known,
    /// There are too many.
    Full,
}

impl Breakpoints {
    pub fn set(&mut self, address: u32) -> Set {
        if self.addresses.contains(&address) {
            Set::Known
        } else if self.addresses.len() < MAX_BREAKPOINTS {
            self.addresses.push(address);
            Set::New
        } else {
            Set::Full
        }
    }

    /// Takes one away; false if there was none.
    pub fn clear(&mut self, address: u32) -> bool {
        let before = self.addresses.len();
        self.addresses.retain(|&other| other != address);
        self.addresses.len() < before
    }

    /// Takes all away and returns where they were.
    pub fn take(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.addresses)
    }

    /// Lets the next instruction run if it is the one at `address`, breakpoint or not.
    pub fn pass(&mut self, address: Option<u32>) {
        self.pass = address;
    }

    /// True if execution has to stop before the instruction at `address`.
    pub fn stops_at(&mut self, address: u32) -> bool {
        self.addresses.contains(&address) && self.pass.take() != Some(address)
    }

    /// Tells of these addresses from now on, and of no others. Returns all whose slots are out of date.
    pub fn observe(&mut self, addresses: &[u32]) -> Vec<u32> {
        let before = std::mem::replace(&mut self.observed, addresses.to_vec());
        before
            .into_iter()
            .chain(addresses.iter().copied())
            .collect()
    }

    /// True if execution has to tell of the instruction at `address`.
    pub fn observes(&self, address: u32) -> bool {
        self.observed.contains(&address)
    }

    /// True if there is one at this offset of any page.
    pub fn any_at_offset(&self, offset: usize) -> bool {
        let same = |&address: &u32| address as usize & (FRAME_SIZE - 1) == offset;
        self.addresses.iter().any(same)
    }
}
