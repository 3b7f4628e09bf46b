//! The built-in emulator as a back end.

use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::virtual_chip::PowerOn;

use super::contract::{Adapter, AnyChip, Backend, Trace};
use super::trace::TracedChip;
use crate::base::error::BackendError;

/// Name of the back end.
pub const NAME: &str = "builtin";

/// The built-in emulator.
#[derive(Debug, Clone, Copy)]
pub struct Builtin;

impl Backend for Builtin {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> String {
        concat!(
            "cloneproof ",
            env!("CARGO_PKG_VERSION"),
            ", built-in emulator"
        )
        .to_owned()
    }

    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError> {
        Ok(Box::new(Adapter::new(NAME, new(power_on)?)))
    }

    fn build_traced(&self, power_on: PowerOn, trace: Trace) -> Result<AnyChip, BackendError> {
        let chip = TracedChip::new(new(power_on)?, trace);
        Ok(Box::new(Adapter::new(NAME, chip)))
    }
}

/// Builds the chip itself.
///
/// # Errors
/// Where that is not possible.
pub fn new(power_on: PowerOn) -> Result<BuiltinChip, BackendError> {
    BuiltinChip::new(power_on).map_err(|error| BackendError::Build {
        backend: NAME,
        source: Box::new(error),
    })
}
