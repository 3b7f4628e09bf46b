//! Console lines that name the reason of a refused boot, by chip and stage.

/// The part of the boot chain that spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The mask ROM.
    Rom,
    /// The second-stage bootloader.
    Bootloader,
    /// The application.
    App,
}

/// A named reason for a refusal (SKELETON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Signature {
    /// `invalid header: 0x????????`.
    InvalidHeader,
}

/// A signature found on the console (SKELETON).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which one.
    pub signature: Signature,
    /// The line.
    pub line: String,
}

/// Finds signatures in console output as it arrives (SKELETON).
#[derive(Debug, Default)]
pub struct Scanner {}
