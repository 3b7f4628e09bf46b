//! Instructions that are too rare for the run loop: booleans, caches and TLBs, user registers, window moves.

use super::code::Slot;
use super::core::{Core, PS_EXCM, PS_MASK};
use super::exception::Cause;
use super::op::Op;

impl Core {
    /// RFE, RFDE, RFI: the address to go on at.
    pub(super) fn return_from_exception(&mut self, op: Op, level: u32) -> u32 {
        self.in_fault = false;
        let target = match op {
            Op::Rfi => {
                let level = (level & 7) as usize;
                self.ps = self.eps[level] & PS_MASK;
                self.epc[level]
            }
            Op::Rfde => self.epc[0],
            _ => {
                self.ps &= !PS_EXCM;
                self.epc[1]
            }
        };
        self.update_window_limit();
        target
    }

    /// Executes an instruction that never touches memory, the pc or interrupts.
    #[inline(never)]
    pub(super) fn execute_rare(&mut self, slot: Slot) -> Result<(), Cause> {
        let (r, s, t) = (
            (slot.r & 15) as usize,
            (slot.s & 15) as usize,
            (slot.t & 15) as usize,
        );
        match slot.op {
            Op::Movsp => {
                if !self.movsp_allowed() {
                    return Err(Cause::Alloca);
                }
                self.a[t] = self.a[s];
            }
            Op::Rotw => self.set_window_base(self.window_base.wrapping_add(slot.imm)),
            Op::Rur | Op::Wur if self.user_disabled(slot.imm).is_some() => {
                return self.user_disabled(slot.imm).map_or(Ok(()), Err);
            }
            Op::EeWrMaskGpioOut | Op::EeSetBitGpioOut | Op::EeClrBitGpioOut | Op::EeGetGpioIn => {
                return self.dedicated_gpio(slot);
            }
            Op::Rur => self.a[r] = self.read_user(slot.imm).ok_or(Cause::IllegalInstruction)?,
            Op::Wur => {
                if !self.write_user(slot.imm, self.a[t]) {
                    return Err(Cause::IllegalInstruction);
                }
            }
            Op::Andb | Op::Andbc | Op::Orb | Op::Orbc | Op::Xorb => {
                let (a, b) = (self.br >> s & 1 != 0, self.br >> t & 1 != 0);
                let result = match slot.op {
                    Op::Andb => a & b,
                    Op::Andbc => a & !b,
                    Op::Orb => a | b,
                    Op::Orbc => a | !b,
                    _ => a ^ b,
                };
                self.set_boolean(r, result);
            }
            Op::Any4 => self.set_boolean(t, self.br >> (s & 12) & 0xf != 0),
            Op::All4 => self.set_boolean(t, self.br >> (s & 12) & 0xf == 0xf),
            Op::Any8 => self.set_boolean(t, self.br >> (s & 8) & 0xff != 0),
            Op::All8 => self.set_boolean(t, self.br >> (s & 8) & 0xff == 0xff),
            // Caches hold nothing back.
            Op::Dpfr
            | Op::Dpfw
            | Op::Dpfro
            | Op::Dpfwo
            | Op::Dhwb
            | Op::Dhwbi
            | Op::Dhi
            | Op::Dii
            | Op::Dpfl
            | Op::Dhu
            | Op::Diu
            | Op::Diwb
            | Op::Diwbi
            | Op::Ipf
            | Op::Ipfl
            | Op::Ihu
            | Op::Iiu
            | Op::Ihi
            | Op::Iii
            | Op::Iitlb
            | Op::Idtlb => {}
            Op::Witlb | Op::Wdtlb => self.regions.set(slot.op == Op::Witlb, self.a[s], self.a[t]),
            Op::Ritlb0 | Op::Rdtlb0 | Op::Pitlb | Op::Pdtlb => self.a[t] = self.a[s],
            Op::Ritlb1 | Op::Rdtlb1 => {
                self.a[t] = self.regions.get(slot.op == Op::Ritlb1, self.a[s])
            }
            // The external registers belong to the debug module: no debugger is attached.
            Op::Rer => self.a[t] = 0,
            Op::Wer => {}
            _ => return self.execute_float(slot),
        }
        Ok(())
    }

    pub(super) fn set_boolean(&mut self, index: usize, value: bool) {
        self.br = self.br & !(1 << index) | u32::from(value) << index;
    }
}
