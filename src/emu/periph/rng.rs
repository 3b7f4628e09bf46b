//! The random number register, from a seeded generator.
//!
//! Register: ESP-IDF `components/soc/{esp32,esp32s3}/include/soc/wdev_reg.h` (`WDEV_RND_REG`, 0x3ff75144 on the ESP32,
//! 0x6003507c on the ESP32-S3); that of the ESP32-C3 is in [`super::later::syscon`]. The rest of the radio's block is not
//! modelled. Generator: splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
//! The block has no interrupt lines.

use super::register_file::RegisterFile;
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;

/// A generator that gives the same numbers for the same seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generator {
    state: u64,
}

impl Generator {
    /// The generator with this seed.
    pub fn new(seed: u64) -> Self {
        Generator { state: seed }
    }

    /// The next random number.
    pub fn next_word(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }
}

/// What differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `WDEV_RND_REG`.
    pub register: u32,
}

/// The radio's block with the random number register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    regs: RegisterFile,
    register: u32,
    random: Generator,
}

impl Rng {
    /// The block, which gives the same numbers for the same seed.
    pub(crate) fn new(layout: &'static Layout, seed: u64) -> Self {
        Rng {
            regs: RegisterFile::unmodelled("wdev", BLOCK_BYTES),
            register: layout.register,
            random: Generator::new(seed),
        }
    }
}

impl Device for Rng {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == self.register {
            RegRead::modelled(self.random.next_word())
        } else {
            self.regs.read_stored(offset)
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if offset == self.register {
            RegWrite::stored()
        } else {
            self.regs.write_stored(offset, value)
        }
    }

    /// A reset does not repeat the numbers: the generator goes on.
    fn reset(&mut self, _now: Ticks) {
        self.regs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::{esp32, esp32s3};

    const ESP32: &Layout = &esp32::map::RNG;

    fn numbers(rng: &mut Rng) -> Vec<u32> {
        (0..4).map(|_| rng.read(0x144, 0).value).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let first = numbers(&mut Rng::new(ESP32, 1));
        assert_eq!(first, numbers(&mut Rng::new(ESP32, 1)));
        assert_ne!(first, numbers(&mut Rng::new(ESP32, 2)));
        // The high word of splitmix64's first output for seed 0, 0xe220a8397b1dcdaf.
        assert_eq!(Rng::new(ESP32, 0).read(0x144, 0).value, 0xe220_a839);
        let mut s3 = Rng::new(&esp32s3::map::RNG, 0);
        assert_eq!(s3.read(0x7c, 0), RegRead::modelled(0xe220_a839));
    }

    #[test]
    fn a_reset_does_not_repeat_numbers() {
        let mut rng = Rng::new(ESP32, 7);
        let first = numbers(&mut rng);
        rng.reset(0);
        assert_ne!(first, numbers(&mut rng));
    }
}
