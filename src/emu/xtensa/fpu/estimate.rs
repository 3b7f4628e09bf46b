//! First approximations of reciprocals and reciprocal square roots: DIV0.S, RECIP0.S, SQRT0.S, RSQRT0.S.
//!
//! The manual leaves their values to the implementation. Each is a number of eight significant bits chosen by the
//! highest fraction bits of the operand: the function of the middle of the interval, rounded. Observed on an ESP32-S3
//! over all operands (`captures/tables.txt`, see `soft.rs`); the ESP32's were found to be the same.

use super::soft::{
    BIAS, EXPONENT, FRACTION, FRACTION_BITS, INFINITY, QUIET, SIGN, is_infinite, is_nan,
    is_negative, is_zero,
};

/// Index bits of the reciprocals.
const RECIPROCAL_BITS: u32 = 7;
/// Index bits of the reciprocal square roots.
const ROOT_BITS: u32 = 6;
/// Fraction bits of an entry; the hidden bit lies above them.
const ENTRY_BITS: u32 = 7;
/// The exponent field of the numbers from one half to one.
const HALF: i32 = BIAS - 1;

/// 256 / (1 + (i + 1/2) / 128).
static RECIPROCALS: [u8; 1 << RECIPROCAL_BITS] = reciprocals();
/// 256 / sqrt(1 + (i + 1/2) / 64).
static ROOTS_ODD: [u8; 1 << ROOT_BITS] = roots(1);
/// 256 / sqrt(2 * (1 + (i + 1/2) / 64)).
static ROOTS_EVEN: [u8; 1 << ROOT_BITS] = roots(2);

const fn reciprocals() -> [u8; 1 << RECIPROCAL_BITS] {
    let mut table = [0; 1 << RECIPROCAL_BITS];
    let mut i = 0;
    while i < table.len() {
        let divisor = 257 + 2 * i as u32;
        table[i] = ((0x1_0000 + divisor / 2) / divisor) as u8;
        i += 1;
    }
    // Above the rounded value (128): the sequence for division needs it to be right for divisors just below two.
    table[i - 1] = 129;
    table
}

const fn roots(factor: u64) -> [u8; 1 << ROOT_BITS] {
    let mut table = [0; 1 << ROOT_BITS];
    let mut i = 0;
    while i < table.len() {
        let divisor = factor * (129 + 2 * i as u64);
        // The largest n with n - 1/2 <= sqrt(2^23 / divisor).
        let mut twice = 511;
        while twice * twice * divisor > 4 << 23 {
            twice -= 2;
        }
        table[i] = twice.div_ceil(2) as u8;
        i += 1;
    }
    if factor == 2 {
        // 164.499 before rounding.
        table[13] = 165;
    }
    table
}

/// The exponent field with subnormal numbers normalized (zero and negative then), and the fraction.
pub(super) fn normalize(bits: u32) -> (i32, u32) {
    let (field, fraction) = ((bits & EXPONENT) >> FRACTION_BITS, bits & FRACTION);
    if field != 0 || fraction == 0 {
        return (field as i32, fraction);
    }
    let shift = fraction.leading_zeros() - (31 - FRACTION_BITS);
    (1 - shift as i32, fraction << shift & FRACTION)
}

fn reciprocal(fraction: u32) -> u32 {
    u32::from(RECIPROCALS[(fraction >> (FRACTION_BITS - RECIPROCAL_BITS)) as usize])
}

fn root(field: i32, fraction: u32) -> u32 {
    let table = if field & 1 == 1 {
        &ROOTS_ODD
    } else {
        &ROOTS_EVEN
    };
    u32::from(table[(fraction >> (FRACTION_BITS - ROOT_BITS)) as usize])
}

fn assemble(sign: u32, field: i32, entry: u32) -> u32 {
    let fraction = entry << (FRACTION_BITS - ENTRY_BITS) & FRACTION;
    sign | (field as u32) << FRACTION_BITS | fraction
}

/// DIV0.S: about 1/x for x narrowed to one to four as NEXP01.S does.
pub(super) fn div0(bits: u32) -> u32 {
    let (field, fraction) = normalize(bits);
    assemble(bits & SIGN, HALF - 1 + (field & 1), reciprocal(fraction))
}

/// SQRT0.S: about 1/sqrt(x) for x narrowed to one to four as NEXP01.S does.
pub(super) fn sqrt0(bits: u32) -> u32 {
    let (field, fraction) = normalize(bits);
    assemble(bits & SIGN, HALF, root(field, fraction))
}

/// RECIP0.S: about 1/x.
pub(super) fn recip0(bits: u32) -> u32 {
    let sign = bits & SIGN;
    if is_infinite(bits) {
        return sign;
    }
    let (field, fraction) = normalize(bits);
    let entry = reciprocal(fraction);
    if is_nan(bits) {
        return sign | EXPONENT | QUIET | entry << (FRACTION_BITS - ENTRY_BITS - 1);
    }
    let result = 2 * BIAS - 1 - field;
    match result {
        _ if is_zero(bits) || result > 0xfe => sign | INFINITY,
        1.. => assemble(sign, result, entry),
        // A subnormal number, cut off below.
        _ => sign | entry << (FRACTION_BITS - ENTRY_BITS) >> (1 - result),
    }
}

/// RSQRT0.S: about 1/sqrt(x).
pub(super) fn rsqrt0(bits: u32) -> u32 {
    let sign = bits & SIGN;
    if is_zero(bits) {
        return sign | INFINITY;
    }
    let (field, fraction) = normalize(bits);
    let entry = root(field, fraction);
    if is_nan(bits) || is_negative(bits) {
        return assemble(sign, 0xff, entry) | QUIET;
    }
    if is_infinite(bits) {
        return 0;
    }
    assemble(0, HALF - (field - BIAS).div_euclid(2), entry)
}
