//! USB serial/JTAG: the console over USB of the ESP32-C3 and the ESP32-S3.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/usb_serial_jtag_reg.h`. How
//! the ROM waits for room: `usb_uart_tx_one_char` of the ESP32-C3's mask ROM.
//!
//! No host is connected: there are no start-of-frame interrupts, by which ESP-IDF finds a host
//! (`components/esp_driver_usb_serial_jtag/src/usb_serial_jtag_connection_monitor.c`). Every byte written is handed out
//! as [`Effect::Transmit`] all the same, and there is always room, so that software never waits: a real board without a
//! host drops the bytes after a short wait. Sending takes no time.
//!
//! Interrupt line: bit 0, source `ETS_USB_SERIAL_JTAG_INTR_SOURCE` (ESP32-C3 26, ESP32-S3 96).

use std::collections::VecDeque;

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

/// Bytes that the FIFO from the host holds.
#[cfg(test)]
pub const OUT_FIFO_BYTES: usize = 64;

const BLOCK_BYTES: u32 = 0x1000;
const EP1: u32 = 0x00;
const EP1_CONF: u32 = 0x04;
const INT_RAW: u32 = 0x08;
const INT_ST: u32 = 0x0c;
const INT_ENA: u32 = 0x10;
const INT_CLR: u32 = 0x14;
const CONF0: u32 = 0x18;
const TEST: u32 = 0x1c;
const JFIFO_ST: u32 = 0x20;
const FRAM_NUM: u32 = 0x24;
const IN_EP0_ST: u32 = 0x28;
const IN_EP3_ST: u32 = 0x34;
const OUT_EP0_ST: u32 = 0x38;
const OUT_EP2_ST: u32 = 0x40;
const MISC_CONF: u32 = 0x44;
const MEM_CONF: u32 = 0x48;
const DATE: u32 = 0x80;

const STORAGE: StorageRanges = &[(CONF0, TEST), (MISC_CONF, MEM_CONF), (DATE, DATE)];

const IN_EP_DATA_FREE: Bits = Bits::bit(1);
const OUT_EP_DATA_AVAIL: Bits = Bits::bit(2);
#[cfg(test)]
const INT_OUT_RECV_PKT: u32 = 1 << 2;
const INT_IN_EMPTY: u32 = 1 << 3;
const INT_MASK: u32 = 0xfff;
/// Both JTAG FIFOs are empty.
const JFIFO_EMPTY: u32 = 0x44;
const IN_EP_IDLE: u32 = 1;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
}

/// The USB serial/JTAG block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbSerialJtag {
    regs: RegisterFile,
    /// Bytes from the host.
    out: VecDeque<u8>,
    latched: u32,
    int_ena: u32,
}

impl UsbSerialJtag {
    /// The block after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        UsbSerialJtag {
            regs: RegisterFile::new("usb_serial_jtag", BLOCK_BYTES, layout.reset, STORAGE),
            out: VecDeque::new(),
            latched: 0,
            int_ena: 0,
        }
    }

    /// The host sends `byte`; if the FIFO is full, the byte is lost.
    #[cfg(test)]
    pub fn receive(&mut self, byte: u8) {
        if self.out.len() < OUT_FIFO_BYTES {
            self.out.push_back(byte);
            self.latched |= INT_OUT_RECV_PKT;
        }
    }

    fn int_raw(&self) -> u32 {
        // What software sends is gone at once.
        self.latched | INT_IN_EMPTY
    }
}

impl Device for UsbSerialJtag {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            EP1 => self.out.pop_front().map_or(0, u32::from),
            EP1_CONF => {
                IN_EP_DATA_FREE.mask() | OUT_EP_DATA_AVAIL.put(u32::from(!self.out.is_empty()))
            }
            INT_RAW => self.int_raw(),
            INT_ST => self.int_raw() & self.int_ena,
            INT_ENA => self.int_ena,
            INT_CLR | FRAM_NUM | OUT_EP0_ST..=OUT_EP2_ST => 0,
            JFIFO_ST => JFIFO_EMPTY,
            IN_EP0_ST..=IN_EP3_ST => IN_EP_IDLE,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            EP1 => return RegWrite::modelled(Effect::Transmit(value as u8)),
            INT_ENA => self.int_ena = value & INT_MASK,
            INT_CLR => self.latched &= !value,
            // Flushing (`WR_DONE`) has nothing left to do.
            EP1_CONF | INT_RAW | INT_ST | JFIFO_ST..=OUT_EP2_ST => {}
            _ => return self.regs.write_stored(offset, value),
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
        self.regs.clear();
        self.out.clear();
        self.latched = 0;
        self.int_ena = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32c3, esp32s3};

    #[test]
    fn bytes_come_out_without_a_host_and_there_is_always_room() {
        let mut usb = UsbSerialJtag::new(&esp32c3::uart::USB_SERIAL_JTAG);
        for byte in 0..=u8::MAX {
            assert_eq!(
                usb.write(EP1, u32::from(byte), 0).effect,
                Effect::Transmit(byte)
            );
            assert_eq!(usb.read(EP1_CONF, 0), RegRead::modelled(2));
        }
        usb.write(EP1_CONF, 1, 0);
        assert_eq!(usb.read(INT_RAW, 0).value, INT_IN_EMPTY);
        // No start-of-frame interrupt, no frame number: nobody is there.
        assert_eq!(usb.read(FRAM_NUM, 0), RegRead::modelled(0));
    }

    #[test]
    fn received_bytes_interrupt_and_are_read_in_order() {
        let mut usb = UsbSerialJtag::new(&esp32s3::uart::USB_SERIAL_JTAG);
        usb.write(INT_ENA, INT_OUT_RECV_PKT, 0);
        assert_eq!(usb.interrupts(), 0);
        for byte in 0..=OUT_FIFO_BYTES {
            usb.receive(byte as u8);
        }
        assert_eq!(usb.interrupts(), 1);
        usb.write(INT_CLR, INT_OUT_RECV_PKT, 0);
        assert_eq!(usb.interrupts(), 0);
        for byte in 0..OUT_FIFO_BYTES {
            assert_eq!(usb.read(EP1_CONF, 0).value, 6);
            assert_eq!(usb.read(EP1, 0).value, byte as u32);
        }
        assert_eq!(usb.read(EP1_CONF, 0).value, 2);
        assert_eq!(usb.read(CONF0, 0), RegRead::modelled(0x4200));
    }
}
