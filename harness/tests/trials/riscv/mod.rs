//! The RISC-V core against QEMU, register by register, and its disassembler against objdump.
//!
//! The vectors in `../../data/riscv_vectors.txt` were recorded with QEMU. Where `qemu-system-riscv32` is on the PATH, the
//! same programs run there again. To record anew, run
//! `CLONEPROOF_RECORD=1 cargo test -p cloneproof-harness --test trials riscv::writes_new_vectors`.

mod asm;
mod cases;
mod listing;
mod machine;
mod program;
mod qemu;
mod vectors;

use libtest_mimic::Trial;

use crate::tools;
use crate::vectors::{assert_same, parse, write};
use cases::Case;
use program::Program;

pub fn trials() -> Vec<Trial> {
    vec![
        tools::plain(
            "riscv::replays_the_recorded_vectors",
            replays_the_recorded_vectors,
        ),
        tools::with(
            "riscv::agrees_with_the_installed_qemu",
            qemu::installed,
            |()| agrees_with_the_installed_qemu(),
        ),
        tools::recording("riscv::writes_new_vectors", writes_new_vectors),
        tools::plain(
            "riscv::disassembles_as_recorded",
            listing::disassembles_as_recorded,
        ),
        tools::with(
            "riscv::disassembles_the_rom_as_objdump_does",
            listing::of_the_rom,
            |listing| listing::disassembles_the_rom_as_objdump_does(&listing),
        ),
    ]
}

fn program(cases: &[Case]) -> Program {
    Program::new(cases, &vectors::inputs())
}

fn names(cases: &[Case]) -> Vec<&str> {
    cases.iter().map(|case| case.name.as_str()).collect()
}

fn replays_the_recorded_vectors() {
    let cases = cases::all();
    assert!(cases.len() > 300);
    let inputs = vectors::inputs();
    let recorded = include_str!("../../data/riscv_vectors.txt");
    let expected = parse(recorded, &names(&cases), &inputs);
    let found = machine::run(&program(&cases));
    assert_same(&names(&cases), &inputs, &expected, &found);
}

fn agrees_with_the_installed_qemu() {
    let cases = cases::all();
    let program = program(&cases);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let expected = qemu::run(&program, folder.path());
    let found = machine::run(&program);
    assert_same(&names(&cases), &vectors::inputs(), &expected, &found);
}

fn writes_new_vectors() {
    assert_eq!(qemu::installed(), Ok(()), "recording needs QEMU");
    let cases = cases::all();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = qemu::run(&program(&cases), folder.path());
    let names = cases.iter().map(|case| case.name.as_str());
    let text = write(vectors::HEADER, names, &results, &vectors::inputs());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/riscv_vectors.txt");
    std::fs::write(path, text).expect("a writable checkout");
}
