//! The cache of the ESP32-C6 and its like: one for code and data, without a switch of its own: its two buses are shut.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32c6/register/soc/extmem_reg.h`; use: the mask ROM's `Cache_*`. What the
//! cache shows is the system on chip's business; commands (synchronise, preload, lock, freeze) take no time here and have
//! no effect of their own, as no stale lines are kept.
//!
//! Interrupt line: bit 0, accesses that fail (`ETS_CACHE_INTR_SOURCE`).

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x400;
const CTRL: u32 = 0x04;
const FREEZE_CTRL: u32 = 0x2c;
const LOCK_CTRL: u32 = 0x88;
const SYNC_CTRL: u32 = 0x98;
const PRELOAD_CTRL: u32 = 0xd8;
const AUTOLOAD_CTRL: u32 = 0x134;
const ACS_FAIL_INT_ENA: u32 = 0x168;
const ACS_FAIL_INT_CLR: u32 = 0x16c;
const ACS_FAIL_INT_RAW: u32 = 0x170;
const ACS_FAIL_INT_ST: u32 = 0x174;
const ACS_FAIL_ADDR: u32 = 0x220;

/// `L1_CACHE_SHUT_IBUS` and `L1_CACHE_SHUT_DBUS`.
const SHUT: Bits = Bits::new(0, 2);
const FREEZE_EN: Bits = Bits::bit(16);
const FREEZE_DONE: Bits = Bits::bit(18);
const CACHE_FAIL: u32 = 1 << 4;

/// A command register: the bits that start a command and clear themselves, and the one that tells that it is done.
struct Command {
    offset: u32,
    start: u32,
    done: u32,
}

const COMMANDS: [Command; 4] = [
    Command {
        offset: LOCK_CTRL,
        start: 0b11,
        done: 1 << 2,
    },
    Command {
        offset: SYNC_CTRL,
        start: 0b1111,
        done: 1 << 4,
    },
    Command {
        offset: PRELOAD_CTRL,
        start: 1,
        done: 1 << 1,
    },
    Command {
        offset: AUTOLOAD_CTRL,
        start: 0,
        done: 1 << 1,
    },
];

fn command(offset: u32) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.offset == offset)
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The cache's registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct L1Cache {
    regs: RegisterFile,
}

impl L1Cache {
    /// The block after reset: both buses are open.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        L1Cache {
            regs: RegisterFile::new("extmem", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    /// Whether the cache serves accesses.
    ///
    /// Code and data share one window, and nothing tells here which bus an access takes: both must be open. The ROM and
    /// ESP-IDF shut and open them together.
    pub(crate) fn serves(&self) -> bool {
        !SHUT.is_set(self.regs.get(CTRL))
    }

    /// The core accessed `address` (bus address), where the cache has nothing to show.
    pub(crate) fn note_invalid_access(&mut self, address: u32) {
        self.regs.set(ACS_FAIL_ADDR, address);
        let raw = self.regs.get(ACS_FAIL_INT_RAW) | CACHE_FAIL;
        self.regs.set(ACS_FAIL_INT_RAW, raw);
    }

    fn failed(&self) -> u32 {
        self.regs.get(ACS_FAIL_INT_RAW) & self.regs.get(ACS_FAIL_INT_ENA)
    }
}

impl Device for L1Cache {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        let value = self.regs.get(offset);
        if let Some(command) = command(offset) {
            return RegRead::modelled(value & !command.start | command.done);
        }
        match offset {
            FREEZE_CTRL => {
                let frozen = u32::from(FREEZE_EN.is_set(value));
                RegRead::modelled(FREEZE_DONE.replace(value, frozen))
            }
            CTRL | ACS_FAIL_INT_ENA | ACS_FAIL_INT_RAW | ACS_FAIL_ADDR => RegRead::modelled(value),
            ACS_FAIL_INT_CLR => RegRead::modelled(0),
            ACS_FAIL_INT_ST => RegRead::modelled(self.failed()),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if let Some(command) = command(offset) {
            self.regs.set(offset, value & !command.start);
            return RegWrite::stored();
        }
        match offset {
            CTRL => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::CacheChanged)
            }
            FREEZE_CTRL => {
                self.regs.set(offset, value);
                RegWrite::stored()
            }
            ACS_FAIL_INT_ENA => {
                self.regs.set(offset, value);
                RegWrite::modelled(Effect::Interrupts)
            }
            ACS_FAIL_INT_CLR | ACS_FAIL_INT_RAW => {
                let raw = self.regs.get(ACS_FAIL_INT_RAW) & !value;
                self.regs.set(ACS_FAIL_INT_RAW, raw);
                RegWrite::modelled(Effect::Interrupts)
            }
            ACS_FAIL_INT_ST | ACS_FAIL_ADDR => RegWrite::stored(),
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.failed() != 0)
    }

    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[(SYNC_CTRL, 1)],
        storage: &[(0x9c, 0xa4)],
    };

    #[test]
    fn the_cache_serves_while_both_buses_are_open() {
        let mut cache = L1Cache::new(&LAYOUT);
        assert!(cache.serves());
        for shut in [1, 2, 3] {
            assert_eq!(cache.write(CTRL, shut, 0).effect, Effect::CacheChanged);
            assert!(!cache.serves());
        }
        cache.write(CTRL, 0xf00, 0);
        assert!(cache.serves());
    }

    #[test]
    fn commands_are_done_at_once_and_a_freeze_while_it_lasts() {
        let mut cache = L1Cache::new(&LAYOUT);
        cache.write(SYNC_CTRL, 1, 0);
        assert_eq!(cache.read(SYNC_CTRL, 0), RegRead::modelled(1 << 4));
        cache.write(PRELOAD_CTRL, 0b101, 0);
        assert_eq!(cache.read(PRELOAD_CTRL, 0).value, 0b110);
        cache.write(AUTOLOAD_CTRL, 1, 0);
        assert_eq!(cache.read(AUTOLOAD_CTRL, 0).value, 0b11);
        cache.write(FREEZE_CTRL, 1 << 16, 0);
        assert_eq!(cache.read(FREEZE_CTRL, 0).value, 1 << 18 | 1 << 16);
        cache.write(FREEZE_CTRL, 0, 0);
        assert_eq!(cache.read(FREEZE_CTRL, 0).value, 0);
    }

    #[test]
    fn a_failed_access_interrupts_until_it_is_cleared() {
        let mut cache = L1Cache::new(&LAYOUT);
        cache.note_invalid_access(0x4200_1234);
        assert_eq!(cache.interrupts(), 0);
        cache.write(ACS_FAIL_INT_ENA, 1 << 4, 0);
        assert_eq!(cache.interrupts(), 1);
        assert_eq!(cache.read(ACS_FAIL_INT_ST, 0).value, 1 << 4);
        assert_eq!(cache.read(ACS_FAIL_ADDR, 0).value, 0x4200_1234);
        cache.write(ACS_FAIL_INT_CLR, 1 << 4, 0);
        assert_eq!(cache.interrupts(), 0);
    }
}
