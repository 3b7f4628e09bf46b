//! Models of the ESP32 family's flash encryption, eFuses and secure boot, and an emulator that boots the chips' real
//! mask ROMs, to prove what a bit-for-bit copy of a device's flash does on another chip.
//!
//! The crate is pure: no files, processes, sockets, wall clock or global state. Dependencies point one way:
//! [`chip`] ← [`efuse`], [`flash`] ← [`flash_cipher`], [`secure_boot`] ← [`emu`] ← [`virtual_chip`]; [`audit`] needs the
//! first four.
#![warn(missing_docs)]

pub mod audit;
pub mod boot;
pub mod chip;
pub mod efuse;
pub mod emu;
pub mod flash;
pub mod flash_cipher;
pub mod hex;
pub mod secure_boot;
pub mod virtual_chip;
