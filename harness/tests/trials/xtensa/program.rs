//! The test program: every case, run over every set of operands, its results in memory.
//!
//! The same image runs on QEMU's `sim` machine and on the core under test. Each case loads one operand record into the
//! registers, runs its instructions, and stores the registers into a result record of the same layout.

use crate::xtensa::asm::*;
use crate::xtensa::cases::{Case, Group};

/// Words of a record; see [`word`].
pub const RECORD_WORDS: usize = 24;
const RECORD_BYTES: u32 = RECORD_WORDS as u32 * 4;

/// One operand or result record.
pub type Record = [u32; RECORD_WORDS];

/// Meaning of a record's words.
pub mod word {
    /// a4, a5, a6: x, y and the usual result.
    pub const X: usize = 0;
    pub const Y: usize = 1;
    pub const D: usize = 2;
    /// a7: pointer to the scratch memory, counted from its start.
    pub const POINTER: usize = 3;
    /// a8: zero at first, counts what was executed.
    pub const FLAG: usize = 4;
    /// a9: free.
    pub const EXTRA: usize = 5;
    pub const SAR: usize = 6;
    /// EXCCAUSE plus one of an exception, else zero.
    pub const CAUSE: usize = 7;
    /// The scratch memory.
    pub const MEMORY: usize = 8;
    pub const BR: usize = 12;
    pub const ACCLO: usize = 13;
    pub const ACCHI: usize = 14;
    pub const M0: usize = 15;
    /// f1, f2, f3.
    pub const F1: usize = 19;
    pub const FSR: usize = 22;
    pub const SCOMPARE1: usize = 23;
}

/// Registers with a fixed task in the program; bodies leave them alone.
mod reg {
    use crate::xtensa::asm::Reg;
    /// Free within a step of the program itself, and in the exception handler.
    pub const SCRATCH: Reg = 0;
    pub const STACK: Reg = 1;
    pub const INPUT: Reg = 2;
    pub const OUTPUT: Reg = 3;
}

/// Registers for bodies.
pub const X: Reg = 4;
pub const Y: Reg = 5;
pub const D: Reg = 6;
pub const POINTER: Reg = 7;
pub const FLAG: Reg = 8;
pub const EXTRA: Reg = 9;

/// Places within the image, from its start.
const VECTORS: usize = 0;
const KERNEL_VECTOR: usize = 0x300;
const USER_VECTOR: usize = 0x340;
const START: usize = 0x400;
const LIBRARY: usize = 0x800;
/// Says whether SIMCALL does anything.
const SEMIHOSTING: usize = 0xf00;
const STACK_TOP: usize = 0x3000;
/// What the outermost frame's overflow takes for its caller's stack.
const OUTER_STACK: usize = 0x3800;
const SCRATCH_MEMORY: usize = 0x3f00;
const INPUTS: usize = 0x4000;
const CODE: usize = 0x8000;

/// Bytes of scratch memory that are recorded.
const SCRATCH_WORDS: usize = 4;

/// PS: windows on, user mode, no exception, no interrupt masked.
const PS_WOE_UM: u32 = 1 << 18 | 1 << 5;

/// A program in memory.
pub struct Program {
    pub base: u32,
    pub image: Vec<u8>,
    pub entry: u32,
    /// An endless loop at the end.
    pub end: u32,
    /// Where the results start, relative to `base`.
    results: usize,
    /// Each case's name and where its code starts.
    cases: Vec<(String, u32)>,
    sets: usize,
}

/// Windowed functions that cases call: recursion through CALL4, CALL8, CALL12.
#[derive(Debug, Clone, Copy)]
pub struct Library {
    pub recurse: [u32; 3],
}

impl Program {
    pub fn new(base: u32, cases: &[Case], inputs: &[Record]) -> Program {
        let results = results_offset(cases.len());
        let library = Library {
            recurse: [0, 0x40, 0x80].map(|offset| base + LIBRARY as u32 + offset),
        };
        let mut asm = Asm::new(base);
        window_vectors(&mut asm);
        exception_vector(&mut asm, KERNEL_VECTOR);
        exception_vector(&mut asm, USER_VECTOR);
        asm.pad_to(START);
        let entry = start(&mut asm, base);
        for (groups, function) in (1..).zip(library.recurse) {
            asm.pad_to((function - base) as usize);
            recursion(&mut asm, groups);
        }
        asm.pad_to(SEMIHOSTING);
        asm.word(1);
        asm.pad_to(STACK_TOP - 12);
        asm.word(base + OUTER_STACK as u32);
        asm.pad_to(INPUTS);
        for record in inputs {
            record.iter().for_each(|&word| asm.word(word));
        }
        asm.pad_to(CODE);
        let mut starts = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            starts.push((case.name.clone(), asm.here()));
            let output = base + (results + index * inputs.len() * RECORD_BYTES as usize) as u32;
            run_case(&mut asm, base, case, library, inputs.len(), output);
        }
        let bytes = cases.len() * inputs.len() * RECORD_BYTES as usize;
        let end = finish(&mut asm, base, base + results as u32, bytes as u32);
        asm.pad_to(results);
        for _ in cases {
            // Words that a case does not store compare as unchanged.
            inputs.iter().flatten().for_each(|&word| asm.word(word));
        }
        Program {
            base,
            image: asm.into_bytes(),
            entry,
            end,
            results,
            cases: starts,
            sets: inputs.len(),
        }
    }

    /// The image for a machine without semihosting: it ends at [`Program::end`].
    pub fn image_without_semihosting(&self) -> Vec<u8> {
        let mut image = self.image.clone();
        image[SEMIHOSTING] = 0;
        image
    }

    /// The case whose code `address` lies in.
    pub fn case_at(&self, address: u32) -> &str {
        let after = self.cases.partition_point(|&(_, start)| start <= address);
        let case = after.checked_sub(1).and_then(|index| self.cases.get(index));
        case.map_or("no case", |(name, _)| name)
    }

    /// Bytes of the result area.
    pub fn result_bytes(&self) -> usize {
        self.cases.len() * self.sets * RECORD_BYTES as usize
    }

    /// Where the result area lies in the image.
    pub fn result_offset(&self) -> usize {
        self.results
    }

    /// The result records by case and operand set, from the bytes of the result area.
    pub fn results(&self, bytes: &[u8]) -> Vec<Vec<Record>> {
        assert_eq!(bytes.len(), self.result_bytes(), "incomplete results");
        bytes
            .chunks_exact(self.sets * RECORD_BYTES as usize)
            .map(|case| {
                case.chunks_exact(RECORD_BYTES as usize)
                    .map(record)
                    .collect()
            })
            .collect()
    }
}

fn record(bytes: &[u8]) -> Record {
    let mut record = [0; RECORD_WORDS];
    for (word, bytes) in record.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    }
    record
}

/// Code of one case takes less than this on average; the next page boundary starts the results.
const CODE_PER_CASE: usize = 0x280;

fn results_offset(cases: usize) -> usize {
    (CODE + (cases + 2) * CODE_PER_CASE).next_multiple_of(0x1000)
}

/// Handlers of window overflow and underflow, as the windowed ABI lays frames out.
fn window_vectors(asm: &mut Asm) {
    for groups in 1..=3 {
        let vector = VECTORS + (groups as usize - 1) * 0x80;
        for (store, offset) in [(true, 0), (false, 0x40)] {
            asm.pad_to(vector + offset);
            window_vector(asm, groups, store);
        }
    }
}

fn window_vector(asm: &mut Asm, groups: u32, store: bool) {
    // The callee's stack pointer: its frame starts `groups` further on. The base save area lies below it.
    let callee_stack = groups * 4 + 1;
    let last = groups * 4 - 1;
    // More than four registers lie below the caller's caller's stack pointer, found in the caller's base save area.
    let (link, extra) = if store { (0, last) } else { (last, last - 1) };
    asm.insn(window_access(store, 0, callee_stack, -16));
    if store && groups > 1 {
        asm.insn(window_access(false, link, 1, -12));
    }
    asm.insn(window_access(store, 1, callee_stack, -12));
    asm.insn(window_access(store, 2, callee_stack, -8));
    if !store && groups > 1 {
        asm.insn(window_access(false, link, 1, -12));
    }
    asm.insn(window_access(store, 3, callee_stack, -4));
    let offset = |register: u32| (register as i32 - 4) * 4 - if groups == 3 { 48 } else { 32 };
    if groups > 1 {
        for register in 4..=extra {
            asm.insn(window_access(store, register, link, offset(register)));
        }
        if !store {
            asm.insn(window_access(false, last, last, offset(last)));
        }
    }
    asm.insn(if store { RFWO } else { RFWU });
}

/// Notes the cause in the result record and goes on behind the instruction, which has three bytes.
fn exception_vector(asm: &mut Asm, offset: usize) {
    asm.pad_to(offset);
    asm.insn(rsr(sr::EXCCAUSE, reg::SCRATCH));
    asm.insn(addi(reg::SCRATCH, reg::SCRATCH, 1));
    asm.insn(s32i(reg::SCRATCH, reg::OUTPUT, word::CAUSE as u32 * 4));
    asm.insn(rsr(sr::EPC1, reg::SCRATCH));
    asm.insn(addi(reg::SCRATCH, reg::SCRATCH, 3));
    asm.insn(wsr(sr::EPC1, reg::SCRATCH));
    asm.insn(RFE);
}

/// Sets the machine up. Returns the entry address.
fn start(asm: &mut Asm, base: u32) -> u32 {
    let literals = asm.here();
    asm.word(base + VECTORS as u32);
    asm.word(base + STACK_TOP as u32);
    asm.word(PS_WOE_UM);
    let entry = asm.here();
    asm.insn(movi(reg::SCRATCH, 0));
    asm.insn(wsr(sr::WINDOWBASE, reg::SCRATCH));
    asm.insn(RSYNC);
    asm.insn(movi(reg::SCRATCH, 1));
    asm.insn(wsr(sr::WINDOWSTART, reg::SCRATCH));
    asm.insn(wsr(sr::CPENABLE, reg::SCRATCH));
    asm.l32r(reg::SCRATCH, literals);
    asm.insn(wsr(sr::VECBASE, reg::SCRATCH));
    asm.l32r(reg::STACK, literals + 4);
    asm.l32r(reg::SCRATCH, literals + 8);
    asm.insn(wsr(sr::PS, reg::SCRATCH));
    asm.insn(RSYNC);
    asm.jump(base + CODE as u32);
    entry
}

/// f(n) = n == 0 ? 0 : 4 f(n - 1) + n, with a value in a high register kept across the call.
fn recursion(asm: &mut Asm, groups: u32) {
    let function = asm.here();
    let argument = groups * 4 + 2;
    let kept = groups * 4 - 1;
    asm.insn(entry(1, 64));
    // BEQZ over the body to the return.
    let body = [addi(argument, 2, -1), mov(kept, 2)];
    let tail = rrr(10, 0, 2, argument, kept);
    let skipped = 3 * (body.len() as u32 + 2);
    asm.wide((skipped - 1) << 12 | 2 << 8 | 0x16);
    body.into_iter().for_each(|insn| asm.insn(insn));
    asm.call(groups, function);
    asm.insn(tail);
    asm.insn(if groups == 2 { RETW_N } else { RETW });
}

fn run_case(asm: &mut Asm, base: u32, case: &Case, library: Library, sets: usize, output: u32) {
    let inputs = base + INPUTS as u32;
    // Over the literals.
    asm.jump((asm.here() + 3).next_multiple_of(4) + 16);
    asm.align(4);
    let literals = asm.here();
    asm.word(inputs);
    asm.word(inputs + sets as u32 * RECORD_BYTES);
    asm.word(output);
    asm.word(base + SCRATCH_MEMORY as u32);
    asm.l32r(reg::INPUT, literals);
    asm.l32r(reg::OUTPUT, literals + 8);
    let again = asm.here();
    load_record(asm, case, literals + 12);
    new_block(asm);
    (case.body)(asm, library);
    new_block(asm);
    store_record(asm, case, literals + 12);
    let stride = i32::try_from(RECORD_BYTES).expect("small");
    asm.insn(addi(reg::INPUT, reg::INPUT, stride));
    asm.insn(addi(reg::OUTPUT, reg::OUTPUT, stride));
    asm.l32r(reg::SCRATCH, literals + 4);
    // BNE reaches too short for the long bodies: compare, then jump on a difference.
    asm.insn(rrr(12, 0, reg::SCRATCH, reg::INPUT, reg::SCRATCH));
    asm.bnez(reg::SCRATCH, again);
}

/// A jump to the next instruction. QEMU keeps BR and its parts apart within a translated block: what an instruction does
/// to b1 is not seen by an `RSR` of BR in the same block.
fn new_block(asm: &mut Asm) {
    asm.jump(asm.here() + 3);
}

/// Special registers of each optional group, with their words in the record.
fn special_registers(case: &Case) -> Vec<(u32, usize)> {
    let mut registers = vec![(sr::SAR, word::SAR)];
    if case.uses(Group::Boolean) || case.uses(Group::Float) {
        registers.push((sr::BR, word::BR));
    }
    if case.uses(Group::Mac16) {
        registers.extend([(sr::ACCLO, word::ACCLO), (sr::ACCHI, word::ACCHI)]);
        registers.extend((0..4).map(|n| (sr::M0 + n, word::M0 + n as usize)));
    }
    if case.uses(Group::Atomic) {
        registers.push((sr::SCOMPARE1, word::SCOMPARE1));
    }
    registers
}

fn load_record(asm: &mut Asm, case: &Case, scratch_literal: u32) {
    let offset = |word: usize| word as u32 * 4;
    asm.l32r(POINTER, scratch_literal);
    for n in 0..SCRATCH_WORDS {
        asm.insn(l32i(reg::SCRATCH, reg::INPUT, offset(word::MEMORY + n)));
        asm.insn(s32i(reg::SCRATCH, POINTER, offset(n)));
    }
    for (number, word) in special_registers(case) {
        asm.insn(l32i(reg::SCRATCH, reg::INPUT, offset(word)));
        asm.insn(wsr(number, reg::SCRATCH));
    }
    if case.uses(Group::Float) {
        for n in 0..3 {
            asm.insn(lsi(1 + n, reg::INPUT, offset(word::F1) + 4 * n));
        }
        asm.insn(movi(reg::SCRATCH, 0));
        asm.insn(wur(ur::FCR, reg::SCRATCH));
        asm.insn(wur(ur::FSR, reg::SCRATCH));
    }
    asm.insn(RSYNC);
    for (register, word) in [
        (X, word::X),
        (Y, word::Y),
        (D, word::D),
        (EXTRA, word::EXTRA),
    ] {
        asm.insn(l32i(register, reg::INPUT, offset(word)));
    }
    asm.insn(movi(FLAG, 0));
}

fn store_record(asm: &mut Asm, case: &Case, scratch_literal: u32) {
    let offset = |word: usize| word as u32 * 4;
    for (register, word) in [
        (X, word::X),
        (Y, word::Y),
        (D, word::D),
        (FLAG, word::FLAG),
        (EXTRA, word::EXTRA),
    ] {
        asm.insn(s32i(register, reg::OUTPUT, offset(word)));
    }
    asm.l32r(EXTRA, scratch_literal);
    asm.insn(rrr(12, 0, POINTER, POINTER, EXTRA));
    asm.insn(s32i(POINTER, reg::OUTPUT, offset(word::POINTER)));
    for n in 0..SCRATCH_WORDS {
        asm.insn(l32i(reg::SCRATCH, EXTRA, offset(n)));
        asm.insn(s32i(reg::SCRATCH, reg::OUTPUT, offset(word::MEMORY + n)));
    }
    for (number, word) in special_registers(case) {
        asm.insn(rsr(number, reg::SCRATCH));
        asm.insn(s32i(reg::SCRATCH, reg::OUTPUT, offset(word)));
    }
    if case.uses(Group::Float) {
        for n in 0..3 {
            asm.insn(ssi(1 + n, reg::OUTPUT, offset(word::F1) + 4 * n));
        }
    }
}

/// Writes the results to standard output by semihosting and exits, or loops at the returned address where the word at
/// [`SEMIHOSTING`] says that there is none.
fn finish(asm: &mut Asm, base: u32, results: u32, bytes: u32) -> u32 {
    const SYS_EXIT: i32 = 1;
    const SYS_WRITE: i32 = 4;
    const STDOUT: i32 = 1;
    asm.jump((asm.here() + 3).next_multiple_of(4) + 16);
    asm.align(4);
    let literals = asm.here();
    asm.word(results);
    asm.word(bytes);
    asm.word(base + SEMIHOSTING as u32);
    asm.word(0);
    asm.l32r(4, literals + 8);
    asm.insn(l32i(4, 4, 0));
    let end = asm.here();
    // BEQZ to itself.
    asm.wide(0xffc << 12 | 4 << 8 | 0x16);
    asm.l32r(4, literals);
    asm.l32r(5, literals + 4);
    asm.insn(movi(3, STDOUT));
    asm.insn(movi(2, SYS_WRITE));
    asm.insn(SIMCALL);
    asm.insn(movi(3, 0));
    asm.insn(movi(2, SYS_EXIT));
    asm.insn(SIMCALL);
    end
}
