//! Runs a test program on the emulator's own core.

use cloneproof::emu::Flat;
use cloneproof::emu::xtensa::{CodeCache, Core, CoreConfig, CoreModel, Exit};

use crate::xtensa::program::{Program, Record};

/// Cycles between two looks at the program counter. Odd, so that slices end at ever other instructions.
const SLICE: u32 = 997;
/// More than any program here needs.
const LIMIT: u64 = 50_000_000;

/// Results by case and operand set.
pub fn run(program: &Program) -> Vec<Vec<Record>> {
    let image = program.image_without_semihosting();
    let size = u32::try_from(image.len()).expect("image below 4 GiB");
    let mut bus = Flat::bus(program.base, size);
    Flat::load(&mut bus, program.base, &image);
    let mut code = CodeCache::default();
    let mut core = Core::new(CoreConfig {
        model: CoreModel::Lx6,
        index: 0,
        prid: 0,
        config_id: [0; 2],
        reset_vector: program.entry,
        vecbase: program.base,
    });
    let mut cycles = 0;
    while core.pc != program.end {
        let case = program.case_at(core.pc);
        assert!(cycles < LIMIT, "still in {case:?}, at {:#x}", core.pc);
        let (exit, used) = core.run(&mut code, &mut bus, cycles, SLICE);
        cycles += u64::from(used);
        match exit {
            Exit::Budget | Exit::Attention => {}
            exit => panic!("{exit:x?} in {case:?}, at {:#x}", core.pc),
        }
    }
    let bytes = Flat::bytes(&bus);
    let results = program.result_offset();
    program.results(&bytes[results..results + program.result_bytes()])
}
