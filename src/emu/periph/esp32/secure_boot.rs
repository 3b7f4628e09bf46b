//! The secure boot accelerator of the ESP32: the keyed digest over a bootloader, and its comparison.
//!
//! Registers and their use: functions `ets_secure_boot_start`, `_hash`, `_obtain`, `_check`, `_rd_iv`, `_rd_abstract` and
//! `_finish` of the mask ROM (revisions 0 and 3); digest: ESP-IDF documentation, "Secure Boot", section "Secure Boot
//! Bootloader Digest", and esptool `espsecure`. The block has no interrupt lines and takes no time here.
//!
//! The key is in eFuse block 2; software never sees it. START makes a new IV, which stands in the IV registers and, inferred
//! from `ets_secure_boot_hash(NULL)` behind `ets_secure_boot_rd_iv` in ESP-IDF's `secure_boot_generate_digest`, is what a
//! HASH command takes when no text was written since. CHECK compares: the result is 0 where the digests are equal (ROM:
//! `secure boot check fail` follows on anything else in revision 3, on 1 in revision 0).

use crate::efuse::EfuseBank;
use crate::emu::Ticks;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::rng::Generator;
use crate::emu::periph::{Device, RegRead, RegWrite};
use crate::secure_boot::v1::{self, DIGEST_LEN, Digester, IV_LEN};

const BLOCK_BYTES: u32 = 0x1000;
const IV: u32 = 0x000;
const TEXT: u32 = 0x080;
const ABSTRACT: u32 = 0x100;
const COMPARED: u32 = 0x140;
const RESULT: u32 = 0x180;
const START: u32 = 0x1c0;
const HASH: u32 = 0x1c4;
const OBTAIN: u32 = 0x1c8;
const CHECK: u32 = 0x1cc;
const FINISH: u32 = 0x1d0;
const BUSY: u32 = 0x1d4;

const EQUAL: u32 = 0;
const DIFFERENT: u32 = 1;

/// The accelerator.
#[derive(Debug, Clone)]
pub struct SecureBootAccelerator {
    regs: RegisterFile,
    random: Generator,
    key: [u8; 32],
    digester: Option<Digester>,
    iv: [u8; IV_LEN],
    text: [u8; IV_LEN],
    digest: [u8; DIGEST_LEN],
    compared: [u8; DIGEST_LEN],
    result: u32,
}

impl SecureBootAccelerator {
    /// The block after reset; the IVs come from a generator with this seed.
    pub fn new(seed: u64) -> Self {
        SecureBootAccelerator {
            regs: RegisterFile::unmodelled("secure-boot", BLOCK_BYTES),
            random: Generator::new(seed),
            key: [0; 32],
            digester: None,
            iv: [0; IV_LEN],
            text: [0; IV_LEN],
            digest: [0; DIGEST_LEN],
            compared: [0; DIGEST_LEN],
            result: DIFFERENT,
        }
    }

    /// Takes the key of block 2 over.
    pub fn latch(&mut self, efuses: &EfuseBank) {
        self.key = v1::key_of(efuses);
    }

    fn start(&mut self) {
        for word in self.iv.as_chunks_mut::<4>().0 {
            *word = self.random.next_word().to_le_bytes();
        }
        self.text = self.iv;
        self.digest = [0; DIGEST_LEN];
        self.result = DIFFERENT;
        self.digester = Some(Digester::new(&self.key));
    }

    fn command(&mut self, offset: u32) {
        match offset {
            START => self.start(),
            HASH => {
                if let Some(digester) = &mut self.digester {
                    digester.update(&self.text);
                }
            }
            OBTAIN => {
                if let Some(digester) = self.digester.take() {
                    self.digest = digester.finish();
                }
            }
            CHECK => {
                let equal = self.compared == self.digest;
                self.result = if equal { EQUAL } else { DIFFERENT };
            }
            FINISH => self.digester = None,
            _ => {}
        }
    }
}

/// The word at byte `offset` of registers that hold `bytes`.
fn word(bytes: &[u8], offset: u32) -> u32 {
    let start = offset as usize & !3;
    bytes[start..]
        .first_chunk()
        .map_or(0, |word| u32::from_le_bytes(*word))
}

fn set_word(bytes: &mut [u8], offset: u32, value: u32) {
    let start = offset as usize & !3;
    if let Some(word) = bytes[start..].first_chunk_mut() {
        *word = value.to_le_bytes();
    }
}

impl Device for SecureBootAccelerator {
    fn name(&self) -> &'static str {
        "secure-boot"
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            IV..TEXT => word(&self.iv, offset - IV),
            TEXT..ABSTRACT => word(&self.text, offset - TEXT),
            ABSTRACT..COMPARED => word(&self.digest, offset - ABSTRACT),
            COMPARED..RESULT => word(&self.compared, offset - COMPARED),
            RESULT => self.result,
            START | HASH | OBTAIN | CHECK | FINISH | BUSY => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        match offset {
            TEXT..ABSTRACT => set_word(&mut self.text, offset - TEXT, value),
            COMPARED..RESULT => set_word(&mut self.compared, offset - COMPARED, value),
            START | HASH | OBTAIN | CHECK | FINISH if value & 1 != 0 => self.command(offset),
            IV..TEXT | ABSTRACT..COMPARED | RESULT | START..=BUSY => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        let (key, random) = (self.key, self.random.clone());
        *self = SecureBootAccelerator {
            key,
            random,
            ..SecureBootAccelerator::new(0)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::Chip;

    fn write_all(device: &mut SecureBootAccelerator, at: u32, bytes: &[u8]) {
        for (offset, word) in (at..).step_by(4).zip(bytes.as_chunks::<4>().0) {
            device.write(offset, u32::from_le_bytes(*word), 0);
        }
    }

    fn read_all<const N: usize>(device: &mut SecureBootAccelerator, at: u32) -> [u8; N] {
        let mut bytes = [0; N];
        for (offset, word) in (at..).step_by(4).zip(bytes.as_chunks_mut::<4>().0) {
            *word = device.read(offset, 0).value.to_le_bytes();
        }
        bytes
    }

    fn digest_of(device: &mut SecureBootAccelerator, blocks: &[&[u8]]) {
        device.write(START, 1, 0);
        for block in blocks {
            write_all(device, TEXT, block);
            device.write(HASH, 1, 0);
        }
        device.write(OBTAIN, 1, 0);
    }

    fn accelerator() -> (SecureBootAccelerator, [u8; 32]) {
        let mut efuses = EfuseBank::blank(Chip::Esp32);
        efuses.burn_block(2, &[0x0123_4567, 8, 9, 10, 11, 12, 13, 0xdead_beef]);
        let mut device = SecureBootAccelerator::new(5);
        device.latch(&efuses);
        (device, v1::key_of(&efuses))
    }

    #[test]
    fn the_digest_is_espsecures_and_comparing_tells() {
        let (mut device, key) = accelerator();
        let (iv, image) = ([7; IV_LEN], [0x5a; 2 * IV_LEN]);
        let expected = v1::digest(&key, &iv, &image);
        digest_of(&mut device, &[&iv, &image[..IV_LEN], &image[IV_LEN..]]);
        assert_eq!(read_all::<DIGEST_LEN>(&mut device, ABSTRACT), expected);
        write_all(&mut device, COMPARED, &expected);
        device.write(CHECK, 1, 0);
        assert_eq!(device.read(RESULT, 0).value, EQUAL);
        device.write(COMPARED, 0, 0);
        device.write(CHECK, 1, 0);
        assert_eq!(device.read(RESULT, 0).value, DIFFERENT);
    }

    #[test]
    fn a_new_iv_is_hashed_where_no_text_was_written() {
        let (mut device, key) = accelerator();
        device.write(START, 1, 0);
        let iv = read_all::<IV_LEN>(&mut device, IV);
        device.write(HASH, 1, 0);
        device.write(OBTAIN, 1, 0);
        assert_eq!(
            read_all::<DIGEST_LEN>(&mut device, ABSTRACT),
            v1::digest(&key, &iv, &[])
        );
        device.write(START, 1, 0);
        assert_ne!(read_all::<IV_LEN>(&mut device, IV), iv);
    }

    #[test]
    fn without_a_start_nothing_is_equal() {
        let (mut device, _) = accelerator();
        device.write(HASH, 1, 0);
        device.write(OBTAIN, 1, 0);
        assert_eq!(device.read(RESULT, 0).value, DIFFERENT);
    }
}
