//! The interrupt matrix: 69 sources, routed to each core's 32 interrupts.

use super::Esp32;
use super::devices::Devices;
use crate::emu::periph::Device;
use crate::emu::soc::chips::esp32::interrupts as source;

/// Sets `count` sources from `first` on by the low bits of `lines`.
fn put(levels: &mut [u32; 3], first: usize, count: usize, lines: u32) {
    for line in 0..count {
        if lines >> line & 1 != 0 {
            levels[(first + line) / 32] |= 1 << ((first + line) % 32);
        }
    }
}

impl Devices {
    /// The level of every source.
    fn source_levels(&self) -> [u32; 3] {
        let mut levels = [0; 3];
        for (index, timg) in self.timg.iter().enumerate() {
            let lines = timg.interrupts();
            put(
                &mut levels,
                [source::TG0_T0_LEVEL, source::TG1_T0_LEVEL][index],
                4,
                lines,
            );
            put(
                &mut levels,
                [source::TG0_T0_EDGE, source::TG1_T0_EDGE][index],
                4,
                lines >> 4,
            );
        }
        // Both cores' pin interrupts go to both: GPIO bits 0-1 are PRO's, 2-3 APP's.
        let gpio = self.gpio.interrupts();
        put(&mut levels, source::GPIO, 2, gpio | gpio >> 2);
        let dport = self.dport.interrupts();
        put(&mut levels, source::FROM_CPU_0, 4, dport);
        put(&mut levels, source::CACHE_IA, 1, dport >> 4);
        for (index, spi) in self.spi.iter().enumerate() {
            put(&mut levels, source::SPI0 + index, 1, spi.interrupts());
        }
        for (index, uart) in self.uart.iter().enumerate() {
            put(&mut levels, source::UART0 + index, 1, uart.interrupts());
        }
        put(&mut levels, source::EFUSE, 1, self.efuse.interrupts());
        put(&mut levels, source::RTC_CORE, 1, self.rtc.interrupts());
        put(&mut levels, source::RSA, 1, self.rsa.interrupts());
        put(&mut levels, source::FRC_TIMER1, 2, self.frc.interrupts());
        levels
    }
}

impl Esp32 {
    /// The levels of both cores' interrupt lines, through the matrix.
    pub(super) fn core_interrupts(&mut self) -> [u32; 2] {
        let levels = self.devices.source_levels();
        self.devices.dport.set_source_levels(levels);
        let mut lines = [0; 2];
        for source in
            (0..source::COUNT).filter(|&source| levels[source / 32] >> (source % 32) & 1 != 0)
        {
            for (core, lines) in lines.iter_mut().enumerate() {
                *lines |= 1 << (self.devices.dport.int_map(core, source) & 31);
            }
        }
        lines
    }
}
