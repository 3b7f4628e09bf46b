//! Whole virtual chips, inside this process: boots, resets, snapshots, garbage, our own bootloaders, power cuts, GDB.

#[expect(dead_code, reason = "shared with the tests of the core alone")]
#[path = "../trials/xtensa/asm.rs"]
mod asm;
mod support;

mod esp32;
mod esp32c3;
mod esp32c6;
mod esp32s3;
mod first_boot;
mod forging;
mod gdb;
#[expect(dead_code, reason = "shared with the generator of known truths")]
mod guests;
mod power_cuts;
mod secure_bootloader;
