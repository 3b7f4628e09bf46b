//! IO_MUX: pad configuration, which only holds its values here.
//!
//! Registers: ESP-IDF `components/soc/esp32/register/soc/io_mux_reg.h`. The block has no interrupt lines.

use super::register_file::RegisterFile;

const BLOCK_BYTES: u32 = 0x400;
/// `PERIPHS_IO_MUX_GPIO24_U`, the last pad register.
const LAST_PAD: u32 = 0x90;

/// The block after reset.
pub fn io_mux() -> RegisterFile {
    RegisterFile::new("io_mux", BLOCK_BYTES, &[], &[(0, LAST_PAD)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::periph::{Device, RegRead};

    #[test]
    fn pads_read_back() {
        let mut block = io_mux();
        assert!(block.write(0x84, 0x2b00, 0).modelled);
        assert_eq!(block.read(0x84, 0), RegRead::modelled(0x2b00));
        assert!(!block.read(0x94, 0).modelled);
    }
}
