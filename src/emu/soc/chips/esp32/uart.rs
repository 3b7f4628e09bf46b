//! UARTs of the ESP32.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::uart;

/// The UARTs (ESP-IDF `components/soc/esp32/register/soc/uart_reg.h`).
pub(in crate::emu) const UART: uart::Layout = uart::Layout {
    reset: &[
        (0x14, 0x2b6),
        (0x18, 0x1000),
        (0x20, 0x0800_001c),
        (0x24, 0x6060),
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
    storage: &[(0x14, 0x18), (0x34, 0x58), (0x78, 0x7c)],
    autobaud: (0x18, Bits::bit(0)),
    loopback: Bits::bit(14),
    rx_reset: Bits::bit(17),
    rx_full_threshold: Bits::new(0, 7),
    rx_timeout_enable: (0x24, Bits::bit(31)),
    rx_count: Bits::new(0, 8),
    mem_rx_status: 0x60,
    rx_read_position: Bits::new(2, 11),
    rx_write_position: Bits::new(13, 11),
    rx_first_position: 0,
    edge_pulses: [0x68, 0x6c],
    low_pulse: 0x28,
    // `UART_MEM_TX_STATUS_REG`, `UART_MEM_CNT_STATUS_REG`.
    idle: &[0x5c, 0x64],
    no_pulse: 0xf_ffff,
    update: (0x7c, None),
};
