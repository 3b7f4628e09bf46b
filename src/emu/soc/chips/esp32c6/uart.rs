//! UARTs of the ESP32-C6.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::later::usb_serial_jtag;
use crate::emu::periph::uart;

/// The UARTs (ESP-IDF `components/soc/esp32c6/register/soc/uart_reg.h`). Storage: clock divider, glitch filter, flow control,
/// modes, memory settings; clock, date and ID.
pub(in crate::emu) const UART: uart::Layout = uart::Layout {
    reset: &[
        (0x14, 0x2b6),
        (0x18, 0x8),
        (0x20, 0x10_001c),
        (0x24, 0x6060),
        (0x38, 0x14_04f0),
        (0x3c, 0x1311),
        (0x40, 0xe000),
        (0x44, 0xa),
        (0x48, 0x4_0100),
        (0x50, 0x901),
        (0x54, 0x901),
        (0x58, 0xb),
        (0x5c, 0x32b),
        (0x64, 0x28),
        (0x88, 0x0300_0000),
        (0x8c, 0x0220_1260),
        (0x90, 0xa),
        (0x9c, 0x500),
    ],
    // Both FIFOs between the clock domains are always empty.
    storage: &[(0x14, 0x18), (0x2c, 0x64), (0x88, 0x90), (0x98, 0x9c)],
    autobaud: (0x20, Bits::bit(19)),
    loopback: Bits::bit(12),
    rx_reset: Bits::bit(22),
    rx_full_threshold: Bits::new(0, 8),
    rx_timeout_enable: (0x64, Bits::bit(0)),
    rx_count: Bits::new(0, 8),
    mem_rx_status: 0x6c,
    rx_read_position: Bits::new(0, 8),
    rx_write_position: Bits::new(9, 8),
    rx_first_position: 0x80,
    edge_pulses: [0x74, 0x78],
    low_pulse: 0x7c,
    // `UART_MEM_TX_STATUS_REG`, `UART_FSM_STATUS_REG`.
    idle: &[0x68, 0x70],
    no_pulse: 0xfff,
    update: (0x98, Some(Bits::bit(0))),
};

/// USB serial/JTAG (ESP-IDF `components/soc/esp32c6/register/soc/usb_serial_jtag_reg.h`).
pub(in crate::emu) const USB_SERIAL_JTAG: usb_serial_jtag::Layout = usb_serial_jtag::Layout {
    reset: &[(0x18, 0x4200), (0x48, 2), (0x80, 0x0210_9220)],
};
