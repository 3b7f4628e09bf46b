//! Peripherals: one file a register block. What only the ESP32 has is in [`esp32`], what only the chips after it have in
//! [`later`], and what all have, here.
//!
//! A device sees its own register offsets and the time, and hands back an [`Effect`] that the system on chip carries
//! out. Devices never call each other, and know neither core nor address map.

mod aes_modes;
mod bignum_memory;
pub mod bits;
pub mod efuse_ctrl;
mod efuse_layout;
pub mod esp32;
pub mod flash_chip;
pub mod flash_opcode;
pub mod gpio;
pub(crate) mod gpio_layout;
pub mod later;
pub(crate) mod lp;
pub mod regi2c;
pub mod register_file;
pub mod reset_cause;
pub mod rng;
pub mod rtc_cntl;
pub mod rtc_io;
mod rtc_layout;
mod rtc_watchdog;
pub mod sens;
mod sha_core;
pub mod spi_mem;
pub mod timg;
mod timg_counter;
mod timg_layout;
pub mod uart;
pub mod watchdog;

use crate::emu::Ticks;

/// The answer to a register read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegRead {
    /// The value read.
    pub value: u32,
    /// False where the register is not modelled and the value is only what was last written.
    pub modelled: bool,
}

impl RegRead {
    /// The answer of a register that is modelled.
    pub const fn modelled(value: u32) -> Self {
        RegRead {
            value,
            modelled: true,
        }
    }
}

/// The answer to a register write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegWrite {
    /// What the system on chip must do now.
    pub effect: Effect,
    /// False where the register is not modelled and the value was only stored.
    pub modelled: bool,
}

impl RegWrite {
    /// The answer of a register that is modelled.
    pub const fn modelled(effect: Effect) -> Self {
        RegWrite {
            effect,
            modelled: true,
        }
    }

    /// The answer of a register that is modelled and has no effect outside the device.
    pub const fn stored() -> Self {
        RegWrite::modelled(Effect::None)
    }
}

/// What a device asks the system on chip to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing.
    None,
    /// The levels of this device's interrupt lines may have changed: read [`Device::interrupts`] again.
    Interrupts,
    /// A UART sent this byte.
    Transmit(u8),
    /// Run this command on the flash chip and hand the result to `SpiMem::complete`.
    Flash(FlashCommand),
    /// Encrypt the flash-encryption block's buffer now.
    EncryptBuffer,
    /// The eFuse controller carried out a programming command.
    EfusesBurned,
    /// The eFuse controller carried out a read command.
    EfusesRead,
    /// Reset something.
    Reset(ResetRequest),
    /// A DMA channel or an accelerator that takes its data by DMA was started: see whether a transfer can go on.
    DmaTransfer,
    /// This entry of the flash MMU's table changed; where cores have tables of their own, in any of them.
    MmuEntry(u32),
    /// What the caches serve changed.
    CacheChanged,
    /// A core may be held, released, stalled or stopped now.
    CoreControl,
    /// The source or the divider of a clock changed.
    ClocksChanged,
    /// Whether flash is read decrypted and written encrypted may have changed.
    EncryptionControl,
    /// Clocks or resets of peripherals were switched.
    PeripheralControl,
    /// Sources drive other interrupts of the cores now, or these are masked otherwise.
    InterruptsRouted,
    /// The digital signature peripheral waits for the key that HMAC derived.
    SignatureKey,
}

/// A transaction on the SPI flash bus.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlashCommand {
    /// Command byte.
    pub opcode: u8,
    /// Address phase, if there is one (24 or 32 bits).
    pub address: Option<u32>,
    /// Bytes sent after the address.
    pub data_out: Vec<u8>,
    /// Number of bytes to receive.
    pub read_len: usize,
    /// Data bytes are to be replaced by the flash-encryption block's ciphertext before they are sent.
    pub encrypted: bool,
}

/// Guest memory as DMA reaches it.
pub trait DmaMemory {
    /// Reads bytes from a bus address; false where DMA reaches no memory.
    fn load(&mut self, address: u32, into: &mut [u8]) -> bool;

    /// Writes bytes to a bus address; false where DMA reaches no memory.
    fn store(&mut self, address: u32, data: &[u8]) -> bool;
}

/// Which reset, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetRequest {
    /// What is reset.
    pub scope: ResetScope,
    /// Cause code, as `RTC_CNTL_RESET_CAUSE_*` and the ROM banner count it.
    pub cause: u8,
}

/// What a reset covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetScope {
    /// One CPU core only.
    Core(u8),
    /// Both cores and the digital domain, RTC kept.
    Digital,
    /// Everything, the RTC domain too.
    System,
}

/// A block of memory-mapped registers.
pub trait Device {
    /// Short name for gap reports, e.g. `"uart0"`.
    fn name(&self) -> &'static str;

    /// Reads the 32-bit register at `offset` (a multiple of 4) at time `now`. Reads may have side effects.
    fn read(&mut self, offset: u32, now: Ticks) -> RegRead;

    /// Writes the 32-bit register at `offset` (a multiple of 4) at time `now`.
    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite;

    /// When this device next wants [`Device::advance`] to be called, if ever: an interrupt or a watchdog stage.
    fn next_event(&self) -> Option<Ticks> {
        None
    }

    /// Time has reached `now`, at or after [`Device::next_event`].
    fn advance(&mut self, _now: Ticks) -> Effect {
        Effect::None
    }

    /// Whether a read alone can change the levels of the device's interrupt lines, other than by an event that is due.
    fn reads_interrupt(&self) -> bool {
        false
    }

    /// Levels of the device's interrupt lines, bit by line; each device documents its lines.
    fn interrupts(&self) -> u32 {
        0
    }

    /// Back to the state after a digital reset.
    fn reset(&mut self, now: Ticks);

    /// The RTC domain is reset: everything is lost that a digital reset keeps.
    fn reset_rtc(&mut self, _now: Ticks) {}
}

#[cfg(test)]
mod robustness_tests;
