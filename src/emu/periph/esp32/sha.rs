//! SHA accelerator: SHA-1, SHA-256, SHA-384 and SHA-512, one block at a time.
//!
//! Registers: ESP-IDF `components/soc/esp32/include/soc/hwcrypto_reg.h`; use: `components/mbedtls/port/sha/esp32`, the ROM's
//! `ets_sha_op`. Software stores a block in the text registers, most significant byte first, then starts or continues; the
//! load command puts the digest into the same registers. An operation takes no time. The block has no interrupt lines.

use sha2::block_api::{compress256, compress512};

use crate::emu::Ticks;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::sha_core::{
    SHA1_INIT, SHA256_INIT, SHA384_INIT, SHA512_INIT, sha1_compress,
};
use crate::emu::periph::{Device, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const TEXT_0: u32 = 0x00;
const TEXT_31: u32 = 0x7c;
const SHA1_START: u32 = 0x80;
const SHA512_BUSY: u32 = 0xbc;
const TEXT_WORDS: usize = 32;

/// An algorithm; each has four control registers, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A control register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Start,
    Continue,
    Load,
    Busy,
}

/// The algorithm and command of a control register's offset.
fn control(offset: u32) -> Option<(Algorithm, Control)> {
    const ALGORITHMS: [Algorithm; 4] = [
        Algorithm::Sha1,
        Algorithm::Sha256,
        Algorithm::Sha384,
        Algorithm::Sha512,
    ];
    const CONTROLS: [Control; 4] = [
        Control::Start,
        Control::Continue,
        Control::Load,
        Control::Busy,
    ];
    if !(SHA1_START..=SHA512_BUSY).contains(&offset) {
        return None;
    }
    let word = ((offset - SHA1_START) / 4) as usize;
    Some((ALGORITHMS[word / 4], CONTROLS[word % 4]))
}

/// The SHA accelerator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sha {
    regs: RegisterFile,
    text: [u32; TEXT_WORDS],
    sha1: [u32; 5],
    sha256: [u32; 8],
    /// SHA-384 and SHA-512 share their engine.
    sha512: [u64; 8],
}

impl Default for Sha {
    fn default() -> Self {
        Sha::new()
    }
}

impl Sha {
    /// The accelerator after reset.
    pub fn new() -> Self {
        Sha {
            regs: RegisterFile::unmodelled("sha", BLOCK_BYTES),
            text: [0; TEXT_WORDS],
            sha1: SHA1_INIT,
            sha256: SHA256_INIT,
            sha512: SHA512_INIT,
        }
    }

    fn block<const BYTES: usize>(&self) -> [u8; BYTES] {
        let mut block = [0; BYTES];
        for (bytes, word) in block.chunks_exact_mut(4).zip(self.text) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        block
    }

    fn run(&mut self, algorithm: Algorithm, control: Control) {
        match control {
            Control::Start => {
                self.initialise(algorithm);
                self.compress(algorithm);
            }
            Control::Continue => self.compress(algorithm),
            Control::Load => self.load(algorithm),
            Control::Busy => {}
        }
    }

    fn initialise(&mut self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Sha1 => self.sha1 = SHA1_INIT,
            Algorithm::Sha256 => self.sha256 = SHA256_INIT,
            Algorithm::Sha384 => self.sha512 = SHA384_INIT,
            Algorithm::Sha512 => self.sha512 = SHA512_INIT,
        }
    }

    fn compress(&mut self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Sha1 => {
                let block = self.block::<64>();
                sha1_compress(&mut self.sha1, &block);
            }
            Algorithm::Sha256 => {
                let block = self.block::<64>();
                compress256(&mut self.sha256, &[block]);
            }
            Algorithm::Sha384 | Algorithm::Sha512 => {
                let block = self.block::<128>();
                compress512(&mut self.sha512, &[block]);
            }
        }
    }

    fn load(&mut self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Sha1 => self.text[..5].copy_from_slice(&self.sha1),
            Algorithm::Sha256 => self.text[..8].copy_from_slice(&self.sha256),
            Algorithm::Sha384 | Algorithm::Sha512 => {
                for (words, value) in self.text.chunks_exact_mut(2).zip(self.sha512) {
                    words[0] = (value >> 32) as u32;
                    words[1] = value as u32;
                }
            }
        }
    }
}

impl Device for Sha {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        match offset {
            TEXT_0..=TEXT_31 => RegRead::modelled(self.text[(offset / 4) as usize]),
            SHA1_START..=SHA512_BUSY => RegRead::modelled(0),
            _ => self.regs.read_stored(offset),
        }
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        if let TEXT_0..=TEXT_31 = offset {
            self.text[(offset / 4) as usize] = value;
            return RegWrite::stored();
        }
        let Some((algorithm, control)) = control(offset) else {
            return self.regs.write_stored(offset, value);
        };
        if value & 1 != 0 {
            self.run(algorithm, control);
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        *self = Sha::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digest of "abc" through the registers: one padded block, start, load.
    fn digest_of_abc(start: u32, block_bytes: usize, digest_bytes: usize) -> String {
        let mut sha = Sha::new();
        let mut block = vec![0; block_bytes];
        block[..4].copy_from_slice(b"abc\x80");
        block[block_bytes - 1] = 24;
        for (offset, word) in (0..).step_by(4).zip(block.chunks(4)) {
            sha.write(offset, u32::from_be_bytes(word.try_into().unwrap()), 0);
        }
        sha.write(start, 1, 0);
        assert_eq!(sha.read(start + 0xc, 0), RegRead::modelled(0));
        sha.write(start + 8, 1, 0);
        (0..digest_bytes as u32)
            .step_by(4)
            .map(|offset| format!("{:08x}", sha.read(offset, 0).value))
            .collect()
    }

    // Known answers: FIPS 180-4 example values for "abc".
    #[test]
    fn sha1_of_abc() {
        assert_eq!(
            digest_of_abc(0x80, 64, 20),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[test]
    fn sha256_of_abc() {
        assert_eq!(
            digest_of_abc(0x90, 64, 32),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn sha384_of_abc() {
        assert_eq!(
            digest_of_abc(0xa0, 128, 48),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
             8086072ba1e7cc2358baeca134c825a7"
        );
    }

    #[test]
    fn sha512_of_abc() {
        assert_eq!(
            digest_of_abc(0xb0, 128, 64),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
    }

    #[test]
    fn continuing_takes_further_blocks() {
        let mut sha = Sha::new();
        // 64 bytes 'a', then the padding block: SHA-256 from Python's hashlib.sha256(b"a" * 64).
        for offset in (0..64).step_by(4) {
            sha.write(offset, 0x6161_6161, 0);
        }
        sha.write(0x90, 1, 0);
        for offset in (0..64).step_by(4) {
            sha.write(offset, 0, 0);
        }
        sha.write(0, 0x8000_0000, 0);
        sha.write(60, 512, 0);
        sha.write(0x94, 1, 0);
        sha.write(0x98, 1, 0);
        assert_eq!(sha.read(0, 0).value, 0xffe0_54fe);
    }
}
