//! Runs a test program on QEMU's `sim` machine, where one is installed.

use std::path::Path;
use std::process::Command;

use crate::child;
use crate::xtensa::asm::{Asm, Encoding};
use crate::xtensa::cases::Needs;
use crate::xtensa::program::{Program, Record};

const BINARY: &str = "qemu-system-xtensa";

/// A core that QEMU can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpu {
    pub name: &'static str,
    /// Where its machine has RAM.
    pub base: u32,
    /// Where it starts: the machine ignores an ELF file's entry.
    reset_vector: u32,
    lx6: bool,
}

/// The ESP32's own, in Espressif's QEMU (`target/xtensa/core-esp32` there).
pub const ESP32: Cpu = Cpu {
    name: "esp32",
    base: 0x6000_0000,
    reset_vector: 0x5000_0000,
    lx6: true,
};

/// The fullest in a plain QEMU: windows, loops, MAC16, DIV32, booleans, the same floating-point unit.
pub const DE233_FPU: Cpu = Cpu {
    name: "de233_fpu",
    base: 0x0010_0000,
    reset_vector: 0xfe00_0000,
    lx6: false,
};

impl Cpu {
    pub fn has(self, needs: Needs) -> bool {
        self.lx6 || needs == Needs::Nothing
    }
}

/// The best core that the installed QEMU offers, or what is missing.
pub fn installed() -> Result<Cpu, String> {
    let output = Command::new(BINARY).args(["-cpu", "help"]).output();
    let output = output.map_err(|_| format!("no {BINARY} on the PATH"))?;
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    [ESP32, DE233_FPU]
        .into_iter()
        .find(|cpu| names.split_whitespace().any(|name| name == cpu.name))
        .ok_or_else(|| format!("no {BINARY} with a core of the ESP32's kind on the PATH"))
}

/// Results by case and operand set.
pub fn run(program: &Program, cpu: Cpu, folder: &Path) -> Vec<Vec<Record>> {
    let kernel = folder.join(format!("{}.elf", cpu.name));
    std::fs::write(&kernel, elf(program, cpu)).expect("a writable temporary folder");
    let mut command = Command::new(BINARY);
    command
        .args(["-M", "sim", "-cpu", cpu.name, "-semihosting"])
        .args(["-display", "none", "-monitor", "none", "-serial", "none"])
        .arg("-kernel")
        .arg(&kernel);
    program.results(&child::output(&mut command))
}

/// Code for the reset vector: a jump to the program.
fn reset_code(program: &Program, cpu: Cpu) -> Vec<u8> {
    let mut asm = Asm::new(cpu.reset_vector);
    asm.jump(cpu.reset_vector + 8);
    asm.align(4);
    asm.word(program.entry);
    asm.l32r(0, cpu.reset_vector + 4);
    // JX a0.
    asm.insn(Encoding::Wide(0xa0));
    asm.into_bytes()
}

/// The program and a jump to it as an ELF executable of two segments.
fn elf(program: &Program, cpu: Cpu) -> Vec<u8> {
    const HEADER: u32 = 52;
    const SEGMENT: u32 = 32;
    const XTENSA: u16 = 94;
    const EXECUTABLE: u16 = 2;
    const LOAD: u32 = 1;
    const READ_WRITE_EXECUTE: u32 = 7;
    // 32 bits, little-endian, version 1.
    let mut file = b"\x7fELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([EXECUTABLE, XTENSA].into_iter().flat_map(u16::to_le_bytes));
    let words = [1, program.entry, HEADER, 0, 0];
    file.extend(words.into_iter().flat_map(u32::to_le_bytes));
    let halves = [HEADER as u16, SEGMENT as u16, 2, 0, 0, 0];
    file.extend(halves.into_iter().flat_map(u16::to_le_bytes));
    let reset = reset_code(program, cpu);
    let mut offset = HEADER + 2 * SEGMENT;
    for (address, bytes) in [(cpu.reset_vector, &reset), (program.base, &program.image)] {
        let size = u32::try_from(bytes.len()).expect("image below 4 GiB");
        let segment = [
            LOAD,
            offset,
            address,
            address,
            size,
            size,
            READ_WRITE_EXECUTE,
            4,
        ];
        file.extend(segment.into_iter().flat_map(u32::to_le_bytes));
        offset += size;
    }
    file.extend(&reset);
    file.extend(&program.image);
    file
}
