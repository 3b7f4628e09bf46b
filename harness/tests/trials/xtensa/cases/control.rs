//! Branches, jumps, loops, windowed calls, special registers, exceptions.

use super::Case;
use crate::xtensa::asm::*;
use crate::xtensa::program::{D, EXTRA, FLAG, POINTER, X, Y};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    branches(&mut cases);
    jumps(&mut cases);
    loops(&mut cases);
    windows(&mut cases);
    special_registers(&mut cases);
    exceptions(&mut cases);
    cases
}

/// A branch over one three-byte instruction that raises the flag: the distance is 2 more than the base of 4.
const OVER_ONE: u32 = 2;

fn skip_case(name: impl Into<String>, branch: Encoding) -> Case {
    Case::of(name, [branch, addi(FLAG, FLAG, 1)])
}

fn branches(cases: &mut Vec<Case>) {
    let two_registers = [
        "bnone", "beq", "blt", "bltu", "ball", "bbc", "", "", "bany", "bne", "bge", "bgeu",
        "bnall", "bbs",
    ];
    for (r, name) in (0..).zip(two_registers) {
        if !name.is_empty() {
            cases.push(skip_case(name, rri8(7, r, X, Y, OVER_ONE)));
        }
    }
    for bit in [0, 15, 16, 31] {
        for (name, r) in [("bbci", 6), ("bbsi", 14)] {
            let branch = rri8(7, r | bit >> 4, X, bit & 15, OVER_ONE);
            cases.push(skip_case(format!("{name} {bit}"), branch));
        }
    }
    for (m, name) in (0..).zip(["beqz", "bnez", "bltz", "bgez"]) {
        let branch = Encoding::Wide(OVER_ONE << 12 | X << 8 | m << 6 | 0x16);
        cases.push(skip_case(name, branch));
    }
    for (m, name) in (0..).zip(["beqi", "bnei", "blti", "bgei"]) {
        for constant in 0..16 {
            let branch = rri8(6, constant, X, m << 2 | 2, OVER_ONE);
            cases.push(skip_case(format!("{name} #{constant}"), branch));
        }
    }
    for (m, name) in [(2, "bltui"), (3, "bgeui")] {
        for constant in 0..16 {
            let branch = rri8(6, constant, X, m << 2 | 3, OVER_ONE);
            cases.push(skip_case(format!("{name} #{constant}"), branch));
        }
    }
    // Narrow: distance 1 over one three-byte instruction.
    for (name, t) in [("beqz.n", 8), ("bnez.n", 12)] {
        cases.push(skip_case(name, rrrn(12, 1, X, t)));
    }
}

fn jumps(cases: &mut Vec<Case>) {
    cases.push(Case::new("j", |asm, _| {
        let over = asm.here() + 6;
        asm.jump(over);
        asm.insn(addi(FLAG, FLAG, 1));
    }));
    // A subroutine before the calls adds x to d.
    cases.push(Case::new("call0, callx0, ret.n", |asm, _| {
        let subroutine = (asm.here() + 3).next_multiple_of(4);
        asm.jump(subroutine + 8);
        asm.align(4);
        asm.insn(rrr(8, 0, D, X, D));
        asm.insn(addi(FLAG, FLAG, 1));
        asm.insn(RET_N);
        asm.call(0, subroutine);
        // a0 now holds the address of this instruction.
        let back = i32::try_from(asm.here() - subroutine).expect("near");
        asm.insn(addi(EXTRA, 0, -back));
        asm.insn(Encoding::Wide(EXTRA << 8 | 0xc0));
        asm.insn(movi(EXTRA, 0));
    }));
    // CALL0 to the next instruction gives an address to count from.
    cases.push(Case::new("jx", |asm, _| {
        match asm.here() % 4 {
            0 => [NOP_N, NOP].into_iter().for_each(|nop| asm.insn(nop)),
            2 => asm.insn(NOP),
            3 => asm.insn(NOP_N),
            _ => {}
        }
        asm.call(0, asm.here() + 3);
        asm.insn(addi(EXTRA, 0, 9));
        asm.insn(Encoding::Wide(EXTRA << 8 | 0xa0));
        asm.insn(addi(FLAG, FLAG, 1));
        asm.insn(movi(EXTRA, 0));
    }));
}

/// LOOP, LOOPNEZ, LOOPGTZ over a body of `len` bytes: LEND is the loop's address plus 4 plus the distance.
fn loop_insn(kind: u32, s: Reg, len: u32) -> Encoding {
    Encoding::Wide((len - 1) << 16 | kind << 12 | s << 8 | 0x76)
}

const LOOP: u32 = 8;
const LOOPNEZ: u32 = 9;
const LOOPGTZ: u32 = 10;

fn loops(cases: &mut Vec<Case>) {
    // At least one pass, so that LOOP does not run 2^32 times.
    let counted = [extui(EXTRA, X, 0, 5), addi(EXTRA, EXTRA, 1)];
    let count = |kind| {
        [
            loop_insn(kind, EXTRA, 6),
            addi(FLAG, FLAG, 1),
            rrr(9, 0, D, D, Y),
            rsr(sr::LCOUNT, EXTRA),
        ]
    };
    cases.push(Case::of("loop", counted.into_iter().chain(count(LOOP))));
    let few = [extui(EXTRA, X, 0, 2)];
    cases.push(Case::of("loopnez", few.into_iter().chain(count(LOOPNEZ))));
    // SRAI by 27: sign kept, magnitude small.
    let signed = [rrr(3, 1, EXTRA, 11, X)];
    cases.push(Case::of(
        "loopgtz",
        signed.into_iter().chain(count(LOOPGTZ)),
    ));
    let narrow = [
        loop_insn(LOOP, EXTRA, 4),
        rrrn(11, FLAG, FLAG, 1),
        rrrn(10, D, D, FLAG),
    ];
    cases.push(Case::of(
        "loop of narrow",
        counted.into_iter().chain(narrow),
    ));
    leaving_loops(cases);
    cases.push(Case::new("lbeg, lend", |asm, _| {
        asm.insn(extui(EXTRA, X, 0, 3));
        asm.insn(loop_insn(LOOPNEZ, EXTRA, 3));
        asm.insn(addi(FLAG, FLAG, 1));
        asm.insn(rsr(sr::LBEG, D));
        asm.insn(rsr(sr::LEND, EXTRA));
        // Distances, as the addresses depend on where the program lies.
        asm.insn(rrr(12, 0, EXTRA, EXTRA, D));
        asm.insn(movi(D, 0));
    }));
    // The loop registers written by hand: LCOUNT + 1 passes.
    cases.push(Case::new("wsr.lcount", |asm, _| {
        asm.insn(extui(EXTRA, X, 0, 4));
        asm.insn(movi(D, 0));
        asm.insn(loop_insn(LOOPNEZ, D, 6));
        asm.insn(addi(FLAG, FLAG, 1));
        asm.insn(addi(D, D, 3));
        // Skipped over: now jump back into the body with a count.
        let back = asm.here() - 6;
        asm.insn(Encoding::Wide((12 - 4) << 12 | FLAG << 8 | 0x56));
        asm.insn(wsr(sr::LCOUNT, EXTRA));
        asm.insn(ISYNC);
        asm.jump(back);
    }));
}

fn leaving_loops(cases: &mut Vec<Case>) {
    // Left by a branch when the flag reaches the low bits of y, or when the count ends.
    let leave = [
        extui(EXTRA, X, 0, 4),
        addi(EXTRA, EXTRA, 2),
        extui(D, Y, 0, 4),
        loop_insn(LOOP, EXTRA, 6),
        addi(FLAG, FLAG, 1),
        // BEQ FLAG, D to behind the RSR.
        rri8(7, 1, FLAG, D, 2),
        rsr(sr::LCOUNT, EXTRA),
        rsr(sr::LCOUNT, EXTRA),
    ];
    cases.push(Case::of("loop left by its last branch", leave));
    // A branch to LEND from inside does not wrap.
    let jump_to_end = [
        extui(EXTRA, X, 0, 4),
        addi(EXTRA, EXTRA, 2),
        extui(D, Y, 0, 3),
        loop_insn(LOOP, EXTRA, 9),
        addi(FLAG, FLAG, 1),
        rri8(7, 1, FLAG, D, OVER_ONE),
        addi(FLAG, FLAG, 1),
        rsr(sr::LCOUNT, EXTRA),
    ];
    cases.push(Case::of("branch to the end of a loop", jump_to_end));
    // A branch as the last instruction, back into the body.
    let back = [
        extui(EXTRA, X, 0, 3),
        addi(EXTRA, EXTRA, 1),
        movi(D, 0),
        loop_insn(LOOP, EXTRA, 9),
        addi(FLAG, FLAG, 1),
        addi(D, D, 1),
        // BBSI D, 0 back to the second ADDI.
        rri8(7, 14, D, 0, 0u32.wrapping_sub(7)),
        rsr(sr::LCOUNT, EXTRA),
    ];
    cases.push(Case::of("backward branch at the end of a loop", back));
}

/// Calls of the library's recursion, deep enough for overflows and underflows.
fn windows(cases: &mut Vec<Case>) {
    for groups in 1..=3 {
        let name = format!("call{}", groups * 4);
        cases.push(Case::new(name, move |asm, library| {
            let argument = groups * 4 + 2;
            asm.insn(mov(0, POINTER));
            asm.insn(extui(argument, X, 0, 6));
            asm.call(groups, library.recurse[groups as usize - 1]);
            asm.insn(mov(D, argument));
            forget_clobbered(asm);
        }));
    }
    cases.push(Case::new("callx8", |asm, library| {
        let literal = (asm.here() + 3).next_multiple_of(4);
        asm.jump(literal + 4);
        asm.align(4);
        asm.word(library.recurse[1]);
        asm.insn(mov(0, POINTER));
        asm.insn(extui(10, Y, 3, 6));
        asm.l32r(EXTRA, literal);
        asm.insn(Encoding::Wide(EXTRA << 8 | 0xe0));
        asm.insn(mov(D, 10));
        forget_clobbered(asm);
    }));
    // Two windows at once: a value in a high register lives across deep calls.
    cases.push(Case::new("call12 within call8 depths", |asm, library| {
        asm.insn(mov(0, POINTER));
        asm.insn(extui(14, X, 8, 5));
        asm.call(3, library.recurse[2]);
        asm.insn(mov(D, 14));
        asm.insn(extui(10, Y, 8, 6));
        asm.call(2, library.recurse[1]);
        asm.insn(rrr(11, 0, D, D, 10));
        forget_clobbered(asm);
    }));
    // The only frame in the registers has no caller there: the exception that lets a handler fetch it.
    cases.push(Case::of(
        "movsp without a caller's frame",
        [rrr(0, 0, 1, X, D), addi(FLAG, FLAG, 1)],
    ));
    // In the window one group on, a0 and a1 are x and y.
    let forward = rrr(4, 0, 8, 0, 1);
    let back = rrr(4, 0, 8, 0, 15);
    let add = rrr(8, 0, 0, 0, 1);
    cases.push(Case::of("rotw 1, rotw -1", [forward, add, back]));
}

/// Results must not depend on what a callee left in the registers that it may use. The pointer was kept in a0.
fn forget_clobbered(asm: &mut Asm) {
    asm.insn(mov(POINTER, 0));
    for register in [X, Y, FLAG, EXTRA] {
        asm.insn(movi(register, 0));
    }
}

fn special_registers(cases: &mut Vec<Case>) {
    cases.push(Case::of("rsr.sar", [rsr(sr::SAR, D)]));
    cases.push(Case::of(
        "wsr.sar",
        [extui(EXTRA, X, 0, 6), wsr(sr::SAR, EXTRA)],
    ));
    cases.push(Case::of(
        "xsr.excsave1",
        [
            wsr(sr::EXCSAVE1, X),
            mov(D, Y),
            xsr(sr::EXCSAVE1, D),
            rsr(sr::EXCSAVE1, EXTRA),
        ],
    ));
    cases.push(Case::of(
        "wur.threadptr, rur.threadptr",
        [wur(ur::THREADPTR, X), rur(ur::THREADPTR, D)],
    ));
    // RSIL: the old PS, then the level that it set, then back.
    cases.push(Case::of(
        "rsil 3",
        [
            rrr(0, 0, 6, 3, D),
            rsr(sr::PS, EXTRA),
            wsr(sr::PS, D),
            RSYNC,
            extui(D, D, 0, 6),
            extui(EXTRA, EXTRA, 0, 6),
        ],
    ));
}

/// The handler skips three bytes and notes the cause.
fn exceptions(cases: &mut Vec<Case>) {
    cases.push(Case::of("ill", [Encoding::Wide(0), addi(FLAG, FLAG, 1)]));
    cases.push(Case::of(
        "syscall",
        [Encoding::Wide(0x5000), addi(FLAG, FLAG, 1)],
    ));
    for (name, op2) in [("quou", 12), ("rems", 15)] {
        let divide = [
            movi(EXTRA, 0),
            rrr(op2, 2, D, X, EXTRA),
            addi(FLAG, FLAG, 1),
        ];
        cases.push(Case::of(format!("{name} by zero"), divide));
    }
    // RFE to the end of a loop does not wrap: handlers that skip an instruction must do it themselves.
    let in_loop = [
        extui(EXTRA, X, 0, 3),
        addi(EXTRA, EXTRA, 1),
        loop_insn(LOOP, EXTRA, 6),
        addi(FLAG, FLAG, 1),
        Encoding::Wide(0x5000),
        addi(D, D, 1),
    ];
    cases.push(Case::of("syscall at the end of a loop", in_loop));
}
