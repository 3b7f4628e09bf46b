//! Tests of the stack walk: windows in the register file, in memory, before ENTRY, and damaged stacks.

use std::collections::BTreeMap;

use super::*;
use crate::emu::xtensa::{CoreConfig, CoreModel};

const PS: u32 = 230;
const WINDOWSTART: u32 = 73;
/// PS.WOE and PS.UM: ordinary code.
const ORDINARY: u32 = 0x4_0020;
/// `entry a1, 32`.
const ENTRY: u32 = 0x00_4136;
const NOP: u32 = 0x00_20f0;

#[derive(Default)]
struct Fake {
    words: BTreeMap<u32, u32>,
    entry_at: Option<u32>,
}

impl Stack for Fake {
    fn word(&self, address: u32) -> Option<u32> {
        self.words.get(&address).copied()
    }

    fn code(&self, address: u32) -> Option<u32> {
        let code = (0x4000_0000..0x4040_0000).contains(&address);
        code.then_some(if self.entry_at == Some(address) {
            ENTRY
        } else {
            NOP
        })
    }
}

fn core(ps: u32) -> Core {
    let mut core = Core::new(CoreConfig {
        model: CoreModel::Lx6,
        index: 0,
        prid: 0xcdcd,
        config_id: [0; 2],
        reset_vector: 0x4000_0400,
        vecbase: 0x4000_0000,
    });
    core.set_special_register(PS, ps, 0);
    core
}

fn pcs(frames: &[StackFrame]) -> Vec<u32> {
    frames.iter().map(|frame| frame.pc).collect()
}

#[test]
fn windows_come_from_the_register_file_and_then_from_the_stack() {
    let mut core = core(ORDINARY);
    core.pc = 0x400d_0010;
    core.set_register(0, 0x800d_1003);
    core.set_register(1, 0x3ffb_0000);
    // The caller's window, two groups back, is live.
    core.set_physical_register(56, 0x800d_2003);
    core.set_physical_register(57, 0x3ffb_0020);
    core.set_special_register(WINDOWSTART, 1 | 1 << 14, 0);
    let mut stack = Fake::default();
    // The caller's caller was spilled below the caller's stack pointer, and has no caller itself.
    stack.words.insert(0x3ffb_0010, 0x0000_0000);
    stack.words.insert(0x3ffb_0014, 0x3ffb_0040);
    let frames = core.backtrace(&stack);
    assert_eq!(pcs(&frames), [0x400d_0010, 0x400d_1000, 0x400d_2000]);
    assert_eq!(frames[2].sp, 0x3ffb_0040);
}

#[test]
fn at_an_entry_the_return_address_lies_ahead() {
    // PS.CALLINC is 2: the call has put its return address into a8.
    let mut core = core(ORDINARY | 2 << 16);
    core.pc = 0x4008_0000;
    core.set_register(1, 0x3ffb_0000);
    core.set_register(8, 0x800d_1003);
    let stack = Fake {
        entry_at: Some(0x4008_0000),
        ..Fake::default()
    };
    assert_eq!(pcs(&core.backtrace(&stack)), [0x4008_0000, 0x400d_1000]);
}

#[test]
fn damaged_stacks_end_the_walk() {
    let mut core = core(ORDINARY);
    core.pc = 0x400d_0000;
    core.set_register(0, 0x800d_1003);
    core.set_register(1, 0x3ffb_0000);
    let mut stack = Fake::default();
    // A frame that is its own caller.
    stack.words.insert(0x3ffa_fff0, 0x800d_1003);
    stack.words.insert(0x3ffa_fff4, 0x3ffb_0000);
    assert_eq!(core.backtrace(&stack).len(), MAX_FRAMES);
    // A stack pointer that goes down, one that is not aligned, and one without memory.
    for sp in [0x3ffa_0000, 0x3ffb_0004] {
        stack.words.insert(0x3ffa_fff4, sp);
        assert_eq!(core.backtrace(&stack).len(), 1);
    }
    stack.words.clear();
    assert_eq!(core.backtrace(&stack).len(), 1);
}

#[test]
fn in_exception_mode_the_interrupted_code_follows() {
    const EPC1: u32 = 177;
    const EXCM: u32 = 0x10;
    let mut core = core(ORDINARY | EXCM);
    core.pc = 0x4000_0300;
    assert_eq!(pcs(&core.backtrace(&Fake::default())), [0x4000_0300]);
    core.set_special_register(EPC1, 0x400d_0100, 0);
    assert_eq!(
        pcs(&core.backtrace(&Fake::default())),
        [0x4000_0300, 0x400d_0100]
    );
}

#[test]
fn without_windows_only_the_return_address_is_known() {
    let mut core = core(0x2f);
    core.pc = 0x4008_0000;
    core.set_register(0, 0x4008_1003);
    assert_eq!(
        pcs(&core.backtrace(&Fake::default())),
        [0x4008_0000, 0x4008_1000]
    );
}
