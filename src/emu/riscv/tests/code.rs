//! Code that lies across pages, that changes, and that has breakpoints in it.

use super::*;

const PAGE_END: u32 = BASE + 0x1000;

#[test]
fn an_instruction_across_pages_runs() {
    // Both halves of a page-crossing instruction and what follows it, twice, the second time from decoded slots.
    let program = [half(0x0505), addi(A0, A0, 0x10), jal(ZERO, -6)];
    let mut fixture = Fixture::at(PAGE_END - 4, &program);
    assert_eq!(fixture.run(6), Exit::Budget);
    assert_eq!(fixture.x(A0), 2 * 0x11);
    // The second page's half changes: the next pass sees it.
    let changed = bytes(&[addi(A0, A0, 0x20)]);
    fixture.hart.set_register(10, 0);
    Flat::load(&mut fixture.bus, PAGE_END, &changed[2..]);
    fixture.run(3);
    assert_eq!(fixture.x(A0), 0x21);
}

#[test]
fn code_that_writes_code_runs_what_it_wrote() {
    let program = [addi(A0, ZERO, 1), sw(A2, A1, 0), FENCE_I, jal(ZERO, -12)];
    let mut fixture = Fixture::new(&program).with(&[(A1, BASE), (A2, addi(A0, ZERO, 7).word())]);
    let mut exits = Vec::new();
    while fixture.cycles < 5 {
        exits.push(fixture.run(5 - fixture.cycles as u32));
    }
    assert_eq!(fixture.x(A0), 7);
    assert_eq!(exits, [Exit::Attention, Exit::Budget]);
    assert_eq!(fixture.word(BASE), addi(A0, ZERO, 7).word());
}

#[test]
fn breakpoints_stop_before_their_instruction() {
    let mut fixture = Fixture::new(&[half(0x0505), addi(A0, A0, 1), half(0x0505), jal(ZERO, -8)]);
    fixture.run(20);
    fixture.jump(BASE);
    fixture.hart.set_register(10, 0);
    let address = BASE + 2;
    assert!(fixture.code.set_breakpoint(address));
    assert_eq!(fixture.run(20), Exit::Breakpoint);
    assert_eq!((fixture.hart.pc, fixture.x(A0)), (address, 1));
    fixture.code.pass(Some(address));
    assert_eq!(fixture.run(20), Exit::Breakpoint);
    assert_eq!((fixture.hart.pc, fixture.x(A0)), (address, 4));
    assert!(fixture.code.clear_breakpoint(address));
    assert!(!fixture.code.clear_breakpoint(address));
    assert_eq!(fixture.run(20), Exit::Budget);
    assert!(fixture.code.set_breakpoint(address));
    fixture.code.clear_breakpoints();
    assert_eq!(fixture.run(20), Exit::Budget);
}

#[test]
fn a_breakpoint_across_pages_stops_too() {
    let start = PAGE_END - 2;
    let mut fixture = Fixture::at(start, &[addi(A0, A0, 0x10), jal(ZERO, -4)]);
    assert!(fixture.code.set_breakpoint(start));
    assert_eq!(fixture.run(5), Exit::Breakpoint);
    fixture.code.pass(Some(start));
    assert_eq!(fixture.run(5), Exit::Breakpoint);
    assert_eq!((fixture.hart.pc, fixture.x(A0)), (start, 0x10));
}
