//! Division, square root and reciprocals as compilers emit them, against the host and measurements.

use super::super::soft::INEXACT;
use super::{Program, VECTORS, words};

/// libgcc's `__divsf3` and `__ieee754_sqrtf` for the ESP32: f0 from f1 and f2, f0 from f1. As in the vectors.
fn sequence(name: &str) -> Vec<u32> {
    let header = VECTORS.lines().find(|line| line.starts_with(name));
    words(header.expect("the vectors have both sequences"))
}

/// `__recipsf2` and `__rsqrtsf2` for the ESP32, as compiled with `-ffast-math`: f0 from f1.
const RECIPROCAL: [u32; 7] = [
    0xfa_0180, // recip0.s f0, f1
    0xfa_2130, // const.s f2, 1
    0x5a_2100, // msub.s f2, f1, f0
    0x6a_0020, // maddn.s f0, f0, f2
    0xfa_2130, // const.s f2, 1
    0x5a_2100, // msub.s f2, f1, f0
    0x6a_0020, // maddn.s f0, f0, f2
];
const RECIPROCAL_ROOT: [u32; 12] = [
    0xfa_01a0, // rsqrt0.s f0, f1
    0x2a_2100, // mul.s f2, f1, f0
    0xfa_3330, // const.s f3, 3
    0x2a_4300, // mul.s f4, f3, f0
    0xfa_5130, // const.s f5, 1
    0x5a_5200, // msub.s f5, f2, f0
    0x6a_0450, // maddn.s f0, f4, f5
    0x2a_2100, // mul.s f2, f1, f0
    0x2a_4300, // mul.s f4, f3, f0
    0xfa_5130, // const.s f5, 1
    0x5a_5200, // msub.s f5, f2, f0
    0x6a_0450, // maddn.s f0, f4, f5
];

/// Operands of the sequences, evenly over the bits, or near each other and the ends of the range.
fn operands(seed: &mut u64) -> (u32, u32) {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    let (a, b) = ((*seed >> 32) as u32, (seed.rotate_left(17) ^ *seed) as u32);
    match *seed >> 20 & 3 {
        0 => (a, b),
        1 => (a & 0x807f_ffff | 0x3f80_0000, b & 0x807f_ffff | 0x3f80_0000),
        2 => (a & 0x80ff_ffff, b & 0x80ff_ffff | 0x3f00_0000),
        _ => (a & 0x807f_ffff | 0x0080_0000, b | 0x7f00_0000),
    }
}

fn exact_flag(inexact: bool) -> u32 {
    if inexact { INEXACT } else { 0 }
}

#[test]
fn compiled_division_is_ieee_division() {
    let mut program = Program::new(&sequence("division"), 0);
    let mut seed = 1;
    for _ in 0..100_000 {
        let (a, b) = operands(&mut seed);
        let (x, y) = (f32::from_bits(a), f32::from_bits(b));
        let (result, flags) = program.floats(0, a, b);
        let expected = x / y;
        if expected.is_nan() {
            assert!(f32::from_bits(result).is_nan(), "{a:x} / {b:x}");
            continue;
        }
        assert_eq!(result, expected.to_bits(), "{a:x} / {b:x}");
        let inexact = x.is_finite() && y != 0.0 && f64::from(expected) * f64::from(y) != x.into();
        let inexact = inexact && y.is_finite();
        assert_eq!(flags & INEXACT, exact_flag(inexact), "{a:x} / {b:x}");
    }
}

/// Quotients of this kind are the hardest: those of divisors just below a power of two and of neighbours.
#[test]
fn compiled_division_is_right_for_every_kind_of_mantissa() {
    let mut program = Program::new(&sequence("division"), 0);
    for divisor in (0x3f80_0000..0x4000_0000)
        .step_by(997)
        .chain(0x3fff_fc00..0x4000_0000)
    {
        for dividend in [0x3f80_0000, 0x3fff_ffff, divisor - 1, divisor + 1] {
            let expected = f32::from_bits(dividend) / f32::from_bits(divisor);
            let (result, _) = program.floats(0, dividend, divisor);
            assert_eq!(result, expected.to_bits(), "{dividend:x} / {divisor:x}");
        }
    }
}

#[test]
fn compiled_roots_are_ieee_roots() {
    let mut program = Program::new(&sequence("root"), 0);
    let mut seed = 2;
    let random = (0..60_000).map(|_| operands(&mut seed).0 & 0x7fff_ffff);
    let ordered = (0x3f80_0000..0x4080_0000).step_by(499);
    let edges = (0x3f80_0000..0x3f80_0400).chain(0x3fff_fc00..0x4000_0400);
    for bits in random
        .chain(ordered)
        .chain(edges)
        .filter(|&bits| bits <= 0x7f80_0000)
    {
        let expected = f32::from_bits(bits).sqrt();
        let (result, flags) = program.floats(0, bits, 0);
        assert_eq!(result, expected.to_bits(), "sqrt {bits:x}");
        let (root, square) = (f64::from(expected), f64::from(f32::from_bits(bits)));
        let inexact = root.is_finite() && root * root != square;
        assert_eq!(flags, exact_flag(inexact), "sqrt {bits:x}");
    }
}

/// Directed rounding brackets the quotient: one bound is the one to nearest, and they are neighbours.
#[test]
fn compiled_division_follows_the_rounding_mode() {
    let mut programs = [0, 1, 2, 3].map(|fcr| Program::new(&sequence("division"), fcr));
    let mut seed = 3;
    for _ in 0..20_000 {
        let (a, b) = operands(&mut seed);
        let (x, y) = (f32::from_bits(a), f32::from_bits(b));
        if !x.is_finite() || !y.is_finite() || y == 0.0 {
            continue;
        }
        let [nearest, zero, up, down] = programs
            .each_mut()
            .map(|program| f32::from_bits(program.floats(0, a, b).0));
        // Products of a bound and the divisor are exact in double precision, unless one left its normal numbers.
        let below = |bound: f32| {
            f64::from(bound) * f64::from(y.abs()) <= f64::from(x) * f64::from(y.signum())
        };
        let above = |bound: f32| {
            f64::from(bound) * f64::from(y.abs()) >= f64::from(x) * f64::from(y.signum())
        };
        assert!(below(down) && above(up), "{a:x} / {b:x}: {down} {up}");
        assert!(
            up == down || up == down.next_up(),
            "{a:x} / {b:x}: {down} {up}"
        );
        assert!(nearest == up || nearest == down, "{a:x} / {b:x}: {nearest}");
        assert_eq!(
            zero,
            if x.signum() == y.signum() { down } else { up },
            "{a:x} / {b:x}"
        );
    }
}

#[test]
fn compiled_reciprocals_are_within_one_unit() {
    let mut program = Program::new(&RECIPROCAL, 0);
    let mut roots = Program::new(&RECIPROCAL_ROOT, 0);
    for bits in (0x3f80_0000..0x4080_0000).step_by(331) {
        let value = f32::from_bits(bits);
        let (result, _) = program.floats(0, bits, 0);
        assert!(
            result.abs_diff((1.0 / value).to_bits()) <= 1,
            "1 / {bits:x}"
        );
        let (result, _) = roots.floats(0, bits, 0);
        let expected = (1.0 / f64::from(value).sqrt()) as f32;
        assert!(
            result.abs_diff(expected.to_bits()) <= 1,
            "1 / sqrt {bits:x}"
        );
    }
}

/// Observed on an ESP32 of revision 3.1 (`families-esp32v3.txt`, see `soft.rs`): dividend, divisor, quotient, FSR.
#[test]
fn division_of_what_is_no_number_is_that_of_silicon() {
    const MEASURED: [[u32; 4]; 16] = [
        [0x3f80_0000, 0x7fc0_0000, 0xffc0_0000, 0],
        [0x7f80_0000, 0x7fc0_0000, 0xffc0_0000, 0],
        [0x0000_0000, 0x7fc0_0000, 0xffc0_0000, 0],
        [0x7fc0_0000, 0x3f80_0000, 0x7fc0_0000, 0],
        [0x7fc0_0000, 0x0000_0000, 0x7fc0_0000, 0],
        [0x7fc0_0000, 0xff80_0000, 0x7fc0_0000, 0],
        [0x7fc0_0000, 0x7fc0_0000, 0x7fc0_0000, 0],
        [0x0000_0000, 0x8000_0000, 0x7fc0_0000, 0x800],
        [0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x800],
        [0x3f80_0000, 0x8000_0000, 0xff80_0000, 0x400],
        [0x7f80_0000, 0x8000_0000, 0xff80_0000, 0],
        [0xff80_0000, 0xc049_0fdb, 0x7f80_0000, 0],
        [0xc049_0fdb, 0xff80_0000, 0x0000_0000, 0],
        [0x0000_0001, 0x4000_0000, 0x0000_0000, 0x180],
        [0x3f80_0000, 0x7f7f_ffff, 0x0020_0000, 0x180],
        [0x4080_0000, 0x0080_0000, 0x7f80_0000, 0x280],
    ];
    let mut program = Program::new(&sequence("division"), 0);
    for [a, b, quotient, flags] in MEASURED {
        assert_eq!(program.floats(0, a, b), (quotient, flags), "{a:x} / {b:x}");
    }
    let mut program = Program::new(&sequence("root"), 0);
    assert_eq!(program.floats(0, 0x7fc0_0000, 0), (0xffc0_0000, 0));
    assert_eq!(program.floats(0, 0xff80_0000, 0), (0x7fc0_0000, 0x800));
}
