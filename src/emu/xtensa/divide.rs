//! Division: quotient and remainder, signed and unsigned.

use super::op::Op;

/// The result of a division; nothing where the divisor is zero.
pub(super) fn divide(op: Op, dividend: u32, divisor: u32) -> Option<u32> {
    if divisor == 0 {
        return None;
    }
    let (signed_dividend, signed_divisor) = (dividend as i32, divisor as i32);
    Some(match op {
        Op::Quou => dividend / divisor,
        Op::Remu => dividend % divisor,
        Op::Quos => signed_dividend.wrapping_div(signed_divisor) as u32,
        _ => signed_dividend.wrapping_rem(signed_divisor) as u32,
    })
}
