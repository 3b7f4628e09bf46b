//! Blocks of the ESP32-C3 and the ESP32-S3 that only hold settings here: permissions, debug assistance, world control.
//!
//! Registers and reset values: ESP-IDF `components/soc/{esp32c3,esp32s3}/register/soc/{sensitive,assist_debug}_reg.h` and
//! `components/soc/esp32s3/register/soc/world_controller_reg.h`. None of the blocks has interrupt lines here: nothing is
//! enforced, so nothing is violated; locks do not lock. What the monitors record reads zero.

use super::Model;
use super::register_file::RegisterFile;

const BLOCK_BYTES: u32 = 0x1000;
/// The date register of the permission block.
const SENSITIVE_DATE: u32 = 0xffc;
/// The date register of the debug assistance.
const ASSIST_DEBUG_DATE: u32 = 0x1fc;

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
            &[(0x00, 0x174), (SENSITIVE_DATE, SENSITIVE_DATE)],
        ),
        Model::Esp32S3 => RegisterFile::new(
            "sensitive",
            BLOCK_BYTES,
            ESP32S3_SENSITIVE,
            &[(0x00, 0x318), (SENSITIVE_DATE, SENSITIVE_DATE)],
        ),
    }
}

const ESP32S3_SENSITIVE: super::register_file::ResetValues = &[
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

/// The debug assistance (`ASSIST_DEBUG`), after reset: bus and stack monitors that never trip, a recorder that records
/// nothing. The ESP32 has none: it gets the ESP32-C3's.
pub fn assist_debug(model: Model) -> RegisterFile {
    match model {
        Model::Esp32 | Model::Esp32C3 => RegisterFile::new(
            "assist_debug",
            BLOCK_BYTES,
            &[(0x70, 0x80), (ASSIST_DEBUG_DATE, 0x0200_8010)],
            &[(0x00, 0x98), (ASSIST_DEBUG_DATE, ASSIST_DEBUG_DATE)],
        ),
        Model::Esp32S3 => RegisterFile::new(
            "assist_debug",
            BLOCK_BYTES,
            &[(0x128, 0x40), (ASSIST_DEBUG_DATE, 0x0200_3040)],
            &[(0x00, 0x154), (ASSIST_DEBUG_DATE, ASSIST_DEBUG_DATE)],
        ),
    }
}

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

    #[test]
    fn the_recorder_records_nothing() {
        let mut c3 = assist_debug(Model::Esp32C3);
        c3.write(0x44, 3, 0);
        assert_eq!(c3.read(0x48, 0), RegRead::modelled(0));
        let mut s3 = assist_debug(Model::Esp32S3);
        assert_eq!(s3.read(0x128, 0), RegRead::modelled(0x40));
    }
}
