//! Runs a test program on the emulator's own core.

use cloneproof::emu::Flat;
use cloneproof::emu::riscv::{CodeCache, Exit, Extensions, Hart, HartConfig};

use crate::riscv::program::{BASE, Program, Record};

/// Cycles between two looks at the program counter. Odd, so that slices end at ever other instructions.
const SLICE: u32 = 997;
/// More than any program here needs.
const LIMIT: u64 = 50_000_000;

/// Results by case and operand set.
pub fn run(program: &Program) -> Vec<Vec<Record>> {
    let image = program.image_without_semihosting();
    let size = u32::try_from(image.len()).expect("image below 4 GiB");
    let mut bus = Flat::bus(BASE, size);
    Flat::load(&mut bus, BASE, &image);
    let mut code = CodeCache::default();
    let mut hart = Hart::new(HartConfig {
        index: 0,
        hart_id: 0,
        reset_vector: BASE,
        extensions: Extensions::default(),
    });
    let mut cycles = 0;
    while hart.pc != program.end {
        let case = program.case_at(hart.pc);
        assert!(cycles < LIMIT, "still in {case:?}, at {:#x}", hart.pc);
        let (exit, used) = hart.run(&mut code, &mut bus, cycles, SLICE);
        cycles += u64::from(used);
        match exit {
            Exit::Budget | Exit::Attention => {}
            exit => panic!("{exit:x?} in {case:?}, at {:#x}", hart.pc),
        }
    }
    let bytes = Flat::bytes(&bus);
    program.results(&bytes[program.results..program.results + program.result_bytes()])
}
