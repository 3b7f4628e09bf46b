//! The single-precision floating-point coprocessor.
//!
//! Names and encodings: Xtensa ISA reference manual, "Floating-Point Coprocessor Option". Where the manual is silent or
//! wrong, the files of the parts name the measurement they follow.

mod adjust;
mod arith;
mod convert;
mod estimate;
mod soft;
#[cfg(test)]
mod tests;

use self::arith::Relation;
use self::soft::{Rounding, SIGN, Status};
use super::code::Slot;
use super::core::Core;
use super::exception::Cause;
use super::op::Op;

/// CONST.S: 0, 1, 2 and one half; the other twelve numbers repeat them.
///
/// Observed on an ESP32-S3 (`captures/helpers2.txt`, see `soft.rs`).
const CONSTANTS: [f32; 4] = [0.0, 1.0, 2.0, 0.5];

impl Core {
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
        let mut status = Status::new(self.fcr);
        if let Some(result) = float_result(slot, self.f[r], self.f[s], self.f[t], &mut status) {
            self.f[r] = result;
        } else if let Some(result) = compare_result(slot.op, self.f[s], self.f[t], &mut status) {
            self.set_boolean(r, result);
        } else {
            self.convert_or_move(slot, r, s, t, &mut status)?;
        }
        self.fsr |= status.flags;
        Ok(())
    }

    fn convert_or_move(
        &mut self,
        slot: Slot,
        r: usize,
        s: usize,
        t: usize,
        status: &mut Status,
    ) -> Result<(), Cause> {
        let scale = slot.imm & 15;
        let mut convert = |rounding| convert::to_signed(self.f[s], scale, rounding, status);
        match slot.op {
            Op::RoundS => self.a[r] = convert(Rounding::Nearest),
            Op::TruncS => self.a[r] = convert(Rounding::Zero),
            Op::FloorS => self.a[r] = convert(Rounding::Down),
            Op::CeilS => self.a[r] = convert(Rounding::Up),
            Op::UtruncS => self.a[r] = convert::to_unsigned(self.f[s], scale, status),
            Op::FloatS => self.f[r] = convert::from_integer(self.a[s], true, scale, status),
            Op::UfloatS => self.f[r] = convert::from_integer(self.a[s], false, scale, status),
            Op::Rfr => self.a[r] = self.f[s],
            Op::Wfr => self.f[r] = self.a[s],
            _ => {
                if self.move_condition(slot.op, t)? {
                    self.f[r] = self.f[s];
                }
            }
        }
        Ok(())
    }

    fn move_condition(&self, op: Op, t: usize) -> Result<bool, Cause> {
        let value = self.a[t] as i32;
        let boolean = self.br >> t & 1 != 0;
        Ok(match op {
            Op::MoveqzS => value == 0,
            Op::MovnezS => value != 0,
            Op::MovltzS => value < 0,
            Op::MovgezS => value >= 0,
            Op::MovfS => !boolean,
            Op::MovtS => boolean,
            _ => return Err(Cause::IllegalInstruction),
        })
    }
}

/// The new fr of an instruction that reads and writes floating-point registers only.
fn float_result(slot: Slot, r: u32, s: u32, t: u32, status: &mut Status) -> Option<u32> {
    Some(match slot.op {
        Op::AddS => arith::add(s, t, status),
        Op::SubS => arith::subtract(s, t, status),
        Op::MulS => arith::multiply(s, t, status),
        Op::MaddS => arith::fused(r, s, t, false, status),
        Op::MsubS => arith::fused(r, s, t, true, status),
        Op::MaddnS => arith::fused_step(r, s, t),
        Op::DivnS => adjust::divn(r, s, t, status),
        Op::MovS => s,
        Op::AbsS => s & !SIGN,
        Op::NegS => s ^ SIGN,
        Op::ConstS => CONSTANTS[(slot.imm & 3) as usize].to_bits(),
        Op::Div0S => estimate::div0(s),
        Op::Recip0S => estimate::recip0(s),
        Op::Sqrt0S => estimate::sqrt0(s),
        Op::Rsqrt0S => estimate::rsqrt0(s),
        Op::Nexp01S => adjust::nexp01(s),
        Op::MksadjS => adjust::mksadj(s, status),
        Op::MkdadjS => adjust::mkdadj(r, s, status),
        Op::AddexpS => adjust::addexp(r, s),
        Op::AddexpmS => adjust::addexpm(r, s),
        _ => return None,
    })
}

/// The boolean of a comparison.
fn compare_result(op: Op, s: u32, t: u32, status: &mut Status) -> Option<bool> {
    use Relation::{Equal, Greater, Less, Unordered};
    let ordered = matches!(op, Op::OltS | Op::OleS);
    let mut relation = || arith::compare(s, t, ordered, status);
    Some(match op {
        Op::UnS => relation() == Unordered,
        Op::OeqS => relation() == Equal,
        Op::UeqS => matches!(relation(), Equal | Unordered),
        Op::OltS => relation() == Less,
        Op::UltS => matches!(relation(), Less | Unordered),
        Op::OleS => matches!(relation(), Less | Equal),
        Op::UleS => relation() != Greater,
        _ => return None,
    })
}
