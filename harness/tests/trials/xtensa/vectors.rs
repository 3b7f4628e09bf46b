//! The operand sets, and the head of the file of recorded vectors.

use super::program::{RECORD_WORDS, Record, word};
use crate::vectors::Random;

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

/// Heads the file of vectors.
pub const HEADER: &str = "\
# Results of single instructions and short sequences on the ESP32's core as Espressif's QEMU models it, for
# harness/tests/trials/xtensa. One line a case: its name, then for each operand set what it changed, as index=value
# of the record words named in harness/tests/trials/xtensa/program.rs. Recorded with QEMU 7.2.0 of Espressif by
#   CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test trials xtensa::writes_new_vectors
# which runs the program as: qemu-system-xtensa -M sim -cpu esp32 -semihosting -display none -kernel esp32.elf
";
