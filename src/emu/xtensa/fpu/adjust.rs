//! The steps of division and square root that take exponents apart and together: NEXP01.S, MKDADJ.S, MKSADJ.S,
//! ADDEXP.S, ADDEXPM.S, DIVN.S.
//!
//! The operands are narrowed to one to four, the quotient or root found there, and the power of two taken away is put
//! back by the last step, which alone can overflow or leave the normal numbers and therefore alone rounds the result.
//! Until then the power, A, travels in the exponents of two registers: ADDEXPM.S adds 8 * (A div 32) to one,
//! ADDEXP.S adds 8 * (A mod 32) to the other. Powers from 384 on stand for results that are no finite number.
//!
//! The public manuals do not cover these. Observed on an ESP32-S3 (`captures/helpers.txt` and `helpers2.txt`, and its
//! `docs/adr/2026-07-31-xtensa-fp-behavior-contract.md`, see `soft.rs`). Inferred: DIVN.S outside of the sequences that
//! compilers emit, and in other rounding modes than to nearest.

use super::estimate::normalize;
use super::soft::{
    BIAS, DEFAULT_NAN, DIVIDE_BY_ZERO, EXPONENT, Exact, FRACTION, FRACTION_BITS, INFINITY, INVALID,
    QUIET, SIGN, Status, is_infinite, is_nan, is_negative, is_zero, sign,
};

/// The power that stands for a result that is no finite number, plus the codes below.
const SPECIAL: i32 = 384;
const CODE_NEGATIVE: i32 = 1;
const CODE_INFINITE: i32 = 2;
const CODE_NAN: i32 = 4;

/// Where an adjustment has the part for ADDEXPM.S, biased like an exponent.
const HIGH_SHIFT: u32 = FRACTION_BITS - 9;
/// The fraction bit that ADDEXPM.S takes for a sign.
const HIGH_SIGN: u32 = 1 << 22;

/// NEXP01.S: -x with the exponent narrowed to zero or one; -1 with the sign of x for zeros and infinities.
pub(super) fn nexp01(bits: u32) -> u32 {
    let negated = bits & SIGN ^ SIGN;
    if is_nan(bits) {
        return bits ^ SIGN;
    }
    if is_zero(bits) || is_infinite(bits) {
        return negated | (BIAS as u32) << FRACTION_BITS;
    }
    let (field, fraction) = normalize(bits);
    negated | ((BIAS + 1 - (field & 1)) as u32) << FRACTION_BITS | fraction
}

/// The even power of two that NEXP01.S takes from a finite number.
fn narrowed_by(bits: u32) -> i32 {
    let (field, _) = normalize(bits);
    (field - BIAS) & !1
}

/// Spreads a power of two over the two parts of an adjustment.
fn adjustment(power: i32) -> u32 {
    let low = ((power & 31) * 8 + BIAS) as u32 & 0xff;
    let high = ((power >> 5) * 8 + BIAS) as u32 & 0xff;
    low << FRACTION_BITS | high << HIGH_SHIFT
}

/// MKDADJ.S: the adjustment for dividend / divisor.
pub(super) fn mkdadj(divisor: u32, dividend: u32, status: &mut Status) -> u32 {
    let negative = i32::from(is_negative(divisor ^ dividend)) * CODE_NEGATIVE;
    let kind = if is_nan(divisor) || is_nan(dividend) {
        status.check_signaling(&[divisor, dividend]);
        CODE_NAN
    } else if is_zero(divisor) && is_zero(dividend) || is_infinite(divisor) && is_infinite(dividend)
    {
        status.flags |= INVALID;
        CODE_NAN
    } else if is_infinite(dividend) {
        CODE_INFINITE
    } else if is_zero(divisor) {
        status.flags |= DIVIDE_BY_ZERO;
        CODE_INFINITE
    } else if is_zero(dividend) || is_infinite(divisor) {
        0
    } else {
        return adjustment(narrowed_by(dividend) - narrowed_by(divisor));
    };
    adjustment(SPECIAL | kind | negative)
}

/// MKSADJ.S: the adjustment for a square root.
pub(super) fn mksadj(bits: u32, status: &mut Status) -> u32 {
    if is_nan(bits) {
        status.check_signaling(&[bits]);
        return adjustment(SPECIAL | CODE_NAN);
    }
    if is_zero(bits) {
        let negative = i32::from(is_negative(bits)) * CODE_NEGATIVE;
        return adjustment(SPECIAL | negative);
    }
    if is_negative(bits) {
        status.flags |= INVALID;
        return adjustment(SPECIAL | CODE_NAN);
    }
    if is_infinite(bits) {
        return adjustment(SPECIAL | CODE_INFINITE);
    }
    adjustment(narrowed_by(bits) / 2)
}

fn add_exponent(r: u32, biased: u32, sign: u32) -> u32 {
    let field = (r >> FRACTION_BITS)
        .wrapping_add(biased)
        .wrapping_sub(BIAS as u32);
    r & FRACTION | field << FRACTION_BITS & EXPONENT | (r & SIGN) ^ sign
}

/// ADDEXP.S: adds the exponent and sign of fs to fr's, modulo 256.
pub(super) fn addexp(r: u32, s: u32) -> u32 {
    add_exponent(r, s >> FRACTION_BITS, s & SIGN)
}

/// ADDEXPM.S: the same with the exponent and sign in the highest fraction bits of fs.
pub(super) fn addexpm(r: u32, s: u32) -> u32 {
    add_exponent(r, s >> HIGH_SHIFT, sign(s & HIGH_SIGN != 0))
}

/// Separates the eightfold of a power from a number's own exponent (-4 to 3).
fn split(bits: u32) -> (i32, Exact) {
    let excess = i32::from((bits >> FRACTION_BITS).wrapping_sub(BIAS as u32) as u8 as i8);
    let power = (excess + 4) >> 3;
    let value = Exact {
        negative: is_negative(bits),
        magnitude: u128::from(bits & FRACTION | (FRACTION + 1)),
        exponent: excess - 8 * power - FRACTION_BITS as i32,
    };
    (power, value)
}

/// DIVN.S: (fr + fs * ft) times two to the power that fr and ft carry, rounded once.
pub(super) fn divn(r: u32, s: u32, t: u32, status: &mut Status) -> u32 {
    if is_nan(s) {
        return s | QUIET;
    }
    let ((high, estimate), (low, slope)) = (split(r), split(t));
    let power = 32 * high + (low & 31);
    let code = power - SPECIAL;
    if (0..8).contains(&code) {
        return match code {
            _ if code & CODE_NAN != 0 => DEFAULT_NAN,
            _ if code & CODE_INFINITE != 0 => sign(code & CODE_NEGATIVE != 0) | INFINITY,
            _ => sign(code & CODE_NEGATIVE != 0),
        };
    }
    if is_infinite(s) {
        return (s ^ t) & SIGN | INFINITY;
    }
    let product = Exact::unpack(s).times(slope);
    estimate
        .plus(product, status.rounding)
        .scaled(power)
        .round(status)
}
