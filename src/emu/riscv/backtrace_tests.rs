//! Tests of the stack walk: the link register, frame pointers, the search, and damaged stacks.

use std::collections::BTreeMap;

use super::*;
use crate::emu::riscv::{Extensions, HartConfig};

const CODE: std::ops::Range<u32> = 0x4200_0000..0x4200_8000;
/// `jal ra, .`
const CALL: u32 = 0x0000_00ef;
/// `c.jalr a5`, in the upper half of what a wide instruction would be.
const NARROW_CALL: u32 = 0x9782_0001;
const NOP: u32 = 0x0000_0013;
const STACK: u32 = 0x3fc8_1000;

#[derive(Default)]
struct Fake {
    words: BTreeMap<u32, u32>,
    calls: BTreeMap<u32, u32>,
}

impl Fake {
    /// Puts a call in front of a return address.
    fn called(mut self, address: u32) -> Fake {
        self.calls.insert(address - 4, CALL);
        self
    }

    fn holds(mut self, address: u32, word: u32) -> Fake {
        self.words.insert(address, word);
        self
    }
}

impl Stack for Fake {
    fn word(&self, address: u32) -> Option<u32> {
        let stack = (STACK - 0x1000..STACK + 0x1000).contains(&address);
        stack.then(|| self.words.get(&address).copied().unwrap_or(0))
    }

    fn code(&self, address: u32) -> Option<u32> {
        let known = self.calls.get(&address).copied();
        CODE.contains(&address).then(|| known.unwrap_or(NOP))
    }
}

fn hart(ra: u32, fp: u32) -> Hart {
    let mut hart = Hart::new(HartConfig {
        index: 0,
        hart_id: 0,
        reset_vector: 0x4200_0100,
        extensions: Extensions::default(),
    });
    hart.set_register(RA, ra);
    hart.set_register(SP, STACK);
    hart.set_register(FP, fp);
    hart
}

fn pcs(frames: &[StackFrame]) -> Vec<u32> {
    frames.iter().map(|frame| frame.pc).collect()
}

#[test]
fn the_link_register_and_a_search_find_callers() {
    let stack = Fake::default()
        .called(0x4200_0200)
        .called(0x4200_0300)
        .called(0x4200_0400)
        .holds(STACK + 12, 0x4200_0300)
        .holds(STACK + 16, 0x4200_0999)
        .holds(STACK + 20, 0x4200_0500)
        .holds(STACK + 44, 0x4200_0400);
    let frames = hart(0x4200_0200, 0).backtrace(&stack);
    let expected = [0x4200_0100, 0x4200_01fc, 0x4200_02fc, 0x4200_03fc];
    assert_eq!(pcs(&frames), expected);
    assert_eq!(frames[2].sp, STACK + 16);
}

#[test]
fn frame_pointers_are_followed() {
    let stack = Fake::default()
        .called(0x4200_0200)
        .called(0x4200_0300)
        .holds(STACK + 28, 0x4200_0200)
        .holds(STACK + 24, STACK + 64)
        // Looks like a return address, and lies where a frame has no business to.
        .holds(STACK + 36, 0x4200_0200)
        .holds(STACK + 60, 0x4200_0300)
        .holds(STACK + 56, 0);
    let frames = hart(0, STACK + 32).backtrace(&stack);
    assert_eq!(pcs(&frames), [0x4200_0100, 0x4200_01fc, 0x4200_02fc]);
    assert_eq!((frames[1].sp, frames[2].sp), (STACK + 32, STACK + 64));
}

#[test]
fn compressed_calls_count() {
    let mut stack = Fake::default();
    stack
        .calls
        .insert(0x4200_0300, NARROW_CALL >> 16 | NOP << 16);
    let frames = hart(0x4200_0302, 0).backtrace(&stack);
    assert_eq!(pcs(&frames), [0x4200_0100, 0x4200_0300]);
}

#[test]
fn damaged_stacks_end_the_walk() {
    let frames = hart(0xffff_fffe, 0xffff_fff0).backtrace(&Fake::default());
    assert_eq!(frames.len(), 1);
    let mut wild = hart(0, 8);
    wild.set_register(SP, 0xffff_ffff);
    assert_eq!(wild.backtrace(&Fake::default()).len(), 1);
    let mut stack = Fake::default().called(0x4200_0200).called(0x4200_0300);
    for index in 0..512 {
        let address = if index % 2 == 0 {
            0x4200_0200
        } else {
            0x4200_0300
        };
        stack = stack.holds(STACK + index * 4, address);
    }
    assert_eq!(hart(0, 0).backtrace(&stack).len(), MAX_FRAMES);
}
