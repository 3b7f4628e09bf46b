//! One half of a general DMA channel: its registers and its walk along a list of descriptors in memory.
//!
//! Descriptors: ESP32-C3 TRM, "GDMA Controller", section "Linked List": three words, little-endian. Word 0: size (bits
//! 0-11), length (bits 12-23), suc_eof (bit 30), owner (bit 31; 1 is the controller); word 1: address of the buffer;
//! word 2: address of the next descriptor, 0 at the end of the list.

use crate::emu::periph::DmaMemory;
use crate::emu::periph::bits::Bits;

/// A descriptor is used up.
pub(crate) const DONE: u32 = 1;
/// A descriptor with the end-of-frame bit was sent, or a frame was received.
pub(crate) const EOF: u32 = 1 << 1;
/// A descriptor or its buffer cannot be used.
pub(crate) const ERROR: u32 = 1 << 2;
/// Receive: data is left and the list is at its end. Transmit: all of a list was sent.
pub(crate) const EMPTY: u32 = 1 << 3;

const SIZE: Bits = Bits::new(0, 12);
const LENGTH: Bits = Bits::new(12, 12);
const SUC_EOF: Bits = Bits::bit(30);
const OWNER: Bits = Bits::bit(31);

const CHECK_OWNER: Bits = Bits::bit(12);
/// `OUT_AUTO_WRBACK` of the transmit half.
const AUTO_WRITE_BACK: Bits = Bits::bit(2);

/// Descriptors that one transfer visits at most: a circular list of empty descriptors would be walked for ever.
const DESCRIPTOR_LIMIT: usize = 0x1_0000;

/// Where a half of a channel stands in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Position {
    /// No list was mounted.
    #[default]
    Nowhere,
    /// In the descriptor at `address`, `offset` bytes of its buffer used.
    At { address: u32, offset: u32 },
    /// Behind the descriptor at `address`, which was the last of its list.
    After { address: u32 },
}

/// A descriptor in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Descriptor {
    control: u32,
    buffer: u32,
    next: u32,
}

/// One half of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Link {
    /// `CONF0` register.
    pub(super) conf0: u32,
    /// `CONF1` register.
    pub(super) conf1: u32,
    /// Link register without its command bits.
    pub(super) link: u32,
    /// Number of the peripheral that the half is connected to.
    pub(super) peripheral: u32,
    /// Priority register.
    pub(super) priority: u32,
    /// Weight register (ESP32-S3).
    pub(super) weight: u32,
    /// The list was started and neither stopped nor came to its end.
    pub(super) running: bool,
    /// Address of the descriptor that ended the last frame.
    pub(super) eof_address: u32,
    /// Transmit: address of the descriptor before that one.
    pub(super) before_eof_address: u32,
    /// Addresses of the next, the present and the previous descriptor.
    pub(super) trail: [u32; 3],
    position: Position,
}

/// What [`Link::send`] fetched from memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sent {
    /// The bytes.
    pub(super) data: Vec<u8>,
    /// Events on the way.
    pub(super) events: u32,
}

impl Link {
    /// The half after reset: connected to no peripheral.
    pub(super) fn new(conf0: u32, link: u32, peripheral: u32) -> Self {
        Link {
            conf0,
            link,
            peripheral,
            ..Link::default()
        }
    }

    /// Mounts the list at `address`.
    pub(super) fn start(&mut self, address: u32) {
        self.position = Position::At { address, offset: 0 };
        self.running = true;
    }

    /// Goes on where the walk stopped; a list that came to its end goes on if it was made longer since.
    pub(super) fn restart(&mut self) {
        self.running = self.position != Position::Nowhere;
    }

    /// Resets the half's state machine and FIFO.
    pub(super) fn reset_fifo(&mut self) {
        self.position = Position::Nowhere;
        self.running = false;
    }

    /// Address of the present descriptor, 0 if there is none.
    pub(super) fn descriptor_address(&self) -> u32 {
        match self.position {
            Position::Nowhere => 0,
            Position::At { address, .. } | Position::After { address } => address,
        }
    }

    /// Fetches up to `max` bytes; with `frame` no further than to the end of a frame.
    pub(super) fn send(&mut self, max: usize, frame: bool, memory: &mut dyn DmaMemory) -> Sent {
        let mut sent = Sent::default();
        for _ in 0..DESCRIPTOR_LIMIT {
            if !self.running || sent.data.len() >= max {
                return sent;
            }
            match self.send_from_descriptor(max, &mut sent, memory) {
                Some(eof) if eof && frame => return sent,
                Some(_) => {}
                None => {
                    self.running = false;
                    return sent;
                }
            }
        }
        // Inferred: hardware would walk on; the model ends the walk where no other event can come.
        self.running = false;
        sent.events |= ERROR;
        sent
    }

    /// Takes what one descriptor holds; `None` ends the walk, else whether a frame ended.
    fn send_from_descriptor(
        &mut self,
        max: usize,
        sent: &mut Sent,
        memory: &mut dyn DmaMemory,
    ) -> Option<bool> {
        let (address, offset, descriptor) = self.fetch(&mut sent.events, memory)?;
        let left = LENGTH.get(descriptor.control).saturating_sub(offset);
        let count = left.min(u32::try_from(max - sent.data.len()).unwrap_or(u32::MAX));
        let start = sent.data.len();
        sent.data.resize(start + count as usize, 0);
        let from = descriptor.buffer.wrapping_add(offset);
        if count != 0 && !memory.load(from, &mut sent.data[start..]) {
            sent.data.truncate(start);
            sent.events |= ERROR;
            return None;
        }
        if count < left {
            let offset = offset + count;
            self.position = Position::At { address, offset };
            return Some(false);
        }
        if AUTO_WRITE_BACK.is_set(self.conf0) {
            store_control(address, OWNER.replace(descriptor.control, 0), memory);
        }
        let eof = SUC_EOF.is_set(descriptor.control);
        sent.events |= DONE;
        if eof {
            sent.events |= EOF;
            self.eof_address = address;
            self.before_eof_address = self.trail[2];
        }
        if !self.advance(address, descriptor.next) {
            sent.events |= EMPTY;
        }
        Some(eof)
    }

    /// Stores `data`, which ends a frame if `eof` is set; the events on the way, and whether all of it was stored.
    pub(super) fn receive(
        &mut self,
        mut data: &[u8],
        eof: bool,
        memory: &mut dyn DmaMemory,
    ) -> (u32, bool) {
        let mut events = 0;
        for _ in 0..DESCRIPTOR_LIMIT {
            if data.is_empty() {
                return (events, true);
            }
            let stored = self
                .running
                .then(|| self.receive_into_descriptor(data, eof, &mut events, memory))
                .flatten();
            let Some(count) = stored else {
                self.running = false;
                return (events, false);
            };
            data = &data[count..];
            if !data.is_empty() && !self.running {
                events |= EMPTY;
            }
        }
        self.running = false;
        (events | ERROR, false)
    }

    /// Fills one descriptor's buffer; the number of bytes stored, `None` if it cannot be used.
    fn receive_into_descriptor(
        &mut self,
        data: &[u8],
        eof: bool,
        events: &mut u32,
        memory: &mut dyn DmaMemory,
    ) -> Option<usize> {
        let (address, offset, descriptor) = self.fetch(events, memory)?;
        let room = SIZE.get(descriptor.control).saturating_sub(offset) as usize;
        let count = room.min(data.len());
        let to = descriptor.buffer.wrapping_add(offset);
        if count != 0 && !memory.store(to, &data[..count]) {
            *events |= ERROR;
            return None;
        }
        let filled = offset + count as u32;
        let ends = eof && count == data.len();
        if count < room && !ends {
            let offset = filled;
            self.position = Position::At { address, offset };
            return Some(count);
        }
        let control = LENGTH.replace(descriptor.control, filled);
        let control = SUC_EOF.replace(control, u32::from(ends));
        store_control(address, OWNER.replace(control, 0), memory);
        *events |= DONE;
        if ends {
            *events |= EOF;
            self.eof_address = address;
        }
        self.advance(address, descriptor.next);
        Some(count)
    }

    /// Reads the present descriptor; `None` if there is none or it cannot be used.
    fn fetch(
        &mut self,
        events: &mut u32,
        memory: &mut dyn DmaMemory,
    ) -> Option<(u32, u32, Descriptor)> {
        if let Position::After { address } = self.position {
            let ended = load(address, memory);
            let next = ended.map_or(0, |descriptor| descriptor.next);
            if !self.advance(address, next) {
                *events |= EMPTY;
                return None;
            }
        }
        let Position::At { address, offset } = self.position else {
            return None;
        };
        let usable = load(address, memory).filter(|descriptor| {
            !CHECK_OWNER.is_set(self.conf1) || OWNER.is_set(descriptor.control)
        });
        let Some(descriptor) = usable else {
            *events |= ERROR;
            return None;
        };
        if self.trail[1] != address || offset == 0 {
            self.trail = [descriptor.next, address, self.trail[1]];
        }
        Some((address, offset, descriptor))
    }

    /// Goes to the next descriptor; false at the end of the list.
    fn advance(&mut self, address: u32, next: u32) -> bool {
        if next == 0 {
            self.position = Position::After { address };
            self.running = false;
            return false;
        }
        let (address, offset) = (next, 0);
        self.position = Position::At { address, offset };
        true
    }
}

/// Reads a descriptor; `None` where DMA reaches no memory.
fn load(address: u32, memory: &mut dyn DmaMemory) -> Option<Descriptor> {
    let mut bytes = [0; 12];
    if !memory.load(address, &mut bytes) {
        return None;
    }
    let word =
        |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    Some(Descriptor {
        control: word(0),
        buffer: word(4),
        next: word(8),
    })
}

/// Writes a descriptor's first word back; it was just read from there.
fn store_control(address: u32, control: u32, memory: &mut dyn DmaMemory) {
    memory.store(address, &control.to_le_bytes());
}
