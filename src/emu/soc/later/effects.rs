//! What the SoC does when a device is accessed, acts by itself, or is reset.

use super::LaterSoc;
use super::devices::{DIGITAL, Devices, TIMED};
use super::layout::DeviceId;
use crate::efuse::EfuseBank;
use crate::emu::bus::{At, BusFault, Flow};
use crate::emu::cpu::Cpu;
use crate::emu::memory::Memory;
use crate::emu::periph::dma_client::serve;
use crate::emu::periph::{DmaMemory, Effect, FlashCommand, ResetRequest, ResetScope, reset_cause};
use crate::emu::soc::Soc;
use crate::emu::soc::board::FlashBus;
use crate::emu::soc::memories::Memories;
use crate::emu::{TICKS_PER_US, Ticks};
use crate::virtual_chip::Strap;

/// How long a core goes on after it asked for its own reset.
///
/// Observed on ESP32-C3 boards: `Saved PC:` is in the endless loop of ESP-IDF's `esp_restart_noos`, some dozen
/// instructions behind the store in the mask ROM (esp-idf issues 10247 and 18222). Inferred: one microsecond.
const RESET_DELAY: Ticks = TICKS_PER_US;

/// Internal RAM as DMA reaches it (TRM, "GDMA Controller": internal RAM on the data bus).
struct DmaBus<'a> {
    memories: &'a Memories,
    memory: &'a mut Memory,
}

impl DmaBus<'_> {
    fn reaches(&self, address: u32) -> bool {
        let region = self.memories.map().region(address);
        region.is_some_and(|region| !region.fetch)
    }
}

impl DmaMemory for DmaBus<'_> {
    fn load(&mut self, address: u32, into: &mut [u8]) -> bool {
        self.reaches(address) && self.memories.peek(self.memory, address, into) == Some(into.len())
    }

    fn store(&mut self, address: u32, data: &[u8]) -> bool {
        self.reaches(address) && self.memories.poke(self.memory, address, data) == data.len()
    }
}

impl<C: Cpu> LaterSoc<C> {
    pub(super) fn read_device(
        &mut self,
        _memory: &mut Memory,
        address: u32,
        at: At,
    ) -> Result<(u32, Flow), BusFault> {
        let (id, offset) = self.locate(address, None, at)?;
        if id == DeviceId::Interrupts {
            let levels = self.devices.source_levels(&self.layout.sources);
            self.devices.interrupts.set_source_levels(levels);
        }
        let device = self.devices.get(id);
        let events = device.next_event();
        let lines = device.interrupts();
        let (value, flow) = self.board.read_register(device, address, offset, at);
        let device = self.devices.get(id);
        // A read can have taken the cause of an interrupt away.
        if device.interrupts() != lines || device.next_event() != events {
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
        let unchanged = device.interrupts() == lines;
        let flow = match (id, effect) {
            // Polling a timer, say, is no reason to look at every interrupt line.
            (_, Effect::Interrupts) if unchanged => Flow::Continue,
            (DeviceId::Mmu, Effect::Reconfigured) => self.remap_page(offset),
            (_, effect) => self.carry_out(memory, id, effect, at),
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
    ) -> Result<(DeviceId, u32), BusFault> {
        self.layout.device(address).ok_or_else(|| {
            self.board.nothing_at(address, stored, at);
            BusFault::Nothing
        })
    }

    /// Carries out what a device asks for.
    fn carry_out(&mut self, memory: &mut Memory, id: DeviceId, effect: Effect, at: At) -> Flow {
        match effect {
            Effect::None => return Flow::Continue,
            Effect::Transmit(byte) => {
                match id {
                    DeviceId::Uart(uart) => self.board.uart_transmitted(uart, byte),
                    DeviceId::UsbSerialJtag => self.board.usb_transmitted(byte),
                    _ => {}
                }
                return Flow::Continue;
            }
            Effect::Interrupts => self.board.pending.interrupts = true,
            Effect::Flash(command) => return self.run_flash_command(id, command, at),
            Effect::EncryptBuffer => {
                self.encrypt_buffer();
                return Flow::Continue;
            }
            Effect::EfusesBurned => {
                let changes = self.changes();
                self.board.changed(changes, || "eFuse burn".to_owned());
            }
            // As on the ESP32, the hardware takes new fuses over with the controller's read command.
            Effect::Reconfigured if id == DeviceId::Efuse => self.latch_efuses(),
            Effect::Reconfigured if id == DeviceId::DigitalSignature => {
                let key = self.devices.hmac.digital_signature_key();
                self.devices.ds.set_key(key);
            }
            Effect::Reconfigured if id == DeviceId::Interrupts => {
                self.board.pending.interrupts = true;
            }
            Effect::Reset(request) => self.software_reset(request, at),
            Effect::Reconfigured => self.reconfigure(),
            Effect::DmaTransfer => self.transfer(memory, at),
        }
        Flow::Attention
    }

    /// Software asks for a reset: of another core it comes at once, of the core itself after [`RESET_DELAY`].
    fn software_reset(&mut self, request: ResetRequest, at: At) {
        let own = match request.scope {
            ResetScope::Core(core) => core == at.core,
            ResetScope::Digital | ResetScope::System => true,
        };
        if own {
            self.coming_reset = Some((self.board.now(at) + RESET_DELAY, request));
        } else {
            self.board.pending.reset = Some(request);
        }
    }

    /// Lets every accelerator go on whose channels have something for it.
    fn transfer(&mut self, memory: &mut Memory, at: At) {
        let now = self.board.now(at);
        let mut bus = DmaBus {
            memories: &self.memories,
            memory,
        };
        let gdma = &mut self.devices.gdma;
        serve(gdma, &mut self.devices.sha, &mut bus, now);
        serve(gdma, &mut self.devices.aes, &mut bus, now);
        gdma.memory_to_memory(&mut bus);
        self.board.pending.interrupts = true;
    }

    /// Encrypts what lies in the manual-encryption unit, if it may.
    fn encrypt_buffer(&mut self) {
        let address = self.devices.xts.address();
        let mut data = self.devices.xts.plaintext().to_vec();
        if self.encrypts_writes() {
            self.flash_cache.cipher().encrypt(address, &mut data);
        }
        self.devices.xts.set_result(&data);
    }

    /// An entry of the flash MMU changed: only its page is mapped anew, in both windows.
    fn remap_page(&mut self, offset: u32) -> Flow {
        let page = offset / 4 * super::PAGE_BYTES;
        for (start, end) in self.layout.windows {
            if page < end - start {
                let first = start + page;
                self.board
                    .pending
                    .unmap
                    .push((first, first + super::PAGE_BYTES));
            }
        }
        Flow::Attention
    }

    fn run_flash_command(&mut self, id: DeviceId, mut command: FlashCommand, at: At) -> Flow {
        let DeviceId::Spi(index) = id else {
            return Flow::Continue;
        };
        if command.encrypted {
            let ciphertext = self.devices.xts.ciphertext().unwrap_or_default();
            let len = command.data_out.len().min(ciphertext.len());
            command.data_out[..len].copy_from_slice(&ciphertext[..len]);
            if len < command.data_out.len() {
                let what = "an encrypted page program without enough released ciphertext";
                self.board.stop_at_gap(0, "xts", what, at);
            }
        }
        let bus = FlashBus {
            flash: &mut self.devices.flash,
            cache: &mut self.flash_cache,
            spi: &mut self.devices.spi[usize::from(index & 1)],
            windows: &self.layout.windows,
        };
        let burns = self.devices.efuse.burns();
        self.board.run_flash_command(bus, burns, &command, at)
    }

    /// Takes the eFuses over, and what depends on them.
    pub(super) fn latch_efuses(&mut self) {
        self.latched = self.devices.efuse.bank().clone();
        self.devices.hmac.latch(&self.latched);
        self.check_latched();
        let decrypting = self.decrypts_reads();
        if self.flash_cache.configure(&self.latched, decrypting) {
            self.board.pending.unmap.extend(self.layout.windows);
        }
        self.reconfigure();
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
        for name in UNMODELLED_FUSES {
            if fuse(&self.latched, name) {
                let what = format!("the effect of eFuse field {name} is not modelled");
                self.board.stop_at_gap(0, "efuse", &what, at);
            }
        }
    }

    /// Whether the cache decrypts: the odd eFuse counter when booting from flash; in download mode what software asks
    /// for, unless eFuses forbid it (TRM, "External Memory Encryption and Decryption").
    fn decrypts_reads(&self) -> bool {
        match self.devices.strap {
            Strap::FlashBoot => self.latched.flash_encryption_enabled(),
            Strap::UartDownload => {
                self.devices.system.download_g0cb_decrypt_enabled()
                    && !fuse(&self.latched, "DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    fn encrypts_writes(&self) -> bool {
        match self.devices.strap {
            Strap::FlashBoot => self.devices.system.spi_manual_encrypt_enabled(),
            Strap::UartDownload => {
                self.devices.system.download_manual_encrypt_enabled()
                    && !fuse(&self.latched, "DIS_DOWNLOAD_MANUAL_ENCRYPT")
            }
        }
    }

    /// Takes over what depends on cores, caches and clocks.
    fn reconfigure(&mut self) {
        self.board.pending.unmap.extend(self.layout.windows);
        let encrypting = self.encrypts_writes();
        self.devices.spi[1].set_encrypting(encrypting);
        let decrypting = self.decrypts_reads();
        if decrypting != self.flash_cache.decrypting() {
            self.flash_cache.configure(&self.latched, decrypting);
        }
        let system = &self.devices.system;
        let held = system.core_1_in_reset() || system.core_1_clock_gated();
        if self.board.app_core_held && !held {
            self.board.pending.app_core_start = true;
        }
        self.board.app_core_held = held;
        self.set_clocks();
    }

    fn set_clocks(&mut self) {
        self.board.ticks_per_cycle = self.devices.system.cpu_period();
        let apb = self.devices.system.apb_period();
        let slow = self.devices.rtc.slow_period();
        for timg in &mut self.devices.timg {
            timg.set_apb_period(apb, self.board.slice_end);
            timg.set_slow_period(slow);
        }
    }

    pub(super) fn advance_devices(&mut self, now: Ticks) {
        for id in TIMED {
            let device = self.devices.get(id);
            if device.next_event().is_some_and(|event| event <= now) {
                match device.advance(now) {
                    Effect::Reset(request) => self.board.pending.reset = Some(request),
                    Effect::Reconfigured => self.reconfigure(),
                    _ => {}
                }
            }
        }
        if let Some((_, request)) = self.coming_reset.take_if(|(time, _)| *time <= now) {
            self.board.pending.reset = Some(request);
        }
        self.board.pending.interrupts = true;
    }

    /// Resets what `request` covers and records it.
    pub(super) fn reset_devices(&mut self, request: ResetRequest, now: Ticks) {
        let name = reset_cause::name(self.devices.model, request.cause);
        self.board.record_reset(request, name, now);
        if let ResetScope::Core(core) = request.scope {
            self.devices
                .rtc
                .set_reset_cause(usize::from(core), request.cause);
            self.devices.reset_protection(core);
            return;
        }
        self.coming_reset = None;
        if request.scope == ResetScope::System {
            self.devices.rtc.reset_rtc(now);
            self.devices.assist_debug.reset_rtc();
            self.devices.rtc_io.reset_rtc();
            self.devices.sens.reset_rtc();
        }
        self.devices.reset_digital(now);
        for core in 0..self.layout.cores {
            self.devices.rtc.set_reset_cause(core, request.cause);
        }
        self.board.app_core_held = true;
        self.board.pending.app_core_start = false;
        self.board.pending.interrupts = true;
        self.latch_efuses();
    }
}

impl Devices {
    /// Permissions and their locks end with a reset of the CPU that they bind.
    ///
    /// Inferred: ESP-IDF from v5.2 on restarts by a reset of the CPU alone, locks and all, and does not start while a
    /// lock is set (`components/esp_system/port/cpu_start.c`, `esp_mprot_is_conf_locked_any`); boards do restart.
    fn reset_protection(&mut self, core: u8) {
        if core == 0 {
            self.sensitive.clear();
            self.world_control.clear();
        }
    }

    /// The digital domain; the RTC's own part is kept.
    fn reset_digital(&mut self, now: Ticks) {
        for id in DIGITAL {
            self.get(id).reset(now);
        }
        self.uart.iter_mut().for_each(|uart| {
            crate::emu::periph::Device::reset(uart, now);
        });
        self.unmodelled.iter_mut().for_each(|block| block.clear());
        self.world_control.clear();
    }
}

/// Fields that keep a chip from booting, or change how it reads its flash, on silicon alone.
const UNMODELLED_FUSES: [&str; 3] = ["DIS_ICACHE", "DIS_DCACHE", "FLASH_ECC_EN"];

/// True if the one-bit field `name` is burned.
fn fuse(efuses: &EfuseBank, name: &str) -> bool {
    efuses.field(name).is_ok_and(|field| efuses.get(field) != 0)
}
