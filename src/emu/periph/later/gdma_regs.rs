//! Where the registers of the general DMA controller lie, and which interrupt bits it uses: what differs by chip.
//!
//! Registers: ESP-IDF `components/soc/esp32c3/register/soc/gdma_reg.h` and `components/soc/esp32s3/register/soc/gdma_reg.h`.

use crate::emu::periph::register_file::{ResetValues, StorageRanges};

/// Bytes from one channel's registers to the next one's.
const CHANNEL_BYTES: u32 = 0xc0;
/// Bytes from a channel's receive registers to its transmit registers.
const DIRECTION_BYTES: u32 = 0x60;

/// Which half of a channel: named from the memory's point of view as Espressif does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Receive: from a peripheral into memory.
    In,
    /// Transmit: from memory to a peripheral.
    Out,
}

impl Direction {
    /// Index of the direction's half of a channel.
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// A register of one half of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
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
pub(crate) struct Place {
    pub(crate) channel: usize,
    pub(crate) direction: Direction,
    pub(crate) register: Register,
}

/// Where the interrupt registers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InterruptPlaces {
    /// Among the other registers of each half of a channel.
    Within,
    /// From an offset on, a set a channel for both halves.
    Shared(u32),
    /// From two offsets on, a set a channel for its receive and one for its transmit half.
    Apart {
        /// Offset of the receive halves' registers.
        receive: u32,
        /// Offset of the transmit halves' registers.
        transmit: u32,
    },
}

/// A set of interrupt registers outside of the channels' own ones.
const BANK: [Register; 4] = [
    Register::IntRaw,
    Register::IntSt,
    Register::IntEna,
    Register::IntClr,
];

/// What differs between the general DMA controllers of the chips.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Pairs of a receive and a transmit channel.
    pub channels: usize,
    /// Offset of the first channel's first register.
    pub first: u32,
    /// Offsets within one half of a channel.
    pub registers: &'static [(u32, Register)],
    /// Where the interrupt registers lie.
    pub interrupts: InterruptPlaces,
    /// Interrupt bits of the receive half: pairs of event and bit mask.
    pub in_bits: &'static [(u32, u32)],
    /// Interrupt bits of the transmit half.
    pub out_bits: &'static [(u32, u32)],
    /// Reset value of the receive half's `CONF1`.
    pub in_conf1: u32,
    /// What the status of an empty receive FIFO reads.
    pub in_fifo_empty: u32,
    /// What the status of an empty transmit FIFO reads.
    pub out_fifo_empty: u32,
    /// Bytes of the register block.
    pub block_bytes: u32,
    /// Reset values of the registers outside the channels.
    pub reset: ResetValues,
    /// Registers outside the channels that have no effect here: clocks, arbitration, version.
    pub storage: StorageRanges,
}

impl Layout {
    /// The channel register at `offset`, if there is one.
    pub(crate) fn place(&self, offset: u32) -> Option<Place> {
        if let Some(place) = self.interrupt(offset) {
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

    /// An interrupt register that lies outside of the channels' own ones.
    fn interrupt(&self, offset: u32) -> Option<Place> {
        let bank = |first: u32, direction| {
            let within = offset.checked_sub(first)?;
            let channel = (within / 16) as usize;
            (channel < self.channels).then(|| Place {
                channel,
                direction,
                register: BANK[(within / 4 % 4) as usize],
            })
        };
        match self.interrupts {
            InterruptPlaces::Within => None,
            InterruptPlaces::Shared(first) => bank(first, Direction::In),
            InterruptPlaces::Apart { receive, transmit } => {
                bank(receive, Direction::In).or_else(|| bank(transmit, Direction::Out))
            }
        }
    }

    /// The set of interrupt registers that belongs to a half of a channel.
    pub(crate) fn interrupt_set(&self, direction: Direction) -> usize {
        match self.interrupts {
            InterruptPlaces::Shared(_) => 0,
            InterruptPlaces::Within | InterruptPlaces::Apart { .. } => direction.index(),
        }
    }

    /// The interrupt line of a set of interrupt registers.
    pub(crate) fn line(&self, channel: usize, set: usize) -> usize {
        set * self.channels + channel
    }

    /// Interrupt bits of events that a half of a channel raised.
    pub(crate) fn interrupt_bits(&self, direction: Direction, events: u32) -> u32 {
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
    use crate::emu::soc::chips::esp32c3::gdma::GDMA as ESP32C3;
    use crate::emu::soc::chips::esp32s3::gdma::GDMA as ESP32S3;

    fn at(layout: &Layout, offset: u32) -> Option<(usize, Direction, Register)> {
        layout
            .place(offset)
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
