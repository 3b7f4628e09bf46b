//! Operand sets, and results as text: what each case changed in each set's record.

use crate::program::{RECORD_WORDS, Record, word};

/// Operands that are edges for one instruction or another.
const EDGES: [u32; 12] = [
    0,
    1,
    0xffff_ffff,
    0x8000_0000,
    0x7fff_ffff,
    0x0000_8000,
    0xffff_7fff,
    0x0001_0000,
    100,
    31,
    0xffff_ff80,
    0x1234_5678,
];

/// How many sets; pairs of edges, then random ones.
const SETS: usize = 20;

/// SplitMix64, so that the sets are the same everywhere and always.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) >> 32) as u32
    }
}

/// The operand records.
pub fn inputs() -> Vec<Record> {
    let mut random = Random(1);
    (0..SETS)
        .map(|set| {
            let mut record: Record = [0; RECORD_WORDS];
            record.iter_mut().for_each(|word| *word = random.next());
            if set < EDGES.len() {
                record[word::X] = EDGES[set];
                record[word::Y] = EDGES[set * 7 % EDGES.len()];
            }
            // The overflow of division, and equal operands.
            match set {
                3 => record[word::Y] = 0xffff_ffff,
                12 => record[word::Y] = record[word::X],
                _ => {}
            }
            for zero in [
                word::POINTER,
                word::FLAG,
                word::CAUSE,
                word::VALUE,
                word::STATUS,
                word::RA,
                word::SP,
            ] {
                record[zero] = 0;
            }
            record
        })
        .collect()
}

/// The words of `record` that differ from `base`, as `index=value`.
pub fn differing(record: &Record, base: &Record) -> String {
    let words: Vec<String> = record
        .iter()
        .zip(base)
        .enumerate()
        .filter(|(_, (word, base))| word != base)
        .map(|(index, (word, _))| format!("{index}={word:x}"))
        .collect();
    words.join(" ")
}

const HEADER: &str = "\
# Results of single instructions and short sequences on an RV32IMC core with user mode and memory protection, for
# harness/tests/riscv. One line a case: its name, then for each operand set what it changed, as index=value of the
# record words named in harness/tests/riscv/program.rs. Recorded with QEMU 7.2.22 by
#   CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test riscv new_vectors
# which runs the program as: qemu-system-riscv32 -M virt -cpu lowrisc-ibex -bios none -display none
#   -semihosting-config enable=on,target=native -device loader,file=program.bin,addr=0x80000000
";

/// All results as text.
pub fn write<'a>(
    names: impl Iterator<Item = &'a str>,
    results: &[Vec<Record>],
    inputs: &[Record],
) -> String {
    let mut text = HEADER.to_owned();
    for (name, sets) in names.zip(results) {
        text.push_str(name);
        for (record, input) in sets.iter().zip(inputs) {
            text.push_str(" | ");
            text.push_str(&differing(record, input));
        }
        text.push('\n');
    }
    text
}

/// The results that `text` records for the cases called `names`, in that order.
pub fn parse(text: &str, names: &[&str], inputs: &[Record]) -> Vec<Vec<Record>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let recorded: Vec<&str> = lines
        .iter()
        .map(|line| line.split(" |").next().unwrap_or(line))
        .collect();
    assert_eq!(recorded, names, "the vectors were recorded for other cases");
    lines
        .iter()
        .map(|line| {
            let sets: Vec<&str> = line.split('|').skip(1).collect();
            assert_eq!(sets.len(), inputs.len(), "operand sets of {line}");
            sets.iter()
                .zip(inputs)
                .map(|(changes, input)| apply(changes, input))
                .collect()
        })
        .collect()
}

fn apply(changes: &str, input: &Record) -> Record {
    let mut record = *input;
    for change in changes.split_whitespace() {
        let (index, value) = change.split_once('=').expect("index=value");
        let index: usize = index.parse().expect("decimal index");
        record[index] = u32::from_str_radix(value, 16).expect("hexadecimal value");
    }
    record
}
