//! The one interface of all back ends: a chip with flash and eFuses that is powered on and watched.

use std::ops::ControlFlow;

use crate::boot::{Activity, BootReport, CoreTrace, ExecutionRecord};
use crate::efuse::EfuseBank;
use crate::flash::FlashImage;

/// Level of the boot-mode strapping pins while reset is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strap {
    /// Boot from SPI flash.
    #[default]
    FlashBoot,
    /// Wait for a download over UART.
    UartDownload,
}

/// What a virtual chip is built from.
#[derive(Debug, Clone)]
pub struct PowerOn {
    /// Contents of the SPI flash. The size must be a power of two that the chip can address.
    pub flash: FlashImage,
    /// The eFuses, which also tell chip, revision and MAC.
    pub efuses: EfuseBank,
    /// Boot-mode strap.
    pub strap: Strap,
    /// Seed of the hardware random number generator.
    pub seed: u64,
}

/// Where a run ends at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// Emulated CPU cycles from the call on (built-in chips only).
    pub cycles: u64,
    /// Wall-clock bound from the call on, enforced by back ends that are processes; the built-in chips ignore it.
    pub wall: std::time::Duration,
    /// Resets after power-on; one more ends the run.
    pub resets: u32,
}

/// Called with console output as it appears; `Break` ends the run.
pub trait Watch {
    /// `new` follows directly on what was handed over before.
    fn console(&mut self, new: &[u8]) -> ControlFlow<()>;

    /// Told by back ends that keep one, before the console that goes with it: the record has news. `Break` ends the run.
    fn executed(&mut self, _record: &ExecutionRecord) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Told right before [`Watch::console`] by back ends that know it: resets since power-on.
    fn resets(&mut self, _resets: u64) {}
}

impl<F: FnMut(&[u8]) -> ControlFlow<()>> Watch for F {
    fn console(&mut self, new: &[u8]) -> ControlFlow<()> {
        self(new)
    }
}

/// A chip that can be powered on.
pub trait VirtualChip {
    /// The error of a host-side failure: never something that the guest did.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Runs on (from power-on, if it has not run yet) until the watch breaks, a limit is reached or the chip stops.
    fn run(&mut self, limits: &RunLimits, watch: &mut dyn Watch)
    -> Result<BootReport, Self::Error>;

    /// Where the cores are and how they got there; empty where the back end cannot tell.
    fn core_traces(&self) -> Vec<CoreTrace> {
        Vec::new()
    }

    /// What was executed since power-on; nothing where the back end has only a console.
    fn record(&self) -> Option<&ExecutionRecord> {
        None
    }

    /// What the cores do now; nothing where the back end does not know.
    fn activity(&self) -> Option<Activity> {
        None
    }

    /// Begins a new window of [`Activity::pages`].
    fn begin_window(&mut self) {}

    /// Waits for code at these addresses of the app, each with a name for the record. False where the back end cannot.
    fn watch_symbols(&mut self, _symbols: &[(String, u32)]) -> bool {
        false
    }

    /// The flash as it is now, byte for byte.
    fn flash(&self) -> Result<FlashImage, Self::Error>;

    /// The eFuses as the hardware holds them now.
    fn efuses(&self) -> Result<EfuseBank, Self::Error>;

    /// Cuts power right behind the `changes`-th page program, flash erase or eFuse burn since power-on: the run stops
    /// with [`crate::boot::Stop::PowerCut`]. False where the back end cannot.
    fn cut_power_after(&mut self, _changes: Option<u64>) -> bool {
        false
    }
}
