//! RSA accelerator: modular exponentiation, Montgomery and plain multiplication of numbers up to 4096 bits.
//!
//! Registers: ESP-IDF `components/soc/esp32/include/soc/hwcrypto_reg.h`; use: `components/mbedtls/port/bignum/esp32`, the
//! ROM's `ets_bigint_*`. Numbers and arithmetic: `bignum_memory`. An operation ends some time after its start.
//!
//! Interrupt line: bit 0, source `ETS_RSA_INTR_SOURCE` (51).

use crate::emu::Ticks;
use crate::emu::periph::bignum_memory::BignumMemory;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const MEM_M: u32 = 0x000;
const MEM_END: u32 = 0x7fc;
const M_DASH: u32 = 0x800;
const MODEXP_MODE: u32 = 0x804;
const MODEXP_START: u32 = 0x808;
const MULT_MODE: u32 = 0x80c;
const MULT_START: u32 = 0x810;
const INTERRUPT: u32 = 0x814;
const CLEAN: u32 = 0x818;

/// Lengths count in units of 512 bits, less one.
const UNIT_WORDS: usize = 16;
const MODE_LENGTH: u32 = 7;
/// Bit of the multiplication mode for the product without a modulus.
const MODE_PLAIN: u32 = 8;

/// The RSA accelerator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rsa {
    regs: RegisterFile,
    memory: BignumMemory,
    m_dash: u32,
    modexp_mode: u32,
    mult_mode: u32,
    interrupt: bool,
    busy_until: Option<Ticks>,
}

impl Default for Rsa {
    fn default() -> Self {
        Rsa::new()
    }
}

impl Rsa {
    /// The accelerator after reset, its memory cleared.
    pub fn new() -> Self {
        Rsa {
            regs: RegisterFile::unmodelled("rsa", BLOCK_BYTES),
            memory: BignumMemory::new(),
            m_dash: 0,
            modexp_mode: 0,
            mult_mode: 0,
            interrupt: false,
            busy_until: None,
        }
    }

    fn multiply(&mut self) -> Ticks {
        let words = length(self.mult_mode);
        if self.mult_mode & MODE_PLAIN == 0 {
            self.memory.montgomery(words)
        } else {
            self.memory.product(words)
        }
    }

    fn settle(&mut self, now: Ticks) {
        if self.busy_until.is_some_and(|end| end <= now) {
            self.busy_until = None;
            self.interrupt = true;
        }
    }
}

/// Words of the operands that a mode register stands for.
fn length(mode: u32) -> usize {
    ((mode & MODE_LENGTH) as usize + 1) * UNIT_WORDS
}

impl Device for Rsa {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        self.settle(now);
        RegRead::modelled(match offset {
            MEM_M..=MEM_END => self.memory.get(offset),
            M_DASH => self.m_dash,
            MODEXP_MODE => self.modexp_mode,
            MULT_MODE => self.mult_mode,
            MODEXP_START | MULT_START => 0,
            INTERRUPT => u32::from(self.interrupt),
            CLEAN => 1,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        self.settle(now);
        match offset {
            MEM_M..=MEM_END => self.memory.set(offset, value),
            M_DASH => self.m_dash = value,
            MODEXP_MODE => self.modexp_mode = value,
            MULT_MODE => self.mult_mode = value,
            // A start while an operation runs is lost.
            MODEXP_START if value & 1 != 0 && self.busy_until.is_none() => {
                let ticks = self.memory.power(length(self.modexp_mode));
                self.busy_until = Some(now.saturating_add(ticks));
            }
            MULT_START if value & 1 != 0 && self.busy_until.is_none() => {
                self.busy_until = Some(now.saturating_add(self.multiply()));
            }
            MODEXP_START | MULT_START | CLEAN => {}
            INTERRUPT => self.interrupt &= value & 1 == 0,
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::modelled(Effect::Interrupts)
    }

    fn next_event(&self) -> Option<Ticks> {
        self.busy_until
    }

    fn advance(&mut self, now: Ticks) -> Effect {
        self.settle(now);
        Effect::Interrupts
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.interrupt)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Rsa::new();
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    const MEM_Z: u32 = 0x200;
    const MEM_Y: u32 = 0x400;
    const MEM_X: u32 = 0x600;

    fn finish(rsa: &mut Rsa) {
        assert_eq!(rsa.read(INTERRUPT, 0).value, 0);
        let end = rsa.next_event().unwrap();
        assert_eq!(rsa.advance(end), Effect::Interrupts);
        assert_eq!(rsa.interrupts(), 1);
        rsa.write(INTERRUPT, 1, end);
        assert_eq!(rsa.interrupts(), 0);
    }

    #[test]
    fn modular_exponentiation() {
        let mut rsa = Rsa::new();
        assert_eq!(rsa.read(CLEAN, 0).value, 1);
        // 4^13 mod 497 = 445.
        rsa.write(MEM_X, 4, 0);
        rsa.write(MEM_Y, 13, 0);
        rsa.write(MEM_M, 497, 0);
        rsa.write(MODEXP_MODE, 0, 0);
        rsa.write(MODEXP_START, 1, 0);
        finish(&mut rsa);
        assert_eq!(rsa.read(MEM_Z, u64::MAX).value, 445);
    }

    #[test]
    fn plain_multiplication_takes_the_second_operand_from_the_upper_half() {
        let mut rsa = Rsa::new();
        rsa.write(MEM_X, 0xffff_ffff, 0);
        rsa.write(MEM_Z + 4 * 16, 0xffff_ffff, 0);
        // A product of 1024 bits: operands of 512.
        rsa.write(MULT_MODE, 1 | 8, 0);
        rsa.write(MULT_START, 1, 0);
        finish(&mut rsa);
        assert_eq!(rsa.read(MEM_Z, u64::MAX).value, 1);
        assert_eq!(rsa.read(MEM_Z + 4, u64::MAX).value, 0xffff_fffe);
        assert_eq!(rsa.read(MEM_Z + 4 * 16, u64::MAX).value, 0);
    }

    #[test]
    fn two_montgomery_steps_make_a_modular_product() {
        let mut rsa = Rsa::new();
        let modulus = BigUint::from(1_000_003u32);
        let r2: BigUint = (BigUint::from(1u8) << 1024) % &modulus;
        rsa.write(MEM_M, 1_000_003, 0);
        rsa.write(MEM_X, 123_456, 0);
        rsa.write(MEM_Z, r2.iter_u32_digits().next().unwrap(), 0);
        rsa.write(MULT_START, 1, 0);
        finish(&mut rsa);
        rsa.write(MEM_X, 654_321, u64::MAX);
        rsa.write(MULT_START, 1, 0);
        finish(&mut rsa);
        let expected = 123_456u64 * 654_321 % 1_000_003;
        assert_eq!(u64::from(rsa.read(MEM_Z, u64::MAX).value), expected);
    }

    #[test]
    fn a_modulus_of_zero_gives_zero() {
        let mut rsa = Rsa::new();
        rsa.write(MODEXP_MODE, u32::MAX, 0);
        rsa.write(MODEXP_START, 1, 0);
        finish(&mut rsa);
        rsa.write(MULT_START, 1, 0);
        finish(&mut rsa);
        assert_eq!(rsa.read(MEM_Z, u64::MAX).value, 0);
    }
}
