//! The text against listings made by other disassemblers.

use crate::emu::xtensa::decode::decode;

/// One instruction of a listing made by another disassembler.
struct Listed {
    address: u32,
    word: u32,
    len: usize,
    text: String,
}

/// Mnemonic and operands with numbers in one notation, so that decimal and hexadecimal writing compare equal.
fn normalised(text: &str) -> Vec<String> {
    text.replace([',', '\t'], " ")
        .split_whitespace()
        .map(|token| {
            let number = match token.strip_prefix("0x") {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => token.parse::<i32>().ok().map(i32::cast_unsigned),
            };
            number.map_or_else(|| token.to_owned(), |number| format!("{number:#x}"))
        })
        .collect()
}

fn assert_same(listed: &Listed) {
    let insn = decode(listed.word, listed.address);
    assert_eq!(usize::from(insn.len), listed.len, "{}", listed.text);
    let ours = insn.disasm(listed.address).to_string();
    assert_eq!(
        normalised(&ours),
        normalised(&listed.text),
        "{:#x}: {ours:?} instead of {:?}",
        listed.address,
        listed.text
    );
}

/// A line of GNU objdump; `None` for anything but an instruction.
fn objdump_line(line: &str) -> Option<Listed> {
    let (address, rest) = line.split_once(":\t")?;
    let (bytes, text) = rest.split_once('\t')?;
    let bytes = bytes.trim();
    let (mnemonic, operands) = text.split_once('\t').unwrap_or((text, ""));
    if mnemonic.is_empty() || mnemonic.starts_with('.') {
        return None;
    }
    // objdump writes targets without 0x and names what stands there.
    let operands = operands.split(" <").next().unwrap_or(operands);
    let is_target = |operand: &str| operand.len() == 8 && operand.starts_with("40");
    let operands: Vec<String> = operands
        .split(", ")
        .map(|operand| match is_target(operand) {
            true => format!("0x{operand}"),
            false => operand.to_owned(),
        })
        .collect();
    Some(Listed {
        address: u32::from_str_radix(address.trim(), 16).ok()?,
        word: u32::from_str_radix(bytes, 16).ok()?,
        len: bytes.len() / 2,
        text: format!("{mnemonic} {}", operands.join(", ")),
    })
}

#[test]
fn agrees_with_objdump_on_compiled_code() {
    let listing = include_str!("../testdata/objdump_lx106.txt");
    let listed: Vec<Listed> = listing.lines().filter_map(objdump_line).collect();
    assert_eq!(listed.len(), 236);
    listed.iter().for_each(assert_same);
}

/// A line of the listing made with QEMU's monitor.
fn monitor_line(line: &str) -> Listed {
    let (address, rest) = line.split_once(": ").expect("address");
    let (bytes, text) = rest.split_once(' ').expect("bytes");
    // Bytes stand in memory order.
    let word = u32::from_str_radix(bytes, 16)
        .expect("hexadecimal")
        .swap_bytes();
    Listed {
        address: u32::from_str_radix(address, 16).expect("hexadecimal"),
        word: word >> (32 - 4 * bytes.len()),
        len: bytes.len() / 2,
        text: text.to_owned(),
    }
}

#[test]
fn agrees_with_qemu_on_every_instruction() {
    let listing = include_str!("../testdata/qemu_lx6.txt");
    let lines: Vec<&str> = listing
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(lines.len(), 1369);
    for line in lines {
        assert_same(&monitor_line(line));
    }
}

/// Instructions that the other disassemblers do not know (Xtensa ISA reference manual, instruction descriptions).
#[test]
fn writes_what_the_listings_lack() {
    for (word, text) in [
        (0x00_3100, "rfue"),
        (0x00_3020, "rfme"),
        (0xff_7202, "dpfr a2, 0x3fc"),
        (0x01_7342, "dhwb a3, 4"),
        (0x10_7482, "dpfl a4, 16"),
        (0xf5_7582, "diwbi a5, 240"),
        (0x02_76c2, "ipf a6, 8"),
        (0x33_77d2, "iiu a7, 48"),
        (0x00_78f2, "iii a8, 0"),
        (0x03_ff20, "rsr a2, 255"),
        (0xe3_2120, "rur.ua_state_3 a2"),
        (0xe3_2170, "rur a2, 23"),
        (0x0f_0000, ".byte 0x00, 0x00, 0x0f"),
        (0xffff_ffff, ".byte 0xff, 0xff, 0xff, 0xff"),
        (0x00_10fd, ".byte 0xfd, 0x10"),
    ] {
        assert_eq!(decode(word, 0).disasm(0).to_string(), text);
    }
}
