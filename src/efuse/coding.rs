//! The coding schemes of eFuse blocks: none, 3/4 and repeat on the ESP32, Reed-Solomon (see `reed_solomon`) on the others.
//!
//! Source: ESP-IDF `components/efuse/esp32/esp_efuse_utility.c` (what the encoder writes); ESP32 technical reference
//! manual, chapter "eFuse Controller", section "System Parameter Coding Scheme".

use std::fmt;

/// Bytes of a block as they are stored, in every scheme.
pub const CODED_LEN: usize = 32;
/// Payload bytes of a block under the 3/4 scheme.
pub const PAYLOAD_LEN_3_4: usize = 24;

/// Payload bytes of one unit of the 3/4 scheme.
pub(super) const UNIT_PAYLOAD: usize = 6;
/// Stored bytes of one unit of the 3/4 scheme: the payload, its XOR and its weight.
const UNIT_CODED: usize = 8;

/// How the payload of blocks 1 to 3 is stored (eFuse CODING_SCHEME).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodingScheme {
    /// 256 bits as they are (values 0 and 3).
    None,
    /// 192 bits with check bytes (value 1).
    ThreeQuarter,
    /// 128 bits twice (value 2). Espressif's tools do not support it.
    Repeat,
    /// 256 bits as they are, with check bytes beside them: all chips but the ESP32.
    ReedSolomon,
}

impl CodingScheme {
    /// The scheme that the two bits of CODING_SCHEME select.
    pub const fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            1 => CodingScheme::ThreeQuarter,
            2 => CodingScheme::Repeat,
            _ => CodingScheme::None,
        }
    }

    /// Payload bytes of a block of 256 stored bits.
    pub const fn payload_len(self) -> usize {
        match self {
            CodingScheme::None | CodingScheme::ReedSolomon => CODED_LEN,
            CodingScheme::ThreeQuarter => PAYLOAD_LEN_3_4,
            CodingScheme::Repeat => CODED_LEN / 2,
        }
    }

    /// The payload of a stored block, which lies in the first [`CodingScheme::payload_len`] bytes; the rest is zero.
    ///
    /// Check bytes are not applied: nothing says that the hardware corrects errors.
    pub fn decode(self, stored: &[u8; CODED_LEN]) -> [u8; CODED_LEN] {
        let mut payload = [0; CODED_LEN];
        match self {
            CodingScheme::None | CodingScheme::ReedSolomon => payload = *stored,
            CodingScheme::ThreeQuarter => {
                let units = stored.chunks_exact(UNIT_CODED);
                for (to, unit) in payload.chunks_exact_mut(UNIT_PAYLOAD).zip(units) {
                    to.copy_from_slice(&unit[..UNIT_PAYLOAD]);
                }
            }
            // Inferred: both halves are read and a bit counts as set if either copy is, which is what repeating is for.
            CodingScheme::Repeat => {
                let (low, high) = stored.split_at(CODED_LEN / 2);
                for (to, (a, b)) in payload.iter_mut().zip(low.iter().zip(high)) {
                    *to = a | b;
                }
            }
        }
        payload
    }

    /// The block that stores the first [`CodingScheme::payload_len`] bytes of `payload`.
    pub fn encode(self, payload: &[u8; CODED_LEN]) -> [u8; CODED_LEN] {
        let mut stored = [0; CODED_LEN];
        match self {
            CodingScheme::None | CodingScheme::ReedSolomon => stored = *payload,
            CodingScheme::ThreeQuarter => {
                let units = payload[..PAYLOAD_LEN_3_4].chunks_exact(UNIT_PAYLOAD);
                for (to, unit) in stored.chunks_exact_mut(UNIT_CODED).zip(units) {
                    to[..UNIT_PAYLOAD].copy_from_slice(unit);
                    [to[6], to[7]] = check_bytes(unit);
                }
            }
            CodingScheme::Repeat => {
                let half = &payload[..CODED_LEN / 2];
                stored[..CODED_LEN / 2].copy_from_slice(half);
                stored[CODED_LEN / 2..].copy_from_slice(half);
            }
        }
        stored
    }

    /// The numbers of the units (Reed-Solomon: none, its check bytes lie elsewhere; 3/4: 0 to 3, of 6 payload bytes each; repeat: unit 0 is the whole block) whose check
    /// bytes do not fit.
    pub fn errors(self, stored: &[u8; CODED_LEN]) -> Vec<usize> {
        match self {
            CodingScheme::None | CodingScheme::ReedSolomon => Vec::new(),
            CodingScheme::ThreeQuarter => stored
                .chunks_exact(UNIT_CODED)
                .enumerate()
                .filter(|(_, unit)| check_bytes(&unit[..UNIT_PAYLOAD]) != unit[UNIT_PAYLOAD..])
                .map(|(number, _)| number)
                .collect(),
            CodingScheme::Repeat => {
                let (low, high) = stored.split_at(CODED_LEN / 2);
                if low == high { Vec::new() } else { vec![0] }
            }
        }
    }
}

impl fmt::Display for CodingScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CodingScheme::None => "none",
            CodingScheme::ThreeQuarter => "3/4",
            CodingScheme::Repeat => "repeat",
            CodingScheme::ReedSolomon => "Reed-Solomon",
        })
    }
}

/// XOR of the six bytes, and the sum over them of position (from 1) times number of set bits.
fn check_bytes(unit: &[u8]) -> [u8; 2] {
    let xor = unit.iter().fold(0, |sum, byte| sum ^ byte);
    // At most 8 * (1 + … + 6) = 168: it fits a byte.
    let weight = (1u8..)
        .zip(unit)
        .map(|(position, byte)| position * byte.count_ones() as u8)
        .sum();
    [xor, weight]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn padded(payload: &[u8]) -> [u8; CODED_LEN] {
        let mut out = [0; CODED_LEN];
        out[..payload.len()].copy_from_slice(payload);
        out
    }

    #[test]
    fn scheme_bits() {
        let schemes: Vec<_> = (0..4).map(CodingScheme::from_bits).collect();
        use CodingScheme::*;
        assert_eq!(schemes, [None, ThreeQuarter, Repeat, None]);
    }

    #[test]
    fn heaviest_unit_fits() {
        let stored = CodingScheme::ThreeQuarter.encode(&[0xFF; CODED_LEN]);
        assert_eq!(stored[6..8], [0, 168]);
    }

    proptest! {
        #[test]
        fn round_trip(bytes: [u8; 24]) {
            for scheme in [CodingScheme::None, CodingScheme::ThreeQuarter, CodingScheme::Repeat] {
                let payload = padded(&bytes[..scheme.payload_len().min(24)]);
                let stored = scheme.encode(&payload);
                prop_assert_eq!(scheme.decode(&stored), payload);
                prop_assert!(scheme.errors(&stored).is_empty());
            }
        }

        /// A single bit set by mistake is always noticed, in the right unit.
        #[test]
        fn single_bit_errors_are_found(bytes: [u8; 24], bit in 0usize..256) {
            for scheme in [CodingScheme::ThreeQuarter, CodingScheme::Repeat] {
                let mut stored = scheme.encode(&padded(&bytes));
                stored[bit / 8] ^= 1 << (bit % 8);
                let unit = if scheme == CodingScheme::Repeat { 0 } else { bit / 64 };
                prop_assert_eq!(scheme.errors(&stored), [unit]);
            }
        }
    }
}
