//! Tests of the timer groups.

use super::*;
use crate::emu::TICKS_PER_RTC_SLOW;

const APB: Ticks = TICKS_PER_XTAL;

fn timg() -> Timg {
    Timg::new(0, false, TICKS_PER_RTC_SLOW, 0)
}

fn count(timg: &mut Timg, config: u32, update: u32, now: Ticks) -> u64 {
    timg.write(config + update, 1, now);
    let low = timg.read(config + update - 8, now).value;
    let high = timg.read(config + update - 4, now).value;
    u64::from(high) << 32 | u64::from(low)
}

#[test]
fn a_timer_counts_divided_apb_clocks_up_and_down() {
    let mut timg = timg();
    timg.write(T0CONFIG, 1 << 31 | 1 << 30 | 80 << 13, 0);
    assert_eq!(count(&mut timg, T0CONFIG, 0xc, 80 * APB * 7 + 5), 7);
    timg.write(T1CONFIG + 0x18, 100, 0);
    timg.write(T1LOAD, 1, 0);
    timg.write(T1CONFIG, 1 << 31 | 2 << 13, 0);
    assert_eq!(count(&mut timg, T1CONFIG, 0xc, 2 * APB * 10), 90);
}

#[test]
fn the_count_goes_on_when_the_clock_changes() {
    let mut timg = timg();
    timg.write(T0CONFIG, 1 << 31 | 1 << 30 | 2 << 13, 0);
    timg.set_apb_period(6, 2 * APB * 10);
    assert_eq!(count(&mut timg, T0CONFIG, 0xc, 2 * APB * 10 + 12 * 5), 15);
}

#[test]
fn an_alarm_interrupts_once_and_reloads() {
    let mut timg = timg();
    timg.write(INT_ENA, 1, 0);
    timg.write(0x10, 50, 0);
    let config = 1 << 31 | 1 << 30 | 1 << 29 | 2 << 13 | 1 << 11 | 1 << 10;
    timg.write(T0CONFIG, config, 0);
    let fires = 50 * 2 * APB;
    assert_eq!(timg.next_event(), Some(fires));
    assert_eq!(timg.advance(fires), Effect::Interrupts);
    assert_eq!(timg.interrupts(), 1);
    assert_eq!(timg.read(T0CONFIG, fires).value, config & !(1 << 10));
    assert_eq!(timg.next_event(), None);
    assert_eq!(count(&mut timg, T0CONFIG, 0xc, fires + 2 * APB), 1);
    timg.write(INT_CLR, 1, fires);
    assert_eq!(timg.interrupts(), 0);
}

#[test]
fn the_lact_timer_has_its_own_registers_and_line() {
    let mut timg = timg();
    timg.write(INT_ENA, 1 << 3, 0);
    timg.write(0x84, 10, 0);
    timg.write(
        LACTCONFIG,
        1 << 31 | 1 << 30 | 80 << 13 | 1 << 11 | 1 << 10,
        0,
    );
    let fires = 10 * 80 * APB;
    assert_eq!(timg.next_event(), Some(fires));
    timg.advance(fires);
    assert_eq!(timg.interrupts(), 1 << 3);
    timg.write(0x80, 1, fires);
    assert_eq!(timg.read(LACTLO, fires).value, 10);
    timg.write(LACTRTC, 0x40, 0);
    assert_eq!(timg.read(LACTRTC, 0), RegRead::modelled(0x40));
}

#[test]
fn the_boot_watchdog_of_group_0_resets_the_digital_core() {
    let mut timg = Timg::new(0, true, TICKS_PER_RTC_SLOW, 500);
    let fires = 500 + 26_000_000 * APB;
    assert_eq!(timg.next_event(), Some(fires));
    assert_eq!(
        timg.advance(fires),
        Effect::Reset(ResetRequest {
            scope: ResetScope::Digital,
            cause: 7
        })
    );
    assert_eq!(Timg::new(1, true, 1, 0).next_event(), None);
}

#[test]
fn the_watchdog_obeys_its_key_prescaler_and_stages() {
    let mut timg = Timg::new(1, true, TICKS_PER_RTC_SLOW, 0);
    timg.write(WDTWPROTECT, 0, 0);
    timg.write(WDTCONFIG0, 1 << 31, 0);
    assert_eq!(timg.read(WDTCONFIG0, 0).value, WDTCONFIG0_RESET);
    timg.write(WDTWPROTECT, WRITE_KEY, 0);
    timg.write(WDTCONFIG1, 100 << 16, 0);
    timg.write(WDTCONFIG2, 10, 0);
    timg.write(WDTCONFIG2 + 4, 20, 0);
    timg.write(INT_ENA, INT_WDT, 0);
    // Interrupt, then CPU reset.
    timg.write(WDTCONFIG0, 1 << 31 | 1 << 29 | 2 << 27 | 1 << 21, 0);
    let unit = 100 * APB;
    assert_eq!(timg.next_event(), Some(10 * unit));
    assert_eq!(timg.advance(10 * unit), Effect::Interrupts);
    assert_eq!(timg.interrupts(), INT_WDT);
    assert_eq!(timg.next_event(), Some(30 * unit));
    assert_eq!(
        timg.advance(30 * unit),
        Effect::Reset(ResetRequest {
            scope: ResetScope::Core(1),
            cause: 11
        })
    );
    timg.write(WDTFEED, 1, 31 * unit);
    assert_eq!(timg.next_event(), Some(41 * unit));
}

#[test]
fn calibration_counts_crystal_clocks() {
    let mut timg = timg();
    // From reset: one period of 8 MHz / 256, 1280 clocks of 40 MHz, where the ROM looks for the crystal's frequency.
    assert_eq!(timg.read(RTCCALICFG1, 0).value >> 7, 1280);
    timg.write(RTCCALICFG, 1024 << 16, 0);
    assert_eq!(timg.read(RTCCALICFG, 0).value & CALI_RDY.mask(), 0);
    timg.write(RTCCALICFG, 1 << 31 | 1024 << 16, 0);
    assert_ne!(timg.read(RTCCALICFG, 0).value & CALI_RDY.mask(), 0);
    // 1024 periods of 150 kHz at 40 MHz.
    assert_eq!(timg.read(RTCCALICFG1, 0).value >> 7, 1024 * 800 / 3);
    // Without a 32 kHz crystal nothing is ever ready.
    timg.write(RTCCALICFG, 1 << 31 | 1024 << 16 | 2 << 13, 0);
    assert_eq!(timg.read(RTCCALICFG, 0).value & CALI_RDY.mask(), 0);
}
