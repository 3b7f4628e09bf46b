//! GPIO: strapping pins, outputs, inputs that the host sets, pin interrupts, and the signal matrix as storage.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32/register/soc/gpio_reg.h`.
//!
//! Interrupt lines: bit 0 `ETS_GPIO_INTR_SOURCE` (22) and bit 1 `ETS_GPIO_NMI_SOURCE` (23) of the PRO core, bits 2 and 3
//! the same of the APP core.

use super::bits::Bits;
use super::register_file::{RegisterFile, StorageRanges};
use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;
use crate::virtual_chip::Strap;

/// Number of pins.
pub const PINS: usize = 40;

const BLOCK_BYTES: u32 = 0x1000;
const BT_SELECT: u32 = 0x00;
const OUT: u32 = 0x04;
const OUT1_W1TC: u32 = 0x18;
const SDIO_SELECT: u32 = 0x1c;
const ENABLE: u32 = 0x20;
const ENABLE1_W1TC: u32 = 0x34;
const STRAP: u32 = 0x38;
const IN: u32 = 0x3c;
const IN1: u32 = 0x40;
const STATUS: u32 = 0x44;
const STATUS1_W1TC: u32 = 0x58;
const ACPU_INT: u32 = 0x60;
const ACPU_NMI_INT: u32 = 0x64;
const PCPU_INT: u32 = 0x68;
const PCPU_NMI_INT: u32 = 0x6c;
const CPUSDIO_INT: u32 = 0x70;
const ACPU_INT1: u32 = 0x74;
const ACPU_NMI_INT1: u32 = 0x78;
const PCPU_INT1: u32 = 0x7c;
const PCPU_NMI_INT1: u32 = 0x80;
const CPUSDIO_INT1: u32 = 0x84;
const PIN0: u32 = 0x88;
const GPIO_SIGMADELTA0: u32 = 0xf00;
const GPIO_SIGMADELTA_MISC: u32 = 0xf24;
const FUNC39_OUT_SEL_CFG: u32 = 0x5cc;

/// Pin configuration and signal matrix.
const STORAGE: StorageRanges = &[
    (BT_SELECT, BT_SELECT),
    (SDIO_SELECT, SDIO_SELECT),
    (PIN0, FUNC39_OUT_SEL_CFG),
    // Sigma-delta outputs (ESP-IDF `gpio_sd_reg.h`): the pins carry nothing here, the settings only read back.
    (GPIO_SIGMADELTA0, GPIO_SIGMADELTA_MISC),
];

const PIN_INT_ENA: Bits = Bits::new(13, 5);
const PIN_INT_TYPE: Bits = Bits::new(7, 3);
/// `GPIO_PIN_INT_ENA`: APP interrupt, APP NMI, PRO interrupt, PRO NMI.
const ENA_APP: u32 = 1 << 0;
const ENA_APP_NMI: u32 = 1 << 1;
const ENA_PRO: u32 = 1 << 2;
const ENA_PRO_NMI: u32 = 1 << 3;
const TYPE_RISING: u32 = 1;
const TYPE_FALLING: u32 = 2;
const TYPE_ANY_EDGE: u32 = 3;
const TYPE_LOW: u32 = 4;
const TYPE_HIGH: u32 = 5;

/// `GPIO_STRAP_REG` for booting from flash, as the ROM's banner prints it (`boot:0x12`).
const STRAP_FLASH_BOOT: u32 = 0x12;
/// `GPIO_STRAP_REG` for download over UART.
const STRAP_UART_DOWNLOAD: u32 = 0x0f;
const PIN_MASK: u64 = (1 << PINS) - 1;

/// A register of 40 bits in two words, each with a set and a clear register behind it.
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

    fn write(&mut self, word: u32, value: u32) {
        let (shift, mask) = if word < 3 {
            (0, 0xffff_ffff)
        } else {
            (32, 0xff)
        };
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
    regs: RegisterFile,
    strap: u32,
    out: PinBits,
    enable: PinBits,
    status: PinBits,
    input: u64,
    /// Pins whose interrupt is enabled for some core.
    interrupting: u64,
}

impl Gpio {
    /// The block after power-on with this boot-mode strap, all inputs high (pulled up).
    pub fn new(strap: Strap) -> Self {
        Gpio::with_strap_bits(match strap {
            Strap::FlashBoot => STRAP_FLASH_BOOT,
            Strap::UartDownload => STRAP_UART_DOWNLOAD,
        })
    }

    /// The block after power-on with these bits in `GPIO_STRAP_REG`.
    pub fn with_strap_bits(strap: u32) -> Self {
        Gpio {
            regs: RegisterFile::new("gpio", BLOCK_BYTES, &[], STORAGE),
            strap,
            out: PinBits::default(),
            enable: PinBits::default(),
            status: PinBits::default(),
            input: PIN_MASK,
            interrupting: 0,
        }
    }

    /// Whether the strap means booting from flash: patterns 1xxxx, 010xx and 01100 (ESP-IDF
    /// `components/soc/esp32/include/soc/boot_mode.h`, `ETS_IS_FLASH_BOOT`).
    pub fn boots_from_flash(&self) -> bool {
        self.strap & 0x10 != 0 || self.strap & 0x1c == 0x08 || self.strap & 0x1f == 0x0c
    }

    /// Levels of the output pins, bit by pin, where enabled.
    pub fn outputs(&self) -> u64 {
        self.out.0 & self.enable.0
    }

    /// The host drives input `pin`; pins beyond the last are ignored.
    pub fn set_input(&mut self, pin: usize, level: bool) {
        if pin >= PINS {
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
        self.regs.get(PIN0 + 4 * pin as u32)
    }

    /// Pins that interrupt, edges that were caught and levels that hold, where `enable` is among their enables.
    fn pending(&self, enable: u32) -> u64 {
        if self.interrupting == 0 {
            return 0;
        }
        (0..PINS).fold(0, |pending, pin| {
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
            ACPU_INT => self.pending(ENA_APP) as u32,
            ACPU_NMI_INT => self.pending(ENA_APP_NMI) as u32,
            PCPU_INT => self.pending(ENA_PRO) as u32,
            PCPU_NMI_INT => self.pending(ENA_PRO_NMI) as u32,
            ACPU_INT1 => (self.pending(ENA_APP) >> 32) as u32,
            ACPU_NMI_INT1 => (self.pending(ENA_APP_NMI) >> 32) as u32,
            PCPU_INT1 => (self.pending(ENA_PRO) >> 32) as u32,
            PCPU_NMI_INT1 => (self.pending(ENA_PRO_NMI) >> 32) as u32,
            CPUSDIO_INT | CPUSDIO_INT1 => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            OUT..=OUT1_W1TC => self.out.write((offset - OUT) / 4, value),
            ENABLE..=ENABLE1_W1TC => self.enable.write((offset - ENABLE) / 4, value),
            STATUS..=STATUS1_W1TC => self.status.write((offset - STATUS) / 4, value),
            STRAP | IN | IN1 | ACPU_INT..=CPUSDIO_INT1 => {}
            _ => {
                let mut answer = self.regs.write_stored(offset, value);
                let pin = (offset.wrapping_sub(PIN0) / 4) as usize;
                if pin < PINS {
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
        [ENA_PRO, ENA_PRO_NMI, ENA_APP, ENA_APP_NMI]
            .into_iter()
            .enumerate()
            .fold(0, |lines, (line, enable)| {
                lines | u32::from(self.pending(enable) != 0) << line
            })
    }

    fn reset(&mut self, _now: Ticks) {
        let input = self.input;
        *self = Gpio::with_strap_bits(self.strap);
        self.input = input;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straps_are_what_the_rom_prints() {
        assert_eq!(Gpio::new(Strap::FlashBoot).read(STRAP, 0).value, 0x12);
        let mut download = Gpio::new(Strap::UartDownload);
        assert_eq!(download.read(STRAP, 0).value, 0x0f);
        assert!(!download.boots_from_flash());
        download.write(STRAP, 0x12, 0);
        assert_eq!(download.read(STRAP, 0).value, 0x0f);
    }

    #[test]
    fn outputs_are_set_and_cleared_by_mask() {
        let mut gpio = Gpio::new(Strap::FlashBoot);
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
        let mut gpio = Gpio::new(Strap::FlashBoot);
        // Pin 4: falling edge to the PRO core; pin 33: low level to the APP core.
        gpio.write(PIN0 + 16, ENA_PRO << 13 | TYPE_FALLING << 7, 0);
        gpio.write(PIN0 + 4 * 33, ENA_APP << 13 | TYPE_LOW << 7, 0);
        gpio.set_input(4, false);
        assert_eq!(gpio.interrupts(), 0b0001);
        assert_eq!(gpio.read(PCPU_INT, 0).value, 1 << 4);
        gpio.write(STATUS + 8, 1 << 4, 0);
        assert_eq!(gpio.interrupts(), 0);
        gpio.set_input(33, false);
        assert_eq!(gpio.interrupts(), 0b0100);
        gpio.set_input(33, true);
        assert_eq!(gpio.interrupts(), 0);
        gpio.set_input(PINS, false);
    }
}
