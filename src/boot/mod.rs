//! What a boot left behind: report, stages, stop reasons, and the named signatures of a refused boot.

mod app_start;
mod log_line;
mod panic;
mod pattern;
mod place;
mod record;
mod recorded;
mod report;
mod scanner;
mod signature;
mod stored;
mod trace;

pub use panic::{MAX_PANICS, Panic, PanicKind, PanicScanner, panics};
pub use place::{Place, ResetRecord};
pub use record::{
    Activity, AppRun, BootEnd, BootRecord, ExecutionRecord, Fault, FaultLog, Furthest, Loaded,
    MAX_RECORDED_BOOTS, MAX_RECORDED_FAULTS, Moment, Outputs, RECORDED_UARTS, Reached,
};
pub use report::{BootReport, Gap, GapKind, Stop};
pub use scanner::{Boot, MAX_BOOTS, MAX_LINE, Match, NumberedLine, Scanner};
pub use signature::{Signature, Stage, UnknownName};
pub use stored::{AppImageRun, FlashView, ImageLayout, ImageRun, Segment};
pub use trace::{CoreTrace, TraceFrame};
