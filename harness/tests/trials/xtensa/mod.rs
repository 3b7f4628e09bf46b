//! The Xtensa core against QEMU, register by register.
//!
//! The vectors in `../../data/xtensa_vectors.txt` were recorded with Espressif's QEMU as the ESP32's own core. Where
//! `qemu-system-xtensa` is on the PATH, the same programs run there again. To record anew, put Espressif's QEMU on the
//! PATH and run `CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test trials xtensa::writes_new_vectors`.

mod asm;
mod cases;
mod machine;
mod program;
mod qemu;
mod vectors;

use libtest_mimic::Trial;

use crate::tools;
use crate::vectors::{assert_same, parse, write};
use cases::Case;
use program::{Program, Record};

pub fn trials() -> Vec<Trial> {
    vec![
        tools::plain(
            "xtensa::replays_the_recorded_vectors",
            replays_the_recorded_vectors,
        ),
        tools::with(
            "xtensa::agrees_with_the_installed_qemu",
            qemu::installed,
            agrees_with_the_installed_qemu,
        ),
        tools::recording("xtensa::writes_new_vectors", writes_new_vectors),
    ]
}

/// Runs `cases` on the emulator's core, in a program as for `cpu`.
fn ours(cpu: qemu::Cpu, cases: &[Case], inputs: &[Record]) -> Vec<Vec<Record>> {
    machine::run(&Program::new(cpu.base, cases, inputs))
}

fn names(cases: &[Case]) -> Vec<&str> {
    cases.iter().map(|case| case.name.as_str()).collect()
}

fn replays_the_recorded_vectors() {
    let cases = cases::all();
    let inputs = vectors::inputs();
    let recorded = include_str!("../../data/xtensa_vectors.txt");
    let expected = parse(recorded, &names(&cases), &inputs);
    let found = ours(qemu::ESP32, &cases, &inputs);
    assert_same(&names(&cases), &inputs, &expected, &found);
}

fn agrees_with_the_installed_qemu(cpu: qemu::Cpu) {
    let cases: Vec<Case> = cases::all()
        .into_iter()
        .filter(|case| cpu.has(case.needs))
        .collect();
    let inputs = vectors::inputs();
    let program = Program::new(cpu.base, &cases, &inputs);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let expected = qemu::run(&program, cpu, folder.path());
    let found = ours(cpu, &cases, &inputs);
    assert_same(&names(&cases), &inputs, &expected, &found);
}

fn writes_new_vectors() {
    assert_eq!(
        qemu::installed(),
        Ok(qemu::ESP32),
        "recording needs Espressif's QEMU"
    );
    let (cases, inputs) = (cases::all(), vectors::inputs());
    let program = Program::new(qemu::ESP32.base, &cases, &inputs);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = qemu::run(&program, qemu::ESP32, folder.path());
    let names = cases.iter().map(|case| case.name.as_str());
    let text = write(vectors::HEADER, names, &results, &inputs);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/xtensa_vectors.txt");
    std::fs::write(path, text).expect("a writable checkout");
}
