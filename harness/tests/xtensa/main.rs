//! The Xtensa core against QEMU, register by register.
//!
//! The vectors in `../data/xtensa_vectors.txt` were recorded with Espressif's QEMU as the ESP32's own core. Where
//! `qemu-system-xtensa` is on the PATH, the same programs run there again. To record anew, put Espressif's QEMU on the
//! PATH and run `CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test xtensa new_vectors`.

mod asm;
mod cases;
mod machine;
mod program;
mod qemu;
mod vectors;

use cases::Case;
use program::{Program, Record};

/// Runs `cases` on the emulator's core, in a program as for `cpu`.
fn ours(cpu: qemu::Cpu, cases: &[Case], inputs: &[Record]) -> Vec<Vec<Record>> {
    machine::run(&Program::new(cpu.base, cases, inputs))
}

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

#[test]
fn replays_the_recorded_vectors() {
    let cases = cases::all();
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let inputs = vectors::inputs();
    let expected = vectors::parse(include_str!("../data/xtensa_vectors.txt"), &names, &inputs);
    assert_same(&cases, &expected, &ours(qemu::ESP32, &cases, &inputs));
}

#[test]
fn agrees_with_the_installed_qemu() {
    let Some(cpu) = qemu::installed() else {
        println!("skipped: no qemu-system-xtensa on the PATH");
        return;
    };
    let cases: Vec<Case> = cases::all()
        .into_iter()
        .filter(|case| cpu.has(case.needs))
        .collect();
    let inputs = vectors::inputs();
    let program = Program::new(cpu.base, &cases, &inputs);
    let folder = vectors::Folder::new();
    let expected = qemu::run(&program, cpu, folder.path());
    assert_same(&cases, &expected, &ours(cpu, &cases, &inputs));
}

#[test]
fn writes_new_vectors_if_asked() {
    if std::env::var_os("CLONEPROOF_RECORD").is_none() {
        println!("skipped: CLONEPROOF_RECORD is not set");
        return;
    }
    assert_eq!(
        qemu::installed(),
        Some(qemu::ESP32),
        "recording needs Espressif's QEMU"
    );
    let (cases, inputs) = (cases::all(), vectors::inputs());
    let program = Program::new(qemu::ESP32.base, &cases, &inputs);
    let folder = vectors::Folder::new();
    let results = qemu::run(&program, qemu::ESP32, folder.path());
    let names = cases.iter().map(|case| case.name.as_str());
    let text = vectors::write(names, &results, &inputs);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/xtensa_vectors.txt");
    std::fs::write(path, text).expect("a writable checkout");
}
