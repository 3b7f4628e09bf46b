//! The built-in emulator as a back end.

use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::virtual_chip::PowerOn;

use super::{Adapter, AnyChip, Backend, BackendError};

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
        concat!("cloneproof ", env!("CARGO_PKG_VERSION"), ", built-in emulator").to_owned()
    }

    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError> {
        match BuiltinChip::new(power_on) {
            Ok(chip) => Ok(Box::new(Adapter::new(NAME, chip))),
            Err(error) => Err(BackendError::Build {
                backend: NAME,
                source: Box::new(error),
            }),
        }
    }
}
