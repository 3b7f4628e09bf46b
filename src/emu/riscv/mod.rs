//! The RISC-V core of the ESP32-C3 and its successors: RV32IMC, with A from the ESP32-C6 on, with machine and user mode.
//!
//! Sources: The RISC-V Instruction Set Manual, volumes I (unprivileged) and II (privileged); what the chip has of it and
//! adds to it: ESP32-C3 technical reference manual, chapter "ESP-RISC-V CPU"; ESP-IDF `components/riscv`.

mod atomic;
mod backtrace;
mod code;
mod compressed;
mod core;
mod counter;
mod cpu;
pub mod csr;
mod decode;
mod disasm;
mod exec;
mod extensions;
mod inspect;
mod op;
mod pmp;
mod run;
#[cfg(test)]
mod tests;
mod trap;

pub use crate::emu::cpu::Exit;
pub use code::CodeCache;
pub use core::{Hart, HartConfig};
pub use extensions::Extensions;
