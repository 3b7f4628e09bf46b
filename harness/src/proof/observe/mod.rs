//! Runs a chip until it has told what there is to tell, and says how that ended.
//!
//! A chip that keeps a record of what it executes is judged by that (`recorded`); of one that has only a console, the
//! console's lines are all there is (`console`).

mod console;
mod recorded;
mod seen;

use cloneproof::virtual_chip::VirtualChip;

pub use seen::{AppEnd, Ended, Evidence, Observation, Settled};

use crate::backend::Budget;
use crate::base::error::BackendError;
use crate::input::scenario::SignOfLife;

/// Runs `chip` until the app lives, a refusal has shown that it stays, or the budget is used up.
///
/// # Errors
/// Those of the back end.
pub fn observe(
    chip: &mut dyn VirtualChip<Error = BackendError>,
    budget: &Budget,
    sign: &SignOfLife,
) -> Result<Observation, BackendError> {
    match chip.record() {
        Some(_) => recorded::observe(chip, budget, sign),
        None => console::observe(chip, budget, sign.scanner()),
    }
}
