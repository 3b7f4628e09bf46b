//! Sums, products, and comparisons.
//!
//! Of several NaN operands the last of (fs, ft) survives, and the accumulator before both (Observed on an ESP32, see
//! `soft.rs`; QEMU's `fpu_helper.c` for Xtensa does the same).

use super::soft::{
    Exact, INVALID, Rounding, Status, is_infinite, is_nan, is_negative, is_zero, sign,
};
use super::soft::{INFINITY, SIGN};

/// fs + ft.
pub(super) fn add(s: u32, t: u32, status: &mut Status) -> u32 {
    if let Some(nan) = status.propagate(&[t, s]) {
        return nan;
    }
    add_numbers(s, t, status)
}

/// fs - ft.
pub(super) fn subtract(s: u32, t: u32, status: &mut Status) -> u32 {
    if let Some(nan) = status.propagate(&[t, s]) {
        return nan;
    }
    add_numbers(s, t ^ SIGN, status)
}

fn add_numbers(s: u32, t: u32, status: &mut Status) -> u32 {
    match (is_infinite(s), is_infinite(t)) {
        (true, true) if s != t => status.invalid(),
        (true, _) => s,
        (_, true) => t,
        _ => Exact::unpack(s)
            .plus(Exact::unpack(t), status.rounding)
            .round(status),
    }
}

/// fs * ft.
pub(super) fn multiply(s: u32, t: u32, status: &mut Status) -> u32 {
    if let Some(nan) = status.propagate(&[t, s]) {
        return nan;
    }
    if is_infinite(s) || is_infinite(t) {
        if is_zero(s) || is_zero(t) {
            return status.invalid();
        }
        return (s ^ t) & SIGN | INFINITY;
    }
    Exact::unpack(s).times(Exact::unpack(t)).round(status)
}

/// fr + fs * ft, or fr - fs * ft if `negate`, rounded once.
pub(super) fn fused(r: u32, s: u32, t: u32, negate: bool, status: &mut Status) -> u32 {
    let no_product = is_infinite(s) && is_zero(t) || is_zero(s) && is_infinite(t);
    if no_product {
        status.flags |= INVALID;
    }
    if let Some(nan) = status.propagate(&[r, t, s]) {
        return nan;
    }
    if no_product {
        return status.invalid();
    }
    let negative = is_negative(s ^ t) != negate;
    if is_infinite(s) || is_infinite(t) {
        if is_infinite(r) && is_negative(r) != negative {
            return status.invalid();
        }
        return sign(negative) | INFINITY;
    }
    if is_infinite(r) {
        return r;
    }
    let product = Exact {
        negative,
        ..Exact::unpack(s).times(Exact::unpack(t))
    };
    Exact::unpack(r)
        .plus(product, status.rounding)
        .round(status)
}

/// fr + fs * ft rounded to nearest, without flags: a step of the sequences for division and square root.
///
/// Observed on an ESP32-S3, whose estimates and results are the ESP32's (`helpers.txt`, see `soft.rs`).
pub(super) fn fused_step(r: u32, s: u32, t: u32) -> u32 {
    let mut status = Status {
        rounding: Rounding::Nearest,
        flags: 0,
    };
    fused(r, s, t, false, &mut status)
}

/// How two numbers lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Less,
    Equal,
    Greater,
    /// One is no number.
    Unordered,
}

/// Compares fs with ft; `ordered` predicates raise the flag for every NaN, the others for signaling ones.
pub(super) fn compare(s: u32, t: u32, ordered: bool, status: &mut Status) -> Relation {
    if is_nan(s) || is_nan(t) {
        status.check_signaling(&[s, t]);
        if ordered {
            status.flags |= INVALID;
        }
        return Relation::Unordered;
    }
    match rank(s).cmp(&rank(t)) {
        std::cmp::Ordering::Less => Relation::Less,
        std::cmp::Ordering::Equal => Relation::Equal,
        std::cmp::Ordering::Greater => Relation::Greater,
    }
}

/// A number whose order is that of the values; both zeros are the same.
fn rank(bits: u32) -> i32 {
    let magnitude = (bits & !SIGN) as i32;
    if is_negative(bits) {
        -magnitude
    } else {
        magnitude
    }
}
