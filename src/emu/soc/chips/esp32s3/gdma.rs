//! General DMA of the ESP32-S3.

use crate::emu::periph::later::gdma::{self, DONE, EMPTY, EOF, ERROR, InterruptPlaces, Register};

/// The controller: five channel pairs, an interrupt line for each half of a pair.
pub(in crate::emu) const GDMA: gdma::Layout = gdma::Layout {
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
    interrupts: InterruptPlaces::Within,
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
