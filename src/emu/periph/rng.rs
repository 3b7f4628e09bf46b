//! The random number register, from a seeded generator.
//!
//! Register: ESP-IDF `components/soc/esp32|esp32s3/include/soc/wdev_reg.h` (`WDEV_RND_REG`, 0x3ff75144 and 0x6003507c). The
//! rest of the radio's block is not modelled. On the ESP32-C3 the register lies in another block (`RNG_DATA_REG`,
//! `SYSCON_RND_DATA_REG`, 0x600260b0): the system on chip answers its reads with [`Rng::number`]. Generator: splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
//! The block has no interrupt lines.

use super::register_file::RegisterFile;
use super::{Device, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;
/// Offset of the register in the ESP32's block, which begins at 0x3ff75000.
const RND: u32 = 0x144;
/// Offset of the register in the ESP32-S3's block, which begins at 0x60035000.
const RND_ESP32S3: u32 = 0x7c;

/// The radio's block with the random number register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    regs: RegisterFile,
    /// Offset of the random number register.
    register: u32,
    state: u64,
}

impl Rng {
    /// A generator that gives the same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Rng::with_register(seed, RND)
    }

    /// The same for the ESP32-S3's block.
    pub fn esp32s3(seed: u64) -> Self {
        Rng::with_register(seed, RND_ESP32S3)
    }

    fn with_register(seed: u64, register: u32) -> Self {
        Rng {
            regs: RegisterFile::unmodelled("wdev", BLOCK_BYTES),
            register,
            state: seed,
        }
    }

    /// The next number: what a read of the register gives.
    pub fn number(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }
}

impl Device for Rng {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if offset == self.register {
            RegRead::modelled(self.number())
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

    fn numbers(rng: &mut Rng) -> Vec<u32> {
        (0..4).map(|_| rng.read(RND, 0).value).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let first = numbers(&mut Rng::new(1));
        assert_eq!(first, numbers(&mut Rng::new(1)));
        assert_ne!(first, numbers(&mut Rng::new(2)));
        // The high word of splitmix64's first output for seed 0, 0xe220a8397b1dcdaf.
        assert_eq!(Rng::new(0).read(RND, 0).value, 0xe220_a839);
    }

    #[test]
    fn the_register_gives_the_generators_numbers() {
        let mut s3 = Rng::esp32s3(1);
        let mut generator = Rng::new(1);
        assert_eq!(s3.read(0x7c, 0), RegRead::modelled(generator.number()));
        assert!(!s3.read(RND, 0).modelled);
    }

    #[test]
    fn a_reset_does_not_repeat_numbers() {
        let mut rng = Rng::new(7);
        let first = numbers(&mut rng);
        rng.reset(0);
        assert_ne!(first, numbers(&mut rng));
    }
}
