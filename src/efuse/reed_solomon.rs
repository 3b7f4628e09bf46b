//! The Reed-Solomon check bytes of eFuse blocks: RS(44, 32) over GF(256), systematic, up to six wrong bytes corrected.
//!
//! Source: ESP32-C3 technical reference manual, chapter "eFuse Controller", section "Data Storage in eFuse"; esptool
//! `espefuse/efuse/esp32c3/fields.py` (`RSCodec(12)` of the package `reedsolo`: field polynomial 0x11D, generator 2, first
//! root 2^0). A block shorter than 32 bytes counts as filled up with zeros.

/// Payload bytes of a block.
pub const DATA_LEN: usize = 32;
/// Check bytes of a block.
pub const CHECK_LEN: usize = 12;

/// What the hardware finds when it reads a block with check bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlockErrors {
    /// Wrong bytes of payload and check bytes that were corrected.
    pub corrected: u32,
    /// Whether there are more than six wrong bytes: nothing is corrected then.
    pub failed: bool,
}

/// Bytes of a code word.
const WORD_LEN: usize = DATA_LEN + CHECK_LEN;
/// Most wrong bytes that can be corrected.
const MAX_ERRORS: usize = CHECK_LEN / 2;
/// Order of the multiplicative group.
const ORDER: usize = 255;

/// Powers of 2, twice so that sums of two logarithms need no modulo.
const EXP: [u8; 2 * ORDER] = exp();
/// Logarithms to the base 2; the one of zero is not defined.
const LOG: [u8; 256] = log();
/// Generator polynomial without its leading 1, highest power first.
const GENERATOR: [u8; CHECK_LEN] = generator();

const fn exp() -> [u8; 2 * ORDER] {
    /// x^8 + x^4 + x^3 + x^2 + 1 without its leading power.
    const POLYNOMIAL: u8 = 0x1D;
    let mut table = [0; 2 * ORDER];
    let (mut power, mut value) = (0, 1u8);
    while power < 2 * ORDER {
        table[power] = value;
        value = value << 1 ^ if value >> 7 == 1 { POLYNOMIAL } else { 0 };
        power += 1;
    }
    table
}

const fn log() -> [u8; 256] {
    let mut table = [0; 256];
    let mut power = 0;
    while power < ORDER {
        table[EXP[power] as usize] = power as u8;
        power += 1;
    }
    table
}

const fn generator() -> [u8; CHECK_LEN] {
    let mut poly = [0; CHECK_LEN + 1];
    poly[CHECK_LEN] = 1;
    let mut root = 0;
    while root < CHECK_LEN {
        // Times (x + 2^root); the polynomial so far lies in the last root + 1 places.
        let mut place = CHECK_LEN - root - 1;
        while place < CHECK_LEN {
            poly[place] = poly[place + 1] ^ mul(poly[place], EXP[root]);
            place += 1;
        }
        poly[CHECK_LEN] = mul(poly[CHECK_LEN], EXP[root]);
        root += 1;
    }
    let mut tail = [0; CHECK_LEN];
    let mut place = 0;
    while place < CHECK_LEN {
        tail[place] = poly[place + 1];
        place += 1;
    }
    tail
}

const fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    EXP[LOG[a as usize] as usize + LOG[b as usize] as usize]
}

/// `a / b`; zero where `b` is zero, which no caller asks for.
const fn div(a: u8, b: u8) -> u8 {
    if b == 0 {
        return 0;
    }
    mul(a, EXP[ORDER - LOG[b as usize] as usize])
}

/// The value of a polynomial, lowest power first.
fn eval(poly: &[u8], x: u8) -> u8 {
    poly.iter().rev().fold(0, |sum, &c| mul(sum, x) ^ c)
}

/// The check bytes of a block's payload.
pub fn check_bytes(data: &[u8; DATA_LEN]) -> [u8; CHECK_LEN] {
    let mut rest = [0; CHECK_LEN];
    for byte in data {
        let factor = byte ^ rest[0];
        rest.rotate_left(1);
        rest[CHECK_LEN - 1] = 0;
        for (place, &coefficient) in rest.iter_mut().zip(&GENERATOR) {
            *place ^= mul(factor, coefficient);
        }
    }
    rest
}

/// The payload as the hardware shows it, corrected where that is possible, and what was wrong.
pub fn correct(data: &[u8; DATA_LEN], check: &[u8; CHECK_LEN]) -> ([u8; DATA_LEN], BlockErrors) {
    // Lowest power first: the check bytes, last one first, then the payload.
    let mut word = [0; WORD_LEN];
    for (place, byte) in word.iter_mut().rev().zip(data.iter().chain(check)) {
        *place = *byte;
    }
    let syndromes = syndromes(&word);
    if syndromes == [0; CHECK_LEN] {
        return (*data, BlockErrors::default());
    }
    match repair(&mut word, &syndromes) {
        Some(corrected) => {
            let mut payload = [0; DATA_LEN];
            for (place, byte) in payload.iter_mut().zip(word.iter().rev()) {
                *place = *byte;
            }
            let failed = false;
            (payload, BlockErrors { corrected, failed })
        }
        None => {
            let (corrected, failed) = (0, true);
            (*data, BlockErrors { corrected, failed })
        }
    }
}

fn syndromes(word: &[u8; WORD_LEN]) -> [u8; CHECK_LEN] {
    std::array::from_fn(|power| eval(word, EXP[power]))
}

/// Corrects the word and counts its wrong bytes; `None` where there are too many.
fn repair(word: &mut [u8; WORD_LEN], syndromes: &[u8; CHECK_LEN]) -> Option<u32> {
    let (locator, errors) = locator(syndromes);
    if errors > MAX_ERRORS {
        return None;
    }
    let evaluator: [u8; CHECK_LEN] = std::array::from_fn(|power| {
        let terms = (0..=power).map(|low| mul(syndromes[low], locator[power - low]));
        terms.fold(0, |sum, term| sum ^ term)
    });
    // The formal derivative: odd powers stay, one lower.
    let derivative: [u8; CHECK_LEN] = std::array::from_fn(|power| {
        if power % 2 == 0 {
            locator[power + 1]
        } else {
            0
        }
    });
    let mut found = 0;
    for (place, byte) in word.iter_mut().enumerate() {
        let inverse = EXP[ORDER - place];
        if eval(&locator, inverse) == 0 {
            let value = div(eval(&evaluator, inverse), eval(&derivative, inverse));
            *byte ^= mul(value, EXP[place]);
            found += 1;
        }
    }
    let whole = found == errors && self::syndromes(word) == [0; CHECK_LEN];
    whole.then_some(found as u32)
}

/// The error locator polynomial, lowest power first, and the number of errors (Berlekamp and Massey).
fn locator(syndromes: &[u8; CHECK_LEN]) -> ([u8; CHECK_LEN + 1], usize) {
    let mut locator = [0; CHECK_LEN + 1];
    locator[0] = 1;
    let (mut before, mut errors, mut gap, mut last) = (locator, 0, 1, 1);
    for step in 0..CHECK_LEN {
        let terms = (0..=errors.min(step)).map(|i| mul(locator[i], syndromes[step - i]));
        let discrepancy = terms.fold(0, |sum, term| sum ^ term);
        if discrepancy == 0 {
            gap += 1;
            continue;
        }
        let (old, factor) = (locator, div(discrepancy, last));
        for (place, &coefficient) in locator.iter_mut().skip(gap).zip(&before) {
            *place ^= mul(factor, coefficient);
        }
        if 2 * errors <= step {
            (errors, before, last, gap) = (step + 1 - errors, old, discrepancy, 1);
        } else {
            gap += 1;
        }
    }
    (locator, errors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Python package `reedsolo` 1.7: `bytes(RSCodec(12).encode(bytes(range(1, 33)))[32:]).hex()`, and so on.
    #[test]
    fn known_answers() {
        let count: [u8; 32] = std::array::from_fn(|i| i as u8 + 1);
        let mut one = [0; 32];
        one[31] = 1;
        let hex = |data: &[u8; 32]| crate::hex::encode(check_bytes(data));
        assert_eq!(hex(&count), "f14217bace89a48fc885d5ca");
        assert_eq!(hex(&one), "44774376dc1f07545c7fd561");
        assert_eq!(hex(&[0xFF; 32]), "13a36292597404257375e0aa");
        assert_eq!(hex(&[0; 32]), "000000000000000000000000");
    }

    proptest! {
        #[test]
        fn up_to_six_wrong_bytes_are_corrected(
            data: [u8; 32],
            wrong in prop::collection::btree_map(0usize..44, 1u8.., 0..=6),
        ) {
            let (mut bad, mut check) = (data, check_bytes(&data));
            for (&place, flip) in &wrong {
                match place.checked_sub(DATA_LEN) {
                    Some(place) => check[place] ^= flip,
                    None => bad[place] ^= flip,
                }
            }
            let errors = BlockErrors { corrected: wrong.len() as u32, failed: false };
            prop_assert_eq!(correct(&bad, &check), (data, errors));
        }

        #[test]
        fn anything_else_is_told(data: [u8; 32], check: [u8; 12]) {
            let (payload, errors) = correct(&data, &check);
            if errors.failed {
                prop_assert_eq!(payload, data);
            } else {
                prop_assert!(errors.corrected <= 6);
            }
        }
    }
}
