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
    31,
    0xffff_ff80,
    0x1234_5678,
];

/// How many sets; pairs of edges, then random ones.
const SETS: usize = 20;

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

/// Heads the file of vectors.
pub const HEADER: &str = "\
# Results of single instructions and short sequences on an RV32IMC core with user mode and memory protection, for
# harness/tests/trials/riscv. One line a case: its name, then for each operand set what it changed, as index=value
# of the record words named in harness/tests/trials/riscv/program.rs. Recorded with QEMU 7.2.22 by
#   CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test trials riscv::writes_new_vectors
# which runs the program as: qemu-system-riscv32 -M virt -cpu lowrisc-ibex -bios none -display none
#   -semihosting-config enable=on,target=native -device loader,file=program.bin,addr=0x80000000
";
