//! Tests of DPORT.

use super::*;

#[test]
fn the_app_core_starts_in_reset_and_is_released() {
    let mut dport = Dport::new();
    assert!(dport.app_cpu_in_reset());
    assert!(dport.app_cpu_clock_gated());
    dport.write(APPCPU_CTRL_D, 0x4008_0400, 0);
    dport.write(APPCPU_CTRL_B, 1, 0);
    assert_eq!(dport.write(APPCPU_CTRL_A, 0, 0).effect, Effect::CoreControl);
    assert!(!dport.app_cpu_in_reset());
    assert!(!dport.app_cpu_clock_gated());
    assert!(!dport.app_cpu_run_stalled());
    assert_eq!(dport.app_boot_address(), 0x4008_0400);
    dport.reset(0);
    assert!(dport.app_cpu_in_reset());
}

#[test]
fn a_flush_is_done_at_once() {
    let mut dport = Dport::new();
    let ctrl = dport.read(PRO_CACHE_CTRL, 0).value;
    dport.write(PRO_CACHE_CTRL, CACHE_FLUSH_ENA.replace(ctrl, 0), 0);
    assert!(!CACHE_FLUSH_DONE.is_set(dport.read(PRO_CACHE_CTRL, 0).value));
    dport.write(PRO_CACHE_CTRL, CACHE_FLUSH_ENA.replace(ctrl, 1), 0);
    assert!(CACHE_FLUSH_DONE.is_set(dport.read(PRO_CACHE_CTRL, 0).value));
}

#[test]
fn regions_are_served_when_the_cache_is_on_and_the_mask_is_clear() {
    let mut dport = Dport::new();
    dport.write(PRO_CACHE_CTRL, CACHE_ENABLE.mask(), 0);
    assert!(dport.cache_enabled(0));
    assert!(!dport.cache_enabled(1));
    assert!(!dport.cache_serves(0, CacheRegion::Drom0));
    dport.write(PRO_CACHE_CTRL1, 0x8ff & !(1 << 4), 0);
    assert!(dport.cache_serves(0, CacheRegion::Drom0));
    assert!(!dport.cache_serves(0, CacheRegion::Iram0));
    assert_eq!(dport.flash_page_bytes(0), 0x1_0000);
}

#[test]
fn sources_are_mapped_per_core() {
    let mut dport = Dport::new();
    assert_eq!(dport.int_map(0, 34), 16);
    // DPORT_PRO_UART_INTR_MAP_REG and DPORT_APP_UART_INTR_MAP_REG of source 34.
    dport.write(0x18c, 5, 0);
    dport.write(0x2a0, 0x2d, 0);
    assert_eq!(dport.int_map(0, 34), 5);
    assert_eq!(dport.int_map(1, 34), 13);
    assert_eq!(dport.read(0x18c, 0), RegRead::modelled(5));
    assert_eq!(dport.int_map(0, 999), 16);
}

#[test]
fn cores_interrupt_each_other() {
    let mut dport = Dport::new();
    assert_eq!(dport.write(0x0e0, 1, 0).effect, Effect::Interrupts);
    assert_eq!(dport.interrupts(), 0b10);
    dport.write(0x0e0, 0, 0);
    assert_eq!(dport.interrupts(), 0);
}

#[test]
fn illegal_cache_accesses_are_shown_and_raised_where_enabled() {
    let mut dport = Dport::new();
    dport.note_illegal_access(1, CacheRegion::Drom0);
    assert_eq!(dport.interrupts(), 0);
    dport.write(CACHE_IA_INT_EN, 1, 0);
    assert_eq!(dport.interrupts(), LINE_CACHE_IA);
    assert_eq!(dport.read(APP_DCACHE_DBUG3, 0).value, 1 << 14);
    dport.write(APP_CACHE_CTRL1, CACHE_MMU_IA_CLR.mask(), 0);
    assert_eq!(dport.interrupts(), 0);
}

#[test]
fn status_shows_the_levels_and_the_polls_end() {
    let mut dport = Dport::new();
    dport.set_source_levels([1, 2, 3]);
    assert_eq!(dport.read(APP_INTR_STATUS_2, 0).value, 3);
    assert_eq!(dport.read(PRO_DCACHE_DBUG0, 0).value >> 7 & 0xfff, 1);
    assert_eq!(dport.cpu_clock_select(), CpuClock::Mhz80);
    dport.write(CPU_PER_CONF, 2, 0);
    assert_eq!(dport.cpu_clock_select(), CpuClock::Mhz240);
    dport.write(SLAVE_SPI_CONFIG, 0x101, 0);
    assert!(dport.spi_encrypt_enabled());
    assert!(!dport.spi_decrypt_enabled());
}
