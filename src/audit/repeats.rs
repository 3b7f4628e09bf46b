//! Equal blocks of ciphertext: what the address in the cipher's tweak should make impossible.

use std::collections::HashMap;
use std::ops::Range;

use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash_cipher::FlashCipher;

/// Bytes that the ESP32 encrypts with one key, in blocks of 16: equal text inside repeats by design.
const ESP32_UNIT: usize = 32;
/// Bytes that XTS encrypts with one tweak.
const XTS_UNIT: usize = 16;
/// Units of the text that is encrypted for a measurement: 64 KiB on the ESP32.
const UNITS: usize = 2048;

/// How often ciphertext repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeats {
    /// Bytes of a unit that is compared: 32 on the ESP32, else 16.
    pub unit: usize,
    /// Units looked at.
    pub units: usize,
    /// Units that appeared before.
    pub repeated: usize,
}

impl Repeats {
    /// Counts in these ranges of a flash.
    pub(super) fn count(chip: Chip, flash: &[u8], ranges: &[Range<u32>]) -> Self {
        let unit = unit(chip);
        let mut seen: HashMap<&[u8], ()> = HashMap::new();
        let mut repeats = Repeats {
            unit,
            ..Repeats::default()
        };
        for range in ranges {
            let bytes = flash.get(range.start as usize..range.end as usize);
            for chunk in bytes.unwrap_or_default().chunks_exact(unit) {
                repeats.units += 1;
                repeats.repeated += usize::from(seen.insert(chunk, ()).is_some());
            }
        }
        repeats
    }
}

fn unit(chip: Chip) -> usize {
    match chip {
        Chip::Esp32 => ESP32_UNIT,
        _ => XTS_UNIT,
    }
}

/// Encrypts 2048 units of zeros from flash offset 0 on with the chip's cipher and counts what repeats: nothing with a
/// sound configuration.
pub fn repeats_of_known_text(efuses: &EfuseBank) -> Repeats {
    let chip = efuses.chip();
    let mut bytes = vec![0; unit(chip) * UNITS];
    FlashCipher::from_efuses(efuses).encrypt(0, &mut bytes);
    let whole = 0..bytes.len() as u32;
    Repeats::count(chip, &bytes, &[whole])
}
