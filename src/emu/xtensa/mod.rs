//! The Xtensa cores: LX6 of the ESP32.

pub mod decode;
pub mod disasm;
pub mod op;
