//! Command bytes of SPI NOR flash: JEDEC JESD216 and the GigaDevice GD25Q32C data sheet, "Commands description".

/// Write status register 1 (and 2, if two bytes follow).
pub const WRSR: u8 = 0x01;
/// Page program.
pub const PP: u8 = 0x02;
/// Read at low speed.
pub const READ: u8 = 0x03;
/// Write disable.
pub const WRDI: u8 = 0x04;
/// Read status register 1.
pub const RDSR: u8 = 0x05;
/// Write enable.
pub const WREN: u8 = 0x06;
/// Fast read.
pub const READ_FAST: u8 = 0x0b;
/// Fast read with a four-byte address.
pub const READ_FAST_4B: u8 = 0x0c;
/// Write status register 3.
pub const WRSR3: u8 = 0x11;
/// Page program with a four-byte address.
pub const PP_4B: u8 = 0x12;
/// Read with a four-byte address.
pub const READ_4B: u8 = 0x13;
/// Read status register 3.
pub const RDSR3: u8 = 0x15;
/// Sector erase, 4 KiB.
pub const SE: u8 = 0x20;
/// Sector erase with a four-byte address.
pub const SE_4B: u8 = 0x21;
/// Write status register 2.
pub const WRSR2: u8 = 0x31;
/// Page program, data on four lines.
pub const PP_QUAD: u8 = 0x32;
/// Page program, data on four lines, four-byte address.
pub const PP_QUAD_4B: u8 = 0x34;
/// Read status register 2.
pub const RDSR2: u8 = 0x35;
/// Page program, address and data on four lines.
pub const PP_QIO: u8 = 0x38;
/// Dual output read.
pub const READ_DUAL: u8 = 0x3b;
/// Dual output read with a four-byte address.
pub const READ_DUAL_4B: u8 = 0x3c;
/// Read unique ID.
pub const RDUID: u8 = 0x4b;
/// Write enable for volatile status bits.
pub const WREN_VOLATILE: u8 = 0x50;
/// Block erase, 32 KiB.
pub const BE_32K: u8 = 0x52;
/// Read discoverable parameters.
pub const RDSFDP: u8 = 0x5a;
/// Block erase, 32 KiB, four-byte address.
pub const BE_32K_4B: u8 = 0x5c;
/// Chip erase.
pub const CE: u8 = 0x60;
/// Reset enable.
pub const RESET_ENABLE: u8 = 0x66;
/// Quad output read.
pub const READ_QUAD: u8 = 0x6b;
/// Quad output read with a four-byte address.
pub const READ_QUAD_4B: u8 = 0x6c;
/// Suspend program or erase.
pub const SUSPEND: u8 = 0x75;
/// Set burst with wrap.
pub const SET_BURST: u8 = 0x77;
/// Resume program or erase.
pub const RESUME: u8 = 0x7a;
/// Read manufacturer and device ID.
pub const RDMID: u8 = 0x90;
/// Reset.
pub const RESET: u8 = 0x99;
/// Read JEDEC identification.
pub const RDID: u8 = 0x9f;
/// High performance mode.
pub const HPM: u8 = 0xa3;
/// Release from deep power-down, read device ID.
pub const RES: u8 = 0xab;
/// Enter four-byte address mode.
pub const EN4B: u8 = 0xb7;
/// Deep power-down.
pub const DP: u8 = 0xb9;
/// Dual I/O read.
pub const READ_DIO: u8 = 0xbb;
/// Dual I/O read with a four-byte address.
pub const READ_DIO_4B: u8 = 0xbc;
/// Chip erase, second form.
pub const CE_ALT: u8 = 0xc7;
/// Block erase, 64 KiB.
pub const BE_64K: u8 = 0xd8;
/// Block erase, 64 KiB, four-byte address.
pub const BE_64K_4B: u8 = 0xdc;
/// Leave four-byte address mode.
pub const EX4B: u8 = 0xe9;
/// Quad I/O read.
pub const READ_QIO: u8 = 0xeb;
/// Quad I/O read with a four-byte address.
pub const READ_QIO_4B: u8 = 0xec;
/// End of a continuous read: no command for a chip that is in none.
pub const MODE_RESET: u8 = 0xff;

/// Whether the command programs data into the array.
pub const fn is_program(opcode: u8) -> bool {
    matches!(opcode, PP | PP_4B | PP_QUAD | PP_QUAD_4B | PP_QIO)
}

/// Whether mode bits follow the command's three-byte address.
pub const fn has_mode_bits(opcode: u8) -> bool {
    matches!(opcode, READ_DIO | READ_QIO)
}
