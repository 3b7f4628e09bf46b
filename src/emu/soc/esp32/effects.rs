//! What the SoC does when a device is accessed, acts by itself, or is reset.

use super::Esp32;
use super::devices::Devices;
use super::map::{self, DeviceId};
use crate::efuse::EfuseBank;
use crate::emu::bus::{At, BusFault, Flow};
use crate::emu::periph::cache_mmu::{CacheRegion, PAGE_BYTES, TABLE_BYTES};
use crate::emu::periph::dport::CpuClock;
use crate::emu::periph::rtc_cntl::{SocClock, cause};
use crate::emu::periph::{Device, Effect, FlashCommand, Model, ResetRequest, ResetScope};
use crate::emu::soc::Soc;
use crate::emu::soc::board::FlashBus;
use crate::emu::{TICKS_PER_APB, TICKS_PER_RC8M, TICKS_PER_XTAL, Ticks};
use crate::virtual_chip::Strap;

impl Esp32 {
    pub(super) fn read_device(&mut self, address: u32, at: At) -> Result<(u32, Flow), BusFault> {
        let (id, offset) = self.locate(address, None, at)?;
        let device = self.devices.get(id);
        Ok(self.board.read_register(device, address, offset, at))
    }

    pub(super) fn write_device(
        &mut self,
        address: u32,
        value: u32,
        at: At,
    ) -> Result<Flow, BusFault> {
        let (id, offset) = self.locate(address, Some(value), at)?;
        let device = self.devices.get(id);
        let (effect, timing_changed) = self
            .board
            .write_register(device, address, offset, value, at);
        let flow = match (id, effect) {
            (DeviceId::Mmu, Effect::Reconfigured) => self.remap_page(offset),
            (_, effect) => self.carry_out(id, effect, at),
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
        map::device(address).ok_or_else(|| {
            self.board.nothing_at(address, stored, at);
            BusFault::Nothing
        })
    }

    /// Carries out what a device asks for.
    fn carry_out(&mut self, id: DeviceId, effect: Effect, at: At) -> Flow {
        match effect {
            Effect::None | Effect::DmaTransfer => return Flow::Continue,
            Effect::Transmit(byte) => {
                if let DeviceId::Uart(uart) = id {
                    self.board.uart_transmitted(uart, byte);
                }
                return Flow::Continue;
            }
            Effect::Interrupts => self.board.pending.interrupts = true,
            Effect::Flash(command) => return self.run_flash_command(id, command, at),
            Effect::EncryptBuffer => {
                let address = self.devices.flash_crypt.address() & !0x1f;
                let mut data = *self.devices.flash_crypt.plaintext();
                self.flash_cache.cipher().encrypt(address, &mut data);
                self.devices.flash_crypt.set_result(data);
                return Flow::Continue;
            }
            Effect::EfusesBurned => {
                let changes = self.changes();
                self.board.changed(changes, || "eFuse burn".to_owned());
            }
            // Inferred: the hardware takes new fuses over with the controller's read command, as software's view does:
            // ESP-IDF's first boot encrypts under the key that it has just burned and read back, without a reset.
            Effect::Reconfigured if id == DeviceId::Efuse => self.latch_efuses(),
            Effect::Reset(request) => self.board.pending.reset = Some(request),
            Effect::Reconfigured => self.reconfigure_cores(),
        }
        Flow::Attention
    }

    /// An entry of the flash MMU changed: only its page is mapped anew.
    fn remap_page(&mut self, offset: u32) -> Flow {
        match CacheRegion::page_of_entry(offset % TABLE_BYTES / 4) {
            Some(start) => {
                self.board.pending.unmap.push((start, start + PAGE_BYTES));
                Flow::Attention
            }
            None => Flow::Continue,
        }
    }

    fn run_flash_command(&mut self, id: DeviceId, mut command: FlashCommand, at: At) -> Flow {
        let DeviceId::Spi(index) = id else {
            return Flow::Continue;
        };
        if command.encrypted {
            let ciphertext = self.devices.flash_crypt.ciphertext();
            let len = command.data_out.len().min(ciphertext.len());
            command.data_out[..len].copy_from_slice(&ciphertext[..len]);
        }
        let bus = FlashBus {
            flash: &mut self.devices.flash,
            cache: &mut self.flash_cache,
            spi: &mut self.devices.spi[usize::from(index)],
            windows: &map::CACHE_WINDOWS,
        };
        let burns = self.devices.efuse.burns();
        self.board.run_flash_command(bus, burns, &command, at)
    }

    /// Takes the eFuses over, and what depends on them.
    pub(super) fn latch_efuses(&mut self) {
        self.latched = self.devices.efuse.bank().clone();
        self.devices.secure_boot.latch(&self.latched);
        let decrypting = self.decrypts_reads();
        if self.flash_cache.configure(&self.latched, decrypting) {
            self.board.pending.unmap.extend(map::CACHE_WINDOWS);
        }
        self.reconfigure_cores();
    }

    /// Whether the cache decrypts: the odd eFuse counter when booting from flash; in download mode what software asks
    /// for, unless eFuses forbid it (TRM, "External Memory Encryption and Decryption").
    fn decrypts_reads(&self) -> bool {
        let efuses = &self.latched;
        match self.devices.strap {
            Strap::FlashBoot => efuses.flash_encryption_enabled(),
            Strap::UartDownload => {
                self.devices.dport.spi_decrypt_enabled() && !fuse(efuses, "DISABLE_DL_DECRYPT")
            }
        }
    }

    fn encrypts_writes(&self) -> bool {
        let allowed = match self.devices.strap {
            Strap::FlashBoot => true,
            Strap::UartDownload => !fuse(&self.latched, "DISABLE_DL_ENCRYPT"),
        };
        allowed && self.devices.dport.spi_encrypt_enabled()
    }

    /// Takes over what depends on cores, caches and clocks.
    fn reconfigure_cores(&mut self) {
        self.board.pending.unmap.extend(map::CACHE_WINDOWS);
        let encrypting = self.encrypts_writes();
        self.devices.spi[1].set_encrypting(encrypting);
        if self.decrypts_reads() != self.flash_cache.decrypting() {
            let decrypting = self.decrypts_reads();
            self.flash_cache.configure(&self.latched, decrypting);
        }
        let held = self.devices.dport.app_cpu_in_reset();
        if self.board.app_core_held && !held {
            self.board.pending.app_core_start = true;
        }
        self.board.app_core_held = held;
        self.set_clocks();
    }

    /// CPU and APB clock (TRM, "Reset and Clock": with the PLL the APB runs at 80 MHz, else as the CPU).
    fn set_clocks(&mut self) {
        let divider = u64::from(self.devices.apb_ctrl.crystal_divider()).max(1);
        let (cpu, apb) = match self.devices.rtc.soc_clock() {
            SocClock::Pll | SocClock::Apll => {
                let cpu = match self.devices.dport.cpu_clock_select() {
                    CpuClock::Mhz80 => TICKS_PER_APB,
                    CpuClock::Mhz160 => TICKS_PER_APB / 2,
                    CpuClock::Mhz240 => TICKS_PER_APB / 3,
                };
                (cpu, TICKS_PER_APB)
            }
            SocClock::Xtal => (TICKS_PER_XTAL * divider, TICKS_PER_XTAL * divider),
            SocClock::Rc8m => (TICKS_PER_RC8M, TICKS_PER_RC8M),
        };
        self.board.ticks_per_cycle = cpu;
        let slow = self.devices.rtc.slow_period();
        for timg in &mut self.devices.timg {
            timg.set_apb_period(apb, self.board.slice_end);
            timg.set_slow_period(slow);
        }
        self.devices.frc.set_apb_period(apb, self.board.slice_end);
    }

    pub(super) fn advance_devices(&mut self, now: Ticks) {
        for id in Devices::TIMED {
            let device = self.devices.get(id);
            if device.next_event().is_some_and(|event| event <= now) {
                match device.advance(now) {
                    Effect::Reset(request) => self.board.pending.reset = Some(request),
                    Effect::Reconfigured => self.reconfigure_cores(),
                    _ => {}
                }
            }
        }
        self.board.pending.interrupts = true;
    }

    /// Resets what `request` covers and records it.
    pub(super) fn reset_devices(&mut self, request: ResetRequest, now: Ticks) {
        self.board
            .record_reset(request, cause::name(Model::Esp32, request.cause), now);
        if let ResetScope::Core(core) = request.scope {
            self.devices
                .rtc
                .set_reset_cause(usize::from(core), request.cause);
            return;
        }
        if request.scope == ResetScope::System {
            self.devices.rtc.reset_rtc(now);
            self.devices.rtc_io.reset_rtc();
            self.devices.sens.reset_rtc();
        }
        self.devices.reset_digital(now);
        for core in 0..2 {
            self.devices.rtc.set_reset_cause(core, request.cause);
        }
        self.board.app_core_held = true;
        self.board.pending.app_core_start = false;
        self.board.pending.interrupts = true;
        self.latch_efuses();
    }
}

impl Devices {
    /// The digital domain; the RTC's own part is kept.
    fn reset_digital(&mut self, now: Ticks) {
        let fixed: [&mut dyn Device; 17] = [
            &mut self.dport,
            &mut self.mmu,
            &mut self.aes,
            &mut self.rsa,
            &mut self.sha,
            &mut self.secure_boot,
            &mut self.gpio,
            &mut self.frc,
            &mut self.rtc,
            &mut self.rtc_io,
            &mut self.sens,
            &mut self.io_mux,
            &mut self.analog_i2c,
            &mut self.efuse,
            &mut self.flash_crypt,
            &mut self.apb_ctrl,
            &mut self.rng,
        ];
        fixed.into_iter().for_each(|device| device.reset(now));
        self.uart.iter_mut().for_each(|device| device.reset(now));
        self.spi.iter_mut().for_each(|device| device.reset(now));
        self.timg.iter_mut().for_each(|device| device.reset(now));
        self.unmodelled
            .iter_mut()
            .for_each(|device| device.reset(now));
    }
}

/// True if the one-bit field `name` is burned.
fn fuse(efuses: &EfuseBank, name: &str) -> bool {
    efuses.field(name).is_ok_and(|field| efuses.get(field) != 0)
}
