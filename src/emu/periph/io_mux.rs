//! IO_MUX: pad configuration, which only holds its values here.
//!
//! Registers: ESP-IDF `components/soc/{esp32,esp32c3,esp32s3}/register/soc/io_mux_reg.h`. The block has no interrupt lines.

use super::Model;
use super::register_file::RegisterFile;

const BLOCK_BYTES: u32 = 0x400;
/// The date register of the later chips.
const DATE: u32 = 0xfc;

/// The block after reset. Storage ends with the last pad: `PERIPHS_IO_MUX_GPIO24_U` on the ESP32,
/// `PERIPHS_IO_MUX_U0TXD_U` on the ESP32-C3, `PERIPHS_IO_MUX_SPICLK_N_U` on the ESP32-S3.
pub fn io_mux(model: Model) -> RegisterFile {
    match model {
        Model::Esp32 => RegisterFile::new("io_mux", BLOCK_BYTES, &[], &[(0, 0x90)]),
        Model::Esp32C3 => RegisterFile::new("io_mux", BLOCK_BYTES, &[], &[(0, 0x58), (DATE, DATE)]),
        Model::Esp32S3 => RegisterFile::new("io_mux", BLOCK_BYTES, &[], &[(0, 0xc4), (DATE, DATE)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::periph::{Device, RegRead};

    #[test]
    fn pads_read_back() {
        let mut block = io_mux(Model::Esp32);
        assert!(block.write(0x84, 0x2b00, 0).modelled);
        assert_eq!(block.read(0x84, 0), RegRead::modelled(0x2b00));
        assert!(!block.read(0x94, 0).modelled);
    }
}
