//! Operand sets, and results as text: what each case changed in each set's record.

use std::path::{Path, PathBuf};

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
    16,
    0xffff_ff80,
    0x1234_5678,
];

/// Floating-point operands: zeros, ones, halves, infinities, not-a-numbers, subnormals, limits of integers.
const FLOATS: [u32; 16] = [
    0x0000_0000,
    0x8000_0000,
    0x3f80_0000,
    0xbf00_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7fa0_1234,
    0x0000_0001,
    0x807f_ffff,
    0x4f00_0000,
    0xcf00_0001,
    0x4020_0000,
    0xc060_0000,
    0x7f7f_ffff,
    0x4b7f_ffff,
];

/// How many sets; every third pair of edges, then random ones.
const SETS: usize = 24;

/// SplitMix64, so that the sets are the same everywhere and always.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
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
            if set == EDGES.len() {
                record[word::Y] = record[word::X];
            }
            record[word::POINTER] = 0;
            record[word::FLAG] = 0;
            record[word::CAUSE] = 0;
            record[word::SAR] %= 33;
            record[word::BR] &= 0xffff;
            record[word::ACCHI] = i32::from(record[word::ACCHI] as i8).cast_unsigned();
            for n in 0..3 {
                let float = FLOATS.get((set * (n + 1) + n) % (FLOATS.len() + 4));
                if let Some(&float) = float {
                    record[word::F1 + n] = float;
                }
            }
            record[word::FSR] = 0;
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
# Results of single instructions and short sequences on the ESP32's core as Espressif's QEMU models it, for
# harness/tests/xtensa. One line a case: its name, then for each operand set what it changed, as index=value of the
# record words named in harness/tests/xtensa/program.rs. Recorded with QEMU 7.2.0 of Espressif by
#   CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test xtensa new_vectors
# which runs the program as: qemu-system-xtensa -M sim -cpu esp32 -semihosting -display none -kernel esp32.elf
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

/// A temporary folder that goes away with its owner.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let name = format!(
            "cloneproof-xtensa-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a writable temporary folder");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
