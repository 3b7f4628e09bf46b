//! Tests of the system timer.

use super::*;
use crate::emu::soc::chips::{esp32c3, esp32s3};

const CONF_ALL: u32 = 1 << 30 | 1 << 24 | 1 << 23 | 1 << 22;

fn timer() -> Systimer {
    Systimer::new(&esp32c3::timers::SYSTIMER, 0)
}

#[test]
fn the_first_unit_counts_from_reset_and_is_latched_on_request() {
    let mut timer = timer();
    assert_eq!(timer.read(UNIT0_OP, 0).value, 0);
    timer.write(UNIT0_OP, 1 << 30, 30 * 1000 + 7);
    assert_eq!(timer.read(UNIT0_OP, 0).value, 1 << 29);
    assert_eq!(timer.read(0x44, 0), RegRead::modelled(1000));
    assert_eq!(timer.read(UNIT0_VALUE_HI, 0).value, 0);
    assert_eq!(timer.count(1, 1_000_000), 0);
    timer.write(UNIT0_LOAD_HI, 5, 0);
    timer.write(UNIT0_LOAD_HI + 4, 9, 0);
    timer.write(UNIT0_LOAD, 1, 60);
    assert_eq!(timer.count(0, 60 + 30), 5 << 32 | 10);
}

#[test]
fn a_target_alarms_once() {
    let mut timer = timer();
    timer.write(INT_ENA, 7, 0);
    timer.write(CONF, CONF_ALL, 0);
    timer.write(0x28, 500, 0);
    assert_eq!(timer.next_event(), None);
    timer.write(0x54, 1, 0);
    assert_eq!(timer.next_event(), Some(500 * TICKS_PER_COUNT));
    assert_eq!(timer.advance(15_000), Effect::Interrupts);
    assert_eq!(timer.interrupts(), 2);
    assert_eq!(timer.next_event(), None);
    timer.write(INT_CLR, 2, 0);
    assert_eq!(timer.interrupts(), 0);
}

#[test]
fn a_target_in_the_past_alarms_at_once() {
    let mut timer = timer();
    timer.write(CONF, CONF_ALL, 0);
    timer.write(0x20, 10, 0);
    timer.write(COMP0_LOAD, 1, 30_000);
    assert!(timer.next_event().is_some_and(|at| at <= 30_000));
    assert_eq!(timer.advance(30_000), Effect::Interrupts);
    assert_eq!(timer.next_event(), None);
}

#[test]
fn a_period_repeats_and_missed_alarms_are_one() {
    let mut timer = timer();
    timer.write(TARGET0_CONF, 100, 0);
    timer.write(COMP0_LOAD, 1, 0);
    timer.write(CONF, CONF_ALL, 0);
    // The mode comes last, as in ESP-IDF's tick.
    timer.write(TARGET0_CONF, 1 << 30 | 100, 0);
    assert_eq!(timer.next_event(), Some(3000));
    timer.advance(3000);
    assert_eq!(timer.next_event(), Some(6000));
    timer.advance(3000 * 5 + 1);
    assert_eq!(timer.next_event(), Some(3000 * 6));
    // A period of zero never alarms.
    timer.write(TARGET0_CONF, 1 << 30, 0);
    timer.write(COMP0_LOAD, 1, 0);
    assert_eq!(timer.next_event(), None);
}

#[test]
fn the_loaded_target_shows_on_the_esp32s3_only() {
    let mut c3 = timer();
    let mut s3 = Systimer::new(&esp32s3::timers::SYSTIMER, 0);
    for timer in [&mut c3, &mut s3] {
        timer.write(TARGET0_HI, 3, 0);
        timer.write(0x20, 4, 0);
        timer.write(COMP0_LOAD, 1, 0);
    }
    assert_eq!(s3.read(REAL_TARGET0_LO, 0), RegRead::modelled(4));
    assert_eq!(s3.read(REAL_TARGET0_LO + 4, 0), RegRead::modelled(3));
    assert!(!c3.read(REAL_TARGET0_LO, 0).modelled);
}
