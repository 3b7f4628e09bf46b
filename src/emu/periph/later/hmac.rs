//! HMAC accelerator of the ESP32-C3 and ESP32-S3: HMAC-SHA-256 under keys in eFuses that software need not know.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/hmac_ll.h`, `components/esp_security/src/esp_hmac.c`; TRM, "HMAC Accelerator". Registers
//! hold bytes least significant first: message and result are in memory order. An operation takes no time. The block has
//! no interrupt lines.
//!
//! The keys come from [`Hmac::latch`], which the system on chip calls whenever it takes over eFuses. Upstream the result
//! is read by software; downstream it only leaves by [`Hmac::digital_signature_key`]. That for JTAG is not computed:
//! nothing of JTAG is modelled.

use sha2::block_api::compress256;

use crate::efuse::{EfuseBank, KeyPurpose};
use crate::emu::Ticks;
use crate::emu::periph::bits::Bits;
use crate::emu::periph::register_file::RegisterFile;
use crate::emu::periph::sha_core::SHA256_INIT;
use crate::emu::periph::{Device, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const SET_START: u32 = 0x40;
const SET_PARA_PURPOSE: u32 = 0x44;
const SET_PARA_KEY: u32 = 0x48;
const SET_PARA_FINISH: u32 = 0x4c;
const SET_MESSAGE_ONE: u32 = 0x50;
const SET_MESSAGE_ING: u32 = 0x54;
const SET_MESSAGE_END: u32 = 0x58;
const SET_RESULT_FINISH: u32 = 0x5c;
const SET_INVALIDATE_JTAG: u32 = 0x60;
const SET_INVALIDATE_DS: u32 = 0x64;
const QUERY_ERROR: u32 = 0x68;
const QUERY_BUSY: u32 = 0x6c;
const WDATA_0: u32 = 0x80;
const WDATA_15: u32 = 0xbc;
const RDATA_0: u32 = 0xc0;
const RDATA_7: u32 = 0xdc;
const SET_MESSAGE_PAD: u32 = 0xf0;
const ONE_BLOCK: u32 = 0xf4;
const SOFT_JTAG_CTRL: u32 = 0xf8;
const WR_JTAG: u32 = 0xfc;

const PURPOSE: Bits = Bits::new(0, 4);
const KEY: Bits = Bits::new(0, 3);
/// Purposes, as `hmac_ll.h` counts them.
const PURPOSE_DOWN_ALL: u32 = 5;
const PURPOSE_DOWN_JTAG: u32 = 6;
const PURPOSE_DOWN_DS: u32 = 7;
const PURPOSE_UP: u32 = 8;

const SHA_BLOCK: usize = 64;
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// A key block of the eFuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyBlock {
    purpose: Option<KeyPurpose>,
    key: [u8; 32],
}

/// What the next message block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No key is configured.
    Unconfigured,
    /// Further blocks may follow.
    Message,
    /// The next block is the last one, padded by software.
    LastBlock,
    /// The result is there.
    Result,
}

/// The HMAC accelerator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hmac {
    regs: RegisterFile,
    keys: Vec<KeyBlock>,
    purpose: u32,
    key: u32,
    wrong_key: bool,
    stage: Stage,
    message: [u8; SHA_BLOCK],
    /// State of the inner hash, and its message blocks after the key's.
    inner: [u32; 8],
    blocks: u64,
    result: [u8; 32],
    digital_signature_key: Option<[u8; 32]>,
}

impl Default for Hmac {
    fn default() -> Self {
        Hmac::new()
    }
}

impl Hmac {
    /// The accelerator after reset, without keys.
    pub fn new() -> Self {
        // JTAG is not modelled: what software writes to switch it on changes nothing that a guest sees.
        const STORED: [(u32, u32); 1] = [(SOFT_JTAG_CTRL, WR_JTAG)];
        Hmac {
            regs: RegisterFile::new("hmac", BLOCK_BYTES, &[], &STORED),
            keys: Vec::new(),
            purpose: 0,
            key: 0,
            wrong_key: false,
            stage: Stage::Unconfigured,
            message: [0; SHA_BLOCK],
            inner: SHA256_INIT,
            blocks: 0,
            result: [0; 32],
            digital_signature_key: None,
        }
    }

    /// Takes the key blocks of the eFuses over.
    pub fn latch(&mut self, efuses: &EfuseBank) {
        self.keys = (0..efuses.key_slots())
            .map(|slot| KeyBlock {
                purpose: efuses.key_purpose(slot),
                key: efuses.key_block(slot),
            })
            .collect();
    }

    /// The key of the digital signature peripheral (32 bytes); `None` unless an eFuse key was configured for it.
    pub fn digital_signature_key(&self) -> Option<[u8; 32]> {
        self.digital_signature_key
    }

    /// The configured key, if the eFuses give it the configured purpose.
    fn configured_key(&self) -> Option<[u8; 32]> {
        let wanted = match self.purpose {
            PURPOSE_DOWN_ALL => KeyPurpose::HmacDownAll,
            PURPOSE_DOWN_JTAG => KeyPurpose::HmacDownJtag,
            PURPOSE_DOWN_DS => KeyPurpose::HmacDownDigitalSignature,
            PURPOSE_UP => KeyPurpose::HmacUp,
            _ => return None,
        };
        let block = self.keys.get(self.key as usize)?;
        (block.purpose == Some(wanted)).then_some(block.key)
    }

    fn configure(&mut self) {
        let key = self.configured_key();
        self.wrong_key = key.is_none();
        self.stage = Stage::Unconfigured;
        let Some(key) = key else {
            return;
        };
        match self.purpose {
            PURPOSE_UP => {
                self.inner = keyed(&key, INNER_PAD);
                self.blocks = 0;
                self.stage = Stage::Message;
            }
            // Both peripherals get a result; the message is 256 ones (TRM, "Digital Signature").
            PURPOSE_DOWN_DS | PURPOSE_DOWN_ALL => {
                self.digital_signature_key = Some(hmac(&key, &[0xff; 32]));
            }
            _ => {}
        }
    }

    fn message_block(&mut self) {
        if !matches!(self.stage, Stage::Message | Stage::LastBlock) {
            return;
        }
        compress256(&mut self.inner, &[self.message]);
        self.blocks += 1;
        if self.stage == Stage::LastBlock {
            self.finish();
        }
    }

    /// The message was whole blocks: the accelerator appends the padding.
    fn pad(&mut self) {
        if self.stage == Stage::Message {
            let bits = self
                .blocks
                .wrapping_add(1)
                .wrapping_mul(SHA_BLOCK as u64 * 8);
            compress256(&mut self.inner, &[padded(&[], bits)]);
            self.finish();
        }
    }

    fn finish(&mut self) {
        if let Some(key) = self.configured_key() {
            self.result = outer(&key, &self.inner);
        }
        self.stage = Stage::Result;
    }

    fn end(&mut self) {
        self.stage = Stage::Unconfigured;
        self.result = [0; 32];
    }
}

/// The state of SHA-256 after the block of the padded key.
fn keyed(key: &[u8; 32], pad: u8) -> [u32; 8] {
    let mut block = [pad; SHA_BLOCK];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    let mut state = SHA256_INIT;
    compress256(&mut state, &[block]);
    state
}

/// The last block of a message of `bits` bits that ends with `tail` (at most 55 bytes).
fn padded(tail: &[u8], bits: u64) -> [u8; SHA_BLOCK] {
    let mut block = [0; SHA_BLOCK];
    block[..tail.len()].copy_from_slice(tail);
    block[tail.len()] = 0x80;
    block[SHA_BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
    block
}

fn bytes(state: &[u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

fn outer(key: &[u8; 32], inner: &[u32; 8]) -> [u8; 32] {
    let mut state = keyed(key, OUTER_PAD);
    let bits = (SHA_BLOCK as u64 + 32) * 8;
    compress256(&mut state, &[padded(&bytes(inner), bits)]);
    bytes(&state)
}

/// HMAC-SHA-256 of 32 bytes.
fn hmac(key: &[u8; 32], message: &[u8; 32]) -> [u8; 32] {
    let mut inner = keyed(key, INNER_PAD);
    let bits = (SHA_BLOCK as u64 + 32) * 8;
    compress256(&mut inner, &[padded(message, bits)]);
    outer(key, &inner)
}

impl Device for Hmac {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, _now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            QUERY_ERROR => u32::from(self.wrong_key),
            QUERY_BUSY => 0,
            RDATA_0..=RDATA_7 => {
                let at = (offset - RDATA_0) as usize & !3;
                let mut word = [0; 4];
                word.copy_from_slice(&self.result[at..at + 4]);
                u32::from_le_bytes(word)
            }
            // Write-only.
            SET_START..=SET_INVALIDATE_DS | WDATA_0..=WDATA_15 | SET_MESSAGE_PAD | ONE_BLOCK => 0,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, _now: Ticks) -> RegWrite {
        let bit = value & 1 != 0;
        match offset {
            WDATA_0..=WDATA_15 => {
                let at = (offset - WDATA_0) as usize & !3;
                self.message[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
            SET_PARA_PURPOSE => self.purpose = PURPOSE.get(value),
            SET_PARA_KEY => self.key = KEY.get(value),
            // ESP-IDF writes 2: any write counts.
            SET_RESULT_FINISH => self.end(),
            SET_START if bit => self.end(),
            SET_PARA_FINISH if bit => self.configure(),
            SET_MESSAGE_ONE if bit => self.message_block(),
            SET_MESSAGE_PAD if bit && self.stage == Stage::Message => {
                self.stage = Stage::LastBlock;
            }
            SET_MESSAGE_END if bit => self.pad(),
            ONE_BLOCK if bit && self.stage == Stage::Message => self.finish(),
            SET_INVALIDATE_DS if bit => self.digital_signature_key = None,
            SET_START | SET_PARA_FINISH | SET_MESSAGE_ONE | SET_MESSAGE_ING | SET_MESSAGE_END
            | SET_MESSAGE_PAD | ONE_BLOCK | SET_INVALIDATE_DS | SET_INVALIDATE_JTAG
            | QUERY_ERROR | QUERY_BUSY => {}
            RDATA_0..=RDATA_7 => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    /// The keys stay: they are the eFuses'.
    fn reset(&mut self, _now: Ticks) {
        let keys = std::mem::take(&mut self.keys);
        *self = Hmac::new();
        self.keys = keys;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of test case 1 of RFC 4231 with zeros behind it, which HMAC appends to a short key anyway.
    fn with_key(purpose: KeyPurpose) -> Hmac {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let mut hmac = Hmac::new();
        let unused = KeyBlock {
            purpose: Some(KeyPurpose::User),
            key: [0; 32],
        };
        let used = KeyBlock {
            purpose: Some(purpose),
            key,
        };
        hmac.keys = vec![unused, unused, used];
        hmac
    }

    fn configure(hmac: &mut Hmac, purpose: u32, key: u32) -> u32 {
        hmac.write(SET_START, 1, 0);
        hmac.write(SET_PARA_PURPOSE, purpose, 0);
        hmac.write(SET_PARA_KEY, key, 0);
        hmac.write(SET_PARA_FINISH, 1, 0);
        assert_eq!(hmac.read(QUERY_BUSY, 0).value, 0);
        hmac.read(QUERY_ERROR, 0).value
    }

    fn send(hmac: &mut Hmac, block: &[u8; SHA_BLOCK]) {
        for (offset, word) in (WDATA_0..).step_by(4).zip(block.chunks(4)) {
            hmac.write(offset, u32::from_le_bytes(word.try_into().unwrap()), 0);
        }
        hmac.write(SET_MESSAGE_ONE, 1, 0);
    }

    fn result(hmac: &mut Hmac) -> String {
        (RDATA_0..=RDATA_7)
            .step_by(4)
            .map(|offset| format!("{:08x}", hmac.read(offset, 0).value.swap_bytes()))
            .collect()
    }

    #[test]
    fn rfc_4231_test_case_1_upstream() {
        let mut hmac = with_key(KeyPurpose::HmacUp);
        assert_eq!(configure(&mut hmac, PURPOSE_UP, 2), 0);
        send(&mut hmac, &padded(b"Hi There", 512 + 64));
        hmac.write(ONE_BLOCK, 1, 0);
        assert_eq!(
            result(&mut hmac),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        hmac.write(SET_RESULT_FINISH, 2, 0);
        assert_eq!(result(&mut hmac), "0".repeat(64));
    }

    // Python: hmac.new(b"\x0b" * 20, b"a" * 64, "sha256").hexdigest().
    const OF_64: &str = "cca2c75cda09b876194a5e9076f0b37416042bd8e8d36f48abead99753e62a64";
    // Python: hmac.new(b"\x0b" * 20, b"a" * 70, "sha256").hexdigest().
    const OF_70: &str = "b3b9cd1aefa136d1e7028a68a0378ae4b9ef259ef5c165325f2a520c1a80e316";

    #[test]
    fn a_message_of_whole_blocks_is_padded_by_the_accelerator() {
        let mut hmac = with_key(KeyPurpose::HmacUp);
        configure(&mut hmac, PURPOSE_UP, 2);
        send(&mut hmac, &[b'a'; SHA_BLOCK]);
        hmac.write(SET_MESSAGE_END, 1, 0);
        assert_eq!(result(&mut hmac), OF_64);
    }

    #[test]
    fn a_longer_message_is_padded_by_software() {
        let mut hmac = with_key(KeyPurpose::HmacUp);
        configure(&mut hmac, PURPOSE_UP, 2);
        send(&mut hmac, &[b'a'; SHA_BLOCK]);
        hmac.write(SET_MESSAGE_PAD, 1, 0);
        send(&mut hmac, &padded(b"aaaaaa", 512 + 70 * 8));
        assert_eq!(result(&mut hmac), OF_70);
    }

    #[test]
    fn a_key_serves_its_own_purpose_only() {
        for purpose in [KeyPurpose::HmacDownAll, KeyPurpose::User] {
            let mut hmac = with_key(purpose);
            assert_eq!(configure(&mut hmac, PURPOSE_UP, 2), 1);
            send(&mut hmac, &padded(b"Hi There", 512 + 64));
            hmac.write(ONE_BLOCK, 1, 0);
            assert_eq!(result(&mut hmac), "0".repeat(64));
        }
        let mut hmac = with_key(KeyPurpose::HmacUp);
        assert_eq!(configure(&mut hmac, PURPOSE_UP, 3), 1);
    }

    // Python: hmac.new(b"\x0b" * 20, b"\xff" * 32, "sha256").hexdigest().
    const OF_ONES: &str = "7fae81f47ef5913d4bf8ecd4416c0e2c4db2bffe3fcc4112e2f10adf795ffe2b";

    #[test]
    fn the_key_for_digital_signature_goes_downstream_only() {
        let mut hmac = with_key(KeyPurpose::HmacDownDigitalSignature);
        assert_eq!(configure(&mut hmac, PURPOSE_DOWN_DS, 2), 0);
        let key = hmac.digital_signature_key().unwrap();
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(key, OF_ONES);
        assert_eq!(result(&mut hmac), "0".repeat(64));
        hmac.write(SET_INVALIDATE_DS, 1, 0);
        assert_eq!(hmac.digital_signature_key(), None);
    }
}
