//! What a system on chip does when a device is accessed, acts by itself, or is reset.

use super::Soc;
use super::board::FlashBus;
use super::device_list::DeviceSet;
use super::family::{Family, Id, OnChip};
use crate::emu::Ticks;
use crate::emu::bus::{At, BusFault, Flow};
use crate::emu::memory::Memory;
use crate::emu::periph::{Effect, FlashCommand, ResetRequest, ResetScope, reset_cause};

impl<F: Family> OnChip<F> {
    pub(super) fn read_device(&mut self, address: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let (id, offset) = self.locate(address, None, at)?;
        F::before_read(self, id);
        let device = self.devices.get(id);
        let lines = device.reads_interrupt().then(|| device.interrupts());
        let (value, flow) = self.board.read_register(device, address, offset, at);
        // A read can have taken the cause of an interrupt away.
        if flow == Flow::Attention || lines.is_some_and(|lines| device.interrupts() != lines) {
            self.board.pending.interrupts = true;
            return Ok((value, Flow::Attention));
        }
        Ok((value, flow))
    }

    pub(super) fn write_device(
        &mut self,
        memory: &mut Memory,
        address: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault> {
        let (id, offset) = self.locate(address, Some(value), at)?;
        let device = self.devices.get(id);
        let lines = device.interrupts();
        let (effect, timing_changed) = self
            .board
            .write_register(device, address, offset, value, at);
        let flow = match effect {
            // Polling a timer, say, is no reason to look at every interrupt line.
            Effect::Interrupts if device.interrupts() == lines => Flow::Continue,
            effect => self.carry_out(memory, id, effect, at),
        };
        Ok(if timing_changed {
            Flow::Attention
        } else {
            flow
        })
    }

    /// The device at an address; where there is none, that is recorded.
    fn locate(
        &mut self,
        address: u32,
        stored: Option<u32>,
        at: At,
    ) -> Result<(Id<F>, u32), BusFault> {
        F::map(self.chip).find(address).ok_or_else(|| {
            self.board.nothing_at(address, stored, at);
            BusFault::Nothing
        })
    }

    /// Carries out what a device asks for.
    fn carry_out(&mut self, memory: &mut Memory, id: Id<F>, effect: Effect, at: At) -> Flow {
        match effect {
            Effect::None => return Flow::Continue,
            Effect::Transmit(byte) => {
                F::transmitted(&mut self.board, id, byte);
                return Flow::Continue;
            }
            Effect::EncryptBuffer => {
                F::encrypt_buffer(self);
                return Flow::Continue;
            }
            Effect::Flash(command) => return self.run_flash_command(id, command, at),
            Effect::MmuEntry(entry) => return self.remap_entry(entry),
            Effect::Interrupts | Effect::InterruptsRouted => self.board.pending.interrupts = true,
            Effect::EfusesBurned => {
                let changes = self.changes();
                self.board.changed(changes, || "eFuse burn".to_owned());
            }
            // Inferred: the hardware takes new fuses over with the controller's read command, as software's view does:
            // ESP-IDF's first boot encrypts under the key that it has just burned and read back, without a reset.
            Effect::EfusesRead => self.latch_efuses(),
            Effect::SignatureKey => F::hand_signature_key(self),
            Effect::Reset(request) => self.software_reset(request, at),
            Effect::DmaTransfer => F::transfer(self, memory, at),
            Effect::CacheChanged => self.unmap_windows(),
            Effect::CoreControl => self.control_cores(),
            Effect::ClocksChanged => F::set_clocks(self),
            Effect::EncryptionControl => self.control_encryption(),
            Effect::PeripheralControl => {}
        }
        Flow::Attention
    }

    /// Software asks for a reset: of another core it comes at once, of the core itself after the family's delay.
    fn software_reset(&mut self, request: ResetRequest, at: At) {
        let own = match request.scope {
            ResetScope::Core(core) => core == at.core,
            ResetScope::Digital | ResetScope::System => true,
        };
        if own && F::RESET_DELAY != 0 {
            self.coming_reset = Some((self.board.now(at) + F::RESET_DELAY, request));
        } else {
            self.board.pending.reset = Some(request);
        }
    }

    /// An entry of the flash MMU changed: only its pages are mapped anew.
    fn remap_entry(&mut self, entry: u32) -> Flow {
        let pages = F::pages_of_entry(self, entry);
        self.board.pending.unmap.extend(pages.iter().flatten());
        if pages.iter().any(Option::is_some) {
            Flow::Attention
        } else {
            Flow::Continue
        }
    }

    fn run_flash_command(&mut self, id: Id<F>, mut command: FlashCommand, at: At) -> Flow {
        if command.encrypted {
            let ciphertext = F::ciphertext(&self.devices);
            let len = command.data_out.len().min(ciphertext.len());
            command.data_out[..len].copy_from_slice(&ciphertext[..len]);
            if len < command.data_out.len() {
                // What the chip sends behind the ciphertext, nobody knows.
                let what = "an encrypted page program of more bytes than were encrypted";
                self.board.stop_at_gap(0, "flash", what, at);
            }
        }
        let burns = self.devices.efuse().burns();
        let windows = &self.silicon().windows;
        let Some((flash, spi)) = self.devices.flash_and_spi(id) else {
            return Flow::Continue;
        };
        let bus = FlashBus {
            flash,
            cache: &mut self.flash_cache,
            spi,
            windows,
        };
        self.board.run_flash_command(bus, burns, &command, at)
    }

    /// Takes the eFuses over, and what depends on them.
    pub(super) fn latch_efuses(&mut self) {
        self.latched = self.devices.efuse().bank().clone();
        F::latch(self);
        self.check_latched();
        let decrypting = F::decrypts_reads(self);
        self.flash_cache.configure(&self.latched, decrypting);
        self.unmap_windows();
        self.control_encryption();
        self.control_cores();
        F::set_clocks(self);
    }

    /// What these eFuses do to the chip may be unknown, or is not modelled: then no verdict may rest on it.
    fn check_latched(&mut self) {
        let at = At {
            core: 0,
            pc: 0,
            remaining: 0,
        };
        if self.latched.flash_encryption_enabled()
            && let Some(why) = self.latched.flash_key_doubt()
        {
            self.board.stop_at_gap(0, "efuse", why, at);
        }
        for (fuse, field, value) in self.latched.unmodelled() {
            let what = fuse.describe(value);
            // Gaps are told apart by address: here, by the place of the fuse.
            let place = (field.block << 16 | field.bit) as u32;
            if fuse.decides {
                self.board.stop_at_gap(place, "efuse", &what, at);
            } else {
                self.board.behaviour(place, "efuse", || what, at);
            }
        }
    }

    fn unmap_windows(&mut self) {
        self.board.pending.unmap.extend(self.silicon().windows);
    }

    /// Takes over whether flash is decrypted and encrypted.
    fn control_encryption(&mut self) {
        let encrypting = F::encrypts_writes(self);
        F::set_encrypting(&mut self.devices, encrypting);
        let decrypting = F::decrypts_reads(self);
        if decrypting != self.flash_cache.decrypting() {
            self.flash_cache.configure(&self.latched, decrypting);
            self.unmap_windows();
        }
    }

    /// Takes over whether the second core is held.
    fn control_cores(&mut self) {
        let held = F::second_core_held(self);
        if self.board.app_core_held && !held {
            self.board.pending.app_core_start = true;
        }
        self.board.app_core_held = held;
    }

    pub(super) fn advance_devices(&mut self, now: Ticks) {
        let reset = &mut self.board.pending.reset;
        self.devices.advance(now, &mut |effect| {
            if let Effect::Reset(request) = effect {
                *reset = Some(request);
            }
        });
        if let Some((_, request)) = self.coming_reset.take_if(|(time, _)| *time <= now) {
            self.board.pending.reset = Some(request);
        }
        self.board.pending.interrupts = true;
    }

    /// Resets what `request` covers and records it.
    pub(super) fn reset_devices(&mut self, request: ResetRequest, now: Ticks) {
        let name = reset_cause::name(self.silicon().reset_causes, request.cause);
        self.board.record_reset(request, name, now);
        if let ResetScope::Core(core) = request.scope {
            F::set_reset_cause(&mut self.devices, usize::from(core), request.cause);
            F::core_was_reset(&mut self.devices, core);
            return;
        }
        self.coming_reset = None;
        if request.scope == ResetScope::System {
            self.devices.reset_rtc(now);
        }
        self.devices.reset_digital(now);
        for core in 0..self.silicon().cores {
            F::set_reset_cause(&mut self.devices, core, request.cause);
        }
        self.board.app_core_held = true;
        self.board.pending.app_core_start = false;
        self.board.pending.interrupts = true;
        self.latch_efuses();
    }
}
