//! From the devices' interrupt lines through matrix and controller to the core.

use super::LpSoc;
use super::description::Sources;
use super::devices::Devices;
use crate::emu::cpu::Cpu;
use crate::emu::periph::Device;
use crate::emu::periph::later::interrupt_matrix::SOURCE_WORDS;

/// Sets `count` sources from `first` on by the low bits of `lines`.
fn put(levels: &mut [u32; SOURCE_WORDS], first: usize, count: usize, lines: u32) {
    for line in 0..count {
        if lines >> line & 1 != 0 {
            levels[(first + line) / 32] |= 1 << ((first + line) % 32);
        }
    }
}

impl Devices {
    /// The level of every source.
    pub(super) fn source_levels(&self, sources: &Sources) -> [u32; SOURCE_WORDS] {
        let mut levels = [0; SOURCE_WORDS];
        for (uart, &source) in self.uart.iter().zip(sources.uart) {
            put(&mut levels, source, 1, uart.interrupts());
        }
        for (timg, source) in self.timg.iter().zip(sources.timg) {
            // The source of a second timer lies between those of timer and watchdog.
            let lines = timg.interrupts();
            put(&mut levels, source, 1, lines);
            put(&mut levels, source + 2, 1, lines >> 1);
        }
        let single = [
            (sources.efuse, 1, self.efuse.interrupts()),
            (sources.lp_timer, 1, self.lp_timer.interrupts()),
            (sources.lp_wdt, 1, self.wdt.interrupts()),
            (sources.from_cpu, 4, self.from_cpu.interrupts()),
            (sources.cache, 1, self.cache.interrupts()),
            (sources.gpio, 2, self.gpio.interrupts()),
            (sources.spi1, 1, self.spi[1].interrupts()),
            (sources.usb_serial_jtag, 1, self.usb.interrupts()),
            (sources.systimer, 3, self.systimer.interrupts()),
            (sources.gdma, sources.gdma_lines, self.gdma.interrupts()),
            (sources.aes, 1, self.aes.interrupts()),
            (sources.sha, 1, self.sha.interrupts()),
            (sources.rsa, 1, self.rsa.interrupts()),
        ];
        for (first, count, lines) in single {
            put(&mut levels, first, count, lines);
        }
        levels
    }

    /// Takes the levels of all sources through the matrix to the controller.
    pub(super) fn settle_interrupts(&mut self, sources: &Sources) {
        let levels = self.source_levels(sources);
        self.matrix.set_source_levels(levels);
        self.plic.set_lines(self.matrix.lines(0));
    }
}

impl<C: Cpu + 'static> LpSoc<C> {
    /// The levels of the core's interrupt lines, through matrix and controller.
    pub(super) fn core_interrupts(&mut self) -> [u32; 2] {
        self.devices.settle_interrupts(&self.chip.sources);
        [self.devices.plic.winner(), 0]
    }
}
