//! Models of the ESP32 family's flash encryption, eFuses and secure boot, and an emulator that boots the chips' real
//! mask ROMs, to prove what a bit-for-bit copy of a device's flash does on another chip.
//!
//! ```
//! use std::{error::Error, ops::ControlFlow, time::Duration};
//!
//! use cloneproof::chip::{Chip, ChipRevision};
//! use cloneproof::efuse::{EfuseBank, EncryptionMode};
//! use cloneproof::emu::builtin::BuiltinChip;
//! use cloneproof::flash::build::{FlashPart, compose, stock_bootloader};
//! use cloneproof::flash_cipher::FlashCipher;
//! use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};
//!
//! # fn main() -> Result<(), Box<dyn Error>> {
//! const FLASH_SIZE: usize = 4 << 20;
//! let chip = |last| {
//!     EfuseBank::factory(Chip::Esp32C3, ChipRevision::new(0, 3), [0x24, 0x0a, 0xc4, 0, 0, last])
//! };
//!
//! // A device whose bootloader lies in flash encrypted with the key in its eFuses.
//! let mut device = chip(1);
//! device.burn_encryption_mode(EncryptionMode::Release, &[0x5a; 32])?;
//! let mut bootloader = stock_bootloader(Chip::Esp32C3, FLASH_SIZE)?;
//! bootloader.resize(bootloader.len().next_multiple_of(32), 0xff);
//! FlashCipher::from_efuses(&device).encrypt(0, &mut bootloader);
//! let flash = compose(FLASH_SIZE, &[FlashPart::new("bootloader", 0, bootloader)])?;
//!
//! // What the mask ROM says of that flash, on the device and on a factory-fresh chip.
//! let refuses = |efuses: EfuseBank| -> Result<bool, Box<dyn Error>> {
//!     let (flash, strap, seed) = (flash.clone(), Strap::FlashBoot, 1);
//!     let mut chip = BuiltinChip::new(PowerOn { flash, efuses, strap, seed, flash_id: None })?;
//!     let limits = RunLimits { cycles: 20_000_000, wall: Duration::MAX, resets: 3 };
//!     let report = chip.run(&limits, &mut |_: &[u8]| ControlFlow::Continue(()))?;
//!     Ok(report.console_text().contains("invalid header"))
//! };
//! assert!(!refuses(device)?);
//! assert!(refuses(chip(2))?);
//! # Ok(())
//! # }
//! ```
//!
//! The crate is pure: no files, processes, sockets, wall clock or global state. Dependencies point one way; each module
//! uses those above it:
//!
//! | module | what | uses |
//! |---|---|---|
//! | [`chip`] | the chips and their revisions | |
//! | [`hex`] | bytes as digits | |
//! | [`efuse`] | banks of eFuses, their tables, files, keys | `chip`, `hex` |
//! | [`flash`] | contents of a flash, images, partitions | `chip` |
//! | [`flash_cipher`] | both flash ciphers | `chip`, `efuse` |
//! | [`boot`] | what a boot left behind: report, named signatures | `chip`, `flash`, `flash_cipher` |
//! | [`secure_boot`] | signatures, and what a chip decides | `boot`, `chip`, `efuse`, `flash`, `hex` |
//! | [`virtual_chip`] | the one interface of all back ends | `boot`, `efuse`, `flash` |
//! | [`audit`] | lints on a configuration | `chip`, `efuse`, `flash`, `flash_cipher` |
//! | [`emu`] | the built-in emulator | all of them but `audit` and `hex` |
//!
//! In [`emu`]: `periph` (devices) ← `soc` (chips) ← `machine` ← [`emu::builtin`]; the cores, `xtensa` and `riscv`, know
//! the bus alone.
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
