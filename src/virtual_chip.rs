//! The one interface of all back ends: a chip with flash and eFuses that is powered on and watched.

use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

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
    /// What makes one chip unlike another is drawn from this seed and the chip's own MAC address: random numbers, the unique
    /// ID of its flash chip, what its RAM holds at power-on.
    pub seed: u64,
    /// The unique ID of the flash chip, where it is not to be drawn: some flash chips can be programmed with any.
    pub flash_id: Option<[u8; FLASH_ID_LEN]>,
}

/// Bytes of a flash chip's unique ID.
pub const FLASH_ID_LEN: usize = 16;

/// Numbers that belong to one chip: the same for the same seed and MAC address, others for any other chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Individual {
    /// Seed of its random number generator.
    pub random: u64,
    /// Unique ID of its flash chip.
    pub flash_id: [u8; FLASH_ID_LEN],
    /// Seed of what its RAM holds at power-on.
    pub memory: u64,
    /// The number that the factory burns as OPTIONAL_UNIQUE_ID.
    pub optional_unique_id: [u8; 16],
}

impl Individual {
    /// The numbers of the chip with this MAC address.
    pub fn of(seed: u64, mac: [u8; 6]) -> Individual {
        let draw = |what: &str| -> [u8; 32] {
            Sha256::new()
                .chain_update(b"cloneproof chip ")
                .chain_update(seed.to_le_bytes())
                .chain_update(mac)
                .chain_update(what)
                .finalize()
                .into()
        };
        let number = |what: &str| {
            let [a, b, c, d, e, f, g, h, ..] = draw(what);
            u64::from_le_bytes([a, b, c, d, e, f, g, h])
        };
        let id = |what: &str| {
            let mut id = [0; 16];
            id.copy_from_slice(&draw(what)[..16]);
            id
        };
        Individual {
            random: number("random"),
            flash_id: id("flash"),
            memory: number("memory"),
            optional_unique_id: id("optional unique id"),
        }
    }
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
