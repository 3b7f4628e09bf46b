//! General DMA of the ESP32-C3.

use crate::emu::periph::later::gdma::{self, DONE, EMPTY, EOF, ERROR, InterruptPlaces, Register};

/// The controller: three channel pairs, one interrupt line a pair.
pub(in crate::emu) const GDMA: gdma::Layout = gdma::Layout {
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
    interrupts: InterruptPlaces::Shared(0),
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
