//! The single-precision floating-point coprocessor.

use super::code::Slot;
use super::core::Core;
use super::exception::Cause;
use super::op::Op;

impl Core {
    fn float(&self, index: usize) -> f32 {
        f32::from_bits(self.f[index])
    }

    fn set_float(&mut self, index: usize, value: f32) {
        self.f[index] = value.to_bits();
    }

    /// Executes a floating-point instruction without memory access.
    pub(super) fn execute_float(&mut self, slot: Slot) -> Result<(), Cause> {
        if let Some(cause) = self.coprocessor_disabled() {
            return Err(cause);
        }
        let (r, s, t) = (
            (slot.r & 15) as usize,
            (slot.s & 15) as usize,
            (slot.t & 15) as usize,
        );
        match slot.op {
            Op::AddS => self.set_float(r, self.float(s) + self.float(t)),
            Op::SubS => self.set_float(r, self.float(s) - self.float(t)),
            Op::MulS => self.set_float(r, self.float(s) * self.float(t)),
            Op::MaddS | Op::MaddnS => {
                self.set_float(r, self.float(s).mul_add(self.float(t), self.float(r)))
            }
            Op::MsubS => self.set_float(r, (-self.float(s)).mul_add(self.float(t), self.float(r))),
            Op::MovS => self.f[r] = self.f[s],
            Op::AbsS => self.f[r] = self.f[s] & 0x7fff_ffff,
            Op::NegS => self.f[r] = self.f[s] ^ 0x8000_0000,
            Op::Rfr => self.a[r] = self.f[s],
            Op::Wfr => self.f[r] = self.a[s],
            _ => return Err(Cause::IllegalInstruction),
        }
        Ok(())
    }
}
