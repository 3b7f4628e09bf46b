//! Digital signature peripheral of the ESP32-C3 and ESP32-S3: RSA with a private key that software only holds encrypted.
//!
//! Registers: ESP-IDF `components/soc/esp32c3|esp32s3/include/soc/hwcrypto_reg.h`; use: `components/esp_hal_security/
//! esp32c3|esp32s3/include/hal/ds_ll.h`, `components/esp_security/src/esp_ds.c`; TRM, "Digital Signature". The block has no
//! interrupt lines.
//!
//! The parameters are `Y || M || Rb || MD || M' || L || padding`, encrypted by AES-256-CBC under the key that HMAC derives
//! from an eFuse key; `MD` is SHA-256 of `Y || M || Rb || M' || L || IV`. The signature is `X^Y mod M`.
//!
//! The block does not see HMAC: a start answers [`Effect::SignatureKey`], and the system on chip hands over
//! `Hmac::digital_signature_key` by [`DigitalSignature::set_key`]. Until it gives a key the block stays busy.

use sha2::{Digest, Sha256};

use crate::emu::Ticks;
use crate::emu::periph::aes_modes::{BLOCK_BYTES as CIPHER_BLOCK, BlockCipher, Mode, Operation};
use crate::emu::periph::bignum_memory::{BignumMemory, Memory};
use crate::emu::periph::register_file::{RegisterFile, ResetValues};
use crate::emu::periph::{Device, Effect, RegRead, RegWrite};

const BLOCK_BYTES: u32 = 0x1000;
const C_START: u32 = 0x000;
const C_BOX: u32 = 0x600;
const IV: u32 = 0x630;
const IV_END: u32 = 0x63c;
const X: u32 = 0x800;
const X_END: u32 = 0x9fc;
const Z: u32 = 0xa00;
const Z_END: u32 = 0xbfc;
const SET_START: u32 = 0xe00;
const SET_ME: u32 = 0xe04;
const SET_FINISH: u32 = 0xe08;
const QUERY_BUSY: u32 = 0xe0c;
const QUERY_KEY_WRONG: u32 = 0xe10;
const QUERY_CHECK: u32 = 0xe14;
const DATE: u32 = 0xe20;

const INVALID_DIGEST: u32 = 1;
const INVALID_PADDING: u32 = 1 << 1;

/// Bytes from one encrypted number to the next in the register block.
const NUMBER_STRIDE: usize = 0x200;
/// Bytes of the digest, `M'`, `L` and the padding.
const BOX_BYTES: usize = 48;
const DIGEST_BYTES: usize = 32;
const PADDING: [u8; 8] = [8; 8];

/// What differs between the digital signature peripherals of the chips.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Bytes of the longest key.
    pub number_bytes: usize,
    pub reset: ResetValues,
}

/// The digital signature peripheral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitalSignature {
    layout: &'static Layout,
    regs: RegisterFile,
    /// The encrypted parameters and the IV, as they lie in the register block.
    parameters: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
    key: Option<[u8; 32]>,
    waits_for_key: bool,
    check: u32,
    busy_until: Ticks,
}

/// Decrypted parameters.
struct Parameters<'a> {
    numbers: &'a [u8],
    digest: &'a [u8],
    /// `M'` and `L`.
    lengths: &'a [u8],
    padding: &'a [u8],
}

impl DigitalSignature {
    /// The peripheral after reset.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        DigitalSignature {
            layout,
            regs: RegisterFile::new("ds", BLOCK_BYTES, layout.reset, &[(DATE, DATE)]),
            parameters: vec![0; IV_END as usize + 4],
            message: vec![0; NUMBER_STRIDE],
            signature: vec![0; NUMBER_STRIDE],
            key: None,
            waits_for_key: false,
            check: INVALID_DIGEST | INVALID_PADDING,
            busy_until: 0,
        }
    }

    /// The system on chip hands over the key that HMAC derived, if it did, after [`Effect::SignatureKey`].
    pub fn set_key(&mut self, key: Option<[u8; 32]>) {
        if self.waits_for_key && key.is_some() {
            self.key = key;
            self.waits_for_key = false;
        }
    }

    fn sign(&mut self, now: Ticks) {
        self.signature.fill(0);
        self.check = INVALID_DIGEST | INVALID_PADDING;
        let Some(plain) = self.decrypt() else {
            return;
        };
        let size = self.layout.number_bytes;
        let (numbers, end) = plain.split_at(3 * size);
        let parameters = Parameters {
            numbers,
            digest: &end[..DIGEST_BYTES],
            lengths: &end[DIGEST_BYTES..DIGEST_BYTES + 8],
            padding: &end[DIGEST_BYTES + 8..],
        };
        self.check = self.check_parameters(&parameters);
        // Wrong padding is only reported; with a wrong digest there is no signature (TRM).
        if self.check & INVALID_DIGEST == 0 {
            let ticks = self.compute(&parameters);
            self.busy_until = now.saturating_add(ticks);
        }
    }

    /// The decrypted parameters; `None` without a key.
    fn decrypt(&self) -> Option<Vec<u8>> {
        let cipher = BlockCipher::new(&self.key?)?;
        let operation = Operation {
            mode: Mode::Cbc,
            decrypt: true,
            wide_counter: false,
        };
        let mut plain: Vec<u8> = self.parameters[..C_BOX as usize]
            .chunks(NUMBER_STRIDE)
            .flat_map(|number| &number[..self.layout.number_bytes])
            .copied()
            .collect();
        let end = C_BOX as usize;
        plain.extend_from_slice(&self.parameters[end..end + BOX_BYTES]);
        let mut iv = [0; CIPHER_BLOCK];
        iv.copy_from_slice(self.iv());
        for bytes in plain.chunks_exact_mut(CIPHER_BLOCK) {
            let mut block = [0; CIPHER_BLOCK];
            block.copy_from_slice(bytes);
            operation.run(&cipher, &mut iv, &mut block);
            bytes.copy_from_slice(&block);
        }
        Some(plain)
    }

    fn iv(&self) -> &[u8] {
        &self.parameters[IV as usize..]
    }

    fn check_parameters(&self, parameters: &Parameters) -> u32 {
        let digest = Sha256::new()
            .chain_update(parameters.numbers)
            .chain_update(parameters.lengths)
            .chain_update(self.iv())
            .finalize();
        let mut check = 0;
        if digest.as_slice() != parameters.digest {
            check |= INVALID_DIGEST;
        }
        if parameters.padding != PADDING {
            check |= INVALID_PADDING;
        }
        check
    }

    /// Stores the signature; the time it takes.
    fn compute(&mut self, parameters: &Parameters) -> Ticks {
        let size = self.layout.number_bytes;
        let length = &parameters.lengths[4..];
        let words = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let words = words.saturating_add(1).min(size / 4);
        let mut memory = BignumMemory::new();
        memory.load(Memory::Y, &parameters.numbers[..size]);
        memory.load(Memory::M, &parameters.numbers[size..2 * size]);
        memory.load(Memory::X, &self.message[..size]);
        let ticks = memory.power(words);
        for (offset, bytes) in (0..).zip(self.signature.chunks_exact_mut(4)) {
            bytes.copy_from_slice(&memory.get(NUMBER_STRIDE as u32 + 4 * offset).to_le_bytes());
        }
        ticks
    }

    /// Clears everything secret.
    fn finish(&mut self) {
        let check = self.check;
        *self = DigitalSignature::new(self.layout);
        self.check = check;
    }
}

/// Stores a word at `at` (bytes) of a register array; beyond its end nothing is stored.
fn set_word(bytes: &mut [u8], at: u32, value: u32) {
    let at = at as usize & !3;
    if let Some(bytes) = bytes.get_mut(at..at + 4) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
}

impl Device for DigitalSignature {
    fn name(&self) -> &'static str {
        self.regs.name()
    }

    fn read(&mut self, offset: u32, now: Ticks) -> RegRead {
        RegRead::modelled(match offset {
            // Write-only.
            C_START..=IV_END | X..=X_END | SET_START | SET_ME | SET_FINISH => 0,
            Z..=Z_END => {
                let at = (offset - Z) as usize & !3;
                let mut word = [0; 4];
                word.copy_from_slice(&self.signature[at..at + 4]);
                u32::from_le_bytes(word)
            }
            QUERY_BUSY => u32::from(self.waits_for_key || now < self.busy_until),
            // 0: no key came in.
            QUERY_KEY_WRONG => 0,
            QUERY_CHECK => self.check,
            _ => return self.regs.read_stored(offset),
        })
    }

    fn write(&mut self, offset: u32, value: u32, now: Ticks) -> RegWrite {
        let bit = value & 1 != 0;
        match offset {
            C_START..=IV_END => set_word(&mut self.parameters, offset, value),
            X..=X_END => set_word(&mut self.message, offset - X, value),
            SET_START if bit => {
                self.key = None;
                self.waits_for_key = true;
                return RegWrite::modelled(Effect::SignatureKey);
            }
            SET_ME if bit && now >= self.busy_until => self.sign(now),
            SET_FINISH if bit => self.finish(),
            SET_START
            | SET_ME
            | SET_FINISH
            | Z..=Z_END
            | QUERY_BUSY
            | QUERY_KEY_WRONG
            | QUERY_CHECK => {}
            _ => return self.regs.write_stored(offset, value),
        }
        RegWrite::stored()
    }

    fn reset(&mut self, _now: Ticks) {
        *self = DigitalSignature::new(self.layout);
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;
    use crate::emu::soc::chips::esp32c3::crypto::DIGITAL_SIGNATURE as ESP32C3;
    use crate::emu::soc::chips::esp32s3::crypto::DIGITAL_SIGNATURE as ESP32S3;

    const KEY: [u8; 32] = [0x42; 32];
    const IV_BYTES: [u8; 16] = [0x24; 16];

    fn number(value: &BigUint, bytes: usize) -> Vec<u8> {
        let mut number = value.to_bytes_le();
        number.resize(bytes, 0);
        number
    }

    fn modulus() -> BigUint {
        (BigUint::from(1u8) << 1023) + 12_345u32
    }

    /// Encrypted parameters of the private exponent 65539 under [`KEY`], as ESP-IDF's `esp_ds_encrypt_params` lays out.
    fn encrypted(layout: &Layout, padding: u8) -> Vec<u8> {
        let size = layout.number_bytes;
        let mut plain = number(&65_539u32.into(), size);
        plain.extend(number(&modulus(), size));
        plain.extend(vec![0x33; size]);
        // M' and L: keys of 1024 bits.
        let lengths = [1, 2, 3, 4, 31, 0, 0, 0];
        let digest = Sha256::new()
            .chain_update(&plain)
            .chain_update(lengths)
            .chain_update(IV_BYTES)
            .finalize();
        plain.extend(digest);
        plain.extend(lengths);
        plain.extend([padding; 8]);
        let cipher = BlockCipher::new(&KEY).unwrap();
        let mut previous = IV_BYTES;
        for bytes in plain.chunks_exact_mut(16) {
            for (byte, with) in bytes.iter_mut().zip(previous) {
                *byte ^= with;
            }
            previous.copy_from_slice(bytes);
            cipher.encrypt(&mut previous);
            bytes.copy_from_slice(&previous);
        }
        plain
    }

    fn store(ds: &mut DigitalSignature, base: u32, bytes: &[u8]) {
        for (offset, word) in (base..).step_by(4).zip(bytes.chunks(4)) {
            ds.write(offset, u32::from_le_bytes(word.try_into().unwrap()), 0);
        }
    }

    /// Goes through a signature as ESP-IDF does; the check register and the signature.
    fn sign(layout: &'static Layout, key: [u8; 32], padding: u8) -> (u32, BigUint) {
        let mut ds = DigitalSignature::new(layout);
        assert_eq!(ds.write(SET_START, 1, 0).effect, Effect::SignatureKey);
        ds.set_key(None);
        assert_eq!(ds.read(QUERY_BUSY, 0).value, 1);
        assert_eq!(ds.read(QUERY_KEY_WRONG, 0).value, 0);
        ds.set_key(Some(key));
        assert_eq!(ds.read(QUERY_BUSY, 0).value, 0);
        store(&mut ds, IV, &IV_BYTES);
        let size = layout.number_bytes;
        store(&mut ds, X, &number(&777_777u32.into(), size));
        let encrypted = encrypted(layout, padding);
        for (base, chunk) in [0, 0x200, 0x400, C_BOX]
            .into_iter()
            .zip(encrypted.chunks(size))
        {
            store(&mut ds, base, chunk);
        }
        ds.write(SET_ME, 1, 0);
        let digits = (Z..=Z_END).step_by(4);
        let signature = BigUint::new(digits.map(|offset| ds.read(offset, 0).value).collect());
        assert_eq!(ds.read(QUERY_BUSY, u64::MAX).value, 0);
        let check = ds.read(QUERY_CHECK, 0).value;
        ds.write(SET_FINISH, 1, u64::MAX);
        assert_eq!(ds.read(Z, 0).value, 0);
        (check, signature)
    }

    fn expected() -> BigUint {
        BigUint::from(777_777u32).modpow(&65_539u32.into(), &modulus())
    }

    #[test]
    fn a_message_is_signed() {
        assert_eq!(sign(&ESP32C3, KEY, 8), (0, expected()));
        assert_eq!(sign(&ESP32S3, KEY, 8), (0, expected()));
    }

    #[test]
    fn wrong_padding_is_reported_beside_the_signature() {
        assert_eq!(sign(&ESP32C3, KEY, 7), (INVALID_PADDING, expected()));
    }

    #[test]
    fn a_wrong_key_gives_no_signature() {
        let both = INVALID_DIGEST | INVALID_PADDING;
        assert_eq!(sign(&ESP32S3, [1; 32], 8), (both, BigUint::ZERO));
    }
}
