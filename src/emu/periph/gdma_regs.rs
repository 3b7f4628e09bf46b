//! Where the registers of the general DMA controller lie, and which interrupt bits it uses: what differs by chip.
//!
//! Registers: ESP-IDF `components/soc/esp32c3/register/soc/gdma_reg.h` and `components/soc/esp32s3/register/soc/gdma_reg.h`.

use super::gdma_link::{DONE, EMPTY, EOF, ERROR};
use super::register_file::{ResetValues, StorageRanges};

/// Bytes from one channel's registers to the next one's.
const CHANNEL_BYTES: u32 = 0xc0;
/// Bytes from a channel's receive registers to its transmit registers.
const DIRECTION_BYTES: u32 = 0x60;

/// Which half of a channel: named from the memory's point of view as Espressif does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Receive: from a peripheral into memory.
    In,
    /// Transmit: from memory to a peripheral.
    Out,
}

impl Direction {
    /// Index of the direction's half of a channel.
    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// A register of one half of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    Conf0,
    Conf1,
    IntRaw,
    IntSt,
    IntEna,
    IntClr,
    FifoStatus,
    Link,
    State,
    EofAddress,
    /// Receive: descriptor of an error end; transmit: the descriptor before the last end.
    OtherAddress,
    NextDescriptor,
    Descriptor,
    PreviousDescriptor,
    Weight,
    Priority,
    PeripheralSelect,
}

/// The register at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) channel: usize,
    pub(super) direction: Direction,
    pub(super) register: Register,
}

/// What differs between the general DMA controllers of the chips.
#[derive(Debug, PartialEq, Eq)]
pub struct GdmaSpec {
    /// Pairs of a receive and a transmit channel.
    pub(super) channels: usize,
    /// Offset of the first channel's first register.
    first: u32,
    /// Offsets within one half of a channel.
    registers: &'static [(u32, Register)],
    /// Offset of interrupt registers that both halves of a channel share, 16 bytes a channel.
    shared_interrupts: Option<u32>,
    /// Interrupt bits of the receive half: pairs of event and bit mask.
    in_bits: &'static [(u32, u32)],
    /// Interrupt bits of the transmit half.
    out_bits: &'static [(u32, u32)],
    /// Reset value of the receive half's `CONF1`.
    pub(super) in_conf1: u32,
    /// What the status of an empty receive FIFO reads.
    pub(super) in_fifo_empty: u32,
    /// What the status of an empty transmit FIFO reads.
    pub(super) out_fifo_empty: u32,
    /// Bytes of the register block.
    pub(super) block_bytes: u32,
    /// Reset values of the registers outside the channels.
    pub(super) reset: ResetValues,
    /// Registers outside the channels that have no effect here: clocks, arbitration, version.
    pub(super) storage: StorageRanges,
}

/// The ESP32-C3's controller: three channel pairs, one interrupt line a pair.
pub static ESP32C3: GdmaSpec = GdmaSpec {
    channels: 3,
    first: 0x70,
    registers: &[
        (0x00, Register::Conf0),
        (0x04, Register::Conf1),
        (0x08, Register::FifoStatus),
        (0x10, Register::Link),
        (0x14, Register::State),
        (0x18, Register::EofAddress),
        (0x1c, Register::OtherAddress),
        (0x20, Register::NextDescriptor),
        (0x24, Register::Descriptor),
        (0x28, Register::PreviousDescriptor),
        (0x2c, Register::Priority),
        (0x30, Register::PeripheralSelect),
    ],
    shared_interrupts: Some(0),
    in_bits: &[(DONE, 1), (EOF, 1 << 1), (ERROR, 1 << 5), (EMPTY, 1 << 7)],
    out_bits: &[
        (DONE, 1 << 3),
        (EOF, 1 << 4),
        (ERROR, 1 << 6),
        (EMPTY, 1 << 8),
    ],
    in_conf1: 0,
    // Inferred: FIFO empty and all four "remain under" bits, as the ESP32-S3's header gives them.
    in_fifo_empty: 0x0780_0002,
    out_fifo_empty: 0x0780_0002,
    block_bytes: 0x1000,
    reset: &[(0x48, 0x0200_8250)],
    storage: &[(0x44, 0x48)],
};

/// The ESP32-S3's controller: five channel pairs, an interrupt line for each half of a pair.
pub static ESP32S3: GdmaSpec = GdmaSpec {
    channels: 5,
    first: 0,
    registers: &[
        (0x00, Register::Conf0),
        (0x04, Register::Conf1),
        (0x08, Register::IntRaw),
        (0x0c, Register::IntSt),
        (0x10, Register::IntEna),
        (0x14, Register::IntClr),
        (0x18, Register::FifoStatus),
        (0x20, Register::Link),
        (0x24, Register::State),
        (0x28, Register::EofAddress),
        (0x2c, Register::OtherAddress),
        (0x30, Register::NextDescriptor),
        (0x34, Register::Descriptor),
        (0x38, Register::PreviousDescriptor),
        (0x3c, Register::Weight),
        (0x44, Register::Priority),
        (0x48, Register::PeripheralSelect),
    ],
    shared_interrupts: None,
    in_bits: &[(DONE, 1), (EOF, 1 << 1), (ERROR, 1 << 3), (EMPTY, 1 << 4)],
    out_bits: &[(DONE, 1), (EOF, 1 << 1), (ERROR, 1 << 2), (EMPTY, 1 << 3)],
    in_conf1: 0xc,
    in_fifo_empty: 0x0f00_003a,
    out_fifo_empty: 0x0780_002a,
    block_bytes: 0x1000,
    reset: &[
        (0x3cc, 14),
        (0x3d0, 14),
        (0x3d4, 14),
        (0x3d8, 14),
        (0x3dc, 14),
        (0x3e0, 14),
        (0x3e4, 14),
        (0x3e8, 14),
        (0x3ec, 14),
        (0x3f0, 14),
        (0x40c, 0x0210_1180),
    ],
    storage: &[(0x3c0, 0x40c)],
};

impl GdmaSpec {
    /// The channel register at `offset`, if there is one.
    pub(super) fn place(&self, offset: u32) -> Option<Place> {
        if let Some(place) = self.shared_interrupt(offset) {
            return Some(place);
        }
        let within = offset.checked_sub(self.first)?;
        let channel = (within / CHANNEL_BYTES) as usize;
        if channel >= self.channels {
            return None;
        }
        let within = within % CHANNEL_BYTES;
        let direction = if within < DIRECTION_BYTES {
            Direction::In
        } else {
            Direction::Out
        };
        let wanted = within % DIRECTION_BYTES;
        let &(_, register) = self.registers.iter().find(|entry| entry.0 == wanted)?;
        Some(Place {
            channel,
            direction,
            register,
        })
    }

    fn shared_interrupt(&self, offset: u32) -> Option<Place> {
        const REGISTERS: [Register; 4] = [
            Register::IntRaw,
            Register::IntSt,
            Register::IntEna,
            Register::IntClr,
        ];
        let within = offset.checked_sub(self.shared_interrupts?)?;
        let channel = (within / 16) as usize;
        (channel < self.channels).then(|| Place {
            channel,
            direction: Direction::In,
            register: REGISTERS[(within / 4 % 4) as usize],
        })
    }

    /// The set of interrupt registers that belongs to a half of a channel.
    pub(super) fn interrupt_set(&self, direction: Direction) -> usize {
        match self.shared_interrupts {
            Some(_) => 0,
            None => direction.index(),
        }
    }

    /// The interrupt line of a set of interrupt registers.
    pub(super) fn line(&self, channel: usize, set: usize) -> usize {
        set * self.channels + channel
    }

    /// Interrupt bits of events that a half of a channel raised.
    pub(super) fn interrupt_bits(&self, direction: Direction, events: u32) -> u32 {
        let bits = match direction {
            Direction::In => self.in_bits,
            Direction::Out => self.out_bits,
        };
        bits.iter()
            .filter(|entry| entry.0 & events != 0)
            .fold(0, |mask, entry| mask | entry.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(spec: &GdmaSpec, offset: u32) -> Option<(usize, Direction, Register)> {
        spec.place(offset)
            .map(|place| (place.channel, place.direction, place.register))
    }

    #[test]
    fn registers_of_the_c3_lie_where_its_header_says() {
        // GDMA_INT_ENA_CH1_REG, GDMA_IN_LINK_CH0_REG, GDMA_OUT_PERI_SEL_CH2_REG, GDMA_MISC_CONF_REG.
        let expected = Some((1, Direction::In, Register::IntEna));
        assert_eq!(at(&ESP32C3, 0x18), expected);
        let expected = Some((0, Direction::In, Register::Link));
        assert_eq!(at(&ESP32C3, 0x80), expected);
        let expected = Some((2, Direction::Out, Register::PeripheralSelect));
        assert_eq!(at(&ESP32C3, 0x280), expected);
        assert_eq!(at(&ESP32C3, 0x44), None);
    }

    #[test]
    fn registers_of_the_s3_lie_where_its_header_says() {
        // GDMA_OUT_INT_CLR_CH0_REG, GDMA_IN_PERI_SEL_CH4_REG, and beyond the last channel.
        let expected = Some((0, Direction::Out, Register::IntClr));
        assert_eq!(at(&ESP32S3, 0x74), expected);
        let expected = Some((4, Direction::In, Register::PeripheralSelect));
        assert_eq!(at(&ESP32S3, 0x348), expected);
        assert_eq!(at(&ESP32S3, 0x3c8), None);
    }
}
