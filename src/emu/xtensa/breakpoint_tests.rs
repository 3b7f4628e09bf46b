//! Tests of breakpoints: in loops, at their ends, across pages, and that what runs is the same with and without.

use super::{CodeCache, Core, CoreConfig, CoreModel, Exit};
use crate::emu::bus::Bus;
use crate::emu::soc::flat::Flat;

const BASE: u32 = 0x4008_0000;
const BUDGET: u32 = 100;

/// `movi.n a2, 3; loop a2, end; addi.n a3, a3, 1; addi.n a5, a5, 1; end: addi.n a4, a4, 1; j .`
const LOOP: [u8; 14] = [
    0x0c, 0x32, 0x76, 0x82, 3, 0x1b, 0x33, 0x1b, 0x55, 0x1b, 0x44, 0x06, 0xff, 0xff,
];
/// `movi.n a2, 3; loop a2, end; addi.n a3, a3, 1; j end; end: addi.n a4, a4, 1; j .`
const JUMP_TO_END: [u8; 15] = [
    0x0c, 0x32, 0x76, 0x82, 4, 0x1b, 0x33, 0xc6, 0xff, 0xff, 0x1b, 0x44, 0x06, 0xff, 0xff,
];
/// `movi a6, 5; addi.n a4, a4, 1; j .`
const STRAIGHT: [u8; 8] = [0x62, 0xa0, 5, 0x1b, 0x44, 0x06, 0xff, 0xff];

struct Fixture {
    core: Core,
    code: CodeCache,
    bus: Bus<Flat>,
    cycles: u64,
}

impl Fixture {
    fn new(start: u32, program: &[u8]) -> Fixture {
        let mut bus = Flat::bus(BASE, 0x2000);
        Flat::load(&mut bus, start, program);
        let mut core = Core::new(CoreConfig {
            model: CoreModel::Lx6,
            index: 0,
            prid: 0,
            config_id: [0; 2],
            reset_vector: start,
            vecbase: BASE,
        });
        // Loops wrap outside of exception mode only.
        core.set_special_register(230, 0x2f, 0);
        Fixture {
            core,
            code: CodeCache::default(),
            bus,
            cycles: 0,
        }
    }

    fn run(&mut self, pass: Option<u32>) -> Exit {
        self.code.pass(pass);
        let (exit, used) = self
            .core
            .run(&mut self.code, &mut self.bus, self.cycles, BUDGET);
        self.cycles += u64::from(used);
        exit
    }

    /// The offsets of all stops, until the budget is used up.
    fn stops(&mut self) -> Vec<u32> {
        let mut stops = Vec::new();
        let mut pass = None;
        while self.run(pass) == Exit::Breakpoint {
            stops.push(self.core.pc - BASE);
            pass = Some(self.core.pc);
        }
        stops
    }

    fn counts(&self) -> [u32; 3] {
        [3, 4, 5].map(|index| self.core.register(index))
    }
}

#[test]
fn a_loop_stops_each_time_round_and_its_end_once() {
    for warm in [false, true] {
        let mut fixture = Fixture::new(BASE, &LOOP);
        if warm {
            // The code is decoded, and its loop end marked, before there are breakpoints.
            fixture.run(None);
            fixture.core.reset(0);
            fixture.core.set_special_register(230, 0x2f, 0);
        }
        assert!(fixture.code.set_breakpoint(BASE + 5));
        assert!(fixture.code.set_breakpoint(BASE + 9));
        assert_eq!(fixture.stops(), [5, 5, 5, 9]);
        assert_eq!(fixture.counts(), [3, 1, 3]);
    }
}

#[test]
fn a_jump_to_a_loop_end_does_not_wrap_behind_a_breakpoint_either() {
    let mut plain = Fixture::new(BASE, &JUMP_TO_END);
    plain.run(None);
    let mut fixture = Fixture::new(BASE, &JUMP_TO_END);
    fixture.code.set_breakpoint(BASE + 10);
    assert_eq!(fixture.stops(), [10]);
    assert_eq!(fixture.counts(), plain.counts());
}

#[test]
fn an_instruction_in_two_pages_and_the_same_offset_elsewhere() {
    let mut fixture = Fixture::new(BASE + 0xffe, &STRAIGHT);
    fixture.code.set_breakpoint(BASE + 0xffe);
    // The next instruction has the offset of a breakpoint in another page.
    fixture.code.set_breakpoint(BASE + 1);
    assert_eq!(fixture.stops(), [0xffe]);
    assert_eq!(fixture.core.register(6), 5);
    assert_eq!(fixture.counts(), [0, 1, 0]);
}

#[test]
fn what_is_taken_away_stops_nothing() {
    let mut fixture = Fixture::new(BASE, &LOOP);
    fixture.code.set_breakpoint(BASE + 5);
    assert_eq!(fixture.run(None), Exit::Breakpoint);
    // Without leave it stays there.
    assert_eq!(fixture.run(None), Exit::Breakpoint);
    assert!(fixture.code.clear_breakpoint(BASE + 5));
    assert!(!fixture.code.clear_breakpoint(BASE + 5));
    assert_eq!(fixture.stops(), [0u32; 0]);
    assert_eq!(fixture.counts(), [3, 1, 3]);
}

#[test]
fn there_is_a_limit() {
    let mut code = CodeCache::default();
    assert!((0..1024).all(|address| code.set_breakpoint(address)));
    assert!(!code.set_breakpoint(5000));
    assert!(code.set_breakpoint(7), "known already");
    code.clear_breakpoints();
    assert!(code.set_breakpoint(5000));
}
