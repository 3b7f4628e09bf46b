//! RSA accelerator of the ESP32-C3 and ESP32-S3: modular exponentiation and both kinds of multiplication.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/mpi_ll.h`, the ROM's `ets_bigint_*` and `ets_rsa_pss_verify`; TRM, "RSA Accelerator".
//! Numbers and arithmetic: `bignum_memory`. An operation ends some time after its start. The options "constant time" and
//! "search" only change how long it takes: here they are only stored.
//!
//! Interrupt line: bit 0, source `ETS_RSA_INTR_SOURCE` (ESP32-C3 47, ESP32-S3 76).

use super::bignum_memory::{BignumMemory, MEM_WORDS};
use super::bits::Bits;
use super::register_file::{RegisterFile, ResetValues};
use super::{Device, Effect, RegRead, RegWrite};
use crate::emu::Ticks;

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
pub struct MpiSpec {
    /// Words of the longest operand.
    max_words: usize,
    reset: ResetValues,
}

/// The ESP32-C3's accelerator: operands of up to 3072 bits. Version: Espressif's QEMU, `include/hw/misc/esp32c3_rsa.h`.
pub static ESP32C3: MpiSpec = MpiSpec {
    max_words: 96,
    reset: &[(CONSTANT_TIME, 1), (DATE, 0x2020_0618)],
};

/// The ESP32-S3's accelerator: operands of up to 4096 bits. Version: Espressif's QEMU, `include/hw/misc/esp32s3_rsa.h`.
pub static ESP32S3: MpiSpec = MpiSpec {
    max_words: MEM_WORDS,
    reset: &[(CONSTANT_TIME, 1), (DATE, 0x2019_0425)],
};

/// The RSA accelerator of newer chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mpi {
    spec: &'static MpiSpec,
    regs: RegisterFile,
    memory: BignumMemory,
    length: u32,
    interrupt: bool,
    interrupt_enabled: bool,
    busy_until: Option<Ticks>,
}

impl Mpi {
    /// The accelerator after reset, its memory cleared.
    pub fn new(spec: &'static MpiSpec) -> Self {
        const STORED: [(u32, u32); 3] =
            [(M_DASH, M_DASH), (CONSTANT_TIME, SEARCH_POS), (DATE, DATE)];
        Mpi {
            spec,
            regs: RegisterFile::new("rsa", BLOCK_BYTES, spec.reset, &STORED),
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
        let words = (self.length as usize + 1).min(self.spec.max_words);
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
        *self = Mpi::new(self.spec);
    }
}
