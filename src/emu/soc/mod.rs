//! Systems on chip: address map and device table of each chip.

use super::Ticks;
use super::bus::System;
use super::cpu::Cpu;
use super::memory::Memory;
use super::periph::ResetRequest;
use crate::efuse::EfuseBank;
use crate::flash::FlashImage;

pub(crate) mod board;
pub(crate) mod chips;
mod device_list;
pub(crate) mod device_map;
mod dma;
mod effects;
pub(crate) mod esp32;
pub(crate) mod family;
pub(crate) mod flash_cache;
pub(crate) mod flat;
mod gaps;
pub(crate) mod later;
pub(crate) mod lp;
pub(crate) mod memories;
#[cfg(test)]
mod second_opinion;
mod system;
#[cfg(test)]
mod tests;
mod usb_echo;

use board::Board;

/// A system on chip as the machine drives it.
pub trait Soc: System {
    /// The chip's cores.
    type Core: Cpu;

    /// What is not a device.
    fn board(&self) -> &Board;

    /// What is not a device, for changes.
    fn board_mut(&mut self) -> &mut Board;

    /// The flash contents.
    fn flash(&self) -> &FlashImage;

    /// The eFuses.
    fn efuses(&self) -> &EfuseBank;

    /// Page programs, erases and eFuse burns since power-on.
    fn changes(&self) -> u64;

    /// When a device next wants to act.
    fn next_event(&self) -> Option<Ticks>;

    /// Lets the devices act whose time has come.
    fn advance(&mut self, now: Ticks);

    /// The levels of each core's interrupt lines.
    fn interrupt_lines(&mut self) -> [u32; 2];

    /// True if the core's clock runs and it is neither held in reset nor stalled.
    fn core_runs(&self, core: usize) -> bool;

    /// `core` is about to be reset at this program counter and stack pointer.
    fn record_place(&mut self, _core: usize, _pc: u32, _sp: u32) {}

    /// Resets the devices that the request covers and records it.
    fn reset(&mut self, request: ResetRequest, now: Ticks);

    /// Copies memory from `address` on as `core` sees it, without any effect on the guest: at least one byte where memory
    /// is, as many as lie together otherwise. Returns how many; 0 where there is a device or nothing.
    fn peek(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize;

    /// Writes RAM from `address` on; returns how many bytes, 0 where there is none.
    fn poke(&mut self, memory: &mut Memory, core: usize, address: u32, data: &[u8]) -> usize;

    /// True if instructions can be fetched from the address at all.
    fn executable(&self, address: u32) -> bool;

    /// Name of the ROM function at an address.
    fn symbol(&self, address: u32) -> Option<String> {
        self.board().rom.symbol(address)
    }
}
