//! SAR ADC controller of the ESP32-C3 and the ESP32-S3: settings are held, measurements end at once with zero.
//!
//! Registers, bits and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/apb_saradc_reg.h`. The
//! ESP32-C3 starts single measurements and its temperature sensor here, the ESP32-S3 in [`crate::emu::periph::sens`]. What is measured
//! is not modelled: the registers with results say so. DMA is not modelled.
//!
//! Interrupt line: bit 0, source `ETS_APB_ADC_INTR_SOURCE` (ESP32-C3 43, ESP32-S3 65).

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
// The interrupt registers, from the first of them on.
const INT_ENA: u32 = 0x0;
const INT_RAW: u32 = 0x4;
const INT_ST: u32 = 0x8;
const INT_CLR: u32 = 0xc;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
    pub int_first: u32,
    /// The register that starts a single measurement.
    pub onetime: Option<u32>,
}

const ONETIME_START: Bits = Bits::bit(29);
/// Which ADC measures; the same bits of the interrupt registers tell that it is done.
const ONETIME_ADCS: u32 = 1 << 31 | 1 << 30;

/// The SAR ADC controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApbSaradc {
    layout: &'static Layout,
    regs: RegisterFile,
    int_raw: u32,
    int_ena: u32,
}

impl ApbSaradc {
    /// The block after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        ApbSaradc {
            layout,
            regs: RegisterFile::new("apb_saradc", BLOCK_BYTES, layout.reset, layout.storage),
            int_raw: 0,
            int_ena: 0,
        }
    }
}

impl Device for ApbSaradc {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset.wrapping_sub(self.layout.int_first) {
            INT_ENA => self.int_ena,
            INT_RAW => self.int_raw,
            INT_ST => self.int_raw & self.int_ena,
            INT_CLR => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset.wrapping_sub(self.layout.int_first) {
            INT_ENA => self.int_ena = value,
            INT_CLR => self.int_raw &= !value,
            INT_RAW | INT_ST => {}
            _ => {
                if self.layout.onetime == Some(offset) && ONETIME_START.is_set(value) {
                    self.int_raw |= value & ONETIME_ADCS;
                }
                let mut write = self.regs.write_stored(offset, value);
                write.effect = Effect::Interrupts;
                return write;
            }
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.int_raw & self.int_ena != 0)
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
        self.int_raw = 0;
        self.int_ena = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32c3, esp32s3};

    #[test]
    fn a_single_measurement_is_done_at_once() {
        let mut adc = ApbSaradc::new(&esp32c3::analog::SARADC);
        adc.write(0x40, 1 << 31, 0);
        adc.write(0x20, 1 << 31 | 1 << 29, 0);
        assert_eq!(adc.interrupts(), 1);
        assert_eq!(adc.read(0x44, 0).value, 1 << 31);
        assert!(!adc.read(0x2c, 0).modelled);
        adc.write(0x4c, 1 << 31, 0);
        assert_eq!(adc.interrupts(), 0);
    }

    #[test]
    fn the_esp32s3_has_its_own_places() {
        let mut adc = ApbSaradc::new(&esp32s3::analog::SARADC);
        adc.write(0x20, 1 << 31 | 1 << 29, 0);
        assert_eq!(adc.read(0x60, 0), RegRead::modelled(0));
        assert_eq!(adc.read(0x38, 0), RegRead::modelled(0x900));
    }
}
