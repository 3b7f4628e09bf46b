//! RSA accelerator of the ESP32-C3 and ESP32-S3: modular exponentiation and both kinds of multiplication.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/mpi_ll.h`, the ROM's `ets_bigint_*` and `ets_rsa_pss_verify`; TRM, "RSA Accelerator".
//! Numbers and arithmetic: `bignum_memory`. An operation ends some time after its start. The options "constant time" and
//! "search" only change how long it takes: here they are only stored.
//!
//! Interrupt line: bit 0, source `ETS_RSA_INTR_SOURCE` (ESP32-C3 47, ESP32-S3 76).

use crate::emu::Ticks;
use crate::emu::periph::bignum_memory::BignumMemory;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::{RegisterFile, ResetValues};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const MEM_START: u32 = 0x000;
const MEM_END: u32 = 0x7fc;
const M_DASH: u32 = 0x800;
const LENGTH: u32 = 0x804;
const QUERY_CLEAN: u32 = 0x808;
const MODEXP_START: u32 = 0x80c;
const MOD_MULT_START: u32 = 0x810;
const MULT_START: u32 = 0x814;
const QUERY_IDLE: u32 = 0x818;
const CLEAR_INTERRUPT: u32 = 0x81c;
const CONSTANT_TIME: u32 = 0x820;
const SEARCH_POS: u32 = 0x828;
const INTERRUPT_ENABLE: u32 = 0x82c;
const DATE: u32 = 0x830;

const LENGTH_BITS: Bits = Bits::new(0, 7);

/// What differs between the RSA accelerators of the chips.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Words of the longest operand.
    pub max_words: usize,
    pub reset: ResetValues,
}

/// The RSA accelerator of newer chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mpi {
    layout: &'static Layout,
    regs: RegisterFile,
    memory: BignumMemory,
    length: u32,
    interrupt: bool,
    interrupt_enabled: bool,
    busy_until: Option<Ticks>,
}

impl Mpi {
    /// The accelerator after reset, its memory cleared.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        const STORED: [(u32, u32); 3] =
            [(M_DASH, M_DASH), (CONSTANT_TIME, SEARCH_POS), (DATE, DATE)];
        Mpi {
            layout,
            regs: RegisterFile::new("rsa", BLOCK_BYTES, layout.reset, &STORED),
            memory: BignumMemory::new(),
            length: 0,
            interrupt: false,
            // Inferred: ESP-IDF switches the interrupt off before it polls.
            interrupt_enabled: true,
            busy_until: None,
        }
    }

    /// Carries out an operation; its start while another one runs is lost.
    fn start(&mut self, offset: u32, now: Ticks) {
        if self.busy_until.is_some() {
            return;
        }
        let words = (self.length as usize + 1).min(self.layout.max_words);
        let ticks = match offset {
            MODEXP_START => self.memory.power(words),
            MOD_MULT_START => self.memory.modular_product(words),
            // The length is the product's, which may be as long as the memory on every chip.
            _ => self.memory.product(self.length as usize + 1),
        };
        self.busy_until = Some(now.saturating_add(ticks));
    }

    fn settle(&mut self, now: Ticks) {
        if self.busy_until.is_some_and(|end| end <= now) {
            self.busy_until = None;
            self.interrupt = true;
        }
    }
}

impl Device for Mpi {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        self.settle(now);
        RegRead::modelled(match offset {
            MEM_START..=MEM_END => self.memory.get(offset),
            LENGTH => self.length,
            QUERY_CLEAN => 1,
            MODEXP_START | MOD_MULT_START | MULT_START | CLEAR_INTERRUPT => 0,
            QUERY_IDLE => u32::from(self.busy_until.is_none()),
            INTERRUPT_ENABLE => u32::from(self.interrupt_enabled),
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        self.settle(now);
        let bit = value & 1 != 0;
        match offset {
            MEM_START..=MEM_END => {
                self.memory.set(offset, value);
                return RegWrite::stored();
            }
            LENGTH => self.length = LENGTH_BITS.get(value),
            MODEXP_START | MOD_MULT_START | MULT_START => {
                if bit {
                    self.start(offset, now);
                }
            }
            QUERY_CLEAN | QUERY_IDLE => {}
            CLEAR_INTERRUPT => self.interrupt &= !bit,
            INTERRUPT_ENABLE => self.interrupt_enabled = bit,
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
        u32::from(self.interrupt && self.interrupt_enabled)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Mpi::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;
    use crate::emu::soc::chips::esp32c3::crypto::RSA as ESP32C3;
    use crate::emu::soc::chips::esp32s3::crypto::RSA as ESP32S3;

    const MEM_Z: u32 = 0x200;
    const MEM_Y: u32 = 0x400;
    const MEM_X: u32 = 0x600;

    fn store(mpi: &mut Mpi, base: u32, value: &BigUint) {
        for (offset, digit) in (base..).step_by(4).zip(value.iter_u32_digits()) {
            mpi.write(offset, digit, 0);
        }
    }

    /// Runs an operation to its end; Z.
    fn run(mpi: &mut Mpi, start: u32, words: u32) -> BigUint {
        assert_eq!(mpi.read(QUERY_CLEAN, 0).value, 1);
        mpi.write(LENGTH, words - 1, 0);
        mpi.write(start, 1, 0);
        assert_eq!((mpi.read(QUERY_IDLE, 0).value, mpi.interrupts()), (0, 0));
        let end = mpi.next_event().unwrap();
        assert_eq!(mpi.advance(end), Effect::Interrupts);
        assert_eq!((mpi.read(QUERY_IDLE, end).value, mpi.interrupts()), (1, 1));
        mpi.write(CLEAR_INTERRUPT, 1, end);
        assert_eq!(mpi.interrupts(), 0);
        let digits = (MEM_Z..).step_by(4).take(words as usize);
        BigUint::new(digits.map(|offset| mpi.read(offset, end).value).collect())
    }

    /// A number of `words` words, all of them used.
    fn number(words: u32, seed: u32) -> BigUint {
        let word = |i: u32| (i + 1).wrapping_mul(seed) | 1 << 31;
        BigUint::new((0..words).map(word).collect())
    }

    #[test]
    fn modular_exponentiation() {
        // As the ROM's check of a signature of secure boot v2: 3072 bits, exponent 65537.
        let (x, m) = (number(96, 0x9e37_79b1), number(96, 0x85eb_ca77) + 1u8);
        let e = BigUint::from(65_537u32);
        for layout in [&ESP32C3, &ESP32S3] {
            let mut mpi = Mpi::new(layout);
            store(&mut mpi, MEM_X, &x);
            store(&mut mpi, MEM_Y, &e);
            store(&mut mpi, MEM_START, &m);
            assert_eq!(run(&mut mpi, MODEXP_START, 96), x.modpow(&e, &m));
        }
        // 4^13 mod 497 = 445.
        let mut mpi = Mpi::new(&ESP32C3);
        for (base, value) in [
            (MEM_X, 4u8.into()),
            (MEM_Y, 13u8.into()),
            (MEM_START, 497u16.into()),
        ] {
            store(&mut mpi, base, &value);
        }
        assert_eq!(run(&mut mpi, MODEXP_START, 16), BigUint::from(445u32));
    }

    #[test]
    fn modular_multiplication() {
        let mut mpi = Mpi::new(&ESP32S3);
        let (x, y, m) = (number(128, 3), number(128, 5), number(128, 7));
        store(&mut mpi, MEM_X, &x);
        store(&mut mpi, MEM_Y, &y);
        store(&mut mpi, MEM_START, &m);
        assert_eq!(run(&mut mpi, MOD_MULT_START, 128), x * y % m);
    }

    #[test]
    fn multiplication_takes_the_second_operand_from_the_upper_half() {
        let mut mpi = Mpi::new(&ESP32C3);
        let (x, y) = (number(48, 3), number(48, 5));
        store(&mut mpi, MEM_X, &x);
        store(&mut mpi, MEM_Z + 4 * 48, &y);
        assert_eq!(run(&mut mpi, MULT_START, 96), x * y);
    }

    #[test]
    fn a_modulus_of_zero_gives_zero_and_a_switched_off_interrupt_stays_off() {
        let mut mpi = Mpi::new(&ESP32C3);
        mpi.write(MEM_Z, 7, 0);
        mpi.write(INTERRUPT_ENABLE, 0, 0);
        mpi.write(LENGTH, u32::MAX, 0);
        mpi.write(MODEXP_START, 1, 0);
        mpi.advance(u64::MAX);
        assert_eq!((mpi.read(MEM_Z, u64::MAX).value, mpi.interrupts()), (0, 0));
    }
}
