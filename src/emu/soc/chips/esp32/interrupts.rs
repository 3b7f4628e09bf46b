//! Interrupt sources of the ESP32 (ESP-IDF `components/soc/esp32/include/soc/interrupts.h`).

pub(in crate::emu) const TG0_T0_LEVEL: usize = 14;
pub(in crate::emu) const TG1_T0_LEVEL: usize = 18;
pub(in crate::emu) const GPIO: usize = 22;
pub(in crate::emu) const FROM_CPU_0: usize = 24;
pub(in crate::emu) const SPI0: usize = 28;
pub(in crate::emu) const UART0: usize = 34;
pub(in crate::emu) const EFUSE: usize = 44;
pub(in crate::emu) const RTC_CORE: usize = 46;
pub(in crate::emu) const RSA: usize = 51;
pub(in crate::emu) const FRC_TIMER1: usize = 56;
pub(in crate::emu) const TG0_T0_EDGE: usize = 58;
pub(in crate::emu) const TG1_T0_EDGE: usize = 62;
pub(in crate::emu) const CACHE_IA: usize = 68;
pub(in crate::emu) const COUNT: usize = 69;
