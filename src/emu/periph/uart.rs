//! UART: bytes out at once, bytes in through a FIFO that the host feeds.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/uart_reg.h`. The later
//! chips have the ESP32's design with wider fields, and moved registers behind the receive-memory settings.
//!
//! Sending takes no time: the transmit FIFO is always empty. Interrupt line: bit 0, source `ETS_UART0_INTR_SOURCE`,
//! `ETS_UART1_INTR_SOURCE` or `ETS_UART2_INTR_SOURCE` (ESP32 34-36, ESP32-C3 21-22, ESP32-S3 27-29).

use std::collections::VecDeque;

use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues, StorageRanges};
use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;

/// Bytes that the receive FIFO holds (`UART_RX_SIZE` at reset: one block of 128).
pub const RX_FIFO_BYTES: usize = 128;

const BLOCK_BYTES: u32 = 0x100;
const FIFO: u32 = 0x00;
const INT_RAW: u32 = 0x04;
const INT_ST: u32 = 0x08;
const INT_ENA: u32 = 0x0c;
const INT_CLR: u32 = 0x10;
const STATUS: u32 = 0x1c;
const CONF0: u32 = 0x20;
const CONF1: u32 = 0x24;
// From `UART_LOWPULSE_REG` on.
const HIGHPULSE: u32 = 0x4;
const RXD_CNT: u32 = 0x8;

const INT_RXFIFO_FULL: u32 = 1 << 0;
const INT_TXFIFO_EMPTY: u32 = 1 << 1;
const INT_RXFIFO_OVF: u32 = 1 << 4;
const INT_RXFIFO_TOUT: u32 = 1 << 8;
const INT_TX_DONE: u32 = 1 << 14;

/// Idle lines are high: RXD (15), DTRN (29), RTSN (30), TXD (31).
const STATUS_IDLE_LINES: u32 = 1 << 15 | 1 << 29 | 1 << 30 | 1 << 31;
const RXD_CNT_MAX: u32 = 0x3ff;

/// Shortest pulse that autobaud measures: one bit at 115200 baud in clocks of the 40 MHz that the APB bus has while the
/// ROM detects the rate.
const HOST_BIT_CLOCKS: u32 = 40_000_000 / 115_200;

/// What differs by chip: places of registers and fields, reset values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    /// Register and bit that switch the measuring of the host's baud rate on.
    pub autobaud: (u32, Bits),
    /// Fields of `UART_CONF0_REG`.
    pub loopback: Bits,
    pub rx_reset: Bits,
    pub rx_full_threshold: Bits,
    /// Register and bit that switch the receive time-out on.
    pub rx_timeout_enable: (u32, Bits),
    pub rx_count: Bits,
    /// `UART_MEM_RX_STATUS_REG`: its offset, the fields of the read and of the write position, the first position.
    pub mem_rx_status: u32,
    pub rx_read_position: Bits,
    pub rx_write_position: Bits,
    pub rx_first_position: u32,
    /// `UART_POSPULSE_REG` and `UART_NEGPULSE_REG`.
    pub edge_pulses: [u32; 2],
    /// `UART_LOWPULSE_REG`; `UART_HIGHPULSE_REG` and `UART_RXD_CNT_REG` follow.
    pub low_pulse: u32,
    /// State registers of a machine at rest: they read zero.
    pub idle: &'static [u32],
    /// Pulse counters before any edge was seen.
    pub no_pulse: u32,
    /// `UART_ID_REG`: its offset and the bit that asks to take settings over, which clears itself.
    pub update: (u32, Option<Bits>),
}

/// A UART.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uart {
    name: &'static str,
    layout: &'static Layout,
    regs: RegisterFile,
    rx: VecDeque<u8>,
    /// Positions in the receive RAM, modulo its size, as `MEM_RX_STATUS` shows them.
    rx_read: u32,
    rx_write: u32,
    /// Interrupts that were raised by events and stay until cleared.
    latched: u32,
    int_ena: u32,
    rxd_edges: u32,
    pulse: u32,
}

impl Uart {
    /// A UART after reset; `name` is for reports, e.g. `"uart0"`.
    pub(crate) fn new(name: &'static str, layout: &'static Layout) -> Self {
        Uart {
            name,
            layout,
            regs: RegisterFile::new(name, BLOCK_BYTES, layout.reset, layout.storage),
            rx: VecDeque::new(),
            rx_read: 0,
            rx_write: 0,
            latched: 0,
            int_ena: 0,
            rxd_edges: 0,
            pulse: layout.no_pulse,
        }
    }

    /// The host sends `byte`. If the FIFO is full, the byte is lost and the overflow interrupt is raised.
    ///
    /// The receive time-out is raised with the byte, as if the line had gone idle behind it.
    pub fn receive(&mut self, byte: u8) {
        self.count_edges(byte);
        if self.rx.len() >= RX_FIFO_BYTES {
            self.latched |= INT_RXFIFO_OVF;
            return;
        }
        self.rx.push_back(byte);
        self.rx_write = (self.rx_write + 1) % RX_FIFO_BYTES as u32;
        let (register, enable) = self.layout.rx_timeout_enable;
        if enable.is_set(self.regs.get(register)) {
            self.latched |= INT_RXFIFO_TOUT;
        }
    }

    /// Number of received bytes that software has not read yet.
    #[cfg(test)]
    pub fn received(&self) -> usize {
        self.rx.len()
    }

    fn count_edges(&mut self, byte: u8) {
        let (register, enable) = self.layout.autobaud;
        if !enable.is_set(self.regs.get(register)) {
            return;
        }
        // Idle, start bit (0), eight data bits from the lowest, stop bit (1).
        let frame = 0x200 | u32::from(byte) << 1;
        let edges = 1 + ((frame ^ (frame >> 1)) & 0x1ff).count_ones();
        self.rxd_edges = (self.rxd_edges + edges).min(RXD_CNT_MAX);
        self.pulse = HOST_BIT_CLOCKS;
    }

    fn read_fifo(&mut self) -> u32 {
        match self.rx.pop_front() {
            Some(byte) => {
                self.rx_read = (self.rx_read + 1) % RX_FIFO_BYTES as u32;
                u32::from(byte)
            }
            None => 0,
        }
    }

    fn transmit(&mut self, byte: u8) -> RegWrite {
        self.latched |= INT_TX_DONE;
        if self.layout.loopback.is_set(self.regs.get(CONF0)) {
            self.receive(byte);
        }
        RegWrite::modelled(Effect::Transmit(byte))
    }

    fn clear_rx(&mut self) {
        self.rx.clear();
        self.rx_read = 0;
        self.rx_write = 0;
    }

    fn int_raw(&self) -> u32 {
        let threshold = self.layout.rx_full_threshold.get(self.regs.get(CONF1)) as usize;
        let full = !self.rx.is_empty() && self.rx.len() >= threshold;
        // The transmit FIFO is below any threshold at all times.
        self.latched | INT_TXFIFO_EMPTY | if full { INT_RXFIFO_FULL } else { 0 }
    }

    /// Reads a register that is not at the same place on every chip.
    fn read_moved(&self, offset: u32) -> RegRead {
        let layout = self.layout;
        if offset == layout.mem_rx_status {
            let first = layout.rx_first_position;
            let read = layout.rx_read_position.put(first + self.rx_read);
            let write = layout.rx_write_position.put(first + self.rx_write);
            return RegRead::modelled(read | write);
        }
        if layout.edge_pulses.contains(&offset) {
            return RegRead::modelled(self.pulse);
        }
        if layout.idle.contains(&offset) {
            return RegRead::modelled(0);
        }
        match offset.wrapping_sub(layout.low_pulse) {
            0 | HIGHPULSE => RegRead::modelled(self.pulse),
            RXD_CNT => RegRead::modelled(self.rxd_edges),
            _ => self.regs.read_stored(offset),
        }
    }

    /// Writes a register that is not at the same place on every chip.
    fn write_moved(&mut self, offset: u32, value: u32) -> RegWrite {
        let layout = self.layout;
        let measured = layout.low_pulse..=layout.low_pulse + RXD_CNT;
        if offset == layout.mem_rx_status
            || measured.contains(&offset)
            || layout.edge_pulses.contains(&offset)
            || layout.idle.contains(&offset)
        {
            return RegWrite::stored();
        }
        let clears_itself = match layout.update {
            (register, Some(bit)) if register == offset => bit.mask(),
            _ => 0,
        };
        self.regs.write_stored(offset, value & !clears_itself)
    }

    fn status(&self) -> u32 {
        STATUS_IDLE_LINES | self.layout.rx_count.put(self.rx.len() as u32)
    }
}

impl Device for Uart {
    fn name(&self) -> &'static str {
        self.name
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            FIFO => self.read_fifo(),
            INT_RAW => self.int_raw(),
            INT_ST => self.int_raw() & self.int_ena,
            INT_ENA => self.int_ena,
            INT_CLR => 0,
            STATUS => self.status(),
            CONF0 | CONF1 => self.regs.get(offset),
            _ => return self.read_moved(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let (autobaud, enable) = self.layout.autobaud;
        if offset == autobaud && !enable.is_set(value) {
            self.rxd_edges = 0;
            self.pulse = self.layout.no_pulse;
        }
        match offset {
            FIFO => return self.transmit(value as u8),
            INT_ENA => self.int_ena = value,
            INT_CLR => self.latched &= !value,
            CONF0 => {
                self.regs.set(CONF0, value);
                if self.layout.rx_reset.is_set(value) {
                    self.clear_rx();
                }
            }
            CONF1 => self.regs.set(CONF1, value),
            INT_RAW | INT_ST | STATUS => {}
            _ => return self.write_moved(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    /// A byte that is read leaves the FIFO.
    fn reads_interrupt(&self) -> bool {
        true
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw() & self.int_ena != 0)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Uart::new(self.name, self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};

    const ESP32: &Layout = &esp32::uart::UART;
    const C3: &Layout = &esp32c3::uart::UART;
    const S3: &Layout = &esp32s3::uart::UART;

    const CLKDIV: u32 = 0x14;

    #[test]
    fn a_written_byte_is_sent_at_once_and_the_fifo_stays_empty() {
        let mut uart = Uart::new("uart0", ESP32);
        assert_eq!(
            uart.write(FIFO, u32::from(b'A'), 0).effect,
            Effect::Transmit(b'A')
        );
        assert_eq!(uart.read(STATUS, 0).value & 0x00ff_0000, 0);
        assert_ne!(uart.read(INT_RAW, 0).value & INT_TX_DONE, 0);
        uart.write(INT_CLR, INT_TX_DONE, 0);
        assert_eq!(uart.read(INT_RAW, 0).value & INT_TX_DONE, 0);
    }

    #[test]
    fn received_bytes_are_counted_and_read_in_order() {
        let mut uart = Uart::new("uart0", ESP32);
        uart.write(CONF1, 2, 0);
        uart.write(INT_ENA, INT_RXFIFO_FULL, 0);
        uart.receive(1);
        assert_eq!(uart.interrupts(), 0);
        uart.receive(2);
        assert_eq!(uart.interrupts(), 1);
        assert_eq!(uart.read(STATUS, 0).value & 0xff, 2);
        assert_eq!(uart.read(ESP32.mem_rx_status, 0).value, 2 << 13);
        assert_eq!(uart.read(FIFO, 0).value, 1);
        assert_eq!(uart.interrupts(), 0);
        assert_eq!(uart.read(FIFO, 0).value, 2);
        assert_eq!(uart.read(FIFO, 0).value, 0);
    }

    #[test]
    fn a_full_fifo_drops_bytes_and_reports_overflow() {
        let mut uart = Uart::new("uart0", ESP32);
        for _ in 0..=RX_FIFO_BYTES {
            uart.receive(0x55);
        }
        assert_eq!(uart.received(), RX_FIFO_BYTES);
        assert_ne!(uart.read(INT_RAW, 0).value & INT_RXFIFO_OVF, 0);
        uart.write(CONF0, ESP32.rx_reset.mask(), 0);
        assert_eq!(uart.received(), 0);
    }

    #[test]
    fn autobaud_counts_edges_only_while_enabled() {
        let mut uart = Uart::new("uart0", ESP32);
        uart.receive(0x55);
        assert_eq!(uart.read(ESP32.low_pulse + RXD_CNT, 0).value, 0);
        uart.write(ESP32.autobaud.0, 1, 0);
        // 0x55 alternates: ten bits with the idle level before them make ten edges.
        uart.receive(0x55);
        assert_eq!(uart.read(ESP32.low_pulse + RXD_CNT, 0).value, 10);
        assert_eq!(uart.read(ESP32.low_pulse, 0).value, 347);
    }

    #[test]
    fn reset_values_are_those_of_the_register_header() {
        let mut uart = Uart::new("uart0", ESP32);
        assert_eq!(uart.read(CLKDIV, 0), RegRead::modelled(0x2b6));
        assert_eq!(uart.read(CONF0, 0), RegRead::modelled(0x0800_001c));
        assert_eq!(uart.read(0x78, 0), RegRead::modelled(0x1512_2500));
        assert!(!uart.read(0x80, 0).modelled);
    }

    #[test]
    fn the_later_chips_have_their_own_places_and_reset_values() {
        for (model, first) in [(C3, 0x100), (S3, 0x200)] {
            let mut uart = Uart::new("uart1", model);
            assert_eq!(
                uart.write(FIFO, 0x42, 0).effect,
                Effect::Transmit(0x42),
                "{first:#x}"
            );
            assert_eq!(uart.read(0x68, 0).value, first << 11 | first);
            assert_eq!(uart.read(0x80, 0), RegRead::modelled(0x4000_0500));
            // The request to take settings over is never seen pending.
            uart.write(0x80, 1 << 31 | 0x500, 0);
            assert_eq!(uart.read(0x80, 0).value, 0x500);
            assert_eq!(uart.read(0x6c, 0), RegRead::modelled(0));
            uart.write(CONF0, 1 << 27, 0);
            uart.receive(0x55);
            assert_eq!(uart.read(ESP32.low_pulse + RXD_CNT, 0).value, 10);
            assert_eq!(uart.read(0x70, 0).value, 347);
            uart.write(CONF0, 0, 0);
            assert_eq!(uart.read(0x70, 0).value, 0xfff);
        }
    }
}
