//! Systems on chip: address map and device table of each chip.

use super::Ticks;
use super::bus::System;
use super::cpu::Cpu;
use super::memory::Memory;
use super::periph::ResetRequest;
use crate::boot::{Gap, ResetRecord, Stop};

pub mod esp32;
pub mod flat;
mod gaps;

/// A system on chip as the machine drives it.
pub trait Soc: System {
    /// The chip's cores.
    type Core: Cpu;

    /// Tells the clock of the slice that is about to run: its end, and the length of a CPU cycle.
    fn begin_slice(&mut self, end: Ticks);

    /// Length of a CPU cycle.
    fn ticks_per_cycle(&self) -> u64;

    /// When a device next wants to act.
    fn next_event(&self) -> Option<Ticks>;

    /// Lets the devices act whose time has come.
    fn advance(&mut self, now: Ticks);

    /// The levels of each core's interrupt lines, if they may have changed since the last call.
    fn interrupt_lines(&mut self) -> Option<[u32; 2]>;

    /// True if the core's clock runs and it is neither held in reset nor stalled.
    fn core_runs(&self, core: usize) -> bool;

    /// True if the core left reset since the last call: it must start at its reset vector.
    fn take_core_start(&mut self, core: usize) -> bool;

    /// Why the machine must stop now, if something in the system asks for it.
    fn take_stop(&mut self) -> Option<Stop>;

    /// The reset that a device asked for since the last call.
    fn take_reset(&mut self) -> Option<ResetRequest>;

    /// Resets the devices that the request covers and records it.
    fn reset(&mut self, request: ResetRequest, now: Ticks);

    /// All console output since power-on.
    fn console(&self) -> &[u8];

    /// Resets since power-on.
    fn resets(&self) -> &[ResetRecord];

    /// What was touched and is not modelled.
    fn gaps(&self) -> Vec<Gap>;

    /// Copies memory from `address` on as `core` sees it, without any effect on the guest: at least one byte where memory
    /// is, as many as lie together otherwise. Returns how many; 0 where there is a device or nothing.
    fn peek(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize;

    /// Writes RAM from `address` on; returns how many bytes, 0 where there is none.
    fn poke(&mut self, memory: &mut Memory, core: usize, address: u32, data: &[u8]) -> usize;

    /// True if instructions can be fetched from the address at all.
    fn executable(&self, address: u32) -> bool;

    /// Name of the ROM function at an address.
    fn symbol(&self, address: u32) -> Option<String>;
}
