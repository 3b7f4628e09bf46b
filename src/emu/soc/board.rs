//! What every system on chip has beside its devices: console, gaps, resets, clock, and what the machine has to do next.

use std::ops::Range;
use std::sync::Arc;

use super::flash_cache::FlashCache;
use super::gaps::{Class, GapLog};
use super::usb_echo::UsbEcho;
use crate::boot::{Gap, GapKind, Outputs, Place, ResetRecord, Stop};
use crate::emu::bus::{At, Flow};
use crate::emu::periph::flash_chip::FlashChip;
use crate::emu::periph::spi_mem::SpiMem;
use crate::emu::periph::{Device, Effect, FlashCommand, ResetRequest};
use crate::emu::rom::Rom;
use crate::emu::{TICKS_PER_US, Ticks};

/// A device access, for `--trace mmio`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Accessing core.
    pub core: u8,
    /// Address of the instruction.
    pub pc: u32,
    /// Bus address.
    pub address: u32,
    /// Value read or written.
    pub value: u32,
    /// Written, not read.
    pub write: bool,
}

/// State of a running chip outside of its devices.
#[derive(Debug, Clone)]
pub struct Board {
    pub(in crate::emu) rom: Arc<Rom>,
    pub(in crate::emu) gaps: GapLog,
    pub(in crate::emu) console: Vec<u8>,
    usb_echo: UsbEcho,
    /// What came out of the chip, but for changes of flash and eFuses.
    pub(in crate::emu) outputs: Outputs,
    pub(in crate::emu) resets: Vec<ResetRecord>,
    pub(in crate::emu) slice_end: Ticks,
    pub(in crate::emu) ticks_per_cycle: u64,
    pub(in crate::emu) pending: Pending,
    /// The second core is held in reset or without a clock.
    pub(in crate::emu) app_core_held: bool,
    trace: Option<Vec<Access>>,
    /// Number of changes of flash and eFuses behind which power is cut.
    power_cut_after: Option<u64>,
}

/// The flash chip with what is around it, while a command runs.
pub(in crate::emu) struct FlashBus<'a> {
    /// The chip.
    pub flash: &'a mut FlashChip,
    /// Flash as the caches show it.
    pub cache: &'a mut FlashCache,
    /// The controller that sent the command.
    pub spi: &'a mut SpiMem,
    /// The addresses at which flash is seen.
    pub windows: &'a [(u32, u32)],
}

/// What the machine has to do after a slice.
#[derive(Debug, Clone, Default)]
pub(in crate::emu) struct Pending {
    pub reset: Option<ResetRequest>,
    pub interrupts: bool,
    /// Address ranges (start, end) whose page map entries are out of date.
    pub unmap: Vec<(u32, u32)>,
    pub app_core_start: bool,
    pub stop: Option<Stop>,
}

impl Board {
    pub(super) fn new(rom: Arc<Rom>) -> Self {
        Board {
            rom,
            gaps: GapLog::default(),
            console: Vec::new(),
            usb_echo: UsbEcho::default(),
            outputs: Outputs::default(),
            resets: Vec::new(),
            slice_end: 0,
            ticks_per_cycle: 0,
            pending: Pending {
                interrupts: true,
                ..Pending::default()
            },
            app_core_held: true,
            trace: None,
            power_cut_after: None,
        }
    }

    /// All console output since power-on.
    pub fn console(&self) -> &[u8] {
        &self.console
    }

    /// A byte came out of a UART; the first one's is the console.
    pub(super) fn uart_transmitted(&mut self, uart: u8, byte: u8) {
        if let Some(count) = self.outputs.uart.get_mut(usize::from(uart)) {
            *count += 1;
        }
        if uart == 0 {
            self.console.push(byte);
            self.usb_echo.uart(byte);
        }
    }

    /// A byte came out of the USB serial port.
    pub(super) fn usb_transmitted(&mut self, byte: u8) {
        self.outputs.usb += 1;
        if let Some(line) = self.usb_echo.usb(byte) {
            self.console.extend(line);
        }
    }

    /// Resets since power-on.
    pub fn resets(&self) -> &[ResetRecord] {
        &self.resets
    }

    /// What was touched and is not modelled.
    pub fn gaps(&self) -> Vec<Gap> {
        self.gaps.list()
    }

    /// Cuts power right behind the `changes`-th page program, erase or eFuse burn, counted from power-on.
    pub fn cut_power_after(&mut self, changes: Option<u64>) {
        self.power_cut_after = changes;
    }

    /// The `changes`-th change of flash or eFuses was made: true if power is cut now.
    pub(super) fn changed(&mut self, changes: u64, what: impl FnOnce() -> String) -> bool {
        let cut = self.power_cut_after == Some(changes) && self.pending.stop.is_none();
        if cut {
            self.pending.stop = Some(Stop::PowerCut {
                changes,
                last: what(),
            });
        }
        cut
    }

    /// Starts or stops the recording of device accesses.
    pub fn set_trace(&mut self, on: bool) {
        self.trace = on.then(Vec::new);
    }

    /// The device accesses recorded since the last call.
    pub fn take_trace(&mut self) -> Vec<Access> {
        self.trace.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn trace(&mut self, address: u32, value: u32, write: bool, at: At) {
        if let Some(trace) = &mut self.trace {
            trace.push(Access {
                core: at.core,
                pc: at.pc,
                address,
                value,
                write,
            });
        }
    }

    pub(super) fn now(&self, at: At) -> Ticks {
        self.slice_end
            .saturating_sub(u64::from(at.remaining) * self.ticks_per_cycle)
    }

    pub(super) fn place(&self, at: At) -> Place {
        place(&self.rom, at)
    }

    pub(super) fn behaviour(
        &mut self,
        address: u32,
        device: &str,
        what: impl FnOnce() -> String,
        at: At,
    ) {
        let Board { gaps, rom, .. } = self;
        gaps.record(Class::Behaviour, address, || {
            let kind = GapKind::Behaviour { what: what() };
            (kind, place(rom, at), device.to_owned())
        });
    }

    /// Something that decides about a boot is not modelled: the run stops, so that no verdict can rest on it.
    pub(super) fn stop_at_gap(&mut self, address: u32, device: &str, what: &str, at: At) {
        self.behaviour(address, device, || what.to_owned(), at);
        let (place, device) = (self.place(at), device.to_owned());
        let kind = GapKind::Behaviour {
            what: what.to_owned(),
        };
        self.pending.stop.get_or_insert(Stop::Gap(Gap {
            kind,
            place,
            device,
        }));
    }

    /// Nothing is modelled at an address: `stored` is what was written there, nothing for a load.
    ///
    /// A store far from everything that any of the chips has is known to go nowhere (ESP-IDF
    /// `components/xtensa/esp32/include/xtensa/config/core-isa.h`, XCHAL_HAVE_PIF_WR_RESP 0; the ROM makes such stores where
    /// it takes garbage for an image): it is noted as a write, which decides nothing.
    pub(super) fn nothing_at(&mut self, address: u32, stored: Option<u32>, at: At) {
        if let Some(value) = stored.filter(|_| is_empty(address)) {
            let place = self.place(at);
            self.gaps.record(Class::Write, address, || {
                let kind = GapKind::WriteRegister { address, value };
                (
                    kind,
                    place,
                    "address, where no chip has anything".to_owned(),
                )
            });
            return;
        }
        let access = if stored.is_some() {
            "store to"
        } else {
            "load from"
        };
        self.behaviour(
            address,
            "bus",
            || format!("{access} {address:#010x}, where nothing is modelled"),
            at,
        );
    }

    /// Reads the register at `offset` of a device, which stands at bus address `address`.
    pub(super) fn read_register(
        &mut self,
        device: &mut dyn Device,
        address: u32,
        offset: u32,
        at: At,
    ) -> (u32, Flow) {
        let before = device.next_event();
        let read = device.read(offset, self.now(at));
        if !read.modelled {
            let kind = GapKind::ReadRegister { address };
            self.record_register(Class::Read, kind, address, device.name(), offset, at);
        }
        let flow = if device.next_event() == before {
            Flow::Continue
        } else {
            Flow::Attention
        };
        (read.value, flow)
    }

    /// Writes the register at `offset` of a device. Returns what the device asks for, and whether its time changed.
    pub(super) fn write_register(
        &mut self,
        device: &mut dyn Device,
        address: u32,
        offset: u32,
        value: u32,
        at: At,
    ) -> (Effect, bool) {
        let before = device.next_event();
        let write = device.write(offset, value, self.now(at));
        if !write.modelled {
            let kind = GapKind::WriteRegister { address, value };
            self.record_register(Class::Write, kind, address, device.name(), offset, at);
        }
        (write.effect, device.next_event() != before)
    }

    fn record_register(
        &mut self,
        class: Class,
        kind: GapKind,
        address: u32,
        device: &str,
        offset: u32,
        at: At,
    ) {
        let Board { gaps, rom, .. } = self;
        gaps.record(class, address, || {
            let register = format!("{device}+{offset:#x}");
            (kind, place(rom, at), register)
        });
    }

    /// Runs a command on the flash chip. `burns` is the number of eFuse burns so far.
    pub(in crate::emu) fn run_flash_command(
        &mut self,
        bus: FlashBus<'_>,
        burns: u64,
        command: &FlashCommand,
        at: At,
    ) -> Flow {
        let before = bus.flash.programs() + bus.flash.erases();
        let outcome = bus.flash.execute(command);
        let changes = bus.flash.programs() + bus.flash.erases();
        let cut = changes != before && self.changed(changes + burns, || describe(command));
        bus.spi.complete(&outcome.data);
        if let Some(what) = outcome.unmodelled {
            let opcode = command.opcode;
            self.behaviour(
                u32::from(opcode),
                "flash",
                || format!("flash command {opcode:#04x}: {what}"),
                at,
            );
        }
        if outcome
            .changed
            .is_some_and(|range| bus.cache.drop_range(&range))
        {
            self.pending.unmap.extend(bus.windows);
            return Flow::Attention;
        }
        if cut {
            return Flow::Attention;
        }
        if bus.spi.interrupts() != 0 {
            self.pending.interrupts = true;
            return Flow::Attention;
        }
        Flow::Continue
    }

    pub(super) fn record_reset(&mut self, request: ResetRequest, cause: &'static str, now: Ticks) {
        self.resets.push(ResetRecord {
            cause,
            code: request.cause,
            at_us: now / TICKS_PER_US,
        });
    }
}

/// Where an access comes from.
fn place(rom: &Rom, at: At) -> Place {
    Place {
        core: at.core,
        pc: at.pc,
        symbol: rom.symbol(at.pc),
    }
}

/// Addresses at which none of the chips has memory, devices or a cache (the TRMs' address maps).
fn is_empty(address: u32) -> bool {
    const EMPTY: [Range<u32>; 3] = [
        0x0000_0000..0x2000_0000,
        0x4800_0000..0x5000_0000,
        0x7000_0000..0xe000_0000,
    ];
    EMPTY.iter().any(|range| range.contains(&address))
}

/// A flash command that changed something, for reports.
fn describe(command: &FlashCommand) -> String {
    let place = command
        .address
        .map_or(String::new(), |address| format!(" at {address:#x}"));
    match command.data_out.len() {
        0 => format!("flash erase (command {:#04x}){place}", command.opcode),
        len => format!("page program of {len} bytes{place}"),
    }
}
