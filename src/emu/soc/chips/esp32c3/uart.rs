//! UARTs of the ESP32-C3.

use crate::emu::periph::bits::Bits;
use crate::emu::periph::later::usb_serial_jtag;
use crate::emu::periph::uart;

/// The UARTs (ESP-IDF `components/soc/esp32c3/register/soc/uart_reg.h`).
pub(in crate::emu) const UART: uart::Layout = uart::Layout {
    reset: &[
        (0x14, 0x2b6),
        (0x18, 0x8),
        (0x20, 0x1000_001c),
        (0x24, 0xc060),
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
    storage: &[(0x14, 0x18), (0x34, 0x60), (0x78, 0x80)],
    autobaud: (0x20, Bits::bit(27)),
    loopback: Bits::bit(14),
    rx_reset: Bits::bit(17),
    rx_full_threshold: Bits::new(0, 9),
    rx_timeout_enable: (0x24, Bits::bit(21)),
    rx_count: Bits::new(0, 10),
    mem_rx_status: 0x68,
    rx_read_position: Bits::new(0, 10),
    rx_write_position: Bits::new(11, 10),
    rx_first_position: 0x100,
    edge_pulses: [0x70, 0x74],
    low_pulse: 0x28,
    // `UART_MEM_TX_STATUS_REG`, `UART_FSM_STATUS_REG`.
    idle: &[0x64, 0x6c],
    no_pulse: 0xfff,
    update: (0x80, Some(Bits::bit(31))),
};

/// USB serial/JTAG (ESP-IDF `components/soc/esp32c3/register/soc/usb_serial_jtag_reg.h`).
pub(in crate::emu) const USB_SERIAL_JTAG: usb_serial_jtag::Layout = usb_serial_jtag::Layout {
    reset: &[(0x18, 0x4200), (0x48, 2), (0x80, 0x0200_7300)],
};
