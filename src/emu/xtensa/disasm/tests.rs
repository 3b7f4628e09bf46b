use super::*;
use crate::emu::xtensa::decode::decode;

/// temp
#[test]
fn oracle_dump() {
    use std::io::{BufRead, Write};
    let path = std::env::var("XT_ORACLE").unwrap();
    let mut out = std::io::BufWriter::new(std::fs::File::create(format!("{path}.ours")).unwrap());
    for line in std::io::BufReader::new(std::fs::File::open(path).unwrap()).lines() {
        let line = line.unwrap();
        let mut w = line.split(' ').map(|x| u32::from_str_radix(x, 16).unwrap());
        let word = w.next().unwrap();
        let pc = w.next().unwrap();
        let i = decode(word, pc);
        writeln!(out, "{:06x} {} {}", word, i.len, i.disasm(pc)).unwrap();
    }
}
