//! Where the UARTs of each chip have their registers and fields, and their reset values.
//!
//! Source: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/uart_reg.h`.

use super::Model;
use super::bits::Bits;
use super::register_file::{ResetValues, StorageRanges};

const CLKDIV: u32 = 0x14;
const CONF0: u32 = 0x20;
const CONF1: u32 = 0x24;
const FLOW_CONF: u32 = 0x34;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    /// Register and bit that switch the measuring of the host's baud rate on.
    pub autobaud: (u32, Bits),
    pub rx_full_threshold: Bits,
    pub rx_timeout_enable: Bits,
    pub rx_count: Bits,
    /// `UART_MEM_RX_STATUS_REG`: its offset, the fields of the read and of the write position, the first position.
    pub mem_rx_status: u32,
    pub rx_read_position: Bits,
    pub rx_write_position: Bits,
    pub rx_first_position: u32,
    /// `UART_POSPULSE_REG` and `UART_NEGPULSE_REG`.
    pub edge_pulses: [u32; 2],
    /// State registers of a machine at rest: they read zero.
    pub idle: &'static [u32],
    /// Pulse counters before any edge was seen.
    pub no_pulse: u32,
    /// `UART_ID_REG`: its offset and the bit that asks to take settings over, which clears itself.
    pub update: (u32, Option<Bits>),
}

impl Layout {
    pub fn of(model: Model) -> &'static Layout {
        match model {
            Model::Esp32 => &ESP32,
            Model::Esp32C3 => &ESP32C3,
            Model::Esp32S3 => &ESP32S3,
        }
    }
}

pub(super) const ESP32: Layout = Layout {
    reset: &[
        (CLKDIV, 0x2b6),
        (0x18, 0x1000),
        (CONF0, 0x0800_001c),
        (CONF1, 0x6060),
        (0x38, 0xf0),
        (0x3c, 0x1311_e000),
        (0x40, 0x00a4_0100),
        (0x48, 0x0018_6a00),
        (0x4c, 0x0018_6a00),
        (0x50, 0x1e00),
        (0x54, 0x32b),
        (0x58, 0x88),
        (0x78, 0x1512_2500),
        (0x7c, 0x500),
    ],
    // Clock divider, autobaud, flow control, modes, memory settings; date and ID.
    storage: &[(CLKDIV, 0x18), (FLOW_CONF, 0x58), (0x78, 0x7c)],
    autobaud: (0x18, Bits::bit(0)),
    rx_full_threshold: Bits::new(0, 7),
    rx_timeout_enable: Bits::bit(31),
    rx_count: Bits::new(0, 8),
    mem_rx_status: 0x60,
    rx_read_position: Bits::new(2, 11),
    rx_write_position: Bits::new(13, 11),
    rx_first_position: 0,
    edge_pulses: [0x68, 0x6c],
    // `UART_MEM_TX_STATUS_REG`, `UART_MEM_CNT_STATUS_REG`.
    idle: &[0x5c, 0x64],
    no_pulse: 0xf_ffff,
    update: (0x7c, None),
};

pub(super) const ESP32C3: Layout = Layout {
    reset: &[
        (CLKDIV, 0x2b6),
        (0x18, 0x8),
        (CONF0, 0x1000_001c),
        (CONF1, 0xc060),
        (0x38, 0xf0),
        (0x3c, 0x26e0),
        (0x40, 0x2200),
        (0x44, 0xa),
        (0x48, 0x4_0100),
        (0x50, 0x901),
        (0x54, 0x901),
        (0x58, 0xb),
        (0x5c, 0x32b),
        (0x60, 0xa_0012),
        (0x78, 0x0370_1000),
        (0x7c, 0x0200_8270),
        (0x80, 0x4000_0500),
    ],
    // Clock divider, glitch filter, flow control, modes, memory settings; clock, date and ID.
    storage: &[(CLKDIV, 0x18), (FLOW_CONF, 0x60), (0x78, 0x80)],
    autobaud: (CONF0, Bits::bit(27)),
    rx_full_threshold: Bits::new(0, 9),
    rx_timeout_enable: Bits::bit(21),
    rx_count: Bits::new(0, 10),
    mem_rx_status: 0x68,
    rx_read_position: Bits::new(0, 10),
    rx_write_position: Bits::new(11, 10),
    rx_first_position: 0x100,
    edge_pulses: [0x70, 0x74],
    // `UART_MEM_TX_STATUS_REG`, `UART_FSM_STATUS_REG`.
    idle: &[0x64, 0x6c],
    no_pulse: 0xfff,
    update: (0x80, Some(Bits::bit(31))),
};

pub(super) const ESP32S3: Layout = Layout {
    reset: &[
        (CLKDIV, 0x2b6),
        (0x18, 0x8),
        (CONF0, 0x1000_001c),
        (CONF1, 0x1_8060),
        (0x38, 0xf0),
        (0x3c, 0x4ce0),
        (0x40, 0x4400),
        (0x44, 0xa),
        (0x48, 0x4_0100),
        (0x50, 0x901),
        (0x54, 0x901),
        (0x58, 0xb),
        (0x5c, 0x32b),
        (0x60, 0x14_0012),
        (0x78, 0x0370_1000),
        (0x7c, 0x0200_8270),
        (0x80, 0x4000_0500),
    ],
    rx_full_threshold: Bits::new(0, 10),
    rx_timeout_enable: Bits::bit(23),
    rx_first_position: 0x200,
    ..ESP32C3
};
