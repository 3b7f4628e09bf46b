//! The random number register, from a seeded generator.
//!
//! Register: ESP-IDF `components/soc/{esp32,esp32s3}/include/soc/wdev_reg.h` (`WDEV_RND_REG`, 0x3ff75144 on the ESP32,
//! 0x6003507c on the ESP32-S3); that of the ESP32-C3 is in [`super::syscon`]. The rest of the radio's block is not
//! modelled. Generator: splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
//! The block has no interrupt lines.

use super::register_file::RegisterFile;
use super::{Device, Model, RegRead, RegWrite};
use crate::emu::Ticks;

const BLOCK_BYTES: u32 = 0x1000;
/// `WDEV_RND_REG` of the ESP32 and of the ESP32-S3.
const RND: u32 = 0x144;
const RND_ESP32S3: u32 = 0x7c;

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

/// The radio's block with the random number register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    regs: RegisterFile,
    register: u32,
    random: Generator,
}

impl Rng {
    /// The ESP32's block, which gives the same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Rng::on(Model::Esp32, seed)
    }

    /// The block of a chip. The ESP32-C3's has no such register: it gets the ESP32's.
    pub fn on(model: Model, seed: u64) -> Self {
        Rng {
            regs: RegisterFile::unmodelled("wdev", BLOCK_BYTES),
            register: match model {
                Model::Esp32 | Model::Esp32C3 => RND,
                Model::Esp32S3 => RND_ESP32S3,
            },
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
        let mut s3 = Rng::on(Model::Esp32S3, 0);
        assert_eq!(s3.read(RND_ESP32S3, 0), RegRead::modelled(0xe220_a839));
    }

    #[test]
    fn a_reset_does_not_repeat_numbers() {
        let mut rng = Rng::new(7);
        let first = numbers(&mut rng);
        rng.reset(0);
        assert_ne!(first, numbers(&mut rng));
    }
}
