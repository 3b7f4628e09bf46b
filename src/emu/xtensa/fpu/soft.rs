//! Exact single-precision values and their one rounding, with the flags it raises.
//!
//! The host's own arithmetic rounds to nearest only and hides its flags, so results are computed exactly and rounded
//! here. IEEE 754 says how; tininess is detected after rounding (Observed on an ESP32 of revision 3.1: silicon
//! capture `families-esp32v3.txt` of repository PhotomancerArt/lightplayer, `lp-xt/lp-xt-emu/tests/fixtures/fp`).

/// The sign bit.
pub(super) const SIGN: u32 = 1 << 31;
/// The exponent field.
pub(super) const EXPONENT: u32 = 0xff << FRACTION_BITS;
/// The fraction field.
pub(super) const FRACTION: u32 = (1 << FRACTION_BITS) - 1;
/// Width of the fraction field.
pub(super) const FRACTION_BITS: u32 = 23;
/// The fraction bit that tells quiet from signaling.
pub(super) const QUIET: u32 = 1 << 22;
/// What an invalid operation gives.
pub(super) const DEFAULT_NAN: u32 = EXPONENT | QUIET;
/// Positive infinity.
pub(super) const INFINITY: u32 = EXPONENT;
/// Bias of the exponent field.
pub(super) const BIAS: i32 = 127;

/// Exponent of the lowest bit of a subnormal number.
const LOWEST: i32 = -149;
/// Exponent of the smallest normal number.
const SMALLEST_NORMAL: i32 = -126;
/// Where [`Exact::plus`] puts the highest bit: room above for a carry, 72 zeros below a product.
const TOP_BIT: u32 = 120;

/// FSR: the result was rounded (Xtensa ISA reference manual, table "FSR").
pub(super) const INEXACT: u32 = 1 << 7;
/// FSR: the result was rounded and is subnormal or zero.
pub(super) const UNDERFLOW: u32 = 1 << 8;
/// FSR: the result was too large.
pub(super) const OVERFLOW: u32 = 1 << 9;
/// FSR: a finite number was divided by zero.
pub(super) const DIVIDE_BY_ZERO: u32 = 1 << 10;
/// FSR: there is no such result.
pub(super) const INVALID: u32 = 1 << 11;

/// The rounding modes, as FCR numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    /// To nearest, ties to even.
    Nearest,
    /// Toward zero.
    Zero,
    /// Toward positive infinity.
    Up,
    /// Toward negative infinity.
    Down,
}

/// What an operation takes from FCR and gives to FSR.
#[derive(Debug, Clone, Copy)]
pub(super) struct Status {
    /// The rounding mode.
    pub rounding: Rounding,
    /// The flags raised so far, where FSR has them.
    pub flags: u32,
}

impl Status {
    /// The mode in FCR, no flags.
    pub fn new(fcr: u32) -> Self {
        let rounding = match fcr & 3 {
            0 => Rounding::Nearest,
            1 => Rounding::Zero,
            2 => Rounding::Up,
            _ => Rounding::Down,
        };
        Status { rounding, flags: 0 }
    }

    /// The default NaN, with the flag for it.
    pub fn invalid(&mut self) -> u32 {
        self.flags |= INVALID;
        DEFAULT_NAN
    }

    /// Raises the flag if one of `operands` is a signaling NaN.
    pub fn check_signaling(&mut self, operands: &[u32]) {
        if operands.iter().any(|&bits| is_signaling(bits)) {
            self.flags |= INVALID;
        }
    }

    /// The first NaN of `operands`, made quiet; none if there is no NaN.
    pub fn propagate(&mut self, operands: &[u32]) -> Option<u32> {
        let nan = operands.iter().copied().find(|&bits| is_nan(bits))?;
        self.check_signaling(operands);
        Some(nan | QUIET)
    }
}

pub(super) fn is_nan(bits: u32) -> bool {
    bits & !SIGN > INFINITY
}

pub(super) fn is_signaling(bits: u32) -> bool {
    is_nan(bits) && bits & QUIET == 0
}

pub(super) fn is_infinite(bits: u32) -> bool {
    bits & !SIGN == INFINITY
}

pub(super) fn is_zero(bits: u32) -> bool {
    bits & !SIGN == 0
}

pub(super) fn is_negative(bits: u32) -> bool {
    bits & SIGN != 0
}

/// The sign bit of a value that is negative or not.
pub(super) fn sign(negative: bool) -> u32 {
    if negative { SIGN } else { 0 }
}

/// A finite number, exact: `magnitude` times two to the `exponent`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    pub negative: bool,
    pub magnitude: u128,
    pub exponent: i32,
}

impl Exact {
    /// The value of a finite `bits`.
    pub fn unpack(bits: u32) -> Self {
        let field = (bits & EXPONENT) >> FRACTION_BITS;
        let hidden = if field == 0 { 0 } else { FRACTION + 1 };
        Exact {
            negative: is_negative(bits),
            magnitude: u128::from(bits & FRACTION | hidden),
            exponent: field.max(1) as i32 + LOWEST - 1,
        }
    }

    /// The product, of two factors of at most 64 bits.
    pub fn times(self, other: Exact) -> Self {
        Exact {
            negative: self.negative != other.negative,
            magnitude: self.magnitude * other.magnitude,
            exponent: self.exponent + other.exponent,
        }
    }

    /// The value times two to the `power`.
    pub fn scaled(self, power: i32) -> Self {
        Exact {
            exponent: self.exponent + power,
            ..self
        }
    }

    /// The sum; what lies far below its highest bit is folded into its lowest bit, as rounding needs it.
    pub fn plus(self, other: Exact, rounding: Rounding) -> Self {
        let zero_sign = rounding == Rounding::Down;
        match (self.magnitude, other.magnitude) {
            (0, 0) => {
                let same = self.negative == other.negative;
                let negative = if same { self.negative } else { zero_sign };
                return Exact { negative, ..self };
            }
            (0, _) => return other,
            (_, 0) => return self,
            _ => {}
        }
        let (mut high, mut low) = (self.normalized(), other.normalized());
        if (high.exponent, high.magnitude) < (low.exponent, low.magnitude) {
            std::mem::swap(&mut high, &mut low);
        }
        let aligned = shift_right_jam(low.magnitude, (high.exponent - low.exponent) as u32);
        if high.negative == low.negative {
            high.magnitude += aligned;
        } else {
            high.magnitude -= aligned;
            if high.magnitude == 0 {
                high.negative = zero_sign;
            }
        }
        high
    }

    fn normalized(self) -> Self {
        let shift = TOP_BIT as i32 - (127 - self.magnitude.leading_zeros() as i32);
        Exact {
            negative: self.negative,
            magnitude: if shift >= 0 {
                self.magnitude << shift
            } else {
                shift_right_jam(self.magnitude, -shift as u32)
            },
            exponent: self.exponent - shift,
        }
    }

    /// The nearest single-precision number in the mode of `status`, raising its flags.
    pub fn round(self, status: &mut Status) -> u32 {
        let sign = sign(self.negative);
        if self.magnitude == 0 {
            return sign;
        }
        let top = 127 - self.magnitude.leading_zeros() as i32 + self.exponent;
        let unit = (top - FRACTION_BITS as i32).max(LOWEST);
        let (kept, inexact) = self.to_multiple_of(unit, status.rounding);
        if inexact {
            status.flags |= INEXACT;
            if top < SMALLEST_NORMAL && self.tiny_when_rounded(top, status.rounding) {
                status.flags |= UNDERFLOW;
            }
        }
        let kept = kept as u32;
        if kept <= FRACTION {
            return sign | kept;
        }
        // The hidden bit and a carry out of the fraction both count into the exponent field.
        let field = (unit - LOWEST) as u32;
        let bits = (field << FRACTION_BITS).saturating_add(kept);
        if field > 0xfe || bits >= INFINITY {
            return sign | self.overflow(status);
        }
        sign | bits
    }

    fn overflow(self, status: &mut Status) -> u32 {
        status.flags |= OVERFLOW | INEXACT;
        let to_infinity = match status.rounding {
            Rounding::Nearest => true,
            Rounding::Zero => false,
            Rounding::Up => !self.negative,
            Rounding::Down => self.negative,
        };
        INFINITY - u32::from(!to_infinity)
    }

    /// With an unlimited exponent, would the rounded value still be below the normal numbers?
    fn tiny_when_rounded(self, top: i32, rounding: Rounding) -> bool {
        let (kept, _) = self.to_multiple_of(top - FRACTION_BITS as i32, rounding);
        top < SMALLEST_NORMAL - 1 || kept <= u128::from(FRACTION) * 2 + 1
    }

    /// The magnitude in units of two to the `unit`, rounded; true if something was lost.
    pub fn to_multiple_of(self, unit: i32, rounding: Rounding) -> (u128, bool) {
        let shift = unit - self.exponent;
        if shift <= 0 {
            return (self.magnitude << (-shift).min(127), false);
        }
        // Beyond 127 places nothing but "less than half" is left.
        let shift = shift as u32;
        let (kept, rest, half) = if shift > 127 {
            (0, self.magnitude.min(1), 2)
        } else {
            let rest = self.magnitude & ((1 << shift) - 1);
            (self.magnitude >> shift, rest, 1 << (shift - 1))
        };
        let up = match rounding {
            Rounding::Nearest => rest > half || rest == half && kept & 1 == 1,
            Rounding::Zero => false,
            Rounding::Up => rest != 0 && !self.negative,
            Rounding::Down => rest != 0 && self.negative,
        };
        (kept + u128::from(up), rest != 0)
    }
}

fn shift_right_jam(magnitude: u128, shift: u32) -> u128 {
    if shift > 127 {
        return u128::from(magnitude != 0);
    }
    let lost = magnitude & ((1 << shift) - 1) != 0;
    magnitude >> shift | u128::from(lost)
}
