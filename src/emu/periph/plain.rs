//! Blocks of the ESP32-C3 and the ESP32-S3 that only hold settings here: permissions and world control.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/sensitive_reg.h` and
//! `components/soc/esp32s3/register/soc/world_controller_reg.h`. None of the blocks has interrupt lines here: nothing is
//! enforced, so nothing is violated; locks do not lock.

use super::Model;
use super::register_file::{RegisterFile, ResetValues};

const BLOCK_BYTES: u32 = 0x1000;
/// The date register of the permission block.
const SENSITIVE_DATE: u32 = 0xffc;

/// The permission control block (`SENSITIVE`), after reset. The ESP32 has none: it gets the ESP32-C3's.
pub fn sensitive(model: Model) -> RegisterFile {
    match model {
        Model::Esp32 | Model::Esp32C3 => RegisterFile::new(
            "sensitive",
            BLOCK_BYTES,
            &[
                (0x14, 0x1),
                (0x34, 0x3),
                (0x170, 0x1),
                (SENSITIVE_DATE, 0x0201_0200),
            ],
            &[(0x00, 0x170), (SENSITIVE_DATE, SENSITIVE_DATE)],
        ),
        Model::Esp32S3 => RegisterFile::new(
            "sensitive",
            BLOCK_BYTES,
            ESP32S3_SENSITIVE,
            &[(0x00, 0x30c), (SENSITIVE_DATE, SENSITIVE_DATE)],
        ),
    }
}

const ESP32S3_SENSITIVE: ResetValues = &[
    (0x0c, 0x1),
    (0x34, 0x3),
    (0x1bc, 0x1),
    (0x1cc, 0x1),
    (0x268, 0x1),
    (0x278, 0x1),
    (0x2b0, 0x2000),
    (0x2b4, 0x2000),
    (0x2bc, 0xf),
    (0x2c4, 0xf),
    (0x2cc, 0xf),
    (0x2d4, 0xf),
    (0x2dc, 0xf),
    (0x2e4, 0xf),
    (0x2ec, 0xf),
    (0x2f4, 0xf),
    (0x2fc, 0xf),
    (0x304, 0xf),
    (0x308, 0x1),
    (SENSITIVE_DATE, 0x0210_1280),
];

/// The world controller of the ESP32-S3 (`WCL`), after reset: both cores stay in the secure world.
pub fn world_control() -> RegisterFile {
    RegisterFile::new(
        "world_control",
        BLOCK_BYTES,
        &[(0x7c, 0x2), (0x47c, 0x2)],
        &[(0x00, 0x194), (0x400, 0x594)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::periph::{Device, RegRead};

    #[test]
    fn settings_read_back_and_reset_values_are_the_headers() {
        let mut c3 = sensitive(Model::Esp32C3);
        assert_eq!(c3.read(0x170, 0), RegRead::modelled(1));
        assert!(c3.write(0x100, 5, 0).modelled);
        assert_eq!(c3.read(0x100, 0).value, 5);
        let mut s3 = sensitive(Model::Esp32S3);
        assert_eq!(s3.read(SENSITIVE_DATE, 0), RegRead::modelled(0x0210_1280));
        assert_eq!(world_control().read(0x47c, 0), RegRead::modelled(2));
    }
}
