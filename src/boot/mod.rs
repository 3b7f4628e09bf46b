//! What a boot left behind: report, stages, stop reasons, and the named signatures of a refused boot.

mod report;
mod signature;

pub use report::{BootReport, Gap, GapKind, Place, ResetRecord, Stop};
pub use signature::{Match, Scanner, Signature, Stage};
