//! General DMA controller of the ESP32-C3 and ESP32-S3: channels that carry data between memory and peripherals.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/register/soc/gdma_reg.h`; use: `components/esp_hal_dma/esp32c3|esp32s3/
//! include/hal/gdma_ll.h`. Which is where: [`Layout`].
//!
//! The controller does not see memory. A write that may let a transfer go on answers [`Effect::DmaTransfer`]: the system
//! on chip then calls [`Gdma::memory_to_memory`] and `dma_client::serve` for each accelerator, and reads the interrupt
//! lines of all of them again. A transfer takes no time.
//!
//! Interrupt lines. ESP32-C3: bit `n` is channel pair `n`, source `ETS_DMA_CH0_INTR_SOURCE` (44) + `n`. ESP32-S3: bit `n`
//! is receive channel `n`, bit 5 + `n` is transmit channel `n`, source `ETS_DMA_IN_CH0_INTR_SOURCE` (66) + bit.

use super::gdma_link::Link;
pub(crate) use super::gdma_link::{DONE, EMPTY, EOF, ERROR};
use super::gdma_regs::{Direction, Place};
pub(crate) use super::gdma_regs::{InterruptPlaces, Layout, Register};
use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, DmaMemory, Effect, RegRead, RegWrite};

/// Number of the AES accelerator.
pub const PERIPHERAL_AES: u8 = 6;
/// Number of the SHA accelerator.
pub const PERIPHERAL_SHA: u8 = 7;

/// The upper bits of every descriptor's address: internal memory (TRM, "GDMA Controller", link registers).
const LINK_BASE: u32 = 0x3fc0_0000;
const LINK_ADDRESS: Bits = Bits::new(0, 20);
const IN_AUTO_RETURN: Bits = Bits::bit(20);
/// Stop, start, restart and park: the same order for both halves, the receive half's one bit higher.
const IN_COMMANDS: u8 = 21;
const OUT_COMMANDS: u8 = 20;

const RESET: Bits = Bits::bit(0);
const IN_MEMORY_TO_MEMORY: Bits = Bits::bit(4);
const OUT_EOF_MODE: Bits = Bits::bit(3);
const PERIPHERAL: Bits = Bits::new(0, 6);
/// No peripheral.
const PERIPHERAL_NONE: u32 = 0x3f;
const PRIORITY: Bits = Bits::new(0, 4);
const DESCRIPTOR_ADDRESS: Bits = Bits::new(0, 18);

/// Bytes that a memory-to-memory transfer carries at most: more than the internal memory holds.
const FRAME_LIMIT: usize = 0x10_0000;

/// One set of interrupt registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Interrupts {
    raw: u32,
    enabled: u32,
}

/// A pair of a receive and a transmit channel.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Channel {
    /// Indexed by [`Direction`].
    links: [Link; 2],
    /// Indexed by [`Layout::interrupt_set`].
    interrupts: [Interrupts; 2],
}

impl Channel {
    fn new(layout: &Layout) -> Self {
        let mut receive = Link::new(0, IN_AUTO_RETURN.mask(), PERIPHERAL_NONE);
        receive.conf1 = layout.in_conf1;
        Channel {
            links: [receive, Link::new(OUT_EOF_MODE.mask(), 0, PERIPHERAL_NONE)],
            interrupts: [Interrupts::default(); 2],
        }
    }

    fn memory_to_memory(&self) -> bool {
        IN_MEMORY_TO_MEMORY.is_set(self.links[Direction::In.index()].conf0)
    }
}

/// The general DMA controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gdma {
    layout: &'static Layout,
    regs: RegisterFile,
    channels: Vec<Channel>,
}

impl Gdma {
    /// The controller after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Gdma {
            layout,
            regs: RegisterFile::new("gdma", layout.block_bytes, layout.reset, layout.storage),
            channels: vec![Channel::new(layout); layout.channels],
        }
    }

    /// Whether a started receive channel is connected to the peripheral.
    pub fn can_put(&self, peripheral: u8) -> bool {
        self.started(peripheral, Direction::In).is_some()
    }

    /// Fetches up to `max` bytes that the started transmit channel of a peripheral sends; `None` without such a channel.
    pub fn take(
        &mut self,
        peripheral: u8,
        max: usize,
        memory: &mut dyn DmaMemory,
    ) -> Option<Vec<u8>> {
        let channel = self.started(peripheral, Direction::Out)?;
        let sent = self.channels[channel].links[Direction::Out.index()].send(max, false, memory);
        self.raise(channel, Direction::Out, sent.events);
        Some(sent.data)
    }

    /// Stores a whole frame from a peripheral by its started receive channel; false if not all of it was stored.
    #[cfg(test)]
    pub fn put(&mut self, peripheral: u8, data: &[u8], memory: &mut dyn DmaMemory) -> bool {
        self.put_part(peripheral, data, true, memory)
    }

    /// Stores a part of a frame, its end if `eof` is set; false if not all of it was stored.
    pub fn put_part(
        &mut self,
        peripheral: u8,
        data: &[u8],
        eof: bool,
        memory: &mut dyn DmaMemory,
    ) -> bool {
        let Some(channel) = self.started(peripheral, Direction::In) else {
            return false;
        };
        let link = &mut self.channels[channel].links[Direction::In.index()];
        let (events, complete) = link.receive(data, eof, memory);
        self.raise(channel, Direction::In, events);
        complete
    }

    /// Carries out what channels in memory-to-memory mode were started for; true if anything happened.
    pub fn memory_to_memory(&mut self, memory: &mut dyn DmaMemory) -> bool {
        let mut any = false;
        for channel in 0..self.channels.len() {
            let pair = &mut self.channels[channel];
            if !pair.memory_to_memory() || !pair.links.iter().all(|link| link.running) {
                continue;
            }
            any = true;
            let [receive, transmit] = &mut pair.links;
            let mut sent = transmit.send(FRAME_LIMIT, true, memory);
            if sent.data.len() >= FRAME_LIMIT {
                // Inferred: no frame is that long; the list is a circle, which hardware would walk for ever.
                transmit.running = false;
                sent.events |= ERROR;
            }
            let (received, _) = receive.receive(&sent.data, true, memory);
            self.raise(channel, Direction::Out, sent.events);
            self.raise(channel, Direction::In, received);
        }
        any
    }

    /// The first channel that is started and connected to a peripheral.
    fn started(&self, peripheral: u8, direction: Direction) -> Option<usize> {
        self.channels.iter().position(|channel| {
            let link = &channel.links[direction.index()];
            link.running && link.peripheral == u32::from(peripheral) && !channel.memory_to_memory()
        })
    }

    fn raise(&mut self, channel: usize, direction: Direction, events: u32) {
        let set = self.layout.interrupt_set(direction);
        self.channels[channel].interrupts[set].raw |= self.layout.interrupt_bits(direction, events);
    }

    fn read_place(&self, place: Place) -> u32 {
        let channel = &self.channels[place.channel];
        let link = &channel.links[place.direction.index()];
        let interrupts = channel.interrupts[self.layout.interrupt_set(place.direction)];
        match place.register {
            Register::Conf0 => link.conf0,
            Register::Conf1 => link.conf1,
            Register::IntRaw => interrupts.raw,
            Register::IntSt => interrupts.raw & interrupts.enabled,
            Register::IntEna => interrupts.enabled,
            Register::IntClr => 0,
            Register::FifoStatus => match place.direction {
                Direction::In => self.layout.in_fifo_empty,
                Direction::Out => self.layout.out_fifo_empty,
            },
            Register::Link => link.link | park(place.direction).put(u32::from(!link.running)),
            Register::State => DESCRIPTOR_ADDRESS.get(link.descriptor_address()),
            Register::EofAddress => link.eof_address,
            // No peripheral that reports errors in frames is modelled.
            Register::OtherAddress if place.direction == Direction::In => 0,
            Register::OtherAddress => link.before_eof_address,
            Register::NextDescriptor => link.trail[0],
            Register::Descriptor => link.trail[1],
            Register::PreviousDescriptor => link.trail[2],
            Register::Weight => link.weight,
            Register::Priority => link.priority,
            Register::PeripheralSelect => link.peripheral,
        }
    }

    fn write_place(&mut self, place: Place, value: u32) -> Effect {
        let set = self.layout.interrupt_set(place.direction);
        let channel = &mut self.channels[place.channel];
        let link = &mut channel.links[place.direction.index()];
        match place.register {
            Register::Conf0 => {
                link.conf0 = value;
                if RESET.is_set(value) {
                    link.reset_fifo();
                }
                return Effect::DmaTransfer;
            }
            Register::Conf1 => link.conf1 = value,
            Register::IntRaw | Register::IntClr => {
                channel.interrupts[set].raw &= !value;
                return Effect::Interrupts;
            }
            Register::IntEna => {
                channel.interrupts[set].enabled = value;
                return Effect::Interrupts;
            }
            Register::Link => return command(link, place.direction, value),
            Register::Weight => link.weight = value,
            Register::Priority => link.priority = PRIORITY.get(value),
            Register::PeripheralSelect => {
                link.peripheral = PERIPHERAL.get(value);
                return Effect::DmaTransfer;
            }
            Register::IntSt
            | Register::FifoStatus
            | Register::State
            | Register::EofAddress
            | Register::OtherAddress
            | Register::NextDescriptor
            | Register::Descriptor
            | Register::PreviousDescriptor => {}
        }
        Effect::None
    }
}

/// The lowest of the command bits in a link register.
fn commands(direction: Direction) -> u8 {
    match direction {
        Direction::In => IN_COMMANDS,
        Direction::Out => OUT_COMMANDS,
    }
}

/// The bit of a link register that says that no list is being walked.
fn park(direction: Direction) -> Bits {
    Bits::bit(commands(direction) + 3)
}

/// Carries out a write to a link register.
fn command(link: &mut Link, direction: Direction, value: u32) -> Effect {
    let first = commands(direction);
    link.link = value & LINK_ADDRESS.mask();
    if direction == Direction::In {
        link.link |= value & IN_AUTO_RETURN.mask();
    }
    if Bits::bit(first).is_set(value) {
        link.running = false;
    }
    let start = Bits::bit(first + 1).is_set(value);
    let restart = Bits::bit(first + 2).is_set(value);
    if start {
        link.start(LINK_BASE | LINK_ADDRESS.get(value));
    } else if restart {
        link.restart();
    }
    if start || restart {
        Effect::DmaTransfer
    } else {
        Effect::None
    }
}

impl Device for Gdma {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match self.layout.place(offset) {
            Some(place) => RegRead::modelled(self.read_place(place)),
            None => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match self.layout.place(offset) {
            Some(place) => RegWrite::modelled(self.write_place(place, value)),
            None => self.regs.write_stored(offset, value),
        }
    }

    fn interrupts(&self) -> u32 {
        let mut lines = 0;
        for (number, channel) in self.channels.iter().enumerate() {
            for (set, interrupts) in channel.interrupts.iter().enumerate() {
                if interrupts.raw & interrupts.enabled != 0 {
                    lines |= 1 << self.layout.line(number, set);
                }
            }
        }
        lines
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Gdma::new(self.layout);
    }
}
