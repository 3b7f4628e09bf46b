//! The built-in emulator: cores, bus, devices and systems on chip.
//!
//! Time is counted in `Ticks` of 1/480 MHz, of which every CPU and APB clock of the family is a whole divisor.

mod breakpoints;
pub mod builtin;
pub(crate) mod bus;
pub(crate) mod cpu;
mod inspect;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod periph;
pub(crate) mod recorder;
pub mod riscv;
pub mod rom;
pub(crate) mod soc;
pub mod xtensa;

pub use soc::flat::Flat;

/// Emulated time since power-on, in units of 1/480 MHz.
pub(crate) type Ticks = u64;

/// Ticks in one second.
pub(crate) const TICKS_PER_SECOND: u64 = 480_000_000;
/// Ticks in one microsecond.
pub(crate) const TICKS_PER_US: u64 = 480;
/// Ticks of one period of the 80 MHz APB clock.
pub(crate) const TICKS_PER_APB: u64 = 6;
/// Ticks of one period of the 40 MHz crystal.
pub(crate) const TICKS_PER_XTAL: u64 = 12;
/// Ticks of one period of the 150 kHz RTC slow clock.
pub(crate) const TICKS_PER_RTC_SLOW: u64 = 3200;
/// Ticks of one period of the 8 MHz RC oscillator.
pub(crate) const TICKS_PER_RC8M: u64 = 60;
