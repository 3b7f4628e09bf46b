//! The list of what was touched and is not modelled, once per address.

use std::collections::BTreeMap;

use crate::boot::{Gap, GapKind, Place};

/// Most gaps that are kept: a guest that sweeps the address space must not grow the host.
const LIMIT: usize = 4096;

/// Gaps in the order of their addresses.
#[derive(Debug, Clone, Default)]
pub struct GapLog {
    gaps: BTreeMap<(u8, u32), Gap>,
}

impl GapLog {
    /// Records a gap unless one of the same kind at the same address is known. `make` is called for new ones only.
    pub fn record(
        &mut self,
        class: Class,
        address: u32,
        make: impl FnOnce() -> (GapKind, Place, String),
    ) {
        let key = (class as u8, address);
        // Behaviour can decide a verdict: it is never dropped for the sake of registers.
        let room =
            self.gaps.len() < LIMIT || class == Class::Behaviour && self.gaps.len() < 2 * LIMIT;
        if room && !self.gaps.contains_key(&key) {
            let (kind, place, device) = make();
            self.gaps.insert(
                key,
                Gap {
                    kind,
                    place,
                    device,
                },
            );
        }
    }

    /// All of them.
    pub fn list(&self) -> Vec<Gap> {
        self.gaps.values().cloned().collect()
    }
}

/// What tells gaps at one address apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A register read.
    Read,
    /// A register write.
    Write,
    /// Known hardware behaviour that is not modelled.
    Behaviour,
}
