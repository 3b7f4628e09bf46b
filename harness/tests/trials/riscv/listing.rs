//! The disassembler against `objdump`: a recorded listing of every instruction, and where objdump is installed the
//! ESP32-C3's mask ROM, in which it takes the constants between functions for code too.

use std::path::{Path, PathBuf};
use std::process::Command;

use cloneproof::emu::riscv::{Hart, csr};

const OBJDUMP: &str = "riscv64-unknown-elf-objdump";
/// The ELF of the ROM in the sources of the `espflash` crate.
const ROM: &str = "resources/roms/esp32c3_rev300_rom.elf";

/// A line of objdump.
struct Listed {
    address: u32,
    word: u32,
    len: u8,
    text: String,
}

/// `  4000000a:\t8082                \tret` and the like; `None` for anything but an instruction.
fn listed(line: &str) -> Option<Listed> {
    let (address, rest) = line.split_once(":\t")?;
    let (bits, text) = rest.split_once('\t')?;
    let bits = bits.trim();
    let text = text.split('#').next().unwrap_or(text);
    let text = text.split('<').next().unwrap_or(text).trim();
    Some(Listed {
        address: u32::from_str_radix(address.trim(), 16).ok()?,
        word: u32::from_str_radix(bits, 16).ok()?,
        len: u8::try_from(bits.len() / 2).ok()?,
        text: text.replace('\t', " "),
    })
}

/// Mnemonic and operands in one notation: numbers in hexadecimal, CSRs as numbers, no alias that says less than the name.
fn normalised(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = text
        .replace([',', '(', ')'], " ")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let immediate = tokens.last().is_some_and(|last| number(last).is_some());
    if let Some(name) = tokens.first_mut() {
        // This objdump writes `add` for ADDI, and so on.
        const SHORT: [&str; 9] = [
            "add", "and", "or", "xor", "slt", "sll", "srl", "sra", "sltu",
        ];
        if let Some(short) = SHORT.iter().find(|short| **short == name && immediate) {
            *name = match *short {
                "sltu" => "sltiu".to_owned(),
                short => format!("{short}i"),
            };
        }
    }
    for token in tokens.iter_mut().skip(1) {
        let csr = csr::numbers().find(|&number| csr::name(number) == *token);
        if let Some(number) = csr.map(u32::from).or_else(|| number(token)) {
            *token = format!("{number:#x}");
        }
    }
    expanded(tokens)
}

/// The aliases that objdump has more of, as what they stand for.
fn expanded(tokens: Vec<String>) -> Vec<String> {
    let parts: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let expanded: Vec<&str> = match parts[..] {
        ["zext.b", rd, rs] => vec!["andi", rd, rs, "0xff"],
        ["c.nop", value] => vec!["li", "zero", value],
        ["add", rd, "zero", rs] | ["c.add", rd, rs] => vec!["mv", rd, rs],
        ["c.li", rd, value] => vec!["li", rd, value],
        ["c.mv", rd, rs] => vec!["mv", rd, rs],
        ["c.lui", rd, value] => vec!["lui", rd, value],
        ["c.slli", rd, amount] => vec!["slli", rd, rd, amount],
        ["csrwi", csr, value] => vec!["csrw", csr, value],
        ["csrsi", csr, value] => vec!["csrs", csr, value],
        ["csrci", csr, value] => vec!["csrc", csr, value],
        ["csrrwi", rd, csr, value] => vec!["csrrw", rd, csr, value],
        ["csrrsi", rd, csr, value] => vec!["csrrs", rd, csr, value],
        ["csrrci", rd, csr, value] => vec!["csrrc", rd, csr, value],
        _ => return tokens,
    };
    expanded.into_iter().map(str::to_owned).collect()
}

fn number(token: &str) -> Option<u32> {
    if let Some(digits) = token.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok();
    }
    let decimal = token.parse::<i64>().ok();
    // Targets come without 0x.
    let is_target = token.len() == 8 && !token.starts_with('-');
    match decimal {
        Some(value) if !is_target => Some(value as u32),
        _ if is_target => u32::from_str_radix(token, 16).ok(),
        _ => None,
    }
}

/// True if the bits are no instruction of the chip. objdump shows shifts by more than 31 too, which are for other cores.
fn not_of_the_chip(text: &str) -> bool {
    let (name, operands) = text.split_once(' ').unwrap_or((text, ""));
    let shifts = matches!(name, "sll" | "srl" | "sra");
    let amount = operands.rsplit(',').next().and_then(number);
    name.starts_with('.') || name == "unimp" || shifts && amount.is_some_and(|amount| amount > 31)
}

fn rom() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("HOME")?;
            Some(Path::new(&home).join(".cargo"))
        })?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    registries
        .flatten()
        .map(|registry| registry.path().join("espflash-4.7.0").join(ROM))
        .find(|path| path.is_file())
}

/// The listing of the ROM that the installed objdump makes, or what is missing.
pub fn of_the_rom() -> Result<String, String> {
    let rom = rom().ok_or("no sources of espflash 4.7.0 in Cargo's home")?;
    let output = Command::new(OBJDUMP).arg("-d").arg(&rom).output();
    let output = output.map_err(|_| format!("no {OBJDUMP} on the PATH"))?;
    assert!(output.status.success(), "objdump reads the ROM");
    Ok(String::from_utf8(output.stdout).expect("objdump writes ASCII"))
}

pub fn disassembles_the_rom_as_objdump_does(listing: &str) {
    assert_same_text(listing, 100_000);
}

pub fn disassembles_as_recorded() {
    assert_same_text(include_str!("../../data/riscv_listing.txt"), 120);
}

/// Compares every line of a listing, which must have so many instructions at least.
fn assert_same_text(listing: &str, at_least: usize) {
    let (mut compared, mut differences) = (0, Vec::new());
    for listed in listing.lines().filter_map(listed) {
        let (len, ours) = Hart::disassemble(listed.word, listed.address);
        let same = if not_of_the_chip(&listed.text) {
            not_of_the_chip(&ours)
        } else {
            normalised(&ours) == normalised(&listed.text)
        };
        compared += 1;
        if len != listed.len || !same {
            let Listed {
                address,
                word,
                text,
                ..
            } = listed;
            differences.push(format!(
                "{address:#x}: {word:#x}: {ours:?} instead of {text:?}"
            ));
        }
    }
    assert!(compared >= at_least, "{compared} instructions");
    let shown: Vec<String> = differences.iter().take(40).cloned().collect();
    assert!(
        differences.is_empty(),
        "{} of {compared} differ\n{}",
        differences.len(),
        shown.join("\n")
    );
}
