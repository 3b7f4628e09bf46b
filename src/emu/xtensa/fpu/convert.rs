//! Conversions between integers and single precision, with a power of two between them.
//!
//! Xtensa ISA reference manual, ROUND.S, TRUNC.S, FLOOR.S, CEIL.S, UTRUNC.S, FLOAT.S, UFLOAT.S. UTRUNC.S differs from
//! the manual for negative numbers (Observed on an ESP32, see `soft.rs`): the result is that of TRUNC.S.

use super::soft::{Exact, INEXACT, INVALID, Rounding, Status, is_infinite, is_nan, is_negative};

/// fs * 2^scale as a signed integer, limited to the range; NaN gives the largest.
pub(super) fn to_signed(bits: u32, scale: u32, rounding: Rounding, status: &mut Status) -> u32 {
    if is_nan(bits) {
        status.flags |= INVALID;
        return i32::MAX as u32;
    }
    let negative = is_negative(bits);
    let limit = (i32::MAX as u128) + u128::from(negative);
    let magnitude = to_integer(bits, scale, rounding, limit, status);
    let value = magnitude as u32;
    if negative {
        value.wrapping_neg()
    } else {
        value
    }
}

/// fs * 2^scale toward zero as an unsigned integer, limited to the range; NaN gives the largest.
pub(super) fn to_unsigned(bits: u32, scale: u32, status: &mut Status) -> u32 {
    if is_nan(bits) {
        status.flags |= INVALID;
        return u32::MAX;
    }
    if is_negative(bits) {
        let mut signed = *status;
        let value = to_signed(bits, scale, Rounding::Zero, &mut signed);
        if value == 0 {
            *status = signed;
        } else {
            status.flags |= INVALID;
        }
        return value;
    }
    to_integer(bits, scale, Rounding::Zero, u128::from(u32::MAX), status) as u32
}

/// The magnitude of fs * 2^scale, at most `limit`.
fn to_integer(bits: u32, scale: u32, rounding: Rounding, limit: u128, status: &mut Status) -> u128 {
    if !is_infinite(bits) {
        let scaled = Exact::unpack(bits).scaled(scale as i32);
        // From 2^103 on the magnitude is far out of range and its bits may leave 128.
        if scaled.exponent < 80 {
            let (magnitude, inexact) = scaled.to_multiple_of(0, rounding);
            if magnitude <= limit {
                if inexact {
                    status.flags |= INEXACT;
                }
                return magnitude;
            }
        }
    }
    status.flags |= INVALID;
    limit
}

/// The integer ar[s] * 2^-scale.
pub(super) fn from_integer(value: u32, signed: bool, scale: u32, status: &mut Status) -> u32 {
    let negative = signed && (value as i32) < 0;
    let magnitude = if negative {
        value.wrapping_neg()
    } else {
        value
    };
    let exact = Exact {
        negative,
        magnitude: u128::from(magnitude),
        exponent: -(scale as i32),
    };
    exact.round(status)
}
