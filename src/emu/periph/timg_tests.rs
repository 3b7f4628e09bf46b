//! Tests of the timer groups.

use super::*;
use crate::emu::TICKS_PER_RTC_SLOW;
use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};

const ESP32: &Layout = &esp32::timers::TIMG;
const C3: &Layout = &esp32c3::timers::TIMG;
const S3: &Layout = &esp32s3::timers::TIMG;
const APB: Ticks = TICKS_PER_XTAL;
// Offsets on the ESP32.
const T0CONFIG: u32 = 0x00;
const T1CONFIG: u32 = 0x24;
const T1LOAD: u32 = 0x44;
const LACTCONFIG: u32 = 0x70;
const LACTRTC: u32 = 0x74;
const LACTLO: u32 = 0x78;
const INT_ENA: u32 = 0x98;
const INT_CLR: u32 = 0xa4;
const INT_WDT: u32 = 1 << 2;

fn timg() -> Timg {
    Timg::new(ESP32, 0, false, TICKS_PER_RTC_SLOW, 0)
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
    let mut timg = Timg::new(ESP32, 0, true, TICKS_PER_RTC_SLOW, 500);
    let fires = 500 + 26_000_000 * APB;
    assert_eq!(timg.next_event(), Some(fires));
    assert_eq!(
        timg.advance(fires),
        Effect::Reset(ResetRequest {
            scope: ResetScope::Digital,
            cause: 7
        })
    );
    assert_eq!(Timg::new(ESP32, 1, true, 1, 0).next_event(), None);
}

#[test]
fn the_watchdog_obeys_its_key_prescaler_and_stages() {
    let mut timg = Timg::new(ESP32, 1, true, TICKS_PER_RTC_SLOW, 0);
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

#[test]
fn the_later_timers_have_54_bits_and_one_interrupt() {
    for (model, wdt) in [(C3, 1 << 1), (S3, 1 << 2)] {
        let mut timg = Timg::new(model, 1, true, TICKS_PER_RTC_SLOW, 0);
        timg.set_apb_period(6, 0);
        timg.write(0x70, 0x7, 0);
        timg.write(0x10, 50, 0);
        // Crystal clocks, whatever the APB clock is.
        timg.write(T0CONFIG, 1 << 31 | 1 << 30 | 2 << 13 | 1 << 10 | 1 << 9, 0);
        let fires = 50 * 2 * TICKS_PER_XTAL;
        assert_eq!(timg.next_event(), Some(fires), "{wdt}");
        assert_eq!(timg.advance(fires), Effect::Interrupts);
        assert_eq!(timg.interrupts(), 1);
        timg.write(0x7c, 1, fires);
        assert_eq!(timg.interrupts(), 0);
        // Counting down from zero wraps to 54 bits.
        timg.write(0x20, 1, fires);
        timg.write(T0CONFIG, 1 << 31 | 2 << 13, fires);
        assert_eq!(count(&mut timg, 0, 0xc, fires + 12), (1 << 54) - 1);
        // Watchdog: interrupt, then a CPU reset of core 0.
        timg.write(WDTCONFIG1, 100 << 16, fires);
        timg.write(WDTCONFIG2, 10, fires);
        timg.write(WDTCONFIG2 + 4, 20, fires);
        let config = 1 << 31 | 1 << 29 | 2 << 27 | 1 << 22 | 1 << 13;
        timg.write(WDTCONFIG0, config, fires);
        assert_eq!(timg.advance(fires + 10 * 600), Effect::Interrupts);
        assert_eq!(timg.interrupts(), wdt);
        assert_eq!(
            timg.advance(fires + 30 * 600),
            Effect::Reset(ResetRequest {
                scope: ResetScope::Core(0),
                cause: 17
            })
        );
    }
}

#[test]
fn a_later_calibration_ends_with_a_result_or_a_timeout() {
    let mut timg = Timg::new(C3, 0, false, 3529, 0);
    assert_ne!(timg.read(RTCCALICFG, 0).value & CALI_RDY.mask(), 0);
    timg.write(RTCCALICFG, 1 << 31 | 1024 << 16, 0);
    assert_eq!(timg.read(RTCCALICFG1, 0).value >> 7, 1024 * 3529 / 12);
    assert_eq!(timg.read(RTCCALICFG2, 0).value & 1, 0);
    timg.write(RTCCALICFG, 1 << 31 | 1024 << 16 | 2 << 13, 0);
    assert_eq!(timg.read(RTCCALICFG, 0).value & CALI_RDY.mask(), 0);
    assert_eq!(timg.read(RTCCALICFG2, 0).value & 1, 1);
}
