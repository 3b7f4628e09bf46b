//! HP_SYSTEM: which encryption of external memory software may use, and time-outs of the buses.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32c6/register/soc/hp_system_reg.h`. Bus time-outs never come here. The
//! block has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const ENCRYPT_DECRYPT_CONTROL: u32 = 0x00;
const ENABLE_SPI_MANUAL_ENCRYPT: Bits = Bits::bit(0);
const ENABLE_DOWNLOAD_G0CB_DECRYPT: Bits = Bits::bit(2);
const ENABLE_DOWNLOAD_MANUAL_ENCRYPT: Bits = Bits::bit(3);

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HpSystem {
    regs: RegisterFile,
}

impl HpSystem {
    /// The block after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        HpSystem {
            regs: RegisterFile::new("hp_system", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    fn control(&self, bit: Bits) -> bool {
        bit.is_set(self.regs.get(ENCRYPT_DECRYPT_CONTROL))
    }

    /// Whether the manual-encryption unit may be used after a boot from flash.
    pub(crate) fn spi_manual_encrypt_enabled(&self) -> bool {
        self.control(ENABLE_SPI_MANUAL_ENCRYPT)
    }

    /// Whether reads through the cache are decrypted in download mode.
    pub(crate) fn download_g0cb_decrypt_enabled(&self) -> bool {
        self.control(ENABLE_DOWNLOAD_G0CB_DECRYPT)
    }

    /// Whether the manual-encryption unit may be used in download mode.
    pub(crate) fn download_manual_encrypt_enabled(&self) -> bool {
        self.control(ENABLE_DOWNLOAD_MANUAL_ENCRYPT)
    }
}

impl Device for HpSystem {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            ENCRYPT_DECRYPT_CONTROL => RegRead::modelled(self.regs.get(offset)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            ENCRYPT_DECRYPT_CONTROL => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::EncryptionControl)
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[(0x3fc, 0x0220_6110)],
        storage: &[(0x3fc, 0x3fc)],
    };

    #[test]
    fn software_allows_each_use_of_the_cipher() {
        let mut block = HpSystem::new(&LAYOUT);
        let uses = |block: &HpSystem| {
            [
                block.spi_manual_encrypt_enabled(),
                block.download_g0cb_decrypt_enabled(),
                block.download_manual_encrypt_enabled(),
            ]
        };
        assert_eq!(uses(&block), [false; 3]);
        for (value, expected) in [
            (1, [true, false, false]),
            (4, [false, true, false]),
            (8, [false, false, true]),
        ] {
            assert_eq!(block.write(0, value, 0).effect, Effect::EncryptionControl);
            assert_eq!(uses(&block), expected);
        }
        block.reset(0);
        assert_eq!(uses(&block), [false; 3]);
    }
}
