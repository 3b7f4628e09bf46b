//! A system on chip on the bus, and as the machine drives it.

use super::Soc;
use super::board::Board;
use super::device_list::{DeviceSet, earlier};
use super::family::{Family, OnChip};
use crate::boot::{FlashView, Outputs};
use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::bus::{At, BusFault, Entry, Flow, System};
use crate::emu::memory::Memory;
use crate::emu::periph::ResetRequest;
use crate::emu::recorder::{Origin, View};
use crate::flash::FlashImage;

impl<F: Family> System for OnChip<F> {
    fn page(&mut self, memory: &mut Memory, address: u32, at: At) -> Option<Entry> {
        self.memories
            .entry(address)
            .or_else(|| F::cached_entry(self, memory, address, usize::from(at.core)))
    }

    fn read(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        at: At,
    ) -> Result<(u32, Flow), BusFault> {
        if let Some(read) = F::read_apart(self, memory, address, size, at) {
            return read.map(|value| (value, Flow::Continue));
        }
        let (value, flow) = self.read_device(address & !3, at)?;
        self.board.trace(address, value, false, at);
        let value = value >> (8 * (address & 3));
        let mask = if size == 4 {
            u32::MAX
        } else {
            (1 << (8 * size)) - 1
        };
        Ok((value & mask, flow))
    }

    fn write(
        &mut self,
        memory: &mut Memory,
        address: u32,
        size: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault> {
        if let Some(written) = F::write_apart(self, memory, address, size, value, at) {
            return written;
        }
        self.board.trace(address, value, true, at);
        // The APB bridge has no byte lanes: a narrow write puts its bytes where they belong and zeros elsewhere.
        let value = if size == 4 {
            value
        } else {
            (value & ((1 << (8 * size)) - 1)) << (8 * (address & 3))
        };
        self.write_device(memory, address & !3, value, at)
    }

    fn fetch_failed(&mut self, address: u32, at: At) {
        F::fetch_failed(self, address, at);
    }

    fn remap(&mut self, unmap: &mut dyn FnMut(u32, u32)) {
        for (start, end) in self.board.pending.unmap.drain(..) {
            unmap(start, end);
        }
    }

    fn origin(&self, address: u32, core: usize) -> Origin {
        match F::flash_offset(self, address, core) {
            Some(offset) => Origin::Flash(offset),
            None => F::silicon(self.chip).memories.origin(address),
        }
    }

    fn flash_view(&self) -> View {
        let cipher = || self.flash_cache.cipher().clone();
        Some(FlashView {
            chip: F::silicon(self.chip).chip,
            flash: self.devices.flash().image().clone(),
            cipher: self.flash_cache.decrypting().then(cipher),
        })
    }

    fn look(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        F::peek(self, memory, core, address, into)
    }

    fn console_len(&self) -> usize {
        self.board.console().len()
    }

    fn time(&self, at: At) -> Ticks {
        self.board.now(at)
    }

    fn outputs(&self) -> Outputs {
        let pins = self.devices.gpio().driven();
        Outputs {
            changes: self.changes(),
            gpio: pins.changes,
            gpio_high: pins.high,
            gpio_low: pins.low,
            ..self.board.outputs
        }
    }
}

impl<F: Family> Soc for OnChip<F> {
    type Core = F::Core;

    fn board(&self) -> &Board {
        &self.board
    }

    fn board_mut(&mut self) -> &mut Board {
        &mut self.board
    }

    fn flash(&self) -> &FlashImage {
        self.devices.flash().image()
    }

    fn efuses(&self) -> &EfuseBank {
        self.devices.efuse().bank()
    }

    fn changes(&self) -> u64 {
        let flash = self.devices.flash();
        flash.programs() + flash.erases() + self.devices.efuse().burns()
    }

    fn next_event(&self) -> Option<Ticks> {
        let reset = self.coming_reset.map(|(time, _)| time);
        earlier(self.devices.next_event(), reset)
    }

    fn advance(&mut self, now: Ticks) {
        self.advance_devices(now);
    }

    fn interrupt_lines(&mut self) -> [u32; 2] {
        F::interrupt_lines(self)
    }

    fn core_runs(&self, core: usize) -> bool {
        !(core == 1 && self.board.app_core_held) && F::core_runs(self, core)
    }

    fn record_place(&mut self, core: usize, pc: u32, sp: u32) {
        F::record_place(&mut self.devices, core, pc, sp);
    }

    fn reset(&mut self, request: ResetRequest, now: Ticks) {
        self.reset_devices(request, now);
    }

    fn peek(&self, memory: &Memory, core: usize, address: u32, into: &mut [u8]) -> usize {
        F::peek(self, memory, core, address, into)
    }

    fn poke(&mut self, memory: &mut Memory, _core: usize, address: u32, data: &[u8]) -> usize {
        F::poke(self, memory, address, data)
    }

    fn executable(&self, address: u32) -> bool {
        F::executable(self, address)
    }
}
