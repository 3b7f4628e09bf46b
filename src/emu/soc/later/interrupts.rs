//! From the devices' interrupt lines through the matrix to the cores.

use super::LaterSoc;
use super::description::Sources;
use super::devices::Devices;
use crate::chip::Isa;
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
            put(&mut levels, source, 3, timg.interrupts());
        }
        let cache = self.extmem.interrupts();
        let single = [
            (sources.gpio, 2, self.gpio.interrupts()),
            (sources.spi1, 1, self.spi[1].interrupts()),
            (sources.efuse, 1, self.efuse.interrupts()),
            (sources.usb_serial_jtag, 1, self.usb.interrupts()),
            (sources.rtc, 1, self.rtc.interrupts()),
            (sources.systimer, 3, self.systimer.interrupts()),
            (sources.cache_ia, 1, cache),
            (sources.cache_acs, 2, cache >> 1),
            (sources.gdma, sources.gdma_lines, self.gdma.interrupts()),
            (sources.rsa, 1, self.rsa.interrupts()),
            (sources.aes, 1, self.aes.interrupts()),
            (sources.sha, 1, self.sha.interrupts()),
            (sources.from_cpu, 4, self.system.interrupts()),
        ];
        for (first, count, lines) in single {
            put(&mut levels, first, count, lines);
        }
        levels
    }
}

impl<C: Cpu + 'static> LaterSoc<C> {
    /// The levels of the cores' interrupt lines, through the matrix.
    pub(super) fn core_interrupts(&mut self) -> [u32; 2] {
        let levels = self.devices.source_levels(&self.chip.sources);
        let matrix = &mut self.devices.interrupts;
        matrix.set_source_levels(levels);
        match self.chip.silicon.chip.spec().isa {
            Isa::RiscV => [matrix.winner(), 0],
            Isa::Xtensa => [matrix.lines(0), matrix.lines(1)],
        }
    }
}
