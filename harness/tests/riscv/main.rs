//! The RISC-V core against QEMU, register by register, and its disassembler against objdump.
//!
//! The vectors in `../data/riscv_vectors.txt` were recorded with QEMU. Where `qemu-system-riscv32` is on the PATH, the
//! same programs run there again. To record anew, run
//! `CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test riscv new_vectors`.

mod asm;
mod cases;
mod listing;
mod machine;
mod program;
mod qemu;
mod vectors;

use cases::Case;
use program::{Program, Record};

/// Fails with every difference, not only the first.
fn assert_same(cases: &[Case], expected: &[Vec<Record>], found: &[Vec<Record>]) {
    assert_eq!(expected.len(), cases.len(), "vectors for other cases");
    let inputs = vectors::inputs();
    let mut differences = Vec::new();
    for ((case, expected), found) in cases.iter().zip(expected).zip(found) {
        let sets = expected.iter().zip(found).zip(&inputs);
        for ((expected, found), input) in sets.filter(|((expected, found), _)| expected != found) {
            differences.push(format!(
                "{}:\n  input    {}\n  expected {}\n  found    {}",
                case.name,
                vectors::differing(input, &[0; program::RECORD_WORDS]),
                vectors::differing(expected, input),
                vectors::differing(found, input)
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.join("\n")
    );
}

fn program(cases: &[Case]) -> Program {
    Program::new(cases, &vectors::inputs())
}

#[test]
fn replays_the_recorded_vectors() {
    let cases = cases::all();
    assert!(cases.len() > 300);
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let inputs = vectors::inputs();
    let expected = vectors::parse(include_str!("../data/riscv_vectors.txt"), &names, &inputs);
    assert_same(&cases, &expected, &machine::run(&program(&cases)));
}

#[test]
fn agrees_with_the_installed_qemu() {
    if !qemu::installed() {
        println!(
            "skipped: no qemu-system-riscv32 with {} on the PATH",
            qemu::CPU
        );
        return;
    }
    let cases = cases::all();
    let program = program(&cases);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let expected = qemu::run(&program, folder.path());
    assert_same(&cases, &expected, &machine::run(&program));
}

#[test]
fn writes_new_vectors_if_asked() {
    if std::env::var_os("CLONEPROOF_RECORD").is_none() {
        println!("skipped: CLONEPROOF_RECORD is not set");
        return;
    }
    assert!(qemu::installed(), "recording needs QEMU");
    let cases = cases::all();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = qemu::run(&program(&cases), folder.path());
    let names = cases.iter().map(|case| case.name.as_str());
    let text = vectors::write(names, &results, &vectors::inputs());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/riscv_vectors.txt");
    std::fs::write(path, text).expect("a writable checkout");
}
