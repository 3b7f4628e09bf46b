//! General DMA of the ESP32-C6.

use crate::emu::periph::later::gdma::{self, DONE, EMPTY, EOF, ERROR, InterruptPlaces, Register};

/// The controller: three channel pairs, an interrupt line for each half of a pair (ESP-IDF `components/soc/esp32c6/register/
/// soc/gdma_reg.h`).
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
    interrupts: InterruptPlaces::Apart {
        receive: 0x00,
        transmit: 0x30,
    },
    in_bits: &[(DONE, 1), (EOF, 1 << 1), (ERROR, 1 << 3), (EMPTY, 1 << 4)],
    out_bits: &[(DONE, 1), (EOF, 1 << 1), (ERROR, 1 << 2), (EMPTY, 1 << 3)],
    in_conf1: 0,
    in_fifo_empty: 0x0780_0003,
    out_fifo_empty: 0x0780_0002,
    block_bytes: 0x1000,
    reset: &[(0x68, 0x0220_2250)],
    storage: &[(0x60, 0x68)],
};
