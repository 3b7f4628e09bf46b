//! The QEMU back end where it is not supported: everything but Unix, which has no process groups.

use std::convert::Infallible;
use std::path::PathBuf;

use cloneproof::chip::Chip;
use cloneproof::virtual_chip::PowerOn;

use super::contract::{AnyChip, Backend, Budget, Diagnosis, Fact};
use crate::base::error::BackendError;

/// Name of the back end.
pub const NAME: &str = "qemu";

const REMEDY: &str =
    "use --backend builtin, which needs nothing, or run cloneproof on Linux or macOS";

/// There is none.
#[derive(Debug)]
pub struct Qemu(Infallible);

impl Qemu {
    /// Finds nothing.
    ///
    /// # Errors
    /// Always.
    pub fn locate(_folders: &[PathBuf], _chips: &[Chip]) -> Result<Qemu, BackendError> {
        Err(BackendError::Missing {
            backend: NAME,
            what: "it works on Linux and macOS only".to_owned(),
            remedy: REMEDY.to_owned(),
        })
    }
}

impl Backend for Qemu {
    fn name(&self) -> &'static str {
        NAME
    }

    fn identity(&self) -> String {
        match self.0 {}
    }

    fn build(&self, _power_on: PowerOn) -> Result<AnyChip, BackendError> {
        match self.0 {}
    }

    fn budget(&self) -> Budget {
        match self.0 {}
    }
}

/// Says that there is none.
pub fn diagnose(_folders: &[PathBuf]) -> Diagnosis {
    Diagnosis {
        facts: vec![Fact {
            good: false,
            text: "not supported on this system".to_owned(),
        }],
        remedy: Some(REMEDY),
    }
}
