//! SHA accelerator of the ESP32-C3 and ESP32-S3: message blocks by registers or by DMA.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/sha_ll.h`; TRM, "SHA Accelerator". Software pads the message. Registers hold bytes least
//! significant first: message and digest are in memory order. An operation takes no time once its data is there.
//!
//! Interrupt line: bit 0, source `ETS_SHA_INTR_SOURCE` (ESP32-C3 49, ESP32-S3 78): an operation by DMA is complete.

use sha2::block_api::{compress256, compress512};

use super::dma_client::DmaClient;
use super::gdma::PERIPHERAL_SHA;
use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::sha_core::{
    SHA1_INIT, SHA224_INIT, SHA256_INIT, SHA384_INIT, SHA512_INIT, sha1_compress, sha512_t_init,
    sha512_t_name,
};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const MODE: u32 = 0x00;
const T_STRING: u32 = 0x04;
const T_LENGTH: u32 = 0x08;
const BLOCK_NUM: u32 = 0x0c;
const START: u32 = 0x10;
const CONTINUE: u32 = 0x14;
const BUSY: u32 = 0x18;
const DMA_START: u32 = 0x1c;
const DMA_CONTINUE: u32 = 0x20;
const CLEAR_IRQ: u32 = 0x24;
const INT_ENA: u32 = 0x28;
const DATE: u32 = 0x2c;
const H_0: u32 = 0x40;
const H_15: u32 = 0x7c;
const TEXT_0: u32 = 0x80;
const TEXT_31: u32 = 0xfc;

const MODE_BITS: Bits = Bits::new(0, 3);
const BLOCK_NUM_BITS: Bits = Bits::new(0, 6);
const T_LENGTH_BITS: Bits = Bits::new(0, 7);
/// Inferred: the value that Espressif's QEMU gives both chips (`include/hw/misc/esp32c3_sha.h`).
const DATE_RESET: u32 = 0x2019_0402;

/// A hash function, as `SHA_MODE_REG` counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512Of224,
    Sha512Of256,
    Sha512OfT,
}

const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::Sha1,
    Algorithm::Sha224,
    Algorithm::Sha256,
    Algorithm::Sha384,
    Algorithm::Sha512,
    Algorithm::Sha512Of224,
    Algorithm::Sha512Of256,
    Algorithm::Sha512OfT,
];

impl Algorithm {
    /// Bytes of a message block.
    fn block_bytes(self) -> usize {
        match self {
            Algorithm::Sha1 | Algorithm::Sha224 | Algorithm::Sha256 => 64,
            _ => 128,
        }
    }
}

/// What differs between the SHA accelerators of the chips.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Number of algorithms, from SHA-1 on.
    pub algorithms: usize,
    /// Last digest register.
    pub last_digest: u32,
    /// Last message register.
    pub last_text: u32,
}

/// The SHA accelerator with DMA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShaDma {
    layout: &'static Layout,
    regs: RegisterFile,
    mode: u32,
    t_string: u32,
    t_length: u32,
    block_num: u32,
    /// State of the hash function, in the order of its bytes.
    digest: [u8; 64],
    text: [u8; 128],
    /// Bytes that the operation by DMA still waits for.
    left: usize,
    /// The beginning of a block whose end did not come yet.
    partial: Vec<u8>,
    interrupt: bool,
    interrupt_enabled: bool,
}

impl ShaDma {
    /// The accelerator after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        ShaDma {
            layout,
            regs: RegisterFile::new("sha", BLOCK_BYTES, &[(DATE, DATE_RESET)], &[(DATE, DATE)]),
            mode: 0,
            t_string: 0,
            t_length: 0,
            block_num: 0,
            digest: [0; 64],
            text: [0; 128],
            left: 0,
            partial: Vec::new(),
            interrupt: false,
            interrupt_enabled: false,
        }
    }

    /// The algorithm of the mode register; `None` for one that the chip does not have.
    fn algorithm(&self) -> Option<Algorithm> {
        ALGORITHMS[..self.layout.algorithms]
            .get(self.mode as usize)
            .copied()
    }

    /// Carries out a write of 1 to one of the four start registers.
    fn start(&mut self, offset: u32) -> RegWrite {
        let Some(algorithm) = self.algorithm() else {
            return self.regs.write_stored(offset, 1);
        };
        if matches!(offset, START | DMA_START) {
            self.initialise(algorithm);
        }
        if matches!(offset, DMA_START | DMA_CONTINUE) {
            self.partial.clear();
            self.left = self.block_num as usize * algorithm.block_bytes();
            self.interrupt |= self.left == 0;
            return RegWrite::modelled(Effect::DmaTransfer);
        }
        // A start of SHA-512/t only computes the initial value: the message follows with continue.
        if offset != START || algorithm != Algorithm::Sha512OfT {
            let text = self.text;
            self.compress(algorithm, &text[..algorithm.block_bytes()]);
        }
        RegWrite::stored()
    }

    fn initialise(&mut self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Sha1 => self.set_words(&SHA1_INIT),
            Algorithm::Sha224 => self.set_words(&SHA224_INIT),
            Algorithm::Sha256 => self.set_words(&SHA256_INIT),
            Algorithm::Sha384 => self.set_long_words(&SHA384_INIT),
            Algorithm::Sha512 => self.set_long_words(&SHA512_INIT),
            Algorithm::Sha512Of224 => self.set_truncated(*b"224\x80", 88),
            Algorithm::Sha512Of256 => self.set_truncated(*b"256\x80", 88),
            // The register holds the digits and the padding bit, the first digit in the highest byte.
            Algorithm::Sha512OfT => {
                self.set_truncated(self.t_string.to_be_bytes(), self.t_length as u8);
            }
        }
    }

    fn set_truncated(&mut self, digits: [u8; 4], bits: u8) {
        self.set_long_words(&sha512_t_init(&sha512_t_name(digits, bits)));
    }

    fn compress(&mut self, algorithm: Algorithm, block: &[u8]) {
        match algorithm {
            Algorithm::Sha1 => {
                let mut state = self.words();
                sha1_compress(&mut state, &fixed(block));
                self.set_words(&state);
            }
            Algorithm::Sha224 | Algorithm::Sha256 => {
                let mut state = self.words();
                compress256(&mut state, &[fixed(block)]);
                self.set_words(&state);
            }
            _ => {
                let mut state = [0; 8];
                for (word, bytes) in state.iter_mut().zip(self.digest.chunks_exact(8)) {
                    *word = u64::from_be_bytes(fixed(bytes));
                }
                compress512(&mut state, &[fixed(block)]);
                self.set_long_words(&state);
            }
        }
    }

    fn words<const N: usize>(&self) -> [u32; N] {
        let mut words = [0; N];
        for (word, bytes) in words.iter_mut().zip(self.digest.chunks_exact(4)) {
            *word = u32::from_be_bytes(fixed(bytes));
        }
        words
    }

    fn set_words(&mut self, words: &[u32]) {
        for (bytes, word) in self.digest.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
    }

    fn set_long_words(&mut self, words: &[u64; 8]) {
        for (bytes, word) in self.digest.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
    }

    /// The register array and the place in it that an offset stands for.
    fn memory(&mut self, offset: u32) -> Option<&mut [u8]> {
        let (array, at) = match offset {
            H_0..=H_15 if offset <= self.layout.last_digest => (&mut self.digest[..], offset - H_0),
            TEXT_0..=TEXT_31 if offset <= self.layout.last_text => {
                (&mut self.text[..], offset - TEXT_0)
            }
            _ => return None,
        };
        let at = at as usize & !3;
        array.get_mut(at..at + 4)
    }
}

/// The first bytes of a slice, zeros behind its end.
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(bytes) {
        *to = *from;
    }
    array
}

impl DmaClient for ShaDma {
    fn peripheral(&self) -> u8 {
        PERIPHERAL_SHA
    }

    fn wants(&self) -> Option<usize> {
        (self.left != 0).then_some(self.left)
    }

    fn sends(&self) -> bool {
        false
    }

    fn process(&mut self, data: &[u8], _now: Ticks) -> Vec<u8> {
        let Some(algorithm) = self.algorithm() else {
            // Software changed the mode while the operation ran: there is nothing to compute any more.
            self.left = 0;
            return Vec::new();
        };
        let data = &data[..data.len().min(self.left)];
        self.left -= data.len();
        self.partial.extend_from_slice(data);
        let whole = self.partial.len() / algorithm.block_bytes() * algorithm.block_bytes();
        let rest = self.partial.split_off(whole);
        let blocks = std::mem::replace(&mut self.partial, rest);
        for block in blocks.chunks_exact(algorithm.block_bytes()) {
            self.compress(algorithm, block);
        }
        self.interrupt |= self.left == 0;
        Vec::new()
    }
}

impl Device for ShaDma {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        if let Some(bytes) = self.memory(offset) {
            return RegRead::modelled(u32::from_le_bytes(fixed(bytes)));
        }
        RegRead::modelled(match offset {
            MODE => self.mode,
            T_STRING => self.t_string,
            T_LENGTH => self.t_length,
            BLOCK_NUM => self.block_num,
            START | CONTINUE | DMA_START | DMA_CONTINUE | CLEAR_IRQ => 0,
            BUSY => u32::from(self.left != 0),
            INT_ENA => u32::from(self.interrupt_enabled),
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if let Some(bytes) = self.memory(offset) {
            bytes.copy_from_slice(&value.to_le_bytes());
            return RegWrite::stored();
        }
        match offset {
            MODE => self.mode = MODE_BITS.get(value),
            T_STRING => self.t_string = value,
            T_LENGTH => self.t_length = T_LENGTH_BITS.get(value),
            BLOCK_NUM => self.block_num = BLOCK_NUM_BITS.get(value),
            // A start while an operation runs is lost.
            START | CONTINUE | DMA_START | DMA_CONTINUE => {
                if value & 1 != 0 && self.left == 0 {
                    return self.start(offset);
                }
            }
            BUSY => {}
            CLEAR_IRQ => {
                self.interrupt &= value & 1 == 0;
                return RegWrite::modelled(Effect::Interrupts);
            }
            INT_ENA => {
                self.interrupt_enabled = value & 1 != 0;
                return RegWrite::modelled(Effect::Interrupts);
            }
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn interrupts(&self) -> u32 {
        u32::from(self.interrupt && self.interrupt_enabled)
    }

    fn reset(&mut self, _now: Ticks) {
        *self = ShaDma::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emu::soc::chips::esp32c3::crypto::SHA as ESP32C3;
    use crate::emu::soc::chips::esp32s3::crypto::SHA as ESP32S3;

    /// Digest of "abc" by registers: one padded block.
    fn digest_of_abc(layout: &'static Layout, mode: u32, block_bytes: usize, len: u32) -> String {
        let mut sha = ShaDma::new(layout);
        let mut block = vec![0; block_bytes];
        block[..4].copy_from_slice(b"abc\x80");
        block[block_bytes - 1] = 24;
        for (offset, word) in (TEXT_0..).step_by(4).zip(block.chunks(4)) {
            sha.write(offset, u32::from_le_bytes(fixed(word)), 0);
        }
        sha.write(MODE, mode, 0);
        // SHA-512/256 by its general form: the initial value first.
        sha.write(T_STRING, u32::from_be_bytes(*b"256\x80"), 0);
        sha.write(T_LENGTH, 0x58, 0);
        sha.write(START, 1, 0);
        if mode == 7 {
            sha.write(CONTINUE, 1, 0);
        }
        assert_eq!(sha.read(BUSY, 0), RegRead::modelled(0));
        (H_0..H_0 + len)
            .step_by(4)
            .map(|offset| format!("{:08x}", sha.read(offset, 0).value.swap_bytes()))
            .collect()
    }

    // Known answers: FIPS 180-4 example values for "abc".
    #[test]
    fn short_hashes_of_abc() {
        for layout in [&ESP32C3, &ESP32S3] {
            assert_eq!(
                digest_of_abc(layout, 0, 64, 20),
                "a9993e364706816aba3e25717850c26c9cd0d89d"
            );
            assert_eq!(
                digest_of_abc(layout, 1, 64, 28),
                "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"
            );
            assert_eq!(
                digest_of_abc(layout, 2, 64, 32),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            );
        }
    }

    #[test]
    fn long_hashes_of_abc() {
        assert_eq!(
            digest_of_abc(&ESP32S3, 3, 128, 48),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
             8086072ba1e7cc2358baeca134c825a7"
        );
        assert_eq!(
            digest_of_abc(&ESP32S3, 4, 128, 64),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
        assert_eq!(
            digest_of_abc(&ESP32S3, 5, 128, 28),
            "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"
        );
    }

    #[test]
    fn sha_512_256_of_abc_by_both_of_its_modes() {
        let expected = "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23";
        assert_eq!(digest_of_abc(&ESP32S3, 6, 128, 32), expected);
        assert_eq!(digest_of_abc(&ESP32S3, 7, 128, 32), expected);
    }

    #[test]
    fn the_c3_has_no_long_hashes() {
        let mut sha = ShaDma::new(&ESP32C3);
        sha.write(MODE, 4, 0);
        assert!(!sha.write(START, 1, 0).modelled);
        assert!(!sha.write(DMA_START, 1, 0).modelled);
        assert_eq!(sha.wants(), None);
    }

    #[test]
    fn a_digest_written_back_is_continued() {
        // As ESP-IDF interleaves two messages: 64 bytes 'a' hashed, the state saved and restored, then the padding.
        let mut sha = ShaDma::new(&ESP32C3);
        sha.write(MODE, 2, 0);
        for offset in (TEXT_0..TEXT_0 + 64).step_by(4) {
            sha.write(offset, 0x6161_6161, 0);
        }
        sha.write(START, 1, 0);
        let state: Vec<u32> = (H_0..H_0 + 32)
            .step_by(4)
            .map(|offset| sha.read(offset, 0).value)
            .collect();
        sha.write(START, 1, 0);
        for (offset, word) in (H_0..).step_by(4).zip(state) {
            sha.write(offset, word, 0);
        }
        for offset in (TEXT_0..TEXT_0 + 64).step_by(4) {
            sha.write(offset, 0, 0);
        }
        sha.write(TEXT_0, 0x80, 0);
        sha.write(TEXT_0 + 60, 512u32.swap_bytes(), 0);
        sha.write(CONTINUE, 1, 0);
        // Python's hashlib.sha256(b"a" * 64).
        assert_eq!(sha.read(H_0, 0).value.swap_bytes(), 0xffe0_54fe);
    }
}
