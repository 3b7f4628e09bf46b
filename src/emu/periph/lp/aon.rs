//! LP_AON: what is always on: the registers that software stores values in, software resets, and the core's stall.
//!
//! Registers and bits: ESP-IDF `components/soc/esp32c6/register/soc/lp_aon_reg.h`; stall code: `components/hal/esp32c6/
//! include/hal/cpu_utility_ll.h`. A digital reset leaves the block alone. It has no interrupt lines.

use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues, StorageRanges};
use crate::emu::periph::reset_cause as cause;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite, ResetRequest, ResetScope};

const BLOCK_BYTES: u32 = 0x400;
const SYS_CFG: u32 = 0x34;
const CPUCORE0_CFG: u32 = 0x38;
const HPSYS_SW_RESET: Bits = Bits::bit(31);
const CPU_CORE0_SW_RESET: Bits = Bits::bit(28);
const CPU_CORE0_SW_STALL: Bits = Bits::new(0, 8);
/// The core stalls while its field holds this.
const STALL_CODE: u32 = 0x86;

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub reset: ResetValues,
    pub storage: StorageRanges,
}

/// The block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LpAon {
    regs: RegisterFile,
}

impl LpAon {
    /// The block after power-on.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        LpAon {
            regs: RegisterFile::new("lp_aon", BLOCK_BYTES, layout.reset, layout.storage),
        }
    }

    /// Whether software stalls the core.
    pub(crate) fn cpu_stalled(&self) -> bool {
        CPU_CORE0_SW_STALL.get(self.regs.get(CPUCORE0_CFG)) == STALL_CODE
    }

    fn store(&mut self, offset: u32, value: u32, reset: Bits, request: ResetRequest) -> RegWrite {
        self.regs.set(offset, reset.replace(value, 0));
        RegWrite::modelled(if reset.is_set(value) {
            Effect::Reset(request)
        } else {
            Effect::CoreControl
        })
    }
}

impl Device for LpAon {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            SYS_CFG | CPUCORE0_CFG => RegRead::modelled(self.regs.get(offset)),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            SYS_CFG => {
                let request = ResetRequest {
                    scope: ResetScope::Digital,
                    cause: cause::SW_RESET,
                };
                self.store(offset, value, HPSYS_SW_RESET, request)
            }
            CPUCORE0_CFG => {
                let request = ResetRequest {
                    scope: ResetScope::Core(0),
                    cause: cause::SW_CPU_RESET,
                };
                self.store(offset, value, CPU_CORE0_SW_RESET, request)
            }
            _ => self.regs.write_stored(offset, value),
        }
    }

    fn reset(&mut self, _now: Ticks) {}

    fn reset_rtc(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LAYOUT: Layout = Layout {
        reset: &[(CPUCORE0_CFG, 1 << 30)],
        storage: &[(0x00, 0x24)],
    };

    #[test]
    fn resets_are_asked_for_and_read_back_as_zero() {
        let mut aon = LpAon::new(&LAYOUT);
        let scope = |write: RegWrite| match write.effect {
            Effect::Reset(request) => Some((request.scope, request.cause)),
            _ => None,
        };
        let whole = scope(aon.write(SYS_CFG, 1 << 31 | 1 << 30, 0));
        assert_eq!(whole, Some((ResetScope::Digital, 3)));
        assert_eq!(aon.read(SYS_CFG, 0), RegRead::modelled(1 << 30));
        let core = scope(aon.write(CPUCORE0_CFG, 1 << 28, 0));
        assert_eq!(core, Some((ResetScope::Core(0), 12)));
        assert_eq!(scope(aon.write(CPUCORE0_CFG, 0x86, 0)), None);
        assert!(aon.cpu_stalled());
    }

    #[test]
    fn stored_values_outlive_a_digital_reset_alone() {
        let mut aon = LpAon::new(&LAYOUT);
        assert!(aon.write(0x10, 7, 0).modelled);
        aon.reset(0);
        assert_eq!(aon.read(0x10, 0), RegRead::modelled(7));
        aon.reset_rtc(0);
        assert_eq!(aon.read(0x10, 0), RegRead::modelled(0));
        assert_eq!(aon.read(CPUCORE0_CFG, 0), RegRead::modelled(1 << 30));
    }
}
