//! Blocks of the chips with a low-power subsystem: the ESP32-C6 and its successors.
//!
//! What the chips before have in RTC_CNTL and SYSTEM is spread here over PCR (clocks and resets of the digital domain),
//! PMU (power), and the blocks of the LP domain; the cache has one window for code and data, its MMU is reached through
//! the flash controller, and the interrupt controller belongs to the core.

pub(crate) mod aon;
pub(crate) mod clkrst;
pub(crate) mod from_cpu;
pub(crate) mod hp_system;
pub(crate) mod l1_cache;
pub(crate) mod mmu_items;
pub(crate) mod pcr;
pub(crate) mod peri;
pub(crate) mod plic;
pub(crate) mod pmu;
pub(crate) mod timer;
pub(crate) mod wdt;
