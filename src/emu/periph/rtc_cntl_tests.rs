//! Tests of the RTC control block and its watchdog.

use super::*;
use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};

const ESP32: &Layout = &esp32::rtc_cntl::RTC_CNTL;
const C3: &Layout = &esp32c3::rtc_cntl::RTC_CNTL;
const S3: &Layout = &esp32s3::rtc_cntl::RTC_CNTL;

// Offsets on the ESP32.
const OPTIONS0: u32 = 0x00;
const SLP_TIMER0: u32 = 0x04;
const SLP_TIMER1: u32 = 0x08;
const TIME_UPDATE: u32 = 0x0c;
const TIME0: u32 = 0x10;
const TIME1: u32 = 0x14;
const STATE0: u32 = 0x18;
const RESET_STATE: u32 = 0x34;
const INT_ENA: u32 = 0x3c;
const INT_RAW: u32 = 0x40;
const STORE0: u32 = 0x4c;
const CLK_CONF: u32 = 0x70;
const REG: u32 = 0x7c;
const WDTCONFIG0: u32 = 0x8c;
const WDTFEED: u32 = 0xa0;
const WDTWPROTECT: u32 = 0xa4;
const SW_CPU_STALL: u32 = 0xac;
const STORE4: u32 = 0xb0;
const BROWN_OUT: u32 = 0xd4;
const INT_MAIN_TIMER: u32 = 1 << 8;
use crate::emu::periph::watchdog::WRITE_KEY;

/// An RTC of a chip that does not boot from flash, so that no watchdog runs.
fn rtc() -> RtcCntl {
    RtcCntl::new(ESP32, false, 0)
}

fn request(effect: Effect) -> ResetRequest {
    match effect {
        Effect::Reset(request) => request,
        other => panic!("not a reset: {other:?}"),
    }
}

#[test]
fn the_boot_watchdog_resets_everything_after_128000_slow_clocks() {
    let mut rtc = RtcCntl::new(ESP32, true, 1000);
    let fires = 1000 + 128_000 * SLOW_PERIOD_AT_RESET;
    assert_eq!(rtc.next_event(), Some(fires));
    assert_eq!(rtc.advance(fires - 1), Effect::None);
    let reset = request(rtc.advance(fires));
    assert_eq!(reset.scope, ResetScope::System);
    assert_eq!(reset.cause, 16);
    // 0.4 s, as observed on silicon.
    assert_eq!((fires - 1000) * 10 / crate::emu::TICKS_PER_SECOND, 4);
}

#[test]
fn software_switches_the_boot_watchdog_off_with_the_key_only() {
    let mut rtc = RtcCntl::new(ESP32, true, 0);
    rtc.write(WDTWPROTECT, 0, 0);
    rtc.write(WDTCONFIG0, 0, 0);
    assert!(rtc.next_event().is_some());
    rtc.write(WDTWPROTECT, WRITE_KEY, 0);
    rtc.write(WDTCONFIG0, 0, 0);
    assert_eq!(rtc.next_event(), None);
    assert_eq!(rtc.read(WDTCONFIG0, 0), RegRead::modelled(0));
}

#[test]
fn stages_interrupt_then_reset_the_digital_core() {
    let mut rtc = rtc();
    rtc.write(INT_ENA, INT_WDT, 0);
    rtc.write(WDTCONFIG0 + 4, 10, 0);
    rtc.write(WDTCONFIG0 + 8, 20, 0);
    rtc.write(WDTCONFIG0, 1 << 31 | 1 << 28 | 3 << 25, 100);
    let period = rtc.slow_period();
    assert_eq!(rtc.next_event(), Some(100 + 10 * period));
    assert_eq!(rtc.advance(100 + 10 * period), Effect::Interrupts);
    assert_eq!(rtc.interrupts(), 1);
    let fires = rtc.next_event().unwrap();
    assert_eq!(fires, 100 + 30 * period);
    let reset = request(rtc.advance(fires));
    assert_eq!((reset.scope, reset.cause), (ResetScope::Digital, 9));
}

#[test]
fn feeding_puts_the_expiry_off() {
    let mut rtc = rtc();
    rtc.write(WDTCONFIG0 + 4, 10, 0);
    rtc.write(WDTCONFIG0, 1 << 31 | 4 << 28, 0);
    rtc.write(WDTFEED, 1 << 31, 5000);
    assert_eq!(rtc.next_event(), Some(5000 + 10 * rtc.slow_period()));
}

#[test]
fn software_resets_have_their_scopes_and_causes() {
    let mut rtc = rtc();
    let options = rtc.read(OPTIONS0, 0).value;
    let system = request(rtc.write(OPTIONS0, options | 1 << 31, 0).effect);
    assert_eq!((system.scope, system.cause), (ResetScope::Digital, 3));
    let app = request(rtc.write(OPTIONS0, options | 1 << 4, 0).effect);
    assert_eq!((app.scope, app.cause), (ResetScope::Core(1), 12));
    assert_eq!(rtc.read(OPTIONS0, 0).value, options);
    // Both cores at once: one after the other.
    let first = request(rtc.write(OPTIONS0, options | 3 << 4, 0).effect);
    assert_eq!(first.scope, ResetScope::Core(1));
    assert_eq!(rtc.next_event(), Some(0));
    assert_eq!(request(rtc.advance(0)).scope, ResetScope::Core(0));
    assert_eq!(rtc.next_event(), None);
}

#[test]
fn a_core_stalls_with_both_parts_of_the_code() {
    let mut rtc = rtc();
    let options = rtc.read(OPTIONS0, 0).value;
    rtc.write(SW_CPU_STALL, 0x21 << 20, 0);
    assert!(!rtc.cpu_stalled(1));
    rtc.write(OPTIONS0, options | 2, 0);
    assert!(rtc.cpu_stalled(1));
    assert!(!rtc.cpu_stalled(0));
}

#[test]
fn a_digital_reset_frees_the_cores_and_their_clock() {
    let mut rtc = rtc();
    rtc.write(CLK_CONF, 1 << 27 | 0x2210, 0);
    rtc.write(SW_CPU_STALL, 0x21 << 26, 0);
    rtc.write(OPTIONS0, 2 << 2, 0);
    assert_eq!(rtc.soc_clock(), SocClock::Pll);
    assert!(rtc.cpu_stalled(0));
    rtc.reset(0);
    assert_eq!(rtc.soc_clock(), SocClock::Xtal);
    assert!(!rtc.cpu_stalled(0));
}

#[test]
fn causes_and_stores_survive_a_digital_reset_only() {
    let mut rtc = rtc();
    assert_eq!(rtc.read(RESET_STATE, 0).value, 0x3041);
    rtc.set_reset_cause(0, cause::SW_RESET);
    rtc.set_reset_cause(1, cause::EXT_CPU_RESET);
    rtc.write(STORE0, 0x1234, 0);
    rtc.write(STORE4 + 12, 0x5678, 0);
    rtc.reset(0);
    assert_eq!(rtc.read(RESET_STATE, 0).value, 0x3000 | 14 << 6 | 3);
    assert_eq!(rtc.read(STORE0, 0), RegRead::modelled(0x1234));
    assert_eq!(rtc.read(STORE4 + 12, 0).value, 0x5678);
    rtc.reset_rtc(0);
    assert_eq!(rtc.read(STORE0, 0).value, 0);
}

#[test]
fn time_is_latched_and_goes_on_when_the_clock_is_tuned() {
    let mut rtc = rtc();
    let period = rtc.slow_period();
    let regulator = rtc.read(REG, 0).value;
    rtc.write(REG, SCK_DCAP.replace(regulator, 255), 10 * period);
    assert_eq!(rtc.slow_period(), TICKS_PER_RTC_SLOW);
    let now = 10 * period + 5 * TICKS_PER_RTC_SLOW;
    rtc.write(TIME_UPDATE, 1 << 31, now);
    assert_ne!(rtc.read(TIME_UPDATE, now).value & 1 << 30, 0);
    assert_eq!(rtc.read(TIME0, now).value, 15);
    assert_eq!(rtc.read(TIME1, now).value, 0);
}

#[test]
fn the_timer_alarm_interrupts_at_its_time() {
    let mut rtc = rtc();
    rtc.write(SLP_TIMER0, 100, 0);
    rtc.write(SLP_TIMER1, 1 << 16, 0);
    let fires = 100 * rtc.slow_period();
    assert_eq!(rtc.next_event(), Some(fires));
    assert_eq!(rtc.advance(fires), Effect::Interrupts);
    assert_eq!(rtc.read(INT_RAW, 0).value, INT_MAIN_TIMER);
    assert_eq!(rtc.next_event(), None);
}

#[test]
fn sleep_is_reported_as_not_modelled() {
    let mut rtc = rtc();
    assert!(!rtc.write(STATE0, 1 << 31, 0).modelled);
    assert!(rtc.write(STATE0, 0, 0).modelled);
    assert_eq!(rtc.read(BROWN_OUT, 0).value, 0x13ff_0000);
}

#[test]
fn the_later_chips_have_their_own_places() {
    for (model, options) in [(C3, 0), (S3, 8)] {
        let mut rtc = RtcCntl::new(model, false, 0);
        assert_eq!(rtc.read(0x38, 0).value, 0x3041, "{options}");
        let reset = request(rtc.write(0, 1 << 31, 0).effect);
        assert_eq!((reset.scope, reset.cause), (ResetScope::Digital, 3));
        rtc.write(0xb4 + options, 0x21 << 26, 0);
        rtc.write(0, 2 << 2, 0);
        assert!(rtc.cpu_stalled(0));
        rtc.reset(0);
        assert!(!rtc.cpu_stalled(0));
        rtc.write(0x50, 0x1234, 0);
        rtc.write(0xb8 + options + 12, 0x5678, 0);
        rtc.reset(0);
        assert_eq!(rtc.read(0x50, 0), RegRead::modelled(0x1234));
        assert_eq!(rtc.read(0xb8 + options + 12, 0).value, 0x5678);
        rtc.reset_rtc(0);
        assert_eq!(rtc.read(0x50, 0), RegRead::modelled(0));
        assert_eq!(rtc.soc_clock(), SocClock::Xtal);
    }
}

#[test]
fn the_later_boot_watchdog_waits_longer_by_an_efuse() {
    let mut rtc = RtcCntl::new(C3, true, 0);
    let period = TICKS_PER_SECOND / 136_000;
    assert_eq!(rtc.next_event(), Some(400_000 * period));
    rtc.set_watchdog_delay_select(3, 0);
    assert_eq!(rtc.next_event(), Some(200_000 * 16 * period));
    rtc.reset_rtc(5);
    assert_eq!(rtc.next_event(), Some(5 + 200_000 * 16 * period));
    // Without the key nothing is taken; with it the flash boot protection goes off.
    rtc.write(0xa8, 0, 10);
    rtc.write(0x90, 0, 10);
    assert!(rtc.next_event().is_some());
    rtc.write(0xa8, WRITE_KEY, 10);
    rtc.write(0x90, 0, 10);
    assert_eq!(rtc.next_event(), None);
}

#[test]
fn the_super_watchdog_has_a_key() {
    let mut rtc = RtcCntl::new(C3, false, 0);
    rtc.write(0xb0, 0, 0);
    rtc.write(0xac, 1 << 31, 0);
    assert_eq!(rtc.read(0xac, 0), RegRead::modelled(0x04b0_0000));
    rtc.write(0xb0, 0x8f1d_312a, 0);
    // Automatic feeding stays, feeding once does not.
    rtc.write(0xac, 1 << 31 | 1 << 29 | 1 << 28, 0);
    assert_eq!(rtc.read(0xac, 0), RegRead::modelled(1 << 31));
}

#[test]
fn the_later_slow_clock_is_selected_and_time_goes_on() {
    let mut rtc = RtcCntl::new(S3, false, 0);
    let slow = rtc.slow_period();
    assert_eq!(slow, 3529);
    rtc.write(0x74, 2 << 30, 10 * slow);
    assert_eq!(rtc.slow_period(), 7021);
    let now = 10 * slow + 5 * 7021;
    rtc.write(TIME_UPDATE, 1 << 31, now);
    assert_eq!(rtc.read(TIME0, now).value, 15);
    rtc.write(0x78, 1 << 31, now);
    assert_eq!(rtc.read(0x78, now), RegRead::modelled(0));
    // Interrupt enables by mask; the alarm's bit moved.
    rtc.write(0x138, 1 << 10 | 1 << 3, now);
    rtc.write(0x13c, 1 << 3, now);
    assert_eq!(rtc.read(0x40, now).value, 1 << 10);
    rtc.write(SLP_TIMER0, 20, now);
    rtc.write(SLP_TIMER1, 1 << 16, now);
    let fires = rtc.next_event().unwrap();
    assert_eq!(fires, 10 * slow + 10 * 7021);
    rtc.advance(fires);
    assert_eq!(rtc.interrupts(), 1);
}

#[test]
fn a_start_that_is_not_in_rom_is_not_modelled() {
    let mut rtc = rtc();
    let state = rtc.read(RESET_STATE, 0).value;
    assert!(rtc.write(RESET_STATE, state, 0).modelled && rtc.starts_in_rom(0));
    assert!(!rtc.write(RESET_STATE, state & !(1 << 13), 0).modelled);
    assert!(!rtc.starts_in_rom(0) && rtc.starts_in_rom(1));
}
