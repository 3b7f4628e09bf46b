//! The Xtensa cores: LX6 of the ESP32, LX7 of the ESP32-S3.

mod backtrace;
#[cfg(test)]
mod breakpoint_tests;
mod code;
mod core;
mod cpu;
mod decode;
mod disasm;
mod divide;
mod exception;
mod exec;
mod fpu;
mod inspect;
mod interrupt;
mod mac16;
mod op;
mod operands;
#[cfg(test)]
mod pie_tests;
mod rare;
mod region;
mod run;
mod special;
mod syntax;
mod window;

pub use code::CodeCache;
pub use core::{Core, CoreConfig, CoreModel, PHYSICAL_REGISTERS};
pub use run::Exit;
