//! GPIO: strapping pins, outputs, inputs that the host sets, pin interrupts, and the signal matrix as storage.
//!
//! Registers and bits: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/gpio_reg.h`; enables of the later
//! chips: `components/esp_hal_gpio/{esp32c3,esp32s3}/include/hal/gpio_ll.h`; boot modes
//! `components/soc/{esp32,esp32c3,esp32s3}/include/soc/boot_mode.h`.
//!
//! Interrupt lines of the ESP32: bit 0 `ETS_GPIO_INTR_SOURCE` (22) and bit 1 `ETS_GPIO_NMI_SOURCE` (23) of the PRO core,
//! bits 2 and 3 the same of the APP core. Of the ESP32-C3 and the ESP32-S3: bit 0 `ETS_GPIO_INTR_SOURCE` (16), bit 1
//! `ETS_GPIO_NMI_SOURCE` (17).

use super::bits::Bits;
pub(crate) use super::gpio_layout::Layout;
use super::gpio_layout::PendingRegister;
use super::register_file::RegisterFile;
use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;
use crate::virtual_chip::Strap;

const BLOCK_BYTES: u32 = 0x1000;
const OUT: u32 = 0x04;
const OUT1_W1TC: u32 = 0x18;
const ENABLE: u32 = 0x20;
const ENABLE1_W1TC: u32 = 0x34;
const STRAP: u32 = 0x38;
const IN: u32 = 0x3c;
const IN1: u32 = 0x40;
const STATUS: u32 = 0x44;
const STATUS1_W1TC: u32 = 0x58;

const PIN_INT_ENA: Bits = Bits::new(13, 5);
const PIN_INT_TYPE: Bits = Bits::new(7, 3);
#[cfg(test)]
const TYPE_RISING: u32 = 1;
#[cfg(test)]
const TYPE_FALLING: u32 = 2;
#[cfg(test)]
const TYPE_ANY_EDGE: u32 = 3;
const TYPE_LOW: u32 = 4;
const TYPE_HIGH: u32 = 5;

/// A register of a bit for every pin in two words, each with a set and a clear register behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct PinBits(u64);

impl PinBits {
    /// Reads word `word` of the six: low, set, clear, high, set, clear.
    fn read(self, word: u32) -> u32 {
        match word {
            0 => self.0 as u32,
            3 => (self.0 >> 32) as u32,
            _ => 0,
        }
    }

    /// Writes the word; `pins` are the pins that there are.
    fn write(&mut self, word: u32, value: u32, pins: u64) {
        let shift = if word < 3 { 0 } else { 32 };
        let mask = (pins >> shift) & 0xffff_ffff;
        let bits = (u64::from(value) & mask) << shift;
        match word % 3 {
            0 => self.0 = self.0 & !(mask << shift) | bits,
            1 => self.0 |= bits,
            _ => self.0 &= !bits,
        }
    }
}

/// The GPIO block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpio {
    layout: &'static Layout,
    regs: RegisterFile,
    strap: u32,
    out: PinBits,
    enable: PinBits,
    status: PinBits,
    input: u64,
    /// Pins whose interrupt is enabled for some core.
    interrupting: u64,
    driven: Driven,
}

/// What the outputs did since power-on, for the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Driven {
    /// Changes of a pin that drives.
    pub changes: u64,
    /// Pins that were driven high, bit by pin.
    pub high: u64,
    /// Pins that were driven low, bit by pin.
    pub low: u64,
    /// Levels and enables as they were noted last.
    now: (u64, u64),
}

impl Driven {
    fn note(&mut self, out: u64, enable: u64) {
        let now = (out & enable, enable);
        if now != self.now {
            self.now = now;
            self.changes += 1;
            self.high |= out & enable;
            self.low |= !out & enable;
        }
    }
}

impl Gpio {
    /// The block after power-on with this boot-mode strap, all inputs high (pulled up).
    pub(crate) fn new(layout: &'static Layout, strap: Strap) -> Self {
        let bits = match strap {
            Strap::FlashBoot => layout.strap_flash_boot,
            Strap::UartDownload => layout.strap_uart_download,
        };
        Gpio::with_strap_bits(layout, bits)
    }

    /// The block after power-on with these bits in `GPIO_STRAP_REG`.
    pub(crate) fn with_strap_bits(layout: &'static Layout, strap: u32) -> Self {
        Gpio {
            layout,
            regs: RegisterFile::new("gpio", BLOCK_BYTES, layout.reset, layout.storage),
            strap,
            out: PinBits::default(),
            enable: PinBits::default(),
            status: PinBits::default(),
            input: layout.pin_mask(),
            interrupting: 0,
            driven: Driven::default(),
        }
    }

    /// Whether the strap means booting from flash.
    #[cfg(test)]
    pub fn boots_from_flash(&self) -> bool {
        let patterns = self.layout.flash_boot;
        patterns
            .iter()
            .any(|&(mask, pattern)| self.strap & mask == pattern)
    }

    /// What the outputs did since power-on.
    pub(crate) fn driven(&self) -> Driven {
        self.driven
    }

    /// Levels of the output pins, bit by pin, where enabled.
    #[cfg(test)]
    pub fn outputs(&self) -> u64 {
        self.out.0 & self.enable.0
    }

    /// The host drives input `pin`; pins beyond the last are ignored.
    #[cfg(test)]
    pub fn set_input(&mut self, pin: usize, level: bool) {
        if pin >= self.layout.pins {
            return;
        }
        let bit = 1u64 << pin;
        let old = self.input & bit != 0;
        self.input = self.input & !bit | if level { bit } else { 0 };
        let kind = PIN_INT_TYPE.get(self.pin_config(pin));
        let edge = match kind {
            TYPE_RISING => !old && level,
            TYPE_FALLING => old && !level,
            TYPE_ANY_EDGE => old != level,
            _ => false,
        };
        if edge {
            self.status.0 |= bit;
        }
    }

    fn pin_config(&self, pin: usize) -> u32 {
        self.regs.get(self.layout.pin0 + 4 * pin as u32)
    }

    fn pending_register(&self, offset: u32) -> Option<&'static PendingRegister> {
        self.layout
            .pending
            .iter()
            .find(|register| register.offset == offset)
    }

    fn read_pending(&self, offset: u32) -> u32 {
        self.pending_register(offset).map_or(0, |register| {
            let pins = self.pending(register.enables);
            (pins >> if register.high { 32 } else { 0 }) as u32
        })
    }

    /// Pins that interrupt, edges that were caught and levels that hold, where `enable` is among their enables.
    fn pending(&self, enable: u32) -> u64 {
        if self.interrupting == 0 {
            return 0;
        }
        (0..self.layout.pins).fold(0, |pending, pin| {
            let config = self.pin_config(pin);
            if PIN_INT_ENA.get(config) & enable == 0 {
                return pending;
            }
            let high = self.input >> pin & 1 != 0;
            let level = match PIN_INT_TYPE.get(config) {
                TYPE_LOW => !high,
                TYPE_HIGH => high,
                _ => false,
            };
            let caught = self.status.0 >> pin & 1 != 0;
            pending | u64::from(level || caught) << pin
        })
    }
}

impl Device for Gpio {
    fn name(&self) -> &'static str {
        "gpio"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            OUT..=OUT1_W1TC => self.out.read((offset - OUT) / 4),
            ENABLE..=ENABLE1_W1TC => self.enable.read((offset - ENABLE) / 4),
            STRAP => self.strap,
            IN => self.input as u32,
            IN1 => (self.input >> 32) as u32,
            STATUS..=STATUS1_W1TC => self.status.read((offset - STATUS) / 4),
            _ if self.pending_register(offset).is_some() => self.read_pending(offset),
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            OUT..=OUT1_W1TC => {
                self.out
                    .write((offset - OUT) / 4, value, self.layout.pin_mask());
                self.driven.note(self.out.0, self.enable.0);
            }
            ENABLE..=ENABLE1_W1TC => {
                self.enable
                    .write((offset - ENABLE) / 4, value, self.layout.pin_mask());
                self.driven.note(self.out.0, self.enable.0);
            }
            STATUS..=STATUS1_W1TC => {
                self.status
                    .write((offset - STATUS) / 4, value, self.layout.pin_mask())
            }
            STRAP | IN | IN1 => {}
            _ if self.pending_register(offset).is_some() => {}
            _ => {
                let mut answer = self.regs.write_stored(offset, value);
                let pin = (offset.wrapping_sub(self.layout.pin0) / 4) as usize;
                if pin < self.layout.pins {
                    let enabled = PIN_INT_ENA.get(value) != 0;
                    self.interrupting = self.interrupting & !(1 << pin) | u64::from(enabled) << pin;
                }
                answer.effect = Effect::Interrupts;
                return answer;
            }
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn interrupts(&self) -> u32 {
        self.layout
            .lines
            .iter()
            .enumerate()
            .fold(0, |lines, (line, &enable)| {
                lines | u32::from(self.pending(enable) != 0) << line
            })
    }

    fn reset(&mut self, _now: Ticks) {
        let (input, driven) = (self.input, self.driven);
        *self = Gpio::with_strap_bits(self.layout, self.strap);
        self.input = input;
        self.driven = Driven {
            now: (0, 0),
            ..driven
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::periph::gpio_layout::{ENA_APP, ENA_LATER, ENA_PRO};
    use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};

    const ESP32: &Layout = &esp32::pads::GPIO;
    const C3: &Layout = &esp32c3::pads::GPIO;
    const S3: &Layout = &esp32s3::pads::GPIO;

    #[test]
    fn straps_are_what_the_rom_prints() {
        assert_eq!(
            Gpio::new(ESP32, Strap::FlashBoot).read(STRAP, 0).value,
            0x12
        );
        let mut download = Gpio::new(ESP32, Strap::UartDownload);
        assert_eq!(download.read(STRAP, 0).value, 0x0f);
        assert!(!download.boots_from_flash());
        download.write(STRAP, 0x12, 0);
        assert_eq!(download.read(STRAP, 0).value, 0x0f);
    }

    #[test]
    fn outputs_are_set_and_cleared_by_mask() {
        let mut gpio = Gpio::new(ESP32, Strap::FlashBoot);
        gpio.write(OUT + 4, 0b1100, 0);
        gpio.write(OUT + 8, 0b0100, 0);
        assert_eq!(gpio.read(OUT, 0).value, 0b1000);
        gpio.write(OUT + 0x10, 0x1ff, 0);
        assert_eq!(gpio.read(OUT + 0xc, 0).value, 0xff);
        assert_eq!(gpio.outputs(), 0);
        gpio.write(ENABLE, 0b1000, 0);
        assert_eq!(gpio.outputs(), 0b1000);
    }

    #[test]
    fn edges_and_levels_interrupt_the_core_that_enabled_them() {
        let mut gpio = Gpio::new(ESP32, Strap::FlashBoot);
        // Pin 4: falling edge to the PRO core; pin 33: low level to the APP core.
        gpio.write(ESP32.pin0 + 16, ENA_PRO << 13 | TYPE_FALLING << 7, 0);
        gpio.write(ESP32.pin0 + 4 * 33, ENA_APP << 13 | TYPE_LOW << 7, 0);
        gpio.set_input(4, false);
        assert_eq!(gpio.interrupts(), 0b0001);
        assert_eq!(gpio.read(0x68, 0).value, 1 << 4);
        gpio.write(STATUS + 8, 1 << 4, 0);
        assert_eq!(gpio.interrupts(), 0);
        gpio.set_input(33, false);
        assert_eq!(gpio.interrupts(), 0b0100);
        gpio.set_input(33, true);
        assert_eq!(gpio.interrupts(), 0);
        gpio.set_input(40, false);
    }

    #[test]
    fn the_later_chips_have_fewer_or_more_pins_and_other_straps() {
        let mut c3 = Gpio::new(C3, Strap::FlashBoot);
        let mut s3 = Gpio::new(S3, Strap::FlashBoot);
        assert_eq!((c3.read(STRAP, 0).value, s3.read(STRAP, 0).value), (12, 8));
        assert!(c3.boots_from_flash() && s3.boots_from_flash());
        for model in [C3, S3] {
            assert!(!Gpio::new(model, Strap::UartDownload).boots_from_flash());
        }
        for gpio in [&mut c3, &mut s3] {
            gpio.write(OUT, u32::MAX, 0);
            gpio.write(OUT + 0xc, u32::MAX, 0);
        }
        assert_eq!(c3.read(OUT, 0).value, 0x03ff_ffff);
        assert_eq!(c3.read(OUT + 0xc, 0).value, 0);
        assert_eq!(s3.read(OUT + 0xc, 0).value, 0x003f_ffff);
        assert_eq!(c3.read(0x5b8, 0), RegRead::modelled(0x80));
        assert_eq!(s3.read(0x628, 0), RegRead::modelled(0x100));
        // Pin 40 of the ESP32-S3: low level.
        s3.write(0x74 + 4 * 40, ENA_LATER << 13 | TYPE_LOW << 7, 0);
        s3.set_input(40, false);
        assert_eq!(s3.interrupts(), 1);
        assert_eq!(s3.read(0x68, 0).value, 1 << 8);
    }
}
