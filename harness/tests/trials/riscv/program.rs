//! The test program: every case, run over every set of operands, its results in memory.
//!
//! The same image runs on QEMU's `virt` machine and on the core under test. Each case loads one operand record into the
//! registers, runs its instructions, and stores the registers into a result record of the same layout.

use crate::riscv::asm::*;
use crate::riscv::cases::Case;

/// Words of a record; see [`word`].
pub const RECORD_WORDS: usize = 16;
const RECORD_BYTES: u32 = RECORD_WORDS as u32 * 4;

/// One operand or result record.
pub type Record = [u32; RECORD_WORDS];

/// Meaning of a record's words.
pub mod word {
    /// a0, a1, a2: x, y and the usual result.
    pub const X: usize = 0;
    pub const Y: usize = 1;
    pub const D: usize = 2;
    /// a3: pointer to the scratch memory, counted from its start.
    pub const POINTER: usize = 3;
    /// a4: zero at first, counts what was executed.
    pub const FLAG: usize = 4;
    /// a5: free.
    pub const EXTRA: usize = 5;
    /// Four bits for each exception, the last one lowest: mcause plus one.
    pub const CAUSE: usize = 6;
    /// mtval of the last exception.
    pub const VALUE: usize = 7;
    /// The scratch memory.
    pub const MEMORY: usize = 8;
    /// mstatus.MIE, MPIE and MPP in the handler of the last exception.
    pub const STATUS: usize = 12;
    /// ra, counted from the body's start.
    pub const RA: usize = 13;
    /// sp: at first the same as the pointer.
    pub const SP: usize = 14;
    /// mscratch.
    pub const MSCRATCH: usize = 15;
}

/// Registers with a fixed task in the program; bodies leave them alone.
mod reg {
    use crate::riscv::asm::Reg;
    /// Free within a step of the program itself, and in the exception handler.
    pub const T0: Reg = 5;
    pub const T1: Reg = 6;
    pub const INPUT: Reg = 18;
    pub const OUTPUT: Reg = 19;
    /// Where the body starts.
    pub const BODY: Reg = 20;
}

/// Registers for bodies.
pub const X: Reg = 10;
pub const Y: Reg = 11;
pub const D: Reg = 12;
pub const POINTER: Reg = 13;
pub const FLAG: Reg = 14;
pub const EXTRA: Reg = 15;

/// Where QEMU's `virt` machine has RAM, and where it starts.
pub const BASE: u32 = 0x8000_0000;
/// Places within the image, from its start.
const HANDLER: usize = 0x100;
const START: usize = 0x200;
/// Says whether there is semihosting.
const SEMIHOSTING: usize = 0x280;
const FINISH: usize = 0x300;
const SCRATCH_MEMORY: usize = 0xf00;
const INPUTS: usize = 0x1000;
const CODE: usize = 0x4000;

/// Bytes of scratch memory that are recorded.
const SCRATCH_WORDS: usize = 4;

const MPP: i32 = 0x1800;

/// A program in memory.
pub struct Program {
    pub image: Vec<u8>,
    /// An endless loop at the end.
    pub end: u32,
    /// Where the results start, relative to the image.
    pub results: usize,
    /// Each case's name and where its code starts.
    cases: Vec<(String, u32)>,
    sets: usize,
}

impl Program {
    pub fn new(cases: &[Case], inputs: &[Record]) -> Program {
        let results = measure(cases, inputs);
        Program::with_results_at(cases, inputs, results)
    }

    fn with_results_at(cases: &[Case], inputs: &[Record], results: usize) -> Program {
        let size = cases.len() * inputs.len() * RECORD_BYTES as usize;
        let mut asm = Asm::new(BASE);
        asm.jump(BASE + START as u32);
        asm.pad_to(HANDLER);
        exception_handler(&mut asm);
        asm.pad_to(START);
        asm.load(reg::T0, (BASE + HANDLER as u32) | 1);
        asm.insn(csrw(number::MTVEC, reg::T0));
        asm.jump(BASE + CODE as u32);
        asm.pad_to(SEMIHOSTING);
        asm.data(1);
        asm.pad_to(FINISH);
        let end = finish(&mut asm, BASE + results as u32, size as u32);
        asm.pad_to(INPUTS);
        inputs.iter().flatten().for_each(|&word| asm.data(word));
        asm.pad_to(CODE);
        let mut starts = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            starts.push((case.name.clone(), asm.here()));
            let output = results + index * inputs.len() * RECORD_BYTES as usize;
            run_case(&mut asm, case, inputs.len(), BASE + output as u32);
        }
        asm.jump(BASE + FINISH as u32);
        let code_end = (asm.here() - BASE) as usize;
        asm.pad_to(results.max(code_end));
        for _ in cases {
            // Words that a case does not store compare as unchanged.
            inputs.iter().flatten().for_each(|&word| asm.data(word));
        }
        Program {
            image: asm.into_bytes(),
            end,
            results: results.max(code_end.next_multiple_of(0x1000)),
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

    /// The result records by case and operand set, from the bytes of the result area.
    pub fn results(&self, bytes: &[u8]) -> Vec<Vec<Record>> {
        assert_eq!(bytes.len(), self.result_bytes(), "incomplete results");
        bytes
            .chunks_exact(self.sets * RECORD_BYTES as usize)
            .map(|case| {
                let records = case.chunks_exact(RECORD_BYTES as usize);
                records.map(record).collect()
            })
            .collect()
    }
}

/// Where the results start: behind the code, whose length does not depend on that.
fn measure(cases: &[Case], inputs: &[Record]) -> usize {
    Program::with_results_at(cases, inputs, 0).results
}

fn record(bytes: &[u8]) -> Record {
    let mut record = [0; RECORD_WORDS];
    for (word, bytes) in record.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    }
    record
}

fn offset(word: usize) -> i32 {
    word as i32 * 4
}

/// Notes the exception in the result record and goes on behind the instruction; where nothing can be fetched, at ra.
/// After an ECALL in user mode it goes on in machine mode.
fn exception_handler(asm: &mut Asm) {
    use reg::{OUTPUT, T0, T1};
    const EQUAL: u32 = 0;
    const NOT_EQUAL: u32 = 1;
    const SHIFT_LEFT: u32 = 1;
    const SET_BELOW: u32 = 3;
    const AND: u32 = 7;
    asm.insns([
        csrr(T0, number::MCAUSE),
        addi(T0, T0, 1),
        lw(T1, OUTPUT, offset(word::CAUSE)),
        immediate(SHIFT_LEFT, T1, T1, 4),
        r(0, 0, T0, T0, T1),
        sw(T0, OUTPUT, offset(word::CAUSE)),
        csrr(T0, number::MTVAL),
        sw(T0, OUTPUT, offset(word::VALUE)),
        csrr(T0, number::MSTATUS),
    ]);
    asm.load(T1, 0x1888);
    asm.insns([
        r(0, AND, T0, T0, T1),
        sw(T0, OUTPUT, offset(word::STATUS)),
        csrr(T0, number::MCAUSE),
        addi(T1, ZERO, 8),
        branch(NOT_EQUAL, T0, T1, 16),
    ]);
    asm.load(T1, MPP.cast_unsigned());
    asm.insns([
        csrs(number::MSTATUS, T1),
        // Instructions that cannot be fetched have no length: go on at ra.
        addi(T1, ZERO, 1),
        branch(EQUAL, T0, T1, 44),
        csrr(T0, number::MEPC),
        load(5, T1, T0, 0),
        immediate(AND, T1, T1, 3),
        addi(T1, T1, -3),
        immediate(SET_BELOW, T1, T1, 1),
        immediate(SHIFT_LEFT, T1, T1, 1),
        addi(T0, T0, 2),
        r(0, 0, T0, T0, T1),
        csrw(number::MEPC, T0),
        MRET,
        csrw(number::MEPC, RA),
        MRET,
    ]);
}

fn run_case(asm: &mut Asm, case: &Case, sets: usize, output: u32) {
    let inputs = BASE + INPUTS as u32;
    asm.load(reg::INPUT, inputs);
    asm.load(reg::OUTPUT, output);
    let again = asm.here();
    load_record(asm);
    (case.body)(asm);
    store_record(asm);
    let stride = RECORD_BYTES as i32;
    asm.insn(addi(reg::INPUT, reg::INPUT, stride));
    asm.insn(addi(reg::OUTPUT, reg::OUTPUT, stride));
    asm.load(reg::T0, inputs + sets as u32 * RECORD_BYTES);
    // A branch reaches too short for the long bodies.
    asm.insn(branch(0, reg::INPUT, reg::T0, 8));
    asm.jump(again);
}

fn load_record(asm: &mut Asm) {
    use reg::{BODY, INPUT, T0};
    asm.load(POINTER, BASE + SCRATCH_MEMORY as u32);
    for n in 0..SCRATCH_WORDS {
        asm.insn(lw(T0, INPUT, offset(word::MEMORY + n)));
        asm.insn(sw(T0, POINTER, offset(n)));
    }
    asm.insns([
        csrw(number::MSTATUS, ZERO),
        lw(T0, INPUT, offset(word::MSCRATCH)),
        csrw(number::MSCRATCH, T0),
        addi(SP, POINTER, 0),
        addi(FLAG, ZERO, 0),
    ]);
    for (register, word) in [
        (X, word::X),
        (Y, word::Y),
        (D, word::D),
        (EXTRA, word::EXTRA),
    ] {
        asm.insn(lw(register, INPUT, offset(word)));
    }
    asm.insn(auipc(BODY, 0));
    asm.insn(addi(BODY, BODY, 12));
    asm.insn(addi(RA, BODY, 0));
}

fn store_record(asm: &mut Asm) {
    use reg::{BODY, OUTPUT, T0, T1};
    const SUB: u32 = 0x20;
    for (register, word) in [
        (X, word::X),
        (Y, word::Y),
        (D, word::D),
        (FLAG, word::FLAG),
        (EXTRA, word::EXTRA),
    ] {
        asm.insn(sw(register, OUTPUT, offset(word)));
    }
    asm.load(T1, BASE + SCRATCH_MEMORY as u32);
    asm.insns([
        r(SUB, 0, T0, POINTER, T1),
        sw(T0, OUTPUT, offset(word::POINTER)),
        r(SUB, 0, T0, SP, T1),
        sw(T0, OUTPUT, offset(word::SP)),
        r(SUB, 0, T0, RA, BODY),
        sw(T0, OUTPUT, offset(word::RA)),
        csrr(T0, number::MSCRATCH),
        sw(T0, OUTPUT, offset(word::MSCRATCH)),
    ]);
    for n in 0..SCRATCH_WORDS {
        asm.insn(lw(T0, T1, offset(n)));
        asm.insn(sw(T0, OUTPUT, offset(word::MEMORY + n)));
    }
}

/// Writes the results to standard output by semihosting and exits, or loops at the returned address where the word at
/// [`SEMIHOSTING`] says that there is none.
fn finish(asm: &mut Asm, results: u32, bytes: u32) -> u32 {
    const SYS_OPEN: i32 = 1;
    const SYS_WRITE: i32 = 5;
    const SYS_EXIT: i32 = 0x18;
    const APPLICATION_EXIT: u32 = 0x2_0026;
    /// File mode "w" of semihosting.
    const WRITE: u32 = 4;
    const A0: Reg = 10;
    const A1: Reg = 11;
    let start = asm.here();
    asm.insn(jal(ZERO, 48));
    // The name of the console, and the arguments of SYS_OPEN and SYS_WRITE.
    let arguments = asm.here();
    asm.data(u32::from_le_bytes(*b":tt\0"));
    for word in [arguments, WRITE, 3, 0, results, bytes] {
        asm.data(word);
    }
    asm.pad_to((start - BASE) as usize + 48);
    asm.load(A1, BASE + SEMIHOSTING as u32);
    asm.insn(lw(A0, A1, 0));
    let end = asm.here();
    asm.insn(branch(0, A0, ZERO, 0));
    asm.load(A1, arguments + 4);
    asm.insn(addi(A0, ZERO, SYS_OPEN));
    semihosting_call(asm);
    asm.load(A1, arguments + 16);
    asm.insn(sw(A0, A1, 0));
    asm.insn(addi(A0, ZERO, SYS_WRITE));
    semihosting_call(asm);
    asm.load(A1, APPLICATION_EXIT);
    asm.insn(addi(A0, ZERO, SYS_EXIT));
    semihosting_call(asm);
    end
}

/// The three instructions that stand for a call to the host (RISC-V semihosting specification).
fn semihosting_call(asm: &mut Asm) {
    asm.insns([
        immediate(1, ZERO, ZERO, 0x1f),
        EBREAK,
        immediate(5, ZERO, ZERO, 0x407),
    ]);
}
